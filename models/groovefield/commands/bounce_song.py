"""The song of a bounce: where the pad is when, when each beat sounds, the MIDI file, the end.

A bounce is a whole number of bars. What belongs to them sounds, also a hit that micro-timing
carries over the last bar line; what belongs to the bar after does not; then the drums ring out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
from groovefield_bridge import layout
from numpy.typing import NDArray

from groovefield.lanes import LANES, MELODY_LANE

Floats = NDArray[np.float64]

TICKS_PER_BEAT = 960
"""Values a beat of tempo and automation."""
MIDI_TICKS = 3840
"""Ticks a beat of the MIDI file: at 20 bpm half a tick is 0.4 ms."""
BEATS_PER_BAR = 4
TEMPO_ERROR = 0.0002
"""Seconds that the MIDI file's tempo map may stray from the audio."""
LONGEST_TAIL = 4.0
QUIET = 1e-4
"""-80 dBFS: what rings more softly than this is the end."""

BARS_A_STATION = 2
STATIONS = (
    (0.5, 0.5), (0.7, 0.3), (0.92, 0.1), (0.08, 0.1), (0.25, 0.5), (0.08, 0.9), (0.3, 0.7),
)  # fmt: skip
"""Where the walk stays: the middle, and around the pad."""
_LEAVE, _ARRIVE = 1.25, 0.25


@dataclass(frozen=True)
class SongTime:
    """The seconds of each beat, at points between which the tempo is even."""

    beats: Floats
    seconds: Floats

    def at(self, beats: Floats | float) -> Floats:
        """Seconds from the start at which song positions sound."""
        return np.asarray(np.interp(beats, self.beats, self.seconds))


def song_time(bpm: Floats, sample_rate: int, block_size: int) -> SongTime:
    """When DawDreamer plays each beat of a tempo curve of ``TICKS_PER_BEAT`` values a beat.

    It keeps the tempo of a block's first sample through the block, so that a ramp lags behind
    its integral: by 16 ms from 20 to 400 bpm in two bars.
    """
    beats = len(bpm) / TICKS_PER_BEAT
    if bpm[0] == bpm[-1] and np.all(bpm == bpm[0]):
        return SongTime(np.array([0.0, beats]), np.array([0.0, beats * 60.0 / bpm[0]]))
    span = max(block_size, 64)  # shorter blocks differ by less than a sample
    position, positions = 0.0, [0.0]
    curve = np.asarray(bpm, np.float32).astype(np.float64).tolist()
    while position < beats:
        tempo = curve[min(int(position * TICKS_PER_BEAT), len(curve) - 1)]
        position += tempo * span / (60.0 * sample_rate)
        positions.append(position)
    seconds = np.arange(len(positions), dtype=np.float64) * (span / sample_rate)
    return SongTime(np.array(positions), seconds)


# --- where the pad is ---------------------------------------------------------------------------


def walk(bars: int) -> dict[str, Floats]:
    """A walk over the pad: two bars at each station, and to the next within their last beat.

    It arrives a quarter of a beat before the bar line: what decides a step is read three
    quarters of a step before its line.
    """
    beats = np.arange(bars * BEATS_PER_BAR * TICKS_PER_BEAT) / TICKS_PER_BEAT
    stay = BARS_A_STATION * BEATS_PER_BAR
    station = (beats // stay).astype(int)
    along = np.clip((beats % stay - (stay - _LEAVE)) / (_LEAVE - _ARRIVE), 0.0, 1.0)
    eased = (along * along * (3 - 2 * along))[:, None]
    points = np.array(STATIONS)
    here, there = points[station % len(points)], points[(station + 1) % len(points)]
    # The last bars go nowhere.
    eased[station == station[-1]] = 0.0
    path = np.where(eased < 1, here + (there - here) * eased, there)
    return {"X": path[:, 0], "Y": path[:, 1]}


def stay(at: tuple[float, float], bars: int) -> dict[str, Floats]:
    """One place for the whole song."""
    ticks = bars * BEATS_PER_BAR * TICKS_PER_BEAT
    return {"X": np.full(ticks, at[0]), "Y": np.full(ticks, at[1])}


def end_curves(bars: int, steps_per_beat: int, settings: Mapping[str, float]) -> dict[str, Floats]:
    """Automation that lets no step sound from the end of the last bar on.

    What decides a step is read up to a block before 0.75 steps before its line: the last step of
    the song is past that 1.75 steps before the end, and the next one is not yet.

    Args:
        bars: length of the song.
        steps_per_beat: of the model's grid.
        settings: normalised values by parameter names, which hold until then.
    """
    end = bars * BEATS_PER_BAR - 1.7 / steps_per_beat
    closed = np.arange((bars * BEATS_PER_BAR) * TICKS_PER_BEAT) >= max(0.0, end) * TICKS_PER_BEAT
    names = ["Threshold", *(f"Mute {lane.name}" for lane in LANES)]
    given = {name.lower(): value for name, value in settings.items()}
    normal = {"threshold": 0.5}
    return {
        name: np.where(closed, 1.0, given.get(name.lower(), normal.get(name.lower(), 0.0)))
        for name in names
    }


def held(curve: Floats, ticks: int) -> Floats:
    """A curve with its last value held for some ticks more."""
    return np.concatenate([curve, np.full(ticks, curve[-1])])


def ring_out(audio: NDArray[np.float32], end: int) -> NDArray[np.float32]:
    """Cuts (channels, samples) where the sound after sample ``end`` has died, faded to silence."""
    loud = np.flatnonzero(np.abs(audio[:, end:]).max(axis=0) > QUIET)
    tail = int(loud[-1]) + 1 if len(loud) else 0
    out = audio[:, : end + tail].copy()
    fade = tail // 4
    if fade:
        out[:, -fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return out


# --- the MIDI file ------------------------------------------------------------------------------


def tempo_points(time: SongTime, beats: int) -> list[int]:
    """Ticks, first to last, between which an even tempo keeps to ``TEMPO_ERROR``."""

    def part(first: int, last: int) -> list[int]:
        ticks = np.linspace(first, last, 33)
        seconds = time.at(ticks / MIDI_TICKS)
        even = np.linspace(seconds[0], seconds[-1], len(ticks))
        if last - first < 2 or np.abs(seconds - even).max() <= TEMPO_ERROR:
            return [last]
        middle = (first + last) // 2
        return part(first, middle) + part(middle, last)

    if len(time.beats) == 2:  # one tempo for the whole song
        return [0, beats * MIDI_TICKS]
    points, bar = [0], BEATS_PER_BAR * MIDI_TICKS
    for first in range(0, beats * MIDI_TICKS, bar):
        points += part(first, first + bar)
    return points


def write_midi(events: NDArray[np.void], time: SongTime, bars: int, path: Path) -> None:
    """Writes the event record as a MIDI file: notes where they sounded, and the tempo map.

    Note lengths are those planned; a note struck again ends where it is struck again, one of the
    melody where the next one begins. The file
    ends with its last bar, or with the last note where that ends later.
    """
    assert events.dtype == layout.EVENT.dtype
    messages: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
    points = tempo_points(time, bars * BEATS_PER_BAR)
    for first, last in pairwise(points):
        seconds = float(time.at(last / MIDI_TICKS) - time.at(first / MIDI_TICKS))
        tempo = round(1e6 * seconds * MIDI_TICKS / (last - first))
        messages.append((first, 0, mido.MetaMessage("set_tempo", tempo=tempo)))
    sounding: dict[tuple[int, int], int] = {}
    melody: int | None = None  # its last note: it has one voice
    ends: list[tuple[int, int, int, int]] = []
    for event in events[np.argsort(events["song_beats"], kind="stable")]:
        start = round(float(event["song_beats"]) * MIDI_TICKS)
        note, channel = int(event["note"]), int(event["channel"]) - 1
        length = max(1, round(float(event["length_beats"]) * MIDI_TICKS))
        earlier = sounding.get((note, channel))
        if earlier is not None and ends[earlier][0] > start:
            ends[earlier] = (start, *ends[earlier][1:])
        if event["lane"] == MELODY_LANE:
            if melody is not None and ends[melody][0] > start:
                ends[melody] = (start, *ends[melody][1:])
            melody = len(ends)
        sounding[(note, channel)] = len(ends)
        ends.append((start + length, note, channel, start))
        velocity = int(event["velocity"])
        on = mido.Message("note_on", note=note, velocity=velocity, channel=channel)
        messages.append((start, 2, on))
    for end, note, channel, start in ends:
        off = mido.Message("note_off", note=note, channel=channel)
        # A note cut at its own tick still ends after it began.
        messages.append((end, 1 if end > start else 3, off))
    messages.append((max([points[-1], *(end for end, *_ in ends)]), 4,
                     mido.MetaMessage("end_of_track")))  # fmt: skip
    _save(messages, path)


def _save(messages: list[tuple[int, int, mido.Message | mido.MetaMessage]], path: Path) -> None:
    file = mido.MidiFile(type=0, ticks_per_beat=MIDI_TICKS)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("track_name", name="Groovefield"))
    track.append(mido.MetaMessage("time_signature", numerator=BEATS_PER_BAR, denominator=4))
    now = 0
    for tick, _, message in sorted(messages, key=lambda m: m[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    file.save(path)

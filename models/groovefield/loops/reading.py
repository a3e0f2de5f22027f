"""A loop read: its tempo and bars, its hits in seconds, and how sure each of it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops import onsets, tempo
from groovefield.loops.file_tags import Stated, stated_in_file, stated_in_name
from groovefield.loops.network import Listener, load_listener
from groovefield.loops.read import RATE, Audio, read_audio
from groovefield.material.midi_files import MaterialError

Floats = NDArray[np.float32]

SHORTEST_LOOP_SECONDS = 0.25
MOST_BEATS = 512

_WHOLE_TOLERANCE_SECONDS = 0.03
"""A file is cut exactly if its length is a whole number of half beats to this."""

_BARE_NUMBER_TOLERANCE = 0.005
_USUAL_BEATS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


@dataclass(frozen=True)
class Override:
    """What a person says of a loop; None leaves it to the file.

    ``bpm`` or ``beats`` (of the whole file) fix the tempo, ``start`` is the second of the first
    beat. ``lanes`` gives other lane IDs to onsets, by their number.
    """

    bpm: float | None = None
    beats: float | None = None
    start: float | None = None
    lanes: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class LoopReading:
    """One loop. ``bpm`` in quarter notes; the music is ``beats`` long from ``start`` seconds on.

    (onsets,) ``time`` in seconds of the file; (onsets, lanes) ``struck``, ``velocity`` 0..1 and
    ``chance`` 0..1. ``confidence`` 0..1 is the tempo's, ``source`` what it was taken from.
    """

    path: Path
    seconds: float
    bpm: float
    confidence: float
    source: str
    beats: float
    start: float
    exact: bool
    time: NDArray[np.float64]
    struck: NDArray[np.bool_]
    velocity: Floats
    chance: Floats

    @property
    def bars(self) -> float:
        """Bars of four beats."""
        return self.beats / tempo.BAR_BEATS

    def lanes(self, onset: int) -> frozenset[str]:
        """The lane IDs that an onset strikes."""
        return frozenset(LANES[i].id for i in np.flatnonzero(self.struck[onset]))

    def sentence(self) -> str:
        """What was found, for a person."""
        bars = "bar" if self.bars == 1 else "bars"
        cut = "cut exactly" if self.exact else "with something around it"
        return (
            f"{self.path.name}: {self.bpm:.1f} bpm from {self.source} "
            f"({100 * self.confidence:.0f} % sure), {self.bars:g} {bars}, {cut}, "
            f"{len(self.time)} onsets."
        )


def read_loop(
    path: Path | str, override: Override | None = None, listener: Listener | None = None
) -> LoopReading:
    """Read an audio file as a drum loop. Raises `MaterialError`."""
    audio = read_audio(path)
    return read_sound(audio, override, listener)


def read_sound(
    audio: Audio, override: Override | None = None, listener: Listener | None = None
) -> LoopReading:
    """Read a sound as a drum loop. Raises `MaterialError`."""
    override, listener = override or Override(), listener or load_listener()
    if audio.seconds < SHORTEST_LOOP_SECONDS:
        raise MaterialError(
            f"{audio.path.name} is {audio.seconds:.2f} s long, too short for a loop."
        )
    heard = onsets.listen(
        audio.analysed, listener, lambda hits: find_beat(audio, hits, listener, override)[0]
    )
    if len(heard.time) == 0:
        raise MaterialError(f"{audio.path.name} holds no onset: nothing in it begins.")
    hits = tempo.hits_of(heard.time, heard.chance, heard.velocity)
    beat, source, confidence = find_beat(audio, hits, listener, override)
    struck = _corrected(heard.struck, override.lanes, audio.path.name)
    held = beat.beats or _held_beats(audio.seconds - beat.phase, beat.period)
    return LoopReading(
        path=audio.path,
        seconds=audio.seconds,
        bpm=beat.bpm,
        confidence=confidence,
        source=source,
        beats=float(held),
        start=beat.phase,
        exact=bool(beat.beats) and beat.whole,
        time=heard.time,
        struck=struck,
        velocity=heard.velocity,
        chance=heard.chance,
    )


def find_beat(
    audio: Audio, hits: tempo.Hits, listener: Listener, override: Override
) -> tuple[tempo.Beat, str, float]:
    """The beat, where it is from and how sure it is: a person's word, then the file's tags,
    its name, and what is heard. Raises `MaterialError`."""
    name = audio.path.name
    if override.bpm is not None or override.beats is not None:
        bpm, beats = override.bpm or 0.0, override.beats or 0.0
        for value, most, unit in (
            (override.bpm, 1000, "bpm is no tempo"),
            (override.beats, MOST_BEATS, "beats is no length"),
        ):
            if value is not None and not 0 < value <= most:
                raise MaterialError(f"{name}: {value:g} {unit}.")
        if bpm and beats and abs(beats * 60 / bpm / audio.seconds - 1) > _BARE_NUMBER_TOLERANCE:
            raise MaterialError(
                f"{name}: {beats:g} beats at {bpm:g} bpm last {beats * 60 / bpm:.2f} s, and the "
                f"file {audio.seconds:.2f} s; say one of them."
            )
        stated = Stated(bpm, beats, "what was given")
        return _stated_beat(stated, audio, hits, override.start), stated.where, 1.0
    in_name, bare = stated_in_name(name)
    for stated, sure in ((stated_in_file(audio.path), 0.97), (in_name, 0.95)):
        if stated.bpm or stated.beats:
            beat = _stated_beat(stated, audio, hits, override.start)
            # A stated tempo under which the file is no whole number of beats is less sure.
            return beat, stated.where, sure if beat.beats else sure - 0.25
    for bpm in bare:
        beats = audio.seconds * bpm / 60
        count = min(_USUAL_BEATS, key=lambda n: abs(n / beats - 1))
        if abs(count / beats - 1) < _BARE_NUMBER_TOLERANCE:
            return tempo.Beat(audio.seconds / count, 0.0, count, True), "its name", 0.95
    beat_heard = tempo.likeliest(hits, sound_span(audio), listener.tempo)
    if beat_heard is None:
        return _by_length(audio), "its length", 0.2
    if override.start is not None:
        beat_heard = tempo.Beat(beat_heard.period, override.start)
    source = "its exact length" if beat_heard.whole else "its beat"
    return beat_heard, source, 0.9 * beat_heard.confidence


def sound_span(audio: Audio) -> tempo.Span:
    """Where the file's sound begins and ends: within 60 dB of its peak."""
    level = np.abs(audio.samples)
    sounds = np.flatnonzero(level > onsets.SOUND_FLOOR * level.max())
    begin, end = float(sounds[0]), float(sounds[-1] + 1)
    return tempo.Span(audio.seconds, begin / audio.rate, end / audio.rate)


def _stated_beat(stated: Stated, audio: Audio, hits: tempo.Hits, start: float | None) -> tempo.Beat:
    """The beat of a stated tempo or count: exact if the file's length agrees with it."""
    bpm = stated.bpm or 60 * stated.beats / audio.seconds
    beats = audio.seconds * bpm / 60
    count = max(1, round(beats))
    if start is None and abs(count - beats) * 60 / bpm < _WHOLE_TOLERANCE_SECONDS:
        return tempo.Beat(audio.seconds / count, 0.0, count, True)
    period = 60 / bpm
    if start is not None:
        return tempo.Beat(period, start)
    first = float(hits.time[0])
    if first < _WHOLE_TOLERANCE_SECONDS:
        return tempo.Beat(period, 0.0)
    strength, phase, _ = tempo.closeness(hits, np.array([period]))
    # Of the beats that the hits lie on, the one nearest to the first hit begins the music.
    late = (float(phase[0]) - first + period / 2) % period - period / 2
    return tempo.Beat(period, max(0.0, first + late), closeness=float(strength[0]))


def _by_length(audio: Audio) -> tempo.Beat:
    """With next to no hits: the count that makes the tempo nearest to 110."""
    fits = tempo.exact_candidates(audio.seconds)
    if not fits:
        return tempo.Beat(audio.seconds, 0.0, 1, True)
    usual = [f for f in fits if f[0] & (f[0] - 1) == 0] or fits
    count, period = min(usual, key=lambda f: abs(np.log(60 / f[1] / 110)))
    return tempo.Beat(period, 0.0, count, True)


def _held_beats(seconds: float, period: float) -> int:
    """Whole beats that a stretch holds; half a beat short still counts as one more."""
    return max(1, int(seconds / period + 0.5))


def _corrected(
    struck: NDArray[np.bool_], lanes: dict[int, frozenset[str]], name: str
) -> NDArray[np.bool_]:
    out = struck.copy()
    numbers = {lane.id: i for i, lane in enumerate(LANES)}
    for onset, wanted in lanes.items():
        if not 0 <= onset < len(out):
            raise MaterialError(f"{name} has no onset {onset}: it has {len(out)}.")
        unknown = wanted - numbers.keys()
        if unknown:
            raise MaterialError(f"{name}: {sorted(unknown)[0]!r} is no lane.")
        out[onset] = False
        out[onset, [numbers[lane] for lane in wanted]] = True
    return out


__all__ = ["RATE", "LoopReading", "Override", "find_beat", "read_loop", "read_sound", "sound_span"]

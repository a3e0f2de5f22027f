"""Patterns played by kits into audio with known hits: what loops are trained and measured on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops.kits import Kit
from groovefield.loops.made_parts import quick_length
from groovefield.loops.read import RATE
from groovefield.material import drum_machine, gmd
from groovefield.material.drum_maps import ROLAND_TD11
from groovefield.material.midi_files import MaterialError, read_midi

MERGE_SECONDS = 0.025
"""Hits closer than this to the first of an event are one event."""

_CHOKE_SECONDS = 0.01
_OPEN, _CLOSED = LANE_INDEX["open_hat"], LANE_INDEX["closed_hat"]


@dataclass(frozen=True)
class Score:
    """Hits in seconds from the loop's first beat: (hits,) time, lane, velocity 0..1."""

    name: str
    bpm: float
    beats: float
    time: NDArray[np.float64]
    lane: NDArray[np.int64]
    velocity: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """Its exact length."""
        return self.beats * 60.0 / self.bpm

    def at_tempo(self, bpm: float) -> Score:
        """The same music faster or slower."""
        return replace(self, bpm=bpm, time=self.time * self.bpm / bpm)

    def for_kit(self, kit: Kit) -> Score:
        """Only the hits that a kit has a sound for."""
        has = np.array([lane.id in kit.layers for lane in LANES])[self.lane]
        return replace(self, time=self.time[has], lane=self.lane[has], velocity=self.velocity[has])


@dataclass(frozen=True)
class Event:
    """Hits within 25 ms: the time of the first, and for each lane its loudest velocity."""

    time: float
    velocity: dict[int, float]


def events(score: Score) -> list[Event]:
    """The score's hits merged."""
    out: list[Event] = []
    for i in np.argsort(score.time, kind="stable"):
        time, lane, velocity = float(score.time[i]), int(score.lane[i]), float(score.velocity[i])
        if not out or time - out[-1].time > MERGE_SECONDS:
            out.append(Event(time, {}))
        held = out[-1].velocity
        held[lane] = max(velocity, held.get(lane, 0.0))
    return out


def gmd_scores(folder: Path, split: str, *, lengths: tuple[float, ...], seed: int) -> list[Score]:
    """From every 4/4 beat of a split one stretch for each length in bars, if it has one.

    A hit up to half a sixteenth before the stretch is an early one of its first beat and is
    moved to the cut; a stretch with under three events is left out.
    """
    random = np.random.default_rng(seed)
    out = []
    for row in gmd.select(gmd.read_info(folder), split, beat=True):
        if row.metre != "4-4":
            continue
        try:
            drums = read_midi(folder / row.file)
        except MaterialError:
            continue
        lane = ROLAND_TD11.lane_numbers()[drums.note]
        beat = drums.tick / drums.ticks_per_beat
        for bars in lengths:
            beats = 4 * bars
            latest = int((beat[-1] + 0.5 - beats) // 4) if len(beat) else -1
            if latest < 0:
                continue
            start = 4 * int(random.integers(latest + 1))
            inside = (lane >= 0) & (beat >= start - 0.125) & (beat < start + beats - 0.125)
            time = np.maximum(beat[inside] - start, 0.0) * 60.0 / row.bpm
            velocity = drums.velocity[inside] / 127.0
            score = Score(
                f"{row.file}, {bars:g} bars", row.bpm, beats, time, lane[inside], velocity
            )
            if len(events(score)) >= 3:
                out.append(score)
    return out


def drum_machine_scores(folder: Path, part: int) -> list[Score]:
    """Every other title of the drum machine's measures (part 0 or 1), each played twice."""
    out = []
    titles: dict[str, int] = {}
    for measure in drum_machine.read_measures(folder):
        number = titles.setdefault(measure.title, len(titles))
        if number % 2 != part or measure.title == "Endings" or measure.velocity.any(0).sum() < 3:
            continue
        lane, step = np.nonzero(measure.velocity)
        velocity = measure.velocity[lane, step]
        beat = step * 4.0 / measure.steps
        out.append(
            Score(
                f"{measure.title}, {measure.name}",
                measure.bpm,
                8,
                np.concatenate([beat, beat + 4]) * 60.0 / measure.bpm,
                np.tile(lane, 2).astype(np.int64),
                np.tile(velocity, 2).astype(np.float64),
            )
        )
    return out


def render(score: Score, kit: Kit, *, before: float = 0.0, after: float = 0.0) -> Audio:
    """The dry loop, mono, at the analysis rate, cut exactly at its length.

    A hit's peak is in proportion to its velocity, which gives the range that the layers of a
    sampled kit have; of several layers the velocity picks one. A closed hat stops an open one.
    ``before`` seconds of silence and ``after`` seconds of ringing out may surround it.
    """
    out = np.zeros(round((before + score.seconds + after) * RATE), dtype=np.float64)
    closed = np.sort(score.time[score.lane == _CLOSED])
    for time, lane, velocity in zip(score.time, score.lane, score.velocity, strict=True):
        layers = kit.layers[LANES[lane].id]
        sound = layers[min(int(velocity * len(layers)), len(layers) - 1)]
        if lane == _OPEN:
            sound = _choked(sound, time, closed)
        start = round((before + time) * RATE)
        end = min(len(out), start + len(sound))
        if end > start:
            out[start:end] += velocity * kit.level[LANES[lane].id] * sound[: end - start]
    return out.astype(np.float32)


def _choked(
    sound: NDArray[np.float32], time: float, closed: NDArray[np.float64]
) -> NDArray[np.float32]:
    later = closed[closed > time + 1e-3]
    if len(later) == 0:
        return sound
    stop, fade = round((later[0] - time) * RATE), round(_CHOKE_SECONDS * RATE)
    if stop + fade >= len(sound):
        return sound
    out = sound[: stop + fade].copy()
    out[stop:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return out


Audio = NDArray[np.float32]

CONDITIONS = ("dry", "limiter", "room")


def finish(audio: Audio, condition: str) -> Audio:
    """The render as a producer might hand it over: dry, limited hard, or in a room.

    Limiter and reverb are pedalboard's; training uses others (`roughen`).
    """
    from pedalboard import Gain, Limiter, Reverb
    from pedalboard._pedalboard import Pedalboard

    peak = float(np.abs(audio).max()) or 1.0
    level = np.asarray(audio / peak * 0.7, dtype=np.float32)
    if condition == "dry":
        return level
    if condition == "limiter":
        board = Pedalboard([Gain(9.0), Limiter(threshold_db=-6.0, release_ms=60.0)])
    else:
        board = Pedalboard([Reverb(room_size=0.45, damping=0.4, wet_level=0.25, dry_level=0.6)])
    return np.asarray(board(level, RATE), dtype=np.float32)


def roughen(audio: Audio, random: np.random.Generator) -> Audio:
    """A random tone, room, compressor, limiter, a little noise and a level, for training."""
    out = audio.astype(np.float64) / (np.abs(audio).max() + 1e-9)
    if random.random() < 0.3:
        out = _toned(out, random)
    if random.random() < 0.5:
        out = _in_a_room(out, random)
    squeezed = random.random()
    if squeezed < 0.35:
        out = _compressed(out, random)
    if 0.2 < squeezed < 0.6:
        out = _limited(out, random)
    if random.random() < 0.3:
        out = out + 10 ** random.uniform(-4.5, -2.5) * random.standard_normal(len(out))
    return np.asarray(out * 10 ** random.uniform(-1, 0), dtype=np.float32)


def _toned(audio: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """The whole mix brighter or duller, with a broad bell somewhere."""
    size = quick_length(len(audio) + 2048)
    octave = np.log2((np.fft.rfftfreq(size, 1 / RATE) + 20.0) / 1000.0)
    curve = random.normal(0, 0.7) * octave
    centre, width = random.uniform(-4, 4), random.uniform(0.5, 2.0)
    curve += random.normal(0, 3) * np.exp(-(((octave - centre) / width) ** 2))
    changed = np.fft.irfft(np.fft.rfft(audio, size) * 10 ** (curve / 20), size)[: len(audio)]
    return np.asarray(changed / (np.abs(changed).max() + 1e-9))


def _compressed(audio: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """A bus compressor: attacks pass it, what follows is held down and then let go."""
    block = RATE // 1000
    peaks = np.abs(np.pad(audio, (0, -len(audio) % block))).reshape(-1, block).max(1)
    attack = np.exp(-1.0 / random.uniform(0.3, 15.0))
    release = np.exp(-1.0 / random.uniform(40.0, 400.0))
    level, last = np.empty_like(peaks), 0.0
    for i, peak in enumerate(peaks):
        kept = attack if peak > last else release
        last = kept * last + (1 - kept) * peak
        level[i] = last
    over = np.maximum(level / 10 ** random.uniform(-1.2, -0.2), 1.0)
    gain = over ** (1 / random.uniform(1.5, 10) - 1)
    # The gain of a block is that of the level before it: an attack is let through.
    smooth = np.interp(np.arange(len(audio)), (np.arange(len(gain)) + 1) * block, gain)
    out = audio * smooth
    return np.asarray(out / (np.abs(out).max() + 1e-9))


def _in_a_room(audio: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Noise that dies away, duller as it does, after a few echoes from walls."""
    seconds = random.uniform(0.15, 1.4)
    t = np.arange(int(seconds * RATE)) / RATE
    tail = random.standard_normal(len(t)) * np.exp(-6.9 * t / seconds)
    tail[: int(random.uniform(0.002, 0.03) * RATE)] = 0
    for _ in range(6):
        tail[int(random.uniform(0.001, 0.03) * RATE) % len(t)] += random.normal(0, 4)
    size = quick_length(len(audio) + len(t))
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    damp = 1 / np.sqrt(1 + (frequency / random.uniform(2_000, 12_000)) ** 2)
    wet = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(tail, size) * damp)[: len(audio)]
    wet *= np.sqrt((audio**2).sum() / ((wet**2).sum() + 1e-12))
    return np.asarray(audio + 10 ** random.uniform(-1.3, -0.1) * wet)


def _limited(audio: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Gain into a soft knee; the gain follows the peaks of blocks of a few milliseconds."""
    drive = 10 ** random.uniform(0.1, 0.9)
    out = drive * audio / (np.abs(audio).max() + 1e-9)
    if random.random() < 0.3:
        return np.asarray(np.tanh(out))
    block = RATE // 500
    peaks = np.abs(np.pad(out, (0, -len(out) % block))).reshape(-1, block).max(1)
    release = np.exp(-block / (random.uniform(0.02, 0.2) * RATE))
    held = np.empty_like(peaks)
    last = 0.0
    for i, peak in enumerate(peaks):
        last = max(peak, last * release)
        held[i] = last
    gain = 1 / np.maximum(held, 1.0)
    smooth = np.interp(np.arange(len(out)), (np.arange(len(gain)) + 0.5) * block, gain)
    return np.asarray(np.clip(out * smooth, -1, 1))

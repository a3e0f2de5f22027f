"""Kits to render patterns with: single hits from a folder, changed a little, or made up.

Only training and measuring use them; reading a loop does not. A kit is one or more sounds for
a lane, softest first. Every sound begins at its attack and has a peak of 1.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops.made_parts import quick_length
from groovefield.loops.made_sounds import crushed, make_sound, reshaped
from groovefield.loops.read import RATE, read_audio

Sound = NDArray[np.float32]

_FOLDERS = {
    "kick": "kick",
    "snare": "snare",
    "hat_closed": "closed_hat",
    "hat_open": "open_hat",
    "tom_low": "low_tom",
    "tom_mid": "mid_tom",
    "tom_high": "high_tom",
    "clap": "clap",
    "rim": "rim",
}
_OTHERS = {"ride": "ride", "drum_splash": "crash", "drum_cymbal": "crash"}
"""In the folder `other`: what a file's name begins with, and its lane."""

_ATTACK_FLOOR = 0.01
"""A sound begins where it first reaches 40 dB under its peak."""

_LONGEST_SECONDS = 3.0
_CHANGED_LAYERS = 3
_LAYERED_SHARE = 0.12
_RESHAPED_SHARE, _CRUSHED_SHARE = 0.3, 0.08
_TUNED_OCTAVES, _TOM_SHARE = 0.45, 0.2
_UNCHANGED_SPREAD = 2.0
_NEPERS = np.float32(np.log(10) / 20)


@dataclass(frozen=True)
class Source:
    """Where kits are drawn from: for a lane ID, sounds; ``layered`` when they are one drum
    struck harder and harder, else each sound is another drum."""

    name: str
    sounds: Mapping[str, tuple[Sound, ...]]
    layered: bool = False


@dataclass(frozen=True)
class Kit:
    """For a lane ID its layers, softest first, and the level of its loudest hit."""

    layers: Mapping[str, tuple[Sound, ...]]
    level: Mapping[str, float]


@dataclass(frozen=True)
class Manner:
    """How far training's kits may go: the mix moves by as many decibels as are drawn for a kit
    (``least`` to ``most``), of the made-up snares a share (``plain``) keep their course, and of
    all that is made up a share (``untouched``) is not changed; where there is such a share,
    ``plain`` goes for every lane."""

    name: str
    least: float
    most: float
    plain: float
    untouched: float = 0.0


MILD = Manner("mild", 1.5, 5.0, 0.5)
TAME = Manner("tame", 1.5, 3.0, 0.7, 0.5)
EVEN = Manner("even", _UNCHANGED_SPREAD, _UNCHANGED_SPREAD, 0.5)
"""Mixed as kits are that are measured on: what levels say of velocities is learned on these."""

MIX_DB = {
    "kick": 0.0,
    "snare": 0.0,
    "closed_hat": -10.0,
    "open_hat": -8.0,
    "low_tom": -1.0,
    "mid_tom": -1.0,
    "high_tom": -1.0,
    "clap": -3.0,
    "rim": -6.0,
    "ride": -10.0,
    "crash": -5.0,
}
"""Peak of a lane's loudest hit; the close microphones of an acoustic kit are much like it."""


def oneshots(folder: Path, half: int | None = None) -> Source:
    """The single hits: all of them, or every other one of each lane (half 0 or 1).

    A lane with a single sound has it in both halves.
    """
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.glob("*/*.flac")):
        lane = _FOLDERS.get(file.parent.name) or next(
            (lane for name, lane in _OTHERS.items() if file.name.startswith(name)), None
        )
        if lane is not None and not (lane == "crash" and file.parent.name != "other"):
            found.setdefault(lane, []).append(file)
    chosen = {
        lane: files if half is None or len(files) == 1 else files[half::2]
        for lane, files in found.items()
    }
    name = "oneshots" if half is None else f"oneshots, half {half + 1}"
    return Source(name, {lane: tuple(map(_load, files)) for lane, files in chosen.items()})


def muldjordkit(folder: Path) -> Source:
    """The acoustic kit with its velocity layers, softest first."""
    sounds = {}
    for name, lane in _FOLDERS.items():
        files = sorted(folder.glob(f"{name}/*.flac"), key=lambda f: int(f.name.split("-")[0]))
        if files:
            sounds[lane] = tuple(map(_load, files))
    return Source("muldjordkit", sounds, layered=True)


def made_up() -> Source:
    """No sounds at all: every lane of its kits is made by `make_sound`."""
    return Source("made up", {})


def draw_kit(
    sources: list[tuple[Source, float]],
    random: np.random.Generator,
    *,
    changed: bool,
    lanes: Collection[str] | None = None,
    manner: Manner = MILD,
) -> Kit:
    """One sound (or one drum's layers) for each lane, each from a source drawn by its weight.

    With ``changed`` the sounds are tuned, filtered, shortened and driven at random, and the
    mix is loose, in a ``manner``: that is for training. Without it they are as they are, and only
    the mix moves by 2 dB. Lanes that a source lacks are left out when nothing can be made up; with
    ``lanes`` all others are.
    """
    layers: dict[str, tuple[Sound, ...]] = {}
    level: dict[str, float] = {}
    weight = np.array([w for _, w in sources])
    spread = _UNCHANGED_SPREAD
    if changed:
        spread = manner.most
        if manner.least < manner.most:
            spread = float(random.uniform(manner.least, manner.most))
    tuning = random.uniform(-_TUNED_OCTAVES, _TUNED_OCTAVES) if changed else 0.0
    for lane in LANES:
        if lanes is not None and lane.id not in lanes:
            continue
        source = sources[int(random.choice(len(sources), p=weight / weight.sum()))][0]
        made = any(not s.sounds for s, _ in sources)
        if lane.id in source.sounds:
            sounds = source.sounds[lane.id]
            chosen = sounds if source.layered else (sounds[int(random.integers(len(sounds)))],)
        elif made:
            chosen = (_made(lane.id, random, manner),)
        else:
            continue
        left = manner.untouched > 0 and lane.id not in source.sounds
        left = left and random.random() < manner.untouched
        if changed and not left:
            kept = np.sort(random.permutation(len(chosen))[:_CHANGED_LAYERS])
            chosen = tuple(chosen[i] for i in kept)
            seed = int(random.integers(2**32))
            tom = tuning if lane.id.endswith("_tom") else None
            chosen = tuple(_changed(s, np.random.default_rng(seed), tom) for s in chosen)
            if made and random.random() < _LAYERED_SHARE:
                added = random.uniform(0.2, 0.8) * make_sound(lane.id, random)
                chosen = tuple(_together(s, added) for s in chosen)
        layers[lane.id] = chosen
        level[lane.id] = 10 ** ((MIX_DB[lane.id] + random.uniform(-spread, spread)) / 20)
    return Kit(layers, level)


def _made(lane: str, random: np.random.Generator, manner: Manner) -> Sound:
    may = manner.plain > 0 and (lane == "snare" or manner.untouched > 0)
    return trimmed(make_sound(lane, random, plain=may and random.random() < manner.plain))


def _together(first: Sound, second: Sound) -> Sound:
    """Two sounds as one, from its attack on."""
    longer = max(len(first), len(second))
    padded = (np.pad(sound, (0, longer - len(sound))) for sound in (first, second))
    return trimmed(np.sum(tuple(padded), axis=0).astype(np.float32))


def stable_seed(*words: object) -> int:
    """The same number for the same words, on every machine."""
    return zlib.crc32(" ".join(map(str, words)).encode())


def _load(file: Path) -> Sound:
    return trimmed(read_audio(file).at_rate(RATE))


def trimmed(sound: NDArray[np.float32]) -> Sound:
    """From its attack on, at a peak of 1, at most three seconds."""
    peak = float(np.abs(sound).max())
    first = int(np.argmax(np.abs(sound) > _ATTACK_FLOOR * peak))
    out = sound[first : first + int(_LONGEST_SECONDS * RATE)] / peak
    fade = min(len(out), RATE // 100)
    out[len(out) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return out.astype(np.float32)


def _changed(sound: Sound, random: np.random.Generator, tuning: float | None = None) -> Sound:
    """Another drum of the same kind: tuned, filtered, shortened, driven.

    ``tuning`` (octaves) is that of all the kit's toms, which stay in order.
    """
    octaves = random.uniform(-_TUNED_OCTAVES, _TUNED_OCTAVES)
    pitch = 2 ** (octaves if tuning is None else tuning + _TOM_SHARE * octaves)
    at = np.arange(0, len(sound) - 1, pitch)
    low = at.astype(np.int64)
    share = (at - low).astype(np.float32)
    out = sound[low] * (1 - share) + sound[low + 1] * share
    if random.random() < 0.5:
        decay = random.uniform(0.04, 0.8)
        out *= np.exp(-np.arange(len(out), dtype=np.float32) / np.float32(decay * RATE))
    size = quick_length(len(out) + 2048)
    spectrum = np.fft.rfft(out, size)
    frequency = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32) + 1
    curve = np.zeros_like(frequency)
    octave = np.log2(frequency / 1000)
    curve += random.normal(0, 1.0) * octave
    for _ in range(2):  # two broad bells
        centre, width = random.uniform(-4, 4), random.uniform(0.4, 1.5)
        curve += random.normal(0, 4) * np.exp(-(((octave - centre) / width) ** 2))
    out = np.fft.irfft(spectrum * np.exp(curve * _NEPERS), size)[: len(out)]
    if random.random() < 0.3:
        drive = random.uniform(1, 6)
        out = np.tanh(drive * out / np.abs(out).max())
    if random.random() < _RESHAPED_SHARE:
        out = reshaped(out, random)
    if random.random() < _CRUSHED_SHARE:
        out = crushed(out / np.abs(out).max(), random)
    return trimmed(out.astype(np.float32))

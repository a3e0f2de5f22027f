"""What the loop tests share: beats played by made-up drums, written as audio files."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import soundfile
from groovefield.lanes import LANE_INDEX
from groovefield.loops.kits import MIX_DB, Kit, draw_kit, made_up
from groovefield.loops.read import RATE
from groovefield.loops.renders import Score, render
from numpy.typing import NDArray

KICK, SNARE, HAT = (LANE_INDEX[lane] for lane in ("kick", "snare", "closed_hat"))


def plain_kit() -> Kit:
    """Kick, snare and closed hat as anybody would know them; each a line of arithmetic."""
    t = np.arange(RATE) / RATE
    noise = np.random.default_rng(3).standard_normal(RATE)
    bright = np.diff(noise, n=2, prepend=[0.0, 0.0])
    kick = np.sin(2 * np.pi * (52 * t - 1.5 * np.exp(-t / 0.02))) * np.exp(-t / 0.12)
    skin = np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)
    sounds = {
        "kick": kick + 0.05 * noise * np.exp(-t / 0.002),
        "snare": 0.8 * skin + 0.35 * noise * np.exp(-t / 0.07),
        "closed_hat": bright * np.exp(-t / 0.025),
    }
    layers = {lane: ((s / np.abs(s).max()).astype(np.float32),) for lane, s in sounds.items()}
    return Kit(layers, {lane: 10 ** (MIX_DB[lane] / 20) for lane in layers})


def kit(seed: int | None = None) -> Kit:
    """A kit that needs no file: the plain one, or by a seed one that is made up."""
    if seed is None:
        return plain_kit()
    return draw_kit([(made_up(), 1.0)], np.random.default_rng(seed), changed=False)


def rock(bars: float = 2, bpm: float = 120.0, late_ms: float = 0.0) -> Score:
    """Kick on one and three, snare on two and four (late by some ms), hats in eighths."""
    hits: list[tuple[float, int, float]] = []
    for beat in range(round(4 * bars)):
        late = late_ms / 1000 * bpm / 60 if beat % 2 else 0.0
        hits.append((beat + late, SNARE if beat % 2 else KICK, 0.9))
        hits += [(beat, HAT, 0.7), (beat + 0.5, HAT, 0.5)]
    beat_of, lane, velocity = (np.array(column) for column in zip(*hits, strict=True))
    return Score("rock", bpm, 4 * bars, beat_of * 60 / bpm, lane.astype(np.int64), velocity)


def rock_audio(bars: float = 2, bpm: float = 120.0, **more: float) -> NDArray[np.float32]:
    """The same as samples, peak 0.7."""
    audio = render(rock(bars, bpm, **more), kit())
    return 0.7 * audio / np.abs(audio).max()


def write_audio(path: Path, audio: NDArray[np.float32], rate: int = RATE) -> Path:
    """Write samples in the format of the file's name."""
    soundfile.write(str(path), audio, rate)
    return path


def with_acid_chunk(path: Path, beats: int, bpm: float) -> Path:
    """Append an acid chunk, as loop libraries do, to a WAV file."""
    chunk = struct.pack("<IHHfIHHf", 0, 60, 0, 0.0, beats, 4, 4, bpm)
    data = path.read_bytes() + b"acid" + struct.pack("<I", len(chunk)) + chunk
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    return path

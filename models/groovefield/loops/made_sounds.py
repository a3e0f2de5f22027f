"""Drums made up from a few random numbers, so that a classifier meets more kits than we have.

Each recipe is the plain one of drum synthesis: a falling sine for what has a skin, filtered
noise for what rattles, many unrelated square partials for metal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.read import RATE

Wave = NDArray[np.float64]
Random = np.random.Generator


def make_sound(lane_id: str, random: Random) -> NDArray[np.float32]:
    """One hit of a lane, peak 1, from its attack on."""
    out = _RECIPES[lane_id](random)
    # A struck thing needs a moment to its peak; sampled drums do too.
    attack = int(random.uniform(0.0002, 0.004) * RATE)
    out[:attack] *= np.linspace(0.1, 1, attack)
    peak = float(np.abs(out).max())
    return np.asarray(out / peak, dtype=np.float32)


def _times(seconds: float) -> Wave:
    return np.asarray(np.arange(int(seconds * RATE)) / RATE)


def _skin(random: Random, low: float, high: float, decay: float, sweep: float) -> Wave:
    """A falling sine with a little of its second mode and a click."""
    t = _times(6 * decay)
    pitch = np.exp(random.uniform(np.log(low), np.log(high)))
    fall = random.uniform(0.008, 0.06)
    phase = 2 * np.pi * pitch * (t + sweep * fall * (1 - np.exp(-t / fall)))
    out = np.sin(phase + random.uniform(0, np.pi / 2)) * np.exp(-t / decay)
    ratio = random.uniform(1.5, 2.3)
    out += random.uniform(0, 0.4) * np.sin(ratio * phase) * np.exp(-t / (decay * 0.4))
    click = _noise(random, len(t), 1_000, 8_000) * np.exp(-t / random.uniform(0.001, 0.008))
    out += random.uniform(0, 0.5) * click
    if random.random() < 0.4:
        out = np.tanh(random.uniform(1, 4) * out)
    return np.asarray(out)


def _noise(random: Random, samples: int, low: float, high: float) -> Wave:
    """Noise between two frequencies, its edges 24 dB an octave, root mean square about 1/3."""
    frequency = np.fft.rfftfreq(samples, 1 / RATE) + 1e-3
    shape = 1 / np.sqrt((1 + (low / frequency) ** 8) * (1 + (frequency / high) ** 8))
    spectrum = shape * np.exp(2j * np.pi * random.random(len(frequency)))
    out = np.fft.irfft(spectrum, samples)
    return np.asarray(out / (3 * out.std() + 1e-12))


def _metal(random: Random, samples: int, low: float, high: float) -> Wave:
    """Square waves at unrelated pitches, filtered: the sound of analogue hats."""
    t = np.arange(samples) / RATE
    base = random.uniform(200, 600)
    out = np.zeros(samples)
    for ratio in random.uniform(1, 4.5, 6):
        out += np.sign(np.sin(2 * np.pi * base * ratio * t + random.uniform(0, 6.3)))
    spectrum = np.fft.rfft(out)
    frequency = np.fft.rfftfreq(samples, 1 / RATE) + 1e-3
    spectrum *= 1 / np.sqrt((1 + (low / frequency) ** 6) * (1 + (frequency / high) ** 8))
    out = np.fft.irfft(spectrum, samples)
    return np.asarray(out / (3 * out.std() + 1e-12))


def _cymbal(random: Random, low: tuple[float, float], decay: tuple[float, float]) -> Wave:
    """Noise and metal above a frequency, dying away."""
    tau = np.exp(random.uniform(np.log(decay[0]), np.log(decay[1])))
    t = _times(min(3.0, 6 * tau))
    floor, ceiling = random.uniform(*low), random.uniform(9_000, 19_000)
    share = random.random()
    body = share * _noise(random, len(t), floor, ceiling)
    body += (1 - share) * _metal(random, len(t), floor, ceiling)
    stick = random.uniform(0, 1.5) * np.exp(-t / random.uniform(0.002, 0.015))
    return np.asarray(body * (np.exp(-t / tau) + stick))


def _kick(random: Random) -> Wave:
    return _skin(random, 36, 100, _between(random, 0.03, 0.4), random.uniform(0.2, 7))


def _between(random: Random, low: float, high: float) -> float:
    """Anywhere between two values, each octave as likely as another."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _snare(random: Random) -> Wave:
    """A skin and a rattle; electronic ones may be nothing but noise, or hardly any."""
    tone = _skin(random, 110, 340, _between(random, 0.02, 0.15), random.uniform(0, 1.5))
    tau = _between(random, 0.025, 0.25)
    t = _times(6 * tau)
    low = _between(random, 150, 5_000)
    rattle = _noise(random, len(t), low, min(18_000, low * _between(random, 2.5, 30)))
    rattle *= np.exp(-t / tau)
    kind = random.choice(["both", "noise", "tone"], p=[0.55, 0.3, 0.15])
    out = np.zeros(max(len(tone), len(t)))
    out[: len(tone)] += {"both": random.uniform(0.15, 1.2), "noise": 0.0, "tone": 1.0}[kind] * tone
    out[: len(t)] += {"both": 1.0, "noise": 1.0, "tone": random.uniform(0.05, 0.3)}[kind] * rattle
    if random.random() < 0.25:  # coarse digital steps
        steps = _between(random, 4, 40)
        out = np.round(out * steps) / steps + 1e-3 * out
    return out


def _tom(low: float, high: float) -> Callable[[Random], Wave]:
    def recipe(random: Random) -> Wave:
        return _skin(random, low, high, _between(random, 0.06, 0.5), random.uniform(0, 1.0))

    return recipe


def _clap(random: Random) -> Wave:
    t = _times(0.5)
    noise = _noise(random, len(t), _between(random, 400, 2_000), _between(random, 2_500, 14_000))
    envelope = np.exp(-t / _between(random, 0.02, 0.15))
    gap = random.uniform(0.007, 0.013)
    bursts = int(random.integers(2, 5))
    for burst in range(bursts):
        since = t - burst * gap
        decay = np.exp(-since.clip(0) / random.uniform(0.002, 0.006))
        envelope = np.where((since >= 0) & (t < bursts * gap), decay, envelope)
    return noise * envelope


def _rim(random: Random) -> Wave:
    t = _times(random.uniform(0.08, 0.25))
    out = np.zeros(len(t))
    for _ in range(int(random.integers(1, 4))):
        pitch, tau = random.uniform(400, 2_800), random.uniform(0.004, 0.04)
        out += random.uniform(0.3, 1) * np.sin(2 * np.pi * pitch * t + 1) * np.exp(-t / tau)
    click = _noise(random, len(t), 1_500, 9_000) * np.exp(-t / random.uniform(0.001, 0.006))
    return out + random.uniform(0, 1) * click


def _ride(random: Random) -> Wave:
    wash = _cymbal(random, (2_000, 6_000), (0.3, 1.2))
    t = np.arange(len(wash)) / RATE
    ping = np.zeros(len(wash))
    for pitch in random.uniform(700, 6_000, 4):
        ping += np.sin(2 * np.pi * pitch * t) * np.exp(-t / random.uniform(0.05, 0.5))
    return wash + random.uniform(0, 0.4) * ping


_RECIPES: dict[str, Callable[[Random], Wave]] = {
    "kick": _kick,
    "snare": _snare,
    "closed_hat": lambda r: _cymbal(r, (1_500, 10_000), (0.006, 0.08)),
    "open_hat": lambda r: _cymbal(r, (1_500, 9_000), (0.11, 0.7)),
    "low_tom": _tom(48, 105),
    "mid_tom": _tom(85, 145),
    "high_tom": _tom(120, 260),
    "clap": _clap,
    "rim": _rim,
    "ride": _ride,
    "crash": lambda r: _cymbal(r, (600, 3_500), (0.4, 1.3)),
}

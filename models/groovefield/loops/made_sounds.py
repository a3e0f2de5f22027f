"""Drums made up from a few random numbers, so that a classifier meets more kits than we have.

Each recipe is the plain one of drum synthesis: a falling sine for what has a skin, filtered
noise for what rattles, many unrelated square partials for metal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.made_parts import (
    Random,
    Wave,
    band_noise,
    between,
    quick_length,
    seconds,
)
from groovefield.loops.made_struck import STRUCK, roomy
from groovefield.loops.read import RATE

_TUNED_SHARE, _STRUCK_SHARE = 0.2, 0.45
_LAYERED_SHARE, _CRUSHED_SHARE, _RISING_SHARE = 0.15, 0.12, 0.75
_HELD_SHARE, _SWELLING_SHARE, _DIRTY_SHARE, _TWICE_SHARE = 0.3, 0.2, 0.3, 0.05
_ROOMY_SHARE = 0.15


def make_sound(lane_id: str, random: Random, *, plain: bool = False) -> NDArray[np.float32]:
    """One hit of a lane, peak 1, from its attack on.

    Now and then it is two sounds of that lane in layers, or has been through an old sampler;
    a ``plain`` one keeps the course that its recipe gives it (see `reshaped`).
    """
    out = _one_sound(lane_id, random)
    if random.random() < _LAYERED_SHARE:
        second = random.uniform(0.2, 1.0) * _one_sound(lane_id, random)
        longer = max(len(out), len(second))
        out = np.pad(out, (0, longer - len(out))) + np.pad(second, (0, longer - len(second)))
    if random.random() < _CRUSHED_SHARE:
        out = crushed(out, random)
    if not plain:
        out = reshaped(out, random)
    return np.asarray(out / np.abs(out).max(), dtype=np.float32)


def reshaped(sound: Wave, random: Random) -> Wave:
    """What sampling and synthesis do to a sound's course, each now and then.

    It is held up and then cut off, stands in a room, swells, has dirt under it, or comes twice.
    """
    out = np.asarray(sound, dtype=np.float64)
    if random.random() < _HELD_SHARE:
        out = _held(out, random)
    if random.random() < _ROOMY_SHARE:
        out = roomy(out, random)
    if random.random() < _SWELLING_SHARE:
        rise = max(1, min(len(out), int(between(random, 0.003, 0.045) * RATE)))
        out = out.copy()
        out[:rise] *= np.linspace(random.uniform(0.1, 0.6), 1, rise)
    if random.random() < _DIRTY_SHARE:
        t = np.arange(len(out)) / RATE
        dirt = band_noise(random, len(out), 20, between(random, 100, 8_000))
        level = np.abs(out).max() * 10 ** random.uniform(-2.3, -1.0)
        out = out + level * dirt * np.exp(-t / between(random, 0.03, 0.5))
    if random.random() < _TWICE_SHARE:
        late = int(between(random, 0.012, 0.08) * RATE)
        again = random.uniform(0.3, 1.0) * np.pad(out, (late, 0))
        out = random.uniform(0.3, 1.0) * np.pad(out, (0, late)) + again
    return np.asarray(out)


def _held(sound: Wave, random: Random) -> Wave:
    """Its decay taken back in part, until a gate closes."""
    left = np.cumsum(sound[::-1] ** 2)[::-1]
    tenth = max(int(np.argmax(left < 0.1 * left[0])), RATE // 200) / RATE
    t = np.arange(len(sound)) / RATE
    end = tenth * between(random, 0.7, 2.0)
    gate = np.clip(1 - (t / end) ** between(random, 1, 8), 0, None)
    lifted = sound * np.exp(random.uniform(0.2, 0.95) * 1.15 * np.minimum(t, end) / tenth)
    return np.asarray((lifted * gate)[: max(RATE // 100, int(end * RATE))])


def _one_sound(lane_id: str, random: Random) -> Wave:
    shares = (1 - _TUNED_SHARE - _STRUCK_SHARE, _TUNED_SHARE, _STRUCK_SHARE)
    recipe = (_RECIPES, _TUNED, STRUCK)[int(random.choice(3, p=shares))]
    out = recipe[lane_id](random)
    if random.random() < _RISING_SHARE:
        # A struck thing needs a moment to its peak; most sampled drums do too.
        attack = int(random.uniform(0.0002, 0.004) * RATE)
        out[:attack] *= np.linspace(0.1, 1, attack)
    return np.asarray(out / np.abs(out).max())


def crushed(sound: Wave, random: Random) -> Wave:
    """Fewer samples, held without a filter, and fewer steps."""
    hold = int(random.integers(1, 7))
    held = np.repeat(sound[::hold], hold)[: len(sound)]
    steps = between(random, 6, 200)
    return np.asarray(np.round(held * steps) / steps + 1e-4 * held)


def _skin(random: Random, low: float, high: float, decay: float, sweep: float) -> Wave:
    """A falling sine with a little of its second mode and a click, or next to none of them."""
    dirt = random.choice([1.0, 0.1], p=[0.7, 0.3])
    t = seconds(6 * decay)
    pitch = np.exp(random.uniform(np.log(low), np.log(high)))
    fall = random.uniform(0.008, 0.06)
    phase = 2 * np.pi * pitch * (t + sweep * fall * (1 - np.exp(-t / fall)))
    out = np.sin(phase + random.uniform(0, np.pi / 2)) * np.exp(-t / decay)
    ratio = random.uniform(1.5, 2.3)
    out += dirt * random.uniform(0, 0.4) * np.sin(ratio * phase) * np.exp(-t / (decay * 0.4))
    click = band_noise(random, len(t), 1_000, 8_000) * np.exp(-t / random.uniform(0.001, 0.008))
    out += dirt * random.uniform(0, 0.5) * click
    if random.random() < 0.4:
        out = np.tanh(random.uniform(1, 4) * out)
    return np.asarray(out)


def _metal(random: Random, samples: int, low: float, high: float) -> Wave:
    """Square waves at unrelated pitches, filtered: the sound of analogue hats."""
    t = (np.arange(samples) / RATE).astype(np.float32)
    base = random.uniform(200, 600)
    out = np.zeros(samples, dtype=np.float32)
    for ratio in random.uniform(1, 4.5, 6).astype(np.float32):
        turns = np.float32(base) * ratio * t + np.float32(random.random())
        out += np.where(turns - np.floor(turns) < 0.5, np.float32(1), np.float32(-1))
    size = quick_length(samples)
    spectrum = np.fft.rfft(out, size)
    frequency = np.fft.rfftfreq(size, 1 / RATE) + 1e-3
    spectrum *= 1 / np.sqrt((1 + (low / frequency) ** 6) * (1 + (frequency / high) ** 8))
    out = np.fft.irfft(spectrum, size)[:samples].astype(np.float64)
    return np.asarray(out / (3 * out.std() + 1e-12))


def _cymbal(random: Random, low: tuple[float, float], decay: tuple[float, float]) -> Wave:
    """Noise and metal above a frequency, dying away."""
    tau = np.exp(random.uniform(np.log(decay[0]), np.log(decay[1])))
    t = seconds(min(3.0, 6 * tau))
    floor, ceiling = random.uniform(*low), random.uniform(9_000, 19_000)
    share = random.random()
    body = share * band_noise(random, len(t), floor, ceiling)
    body += (1 - share) * _metal(random, len(t), floor, ceiling)
    stick = random.uniform(0, 1.5) * np.exp(-t / random.uniform(0.002, 0.015))
    return np.asarray(body * (np.exp(-t / tau) + stick))


def _kick(random: Random) -> Wave:
    return _skin(random, 36, 100, between(random, 0.03, 0.4), random.uniform(0.2, 7))


def _snare(random: Random) -> Wave:
    """A skin and a rattle; electronic ones may be nothing but noise, or hardly any."""
    tone = _skin(random, 110, 340, between(random, 0.02, 0.15), random.uniform(0, 1.5))
    tau = between(random, 0.025, 0.25)
    t = seconds(6 * tau)
    low = between(random, 150, 5_000)
    rattle = band_noise(random, len(t), low, min(18_000, low * between(random, 2.5, 30)))
    rattle *= np.exp(-t / tau)
    kind = random.choice(["both", "noise", "tone"], p=[0.55, 0.3, 0.15])
    out = np.zeros(max(len(tone), len(t)))
    out[: len(tone)] += {"both": random.uniform(0.15, 1.2), "noise": 0.0, "tone": 1.0}[kind] * tone
    out[: len(t)] += {"both": 1.0, "noise": 1.0, "tone": random.uniform(0.05, 0.3)}[kind] * rattle
    if random.random() < 0.25:  # coarse digital steps
        steps = between(random, 4, 40)
        out = np.round(out * steps) / steps + 1e-3 * out
    return out


def _tom(low: float, high: float) -> Callable[[Random], Wave]:
    def recipe(random: Random) -> Wave:
        return _skin(random, low, high, between(random, 0.06, 0.5), random.uniform(0, 1.0))

    return recipe


def _clap(random: Random) -> Wave:
    t = seconds(0.5)
    noise = band_noise(random, len(t), between(random, 400, 2_000), between(random, 2_500, 14_000))
    envelope = np.exp(-t / between(random, 0.02, 0.15))
    gap = random.uniform(0.007, 0.013)
    bursts = int(random.integers(2, 5))
    for burst in range(bursts):
        since = t - burst * gap
        decay = np.exp(-since.clip(0) / random.uniform(0.002, 0.006))
        envelope = np.where((since >= 0) & (t < bursts * gap), decay, envelope)
    return noise * envelope


def _rim(random: Random) -> Wave:
    """A few short pings; a woodblock is one of them, a cowbell two that are square."""
    kind = random.choice(["stick", "wood", "bell"], p=[0.6, 0.2, 0.2])
    t = seconds(random.uniform(0.08, 0.25) if kind != "bell" else 0.5)
    out = np.zeros(len(t))
    if kind == "stick":
        for _ in range(int(random.integers(1, 4))):
            pitch, decay = between(random, 350, 3_500), between(random, 0.004, 0.08)
            out += random.uniform(0.3, 1) * np.sin(2 * np.pi * pitch * t) * np.exp(-t / decay)
    elif kind == "wood":
        pitch, decay = between(random, 400, 3_000), between(random, 0.008, 0.12)
        out += np.sin(2 * np.pi * pitch * t) * np.exp(-t / decay)
    else:
        pitch, decay = between(random, 350, 1_000), between(random, 0.03, 0.2)
        for ratio in (1.0, random.uniform(1.35, 1.6)):
            out += np.tanh(4 * np.sin(2 * np.pi * pitch * ratio * t))
        out *= np.exp(-t / decay) + 0.8 * np.exp(-t / 0.01)
    noise = band_noise(random, len(t), 800, 9_000) * np.exp(-t / between(random, 0.001, 0.015))
    return np.asarray(out + random.uniform(0, 1.0) * noise)


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
    "closed_hat": lambda r: _cymbal(r, (1_500, 10_000), (0.012, 0.13)),
    "open_hat": lambda r: _cymbal(r, (1_500, 9_000), (0.11, 0.7)),
    "low_tom": _tom(48, 105),
    "mid_tom": _tom(85, 145),
    "high_tom": _tom(120, 260),
    "clap": _clap,
    "rim": _rim,
    "ride": _ride,
    "crash": lambda r: _cymbal(r, (600, 3_500), (0.4, 1.3)),
}


def _modulated(
    random: Random, pitch: tuple[float, float], decay: tuple[float, float], noise: float
) -> Wave:
    """Two sines, one bending the other, whose pitch may fall: a synthesiser's drum.

    ``noise`` is the greatest share of noise around and above the pitch.
    """
    tau = between(random, *decay)
    t = seconds(min(3.0, 6 * tau))
    carrier, ratio = between(random, *pitch), between(random, 0.5, 5.0)
    fall = 1 + random.uniform(0, 3) * np.exp(-t / between(random, 0.004, 0.05))
    phase = 2 * np.pi * carrier * np.cumsum(fall) / RATE
    index = between(random, 0.05, 6.0) * np.exp(-t / (tau * between(random, 0.1, 1.0)))
    out = np.sin(phase + index * np.sin(ratio * phase)) * np.exp(-t / tau)
    low, high = carrier * random.uniform(0.5, 2), carrier * random.uniform(4, 30)
    hiss = band_noise(random, len(t), low, high)
    return np.asarray(out + random.uniform(0, noise) * hiss * np.exp(-t / (tau * 0.7)))


def _ringing(random: Random, pitch: tuple[float, float], decay: tuple[float, float]) -> Wave:
    """A skin as it is: modes of a round membrane, each dying sooner than the one below."""
    tau = between(random, *decay)
    t = seconds(min(3.0, 6 * tau))
    base, out = between(random, *pitch), np.zeros(len(t))
    for ratio in _MEMBRANE:
        mode = base * ratio * random.uniform(0.96, 1.04)
        level = random.uniform(0.1, 1.0) / ratio
        bend = 1 + random.uniform(0, 0.12) * np.exp(-t / 0.03)
        phase = 2 * np.pi * mode * np.cumsum(bend) / RATE + random.uniform(0, 6.3)
        out += level * np.sin(phase) * np.exp(-t * ratio / tau)
    stick = band_noise(random, len(t), 500, between(random, 2_000, 12_000))
    out += random.uniform(0.1, 1.5) * stick * np.exp(-t / between(random, 0.002, 0.02))
    buzz = band_noise(random, len(t), 200, 6_000) * np.exp(-t / (0.7 * tau))
    return np.asarray(out + random.uniform(0, 0.15) * buzz)


_MEMBRANE = (1.0, 1.59, 2.14, 2.30, 2.65, 2.92)
"""Frequencies of an ideal round membrane's first modes, of its lowest."""


def _band_of_noise(random: Random, centre: tuple[float, float], decay: tuple[float, float]) -> Wave:
    """Noise through one resonance, wide or narrow: snares and hats of drum machines."""
    tau = between(random, *decay)
    t = seconds(min(3.0, 6 * tau))
    middle, width = between(random, *centre), between(random, 1.15, 4.0)
    noise = band_noise(random, len(t), middle / width, min(20_000, middle * width))
    return np.asarray(noise * (np.exp(-t / tau) + random.uniform(0, 1) * np.exp(-t / 0.004)))


def _hat(random: Random, decay: tuple[float, float]) -> Wave:
    if random.random() < 0.4:
        return _modulated(random, (2_000, 9_000), decay, 1.5)
    return _band_of_noise(random, (2_000, 13_000), decay)


def _clatter(random: Random) -> Wave:
    """A snare of one band of noise, or bent sines, with or without a skin's ringing under it."""
    if random.random() < 0.5:
        rattle = _band_of_noise(random, (500, 6_000), (0.025, 0.25))
    else:
        rattle = _modulated(random, (150, 500), (0.03, 0.2), 2.5)
    skin = _ringing(random, (130, 350), (0.03, 0.2))
    longer = max(len(rattle), len(skin))
    share = random.choice([0.0, random.uniform(0.1, 1.0)])
    return np.asarray(
        np.pad(rattle, (0, longer - len(rattle))) + share * np.pad(skin, (0, longer - len(skin)))
    )


_TUNED: dict[str, Callable[[Random], Wave]] = {
    "kick": lambda r: (
        _modulated(r, (32, 90), (0.05, 0.7), 0.1)
        if r.random() < 0.5
        else _ringing(r, (38, 85), (0.05, 0.35))
    ),
    "snare": _clatter,
    "closed_hat": lambda r: _hat(r, (0.012, 0.12)),
    "open_hat": lambda r: _hat(r, (0.1, 0.7)),
    "low_tom": lambda r: _ringing(r, (55, 105), (0.1, 0.6)),
    "mid_tom": lambda r: _ringing(r, (90, 150), (0.1, 0.6)),
    "high_tom": lambda r: _ringing(r, (130, 280), (0.08, 0.5)),
    "clap": _clap,
    "rim": lambda r: _modulated(r, (400, 3_000), (0.004, 0.06), 0.5),
    "ride": lambda r: _modulated(r, (400, 6_000), (0.1, 1.2), 1.5),
    "crash": lambda r: _band_of_noise(r, (2_500, 9_000), (0.4, 1.3)),
}
"""More of the same, by other means: bent sines, ringing skins, bands of noise."""

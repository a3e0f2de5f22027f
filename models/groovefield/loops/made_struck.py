"""Made-up drums that are struck and then sampled: bronze, skins with wires, wood, hands, rooms.

What `made_sounds` draws beside the plainer recipes. A cymbal is noise in bands that die each in its
own time, with partials that ring over it; a snare has wires that go on when the skin is still.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.made_parts import Wave, band_noise, between, quick_length, seconds
from groovefield.loops.read import RATE

Random = np.random.Generator
Singles = NDArray[np.float32]

_WASH_BANDS = 4
_SIDES = (1.0, 1.342, 1.2312, 1.6532, 1.9523, 2.1523)
"""Pitches of six square waves beside the lowest, about as far apart as in drum machines."""

_MEMBRANE = np.array([1.0, 1.59, 2.14, 2.30, 2.65, 2.92])
"""Frequencies of an ideal round membrane's first modes, of its lowest."""


def _wash(
    random: Random, low: tuple[float, float], decay: tuple[float, float], tilt: tuple[float, float]
) -> Wave:
    """Noise from a lowest frequency up, in bands that die apart; ``tilt`` in dB an octave."""
    tau, floor = between(random, *decay), between(random, *low)
    ceiling = between(random, 9_000, 40_000)
    edges = np.geomspace(floor, max(ceiling, 1.5 * floor), _WASH_BANDS + 1)
    t = seconds(min(3.0, 6 * tau))
    slope, tilted = random.uniform(-0.1, 0.6), random.uniform(*tilt)
    out = np.zeros(len(t))
    for number in range(_WASH_BANDS):
        octaves = float(np.log2(edges[number] / edges[0]))
        level = 10 ** ((tilted * octaves + random.normal(0, 3)) / 20)
        lasts = tau * 2 ** (-slope * octaves * random.uniform(0.5, 1.5))
        band = band_noise(random, len(t), edges[number], edges[number + 1])
        out += level * band * np.exp(-t / max(lasts, 0.2 * tau))
    return out


def _partials(
    random: Random, count: int, pitch: tuple[float, float], decay: tuple[float, float], size: int
) -> Wave:
    """Sines at unrelated pitches, those higher up dying sooner."""
    t = _quick_seconds(size)
    out = np.zeros(size, dtype=np.float32)
    low, high = np.log(pitch).tolist()
    for frequency in np.exp(random.uniform(low, high, count)).tolist():
        lasts = between(random, *decay) * (pitch[0] / frequency) ** 0.3
        loud, turn = random.uniform(0.2, 1.0), random.random()
        heard = t[: int(7 * lasts * RATE)]
        out[: len(heard)] += loud * _sine(frequency * heard + turn) * np.exp(-heard / lasts)
    return np.asarray(out / np.sqrt(count), dtype=np.float64)


def _quick_seconds(size: int) -> Singles:
    """Seconds in single precision: sines of them are several times quicker, and right enough."""
    return np.arange(size, dtype=np.float32) / np.float32(RATE)


def _sine(turns: Singles) -> Singles:
    return np.asarray(np.sin(np.float32(2 * np.pi) * (turns - np.floor(turns))), dtype=np.float32)


def _stick(random: Random, size: int, low: float, high: float, lasts: float) -> Wave:
    t = np.arange(size) / RATE
    return np.asarray(band_noise(random, size, low, high) * np.exp(-t / lasts))


def _bronze_ride(random: Random) -> Wave:
    """A stick's ping, a bell of few or many partials, and a wash under it that may come late."""
    wash = _wash(random, (300, 3_000), (0.25, 1.6), (-6, 3))
    size = len(wash)
    t = np.arange(size) / RATE
    late = 1 - random.uniform(0, 0.8) * np.exp(-t / between(random, 0.005, 0.06))
    bell = _partials(random, int(random.integers(3, 30)), (350, 7_000), (0.1, 1.2), size)
    ping = _stick(random, size, between(random, 800, 4_000), 20_000, between(random, 0.002, 0.03))
    share = random.choice([random.uniform(0, 0.3), random.uniform(0.3, 1.0)])
    return np.asarray(wash * late + share * bell + between(random, 0.2, 5.0) * ping)


def _bronze_crash(random: Random) -> Wave:
    """All of the cymbal at once, or swelling; a splash is a short one, a china a rough one."""
    wash = _wash(random, (200, 2_500), (0.15, 1.4), (-5, 4))
    t = np.arange(len(wash)) / RATE
    swell = 1 - random.uniform(0, 0.9) * np.exp(-t / between(random, 0.004, 0.08))
    bell = _partials(random, int(random.integers(10, 50)), (300, 9_000), (0.2, 1.0), len(wash))
    low, lasts = between(random, 300, 3_000), between(random, 0.004, 0.08)
    hit = _stick(random, len(wash), low, 20_000, lasts)
    return np.asarray(wash * swell + random.uniform(0, 0.5) * bell + random.uniform(0, 1.5) * hit)


def _bronze_hat(random: Random, decay: tuple[float, float]) -> Wave:
    """Two cymbals that touch: more highs than a ride, and a body when they close."""
    wash = _wash(random, (300, 6_000), decay, (-2, 7))
    size = len(wash)
    tip = _stick(random, size, between(random, 1_500, 6_000), 20_000, between(random, 0.001, 0.01))
    body = _stick(random, size, 200, between(random, 500, 2_500), between(random, 0.004, 0.04))
    ring = _partials(random, int(random.integers(4, 20)), (1_000, 12_000), decay, size)
    shares = random.uniform(0, [1.5, 0.4, 0.4]) * random.choice([0, 1], 3)
    return np.asarray(wash + shares[0] * tip + shares[1] * body + shares[2] * ring)


def _machine_cymbal(random: Random, decay: tuple[float, float], bell: float) -> Wave:
    """Six square waves through two resonances that die apart; ``bell`` is the most that the lower
    may have of the upper."""
    tau = between(random, *decay)
    t = seconds(min(3.0, 6 * tau))
    base, out = between(random, 130, 560), np.zeros(len(t))
    for ratio in _SIDES:
        turns = base * ratio * random.uniform(0.97, 1.03) * t + random.random()
        out += np.where(turns - np.floor(turns) < 0.5, 1.0, -1.0)
    size = quick_length(len(t))
    spectrum = np.fft.rfft(out, size)
    frequency = np.fft.rfftfreq(size, 1 / RATE) + 1e-3
    bands = []
    for centre in (between(random, 2_000, 4_500), between(random, 5_500, 11_000)):
        narrow = random.uniform(1.5, 6)
        gain = 1 / np.sqrt(1 + (narrow * (frequency / centre - centre / frequency)) ** 2)
        band = np.fft.irfft(spectrum * gain * (frequency > centre / 8), size)[: len(t)]
        bands.append(band / (band.std() + 1e-9))
    low = random.uniform(0, bell) * np.exp(-t / (tau * between(random, 0.5, 2.0)))
    high = np.exp(-t / tau) + random.uniform(0, 1) * np.exp(-t / 0.01)
    hiss = random.uniform(0, 0.3) * band_noise(random, len(t), 5_000, 18_000) * np.exp(-t / tau)
    return np.asarray(bands[0] * low + bands[1] * high + hiss)


def _skin_modes(
    random: Random, pitch: tuple[float, float], decay: tuple[float, float], size: int
) -> Wave:
    """Modes of a membrane, often loud above the lowest, which falls a little."""
    t = _quick_seconds(size)
    base, tau = between(random, *pitch), between(random, *decay)
    fade, out = random.uniform(0.2, 1.5), np.zeros(size, dtype=np.float32)
    fall = random.uniform(0, 0.3) * between(random, 0.005, 0.06)
    lasting = random.uniform(0.2, 1.2)
    for ratio in (_MEMBRANE * random.uniform(0.95, 1.05, len(_MEMBRANE))).tolist():
        lasts = tau / ratio**lasting
        loud, turn = random.uniform(0.1, 1.0) * ratio**-fade, random.random()
        heard = t[: int(7 * lasts * RATE)]
        fallen = heard + fall * (1 - np.exp(-heard / 0.03))
        out[: len(heard)] += loud * _sine(base * ratio * fallen + turn) * np.exp(-heard / lasts)
    return np.asarray(out, dtype=np.float64)


def _wired_snare(random: Random) -> Wave:
    """Skin, wires in bands that die apart, a stick; deep, piccolo or brushed, with its room."""
    wires = _wash(random, (150, 1_800), (0.02, 0.22), (-7, 3))
    size = max(len(wires), RATE // 4)
    wires = np.pad(wires, (0, size - len(wires)))
    skin = _skin_modes(random, (110, 330), (0.015, 0.18), size)
    skin /= np.abs(skin).max()
    low_skin = random.choice([0.0, random.uniform(0, 1)])
    skin += low_skin * _skin_modes(random, (60, 130), (0.02, 0.15), size)
    stick = _stick(random, size, between(random, 400, 3_000), 18_000, between(random, 0.001, 0.012))
    share = random.choice([random.uniform(0, 0.4), random.uniform(0.4, 2.5)])
    return np.asarray(wires + share * skin + random.uniform(0, 1.5) * stick)


def _struck_tom(low: float, high: float) -> Callable[[Random], Wave]:
    def recipe(random: Random) -> Wave:
        size = int(random.uniform(0.4, 1.6) * RATE)
        skin = _skin_modes(random, (low, high), (0.05, 0.45), size)
        high_end, lasts = between(random, 1_500, 12_000), between(random, 0.001, 0.02)
        stick = _stick(random, size, 300, high_end, lasts)
        out = skin / np.abs(skin).max() + random.uniform(0, 0.6) * stick
        if random.random() < 0.25:  # a fuzz or a sampler's input turned too far up
            out = np.tanh(random.uniform(2, 12) * out)
        return np.asarray(out)

    return recipe


def _struck_kick(random: Random) -> Wave:
    """A skin damped or long, a beater of felt or wood, the shell; or a bass that is let ring."""
    long = random.random() < 0.3
    tau = between(random, 0.2, 0.6) if long else between(random, 0.02, 0.18)
    t = seconds(min(2.0, 6 * tau))
    base, fall = between(random, 28, 90), between(random, 0.004, 0.08)
    turn = base * (t + random.uniform(0, 6) * fall * (1 - np.exp(-t / fall)))
    out = np.sin(2 * np.pi * turn + random.uniform(0, 1.5)) * np.exp(-t / tau)
    shell = _skin_modes(random, (90, 400), (0.01, 0.08), len(t))
    beater = _stick(random, len(t), between(random, 300, 2_500), between(random, 3_000, 16_000),
                    between(random, 0.001, 0.015))  # fmt: skip
    shares = random.uniform(0, [0.3, 0.8]) * random.choice([0, 1], 2)
    out = out + shares[0] * shell + shares[1] * beater
    if random.random() < 0.3:
        out = np.tanh(random.uniform(1.5, 8) * out)
    return np.asarray(out)


def _hands(random: Random) -> Wave:
    """Several people, or one pair of hands, or fingers that snap."""
    t = seconds(0.5)
    out = np.zeros(len(t))
    spread = between(random, 0.001, 0.035)
    for _ in range(int(random.integers(1, 9))):
        late = int(random.uniform(0, spread) * RATE)
        centre = between(random, 700, 3_500)
        lasts = between(random, 0.001, 0.01)
        burst = _stick(random, len(t), centre / 2, centre * between(random, 1.5, 6), lasts)
        out += random.uniform(0.3, 1) * np.pad(burst, (late, 0))[: len(t)]
    tail = _stick(random, len(t), between(random, 400, 1_500), between(random, 2_500, 12_000),
                  between(random, 0.02, 0.2))  # fmt: skip
    return np.asarray(out + random.uniform(0, 0.6) * tail)


def _wood_or_bell(random: Random) -> Wave:
    """A stick across the rim, a block, a cowbell: a few partials, with or without a low knock."""
    bell = random.random() < 0.35
    t = seconds(0.6 if bell else 0.35)
    pitch = between(random, 400, 1_700) if bell else between(random, 250, 2_800)
    decay = (0.03, 0.3) if bell else (0.004, 0.09)
    out = np.zeros(len(t))
    for ratio in (1.0, *random.uniform(1.2, 5.0, int(random.integers(1, 4)))):
        lasts = between(random, *decay)
        turn = 2 * np.pi * (pitch * ratio * t + random.random())
        out += random.uniform(0.2, 1.0) * np.sin(turn) * np.exp(-t / lasts)
    knock = _skin_modes(random, (90, 300), (0.01, 0.12), len(t))
    high, lasts = between(random, 3_000, 16_000), between(random, 0.0007, 0.01)
    stick = _stick(random, len(t), 600, high, lasts)
    shares = random.uniform(0, [0.8, 1.2]) * random.choice([0, 1], 2)
    return np.asarray(out + shares[0] * knock + shares[1] * stick)


def _one_of(*recipes: Callable[[Random], Wave]) -> Callable[[Random], Wave]:
    return lambda random: recipes[int(random.integers(len(recipes)))](random)


STRUCK: dict[str, Callable[[Random], Wave]] = {
    "kick": _struck_kick,
    "snare": _wired_snare,
    "closed_hat": _one_of(
        lambda r: _bronze_hat(r, (0.015, 0.12)),
        lambda r: _bronze_hat(r, (0.015, 0.12)),
        lambda r: _machine_cymbal(r, (0.012, 0.1), 0.3),
    ),
    "open_hat": _one_of(
        lambda r: _bronze_hat(r, (0.12, 0.7)),
        lambda r: _bronze_hat(r, (0.12, 0.7)),
        lambda r: _machine_cymbal(r, (0.12, 0.6), 0.3),
    ),
    "low_tom": _struck_tom(60, 115),
    "mid_tom": _struck_tom(85, 160),
    "high_tom": _struck_tom(115, 240),
    "clap": _hands,
    "rim": _wood_or_bell,
    "ride": _one_of(
        _bronze_ride,
        _bronze_ride,
        lambda r: _machine_cymbal(r, (0.25, 1.2), 2.0),
    ),
    "crash": _one_of(
        _bronze_crash,
        _bronze_crash,
        lambda r: _machine_cymbal(r, (0.3, 1.2), 1.0),
    ),
}


def roomy(sound: NDArray[np.float64], random: Random) -> Wave:
    """The sound with the end of a room after it, which a gate may close."""
    lasts = between(random, 0.06, 0.6)
    t = seconds(min(1.5, 3 * lasts))
    tail = random.standard_normal(len(t)) * np.exp(-t / (lasts / 2))
    tail[: int(random.uniform(0.0, 0.02) * RATE)] = 0
    if random.random() < 0.3:
        tail[int(random.uniform(0.2, 1.0) * len(tail)) :] = 0
    whole = len(sound) + len(tail)
    size = quick_length(whole)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    damp = 1 / np.sqrt(1 + (frequency / between(random, 1_500, 15_000)) ** 2)
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size) * damp, size)[:whole]
    wet *= np.sqrt((sound**2).sum() / ((wet**2).sum() + 1e-12))
    out = 10 ** random.uniform(-1.2, 0.1) * wet
    out[: len(sound)] += sound
    return np.asarray(out[: 3 * RATE])

"""Chance as a function of an address: what is drawn there, whoever asks and when."""

from __future__ import annotations

import math
from dataclasses import dataclass

DRIFT_BEATS = 4
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Stray:
    """How a hit strays: the draws of its four parts, and each one's share of the variance.

    ``own`` is new for each hit. ``drift`` is common to all lanes and wanders over some beats.
    ``place`` and ``manner`` are the same in every cycle, as a drummer repeats himself: one for
    each place in the beat, common to all lanes, and one for each lane and step.
    """

    draws: tuple[int, int, int, int]
    shares: tuple[float, float, float, float]


# own, drift, place, manner. The shares were measured on the Groove MIDI Dataset (train): of the
# variance of an offset 0.55 is within a take, and two lanes struck together share 0.40 of that
# (still 0.23 half a bar later); of what differs between takes they share 0.43. Accents are
# more a lane's own affair: 0.08 and 0.26.
OFFSET_STRAY = Stray((2, 5, 7, 9), (0.35, 0.20, 0.20, 0.25))
VELOCITY_STRAY = Stray((1, 4, 6, 8), (0.35, 0.05, 0.15, 0.45))


def hash_words(*words: int) -> int:
    """The address hash of ``plugin/player/random.h`` (SplitMix64's finaliser, absorbing words)."""
    h = 0
    for word in words:
        h = (h + (word & _MASK) + 0x9E3779B97F4A7C15) & _MASK
        h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _MASK
        h ^= h >> 31
    return h


def uniform(h: int) -> float:
    """In [0, 1), from the top 53 bits."""
    return (h >> 11) / 9007199254740992.0


def normal(h: int) -> float:
    """Nearly normal, variance 1, bounded: the sum of four 16-bit uniforms."""
    total = sum(((h >> (16 * i)) & 0xFFFF) + 0.5 for i in range(4))
    return (total / 65536.0 - 2.0) * 1.7320508075688772


def strayed(
    stray: Stray, seed: int, lane: int, grid_step: int, cycle_steps: int, rate: float
) -> float:
    """How many spreads a hit lies from its mean: mean 0, variance 1, a function of its address."""
    cycle, step = divmod(grid_step, cycle_steps)
    own_draw, drift_draw, place_draw, manner_draw = stray.draws
    span = round(rate * DRIFT_BEATS)
    index, within = divmod(grid_step, span)
    along = within / span
    # One and a half steps a beat: the beats then go in pairs.
    per_beat = round(rate if rate == math.floor(rate) else 2 * rate)
    before = normal(hash_words(drift_draw, seed, index))
    after = normal(hash_words(drift_draw, seed, index + 1))
    # Between two draws the variance would sink: the square root keeps it 1.
    eased = (1.0 - along) * before + along * after
    drift = eased / math.sqrt((1.0 - along) * (1.0 - along) + along * along)
    own, place, manner = (
        normal(hash_words(own_draw, seed, lane, cycle, step)),
        normal(hash_words(place_draw, seed, grid_step % per_beat)),
        normal(hash_words(manner_draw, seed, lane, step)),
    )
    total = 0.0
    for share, part in zip(stray.shares, (own, drift, place, manner), strict=True):
        total += math.sqrt(share) * part
    return total

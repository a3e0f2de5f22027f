"""Which grid a file asks for: from its metre, and from where its hits lie between the beats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import MAX_STEPS
from groovefield.material.notes import MidiDrums
from groovefield.pattern import Grid

_USUAL_BEATS = 8
_STRAIGHT, _TRIPLET, _SEXTUPLET = 4, 3, 6
_SPREAD = 0.03
"""Standard deviation of a hit around its line, in beats."""

_STRAY = 0.05
"""Share of the hits that may lie anywhere."""

_NEAR_A_BEAT = 0.1
"""Hits as near to a beat as this, in beats, say nothing: every grid holds the beats."""

_FEWEST_BETWEEN = 4
_MARGIN = 0.25
"""By how many nats a hit another division has to be likelier than sixteenths."""

_SEXTUPLET_LINES = np.array([1 / 6, 1 / 3, 2 / 3, 5 / 6])
_SEXTUPLET_SHARE = 0.1
"""Swung sixteenths lie on some of these lines; sextuplets have as much as this on each."""


def own_grid(drums: MidiDrums) -> Grid | None:
    """The grid of a file's own: two bars of its main metre, in sixteenths or in triplets.

    A metre of two quarters or less takes as many bars as make eight beats. None when no window
    of such a metre fits the layout.
    """
    numerator, denominator = main_metre(drums)
    division = _STRAIGHT if denominator > 4 else division_of(beat_places(drums))
    return grid_for(numerator, denominator, division)


def grid_for(numerator: int, denominator: int, steps_per_beat: int = _STRAIGHT) -> Grid | None:
    """The grid of a metre; None when there is none of whole steps within the layout."""
    bar = Fraction(4 * numerator, denominator)
    if bar * 4 <= _USUAL_BEATS and Fraction(_USUAL_BEATS) % bar == 0:
        beats = Fraction(_USUAL_BEATS)
    else:
        # Half and quarter beats are made whole by more bars; a long bar stands alone.
        choices = [n * bar for n in (2, 4, 8, 1) if (n * bar).denominator == 1]
        fitting = [b for b in choices if b * steps_per_beat <= MAX_STEPS]
        if not fitting:
            return None
        beats = fitting[0]
    if (bar * steps_per_beat).denominator != 1 or beats * steps_per_beat > MAX_STEPS:
        return None
    return Grid(steps_per_beat, int(beats))


def main_metre(drums: MidiDrums) -> tuple[int, int]:
    """Numerator and denominator of the metre that holds the most drum notes."""
    begins = np.array([tick for tick, _, _ in drums.metres])
    section = np.maximum(np.searchsorted(begins, drums.tick, side="right") - 1, 0)
    count: Counter[tuple[int, int]] = Counter()
    for i, notes in zip(*np.unique(section, return_counts=True), strict=True):
        _, numerator, denominator = drums.metres[int(i)]
        count[numerator, denominator] += int(notes)
    return max(count, key=lambda metre: count[metre]) if count else (4, 4)


def beat_places(drums: MidiDrums) -> NDArray[np.float64]:
    """Where in its beat each note lies, 0..1."""
    begins = np.array([tick for tick, _, _ in drums.metres])
    section = np.maximum(np.searchsorted(begins, drums.tick, side="right") - 1, 0)
    place: NDArray[np.float64] = ((drums.tick - begins[section]) / drums.ticks_per_beat) % 1.0
    return place


def division_is_open(drums: MidiDrums) -> bool:
    """Whether too few hits lie between the beats to say how the beat is divided."""
    return len(_between(beat_places(drums))) < _FEWEST_BETWEEN


def division_of(place: NDArray[np.float64]) -> int:
    """Steps a beat under which the hits between the beats are likeliest: 4, 3 or 6."""
    between = _between(place)
    if len(between) < _FEWEST_BETWEEN:
        return _STRAIGHT
    straight = _likelihood(between, _STRAIGHT) + _MARGIN
    triplet, sextuplet = _likelihood(between, _TRIPLET), _likelihood(between, _SEXTUPLET)
    shares = (abs(between[:, None] - _SEXTUPLET_LINES) < _SPREAD).mean(axis=0)
    if shares.min() >= _SEXTUPLET_SHARE and sextuplet > max(straight, triplet):
        return _SEXTUPLET
    return _TRIPLET if triplet > straight else _STRAIGHT


def _between(place: NDArray[np.float64]) -> NDArray[np.float64]:
    return place[(place > _NEAR_A_BEAT) & (place < 1 - _NEAR_A_BEAT)]


def _likelihood(place: NDArray[np.float64], division: int) -> float:
    """Mean log density of hits strewn evenly over the lines between two beats."""
    lines = np.arange(1, division) / division
    bell = np.exp(-0.5 * ((place[:, None] - lines) / _SPREAD) ** 2) / (_SPREAD * np.sqrt(2 * np.pi))
    return float(np.log(_STRAY + (1 - _STRAY) * bell.mean(axis=1)).mean())


def dominant(grids: Iterable[Grid]) -> Grid:
    """The grid that most files ask for; of equals the usual one, then the larger."""
    count = Counter(grids)
    if not count:
        return Grid()
    return max(count, key=lambda g: (count[g], g == Grid(), g.steps, g.steps_per_beat))


_DIVISIONS = {1: "quarters", 2: "eighths", 3: "triplets", 4: "sixteenths", 6: "sextuplets",
              8: "thirty-seconds", 12: "triplet thirty-seconds"}  # fmt: skip


def words(grid: Grid) -> str:
    """A grid as a person reads it."""
    division = _DIVISIONS.get(grid.steps_per_beat, f"{grid.steps_per_beat} steps a beat")
    return f"{grid.beats} beats in {division} ({grid.steps} steps)"

"""What repeats within a take: how far the same cell strays from bar to bar.

A *take* is one file. Its bars are laid over each other, and the hits of one cell (lane and step
of the bar) are draws of one distribution, whose variance is worked out with what little there
is, and shrunk where it is little:

    pooled(lane, place in the beat)   all takes together
    take's = factor^2 x pooled        a steady drummer's factor is below 1, a loose one's above
    cell's = (sum of squares + K take's) / (degrees of freedom + K)

This is the estimate of a normal variance under a scaled inverse chi-squared prior, with K the
prior's degrees of freedom (Gelman et al., "Bayesian Data Analysis", 3rd edition, 2.6), the
prior being the take's, and the take's being shrunk to the pooled one in the same way.

Bars that are equal to the last bit tell nothing (a clip that was repeated to fill the grid).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.material.dataset import Material
from groovefield.pattern import Floats, Grid

Doubles = NDArray[np.float64]

TYPICAL = (0.14, 0.28)
"""Standard deviations of velocity and of offset (half steps) within a drummer's takes, for
material in which nothing repeats. Measured on the Groove MIDI Dataset."""

CELL_PRIOR, TAKE_PRIOR, POOL_PRIOR = 4.0, 8.0, 20.0
"""Degrees of freedom that each coarser estimate is worth beside the finer one."""

HOLDS, MANY_TAKES = 0.45, 40
"""How much of the means' variance is right about a new take of the same kind: a little under half,
on sessions of the Groove MIDI Dataset that a field had not seen. A few clips are all that there is
to play, and then the means are right."""

MOST_WIDENED = 9.0
"""Of a variance: a lane that is struck a few times says little about all that it may do."""

FLOOR = (0.005, 0.01)
"""No spread is taken to be smaller: it is what a file's own rounding does."""


@dataclass(frozen=True)
class Repeats:
    """Variances of velocity and offset, in this order.

    ``cells`` (2, n, lanes, steps): those of each window's cells, within its take;
    ``pooled`` (2, lanes, steps): by lane and place in the beat, of all takes together.
    """

    cells: Floats
    pooled: Floats


@dataclass(frozen=True)
class Take:
    """The bars of one file: the windows it gave, and the (window, part) that is each bar."""

    windows: NDArray[np.int64]
    bars: tuple[tuple[int, int], ...]


def bar_steps(grid: Grid) -> int:
    """Steps after which a cell is the same cell again: half of a window of an even length."""
    return grid.steps // 2 if grid.beats % 2 == 0 else grid.steps


def takes(material: Material) -> Iterator[Take]:
    """The files of a material, each with its distinct bars.

    Windows of a file overlap by a bar (``tags["bar"]`` is the first); of two windows that hold
    the same bar one counts. Patterns that come from no take are takes of their own.
    """
    parts = material.grid.steps // bar_steps(material.grid)
    files: dict[tuple[str, str], list[int]] = {}
    for i, tags in enumerate(material.tags):
        file = str(tags["file"]) if "bar" in tags and "file" in tags else f"{i}"
        files.setdefault((str(tags.get("source", "")), file), []).append(i)
    for windows in files.values():
        bars: dict[int, tuple[int, int]] = {}
        for i in windows:
            first = int(material.tags[i].get("bar", 0))
            for part in range(parts):
                bars.setdefault(first + part, (i, part))
        yield Take(np.array(windows), tuple(bars.values()))


def repeats(material: Material) -> Repeats:
    """The variances of every window's cells; see the top of this module."""
    grid, lanes = material.grid, material.onset.shape[1]
    bar, per_beat = bar_steps(grid), grid.steps_per_beat
    all_takes = list(takes(material))
    seen = [_sums(material, take, bar) for take in all_takes]

    def by_beat(cells: Doubles) -> Doubles:  # (..., lanes, bar) -> (..., lanes, per_beat)
        out: Doubles = cells.reshape(*cells.shape[:-1], -1, per_beat).sum(-2)
        return out

    squares = np.full((2, lanes, per_beat), 0.0)
    freedom = np.zeros((lanes, per_beat))
    for take, (ss, dof) in zip(all_takes, seen, strict=True):
        weight = float(material.weight[take.windows].mean())
        squares += weight * by_beat(ss)
        freedom += weight * by_beat(dof)
    pooled = np.tile(_pooled(squares, freedom), bar // per_beat)  # (2, lanes, bar)
    cells = np.empty((2, *material.onset.shape), np.float32)
    for take, (ss, dof) in zip(all_takes, seen, strict=True):
        expected = (ss / pooled).sum((1, 2))
        factor = (expected + TAKE_PRIOR) / (dof.sum() + TAKE_PRIOR)  # (2,), squared
        prior = factor[:, None, None] * pooled
        one = (ss + CELL_PRIOR * prior) / (dof + CELL_PRIOR)
        cells[:, take.windows] = np.tile(one, grid.steps // bar)[:, None]
    floor = np.square(np.array(FLOOR, np.float32))
    return Repeats(
        np.maximum(cells, floor[:, None, None, None]),
        np.maximum(np.tile(pooled, grid.steps // bar), floor[:, None, None]).astype(np.float32),
    )


def _sums(material: Material, take: Take, bar: int) -> tuple[Doubles, Doubles]:
    """Squares about each cell's mean (2, lanes, bar) and degrees of freedom (lanes, bar)."""

    def laid_over(array: NDArray[np.float32] | NDArray[np.bool_]) -> Doubles:
        rows = [array[i, :, part * bar : (part + 1) * bar] for i, part in take.bars]
        return np.stack(rows).astype(np.float64)

    onset = laid_over(material.onset)
    values = np.stack((laid_over(material.velocity), laid_over(material.offset)))
    alike = values.swapaxes(0, 1).reshape(len(onset), -1)
    distinct = list({row.tobytes(): i for i, row in enumerate(alike)}.values())
    onset, values = onset[distinct], values[:, distinct]
    count = onset.sum(0)
    mean = (values * onset).sum(1) / np.maximum(count, 1)
    squares = ((values - mean[:, None]) ** 2 * onset).sum(1)
    return squares, np.maximum(count - 1, 0)


def _pooled(squares: Doubles, freedom: Doubles) -> Doubles:
    """(2, lanes, places of the beat) from its sums: each shrunk to its lane's, that to all's."""
    typical = np.square(np.array(TYPICAL))
    whole = (squares.sum((1, 2)) + POOL_PRIOR * typical) / (freedom.sum() + POOL_PRIOR)
    lane = squares.sum(2) + POOL_PRIOR * whole[:, None]
    lane = lane / (freedom.sum(1) + POOL_PRIOR)  # (2, lanes)
    out: Doubles = (squares + POOL_PRIOR * lane[..., None]) / (freedom + POOL_PRIOR)
    return out


def scaled(repeated: Repeats, material: Material, means: Floats) -> Repeats:
    """Widened by lane until hits drawn about the field's means vary as much as the material's.

    What a field plays at a place is not what the take found there plays on average: takes
    differ where their onsets are alike. By the law of total variance the spread that is missing is
    the material's variance less that of the means, as far as those hold for takes that were not
    trained on (``HOLDS``); no lane gets less than its takes vary.
    ``means`` (2, n, lanes, steps): velocity and offset that the field plays for each window.
    """
    cells, pooled = repeated.cells.copy(), repeated.pooled.copy()
    holds = HOLDS if sum(1 for _ in takes(material)) >= MANY_TAKES else 1.0
    for lane in range(material.onset.shape[1]):
        on = material.onset[:, lane]
        if not on.any():
            continue
        weight = np.broadcast_to(material.weight[:, None], on.shape)[on]
        for a, truth in enumerate((material.velocity, material.offset)):
            known = holds * variance(means[a][:, lane][on], weight)
            missing = variance(truth[:, lane][on], weight) - known
            own, shared = cells[a, :, lane], pooled[a, lane]
            within = float(np.average(own[on], weights=weight))
            factor = float(np.clip(missing / within, 1, MOST_WIDENED))
            # What is missing is neither in proportion to a take's looseness nor the same for
            # all: half way between (in logarithms) new sessions were likeliest.
            wide = np.sqrt(own * factor * (own + (factor - 1) * shared))
            cells[a, :, lane] = wide * (factor * within / np.average(wide[on], weights=weight))
            pooled[a, lane] = shared * factor
    return Repeats(cells, pooled)


def variance(values: Floats, weight: Floats) -> float:
    """Of values with weights."""
    mean = np.average(values, weights=weight)
    return float(np.average((values - mean) ** 2, weights=weight))

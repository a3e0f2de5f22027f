"""Pads and banks without a network: what a field must be better than.

All take material of nine lanes and give a ``Bank``. Windows that are binary have a probability of
0.98 in a cell that strikes and 0.02 elsewhere: the likeliest is then the one with the fewest
cells that differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.material.dataset import Material
from groovefield.pattern import Floats
from groovefield.quality.scores import Bank

SIDE = 64
COUNT = SIDE * SIDE
_ALMOST = 0.98
_FIRST_SIGMA, _ROUNDS = 16.0, 30
_KMEANS_ROUNDS = 15
REDRAWN = 0.15
"""Share of a training window's cells that are drawn anew in a perturbed one."""


def self_organising_map(train: Material, sigma: float, seed: int) -> Bank:
    """A self-organising map of 64 x 64 units, in batches (Kohonen 1995).

    The neighbourhood shrinks from 16 units to ``sigma``, which decides how smooth the map is. It
    starts on the plane of the two main components. Velocities and offsets are the means of the
    windows that a unit and its neighbours have.
    """
    onset, velocity, offset = _flat(train)
    weight = train.weight
    units = _plane(onset, np.random.default_rng(seed))
    sums: Floats = np.concatenate((onset, velocity, offset), axis=1) * weight[:, None]
    cells = onset.shape[1]
    smooth = np.zeros((COUNT, 3 * cells), np.float32)
    for round_ in range(_ROUNDS):
        width = _FIRST_SIGMA * (sigma / _FIRST_SIGMA) ** (round_ / (_ROUNDS - 1))
        nearest = _nearest(onset, units)
        total = np.zeros((COUNT, 3 * cells), np.float32)
        np.add.at(total, nearest, sums)
        count = np.bincount(nearest, weight, COUNT).astype(np.float32)
        smooth, share = _blurred(total, width), _blurred(count[:, None], width)
        units = np.asarray(smooth[:, :cells] / np.maximum(share, 1e-6), np.float32)
    hits = np.maximum(smooth[:, :cells], 1e-6)
    return _bank(
        units, smooth[:, cells : 2 * cells] / hits, smooth[:, 2 * cells :] / hits, train, SIDE
    )


def _plane(onset: Floats, rng: np.random.Generator) -> Floats:
    """(4096, cells): the plane of the two main components, two standard deviations each way."""
    centred = onset - onset.mean(0)
    some = centred[rng.permutation(len(onset))[:3000]]
    axes = np.linalg.svd(some, full_matrices=False)[2][:2]
    wide = (centred @ axes.T).std(0)
    along = np.linspace(-2, 2, SIDE)
    x, y = np.tile(along, SIDE)[:, None], np.repeat(along, SIDE)[:, None]
    plane = onset.mean(0) + x * wide[0] * axes[0] + y * wide[1] * axes[1]
    return np.asarray(plane, np.float32)


def _blurred(values: Floats, sigma: float) -> Floats:
    """(4096, n) summed over each unit's neighbourhood, a Gaussian of the map's distance."""
    apart = np.arange(SIDE)[:, None] - np.arange(SIDE)
    near = np.exp(-(apart**2) / (2 * sigma**2)).astype(np.float32)
    square = values.reshape(SIDE, SIDE, -1)
    rows = np.tensordot(near, square, 1)
    both = np.tensordot(rows, near, (1, 1)).transpose(0, 2, 1)
    return np.asarray(both.reshape(COUNT, -1), np.float32)


def k_means(train: Material, seed: int) -> Bank:
    """4,096 means of windows (Lloyd's algorithm from windows drawn at random); no places."""
    onset, velocity, offset = _flat(train)
    rng = np.random.default_rng(seed)
    count = min(COUNT, len(onset))
    units: Floats = onset[rng.permutation(len(onset))[:count]].copy()
    together: Floats = np.concatenate((onset, velocity, offset), axis=1)
    total = np.zeros((count, together.shape[1]), np.float32)
    for _ in range(_KMEANS_ROUNDS):
        nearest = _nearest(onset, units)
        total = np.zeros((count, together.shape[1]), np.float32)
        np.add.at(total, nearest, together)
        members = np.bincount(nearest, minlength=count).astype(np.float32)[:, None]
        units = np.where(members > 0, total[:, : onset.shape[1]] / np.maximum(members, 1), units)
    cells = onset.shape[1]
    hits = np.maximum(total[:, :cells], 1e-6)
    return _bank(units, total[:, cells : 2 * cells] / hits, total[:, 2 * cells :] / hits, train)


def look_up(train: Material) -> Bank:
    """Every training window as it is: the nearest is played."""
    return Bank(_sure(train.onset), train.velocity, train.offset)


def drawn_cells(train: Material, seed: int) -> Bank:
    """4,096 patterns whose cells strike, each for itself, as often as in training."""
    rng = np.random.default_rng(seed)
    chance = train.onset.mean(0)
    on = rng.random((COUNT, *chance.shape)) < chance
    return _with_cell_means(on, train)


def perturbed(train: Material, seed: int) -> Bank:
    """4,096 training windows, each with some cells drawn anew, so that all strike as often as
    before."""
    rng = np.random.default_rng(seed)
    on = train.onset[rng.integers(len(train), size=COUNT)]
    anew = rng.random(on.shape) < train.onset.mean(0)
    return _with_cell_means(np.where(rng.random(on.shape) < REDRAWN, anew, on), train)


def _with_cell_means(on: NDArray[np.bool_], train: Material) -> Bank:
    hits = np.maximum(train.onset.sum(0), 1)
    velocity, offset = train.velocity.sum(0) / hits, train.offset.sum(0) / hits
    return Bank(_sure(on), np.broadcast_to(velocity, on.shape), np.broadcast_to(offset, on.shape))


def _sure(on: NDArray[np.bool_]) -> Floats:
    return np.where(on, np.float32(_ALMOST), np.float32(1 - _ALMOST))


def _nearest(windows: Floats, units: Floats) -> NDArray[np.intp]:
    length = (units * units).sum(1)
    parts = np.array_split(windows, max(1, len(windows) // 2048))
    return np.concatenate([(length - 2 * part @ units.T).argmin(1) for part in parts])


def _flat(train: Material) -> tuple[Floats, Floats, Floats]:
    n = len(train)
    onset = train.onset.reshape(n, -1).astype(np.float32)
    return onset, train.velocity.reshape(n, -1), train.offset.reshape(n, -1)


def _bank(onset: Floats, velocity: Any, offset: Any, train: Material, side: int = 0) -> Bank:
    shape = (-1, *train.onset.shape[1:])
    a, b, c = (np.asarray(x, np.float32).reshape(shape) for x in (onset, velocity, offset))
    return Bank(a, b, c, side)

"""Variations of a few windows, so that a pad of one clip has somewhere to go.

What a drummer does to a groove: leave a drum out, take one from another groove, begin on another
beat, play more or less of it, accent it otherwise. Each variation is one to three of these, drawn
at random from a seed; the windows themselves stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from groovefield.material.dataset import Material, from_hits
from groovefield.pattern import Floats, Grid, Hits

FEW_WINDOWS = 8
"""With fewer windows than this a pad needs variations to move at all."""

FEWEST_HITS = 3
GHOST = 0.45
"""A hit that was added is this loud beside the one it answers."""

Cells = tuple[Floats, Floats]
"""Velocity and offset, (lanes, steps) each."""


def vary(material: Material, count: int, share: float, seed: int = 0) -> Material:
    """The material, its windows first and unaltered, then ``count`` variations of them.

    The variations are worth ``share`` (0..1) of the whole and are tagged ``variation``; a window
    that cannot be varied (a single hit) gives fewer.
    """
    rng = np.random.default_rng(seed)
    seen = {_key(material.hits(i)) for i in range(len(material))}
    made: list[Hits] = []
    for n in range(4 * count):
        if len(made) == count:
            break
        hits = _variation(material, n % len(material), rng)
        key = _key(hits)
        if key not in seen and np.count_nonzero(hits.velocity) >= FEWEST_HITS:
            seen.add(key)
            made.append(hits)
    if not made:
        return material
    both = from_hits([*(material.hits(i) for i in range(len(material))), *made],
                     material.grid, material.report)  # fmt: skip
    weight = np.concatenate((
        material.weight * ((1 - share) * len(both) / material.weight.sum()),
        np.full(len(made), share * len(both) / len(made), np.float32),
    )).astype(np.float32)  # fmt: skip
    return replace(both, weight=weight)


def _variation(material: Material, index: int, rng: np.random.Generator) -> Hits:
    hits = material.hits(index)
    cells: Cells = (hits.velocity.copy(), hits.offset.copy())
    other = material.hits(int(rng.integers(len(material))))
    ways: list[Callable[[Cells], Cells]] = [
        lambda c: drop_lane(c, rng),
        lambda c: borrow_lane(c, (other.velocity, other.offset), rng),
        lambda c: rotate(c, material.grid, rng),
        lambda c: thin(c, rng),
        lambda c: thicken(c, material.grid, rng),
        lambda c: accent(c, material.grid, rng),
    ]
    for way in rng.choice(len(ways), int(rng.integers(1, 4)), replace=False):
        cells = ways[int(way)](cells)
    tags = {k: v for k, v in hits.tags.items() if k != "bar"} | {"variation": True}
    return replace(hits, velocity=cells[0], offset=cells[1], name=f"{hits.name}, varied", tags=tags)


def _struck(velocity: Floats) -> NDArray[np.intp]:
    return np.flatnonzero((velocity > 0).any(1))


def _kept(cells: Cells, keep: NDArray[np.bool_]) -> Cells:
    return np.where(keep, cells[0], 0), np.where(keep, cells[1], 0)


def drop_lane(cells: Cells, rng: np.random.Generator) -> Cells:
    """One drum rests; the only one never does."""
    lanes = _struck(cells[0])
    if len(lanes) < 2:
        return cells
    keep = np.ones_like(cells[0], np.bool_)
    keep[rng.choice(lanes)] = False
    return _kept(cells, keep)


def borrow_lane(cells: Cells, other: Cells, rng: np.random.Generator) -> Cells:
    """One drum plays what it plays in another window."""
    lanes = _struck(other[0])
    if len(lanes) == 0:
        return cells
    lane = rng.choice(lanes)
    velocity, offset = cells[0].copy(), cells[1].copy()
    velocity[lane], offset[lane] = other[0][lane], other[1][lane]
    return velocity, offset


def rotate(cells: Cells, grid: Grid, rng: np.random.Generator) -> Cells:
    """One drum, or all of them, begin some beats later."""
    if grid.beats < 2:
        return cells
    by = grid.steps_per_beat * int(rng.integers(1, grid.beats))
    if rng.random() < 0.3:
        return np.roll(cells[0], by, 1), np.roll(cells[1], by, 1)
    velocity, offset = cells[0].copy(), cells[1].copy()
    lanes = _struck(velocity)
    for lane in lanes if len(lanes) == 0 else [rng.choice(lanes)]:
        velocity[lane], offset[lane] = np.roll(velocity[lane], by), np.roll(offset[lane], by)
    return velocity, offset


def thin(cells: Cells, rng: np.random.Generator) -> Cells:
    """A share of the hits goes, the quietest first."""
    velocity = cells[0]
    order = np.sort(velocity[velocity > 0])
    share = rng.uniform(0.1, 0.5)
    limit = np.quantile(order, share) if len(order) else 0.0
    noise = rng.uniform(0, 0.05, velocity.shape)  # among equals chance decides
    equal = velocity + noise.astype(np.float32) > limit + 0.025
    return _kept(cells, equal)


def thicken(cells: Cells, grid: Grid, rng: np.random.Generator) -> Cells:
    """Hits of one drum are answered by quieter ones a step, or half a beat, later."""
    lanes = _struck(cells[0])
    if len(lanes) == 0:
        return cells
    lane = rng.choice(lanes)
    by = int(rng.choice([1, max(1, grid.steps_per_beat // 2)]))
    velocity, offset = cells[0].copy(), cells[1].copy()
    answer = np.roll(velocity[lane], by) * np.float32(GHOST)
    chosen = (velocity[lane] == 0) & (answer > 0) & (rng.random(answer.shape) < 0.7)
    velocity[lane] = np.where(chosen, np.maximum(answer, 1 / 127), velocity[lane])
    offset[lane] = np.where(chosen, np.roll(offset[lane], by), offset[lane])
    return velocity, offset


def accent(cells: Cells, grid: Grid, rng: np.random.Generator) -> Cells:
    """Another place of each beat is stressed."""
    stress = np.full(grid.steps_per_beat, 0.65, np.float32)
    stress[rng.integers(grid.steps_per_beat)] = 1.0
    stress = np.tile(stress, grid.beats)
    velocity = np.where(cells[0] > 0, np.clip(cells[0] * stress, 1 / 127, 1), 0)
    return velocity.astype(np.float32), cells[1]


def _key(hits: Hits) -> bytes:
    return np.packbits(hits.velocity > 0).tobytes() + np.round(hits.velocity * 16).tobytes()

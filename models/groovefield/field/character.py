"""What the axes of a field mean: sparse to dense along X, on to off the beat along Y.

Axes do not acquire a meaning by themselves. Each window gets a mild wish for a home (an
``Arrangement``) by its rank among the others, and lives there as far as its neighbours allow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groovefield.field.windows import Arrangement
from groovefield.material.dataset import Material

DENSITY_PULL, BEAT_PULL = 65.0, 50.0
"""Nats by which a window dislikes a place one pad's side away from its home, along X and Y, at
first: the wish fades while windows gather, and a field so laid out finds patterns as well as one
without."""


def by_character(
    material: Material,
    latents: int,
    pull: tuple[float, float] = (DENSITY_PULL, BEAT_PULL),
    fading: bool = True,
) -> Arrangement:
    """Sparse windows to the left, dense ones to the right; those on the beat below, those off it
    above, among windows of like density."""
    home = np.full((len(material), latents), 0.5, np.float32)
    wish = np.zeros((len(material), latents), np.float32)
    dense = _rank(material.onset.sum((1, 2)).astype(np.float64))
    off = _rank(off_beat(material.onset, material.grid.steps_per_beat))
    # Dense windows strike off the beat anyway: what is left over says more.
    slope, level = np.polyfit(dense, off, 1) if len(material) > 2 else (0.0, 0.0)
    home[:, 0], home[:, 1] = dense, _rank(off - slope * dense - level)
    wish[:, :2] = pull
    return Arrangement(home, wish, np.zeros(0, np.int64), fading=fading)


def off_beat(onset: NDArray[np.bool_], steps_per_beat: int) -> NDArray[np.float64]:
    """(n, lanes, steps) -> (n,): the share of a window's hits that are on no beat's first step."""
    hits = onset.sum((1, 2))
    on_beats = onset[:, :, ::steps_per_beat].sum((1, 2))
    share: NDArray[np.float64] = 1 - on_beats / np.maximum(hits, 1)
    return share


def _rank(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """0..1 in the order of the values."""
    order = value.argsort(kind="stable").argsort(kind="stable")
    ranks: NDArray[np.float64] = order / max(1, len(value) - 1)
    return ranks

"""Fitting the numbers that turn levels into velocities (`velocity.Measure`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX
from groovefield.loops.velocity import MEASURED, Measure, Rows, hit_features

Floats = NDArray[np.float32]

_RIDGE = 0.3
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True)
class Named:
    """A loop as it was heard: (onsets, features), and (onsets, lanes) what was named, the
    network's velocities, and the true ones, 0 where that lane is not struck."""

    features: Floats
    struck: NDArray[np.bool_]
    said: Floats
    true: Floats


def fit_measure(loops: Sequence[Named]) -> Measure:
    """Ridge regressions of hits about their mean, a lane at a time.

    The loops must not be those that the network was trained on: there it is too good.
    """
    return Measure(np.stack([_fit_apart(loops, name) for name in MEASURED]).astype(np.float32))


def _fit_apart(loops: Sequence[Named], name: str) -> Rows:
    lane = LANE_INDEX[name]
    inputs, targets = [], []
    for loop in loops:
        right = loop.true[loop.struck[:, lane], lane] > 0
        if right.sum() < 2:
            continue
        seen = hit_features(loop.features, loop.struck, loop.said, name)[right]
        force = np.log(loop.true[loop.struck[:, lane], lane][right])
        inputs.append(seen - seen.mean(axis=0))
        targets.append(force - force.mean())
    return _shrunk(np.concatenate(inputs), np.concatenate(targets))


def _shrunk(inputs: Rows, target: Rows) -> Rows:
    """Weights of centred inputs, shrunk as if each had a spread of 1."""
    spread = inputs.std(axis=0) + _LEAST_SPREAD
    unit = inputs / spread
    square = unit.T @ unit + _RIDGE * len(unit) * np.eye(unit.shape[1])
    weights: Rows = np.linalg.solve(square, unit.T @ target) / spread
    return weights

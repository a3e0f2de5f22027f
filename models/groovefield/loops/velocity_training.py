"""Fitting the numbers that turn levels into velocities (`velocity.Measure`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX
from groovefield.loops.velocity import MEASURED, Measure, Rows, hit_features, loop_features

Floats = NDArray[np.float32]

_APART_RIDGE, _WHOLE_RIDGE = 0.3, 1.0
_WHOLE_SHARE = 0.5
"""Where a lane lies is moved by half of what the fit says: more of it lets the hats fall."""

_LEAST_SPREAD, _LEAST_LOOP_SPREAD = 1e-3, 1e-2


@dataclass(frozen=True)
class Named:
    """A loop as it was heard: (onsets, features), and (onsets, lanes) what was named, the
    network's velocities, and the true ones, 0 where that lane is not struck."""

    features: Floats
    struck: NDArray[np.bool_]
    said: Floats
    true: Floats


def fit_measure(loops: Sequence[Named]) -> Measure:
    """Ridge regressions, a lane at a time: first hits about their mean, then the mean itself.

    The loops must not be those that the network was trained on: there it is too good.
    """
    apart = np.stack([_fit_apart(loops, name) for name in MEASURED]).astype(np.float32)
    unfit = Measure(apart, *(np.zeros(0, np.float32),) * 3)
    seen, wrong = [], []
    for loop in loops:
        deviations = unfit.deviations(loop.features, loop.struck, loop.said)
        if not deviations:
            continue
        seen.append(loop_features(loop.features, loop.struck, loop.said, deviations))
        wrong.append([_mean_error(loop, LANE_INDEX[name]) for name in MEASURED])
    inputs, errors = np.array(seen), np.array(wrong)
    middle = inputs.mean(axis=0)
    whole, bias = [], []
    for row in range(len(MEASURED)):
        known = ~np.isnan(errors[:, row])
        here, error = inputs[known], errors[known, row]
        weight = _ridge(here - here.mean(axis=0), error - error.mean(), _WHOLE_RIDGE,
                        _LEAST_LOOP_SPREAD)  # fmt: skip
        whole.append(_WHOLE_SHARE * weight)
        bias.append(_WHOLE_SHARE * (error.mean() + (middle - here.mean(axis=0)) @ weight))
    return Measure(apart, *(np.array(a, dtype=np.float32) for a in (whole, middle, bias)))


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
    return _ridge(np.concatenate(inputs), np.concatenate(targets), _APART_RIDGE, _LEAST_SPREAD)


def _mean_error(loop: Named, lane: int) -> float:
    """How much higher the lane's true mean is than the network's; nan without a right hit."""
    right = loop.struck[:, lane] & (loop.true[:, lane] > 0)
    if not right.any():
        return float("nan")
    return float((loop.true[right, lane] - loop.said[right, lane]).mean())


def _ridge(inputs: Rows, target: Rows, strength: float, least: float) -> Rows:
    """Weights of centred inputs, shrunk as if each had a spread of 1."""
    spread = inputs.std(axis=0) + least
    unit = inputs / spread
    square = unit.T @ unit + strength * len(unit) * np.eye(unit.shape[1])
    weights: Rows = np.linalg.solve(square, unit.T @ target) / spread
    return weights

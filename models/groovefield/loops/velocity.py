"""How hard the drums of a loop are struck: from what is measured in each drum's own band.

`context.Namer` gives a velocity for each onset and lane, without looking closely. The hits of a
lane are one drum on one kit, so how far they lie apart in level is how far they lie apart in
velocity, wherever that drum stands out from the others. And how loud the drums of a loop are
beside each other, with how much each varies, tells where a whole lane lies. Both are linear: from
what `spectrum.onset_features` hears to the lane's velocities, fitted on renders
(`velocity_training.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX
from groovefield.loops.spectrum import PEAK_COLUMNS, SHAPE_COLUMNS, SLICE_COLUMNS

Floats = NDArray[np.float32]
Rows = NDArray[np.float64]

MEASURED = ("kick", "snare", "closed_hat")
"""The lanes whose velocities are measured; the others keep the network's."""

QUIETEST = 0.02
_OWN_SLICES, _STATED_SLICES = (2, 3, 4, 6), (2, 6)
_STATED_PEAKS = PEAK_COLUMNS[[1, 7]]
"""The highest sample within 10 ms, of all and of the highs."""

_HEARD = np.concatenate([*SLICE_COLUMNS, PEAK_COLUMNS, SHAPE_COLUMNS])
_SHARPNESS = 4.0
_WIDENED = 1.2
"""A fit of noisy levels is drawn towards the mean; the hits lie further apart than it says."""

_MEASURED_SHARE = 0.5
"""How far hits lie apart is half what the fit says, half what the network says: they err apart."""

_KNEE = 0.8
"""From here on velocities are pressed towards 1, never onto it: order is kept."""


@dataclass(frozen=True)
class Measure:
    """The fitted numbers, a row for each of `MEASURED`.

    ``apart`` (lanes, features of a hit) gives how far a hit lies from its lane's mean, as a
    logarithm; ``whole`` (lanes, features of a loop) with ``middle`` and ``bias`` how far the
    lane lies from where the network puts it.
    """

    apart: Floats
    whole: Floats
    middle: Floats
    bias: Floats

    def __call__(self, features: Floats, struck: NDArray[np.bool_], velocity: Floats) -> Floats:
        """(onsets, features), (onsets, lanes), the network's velocities, 0..1: better ones."""
        out = velocity.copy()
        deviations = self.deviations(features, struck, velocity)
        if not deviations:
            return out
        lean = self.whole @ (loop_features(features, struck, velocity, deviations) - self.middle)
        for name, deviation in deviations.items():
            lane, row = LANE_INDEX[name], MEASURED.index(name)
            hits = struck[:, lane]
            mean = max(float(velocity[hits, lane].mean() + lean[row] + self.bias[row]), QUIETEST)
            said = np.log(velocity[hits, lane])
            both = _MEASURED_SHARE * _WIDENED * deviation
            both += (1 - _MEASURED_SHARE) * (said - said.mean())
            ratio = np.exp(both)
            out[hits, lane] = _pressed(mean * ratio / ratio.mean())
        return out

    def deviations(
        self, features: Floats, struck: NDArray[np.bool_], velocity: Floats
    ) -> dict[str, Rows]:
        """For each measured lane that is struck how far its hits lie apart, mean 0."""
        out = {}
        for row, name in enumerate(MEASURED):
            if struck[:, LANE_INDEX[name]].any():
                seen = hit_features(features, struck, velocity, name)
                out[name] = (seen - seen.mean(axis=0)) @ self.apart[row].astype(np.float64)
        return out


def hit_features(features: Floats, struck: NDArray[np.bool_], velocity: Floats, name: str) -> Rows:
    """(hits of the lane, features): the network's word, the lane's own bands, what else is
    struck, and all that is heard."""
    lane = LANE_INDEX[name]
    hits = struck[:, lane]
    said = velocity[hits, lane]
    own = [_own_level(features, hits, SLICE_COLUMNS[i]) for i in _OWN_SLICES]
    parts = (np.log(said), said, *own)
    return np.concatenate(
        [np.stack(parts, axis=1), struck[hits], features[hits][:, _HEARD]], axis=1, dtype=np.float64
    )


def loop_features(
    features: Floats, struck: NDArray[np.bool_], velocity: Floats, deviations: dict[str, Rows]
) -> Rows:
    """(features of the loop,): for each measured lane where it is said to lie, how its hits vary
    and how loud they are; then how full the loop is and its mean levels. 0 for a lane not struck.
    """
    out: list[Rows] = []
    for name in MEASURED:
        lane = LANE_INDEX[name]
        hits = struck[:, lane]
        if not hits.any():
            out.append(np.zeros(8 + len(_STATED_SLICES)))
            continue
        said, apart = velocity[hits, lane], deviations[name]
        own = [_own_level(features, hits, SLICE_COLUMNS[i]).mean() for i in _STATED_SLICES]
        peaks = features[hits][:, _STATED_PEAKS].mean(axis=0)
        moments = (1.0, said.mean(), np.log(said).mean(), apart.std(), apart.max())
        out.append(np.array([*moments, np.log(hits.sum()), *own, *peaks]))
    levels = features[:, PEAK_COLUMNS]
    fullness = (np.log(len(features)), struck.sum() / len(struck), levels[:, 1].std())
    out.append(np.array([*fullness, *levels.mean(axis=0)]))
    return np.concatenate(out)


def _own_level(features: Floats, hits: NDArray[np.bool_], columns: NDArray[np.int64]) -> Floats:
    """(hits,): the level in the bands where these onsets stand out from the loop's others."""
    level = features[:, columns]
    weight = np.ones(len(columns))
    if not hits.all():
        contrast = level[hits].mean(axis=0) - level[~hits].mean(axis=0)
        weight = np.exp(_SHARPNESS * (contrast - contrast.max()))
    own: Floats = level[hits] @ (weight / weight.sum())
    return own


def _pressed(velocity: Rows) -> Floats:
    room = 1.0 - _KNEE
    over = _KNEE + room * np.tanh((velocity - _KNEE) / room)
    out = np.where(velocity > _KNEE, over, np.maximum(velocity, QUIETEST))
    return out.astype(np.float32)

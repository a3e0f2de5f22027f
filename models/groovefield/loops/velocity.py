"""How hard the kicks and snares of a loop are struck: from what is measured in their own bands.

`context.Namer` gives a velocity for each onset and lane, without looking closely. The hits of a
lane are one drum on one kit, so how far they lie apart in level is how far they lie apart in
velocity, wherever that drum stands out from the others. It is linear: from what
`spectrum.onset_features` hears to how far a hit lies from its lane's mean, fitted on renders
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

MEASURED = ("kick", "snare")
"""The lanes whose velocities are measured; the others keep the network's."""

QUIETEST = 0.02
_OWN_SLICES = (2, 3, 4, 6)

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
    """The fitted numbers: ``apart`` (lanes, features of a hit), a row for each of `MEASURED`, gives
    how far a hit lies from its lane's mean, as a logarithm."""

    apart: Floats

    def __call__(self, features: Floats, struck: NDArray[np.bool_], velocity: Floats) -> Floats:
        """(onsets, features), (onsets, lanes), the network's velocities, 0..1: better ones."""
        out = velocity.copy()
        for name, weights in zip(MEASURED, self.apart.astype(np.float64), strict=True):
            lane = LANE_INDEX[name]
            hits = struck[:, lane]
            if not hits.any():
                continue
            seen = hit_features(features, struck, velocity, name)
            said = np.log(velocity[hits, lane])
            both = _MEASURED_SHARE * _WIDENED * ((seen - seen.mean(axis=0)) @ weights)
            both += (1 - _MEASURED_SHARE) * (said - said.mean())
            ratio = np.exp(both)
            out[hits, lane] = _pressed(velocity[hits, lane].mean() * ratio / ratio.mean())
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

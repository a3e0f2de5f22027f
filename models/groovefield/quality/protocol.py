"""What is trained on, and what is asked.

Everything learns from ``gmd`` alone. What is asked for are windows that do not overlap, in nine
lanes (ride in the rim, crash in the clap), as the earlier systems have them. There are two ways
to hold back: the data's own, where most files of ``validation`` share drummer, style and tempo
with a file of ``train``; and by session, where no drummer's session is on both sides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groovefield.lanes import LANE_INDEX
from groovefield.material.dataset import NINE_LANE_FOLD, Material, fold_to_nine, load_gmd
from groovefield.pattern import Floats

NINE = 9
HELD_OUT_SESSIONS = 8
"""One session of so many is held back in the split by session."""


@dataclass(frozen=True)
class Sets:
    """``train`` with a stride of one bar and ``asked`` without overlap, both in eleven lanes."""

    name: str
    train: Material
    asked: Material

    @property
    def truth(self) -> Material:
        """What is asked, in nine lanes."""
        return fold_to_nine(self.asked)


def official(folder: Path) -> Sets:
    """Train on ``train``; asked is ``validation``."""
    asked = without_overlap(load_gmd(folder, "validation"))
    return Sets("validation", load_gmd(folder, "train"), asked)


def by_session(folder: Path) -> Sets:
    """A part of ``train``, held out by session: what is chosen is chosen on it."""
    material = load_gmd(folder, "train")
    out = np.array([_held_out(str(tags["session"])) for tags in material.tags])
    asked = without_overlap(material.where(out))
    return Sets("sessions held out", material.where(~out), asked)


def _held_out(session: str) -> bool:
    return int(hashlib.sha256(session.encode()).hexdigest(), 16) % HELD_OUT_SESSIONS == 0


def without_overlap(material: Material, bars: int = 2) -> Material:
    """Every ``bars``-th window of each file: windows begin at each bar and are ``bars`` long."""
    last: dict[str, int] = {}
    keep = []
    for tags in material.tags:
        file, bar = str(tags["file"]), int(tags["bar"])
        good = file not in last or bar >= last[file] + bars
        if good:
            last[file] = bar
        keep.append(good)
    return material.where(keep)


def fold_probability(probability: Floats) -> Floats:
    """(..., 11, steps) -> (..., 9, steps): either of two lanes strikes, p = 1 - (1 - p1)(1 -
    p2)."""
    folded = probability[..., :NINE, :].copy()
    for source, target in NINE_LANE_FOLD.items():
        a, b = LANE_INDEX[source], LANE_INDEX[target]
        folded[..., b, :] = 1 - (1 - probability[..., a, :]) * (1 - probability[..., b, :])
    return folded


def fold_groove(value: Floats, probability: Floats) -> Floats:
    """(..., 11, steps) -> (..., 9, steps): velocity or offset of the lane that is likelier
    there."""
    folded = value[..., :NINE, :].copy()
    for source, target in NINE_LANE_FOLD.items():
        a, b = LANE_INDEX[source], LANE_INDEX[target]
        likelier = probability[..., a, :] > probability[..., b, :]
        folded[..., b, :] = np.where(likelier, value[..., a, :], value[..., b, :])
    return folded

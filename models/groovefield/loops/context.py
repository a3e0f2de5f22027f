"""Naming the onsets of a loop together: each is heard beside all the others of its loop.

A loop is played on one kit. An onset that sounds like another is the same drum, the hardest of a
drum tells how hard the rest are, and where an onset lies among the others says something of
what it is. So the network attends over the loop's onsets: by what they are, by how far apart
they lie in time, and by how alike they sound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.spectrum import OWN_COLUMNS

Floats = NDArray[np.float32]

HEADS = 4

_GAP_SECONDS = np.array(
    [0.0225, 0.025, 0.0275, 0.035, 0.06, 0.1, 0.16, 0.25, 0.4, 0.65, 1.0, 1.7, 3.0]
)
GAPS = 2 * (len(_GAP_SECONDS) + 1) + 1
"""Kinds of distance in time: none, and each range before and after."""

_TURNS = np.array([1, 2, 3, 4, 6, 8, 12, 16])
"""How often in a bar of four beats a place comes again that an onset is told."""

_BAR_BEATS, _USUAL_PERIOD = 4, 60 / 110
TOLD = 2 * len(_TURNS) + 4
"""Numbers that an onset is told beside its sound: its place in the bar, and the detector's word."""

_LIKE_SQUARE = 0.08
_UNLIKE_MOST = 30.0
_SAME_TIME = 1e-6
_LIMIT = 6.0


class Pulse(NamedTuple):
    """A loop's beat: its length, and when a bar begins; both in seconds."""

    period: float
    phase: float


def told(time: NDArray[np.float64], pulse: Pulse | None, chance: Floats | None) -> Floats:
    """(onsets, TOLD): where each lies in the bar, how long a beat is, and how sure the detector
    was of it (its ``chance``); zeros for what is not known."""
    out = np.zeros((len(time), TOLD), dtype=np.float32)
    if pulse is not None:
        angle = 2 * np.pi * (time - pulse.phase) / (_BAR_BEATS * pulse.period)
        turned = angle[:, None] * _TURNS[None, :]
        octaves = np.log2(pulse.period / _USUAL_PERIOD)
        out[:, :-4], out[:, -4] = np.concatenate([np.cos(turned), np.sin(turned)], axis=1), 1.0
        out[:, -3] = octaves
    if chance is not None:
        likely = np.clip(chance, 1e-4, 1 - 1e-4)
        out[:, -2], out[:, -1] = 1.0, np.log(likely / (1 - likely)) / 3
    return out


def gaps(time: NDArray[np.float64]) -> NDArray[np.int64]:
    """(onsets, onsets): which kind of distance the second lies from the first."""
    apart = time[None, :] - time[:, None]
    kind = np.searchsorted(_GAP_SECONDS, np.abs(apart)) + 1
    later = np.where(apart < 0, kind + len(_GAP_SECONDS) + 1, kind)
    return np.where(np.abs(apart) < _SAME_TIME, 0, later)


def unlikeness(features: Floats) -> Floats:
    """(onsets, onsets): squared distance of two onsets' sounds; 1 for some 0.3 decades a band."""
    sounds = features[:, OWN_COLUMNS].astype(np.float32)
    square = (sounds**2).sum(axis=1)
    apart = square[:, None] + square[None, :] - 2 * sounds @ sounds.T
    per_band = np.maximum(apart, 0) / (sounds.shape[1] * _LIKE_SQUARE)
    return np.asarray(np.minimum(per_band, _UNLIKE_MOST), dtype=np.float32)


def standardised(features: Floats, mean: Floats, scale: Floats) -> Floats:
    """Each feature about 0 with a spread of about 1, nothing far out."""
    return np.asarray(np.clip((features - mean) * scale, -_LIMIT, _LIMIT), dtype=np.float32)


class Listening(ABC):
    """What names the onsets of a loop together."""

    def __call__(
        self,
        features: Floats,
        time: NDArray[np.float64],
        pulse: Pulse | None = None,
        chance: Floats | None = None,
    ) -> tuple[Floats, Floats, Floats]:
        """(onsets, features) and (onsets,) seconds to logits and velocities, (onsets, lanes), and
        (onsets,) logits that something begins there at all."""
        return self.hear(features, told(time, pulse, chance), gaps(time), unlikeness(features))

    @abstractmethod
    def hear(
        self, features: Floats, beside: Floats, kinds: NDArray[np.int64], apart: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """The same, from what `told`, `gaps` and `unlikeness` make of it."""


@dataclass(frozen=True)
class Namer(Listening):
    """The trained network, run by numpy; ``tensors`` as `context_training.Attending` names them.

    Dense weights are (outputs, inputs), as torch keeps them.
    """

    mean: Floats
    scale: Floats
    tensors: Mapping[str, Floats]

    def hear(
        self, features: Floats, beside: Floats, kinds: NDArray[np.int64], apart: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """The same, from what is `told`, the `gaps` and the `unlikeness`."""
        x = self._dense("into", standardised(features, self.mean, self.scale))
        x = np.maximum(x + beside @ self.tensors["told.weight"].T, 0)
        blocks = sum(name.endswith(".by_time") for name in self.tensors)
        for block in range(blocks):
            name = f"blocks.{block}"
            x = x + self._attended(name, self._normed(f"{name}.norm1", x), kinds, apart)
            inner = self._dense(f"{name}.widen", self._normed(f"{name}.norm2", x))
            x = x + self._dense(f"{name}.narrow", np.maximum(inner, 0))
        out = self._dense("out", self._normed("norm", x))
        lanes = out.shape[1] // 2
        return out[:, :lanes], out[:, lanes:-1], out[:, -1]

    def _dense(self, name: str, x: Floats) -> Floats:
        out: Floats = x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]
        return out

    def _normed(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        unit = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        out: Floats = unit * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]
        return out

    def _attended(self, name: str, x: Floats, kinds: NDArray[np.int64], apart: Floats) -> Floats:
        """Each onset's mean of all the loop's, by its weights for them."""
        query, key, value = np.split(self._dense(f"{name}.attend", x), 3, axis=1)
        share = x.shape[1] // HEADS
        by_time, by_sound = self.tensors[f"{name}.by_time"], self.tensors[f"{name}.by_sound"]
        out = np.empty_like(x)
        for head in range(HEADS):
            part = slice(head * share, (head + 1) * share)
            score = query[:, part] @ key[:, part].T / np.sqrt(np.float32(share))
            score += by_time[head][kinds] - np.abs(by_sound[head]) * apart
            weight = np.exp(score - score.max(axis=1, keepdims=True))
            out[:, part] = weight @ value[:, part] / weight.sum(axis=1, keepdims=True)
        return self._dense(f"{name}.join", out)


@dataclass(frozen=True)
class Namers(Listening):
    """Several namers asked the same: the mean of their answers, for they err apart."""

    each: tuple[Namer, ...]

    def hear(
        self, features: Floats, beside: Floats, kinds: NDArray[np.int64], apart: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """As `Namer` answers."""
        answers = [namer.hear(features, beside, kinds, apart) for namer in self.each]
        logit, velocity, begins = (
            np.asarray(np.mean(said, axis=0), dtype=np.float32)
            for said in zip(*answers, strict=True)
        )
        return logit, velocity, begins

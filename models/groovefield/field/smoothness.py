"""How much a field changes from place to place, as a loss.

Counted are the cells that cross the threshold between neighbours of a 64 x 64 grid, where each
lane strikes as often as in the material: that is where the finished field's threshold will be
(``finishing.calibrate``). A steep sigmoid of the logit stands for the crossing, so that being
undecided costs nothing and only a change of what is heard does.

Two places next to each other that have little in common are a cliff: what two neighbours differ in
beyond ``CLIFF`` cells counts whatever the mean is.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from groovefield.field.network import Decoder
from groovefield.field.windows import PAD_SIDE
from groovefield.material.dataset import Material

SHARPNESS = 2.0
"""Steeper, and average precision falls; flatter, and being undecided costs."""
CLIFF = 25.0

_LOOK_EVERY, _KEPT = 10, 0.8
_FURTHEST = 3.0
"""A lane's threshold is moved by this many nats at most."""


class Smoothness:
    """Follows the lanes' thresholds while a decoder trains."""

    def __init__(self, material: Material) -> None:
        share = np.average(material.onset.mean(2), axis=0, weights=material.weight)
        self._share = torch.from_numpy(np.asarray(share, np.float32))  # (lanes,)
        self._bias: Tensor | None = None
        self._seen = 0

    def excess(self, decoder: Decoder, logits: Tensor, place: Tensor, allowed: float) -> Tensor:
        """How many more cells than ``allowed`` change between places and their neighbours, the mean
        over a quarter of them; and their cliffs.

        ``logits`` (k, cells) are those at ``place`` (k, latents).
        """
        if self._seen % _LOOK_EVERY == 0:
            self._follow(logits.detach())
        self._seen += 1
        assert self._bias is not None
        bias = self._bias.repeat_interleave(decoder.config.steps)
        some = torch.randperm(len(place))[: max(1, len(place) // 4)]
        there = decoder.logits(decoder.trunk(neighbours(place[some])))
        here = logits[some]
        crossing = (SHARPNESS * (there + bias)).sigmoid() - (SHARPNESS * (here + bias)).sigmoid()
        changed = crossing.abs().sum(1)
        return F.relu(changed.mean() - allowed) + F.relu(changed - CLIFF).mean()

    def _follow(self, logits: Tensor) -> None:
        by_lane = logits.view(len(logits), len(self._share), -1).transpose(0, 1).flatten(1)
        wanted = torch.stack(
            [-torch.quantile(x, 1 - share) for x, share in zip(by_lane, self._share, strict=True)]
        ).clamp(-_FURTHEST, _FURTHEST)
        known = wanted if self._bias is None else self._bias
        self._bias = _KEPT * known + (1 - _KEPT) * wanted


def neighbours(position: Tensor) -> Tensor:
    """Each position one place of the 64 x 64 grid further along one axis of its own."""
    n, latents = position.shape
    step = torch.zeros_like(position)
    step[torch.arange(n), torch.randint(latents, (n,))] = 1 / (PAD_SIDE - 1)
    return position + torch.where(position + step > 1, -step, step)

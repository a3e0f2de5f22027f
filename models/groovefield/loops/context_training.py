"""Training the network that names a loop's onsets together (`context.Namer`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from groovefield.lanes import LANES
from groovefield.loops.context import (
    BLOCKS,
    GAPS,
    HEADS,
    HIDDEN,
    WIDTH,
    Namer,
    gaps,
    standardised,
    unlikeness,
)

Floats = NDArray[np.float32]

_EPOCHS, _BATCH, _RATE = 16, 24, 2e-3
_DROP, _NOISE = 0.2, 0.15
_LONGEST = 48
_VELOCITY_WEIGHT = 16.0
_DETECTED_SHARE, _THINNED_SHARE, _THINNED_MOST = 0.5, 0.4, 0.4
_STRETCH_OCTAVES = 0.3


@dataclass(frozen=True)
class Loop:
    """A loop's onsets: (onsets, features) float16, (onsets,) seconds, (onsets, lanes) velocity,
    0 for a lane that is not struck."""

    features: NDArray[np.float16]
    time: NDArray[np.float64]
    velocity: Floats


class Block(nn.Module):
    """Attention over the loop's onsets, then a dense layer for each."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attend, self.join = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.widen, self.narrow = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
        self.by_time = nn.Parameter(torch.zeros(HEADS, GAPS))
        # From a head that is deaf to likeness to one that hears little else.
        self.by_sound = nn.Parameter(torch.linspace(0, 1.5, HEADS))
        self.drop = nn.Dropout(_DROP)

    def forward(
        self, x: torch.Tensor, kinds: torch.Tensor, apart: torch.Tensor, real: torch.Tensor
    ) -> torch.Tensor:
        """(loops, onsets, width) to the same."""
        loops, onsets, _ = x.shape
        split = self.attend(self.norm1(x)).view(loops, onsets, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        score = query @ key.transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
        score = score + self.by_time[:, kinds].permute(1, 0, 2, 3)
        score = score - self.by_sound.abs()[None, :, None, None] * apart[:, None]
        weight = score.masked_fill(~real[:, None, None, :], -1e9).softmax(-1)
        mixed = (weight @ value).transpose(1, 2).reshape(loops, onsets, WIDTH)
        x = x + self.drop(self.join(mixed))
        inner = torch.relu(self.widen(self.norm2(x)))
        out: torch.Tensor = x + self.drop(self.narrow(inner))
        return out


class Attending(nn.Module):
    """`context.Namer` as it trains."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.into, self.out = nn.Linear(features, WIDTH), nn.Linear(WIDTH, 2 * len(LANES))
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(_DROP)

    def forward(
        self, x: torch.Tensor, kinds: torch.Tensor, apart: torch.Tensor, real: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(loops, onsets, features) to logits and velocities, (loops, onsets, lanes) each."""
        x = self.drop(torch.relu(self.into(x)))
        for block in self.blocks:
            x = block(x, kinds, apart, real)
        out = self.out(self.norm(x))
        return out[..., : len(LANES)], out[..., len(LANES) :]


def train_namer(pairs: Sequence[tuple[Loop, Loop]], seed: int = 0) -> Namer:
    """From loops as they are, each beside what the detector found of it.

    What was found where nothing is has no lanes: the network learns to say so.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    everything = np.concatenate([true.features for true, _ in pairs]).astype(np.float32)
    mean, scale = everything.mean(axis=0), 1 / (everything.std(axis=0) + 1e-2)
    del everything
    net = Attending(len(mean))
    batches = len(pairs) // _BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=_EPOCHS * batches)
    for _ in range(_EPOCHS):
        order = random.permutation(len(pairs))[: batches * _BATCH]
        for batch in order.reshape(batches, _BATCH):
            loops = [_varied(pairs[i], random) for i in batch]
            loss = _loss(net, *_batched(loops, mean, scale))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    tensors = {name: tensor.numpy().copy() for name, tensor in net.eval().state_dict().items()}
    return Namer(mean, scale.astype(np.float32), tensors)


def _varied(pair: tuple[Loop, Loop], random: np.random.Generator) -> Loop:
    """The loop itself or as detected, some onsets lost, at another tempo, a stretch of it."""
    true, detected = pair
    heard = len(detected.time) > 0 and random.random() < _DETECTED_SHARE
    loop = detected if heard else true
    kept = np.ones(len(loop.time), dtype=bool)
    if random.random() < _THINNED_SHARE:
        kept = random.random(len(kept)) > random.uniform(0, _THINNED_MOST)
    rows = np.flatnonzero(kept) if kept.any() else np.arange(len(kept))
    if len(rows) > _LONGEST:
        first = int(random.integers(len(rows) - _LONGEST))
        rows = rows[first : first + _LONGEST]
    stretch = 2 ** random.uniform(-_STRETCH_OCTAVES, _STRETCH_OCTAVES)
    return Loop(loop.features[rows], loop.time[rows] * stretch, loop.velocity[rows])


def _batched(loops: list[Loop], mean: Floats, scale: Floats) -> tuple[torch.Tensor, ...]:
    """Features, kinds of gaps, unlikeness, velocity and what is real, filled up to the longest."""
    count, longest = len(loops), max(len(loop.time) for loop in loops)
    seen = np.zeros((count, longest, len(mean)), dtype=np.float32)
    kinds = np.zeros((count, longest, longest), dtype=np.int64)
    apart = np.zeros((count, longest, longest), dtype=np.float32)
    velocity = np.zeros((count, longest, len(LANES)), dtype=np.float32)
    real = np.zeros((count, longest), dtype=bool)
    for i, loop in enumerate(loops):
        n, features = len(loop.time), loop.features.astype(np.float32)
        seen[i, :n] = standardised(features, mean, scale)
        kinds[i, :n, :n], apart[i, :n, :n] = gaps(loop.time), unlikeness(features)
        velocity[i, :n], real[i, :n] = loop.velocity, True
    return tuple(torch.from_numpy(array) for array in (seen, kinds, apart, velocity, real))


def _loss(
    net: Attending,
    seen: torch.Tensor,
    kinds: torch.Tensor,
    apart: torch.Tensor,
    velocity: torch.Tensor,
    real: torch.Tensor,
) -> torch.Tensor:
    """Cross entropy an onset, and the squared error of the velocities of what is struck."""
    logit, force = net(seen + _NOISE * torch.randn_like(seen), kinds, apart, real)
    struck = (velocity > 0).float()
    cross = nn.functional.binary_cross_entropy_with_logits(logit, struck, reduction="none")
    wrong = (cross.sum(-1) * real).sum() / real.sum()
    off = ((force - velocity) ** 2 * struck).sum() / struck.sum()
    loss: torch.Tensor = wrong + _VELOCITY_WEIGHT * off
    return loss

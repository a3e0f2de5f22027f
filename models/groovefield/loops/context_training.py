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
    GAPS,
    HEADS,
    TOLD,
    Namer,
    Pulse,
    gaps,
    standardised,
    told,
    unlikeness,
)

Floats = NDArray[np.float32]

WIDTH, HIDDEN, BLOCKS = 128, 256, 3
_BATCH = 24
_DROP, _NOISE = 0.2, 0.15
_LONGEST = 48
_VELOCITY_WEIGHT = 16.0
_THINNED_SHARE, _THINNED_MOST = 0.4, 0.4
_STRETCH_OCTAVES = 0.3
_NO_PULSE, _WRONG_OCTAVE, _WRONG_BEAT, _WRONG_PERIOD = 0.25, 0.07, 0.07, 0.04
"""How often no pulse is told, or one that a reader of tempos might take by mistake."""


@dataclass(frozen=True)
class _Lesson:
    """``hearings``: how often a loop is seen as it is, as what is found of it, and as what may be
    there; ``doubt``: what a wrong word on whether something is there costs."""

    hearings: tuple[float, float, float]
    doubt: float
    rate: float


_NAMING = _Lesson((0.35, 0.3, 0.35), 2.0, 2e-3)
_JUDGING, _JUDGING_EPOCHS = _Lesson((0.15, 0.1, 0.75), 5.0, 8e-4), 4
"""At last it is mostly asked what is an onset at all."""


@dataclass(frozen=True)
class Loop:
    """A loop's onsets: (onsets, features) float16, (onsets,) seconds, (onsets, lanes) velocity,
    0 for a lane that is not struck; its ``pulse``, and how sure the detector was of each onset
    when it is still to be said which of them are some."""

    features: NDArray[np.float16]
    time: NDArray[np.float64]
    velocity: Floats
    pulse: Pulse | None = None
    chance: Floats | None = None


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
        self.into, self.out = nn.Linear(features, WIDTH), nn.Linear(WIDTH, 2 * len(LANES) + 1)
        self.told = nn.Linear(TOLD, WIDTH, bias=False)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(_DROP)

    def forward(
        self,
        x: torch.Tensor,
        told: torch.Tensor,
        kinds: torch.Tensor,
        apart: torch.Tensor,
        real: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(loops, onsets, features) to logits and velocities, (loops, onsets, lanes) each, and
        (loops, onsets) logits."""
        x = self.drop(torch.relu(self.into(x) + self.told(told)))
        for block in self.blocks:
            x = block(x, kinds, apart, real)
        out = self.out(self.norm(x))
        return out[..., : len(LANES)], out[..., len(LANES) : -1], out[..., -1]


def train_namer(heard: Sequence[tuple[Loop, Loop, Loop]], seed: int, epochs: int) -> Namer:
    """From loops as they are, each beside what the detector found of it and what it held possible:
    ``epochs`` of naming, and a few of judging what is possible.

    What was found where nothing is has no lanes: the network learns to say so.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    everything = np.concatenate([true.features for true, _, _ in heard]).astype(np.float32)
    mean, scale = everything.mean(axis=0), 1 / (everything.std(axis=0) + 1e-2)
    del everything
    scale = scale.astype(np.float32)
    net = Attending(len(mean))
    for lesson, passes in ((_NAMING, epochs), (_JUDGING, _JUDGING_EPOCHS)):
        batches = len(heard) // _BATCH
        optimiser = torch.optim.AdamW(net.parameters(), lr=lesson.rate, weight_decay=2e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, lesson.rate, total_steps=passes * batches
        )
        for _ in range(passes):
            order = random.permutation(len(heard))[: batches * _BATCH]
            for batch in order.reshape(batches, _BATCH):
                loops = [_varied(heard[i], lesson, random) for i in batch]
                loss = _loss(net, lesson, *_batched(loops, mean, scale))
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimiser.step()
                schedule.step()
    tensors = {name: tensor.numpy().copy() for name, tensor in net.eval().state_dict().items()}
    return Namer(mean, scale, tensors)


def _varied(
    hearings: tuple[Loop, Loop, Loop], lesson: _Lesson, random: np.random.Generator
) -> Loop:
    """One of the loop's hearings, some onsets lost, at another tempo, a stretch of it."""
    loop = hearings[int(random.choice(len(hearings), p=lesson.hearings))]
    if len(loop.time) == 0:
        loop = hearings[0]
    kept = np.ones(len(loop.time), dtype=bool)
    if random.random() < _THINNED_SHARE:
        kept = random.random(len(kept)) > random.uniform(0, _THINNED_MOST)
    rows = np.flatnonzero(kept) if kept.any() else np.arange(len(kept))
    if len(rows) > _LONGEST:
        first = int(random.integers(len(rows) - _LONGEST))
        rows = rows[first : first + _LONGEST]
    stretch = 2 ** random.uniform(-_STRETCH_OCTAVES, _STRETCH_OCTAVES)
    pulse = _believed(loop.pulse, random)
    if pulse is not None:
        pulse = Pulse(pulse.period * stretch, pulse.phase * stretch)
    chance = None if loop.chance is None else loop.chance[rows]
    return Loop(loop.features[rows], loop.time[rows] * stretch, loop.velocity[rows], pulse, chance)


def _believed(pulse: Pulse | None, random: np.random.Generator) -> Pulse | None:
    """The pulse as a reader of tempos gives it: right, missing, or wrong in one of its ways."""
    drawn = random.random() - _NO_PULSE
    if pulse is None or drawn < 0:
        return None
    period, phase = pulse
    if drawn < _WRONG_OCTAVE:
        return Pulse(period * float(random.choice([0.5, 2.0])), phase)
    drawn -= _WRONG_OCTAVE
    if drawn < _WRONG_BEAT:
        return Pulse(period, phase + period * float(random.integers(1, 8)) / 2)
    if drawn < _WRONG_BEAT + _WRONG_PERIOD:
        return Pulse(period * float(random.choice([2 / 3, 3 / 4, 4 / 3, 3 / 2, 0.8])), phase)
    return pulse


def _batched(loops: list[Loop], mean: Floats, scale: Floats) -> tuple[torch.Tensor, ...]:
    """Features, what is told, kinds of gaps, unlikeness, velocity, what is no filling up to the
    longest, and of which onsets it is to be said whether they are some."""
    count, longest = len(loops), max(len(loop.time) for loop in loops)
    seen = np.zeros((count, longest, len(mean)), dtype=np.float32)
    kinds = np.zeros((count, longest, longest), dtype=np.int64)
    apart = np.zeros((count, longest, longest), dtype=np.float32)
    velocity = np.zeros((count, longest, len(LANES)), dtype=np.float32)
    beside = np.zeros((count, longest, TOLD), dtype=np.float32)
    real, asked = np.zeros((2, count, longest), dtype=bool)
    for i, loop in enumerate(loops):
        n, features = len(loop.time), loop.features.astype(np.float32)
        seen[i, :n] = standardised(features, mean, scale)
        kinds[i, :n, :n], apart[i, :n, :n] = gaps(loop.time), unlikeness(features)
        beside[i, :n] = told(loop.time, loop.pulse, loop.chance)
        velocity[i, :n], real[i, :n], asked[i, :n] = loop.velocity, True, loop.chance is not None
    filled = (seen, beside, kinds, apart, velocity, real, asked)
    return tuple(torch.from_numpy(array) for array in filled)


def _loss(
    net: Attending,
    lesson: _Lesson,
    seen: torch.Tensor,
    beside: torch.Tensor,
    kinds: torch.Tensor,
    apart: torch.Tensor,
    velocity: torch.Tensor,
    real: torch.Tensor,
    asked: torch.Tensor,
) -> torch.Tensor:
    """Cross entropy an onset, and the squared error of the velocities of what is struck."""
    noisy = seen + _NOISE * torch.randn_like(seen)
    logit, force, begins = net(noisy, beside, kinds, apart, real)
    struck = (velocity > 0).float()
    cross = nn.functional.binary_cross_entropy_with_logits(logit, struck, reduction="none")
    wrong = (cross.sum(-1) * real).sum() / real.sum()
    off = ((force - velocity) ** 2 * struck).sum() / struck.sum()
    there = (velocity > 0).any(-1).float()
    doubt = nn.functional.binary_cross_entropy_with_logits(begins, there, reduction="none")
    doubted = (doubt * asked).sum() / asked.sum().clamp(min=1)
    loss: torch.Tensor = wrong + _VELOCITY_WEIGHT * off + lesson.doubt * doubted
    return loss

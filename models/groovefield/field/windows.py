"""What training works on: windows as tensors, places on the pad, and how likely the one makes the
other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from groovefield.material.dataset import Material

PAD_SIDE = 64
"""The grid on which the pad is searched, measured and drawn; its places are i / 63."""

ONSET_ERROR = 0.3
"""The standard deviation of an onset under the Gaussian density, where a hit is 1."""

BERNOULLI, GAUSSIAN = "bernoulli", "gaussian"
DENSITIES = (BERNOULLI, GAUSSIAN)


@dataclass(frozen=True)
class TrainingConfig:
    """How a field is trained.

    ``epochs`` 0 means as many as it takes for ``steps`` batches. ``side``: the lattice has
    side x side points (for more than two latents the others are drawn anew for each point).
    ``beta``: how warm the posterior is: at 0 a window belongs to its best place alone, at 1 the
    likelihood is exact, above it windows spread. ``gather``: the first radius of the circle, in
    points of the lattice; it is 0 from the middle of training on. ``density``: what an onset is,
    "bernoulli", or "gaussian": a number with an error of ``ONSET_ERROR``. ``exactness`` is the
    weight of the dots' loss (``dots.py``): 0 leaves the windows without dots, from 1 on what
    training leaves over is solved for.
    """

    epochs: int = 0
    steps: int = 1200
    seed: int = 0
    batch: int = 512
    side: int = 32
    learning_rate: float = 6e-3
    weight_decay: float = 0.01
    neighbour_cells: float = 6.3
    smoothness: float = 3.0
    beta: float = 1.0
    gather: float = 8.0
    density: str = "bernoulli"
    groove_weight: float = 100.0
    exactness: float = 0.0


def suited(config: TrainingConfig, latents: int) -> TrainingConfig:
    """What is meant for two latents, for more: an encoder learns in smaller steps."""
    if latents == 2:
        return config
    return replace(
        config, steps=2 * config.steps, batch=256, learning_rate=3e-3, beta=0.8 * config.beta
    )


@dataclass(frozen=True)
class Arrangement:
    """Where windows would rather live: log prior = - sum over latents of pull (z - home)^2.

    ``home``, ``pull``: (N, latents); a pull of 0 is no wish. ``anchors`` are windows that join
    every batch ``anchor_weight`` times, for places that must play something known. A ``fading``
    wish decides how windows are laid out at first, and is gone when they have gathered.
    """

    home: NDArray[np.float32]
    pull: NDArray[np.float32]
    anchors: NDArray[np.int64]
    anchor_weight: float = 1.0
    fading: bool = False


class Windows:
    """Material as tensors: ``onset``, ``velocity``, ``offset`` (n, cells), ``weight`` (n,)."""

    def __init__(self, material: Material, arrangement: Arrangement | None = None) -> None:
        n = len(material.names)
        self.onset = torch.from_numpy(material.onset.reshape(n, -1).astype(np.float32))
        self.velocity = torch.from_numpy(material.velocity.reshape(n, -1)) * self.onset
        self.offset = torch.from_numpy(material.offset.reshape(n, -1)) * self.onset
        self.weight = torch.from_numpy(material.weight)
        self.arrangement = arrangement
        if arrangement is not None:
            self.home = torch.from_numpy(arrangement.home)
            self.pull = torch.from_numpy(arrangement.pull)

    def __len__(self) -> int:
        return len(self.onset)

    def log_prior(self, index: Tensor, position: Tensor) -> Tensor | float:
        """(b,), (k, latents) -> (b, k), up to a constant for each window."""
        if self.arrangement is None:
            return 0.0
        pull, home = self.pull[index], self.home[index]
        return (
            2 * (pull * home) @ position.T
            - pull @ (position * position).T
            - (pull * home * home).sum(1, keepdim=True)
        )

    def batches(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """One epoch of indices and weights: each window as often as its weight says."""
        n = len(self)
        edges = self.weight.double().cumsum(0)
        places = (torch.arange(n) + torch.rand(1)) * (edges[-1] / n)
        drawn = torch.searchsorted(edges, places.clamp(max=float(edges[-1]) * (1 - 1e-12)))
        drawn = drawn.clamp(max=n - 1)[torch.randperm(n)]
        count = math.ceil(n / size)
        for part in drawn.tensor_split(count):
            weight = torch.ones(len(part))
            if self.arrangement is not None and len(self.arrangement.anchors):
                anchors = torch.from_numpy(self.arrangement.anchors)
                part = torch.cat((part, anchors))
                more = torch.full((len(anchors),), self.arrangement.anchor_weight)
                weight = torch.cat((weight, more))
            yield part, weight


def lattice(side: int, latents: int, jitter: bool = True) -> Tensor:
    """(side * side, latents) positions over the pad, x fastest; each in a cell of its own."""
    axis = torch.arange(side, dtype=torch.float32)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    cell = torch.stack((x.reshape(-1), y.reshape(-1)), dim=1)  # (side * side, 2)
    within = torch.rand(side * side, 2) if jitter else torch.full((side * side, 2), 0.5)
    further = torch.rand if jitter else lambda *shape: torch.full(shape, 0.5)
    return torch.cat(((cell + within) / side, further(side * side, latents - 2)), dim=1)


def pad_grid(latents: int, side: int = PAD_SIDE) -> Tensor:
    """(side * side, latents): the places i / (side - 1), x fastest; further latents at 0.5."""
    axis = torch.linspace(0, 1, side)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    rest = torch.full((side * side, latents - 2), 0.5)
    return torch.cat((torch.stack((x.reshape(-1), y.reshape(-1)), dim=1), rest), dim=1)


def log_likelihood(onset: Tensor, logits: Tensor, density: str = BERNOULLI) -> Tensor:
    """(b, cells), (k, cells) -> (b, k): log likelihood of each window at each place, up to a
    constant."""
    if density == GAUSSIAN:
        p = logits.sigmoid()
        apart = (onset * onset).sum(1, keepdim=True) - 2 * onset @ p.T + (p * p).sum(1)
        return -apart / (2 * ONSET_ERROR**2)
    return onset @ logits.T - F.softplus(logits).sum(1)


def own_log_likelihood(onset: Tensor, logits: Tensor, density: str = BERNOULLI) -> Tensor:
    """(b, cells), (b, cells) -> (b,): ``log_likelihood`` of each window at a place of its own."""
    if density == GAUSSIAN:
        return -((onset - logits.sigmoid()) ** 2).sum(1) / (2 * ONSET_ERROR**2)
    return (onset * logits - F.softplus(logits)).sum(1)


def groove_errors(
    share: Tensor, windows: Windows, index: Tensor, groove: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Mean squared errors of velocity and offset where there is a hit.

    ``share`` (b, k): how much of each window lies at each place; ``groove``: 2 x (k, cells).
    The sum over windows and places is done by moments, so that no (b, k, cells) is made.
    """
    onset = windows.onset[index]
    hits = share.T @ onset  # (k, cells)
    errors = []
    for truth, guess in zip((windows.velocity, windows.offset), groove, strict=True):
        t = truth[index]
        total = (hits * guess * guess - 2 * (share.T @ t) * guess).sum()
        errors.append((total + (share.sum(1) @ (t * t)).sum()) / hits.sum().clamp(min=1e-6))
    return errors[0], errors[1]


def searched_places(latents: int) -> Tensor:
    """The 64 x 64 grid; with further latents, four random depths at each of its places."""
    grid = pad_grid(latents)
    if latents == 2:
        return grid
    generator = torch.Generator().manual_seed(0)
    grid = grid.repeat(4, 1)
    grid[:, 2:] = torch.rand(len(grid), latents - 2, generator=generator)
    return grid

"""Where windows lie on a field while it trains: over a lattice, or where an encoder puts them.

With two latents every place of a lattice over the pad is asked, and a window's share of each is
exact (a generative topographic map, Bishop, Svensen & Williams 1998). More latents have too many
places for that: an encoder is trained with the decoder, as in a variational autoencoder (Kingma &
Welling 2014), whose prior is uniform because its normal latents pass through the normal
distribution function.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from groovefield.field.network import LatentEncoder
from groovefield.field.windows import (
    TrainingConfig,
    Windows,
    lattice,
    log_likelihood,
    own_log_likelihood,
)

GATHERED = 0.5
"""The part of training after which each window pulls at its own places alone."""

WARMED = 0.3
"""The part of training in which ``beta`` grows from 0, where an encoder is trained."""

MOST_LOST = 0.25
"""The encoder reads windows of which up to so many hits are lost, and a tenth as many cells gained:
so it puts like windows together, and generalises."""

_COLDEST = 0.01
"""A beta of 0 would divide by it: the best place has all from here on."""


@dataclass(frozen=True)
class Pull:
    """``share`` (b, k): how much of each window lies at each place, no gradient; ``loss``: nats
    to lower, a window; ``nats``: minus the windows' log likelihood, as it is told."""

    share: Tensor
    loss: Tensor
    nats: float


class Posterior(Protocol):
    """Where the decoder is asked, and what its answers pull at."""

    def places(self, onset: Tensor) -> Tensor:
        """(k, latents): where to ask the decoder about these windows (b, cells)."""

    def pull(
        self, index: Tensor, weight: Tensor, place: Tensor, logits: Tensor, done: float
    ) -> Pull:
        """What follows from its logits (k, cells) there; ``done``: the part of training, 0..1."""


class OverLattice:
    """The exact posterior over a jittered lattice."""

    def __init__(self, windows: Windows, config: TrainingConfig, latents: int) -> None:
        self.windows, self.config, self.latents = windows, config, latents

    def places(self, onset: Tensor) -> Tensor:
        """A new lattice, the same for every window."""
        return lattice(self.config.side, self.latents)

    def pull(
        self, index: Tensor, weight: Tensor, place: Tensor, logits: Tensor, done: float
    ) -> Pull:
        """By Bayes' rule; at first windows pull at the neighbours of their places too.

        The gradient of ``- sum share joint`` is that of minus the log likelihood, if the shares
        are the posterior and held still.
        """
        beta = max(self.config.beta, _COLDEST)
        joint = log_likelihood(self.windows.onset[index], logits, self.config.density)
        joint = joint + self._wish(done) * self.windows.log_prior(index, place)
        still = joint.detach() / beta
        nats = -(weight * beta * (still.logsumexp(1) - math.log(len(place)))).sum() / weight.sum()
        share = still.softmax(1) * weight[:, None]
        radius = self.config.gather * self.config.side / 32 * (1 - done / GATHERED)
        if radius > 0.3:
            share = _blurred(share, self.config.side, radius)
        return Pull(share, -(share * joint).sum() / weight.sum(), nats.item())

    def _wish(self, done: float) -> float:
        """How much the windows' wishes count."""
        arrangement = self.windows.arrangement
        if arrangement is None or not arrangement.fading:
            return 1.0
        return max(0.0, 1 - done / GATHERED)


def _blurred(share: Tensor, side: int, radius: float) -> Tensor:
    """(b, side * side) spread around each place by a Gaussian of this radius; the sums stay."""
    at = torch.arange(side, dtype=torch.float32)
    near = torch.exp(-((at[:, None] - at) ** 2) / (2 * radius**2))
    near = near / near.sum(0)
    return (near @ share.view(-1, side, side) @ near.T).reshape(len(share), -1)


class ByEncoder:
    """One place for each window, drawn where an encoder puts it."""

    def __init__(self, windows: Windows, config: TrainingConfig, encoder: LatentEncoder) -> None:
        self.windows, self.config, self.encoder = windows, config, encoder
        self._kl = torch.zeros(())

    def places(self, onset: Tensor) -> Tensor:
        """(b, latents)."""
        share = MOST_LOST * torch.rand(len(onset), 1)
        flip = torch.rand_like(onset) < share * (0.1 + 0.9 * onset)
        mean, log_variance = self.encoder.posterior(torch.where(flip, 1 - onset, onset))
        self._kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
        drawn = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        place: Tensor = torch.special.ndtr(drawn)
        return place

    def pull(
        self, index: Tensor, weight: Tensor, place: Tensor, logits: Tensor, done: float
    ) -> Pull:
        """Minus the evidence's lower bound; beta weighs the divergence from the uniform prior."""
        onset = self.windows.onset[index]
        likelihood = own_log_likelihood(onset, logits, self.config.density)
        beta = self.config.beta * min(1.0, done / WARMED)
        bound = weight @ (likelihood - self._kl) / weight.sum()
        loss = -(weight @ (likelihood - beta * self._kl)) / weight.sum()
        return Pull(torch.diag(weight), loss, -bound.item())

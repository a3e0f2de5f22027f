"""Dots: places of the pad that play a window of the material exactly.

Training alone finds for each window a region that plays something like it. To *exact* closeness
each window gets a place of its own in that region, its dot, once the field has taken shape; from
then on the dot's pattern has a loss of its own. What training leaves over is solved for: the
last layers are linear, so the smallest change of their weights that makes the dots right is a
least-squares problem (``polish``).

A clip (a file) is *exact* when each of its windows is: at its dot and threshold 0.5 the cells that
sound are its hits, each velocity within 2 of 127 and each offset within 2 ms of what was played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from groovefield.field import groove
from groovefield.field.network import Decoder
from groovefield.material.dataset import Material
from groovefield.pattern import Grid

VELOCITY_TOLERANCE = 2 / 127
OFFSET_TOLERANCE_MS = 2.0
MARGIN = 3.0
"""Nats by which a dot's cells should lie on their side of the threshold: enough for fp16, and
for the lane biases that make the rest of the pad as dense as the material."""

MOST_WINDOWS = 500
"""More dots than this leave no pad between them: 300 windows of drummers were all made exact in two
dimensions, of 845 hardly one."""

BATCH = 128


def half_step_ms(grid: Grid, bpm: NDArray[np.float32]) -> NDArray[np.float64]:
    """What an offset of 1 is in milliseconds."""
    return 60_000.0 / np.maximum(bpm, 1.0).astype(np.float64) / grid.steps_per_beat / 2


def clips(material: Material) -> NDArray[np.int64]:
    """(n,) the number of the clip (file) that each window is from."""
    number = np.zeros(len(material), np.int64)
    for i, take in enumerate(groove.takes(material)):
        number[take.windows] = i
    return number


@dataclass(frozen=True)
class PlaysBack:
    """What is played exactly: ``exact`` of ``clips``, ``exact_windows`` of ``windows``."""

    exact: int
    clips: int
    exact_windows: int
    windows: int


class Dots:
    """The dots of a material's windows; ``place`` (n, latents) is None until they are placed."""

    def __init__(self, material: Material, solve: bool = True) -> None:
        """``solve`` False leaves them as near as training brings them."""
        n = len(material)
        self.solve = solve
        self.material = material
        self.onset = torch.from_numpy(material.onset.reshape(n, -1).astype(np.float32))
        self.velocity = torch.from_numpy(material.velocity.reshape(n, -1))
        self.offset = torch.from_numpy(material.offset.reshape(n, -1))
        ms = half_step_ms(material.grid, material.bpm)
        self.offset_tolerance = torch.from_numpy((OFFSET_TOLERANCE_MS / ms).astype(np.float32))
        self.place: Tensor | None = None

    def put(self, likelihood: Tensor, grid: Tensor) -> None:
        """Give each window the likeliest place of its own: (n, k) nats at ``grid`` (k, latents).

        Those that care most choose first. Places already taken keep the others at a distance
        that leaves room for all; it shrinks for a window that finds no room.
        """
        n = len(likelihood)
        best = likelihood.max(1).values
        care = best - likelihood.median(1).values
        room = 0.5 / n**0.5
        away = torch.full((len(grid),), torch.inf)  # from the nearest place that is taken
        place = torch.zeros(n, grid.shape[1])
        for i in care.argsort(descending=True, stable=True).tolist():
            free = torch.where(away >= min(room, float(away.max())), likelihood[i], -torch.inf)
            place[i] = grid[int(free.argmax())]
            away = torch.minimum(away, (grid - place[i]).norm(dim=1))
        self.place = place.half().float()  # as the file keeps them

    def loss(self, decoder: Decoder) -> Tensor:
        """How far the dots are from exact: about a window's cells on the wrong side, and a unit
        for each velocity and offset that is off by its tolerance."""
        if self.place is None:
            return torch.zeros(())
        n = len(self.place)
        index = torch.randperm(n)[:BATCH] if n > BATCH else torch.arange(n)
        trunk = decoder.trunk(self.place[index])
        on = self.onset[index]
        wrong = F.softplus(MARGIN - (2 * on - 1) * decoder.logits(trunk))
        velocity, offset = decoder.groove(trunk)
        off = ((velocity - self.velocity[index]) / VELOCITY_TOLERANCE) ** 2
        late = ((offset - self.offset[index]) / self.offset_tolerance[index, None]) ** 2
        missed = F.smooth_l1_loss(on * off, torch.zeros_like(off), reduction="none")
        missed = missed + F.smooth_l1_loss(on * late, torch.zeros_like(late), reduction="none")
        return wrong.sum(1).mean() + GROOVE_SHARE * missed.sum(1).mean()

    @torch.no_grad()
    def exact(self, decoder: Decoder, place: Tensor | None = None) -> NDArray[np.bool_]:
        """(n,) whether each window is played exactly at its dot (or at ``place``)."""
        place = self.place if place is None else place
        if place is None:
            return np.zeros(len(self.onset), np.bool_)
        good = []
        for index in torch.split(torch.arange(len(place)), 512):
            trunk = decoder.trunk(place[index])
            on = self.onset[index] > 0
            cells = ((decoder.logits(trunk) > 0) == on).all(1)
            velocity, offset = decoder.groove(trunk)
            off = ((velocity - self.velocity[index]).abs() <= VELOCITY_TOLERANCE) | ~on
            late = (offset - self.offset[index]).abs() <= self.offset_tolerance[index, None]
            good.append(cells & off.all(1) & (late | ~on).all(1))
        return np.asarray(torch.cat(good).numpy(), np.bool_)

    def plays_back(self, decoder: Decoder, place: Tensor | None = None) -> PlaysBack:
        """How much of the material is played exactly."""
        number = clips(self.material)
        windows = np.bincount(number)
        good = np.bincount(number, self.exact(decoder, place))
        exact = int((good == windows).sum())
        return PlaysBack(exact, len(windows), int(good.sum()), len(number))

    @torch.no_grad()
    def polish(self, decoder: Decoder) -> None:
        """Solve the last layers for what the dots still miss, and round them to fp16."""
        if self.place is None or not self.solve:
            return
        trunk = decoder.trunk(self.place)
        sign = 2 * self.onset - 1
        lacking = sign * F.relu(MARGIN - sign * decoder.logits(trunk))
        _correct(decoder.onset, trunk, lacking, torch.ones_like(lacking))
        features = F.gelu(decoder.groove_in(trunk), approximate="tanh")
        velocity = self.velocity.clamp(1e-3, 1 - 1e-3).logit() - decoder.velocity(features)
        offset = self.offset.clamp(-0.999, 0.999).atanh() - decoder.offset(features)
        _correct(decoder.velocity, features, velocity, self.onset)
        _correct(decoder.offset, features, offset, self.onset)

    @torch.no_grad()
    def bias_room(self, decoder: Decoder) -> tuple[Tensor, Tensor]:
        """(lanes,) lowest and highest bias that leaves the dots' cells on their side."""
        config = decoder.config
        if self.place is None:
            return torch.full((config.lanes,), -30.0), torch.full((config.lanes,), 30.0)
        logits = decoder.onset(decoder.trunk(self.place)).view(-1, config.lanes, config.steps)
        on = self.onset.view_as(logits) > 0
        infinite = torch.full_like(logits, 30.0)
        # Cells on the wrong side already are no reason to hold a bias back.
        least = torch.where(on & (logits > 0), logits, infinite).amin((0, 2))
        most = torch.where(~on & (logits < 0), -logits, infinite).amin((0, 2))
        return -least * HELD, most * HELD


GROOVE_SHARE = 0.05
HELD = 0.8
"""Of the dots' margin, what a lane's bias may use."""

RIDGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
"""Of the mean squared features, from exact to cautious."""

STEEPEST = 16.0
"""A weight beyond this is rounded too coarsely, and means that dots pull against each other: then
the more cautious solution is taken, or none."""


def _correct(layer: torch.nn.Linear, x: Tensor, lacking: Tensor, counts: Tensor) -> None:
    """The smallest change of a layer that adds ``lacking`` (n, cells) where ``counts`` is 1.

    With one column of ones for the bias, the change of a cell's weights is a sum of the dots'
    features, w = X' a, and X X' a = lacking over the dots that count for that cell.
    """
    full = torch.cat((x, torch.ones(len(x), 1)), dim=1).double()
    gram = full @ full.T
    unit = float(gram.diagonal().mean()) * torch.eye(len(x), dtype=torch.float64)
    for ridge in RIDGES:
        share = _shares(gram + ridge * unit, lacking.double(), counts)
        change = (share.T @ full).float()  # (cells, features + 1)
        weight, bias = layer.weight + change[:, :-1], layer.bias + change[:, -1]
        if float(weight.abs().max()) <= STEEPEST and float(bias.abs().max()) <= STEEPEST:
            layer.weight.copy_(weight.half().float())
            layer.bias.copy_(bias.half().float())
            return


def _shares(gram: Tensor, lacking: Tensor, counts: Tensor) -> Tensor:
    """(n, cells): a of the dots that count, 0 of the others."""
    solve: Callable[[Tensor, Tensor], Tensor] = torch.linalg.solve
    if bool((counts > 0).all()):
        return solve(gram, lacking)
    share = torch.zeros_like(lacking)
    for cell in range(counts.shape[1]):
        on = torch.nonzero(counts[:, cell]).flatten()
        if len(on):
            share[on, cell] = solve(gram[on][:, on], lacking[on, cell])
    return share

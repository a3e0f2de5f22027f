"""Training: fit a field to material.

No encoder is trained with the field. For each batch of windows the decoder is asked at every
point of a jittered lattice over the pad, and the windows' likelihood is averaged over it:

    log p(window) = log mean_k exp(log p(window | z_k) + log prior(window, z_k))

Its gradient is the exact posterior's: each window pulls at the places that already play it
best. Since the prior over the pad is uniform, the whole pad is used and nothing needs
calibrating. An ``Arrangement`` may say where some windows would rather live.

Smoothness is asked for in the unit a musician hears: the expected number of cells that change
between neighbours of a 64 x 64 grid, held at or below ``neighbour_cells``.

Accents and timing have losses of their own, counted only where there is a hit, and a detached
trunk, so that they read the field without bending it.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from groovefield.field.dots import Dots
from groovefield.field.network import Decoder, DecoderConfig
from groovefield.material.dataset import Material

PAD_SIDE = 64
"""The grid on which the pad is searched, measured and drawn; its places are i / 63."""

DOTS_BEGIN = 0.4
"""The part of training after which windows get their dots."""


class TrainingError(Exception):
    """Training that cannot begin; the message is a sentence."""


@dataclass(frozen=True)
class TrainingConfig:
    """How a field is trained.

    ``epochs`` 0 means as many as it takes for ``steps`` batches. ``side``: the lattice has
    side x side points (for more than two latents the others are drawn anew for each point).
    ``exactness`` is the weight of the dots' loss (``dots.py``): 0 leaves the windows without
    dots, from 1 on what training leaves over is solved for.
    """

    epochs: int = 0
    steps: int = 1200
    seed: int = 0
    batch: int = 512
    side: int = 32
    learning_rate: float = 6e-3
    weight_decay: float = 0.01
    neighbour_cells: float = 5.5
    smoothness: float = 3.0
    groove_weight: float = 100.0
    exactness: float = 0.0


@dataclass(frozen=True)
class Arrangement:
    """Where windows would rather live: log prior = - sum over latents of pull (z - home)^2.

    ``home``, ``pull``: (N, latents); a pull of 0 is no wish. ``anchors`` are windows that join
    every batch ``anchor_weight`` times, for places that must play something known.
    """

    home: NDArray[np.float32]
    pull: NDArray[np.float32]
    anchors: NDArray[np.int64]
    anchor_weight: float = 1.0


@dataclass(frozen=True)
class Losses:
    """Per window: nats of the onsets. Per hit: squared errors of velocity and offset."""

    onset: float
    velocity: float
    offset: float


@dataclass(frozen=True)
class Progress:
    """What is known after an epoch; ``validation`` is None when nothing was held back.

    ``decoder`` is the one that is being trained: look at it, but do not keep it.
    ``plays_back``: clips that it would play exactly now, and clips, where there are dots.
    """

    epoch: int
    epochs: int
    training: Losses
    validation: Losses | None
    seconds_left: float
    decoder: Decoder
    plays_back: tuple[int, int] | None = None


@dataclass(frozen=True)
class Fit:
    """A trained decoder, the epoch it is from, and whether somebody stopped it early.

    ``dots`` are where it was taught to play its windows exactly, if it was.
    """

    decoder: Decoder
    epoch: int
    epochs: int
    stopped: bool
    validation: Losses | None
    dots: Dots | None = None


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


def log_likelihood(onset: Tensor, logits: Tensor) -> Tensor:
    """(b, cells), (k, cells) -> (b, k): Bernoulli log likelihood of each window at each place."""
    return onset @ logits.T - F.softplus(logits).sum(1)


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


def _neighbours(position: Tensor) -> Tensor:
    """Each position one place of the 64 x 64 grid further along one axis of its own."""
    n, latents = position.shape
    step = torch.zeros_like(position)
    step[torch.arange(n), torch.randint(latents, (n,))] = 1 / (PAD_SIDE - 1)
    return position + torch.where(position + step > 1, -step, step)


def searched_places(latents: int) -> Tensor:
    """The 64 x 64 grid; with further latents, four random depths at each of its places."""
    grid = pad_grid(latents)
    if latents == 2:
        return grid
    generator = torch.Generator().manual_seed(0)
    grid = grid.repeat(4, 1)
    grid[:, 2:] = torch.rand(len(grid), latents - 2, generator=generator)
    return grid


class _Trainer:
    def __init__(
        self, windows: Windows, decoder: Decoder, config: TrainingConfig, dots: Dots | None
    ) -> None:
        self.windows, self.decoder, self.config, self.dots = windows, decoder, config, dots
        per_epoch = math.ceil(len(windows) / config.batch)
        self.epochs = config.epochs or max(1, math.ceil(config.steps / per_epoch))
        self.optimiser = torch.optim.AdamW(
            decoder.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self.done, self.dots_begin = 0, math.ceil(DOTS_BEGIN * self.epochs * per_epoch)
        total, warm_up = self.epochs * per_epoch, max(1, min(100, self.epochs * per_epoch // 10))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser,
            lambda i: min((i + 1) / warm_up, 0.5 + 0.5 * math.cos(math.pi * min(1, i / total))),
        )

    def batch(self, index: Tensor, weight: Tensor) -> Losses:
        """One step of the optimiser."""
        c, decoder = self.config, self.decoder
        place = lattice(c.side, decoder.config.latents)
        k = len(place)
        paired = torch.randperm(k)[: k // 4]
        trunk = decoder.trunk(torch.cat((place, _neighbours(place[paired]))))
        logits = decoder.logits(trunk)  # (k + k // 4, cells)
        joint = log_likelihood(self.windows.onset[index], logits[:k])
        joint = joint + self.windows.log_prior(index, place)  # (b, k)
        share = joint.detach().softmax(1) * weight[:, None]
        onset = -(weight * (joint.logsumexp(1) - math.log(k))).sum() / weight.sum()
        velocity, offset = groove_errors(share, self.windows, index, decoder.groove(trunk[:k]))
        probability = logits.sigmoid()
        changed = (probability[k:] - probability[:k][paired]).abs().sum(1).mean()
        rough = F.relu(changed - c.neighbour_cells)
        loss = onset + c.smoothness * rough + c.groove_weight * (velocity + offset)
        if self.dots is not None:
            if self.done == self.dots_begin:
                self.put_dots(self.dots)
            loss = loss + c.exactness * self.dots.loss(decoder)
        self.done += 1
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.schedule.step()
        return Losses(onset.item(), velocity.item(), offset.item())

    @torch.no_grad()
    def put_dots(self, dots: Dots) -> None:
        """The field has taken shape: each window gets a place of its own in it."""
        grid = searched_places(self.decoder.config.latents)
        dots.put(log_likelihood(dots.onset, self.decoder.onset(self.decoder.trunk(grid))), grid)

    def plays_back(self, epoch: int) -> tuple[int, int] | None:
        """Clips that would be exact if training ended now; looked at ten times, or at the end."""
        looks = 10 if len(self.windows) <= 200 else 1
        due = epoch == self.epochs or epoch % max(1, self.epochs // looks) == 0
        if self.dots is None or not due:
            return None
        return self.dots.clips_exact(finished_copy(self.decoder, self.dots))

    def epoch(self, tick: Callable[[], None]) -> Losses:
        """The mean losses of one pass over the windows; ``tick`` is called before each batch."""
        self.decoder.train()
        done = []
        for index, weight in self.windows.batches(self.config.batch):
            tick()
            done.append(self.batch(index, weight))
        return Losses(*(float(np.mean(x)) for x in zip(*map(_tuple, done), strict=True)))


def finished_copy(decoder: Decoder, dots: Dots) -> Decoder:
    """The decoder as it will be in the file: rounded, and solved for the dots."""
    copied = copy.deepcopy(decoder)
    round_to_half(copied)
    dots.polish(copied)
    return copied


@torch.no_grad()
def round_to_half(module: torch.nn.Module) -> None:
    """Every weight and buffer becomes the fp16 number nearest to it (kept as fp32)."""
    for tensor in module.state_dict().values():
        tensor.copy_(tensor.half().float())


def _tuple(losses: Losses) -> tuple[float, float, float]:
    return losses.onset, losses.velocity, losses.offset


@torch.no_grad()
def evaluate(decoder: Decoder, windows: Windows, side: int = 32) -> Losses:
    """The losses on windows that were not trained on, over a regular lattice."""
    place = lattice(side, decoder.config.latents, jitter=False)
    trunk = decoder.trunk(place)
    logits, groove = decoder.logits(trunk), decoder.groove(trunk)
    total, weights = np.zeros(3), 0.0
    for index in torch.split(torch.arange(len(windows)), 1024):
        weight = windows.weight[index]
        joint = log_likelihood(windows.onset[index], logits)
        share = joint.softmax(1) * weight[:, None]
        velocity, offset = groove_errors(share, windows, index, groove)
        onset = -(weight * (joint.logsumexp(1) - math.log(len(place)))).sum()
        w = float(weight.sum())
        total += np.array([onset.item(), w * velocity.item(), w * offset.item()])
        weights += w
    return Losses(*(total / weights))


def fit(
    material: Material,
    validation: Material | None = None,
    config: TrainingConfig | None = None,
    network: DecoderConfig | None = None,
    arrangement: Arrangement | None = None,
    progress: Callable[[Progress], None] | None = None,
    tick: Callable[[], None] = lambda: None,
    originals: Material | None = None,
) -> Fit:
    """Train a decoder on material.

    With validation, the decoder kept is that of the epoch that does best on it; else the
    last. The same material, config and network give the same decoder on the same machine.
    Ctrl-C (KeyboardInterrupt) ends training with the best decoder so far. ``tick`` is called
    before each batch: it may wait (a pause) or raise KeyboardInterrupt. ``originals`` are the
    windows that get dots, where the material has variations of them too.

    Raises:
        TrainingError: there is nothing to train on.
        KeyboardInterrupt: Ctrl-C before the first epoch was over: there is no decoder yet.
    """
    config = config or TrainingConfig()
    if len(material.names) == 0:
        raise TrainingError("There are no patterns to train on.")
    lanes, steps = material.onset.shape[1:]
    network = network or DecoderConfig(lanes=lanes, steps=steps)
    torch.manual_seed(config.seed)
    torch.set_num_threads(1)  # two threads spin against each other on a busy machine
    windows = Windows(material, arrangement)
    held_back = Windows(validation) if validation is not None and len(validation.names) else None
    dots = None
    if config.exactness > 0:
        dots = Dots(originals or material, solve=config.exactness >= 1)
    trainer = _Trainer(windows, Decoder(network), config, dots)
    best: dict[str, Tensor] | None = None
    best_epoch, best_losses, stopped, begin = 0, None, False, time.monotonic()

    def waiting_tick() -> None:
        nonlocal begin
        before = time.monotonic()
        tick()
        begin += time.monotonic() - before  # a pause is no training time

    try:
        for epoch in range(1, trainer.epochs + 1):
            losses = trainer.epoch(waiting_tick)
            now = evaluate(trainer.decoder, held_back) if held_back else None
            better = now is None or best_losses is None or now.onset < best_losses.onset
            if better or dots is not None:  # the dots are right at the end
                best = {k: v.clone() for k, v in trainer.decoder.state_dict().items()}
                best_epoch, best_losses = epoch, now
            if progress:
                left = (time.monotonic() - begin) / epoch * (trainer.epochs - epoch)
                now_exact = trainer.plays_back(epoch)
                progress(
                    Progress(epoch, trainer.epochs, losses, now, left, trainer.decoder, now_exact)
                )
    except KeyboardInterrupt:
        if best is None:
            raise
        stopped = True
    assert best is not None  # there is at least one epoch
    trainer.decoder.load_state_dict(best)
    trainer.decoder.eval()
    placed = dots if dots is not None and dots.place is not None else None
    return Fit(trainer.decoder, best_epoch, trainer.epochs, stopped, best_losses, placed)

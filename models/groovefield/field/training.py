"""Training: fit a field to material.

For each batch of windows the decoder is asked at places all over the field, and each window pulls
at those that play it best (``posterior.py``). With two latents these are all places of a lattice,
and no encoder is needed; the prior over the pad is uniform, so the whole of it is used. An
``Arrangement`` may say where some windows would rather live.

Smoothness is asked for in the unit a musician hears, the cells that change between neighbours of a
64 x 64 grid, held at or below ``neighbour_cells`` (``smoothness.py``).

Accents and timing have losses of their own, counted only where there is a hit, and a detached
trunk, so that they read the field without bending it.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from groovefield.field.dots import Dots, PlaysBack
from groovefield.field.network import Decoder, DecoderConfig, LatentEncoder
from groovefield.field.posterior import ByEncoder, OverLattice, Posterior
from groovefield.field.smoothness import Smoothness
from groovefield.field.windows import (
    Arrangement,
    TrainingConfig,
    Windows,
    groove_errors,
    lattice,
    log_likelihood,
    own_log_likelihood,
    searched_places,
)
from groovefield.material.dataset import Material

DOTS_BEGIN = 0.4
"""The part of training after which windows get their dots."""


def _falling(part: float) -> float:
    """How much of the learning rate is left after a part of training."""
    return 0.5 + 0.5 * math.cos(math.pi * min(1, part))


def _fallen_at(rate: float) -> float:
    """After which part of training that much is left."""
    return math.acos(min(1.0, 2 * rate - 1)) / math.pi


def _warm_up(steps: int) -> int:
    """Steps until the learning rate is full, of a training of so many."""
    return max(1, min(100, steps // 10))


class TrainingError(Exception):
    """Training that cannot begin; the message is a sentence."""


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
    ``plays_back``: what it would play exactly now, where there are dots.
    """

    epoch: int
    epochs: int
    training: Losses
    validation: Losses | None
    seconds_left: float
    decoder: Decoder
    plays_back: PlaysBack | None = None


@dataclass(frozen=True)
class Fit:
    """A trained decoder, the epoch it is from, and whether somebody stopped it early.

    ``dots`` are where it was taught to play its windows exactly, if it was; ``encoder`` was
    trained with it, where there are more than two latents.
    """

    decoder: Decoder
    epoch: int
    epochs: int
    stopped: bool
    validation: Losses | None
    dots: Dots | None = None
    encoder: LatentEncoder | None = None


class _Trainer:
    def __init__(
        self, material: Material, windows: Windows, network: DecoderConfig, config: TrainingConfig,
        dots: Dots | None,
    ) -> None:  # fmt: skip
        self.windows, self.config, self.dots = windows, config, dots
        self.decoder = decoder = Decoder(network)
        self.encoder: LatentEncoder | None = None
        self.posterior: Posterior = OverLattice(windows, config, network.latents)
        if network.latents > 2:
            self.encoder = LatentEncoder(network.cells, network.latents)
            self.posterior = ByEncoder(windows, config, self.encoder)
        self.smoothness = Smoothness(material)
        per_epoch = math.ceil(len(windows) / config.batch)
        self.epochs = config.epochs or max(1, math.ceil(config.steps / per_epoch))
        self.learned = [decoder, *([self.encoder] if self.encoder else [])]
        self.optimiser = torch.optim.AdamW(
            [p for module in self.learned for p in module.parameters()],
            config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )
        self.done, self.total = 0, self.epochs * per_epoch
        self.dots_begin = math.ceil(DOTS_BEGIN * self.total)
        # Where the rate begins: the step, how much of its course is over, steps until it is full.
        self.course = 0, 0.0, _warm_up(self.total)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._rate)

    def _rate(self, step: int) -> float:
        """The learning rate of a step, of the config's."""
        begin, over, warm_up = self.course
        over += (1 - over) * (step - begin) / (self.total - begin)
        return min((step - begin + 1) / warm_up, _falling(over))

    def batch(self, index: Tensor, weight: Tensor) -> Losses:
        """One step of the optimiser."""
        c, decoder = self.config, self.decoder
        place = self.posterior.places(self.windows.onset[index])
        trunk = decoder.trunk(place)
        logits = decoder.logits(trunk)  # (k, cells)
        pull = self.posterior.pull(index, weight, place, logits, self.done / self.total)
        velocity, offset = groove_errors(pull.share, self.windows, index, decoder.groove(trunk))
        rough = self.smoothness.excess(decoder, logits, place, c.neighbour_cells)
        loss = pull.loss + c.smoothness * rough + c.groove_weight * (velocity + offset)
        if self.dots is not None:
            if self.done == self.dots_begin:
                self.put_dots(self.dots)
            loss = loss + c.exactness * self.dots.loss(decoder)
        self.done += 1
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self.schedule.step()
        return Losses(pull.nats, velocity.item(), offset.item())

    @torch.no_grad()
    def put_dots(self, dots: Dots) -> None:
        """The field has taken shape: each window gets a place of its own in it."""
        grid = searched_places(self.decoder.config.latents)
        dots.put(log_likelihood(dots.onset, self.decoder.onset(self.decoder.trunk(grid))), grid)

    def plays_back(self, epoch: int) -> PlaysBack | None:
        """What would be exact if training ended now; looked at ten times, or at the end."""
        looks = 10 if len(self.windows) <= 200 else 1
        due = epoch == self.epochs or epoch % max(1, self.epochs // looks) == 0
        if self.dots is None or self.dots.place is None or not due:
            return None
        return self.dots.plays_back(finished_copy(self.decoder, self.dots))

    def settle(self, tell: Callable[[float], None]) -> None:
        """Training was stopped: it goes on as the set's own recipe would from here.

        However long it was to be: the field takes shape, if it has not, and then the dots get the
        steps they need.
        """
        assert self.dots is not None
        own = self.config.steps
        shape = math.ceil(DOTS_BEGIN * own)
        if self.dots.place is None:
            over, warm_up = min(self.done, shape) / own, _warm_up(own)
            steps = own - min(self.done, shape)
        else:
            over, warm_up = _fallen_at(self._rate(self.done)), 1
            steps = own - shape
        if self.total - self.done > steps:
            self.course, self.total = (self.done, over, warm_up), self.done + steps
            if self.dots.place is None:
                self.dots_begin = self.total - (own - shape)
        left = self.total - self.done
        while self.done < self.total:
            for index, weight in self.windows.batches(self.config.batch):
                if self.done < self.total:
                    tell(1 - (self.total - self.done) / left)
                    self.batch(index, weight)

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


def _copied(module: torch.nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def _tuple(losses: Losses) -> tuple[float, float, float]:
    return losses.onset, losses.velocity, losses.offset


@torch.no_grad()
def evaluate(decoder: Decoder, windows: Windows, encoder: LatentEncoder | None = None) -> Losses:
    """The losses on windows that were not trained on: over a regular lattice, or, with an encoder,
    where it puts them."""
    place = lattice(32, decoder.config.latents, jitter=False)
    logits, groove = _played(decoder, place)
    total, weights = np.zeros(3), 0.0
    for index in torch.split(torch.arange(len(windows)), 1024):
        weight, windows_onset = windows.weight[index], windows.onset[index]
        if encoder is None:
            joint = log_likelihood(windows_onset, logits)
            share = joint.softmax(1) * weight[:, None]
            nats = math.log(len(place)) - joint.logsumexp(1)
        else:
            logits, groove = _played(decoder, encoder(windows_onset))
            share, nats = torch.diag(weight), -own_log_likelihood(windows_onset, logits)
        velocity, offset = groove_errors(share, windows, index, groove)
        w = float(weight.sum())
        total += np.array([(weight @ nats).item(), w * velocity.item(), w * offset.item()])
        weights += w
    return Losses(*(total / weights))


def _played(decoder: Decoder, place: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    trunk = decoder.trunk(place)
    return decoder.logits(trunk), decoder.groove(trunk)


def fit(
    material: Material,
    validation: Material | None = None,
    config: TrainingConfig | None = None,
    network: DecoderConfig | None = None,
    arrangement: Arrangement | None = None,
    progress: Callable[[Progress], None] | None = None,
    tick: Callable[[], None] = lambda: None,
    originals: Material | None = None,
    settling: Callable[[float], None] = lambda share: None,
) -> Fit:
    """Train a decoder on material.

    With validation, the decoder kept is that of the epoch that does best on it; else the
    last. The same material, config and network give the same decoder on the same machine.
    Ctrl-C (KeyboardInterrupt) ends training with the best decoder so far. ``tick`` is called
    before each batch: it may wait (a pause) or raise KeyboardInterrupt. ``originals`` are the
    windows that get dots, where the material has variations of them too. Dots of a training that
    was ended take a moment to be right; ``settling`` is told which share of it is over.

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
    trainer = _Trainer(material, windows, network, config, dots)
    best: list[dict[str, Tensor]] | None = None
    best_epoch, best_losses, stopped, begin = 0, None, False, time.monotonic()

    def waiting_tick() -> None:
        nonlocal begin
        before = time.monotonic()
        tick()
        begin += time.monotonic() - before  # a pause is no training time

    try:
        for epoch in range(1, trainer.epochs + 1):
            losses = trainer.epoch(waiting_tick)
            now = evaluate(trainer.decoder, held_back, trainer.encoder) if held_back else None
            better = now is None or best_losses is None or now.onset < best_losses.onset
            if better or dots is not None:  # the dots are right at the end
                best = [_copied(module) for module in trainer.learned]
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
        if dots is not None:
            trainer.settle(settling)
            best = [_copied(module) for module in trainer.learned]
    assert best is not None  # there is at least one epoch
    for module, state in zip(trainer.learned, best, strict=True):
        module.load_state_dict(state)
        module.eval()
    placed = dots if dots is not None and dots.place is not None else None
    return Fit(
        trainer.decoder, best_epoch, trainer.epochs, stopped, best_losses, placed, trainer.encoder
    )

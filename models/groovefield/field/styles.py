"""Styles: what a label of the material does to a finished field.

The field itself stays as it is, to the last bit: a style is a vector that is added to what enters
its trunk, and one for each of its heads (``network.Shift``), so a place keeps its character, dense
or sparse, on or off the beat, and is played in that style.

Every place of the pad is to play the style, and not only those where its windows live anyway: so
each window's share of the places is balanced until every place has as much as any other, which is
an optimal transport with entropy (Sinkhorn's iteration; Cuturi, "Sinkhorn Distances", NIPS 2013).
The costs are minus the log likelihoods, so that a window goes to places that nearly play it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from groovefield.field.modelfile import MAX_STYLES, STYLE_BYTES
from groovefield.field.network import Decoder, Shift
from groovefield.field.windows import (
    TrainingConfig,
    Windows,
    groove_errors,
    lattice,
    log_likelihood,
)
from groovefield.material.dataset import Material
from groovefield.material.notes import printable

FEWEST_WINDOWS = 2
"""Of a label, to be a style."""

STEPS, BATCH, SIDE, RATE = 80, 128, 24, 0.05
"""Of each style: steps, windows of a step, places along a side of the lattice, learning rate."""

WARMTH, BALANCED = 4.0, 10
"""Nats by which a place may be worse for a window and still have a share of it; iterations."""

_MEASURED = 16
"""Places along the pad's side at which is looked whose patterns it plays."""


@dataclass(frozen=True)
class Labelled:
    """The labels of a material that become styles, and the style of each window (-1: none)."""

    names: tuple[str, ...]
    of_window: NDArray[np.intp]


def labelled(material: Material) -> Labelled:
    """The labels with the most weight, each next to one like it; none where there is but one."""
    each = [_name(str(tags.get("style") or "")) for tags in material.tags]
    weight: dict[str, float] = {}
    for label, w in zip(each, material.weight, strict=True):
        weight[label] = weight.get(label, 0.0) + float(w)
    many = [x for x in weight if x and each.count(x) >= FEWEST_WINDOWS]
    names = sorted(many, key=lambda x: (-weight[x], x))[:MAX_STYLES]
    if len(names) < 2:
        return Labelled((), np.full(len(material), -1, np.intp))
    names = _chained(names, material, np.array(each))
    number = {name: i for i, name in enumerate(names)}
    return Labelled(tuple(names), np.array([number.get(x, -1) for x in each], np.intp))


def _name(label: str) -> str:
    return printable(label).encode()[:STYLE_BYTES].decode(errors="ignore").strip()


def _chained(names: list[str], material: Material, each: NDArray[np.str_]) -> list[str]:
    """From the label most like the whole to the one most like it, and so on, so that a sweep of the
    control leaps as little as it can."""
    onset = material.onset.reshape(len(material), -1)
    mean = {x: np.average(onset[each == x], 0, material.weight[each == x]) for x in names}
    here, left, chain = np.average(onset, 0, material.weight), set(names), []
    while left:
        nearest = min(left, key=lambda x: (float(((mean[x] - here) ** 2).sum()), x))
        chain.append(nearest)
        left.remove(nearest)
        here = mean[nearest]
    return chain


def fit(
    decoder: Decoder,
    material: Material,
    labels: Labelled,
    config: TrainingConfig,
    tell: Callable[[float], None],
) -> None:
    """Give a finished decoder its styles; without them it plays what it played. ``tell`` is told
    the share of them that are learned."""
    if not labels.names:
        return
    torch.manual_seed(config.seed)
    windows = Windows(material)
    decoder.requires_grad_(False)
    rows = []
    for i in range(len(labels.names)):
        tell(i / len(labels.names))
        its = torch.from_numpy(np.flatnonzero(labels.of_window == i))
        rows.append(_learned(decoder, windows, its, config))
    decoder.requires_grad_(True)
    whole = torch.stack(rows).half().float()
    decoder.set_styles(*(part.clone() for part in whole.tensor_split((decoder.config.width,), 1)))


def _learned(decoder: Decoder, windows: Windows, its: Tensor, config: TrainingConfig) -> Tensor:
    """(width + 3 * cells,): what the style of the windows ``its`` adds."""
    width, cells = decoder.config.width, decoder.config.cells
    row = torch.zeros(width + 3 * cells, requires_grad=True)
    optimiser = torch.optim.Adam([row], RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    chance = windows.weight[its]
    for _ in range(STEPS):
        index = its[torch.multinomial(chance, BATCH, replacement=True)]
        shift = Shift(*torch.split(row, [width, cells, cells, cells]))
        trunk = decoder.trunk(lattice(SIDE, decoder.config.latents), shift)
        likely = log_likelihood(windows.onset[index], decoder.logits(trunk, shift), config.density)
        share = _balanced(likely.detach() / WARMTH)
        errors = groove_errors(share, windows, index, decoder.groove(trunk, shift))
        loss = -(share * likely).sum() / BATCH + config.groove_weight * sum(errors)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    row = row.detach().half().float()  # what the file will hold
    onset = row[width : width + cells].view(decoder.config.lanes, -1)
    onset += _thresholds(decoder, row, (windows.onset[its] * chance[:, None]).sum(0) / chance.sum())
    return row


@torch.no_grad()
def _thresholds(decoder: Decoder, row: Tensor, struck: Tensor) -> Tensor:
    """(lanes, 1): what each lane needs to be struck as often over the pad as in the style's windows
    (cells,): places that are undecided between many patterns would play too little."""
    lanes, cells = decoder.config.lanes, decoder.config.cells
    shift = Shift(*torch.split(row, [decoder.config.width, cells, cells, cells]))
    place = lattice(SIDE, decoder.config.latents, jitter=False)
    logits = decoder.logits(decoder.trunk(place, shift), shift)
    by_lane = logits.view(len(place), lanes, -1).transpose(0, 1).flatten(1)
    bias = torch.zeros(lanes, 1)
    for lane, share in enumerate(struck.view(lanes, -1).mean(1).tolist()):
        if share > 0:
            bias[lane] = -torch.quantile(by_lane[lane], 1 - share)
        else:  # never struck: silent wherever it is
            bias[lane] = min(0.0, -1.0 - float(by_lane[lane].max()))
    return bias


def _balanced(log_share: Tensor) -> Tensor:
    """(b, k) -> (b, k): shares whose rows sum to 1 and whose columns to nearly the same."""
    even = math.log(log_share.shape[0] / log_share.shape[1])
    for _ in range(BALANCED):
        log_share = log_share - log_share.logsumexp(0) + even
        log_share = log_share - log_share.logsumexp(1, keepdim=True)
    return log_share.exp()


@torch.no_grad()
def share_of_pad(
    decoder: Decoder, material: Material, labels: Labelled
) -> dict[str, tuple[float, float]]:
    """For each style the share of places whose nearest window (by cells that differ) is one of its
    own: without style, and in it."""
    onset = torch.from_numpy(material.onset.reshape(len(material), -1).astype(np.float32))
    number = torch.from_numpy(labels.of_window)
    place = lattice(_MEASURED, decoder.config.latents, jitter=False)

    def nearest(style: float) -> Tensor:
        shift = decoder.shift(style)
        on = (decoder.logits(decoder.trunk(place, shift), shift) > 0).float()
        return number[(onset.sum(1) - 2 * on @ onset.T).argmin(1)]

    count, anywhere = len(labels.names), nearest(0.0)
    return {
        name: (
            float((anywhere == i).float().mean()),
            float((nearest((i + 1) / count) == i).float().mean()),
        )
        for i, name in enumerate(labels.names)
    }

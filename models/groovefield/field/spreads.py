"""Teach a trained decoder its spreads: how far velocity and offset stray, cell by cell.

The field's means stay as they are. A linear map of low rank reads the finished trunk, so a
spread varies over the pad as smoothly as the patterns do, and begins as the pooled value of
its lane and place in the beat. Each hit of the material pulls the spread of its cell, where
its window lives, towards what that cell's takes say (``groove.py``); the loss is the expected
negative log likelihood of a normal hit, log s + variance / (2 s^2). Everywhere a faint pull
leads back to the pooled value, and where nothing is struck it is the only one.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from groovefield.field import groove
from groovefield.field.network import Decoder
from groovefield.material.dataset import Material
from groovefield.pattern import Floats

MOST_STEPS, BATCH, RATE = 200, 192, 0.02
POOLED_PULL = 0.02
"""What straying from the pooled value by a factor e costs, beside one hit's likelihood."""


FEWEST_HITS = 100
"""Of a lane, to say how far it strays as a whole."""


@torch.no_grad()
def _means(decoder: Decoder, trunk: Tensor, shape: tuple[int, ...]) -> Floats:
    parts = [torch.stack(decoder.groove(part)) for part in torch.split(trunk, 1024)]
    return np.asarray(torch.cat(parts, dim=1).numpy().reshape(2, *shape), np.float32)


def fit(decoder: Decoder, material: Material, items: Tensor, seed: int = 0) -> None:
    """Set the decoder's spreads from a material whose windows lie at ``items`` (n, latents)."""
    shape = material.onset.shape
    n = len(material)
    with torch.no_grad():
        trunk = torch.cat([decoder.trunk(part) for part in torch.split(items, 1024)])
    means = _means(decoder, trunk, shape)
    takes = groove.scaled(groove.repeats(material), material, means)
    pooled = torch.from_numpy(np.sqrt(takes.pooled)).reshape(-1).clamp(1e-3, 0.98)
    with torch.no_grad():
        decoder.spread.weight.zero_()
        decoder.spread.bias.copy_(pooled.logit())
    generator = torch.Generator().manual_seed(seed)
    onset = torch.from_numpy(material.onset.reshape(n, -1).astype(np.float32))
    onset = onset * torch.from_numpy(material.weight)[:, None]
    variance = torch.from_numpy(takes.cells).reshape(2, n, -1)
    learned = (decoder.spread_in.weight, decoder.spread.weight, decoder.spread.bias)
    optimiser = torch.optim.Adam(learned, RATE)
    steps = min(MOST_STEPS, 80 + n)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        index = torch.randint(n, (min(n, BATCH),), generator=generator)
        anywhere = torch.rand(32, decoder.config.latents, generator=generator)
        with torch.no_grad():
            there = torch.cat((trunk[index], decoder.trunk(anywhere)))
        spread = torch.cat(decoder.spreads(there), dim=1).clamp(min=1e-3)  # (b + 32, 2 cells)
        log = spread.log()
        on = onset[index].repeat(1, 2)
        truth = torch.cat((variance[0, index], variance[1, index]), dim=1)
        likely = (on * (log[: len(index)] + truth / (2 * spread[: len(index)] ** 2))).sum()
        back = ((log - pooled.log()) ** 2).mean()
        loss = likely / on.sum().clamp(min=1) + POOLED_PULL * back
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    decoder.zero_grad()
    _widen(decoder, material, trunk, means)
    with torch.no_grad():
        for tensor in learned:
            tensor.copy_(tensor.half().float())


@torch.no_grad()
def _widen(decoder: Decoder, material: Material, trunk: Tensor, means: Floats) -> None:
    """Widen the lanes whose played hits, drawn, would vary less than the material's.

    A smooth field plays a lane's usual hits and leaves out the rare ones, which stray the most.
    """
    n, lanes, steps = material.onset.shape
    weight = np.broadcast_to(material.weight[:, None, None], material.onset.shape)
    parts = torch.split(trunk, 1024)
    struck = torch.cat([decoder.logits(part) > 0 for part in parts]).view(n, lanes, steps).numpy()
    biases = decoder.spread.bias.view(2, lanes, steps)
    for _ in range(2):  # a sigmoid is nearly an exponential where it is small
        spreads = [torch.stack(decoder.spreads(part)) for part in parts]
        spread = torch.cat(spreads, dim=1).view(2, n, lanes, steps).numpy()
        for a, truth in enumerate((material.velocity, material.offset)):
            for lane in range(lanes):
                hits, plays = material.onset[:, lane], struck[:, lane]
                if min(hits.sum(), plays.sum()) < FEWEST_HITS:
                    continue
                whole = groove.variance(truth[:, lane][hits], weight[:, lane][hits])
                at = weight[:, lane][plays]
                missing = whole - groove.variance(means[a][:, lane][plays], at)
                drawn = float(np.average(spread[a][:, lane][plays] ** 2, weights=at))
                factor = min(max(missing / drawn, 1.0), groove.MOST_WIDENED)
                biases[a, lane] += 0.5 * math.log(factor)

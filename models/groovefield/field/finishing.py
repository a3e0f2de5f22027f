"""From a trained decoder to a model file: round, calibrate, measure, find the items, write.

The order matters. The file holds fp16, so the weights are rounded first and everything after
is worked out with the rounded ones: torch and numpy then play the same field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from groovefield.field import modelfile, pad, spreads, styles
from groovefield.field.dots import Dots
from groovefield.field.network import Decoder, Encoder, LatentEncoder, PlaceEncoder
from groovefield.field.picture import paint
from groovefield.field.training import Fit, round_to_half
from groovefield.field.windows import (
    PAD_SIDE,
    TrainingConfig,
    Windows,
    groove_errors,
    log_likelihood,
    own_log_likelihood,
    pad_grid,
    searched_places,
)
from groovefield.lanes import Lane
from groovefield.material.dataset import Material
from groovefield.pattern import Floats, Grid


@dataclass(frozen=True)
class Finished:
    """A field ready to be written, with what was measured of it."""

    decoder: Decoder
    encoder: Encoder
    items: Tensor
    figures: dict[str, Any]
    pad: pad.PadFigures
    styles: tuple[str, ...] = ()


_ENCODER_SHARE, _REST_SHARE = 0.5, 0.1
"""Of the time it takes: the encoder, where there are styles too, and all but these two."""

HITS_TOLERANCE = 0.02
"""A lane's mean hits over the pad may differ by this share from the material's."""


@torch.no_grad()
def calibrate(decoder: Decoder, material: Material, dots: Dots | None = None) -> None:
    """Set ``lane_bias`` so that at threshold 0.5 each lane's mean hits are the material's.

    A lane with h hits of ``steps`` on average should have a share h / steps of its logits over
    the pad above 0. Of the biases that bring it near enough, the smallest is taken; none that
    would change what a dot plays.
    """
    decoder.lane_bias.zero_()
    wide = torch.full_like(decoder.lane_bias, 30)
    low, high = dots.bias_room(decoder) if dots else (-wide, wide)
    config = decoder.config
    grid = searched_places(config.latents)
    logits = decoder.logits(decoder.trunk(grid)).view(len(grid), config.lanes, config.steps)
    share = np.average(material.onset.mean(2), axis=0, weights=material.weight)  # (lanes,)
    for lane in range(config.lanes):
        if share[lane] > 0:
            bias = _smallest_bias(logits[:, lane].reshape(-1).numpy(), float(share[lane]))
        else:  # never struck: keep it silent wherever it is
            bias = min(0.0, -1.0 - float(logits[:, lane].max()))
        decoder.lane_bias[lane] = float(np.clip(bias, float(low[lane]), float(high[lane])))
    decoder.lane_bias.copy_(decoder.lane_bias.half().float())


def _smallest_bias(logits: Floats, share: float) -> float:
    """The bias nearest to 0 that lifts about ``share`` of the logits above 0."""
    few, many = share * (1 - HITS_TOLERANCE), share * (1 + HITS_TOLERANCE)
    # Between these two logits a threshold may lie; 0 is the best place for it.
    high, low = np.quantile(logits, (1 - few, max(0.0, 1 - many)))
    return -float(np.clip(0.0, low, high))


@torch.no_grad()
def _searched(decoder: Decoder) -> tuple[Tensor, Tensor]:
    """The places that a search tries (k, latents) and their trained logits (k, cells)."""
    grid = searched_places(decoder.config.latents)
    return grid, decoder.onset(decoder.trunk(grid))


@torch.no_grad()
def order_latents(decoder: Decoder) -> Tensor:
    """Make X and Y the two dimensions whose full travel changes the pattern most.

    Returns:
        (latents,): which dimension each one was before.
    """
    config = decoder.config
    place = torch.rand(256, config.latents, generator=torch.Generator().manual_seed(0))
    travel = torch.zeros(config.latents)
    for latent in range(config.latents):
        path = place.repeat(17, 1, 1)
        path[:, :, latent] = torch.linspace(0, 1, 17)[:, None]
        along = torch.stack([decoder.logits(decoder.trunk(z)).sigmoid() for z in path])
        travel[latent] = along.diff(dim=0).abs().sum()
    order = travel.argsort(descending=True, stable=True)
    decoder.frequencies.copy_(decoder.frequencies[:, order])
    plain = decoder.embed.weight[:, 2 * config.frequencies :]  # what reads 2 z - 1
    plain.copy_(plain[:, order].clone())
    return order


@torch.no_grad()
def find(decoder: Decoder, onset: Tensor, encoder: Encoder | None = None) -> Tensor:
    """(n, cells) -> (n, latents): the searched place where each is likeliest.

    Likelihood is the trained one, without ``lane_bias``, which is a matter of the threshold. More
    latents than two have more places than can be searched: there the encoder's place is tried too.
    """
    grid, logits = _searched(decoder)
    found = []
    for part in torch.split(onset, 512):
        nats, best = log_likelihood(part, logits).max(1)
        place = grid[best]
        if isinstance(encoder, LatentEncoder):
            by_encoder = encoder(part)
            known = own_log_likelihood(part, decoder.onset(decoder.trunk(by_encoder)))
            place = torch.where((known > nats)[:, None], by_encoder, place)
        found.append(place)
    return torch.cat(found)


@torch.no_grad()
def measure_spreads(decoder: Decoder, windows: Windows, items: Tensor) -> None:
    """One spread a lane: the standard deviation of what the means leave over."""
    config = decoder.config
    sums = torch.zeros(3, config.lanes, dtype=torch.float64)
    for index in torch.split(torch.arange(len(windows)), 512):
        groove = decoder.groove(decoder.trunk(items[index]))
        onset = windows.onset[index] * windows.weight[index, None]
        parts = [onset]
        for truth, guess in zip((windows.velocity, windows.offset), groove, strict=True):
            parts.append(onset * (truth[index] - guess) ** 2)
        for row, part in zip(sums, parts, strict=True):
            row += part.view(-1, config.lanes, config.steps).sum((0, 2)).double()
    hits = sums[0].clamp(min=1e-9)
    decoder.velocity_spread.copy_((sums[1] / hits).sqrt().clamp(max=1).half().float())
    decoder.offset_spread.copy_((sums[2] / hits).sqrt().clamp(max=1).half().float())


WARMTH = 4.0
_TOLD_EVERY = 20

Tell = Callable[[float], None]
"""Is told the share that is done, 0..1."""


def _silent(share: float) -> None:
    """Nobody asks."""


def _stretch(tell: Tell, begin: float, end: float) -> Tell:
    """What tells of a part of the work as of its stretch of the whole."""
    return lambda share: tell(begin + share * (end - begin))


def distil(decoder: Decoder, windows: Windows, seed: int, tell: Tell = _silent) -> PlaceEncoder:
    """An encoder that answers at once what the search of the pad answers.

    It learns the share that each place has of a window, blurred by ``WARMTH``: a neighbourhood that
    is good is learned better than the place that is a little better. It is taught with windows that
    lost or gained a few hits, so that it generalises.
    """
    torch.manual_seed(seed)
    steps = min(1000, 60 + len(windows) // 4)  # a few clips are soon known, and waited for
    encoder = PlaceEncoder(decoder.config.cells)
    optimiser = torch.optim.AdamW(encoder.parameters(), 2e-3, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    chance = windows.weight / windows.weight.sum()
    with torch.no_grad():
        logits = decoder.onset(decoder.trunk(encoder.get_buffer("places")))
    for step in range(steps):
        if step % _TOLD_EVERY == 0:
            tell(step / steps)
        index = torch.multinomial(chance, min(256, max(64, 4 * len(windows))), replacement=True)
        onset = windows.onset[index]
        flip = torch.rand_like(onset) < 0.15 * torch.rand(len(onset), 1) * (0.1 + 0.9 * onset)
        onset = torch.where(flip, 1 - onset, onset)
        share = (log_likelihood(onset, logits) / WARMTH).softmax(1)
        loss = F.cross_entropy(encoder.scores(onset), share)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return encoder


def _encoder(fit: Fit, windows: Windows, order: Tensor | None, seed: int, tell: Tell) -> Encoder:
    """The one that was trained with the decoder, its latents in their new order, or a new one."""
    encoder: Encoder
    if fit.encoder is None:
        encoder = distil(fit.decoder, windows, seed, tell)
    else:
        encoder = fit.encoder
        last = encoder.reader.out
        both = torch.cat((order, order + len(order))) if order is not None else slice(None)
        with torch.no_grad():
            last.weight.copy_(last.weight[both].clone())
            last.bias.copy_(last.bias[both].clone())
    round_to_half(encoder)
    return encoder.eval()


@torch.no_grad()
def probabilities(decoder: Decoder) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(64, 64, lanes, steps) over the pad."""
    config = decoder.config
    logits = decoder.logits(decoder.trunk(pad_grid(config.latents)))
    shape = (PAD_SIDE, PAD_SIDE, config.lanes, config.steps)
    return np.asarray(logits.sigmoid().numpy(), np.float32).reshape(shape)


@torch.no_grad()
def _held_back_figures(
    decoder: Decoder, encoder: Encoder, material: Material, probability: Any
) -> dict[str, float]:
    windows = Windows(material)
    found = pad.search(probability, material.onset)
    at = encoder(windows.onset)
    played = decoder.logits(decoder.trunk(at)).sigmoid().numpy()
    truth = material.onset.reshape(len(windows), -1)
    quick = pad.average_precision(played.ravel(), truth.ravel())
    place = find(decoder, windows.onset, encoder)
    share = torch.eye(len(windows))
    errors = groove_errors(
        share, windows, torch.arange(len(windows)), decoder.groove(decoder.trunk(place))
    )
    return {
        "windows": len(windows),
        "average_precision": found.average_precision,
        "f1": found.f1,
        "average_precision_by_encoder": quick,
        "velocity_rms": float(errors[0].sqrt()),
        "offset_rms": float(errors[1].sqrt()),
    }


def finish(
    fit: Fit,
    material: Material,
    validation: Material | None,
    config: TrainingConfig,
    tell: Tell = _silent,
) -> Finished:
    """Everything after the last epoch; changes ``fit.decoder`` in place.

    Thousands of patterns take a minute and more, so ``tell`` is told of it on the way; what it
    raises ends the work.
    """
    decoder, windows = fit.decoder, Windows(material)
    dots, order = fit.dots, None
    labels = styles.labelled(material)
    met = _ENCODER_SHARE if labels.names else 1 - _REST_SHARE
    if decoder.config.latents > 2:
        order = order_latents(decoder)
        if dots is not None and dots.place is not None:
            dots.place = dots.place[:, order]
    round_to_half(decoder)
    if dots is not None:
        dots.polish(decoder)
    calibrate(decoder, material, dots)
    encoder = _encoder(fit, windows, order, config.seed, _stretch(tell, 0, met))
    items = find(decoder, windows.onset, encoder)
    if dots is not None and dots.place is not None:
        items = dots.place
    if decoder.config.spread:
        spreads.fit(decoder, material, items, config.seed)
    else:
        measure_spreads(decoder, windows, items)
    probability = probabilities(decoder)
    measured = pad.measure(
        probability, material.onset, material.weight, material.grid.steps_per_beat
    )
    sources = [str(tags.get("source", "folder")) for tags in material.tags]
    shares = pad.shares(probability, material.onset, material.weight, sources)
    figures: dict[str, Any] = {"pad": _plain(asdict(measured)), "share_of_pad": _plain(shares)}
    figures["plays_back"] = asdict((dots or Dots(material)).plays_back(decoder, items))
    styles.fit(decoder, material, labels, config, _stretch(tell, met + _REST_SHARE, 1))
    if labels.names:
        figures["styles"] = _plain(dict(styles.share_of_pad(decoder, material, labels)))
    if validation is not None and len(validation.names):
        held_back = _held_back_figures(decoder, encoder, validation, probability)
        figures["validation"] = _plain(held_back)
    return Finished(decoder, encoder, items, figures, measured, labels.names)


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures rounded for a JSON text; a ratio that has no meaning is null."""

    def one(value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return [one(v) for v in value]
        if isinstance(value, float):
            return round(value, 4) if np.isfinite(value) else None
        return value

    return {key: one(value) for key, value in figures.items()}


def write(
    path: Path,
    finished: Finished,
    name: str,
    lanes: tuple[Lane, ...],
    grid: Grid,
    training: dict[str, Any],
    attribution: tuple[str, ...] = (),
) -> None:
    """Write the model file, whole or not at all.

    Raises:
        ModelFileError: it cannot be written there, or does not fit in a project.
    """
    header = replace(
        _header(finished.decoder, name, lanes, grid),
        styles=finished.styles,
        training={**training, "figures": finished.figures},
        attribution=attribution,
    )
    tensors = _portable_tensors(finished.decoder)
    tensors["pad.items"] = finished.items.numpy().astype(np.float16)
    tensors |= _tensors("encoder", finished.encoder)
    modelfile.save(path, header, tensors)


def write_portable(
    path: Path, decoder: Decoder, name: str, lanes: tuple[Lane, ...], grid: Grid
) -> None:
    """Write only what plays, decoder and picture: a field heard before it is finished.

    Raises:
        ModelFileError: it cannot be written there, or does not fit in a project.
    """
    modelfile.save(path, _header(decoder, name, lanes, grid), _portable_tensors(decoder))


def _header(decoder: Decoder, name: str, lanes: tuple[Lane, ...], grid: Grid) -> modelfile.Header:
    config = decoder.config
    return modelfile.Header(name, lanes, grid, config.latents, config.sizes())


def _portable_tensors(decoder: Decoder) -> modelfile.Tensors:
    return _tensors("decoder", decoder) | {"pad.picture": paint(probabilities(decoder))}


def _tensors(prefix: str, module: torch.nn.Module) -> modelfile.Tensors:
    state = module.state_dict()
    return {
        f"{prefix}.{key}": value.numpy().astype(np.float16)
        for key, value in state.items()
        if value.numel()  # a decoder may have no styles
    }

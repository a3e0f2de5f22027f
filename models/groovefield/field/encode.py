"""Where on a pad a pattern is: the place of a field under which given windows are likeliest.

A search, in numpy alone, so that the model process and a window can ask for it too: first the
64 x 64 places of the pad, then those between the best of them and its neighbours, where the one
that plays the window most nearly is taken, or a dot of the model's that does as well. Of a model
with more latents than X and Y the pad is the slice where the others are in the middle; as many
places are tried off it. The best of all are then moved in every direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.field import pad
from groovefield.field.decoder import Decoder
from groovefield.lanes import Lane
from groovefield.material.dataset import Material
from groovefield.pattern import Floats, Grid

FAR = 0.25
"""From here on, as a share of the pad's side, another place is far away."""

NEARLY = float(np.log(10))
"""Nats: a place is nearly as likely as another when it makes the pattern a tenth as often."""

_BETWEEN = 4
"""Places looked at from one of the 64 to the next, once the best of them is known."""

_OFF_THE_PAD = 4096
"""Places tried where the latents beside X and Y are not in the middle."""

_STARTS, _ROUNDS, _TRIES = 4, 12, 64
"""Off the pad: the likeliest places that are moved, how often, and how many are tried each time."""

_FIRST_REACH, _REACH_SHRINKS = 0.2, 0.7
"""How far a place is moved at first, as a standard deviation in each latent, and then less."""

_FINE_ROUNDS, _FINE_REACH = 5, 1 / 126
"""The same of a pad's best place, where it does not play every cell."""

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class InStyle:
    """A decoder as it plays at a value of the plugin's Style (`Decoder.decode_into`)."""

    decoder: Decoder
    style: float

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The decoder's."""
        return self.decoder.lanes

    @property
    def grid(self) -> Grid:
        """The decoder's."""
        return self.decoder.grid

    @property
    def latents(self) -> int:
        """The decoder's."""
        return self.decoder.latents

    def decode_many(self, latents: Floats) -> Floats:
        """(n, latents) -> (n, 5, lanes, steps), in the style."""
        return self.decoder.decode_many(latents, self.style)


@dataclass(frozen=True)
class Places:
    """The places of n windows on a pad.

    ``latent`` (n, latents) float32, 0..1: X, Y and the others. ``differ`` (n,): cells in which
    what plays there at threshold 0.5 is not the window, of its ``hits`` (n,) struck cells.
    ``nats`` (n,): the log-likelihood of the window there. ``second`` (n, latents) and
    ``second_differ`` (n,): the likeliest place that is ``FAR`` from the first, where it is
    nearly as likely (``NEARLY``); NaN and -1 where there is none.
    """

    latent: Floats
    differ: NDArray[np.intp]
    hits: NDArray[np.intp]
    nats: Doubles
    second: Floats
    second_differ: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.latent)


def places_of(
    decoder: Decoder | InStyle,
    material: Material,
    dots: Floats | None = None,
    sampled: Floats | None = None,
) -> Places:
    """Find the n windows of a material on a decoder's pad.

    The first lanes of both are the same; one that only one of them has is silent in the other.
    ``dots`` (k, latents) are the places of what the model was trained on: one that plays as many
    of a window's cells as any place is taken, since there its accents and timing are too.
    ``sampled`` is `pad.sample` of the decoder, for who has it already: it is most of the work
    for a single window.

    Raises:
        ValueError: the windows have another number of steps than the decoder.
    """
    onset, n = material.onset, len(material)
    if onset.shape[2] != decoder.grid.steps:
        raise ValueError(f"windows of {onset.shape[2]} steps, a field of {decoder.grid.steps}")
    lanes = max(onset.shape[1], len(decoder.lanes))
    truth = _flat(onset, lanes)
    grid = pad.places(latents=decoder.latents)
    if sampled is None:
        sampled = pad.sample(decoder)
    played = _flat(sampled.reshape(len(grid), *sampled.shape[2:]), lanes)
    if decoder.latents > 2:
        off = np.random.default_rng(0).random((_OFF_THE_PAD, decoder.latents), np.float32)
        grid = np.concatenate((grid, off))
        played = np.concatenate((played, _flat(decoder.decode_many(off)[:, 0], lanes)))
    latent = np.zeros((n, decoder.latents), np.float32)
    second = np.full((n, decoder.latents), np.nan, np.float32)
    nats = np.zeros(n)
    differ, second_differ = np.zeros(n, np.intp), np.full(n, -1, np.intp)
    for index in np.array_split(np.arange(n), max(1, -(-n // 512))):
        likely = pad.log_likelihood(played, truth[index])
        for i, row in zip(index.tolist(), likely, strict=True):
            latent[i], nats[i], differ[i] = _closest(decoder, grid, row, truth[i], lanes)
            away = np.abs(grid[:, :2] - latent[i, :2]).max(1) >= FAR
            other = int(np.where(away, row, -np.inf).argmax())
            if row.max() - row[other] > 2 * NEARLY:  # more than places between make up for
                continue
            place, likelihood, wrong = _closer(decoder, grid[other], truth[i], lanes)
            if nats[i] - likelihood <= NEARLY:
                second[i], second_differ[i] = place, wrong
    if dots is not None and len(dots):
        before, before_differ = latent.copy(), differ.copy()
        _take_dots(decoder, material, dots, latent, differ, nats)
        # A second place may now be near; then what was the first may be far.
        near = np.abs(second - latent)[:, :2].max(1) < FAR
        second[near], second_differ[near] = before[near], before_differ[near]
        near &= np.abs(second - latent)[:, :2].max(1) < FAR
        second[near], second_differ[near] = np.nan, -1
    return Places(latent, differ, truth.sum(1), nats, second, second_differ)


def _take_dots(
    decoder: Decoder | InStyle,
    material: Material,
    dots: Floats,
    latent: Floats,
    differ: NDArray[np.intp],
    nats: Doubles,
) -> None:
    """Move windows to the dots that play no fewer of their cells; of several such to the one
    whose accents are the nearest."""
    lanes = max(material.onset.shape[1], len(decoder.lanes))
    played = decoder.decode_many(dots)
    probability, velocity = _flat(played[:, 0], lanes), _flat(played[:, 1], lanes)
    truth, loud = _flat(material.onset, lanes), _flat(material.velocity, lanes)
    for i, on in enumerate(truth):
        wrong = ((probability > 0.5) != on).sum(1)
        if wrong.min() > differ[i]:
            continue
        off = np.abs(velocity[:, on] - loud[i, on]).sum(1)
        best = int(np.lexsort((off, wrong))[0])
        latent[i], differ[i] = dots[best], wrong[best]
        nats[i] = pad.log_likelihood(probability[best : best + 1], on[None])[0, 0]


def _closest(
    decoder: Decoder | InStyle, grid: Floats, likely: Doubles, truth: Bools, lanes: int
) -> tuple[Floats, float, int]:
    """What `_closer` gives of the likeliest of the places, moved in every direction with steps
    that shrink; with more latents than X and Y, the best of the likeliest few, each so moved."""
    flat = decoder.latents == 2
    rounds, reach = (_FINE_ROUNDS, _FINE_REACH) if flat else (_ROUNDS, _FIRST_REACH)
    rng = np.random.default_rng(0)
    found = []
    for start in np.argsort(-likely, kind="stable")[: 1 if flat else _STARTS]:
        at = _closer(decoder, grid[start], truth, lanes)
        for round_ in range(rounds):
            if flat and at[2] == 0:
                break
            steps = rng.standard_normal((_TRIES, decoder.latents), np.float32)
            steps *= np.float32(reach * _REACH_SHRINKS**round_)
            around = np.clip(np.concatenate((at[0][None], at[0] + steps)), 0, 1)
            at = _best_of(decoder, around, truth, lanes)
        found.append(at)
    return min(found, key=lambda place: (place[2], -place[1]))


def _closer(
    decoder: Decoder | InStyle, place: Floats, truth: Bools, lanes: int
) -> tuple[Floats, float, int]:
    """The best of the places between one of the 64 x 64 and its neighbours (`_best_of`)."""
    apart = np.arange(-_BETWEEN, _BETWEEN + 1, dtype=np.float32) / (_BETWEEN * (pad.SIDE - 1))
    y, x = np.meshgrid(apart, apart, indexing="ij")
    around = np.repeat(place[None], x.size, 0)
    around[:, :2] = np.clip(around[:, :2] + np.stack((x.ravel(), y.ravel()), 1), 0, 1)
    return _best_of(decoder, around, truth, lanes)


def _best_of(
    decoder: Decoder | InStyle, around: Floats, truth: Bools, lanes: int
) -> tuple[Floats, float, int]:
    """The place with the fewest cells that differ of those that are nearly as likely as the
    likeliest: where it is, the window's nats there, and the cells that differ."""
    played = _flat(decoder.decode_many(around)[:, 0], lanes)
    likely = pad.log_likelihood(played, truth[None])[0]
    wrong = ((played > 0.5) != truth).sum(1)
    # What plays there is to be the window: a place that is surer of it but for a cell is worse.
    wrong = np.where(likely >= likely.max() - NEARLY, wrong, len(truth))
    best = int(np.lexsort((-likely, wrong))[0])
    return around[best], float(likely[best]), int(wrong[best])


def _flat(cells: NDArray[Any], lanes: int) -> NDArray[Any]:
    """(k, some lanes, steps) -> (k, lanes * steps), what is added is 0."""
    wider = np.zeros((len(cells), lanes, cells.shape[2]), cells.dtype)
    wider[:, : cells.shape[1]] = cells
    return wider.reshape(len(cells), -1)

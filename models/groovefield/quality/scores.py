"""Scores of what is asked: how well each pattern is found, by search and by encoder; and the
pad's.

A ``Bank`` is a set of patterns among which a search looks; if they lie on a square, it is a pad.
What an encoder answers is a ``Bank`` too, with one pattern for each that was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.field import pad
from groovefield.field.character import off_beat
from groovefield.material.dataset import Material
from groovefield.pattern import Floats

TOMS = ("low_tom", "mid_tom", "high_tom")


@dataclass(frozen=True)
class Bank:
    """``probability``, ``velocity``, ``offset``: (n, lanes, steps). ``side``: n is side x side
    places of a pad, x fastest; 0 when they have no places.

    ``trained``: the probabilities as they were trained, where the lanes' thresholds were moved
    afterwards. Average precision, which knows no threshold, goes by these.
    """

    probability: Floats
    velocity: Floats
    offset: Floats
    side: int = 0
    trained: Floats | None = None

    @property
    def belief(self) -> Floats:
        """The probabilities that know no threshold."""
        return self.probability if self.trained is None else self.trained

    def at(self, index: NDArray[np.intp]) -> Bank:
        """Some of them, in this order."""
        return Bank(
            self.probability[index], self.velocity[index], self.offset[index], 0, self.belief[index]
        )


@dataclass(frozen=True)
class Found:
    """What was found for the patterns asked, at threshold 0.5.

    ``f1``, ``precision`` (average precision): over all cells; ``f1_files``, ``precision_files``:
    the mean over files. ``lane_f1`` (lanes,). ``velocity``: mean absolute error, of 127;
    ``offset``: in ms; both at true hits, and beside them what guessing each cell's mean, or no
    offset, would give.
    """

    f1: float
    precision: float
    f1_files: float
    precision_files: float
    lane_f1: tuple[float, ...]
    velocity: float
    offset: float


@dataclass(frozen=True)
class PadScores:
    """A pad at threshold 0.5.

    ``density``: the correlation of a place's hits with X, and with Y. ``off_beat``: that of the
    share of its hits off the beat, as far as its density does not tell it.
    """

    neighbours: float
    furthest_neighbours: int
    distinct: int
    apart: int
    playing: float
    density: tuple[float, float]
    off_beat: tuple[float, float]


def search(bank: Bank, asked: Material) -> Bank:
    """The pattern of the bank under which each pattern asked is likeliest: its hits, their accents
    and their timing."""
    probability, velocity, offset = map(_flat, (bank.probability, bank.velocity, bank.offset))
    onset, truth = _flat(asked.onset), (_flat(asked.velocity), _flat(asked.offset))
    best = []
    for part in np.array_split(np.arange(len(asked)), max(1, len(asked) // 512)):
        nats = pad.log_likelihood(probability, onset[part])
        its = truth[0][part], truth[1][part]
        nats += pad.groove_log_likelihood((velocity, offset), its, onset[part])
        best.append(nats.argmax(1))
    return bank.at(np.concatenate(best))


def _flat(cells: NDArray[Any]) -> NDArray[Any]:
    return cells.reshape(len(cells), -1)


def score(found: Bank, asked: Material) -> Found:
    """Score one pattern for each that was asked."""
    lanes = asked.onset.shape[1]
    truth = asked.onset
    on = found.probability > 0.5
    files = np.array([str(tags["file"]) for tags in asked.tags])
    each = [files == file for file in np.unique(files)]
    offset_ms = half_step_ms(asked)[:, None, None]
    velocity_error = 127 * np.abs(found.velocity - asked.velocity)[truth]
    offset_error = (np.abs(found.offset - asked.offset) * offset_ms)[truth]
    return Found(
        f1=_f1(on, truth),
        precision=_precision(found.belief, truth),
        f1_files=float(np.mean([_f1(on[f], truth[f]) for f in each])),
        precision_files=float(np.mean([_precision(found.belief[f], truth[f]) for f in each])),
        lane_f1=tuple(_f1(on[:, lane], truth[:, lane]) for lane in range(lanes)),
        velocity=float(velocity_error.mean()),
        offset=float(offset_error.mean()),
    )


def half_step_ms(material: Material) -> Floats:
    """(n,): how long half a step is: an offset of 1."""
    ms = 30_000 / (material.bpm * material.grid.steps_per_beat)
    return np.asarray(ms, np.float32)


def guesses(train: Material, asked: Material) -> dict[str, float]:
    """What it costs to guess: velocities and offsets by each cell's mean, and no offset at all."""
    hits = np.maximum(train.onset.sum(0), 1)
    truth, ms = asked.onset, half_step_ms(asked)[:, None, None]
    velocity, offset = train.velocity.sum(0) / hits, train.offset.sum(0) / hits
    return {
        "velocity, cell means": float(127 * np.abs(velocity - asked.velocity)[truth].mean()),
        "offset, cell means": float((np.abs(offset - asked.offset) * ms)[truth].mean()),
        "offset, none": float((np.abs(asked.offset) * ms)[truth].mean()),
    }


def pad_scores(bank: Bank, steps_per_beat: int) -> PadScores:
    """What a pad plays."""
    side = bank.side
    on = bank.probability.reshape(side, side, *bank.probability.shape[1:]) > 0.5
    across = (on[:, 1:] != on[:, :-1]).sum((2, 3)).ravel()
    along = (on[1:] != on[:-1]).sum((2, 3)).ravel()
    changed = np.concatenate((across, along))
    flat = on.reshape(side * side, -1)
    hits = flat.sum(1)
    off = off_beat(on.reshape(side * side, *on.shape[2:]), steps_per_beat)
    return PadScores(
        neighbours=float(changed.mean()),
        furthest_neighbours=int(changed.max()),
        distinct=len({row.tobytes() for row in np.packbits(flat, axis=1)}),
        apart=pad.greedy_apart(flat),
        playing=float((hits >= 3).mean()),
        density=_along(hits, side),
        off_beat=_along(_left_over(off, hits), side),
    )


def _left_over(value: NDArray[Any], known: NDArray[Any]) -> NDArray[Any]:
    """What a line through ``known`` does not tell of ``value``."""
    left: NDArray[Any] = value - np.polyval(np.polyfit(known, value, 1), known)
    return left


def _along(value: NDArray[Any], side: int) -> tuple[float, float]:
    """The correlation of a value of each place with X and with Y."""
    if float(np.std(value)) == 0:
        return 0.0, 0.0
    x = np.tile(np.arange(side), side)
    y = np.repeat(np.arange(side), side)
    return float(np.corrcoef(value, x)[0, 1]), float(np.corrcoef(value, y)[0, 1])


def _f1(on: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return 2 * float((on & truth).sum()) / max(float(on.sum() + truth.sum()), 1.0)


def _precision(probability: Floats, truth: NDArray[np.bool_]) -> float:
    return pad.average_precision(probability.ravel(), truth.ravel())

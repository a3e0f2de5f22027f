"""What a pad is worth: figures about the patterns on it, and about finding patterns on it.

Everything here takes arrays, so that it measures whatever plays: the numpy decoder, torch, or
the plugin's built-in field. A pad is ``probability`` (side, side, lanes, steps), row 0 is
y = 0; material is ``onset`` (n, lanes, steps) with ``weight`` (n,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groovefield.field.groove import TYPICAL
from groovefield.pattern import Floats

Bools = NDArray[np.bool_]
SIDE = 64
HIT_SAYS = 0.1
"""What a hit's accent and timing count for beside whether it is there. Of sessions held out, onsets
are found as well with it as without, and accents and timing better."""

APART = 8
"""Cells by which two patterns differ to count as apart."""


class Plays(Protocol):
    """Whatever plays on a pad: a decoder, or one that is asked for one of its styles."""

    @property
    def latents(self) -> int:
        """How many numbers a place has."""

    def decode_many(self, latents: Floats) -> Floats:
        """(n, latents) -> (n, 5, lanes, steps)."""


@dataclass(frozen=True)
class PadFigures:
    """The figures of a pad at threshold 0.5.

    ``apart``: patterns chosen one after the other so that each differs from all before it in
    at least eight cells. ``neighbours``: mean cells that differ between places next to each
    other. ``*_ratio``: pad over material (1 is equal); ``lane_ratio`` is NaN for a lane that
    the material never strikes.
    """

    places: int
    playing: float
    distinct: int
    apart: int
    neighbours: float
    hits: float
    hits_ratio: float
    lane_ratio: tuple[float, ...]
    beat_ratio: tuple[float, ...]

    def worst_ratio(self) -> float:
        """How far the ratio furthest from 1 is from it (0.25 is "within 25 %")."""
        ratios = np.array([self.hits_ratio, *self.lane_ratio, *self.beat_ratio])
        return float(np.nanmax(np.abs(ratios - 1)))

    def table(self, lane_names: tuple[str, ...]) -> str:
        """The figures as lines of text."""
        rows = [
            (f"places with 3 hits or more, of {self.places}", f"{100 * self.playing:.1f} %"),
            ("distinct patterns", f"{self.distinct}"),
            (f"patterns pairwise {APART} cells or more apart", f"{self.apart}"),
            ("cells that differ between neighbours", f"{self.neighbours:.2f}"),
            ("mean hits", f"{self.hits:.1f} ({self.hits_ratio:.2f} of the material's)"),
        ]
        rows += [
            (f"hits, {n}", f"{r:.2f}" if np.isfinite(r) else "-")
            for n, r in zip(lane_names, self.lane_ratio, strict=True)
        ]
        rows += [
            (f"share of hits, step {i + 1} of the beat", f"{r:.2f}" if np.isfinite(r) else "-")
            for i, r in enumerate(self.beat_ratio)
        ]
        return "\n".join(f"{name:<44}{value}" for name, value in rows)


@dataclass(frozen=True)
class SearchFigures:
    """How well the pad holds given patterns: average precision, and F1 at threshold 0.5."""

    average_precision: float
    f1: float


def places(side: int = SIDE, latents: int = 2) -> Floats:
    """(side * side, latents): the places i / (side - 1), x fastest; further latents at 0.5."""
    axis = np.linspace(0, 1, side, dtype=np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    result = np.full((side * side, latents), 0.5, np.float32)
    result[:, 0], result[:, 1] = x.ravel(), y.ravel()
    return result


def sample(decoder: Plays, side: int = SIDE) -> Floats:
    """(side, side, lanes, steps): the probabilities over the pad."""
    patterns = decoder.decode_many(places(side, decoder.latents))[:, 0]
    return patterns.reshape(side, side, *patterns.shape[1:])


def neighbour_cells(onset: Bools) -> float:
    """Mean number of cells that differ between places next to each other, along x and y."""
    across = (onset[:, 1:] != onset[:, :-1]).sum((2, 3))
    along = (onset[1:] != onset[:-1]).sum((2, 3))
    return float(np.concatenate((across.ravel(), along.ravel())).mean())


def greedy_apart(onset: Bools, cells: int = APART) -> int:
    """How many of (n, cells) patterns a first-come choice keeps, each ``cells`` from the rest."""
    signs = np.where(onset, 1, -1).astype(np.float32)
    kept = np.empty_like(signs)
    count, width = 0, signs.shape[1]
    for pattern in signs:
        # The product of two sign vectors is width - 2 * (cells that differ).
        if count == 0 or float((kept[:count] @ pattern).max()) <= width - 2 * cells:
            kept[count] = pattern
            count += 1
    return count


def strangers(pad: Bools, onset: Bools, cells: int = 4) -> float:
    """Share of a pad's places (side, side, lanes, steps) that play what is in no window: more
    than ``cells`` away from each of (n, lanes, steps)."""
    places = np.where(pad.reshape(-1, onset[0].size), 1, -1).astype(np.float32)
    windows = np.where(onset.reshape(len(onset), -1), 1, -1).astype(np.float32)
    # The product of two sign vectors is width - 2 * (cells that differ).
    alike = np.full(len(places), -np.inf)
    for part in np.array_split(windows, max(1, len(windows) // 512)):
        alike = np.maximum(alike, (places @ part.T).max(1))
    return float((alike < places.shape[1] - 2 * cells).mean())


def beat_shares(hits: Floats, steps_per_beat: int) -> Floats:
    """(lanes, steps) mean hits -> (steps_per_beat,) share of hits at each step of the beat."""
    by_step = hits.sum(0).reshape(-1, steps_per_beat).sum(0)
    return np.asarray(by_step / max(float(by_step.sum()), 1e-9), np.float32)


def measure(probability: Floats, onset: Bools, weight: Floats, steps_per_beat: int) -> PadFigures:
    """The figures of a pad against the material it was trained on."""
    side = len(probability)
    on = probability > 0.5
    flat = on.reshape(side * side, -1)
    pad = on.mean((0, 1), dtype=np.float64)  # (lanes, steps)
    share = weight.astype(np.float64) / weight.sum(dtype=np.float64)
    truth = np.tensordot(share, onset.astype(np.float32), 1)  # (lanes, steps)
    with np.errstate(invalid="ignore", divide="ignore"):
        lane_ratio = np.where(truth.sum(1) > 0, pad.sum(1) / truth.sum(1), np.nan)
        beat_ratio = beat_shares(pad, steps_per_beat) / beat_shares(truth, steps_per_beat)
    return PadFigures(
        places=side * side,
        playing=float((flat.sum(1) >= 3).mean()),
        distinct=len({row.tobytes() for row in np.packbits(flat, axis=1)}),
        apart=greedy_apart(flat),
        neighbours=neighbour_cells(on),
        hits=float(pad.sum()),
        hits_ratio=float(pad.sum() / truth.sum()),
        lane_ratio=tuple(lane_ratio.tolist()),
        beat_ratio=tuple(beat_ratio.tolist()),
    )


def log_likelihood(probability: Floats, onset: Bools) -> NDArray[np.float64]:
    """(k, cells), (n, cells) -> (n, k): how likely each place makes each pattern, in nats."""
    p = np.clip(probability.astype(np.float64), 1e-6, 1 - 1e-6)
    logits = np.log(p / (1 - p))
    out: NDArray[np.float64] = onset.astype(np.float64) @ logits.T + np.log(1 - p).sum(1)
    return out


def groove_log_likelihood(
    played: tuple[Floats, Floats], truth: tuple[Floats, Floats], onset: Bools
) -> NDArray[np.float64]:
    """How likely each place makes each pattern's accents and timing, in nats, up to a constant.

    ``played`` 2 x (k, cells) and ``truth`` 2 x (n, cells): velocity and offset, normal about
    what is played at each of a pattern's hits, with a drummer's typical spread; (n, k). One
    pattern's hits stray together, so each says less than if it did alone: ``HIT_SAYS``.
    """
    on = onset.astype(np.float64)
    total = np.zeros((len(onset), len(played[0])))
    for guess, value, stray in zip(played, truth, TYPICAL, strict=True):
        g = guess.astype(np.float64)
        total += ((value * on) @ g.T - 0.5 * on @ (g * g).T) / stray**2
    return HIT_SAYS * total


def shares(
    probability: Floats, onset: Bools, weight: Floats, labels: Sequence[str]
) -> dict[str, float]:
    """How much of the pad each label (n) has, as a share of 1.

    A place belongs to the windows in the measure in which they would be found there: each
    window's weight is spread over the pad by its posterior, and a place goes to the labels by
    what of each lies there.
    """
    flat, names = probability.reshape(-1, onset[0].size), sorted(set(labels))
    number = np.array([names.index(x) for x in labels])
    mass = np.zeros((len(names), len(flat)))
    for index in np.array_split(np.arange(len(onset)), max(1, len(onset) // 512)):
        joint = log_likelihood(flat, onset[index].reshape(len(index), -1))
        posterior = np.exp(joint - joint.max(1, keepdims=True))
        posterior *= (weight[index] / posterior.sum(1))[:, None]
        np.add.at(mass, number[index], posterior)
    share = (mass / np.maximum(mass.sum(0), 1e-300)).mean(1)
    return dict(zip(names, share.tolist(), strict=True))


def best_places(probability: Floats, onset: Bools) -> NDArray[np.intp]:
    """(k, cells), (n, cells) -> (n,): the place under which each pattern is likeliest."""
    parts = np.array_split(onset, max(1, len(onset) // 512))
    found = [log_likelihood(probability, part).argmax(1) for part in parts]
    return np.concatenate(found)


def average_precision(score: Floats, truth: Bools) -> float:
    """Area under precision against recall, as a sum over the distinct scores (no interpolation)."""
    order = np.argsort(-score, kind="stable")
    score, truth = score[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)  # of each distinct score
    hits = np.cumsum(truth)[last]
    precision, recall = hits / (last + 1), hits / max(int(truth.sum()), 1)
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def search(probability: Floats, onset: Bools) -> SearchFigures:
    """Find each of (n, lanes, steps) patterns on a pad, and score what the pad plays there."""
    flat = probability.reshape(-1, onset[0].size)
    truth = onset.reshape(len(onset), -1)
    played = flat[best_places(flat, truth)]
    on = played > 0.5
    f1 = 2 * float((on & truth).sum()) / max(float(on.sum() + truth.sum()), 1.0)
    return SearchFigures(average_precision(played.ravel(), truth.ravel()), f1)

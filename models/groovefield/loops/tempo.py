"""Tempo and beats of a loop from when its drums sound.

A loop that is cut exactly holds a whole number of beats from its first sample to its last, so
its tempo is one of a few; which, a small network says from how the hits lie in the bar at each.
A loop with silence or a tail around it has no such help: there the beat is the period on
whose subdivisions the hits lie closest, and the same network chooses among the best periods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX
from groovefield.loops.network import Layers

Floats = NDArray[np.float32]
Times = NDArray[np.float64]

LOWEST_BPM, HIGHEST_BPM = 65.0, 185.0
"""Tempos that are guessed; what a file states or a person says may lie outside."""

BEAT_COUNTS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32)
"""How many beats a loop that is cut exactly may hold: half a bar to eight."""

BAR_BEATS = 4
_CELLS = 16
_STREAMS = 3
_SNARES = [LANE_INDEX[lane] for lane in ("snare", "clap")]
_KICK = LANE_INDEX["kick"]

_PHASES = 128
_SCAN = 1_200
_TRIED = 10
_MISS_SECONDS = 0.012
_STRAY = 0.15
_AROUND_SECONDS = 0.045
"""Less silence than this is a first hit played late, or a last one that has died away."""
_KINDS = (
    ((0.0, 0.4), (0.5, 0.3), (0.25, 0.15), (0.75, 0.15)),
    ((0.0, 0.45), (2 / 3, 0.3), (1 / 3, 0.17), (0.5, 0.08)),
)
"""Where in a beat hits lie and how often: straight, and in triplets or a shuffle."""


@dataclass(frozen=True)
class Beat:
    """A beat's ``period`` in seconds, the time of a bar's first (``phase``), how sure (0..1) it is.

    ``beats`` is how many there are when the music is cut exactly, from ``phase`` on, else 0.
    ``closeness`` is that of the hits to its subdivisions; ``whole`` says that the cut is the
    file's own, with nothing around it.
    """

    period: float
    phase: float
    beats: int = 0
    whole: bool = False
    closeness: float = 0.0
    confidence: float = 0.0

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return 60.0 / self.period


@dataclass(frozen=True)
class Span:
    """A file's length in seconds, and where in it the sound begins and ends."""

    seconds: float
    begin: float
    end: float


@dataclass(frozen=True)
class Hits:
    """What is known of a loop's onsets: (onsets,) time and weight, (onsets, 3) parts: the
    weight of kick, snare or clap, and everything else."""

    time: Times
    weight: Times
    parts: Times


def hits_of(time: Times, chance: Floats, velocity: Floats) -> Hits:
    """From (onsets,) times and (onsets, lanes) chances and velocities of what was heard."""
    level = (chance * velocity).astype(np.float64)
    kick = level[:, _KICK]
    snare = level[:, _SNARES].max(axis=1)
    rest = np.delete(level, [_KICK, *_SNARES], axis=1).max(axis=1)
    parts = np.stack([kick, snare, rest], axis=1)
    return Hits(time, parts.max(axis=1) + 1e-6, parts)


def exact_candidates(seconds: float) -> list[tuple[int, float]]:
    """(beats, period) of every count that gives a likely tempo."""
    found = [(n, seconds / n) for n in BEAT_COUNTS]
    return [(n, p) for n, p in found if LOWEST_BPM <= 60 / p <= HIGHEST_BPM]


def features(hits: Hits, span: Span, beat: Beat) -> Floats:
    """How the hits lie in the bar at one tempo, for the network to judge.

    Where kick, snare and the rest fall among sixteen cells of a bar; how closely hits keep to
    halves, thirds, quarters and sixths of the beat; hits a beat; the tempo; the beat count, or
    how well some usual count fits what there is between the first hit and the file's end.
    """
    position = (hits.time - beat.phase) / beat.period
    cell = position * (_CELLS / BAR_BEATS)
    low = np.floor(cell).astype(np.int64)
    share = cell - low
    histogram = np.zeros((_CELLS, _STREAMS))
    np.add.at(histogram, low % _CELLS, hits.parts * (1 - share)[:, None])
    np.add.at(histogram, (low + 1) % _CELLS, hits.parts * share[:, None])
    histogram /= histogram.sum() + 1e-9
    total = hits.weight.sum()
    kept = [
        np.real(np.sum(hits.weight * np.exp(2j * np.pi * k * position))) / total
        for k in (1, 2, 3, 4, 6, 8)
    ]
    held = max(1.0, (hits.time[-1] - hits.time[0]) / beat.period)
    tempo = np.log2(beat.bpm / 110)
    count = beat.beats
    over = span.seconds - hits.time[0] - np.array([2, 4, 8, 16, 32]) * beat.period
    fits = float(((over > -0.08) & (over < 0.55)).any())
    rest = [
        len(hits.time) / held / 4, tempo, tempo**2, fits, count == 0, min(count, 16) / 16,
        count > 0 and count & (count - 1) == 0, count > 0 and count % 4 == 0,
        count > 0 and count % 3 == 0, beat.whole, beat.closeness,
        beat.closeness * np.sqrt(len(hits.time)) / 4, min(span.begin, 0.5) * 2 * beat.whole,
        min(span.seconds - span.end, 0.5) * 2 * beat.whole,
    ]  # fmt: skip
    return np.concatenate([histogram.ravel() * 4, kept, rest]).astype(np.float32)


def closeness(hits: Hits, periods: Times) -> tuple[Times, Times, NDArray[np.int64]]:
    """How much likelier than chance hits lie where they do, for each beat period; phase, kind.

    Log likelihood ratio for a hit (mean by weight) of a beat whose lines are struck with the
    chances of `_KINDS` and missed by 12 ms, against hits anywhere; the best kind and phase.
    """
    best = np.full(len(periods), -np.inf)
    phase = np.zeros(len(periods))
    kinds = np.zeros(len(periods), dtype=np.int64)
    for kind in range(len(_KINDS)):
        ratio = _ratios(hits, periods, kind)
        top = ratio.argmax(axis=1)
        value = ratio[np.arange(len(periods)), top]
        better = value > best
        best[better] = value[better]
        phase[better] = (top / _PHASES * periods)[better]
        kinds[better] = kind
    return best, phase, kinds


def _ratios(hits: Hits, periods: Times, kind: int) -> Times:
    """(periods, phases): the mean log likelihood ratio at each phase of the beat."""
    at = (hits.time[None, :] / periods[:, None]) % 1.0 * _PHASES
    low = at.astype(np.int64)
    share = at - low
    weight = hits.weight / hits.weight.sum()
    row = np.arange(len(periods))[:, None] * _PHASES
    cells = len(periods) * _PHASES
    folded = np.bincount((row + low % _PHASES).ravel(), (weight * (1 - share)).ravel(), cells)
    folded += np.bincount((row + (low + 1) % _PHASES).ravel(), (weight * share).ravel(), cells)
    folded = folded.reshape(-1, _PHASES)
    template = np.log(_template(kind, periods))
    # score[phase] = sum over u of folded[u] * template[u - phase]: a correlation.
    spectrum = np.fft.rfft(folded, axis=1) * np.conj(np.fft.rfft(template, axis=1))
    return np.fft.irfft(spectrum, _PHASES, axis=1)


def _template(kind: int, periods: Times) -> Times:
    """(periods, phases): how likely a hit is at a phase of the beat, 1 for anywhere."""
    u = np.arange(_PHASES) / _PHASES
    out = np.full((len(periods), _PHASES), _STRAY)
    width = _MISS_SECONDS / periods[:, None]
    for line, chance in _KINDS[kind]:
        off = (u - line + 0.5) % 1.0 - 0.5
        out += (1 - _STRAY) * chance * np.exp(-0.5 * (off / width) ** 2) / (width * 2.5066)
    return out


def candidates(hits: Hits, span: Span) -> list[Beat]:
    """Every beat worth judging; none with fewer than three hits.

    The file may be cut exactly; or what sounds in it, between its first hit or its start and
    the end of its sound or its own; or it has something around it, and the beat is one of
    those whose subdivisions lie closest to the hits, in four places of its bar.
    """
    if len(hits.time) < 3:
        return []
    found = [Beat(p, 0.0, n, whole=True) for n, p in exact_candidates(span.seconds)]
    begins = {0.0, span.begin if span.begin > _AROUND_SECONDS else 0.0}
    ends = {span.seconds, span.end if span.seconds - span.end > _AROUND_SECONDS else span.seconds}
    for begin in begins:
        for end in ends:
            if (begin, end) != (0.0, span.seconds):
                found += [Beat(p, begin, n) for n, p in exact_candidates(end - begin)]
    found += [
        Beat(period, phase + beat * period)
        for period, phase in _free(hits)
        for beat in range(BAR_BEATS)
    ]
    periods, which = np.unique([beat.period for beat in found], return_inverse=True)
    strength, _, _ = closeness(hits, periods)
    return [replace(b, closeness=float(strength[i])) for b, i in zip(found, which, strict=True)]


def _free(hits: Hits) -> list[tuple[float, float]]:
    """(period, a beat's time) of the likeliest periods, unlike each other."""
    periods = 60 / np.exp(np.linspace(np.log(LOWEST_BPM), np.log(HIGHEST_BPM), _SCAN))
    strength, phase, kind = closeness(hits, periods)
    peaks = np.flatnonzero((strength[1:-1] >= strength[:-2]) & (strength[1:-1] >= strength[2:])) + 1
    peaks = peaks[np.argsort(strength[peaks])[::-1][:_TRIED]]
    found = [fitted(hits, float(periods[i]), float(phase[i]), int(kind[i])) for i in peaks]
    return [(p, at) for p, at in found if LOWEST_BPM * 0.98 < 60 / p < HIGHEST_BPM * 1.02]


def likeliest(hits: Hits, span: Span, judge: Layers) -> Beat | None:
    """The beat that the network finds likeliest; None with too few hits."""
    found = candidates(hits, span)
    if not found:
        return None
    chance = softmax(judge(np.stack([features(hits, span, beat) for beat in found]))[:, 0])
    best = found[int(np.argmax(chance))]
    same = np.array([abs(beat.period / best.period - 1) < 0.005 for beat in found])
    return replace(best, confidence=float(chance[same].sum()))


def fitted(hits: Hits, period: float, phase: float, kind: int) -> tuple[float, float]:
    """A beat's period and phase moved to where the hits lie closest to its subdivisions.

    Weighted least squares on each hit's nearest line of a kind of beat, far ones counting less.
    """
    lines = np.array([*(line for line, _ in _KINDS[kind]), 1.0])
    for _ in range(4):
        position = (hits.time - phase) / period
        beat = np.floor(position)
        nearest = np.abs((position - beat)[:, None] - lines[None, :]).argmin(axis=1)
        number = beat + lines[nearest]
        off = hits.time - phase - number * period
        weight = hits.weight / (1 + (off / _MISS_SECONDS) ** 2)
        mean_n, mean_t = np.average(number, weights=weight), np.average(hits.time, weights=weight)
        spread = np.average((number - mean_n) ** 2, weights=weight)
        if spread < 1e-6:
            break
        slope = np.average((number - mean_n) * (hits.time - mean_t), weights=weight) / spread
        if abs(slope / period - 1) > 0.02:
            break
        period, phase = float(slope), float(mean_t - slope * mean_n)
    return period, phase


def softmax(logits: Floats | Times) -> Times:
    """Chances that sum to 1."""
    shifted = np.exp(logits.astype(np.float64) - logits.max())
    out: Times = shifted / shifted.sum()
    return out

"""What the listeners hear of a loop: band energies, frame by frame and around an onset.

All levels are relative to the loop's own loudness, in decades of energy (log10), with a floor
sixty decibels below it, so that a quiet file reads as a loud one does.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.read import RATE

Floats = NDArray[np.float32]

HOP = 256
"""Samples between the frames of the onset detector: 5.8 ms."""

PAD = 8_192
"""Silence put before and after a loop, so that every window has its samples."""

FRAME_CONTEXT = 5
"""Frames on each side that the detector sees."""

_FRAMES_BEFORE = (17, 6)
"""From how many frames before, to how many, it is also told the mean: a tenth of a second."""

_FLOOR = 1e-6
_FRAME_BANDS, _FRAME_WINDOW = 22, 1_024
_SHARP_BANDS, _SHARP_WINDOW = 6, 256
_LOUDEST_SHARE = 0.1

SLICES: tuple[tuple[float, int, int, float, float], ...] = (
    # from (ms after the onset), window (samples), bands, lowest and highest frequency (Hz)
    (-26.0, 1_024, 20, 40, 18_000),
    (-1.0, 512, 20, 80, 18_000),
    (0.0, 1_024, 26, 40, 18_000),
    (12.0, 1_024, 26, 40, 18_000),
    (28.0, 2_048, 26, 30, 18_000),
    (65.0, 4_096, 26, 30, 18_000),
    (0.0, 4_096, 22, 28, 700),
    (130.0, 4_096, 26, 30, 18_000),
)
"""What is heard around an onset; the last but one tells a kick from the toms, the last what
rings from what was short."""

_OWN_LEVELS = (2, 6)
"""The slices by which an onset is compared with the loop's others."""

_ENDS = np.cumsum([0, *(bands for _, _, bands, _, _ in SLICES)])
SLICE_COLUMNS = [np.arange(_ENDS[i], _ENDS[i + 1]) for i in range(len(SLICES))]
OWN_COLUMNS = np.concatenate([SLICE_COLUMNS[i] for i in _OWN_LEVELS])
"""Where the slices, and those two, lie among an onset's features."""

_PEAK_SPANS = ((-12, -1), (-1, 10), (-1, 40))
"""Milliseconds around an onset in which the highest samples are taken."""

_LOW_SAMPLES = 64
"""A mean over as many leaves what lies under some 300 Hz."""

_SHAPE_STEPS, _SHAPE_MS, _SHAPE_BEFORE_MS, _SHAPE_WINDOW = 24, 3, 8, 192
"""An onset's first 70 ms in small steps: a clap is several."""

FINE_HOP, FINE_WINDOW, FINE_STEPS, FINE_BEFORE = 48, 96, 36, 20
"""The refiner's: 1.1 ms steps, from 20 before the supposed onset to 15 after it."""
_FINE_BANDS = 4

PEAK_COLUMNS = _ENDS[-1] + np.arange(3 * len(_PEAK_SPANS))
SHAPE_COLUMNS = PEAK_COLUMNS[-1] + 1 + np.arange(_SHAPE_STEPS * _FINE_BANDS)
"""Where the peaks and the shape lie among an onset's features, after the slices."""

_COMPARED_COLUMNS = np.concatenate([OWN_COLUMNS, PEAK_COLUMNS])


def levelled(samples: Floats) -> Floats:
    """The loop at a loudness of its own loudest tenth, with silence on both sides."""
    padded = np.pad(samples, (PAD, PAD)).astype(np.float32)
    count = max(1, len(samples) // _FRAME_WINDOW)
    power = np.array([np.mean(part**2) for part in np.array_split(samples, count)])
    loudest = np.sort(power)[-max(1, int(len(power) * _LOUDEST_SHARE)) :]
    return np.asarray(padded / (np.sqrt(loudest.mean()) + 1e-12), dtype=np.float32)


def frame_times(samples: int) -> NDArray[np.float64]:
    """Where the frames of a levelled loop lie, seconds from the loop's start."""
    frames = (samples - 2 * PAD) // HOP + 24
    return (np.arange(frames) - 8) * HOP / RATE


def frame_levels(sound: Floats) -> Floats:
    """(frames, bands) of a levelled loop, a wide and a sharp look at each frame."""
    times = frame_times(len(sound))
    centre = PAD + np.round(times * RATE).astype(np.int64)
    wide = _energies(sound, centre - _FRAME_WINDOW // 2, _FRAME_WINDOW, _FRAME_BANDS, 40, 18_000)
    sharp = _energies(sound, centre - _SHARP_WINDOW // 2, _SHARP_WINDOW, _SHARP_BANDS, 200, 18_000)
    return np.concatenate([wide, sharp], axis=1)


def frame_features(levels: Floats, frames: NDArray[np.int64]) -> Floats:
    """(frames asked for, features): each frame with its context, and what sounded before it."""
    padded = np.pad(levels, ((FRAME_CONTEXT, FRAME_CONTEXT), (0, 0)), mode="edge")
    rows = frames[:, None] + np.arange(2 * FRAME_CONTEXT + 1)[None, :]
    first, last = _FRAMES_BEFORE
    sums = np.cumsum(np.pad(levels, ((first + 1, 0), (0, 0)), mode="edge"), axis=0)
    before = (sums[frames + first + 1 - last] - sums[frames]) / (first + 1 - last)
    return np.concatenate([padded[rows].reshape(len(frames), -1), before], axis=1)


def onset_features(sound: Floats, times: NDArray[np.float64]) -> Floats:
    """(onsets, features): the slices of each onset, and how it stands among the others."""
    at = PAD + np.round(times * RATE).astype(np.int64)
    last = len(sound) - max(window for _, window, _, _, _ in SLICES)
    parts = []
    for begin, window, bands, low, high in SLICES:
        start = np.clip(at + round(begin * RATE / 1000), 0, last)
        parts.append(_energies(sound, start, window, bands, low, high))
    parts.append(_peaks(sound, at))
    parts.append(_shape(sound, at))
    return among_others(np.concatenate(parts, axis=1), times)


def among_others(features: Floats, times: NDArray[np.float64]) -> Floats:
    """(onsets, features): these onsets' features, now that they are all there are."""
    own = features[:, _COMPARED_COLUMNS]
    mean = np.broadcast_to(own.mean(axis=0), own.shape)
    high_mark = np.broadcast_to(np.quantile(own, 0.9, axis=0), own.shape)
    gaps = np.diff(times, prepend=times[:1] - 1.0, append=times[-1:] + 1.0)
    gap = np.log10(np.clip(np.stack([gaps[:-1], gaps[1:]], axis=1), 0.01, 1.0))
    alone = features[:, : SHAPE_COLUMNS[-1] + 1]
    return np.concatenate([alone, mean, high_mark, gap], axis=1).astype(np.float32)


def _peaks(sound: Floats, at: NDArray[np.int64]) -> Floats:
    """(onsets, 9): the highest sample of all, of the lows and of the highs, before and after.

    How hard a drum is struck shows in its peak more than in a band's energy.
    """
    mean = np.cumsum(sound, dtype=np.float64)
    low = np.zeros_like(sound)
    low[_LOW_SAMPLES:] = (mean[_LOW_SAMPLES:] - mean[:-_LOW_SAMPLES]) / _LOW_SAMPLES
    high = np.diff(sound, n=2, prepend=np.zeros(2, dtype=np.float32))
    out = []
    for wave in (sound, low, high):
        for begin, end in _PEAK_SPANS:
            span = np.arange(begin * RATE // 1000, end * RATE // 1000)
            rows = np.clip(at[:, None] + span[None, :], 0, len(wave) - 1)
            out.append(np.log10(np.abs(wave[rows]).max(axis=1) ** 2 + _FLOOR))
    return np.stack(out, axis=1).astype(np.float32)


def _shape(sound: Floats, at: NDArray[np.int64]) -> Floats:
    """(onsets, steps x bands): how an onset rises and falls, step by step."""
    steps = (np.arange(_SHAPE_STEPS) * _SHAPE_MS - _SHAPE_BEFORE_MS) * RATE // 1000
    start = np.clip(at[:, None] + steps[None, :], 0, len(sound) - _SHAPE_WINDOW)
    energy = _energies(sound, start.reshape(-1), _SHAPE_WINDOW, _FINE_BANDS, 0, 20_000)
    return energy.reshape(len(at), -1)


def fine_features(sound: Floats, times: NDArray[np.float64]) -> Floats:
    """(onsets, features): a millisecond by millisecond look around supposed onsets."""
    at = PAD + np.round(times * RATE).astype(np.int64)
    steps = (np.arange(FINE_STEPS) - FINE_BEFORE) * FINE_HOP
    start = np.clip(at[:, None] + steps[None, :] - FINE_WINDOW, 0, len(sound) - FINE_WINDOW)
    energy = _energies(sound, start.reshape(-1), FINE_WINDOW, _FINE_BANDS, 0, 20_000)
    return energy.reshape(len(times), -1)


def _energies(
    sound: Floats, start: NDArray[np.int64], window: int, bands: int, low: float, high: float
) -> Floats:
    """(windows, bands): log10 of each band's mean energy."""
    shape, weight = _window(window), _bands(window, bands, low, high)
    out = np.empty((len(start), bands), dtype=np.float32)
    block = max(1, 2_000_000 // window)
    for i in range(0, len(start), block):
        rows = start[i : i + block, None] + np.arange(window)[None, :]
        spectrum = np.fft.rfft(sound[rows] * shape, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        out[i : i + block] = np.log10(power @ weight + _FLOOR)
    return out


@lru_cache(maxsize=32)
def _window(size: int) -> Floats:
    shape = np.hanning(size + 2)[1:-1]
    return np.asarray(shape / np.sqrt((shape**2).sum() * size / 2), dtype=np.float32)


@lru_cache(maxsize=32)
def _bands(window: int, bands: int, low: float, high: float) -> Floats:
    """(bins, bands): overlapping triangles, evenly spaced in mel from `low` to `high`."""
    frequency = np.fft.rfftfreq(window, 1 / RATE)
    mel = 2595 * np.log10(1 + frequency / 700)
    edges = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), bands + 2)
    width = np.maximum(np.diff(edges), mel[1] - mel[0] if low < 1 else np.diff(edges))
    up = (mel[:, None] - edges[None, :-2]) / width[None, :-1]
    down = (edges[None, 2:] - mel[:, None]) / width[None, 1:]
    weight = np.clip(np.minimum(up, down), 0, None)
    for band in np.flatnonzero(weight.sum(axis=0) == 0):  # narrower than the bins: the nearest
        weight[np.argmin(np.abs(mel - edges[band + 1])), band] = 1.0
    return np.asarray(weight, dtype=np.float32)

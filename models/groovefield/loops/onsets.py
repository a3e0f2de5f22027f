"""When something begins in a loop, and what: onsets, their lanes, their velocities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops import spectrum
from groovefield.loops.network import Listener, load_listener
from groovefield.loops.read import RATE
from groovefield.loops.velocity import QUIETEST

Floats = NDArray[np.float32]

MERGE_SECONDS = 0.025
"""Hits closer than this to the first of an onset belong to it: no two onsets lie closer."""

_PEAK_FRAMES = 3
_LANES = len(LANES)


@dataclass(frozen=True)
class Heard:
    """The onsets of a loop: (onsets,) seconds in order; (onsets, lanes) chance and velocity.

    ``struck`` is which lanes are taken to sound. ``strength`` is the detector's certainty.
    """

    time: NDArray[np.float64]
    strength: Floats
    chance: Floats
    velocity: Floats
    struck: NDArray[np.bool_]


def listen(samples: Floats, listener: Listener | None = None) -> Heard:
    """Onsets and lanes of a loop at the analysis rate."""
    listener = listener or load_listener()
    sound = spectrum.levelled(samples)
    time, strength = find_onsets(sound, listener)
    return name_lanes(sound, time, strength, listener)


def find_onsets(sound: Floats, listener: Listener) -> tuple[NDArray[np.float64], Floats]:
    """Times (seconds from the loop's start) and certainties of a levelled loop's onsets.

    An onset is a frame whose chance is the highest within 17 ms and above the threshold; its
    place is then read from the milliseconds around it.
    """
    levels = spectrum.frame_levels(sound)
    chance = _sigmoid(
        listener.detector(spectrum.frame_features(levels, np.arange(len(levels))))[:, 0]
    )
    padded = np.pad(chance, _PEAK_FRAMES)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _PEAK_FRAMES + 1).max(axis=1)
    peaks = np.flatnonzero((chance >= around) & (chance > listener.onset_threshold))
    # Between two frames the chances say where the peak is.
    left, right = padded[peaks + _PEAK_FRAMES - 1], padded[peaks + _PEAK_FRAMES + 1]
    lean = (right - left) / (left + chance[peaks] + right + 1e-9)
    time = spectrum.frame_times(len(sound))[peaks] + lean * spectrum.HOP / RATE
    time, strength = refined(sound, time, listener), chance[peaks]
    end = (len(sound) - 2 * spectrum.PAD) / RATE
    inside = time < end - 0.003
    return _merged(np.maximum(time[inside], 0.0), strength[inside])


def refined(sound: Floats, time: NDArray[np.float64], listener: Listener) -> NDArray[np.float64]:
    """Each onset moved to where its attack begins."""
    if len(time) == 0:
        return time
    shift = listener.refiner(spectrum.fine_features(sound, time))[:, 0]
    return time + np.clip(shift, -15, 15).astype(np.float64) / 1000


def name_lanes(
    sound: Floats, time: NDArray[np.float64], strength: Floats, listener: Listener
) -> Heard:
    """What sounds at given onsets of a levelled loop: one lane at least for each."""
    if len(time) == 0:
        empty = np.zeros((0, _LANES), dtype=np.float32)
        return Heard(time, strength, empty, empty, empty > 0)
    seen = spectrum.onset_features(sound, time)
    logit, velocity = listener.namer(seen, time)
    over = logit - listener.lane_thresholds
    struck = over > 0
    silent = ~struck.any(axis=1)
    struck[silent, over[silent].argmax(axis=1)] = True
    velocity = np.clip(velocity, QUIETEST, 1.0)
    if listener.measure is not None:
        velocity = listener.measure(seen, struck, velocity)
    return Heard(time, strength, _sigmoid(logit), velocity, struck)


def _merged(time: NDArray[np.float64], strength: Floats) -> tuple[NDArray[np.float64], Floats]:
    order = np.argsort(time, kind="stable")
    kept: list[int] = []
    for i in order:
        if not kept or time[i] - time[kept[-1]] > MERGE_SECONDS:
            kept.append(int(i))
    return time[kept], strength[kept]


def _sigmoid(x: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)

"""When something begins in a loop, and what: onsets, their lanes, their velocities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops import spectrum, tempo
from groovefield.loops.context import Pulse
from groovefield.loops.network import Listener, load_listener
from groovefield.loops.read import RATE
from groovefield.loops.velocity import QUIETEST

Floats = NDArray[np.float32]

_APART_SECONDS = 0.024
"""No two places that may be onsets lie closer: a little under what merges hits into an onset, for
each is found a millisecond or two beside where it is."""

LIKELY = 0.5
"""A chance from which on the detector alone would take an onset."""

TAKEN = -0.35
"""A logit from which on the namer takes what the detector holds possible for an onset: a little
under even chances, for that finds more loud events than it costs in others (docs/loops.md)."""

_TRUSTED_SHARE = 0.5
"""A namer that denies more than this of those has never heard the like of the loop."""

SOUND_FLOOR = 1e-3
"""A file sounds where it lies within 60 dB of its peak."""

_PEAK_FRAMES = 2
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


BeatOf = Callable[[tempo.Hits], tempo.Beat | None]
"""What says where the beat lies, from what was heard so far; None for nobody knows."""


def listen(
    samples: Floats, listener: Listener | None = None, beat_of: BeatOf | None = None
) -> Heard:
    """Onsets and lanes of a loop at the analysis rate. ``beat_of`` is `tempo.likeliest` if None."""
    return hear(spectrum.levelled(samples), listener or load_listener(), beat_of)


def hear(sound: Floats, listener: Listener, beat_of: BeatOf | None = None) -> Heard:
    """Onsets and lanes of a levelled loop.

    Where something may begin, the namer says whether it does, hearing all such places together:
    first without a beat, then with the one that the onsets it took lie on.
    """
    time, chance = find_onsets(sound, listener)
    if len(time) == 0:
        return _nothing(time, chance)
    seen = spectrum.onset_features(sound, time)
    logit, velocity, begins = listener.namer(seen, time, None, chance)
    kept = begins > TAKEN
    pulse = _pulse(sound, time[kept], logit[kept], velocity[kept], listener, beat_of)
    if pulse is not None:
        begins = listener.namer(seen, time, pulse, chance)[2]
        kept = begins > TAKEN
    likely = chance > LIKELY
    if (kept & likely).sum() < _TRUSTED_SHARE * likely.sum():
        # No drums that the namer knows: the detector's word stands, and no beat is sure.
        kept, pulse = likely, None
    if not kept.any():
        kept[chance.argmax()] = True
    taken = spectrum.among_others(seen[kept], time[kept])
    return _named(taken, time[kept], _sigmoid(begins[kept]), listener, pulse)


def find_onsets(sound: Floats, listener: Listener) -> tuple[NDArray[np.float64], Floats]:
    """Times (seconds from the loop's start) and certainties of where something may begin.

    That is a frame whose chance is the highest within 12 ms and above the threshold; its
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
    return well_apart(np.maximum(time[inside], 0.0), strength[inside])


def refined(sound: Floats, time: NDArray[np.float64], listener: Listener) -> NDArray[np.float64]:
    """Each onset moved to where its attack begins."""
    if len(time) == 0:
        return time
    shift = listener.refiner(spectrum.fine_features(sound, time))[:, 0]
    return time + np.clip(shift, -15, 15).astype(np.float64) / 1000


def name_lanes(
    sound: Floats,
    time: NDArray[np.float64],
    strength: Floats,
    listener: Listener,
    beat_of: BeatOf | None = None,
) -> Heard:
    """What sounds at given onsets of a levelled loop: one lane at least for each."""
    if len(time) == 0:
        return _nothing(time, strength)
    seen = spectrum.onset_features(sound, time)
    logit, velocity, _ = listener.namer(seen, time)
    pulse = _pulse(sound, time, logit, velocity, listener, beat_of)
    return _named(seen, time, strength, listener, pulse)


def _nothing(time: NDArray[np.float64], strength: Floats) -> Heard:
    empty = np.zeros((0, _LANES), dtype=np.float32)
    return Heard(time, strength, empty, empty, empty > 0)


def _named(
    seen: Floats,
    time: NDArray[np.float64],
    strength: Floats,
    listener: Listener,
    pulse: Pulse | None,
) -> Heard:
    """Onsets named, knowing where in the bar each lies if the ``pulse`` is known."""
    logit, velocity, _ = listener.namer(seen, time, pulse)
    struck = logit > 0
    silent = ~struck.any(axis=1)
    struck[silent, logit[silent].argmax(axis=1)] = True
    velocity = np.clip(velocity, QUIETEST, 1.0)
    if listener.measure is not None:
        velocity = listener.measure(seen, struck, velocity)
    return Heard(time, strength, _sigmoid(logit), velocity, struck)


def _pulse(
    sound: Floats,
    time: NDArray[np.float64],
    logit: Floats,
    velocity: Floats,
    listener: Listener,
    beat_of: BeatOf | None,
) -> Pulse | None:
    """The beat that onsets lie on, as far as they are named by now."""
    if len(time) == 0:
        return None
    hits = tempo.hits_of(time, _sigmoid(logit), np.clip(velocity, QUIETEST, 1.0))
    if beat_of is not None:
        beat = beat_of(hits)
    else:
        level = np.abs(sound)
        sounds = np.flatnonzero(level > SOUND_FLOOR * level.max())
        begin, end = (sounds[[0, -1]] + np.array([0, 1]) - spectrum.PAD) / RATE
        span = tempo.Span((len(sound) - 2 * spectrum.PAD) / RATE, float(begin), float(end))
        beat = tempo.likeliest(hits, span, listener.tempo)
    return None if beat is None else Pulse(beat.period, beat.phase)


def well_apart(time: NDArray[np.float64], strength: Floats) -> tuple[NDArray[np.float64], Floats]:
    """(places,) seconds and strengths, in order of time; of two that lie too close the stronger."""
    order = np.argsort(time, kind="stable")
    time, strength = time[order], strength[order]
    kept = np.ones(len(time), dtype=bool)
    first = np.searchsorted(time, time - _APART_SECONDS)
    last = np.searchsorted(time, time + _APART_SECONDS, side="right")
    for i in np.argsort(-strength, kind="stable"):
        if kept[i]:
            kept[first[i] : last[i]] = False
            kept[i] = True
    return time[kept], strength[kept]


def _sigmoid(x: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)

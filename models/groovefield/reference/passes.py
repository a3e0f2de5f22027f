"""The host's transport as one line of time that only goes forward."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from groovefield.pattern import Pattern
from groovefield.reference.words import DRUM_CHANNEL, Play

POSITION_TOLERANCE = 1 / 960
"""Beats: positions closer than this are the same (hosts round)."""
SHORTEST_LOOP = 1 / 64
FARTHEST_POSITION = 1e9
SLOWEST_TEMPO, FASTEST_TEMPO = 1.0, 10_000.0
"""Beats, and bpm: what a host says outside of them counts as not said."""
LINE_ROUNDING = 1e-6
ARITHMETIC = 1e-9


@dataclass(frozen=True)
class Pass:
    """A stretch of a run without a wrap: song positions [start, end), run time minus song."""

    index: int
    shift: float
    start: float
    end: float = math.inf


def next_pass(p: Pass, loop: tuple[float, float] | None) -> Pass:
    """The pass after one that ends at the loop's end."""
    assert loop is not None
    return Pass(p.index + 1, p.shift + (p.end - loop[0]), loop[0], loop[1])


@dataclass(frozen=True)
class Step:
    """A line of the grid: of which pass, at which rate (steps a beat), its number in the song."""

    index: int
    rate: float
    number: int

    def beats(self) -> float:
        """Its song position."""
        return self.number / self.rate


@dataclass(frozen=True)
class Hit:
    """When it sounds (run time), how loud, for how many beats, as which note."""

    time: float
    velocity: int
    length: float
    note: int
    channel: int = DRUM_CHANNEL


@dataclass(frozen=True)
class Sounding:
    """Run time of its off, the run's sample that this is not before, and whose it is."""

    end: float
    soonest: int
    lane: int


@dataclass
class Run:
    """What is known of the present run."""

    start: float
    passes: list[Pass]
    expected: float
    played: float
    span: float = 0.0
    loop: tuple[float, float] | None = None
    rate: float = 0.0
    """Steps a beat; 0 until the first step was asked for."""
    past: float = -math.inf
    """Run time before which lines at the present rate are not played."""
    present: tuple[tuple[float, ...], float, int] | None = None
    """Position and style when a change was last due, and in which pass."""
    asked: dict[Step, tuple[Play, Pattern]] = field(default_factory=dict)
    decided: set[Step] = field(default_factory=set)
    hits: dict[tuple[Step, int], Hit] = field(default_factory=dict)
    """Of a lane, or of the melody."""
    sounded: set[tuple[Step, int]] = field(default_factory=set)


def is_position(beats: float | None) -> bool:
    """Whether a host said where it is."""
    return beats is not None and abs(beats) < FARTHEST_POSITION


def begin(position: float) -> Run:
    """A run that begins at a song position."""
    return Run(position, [Pass(0, 0.0, position)], position, position)


def locate(run: Run, position: float) -> tuple[int, float] | None:
    """(pass index, run time) that a host's position stands for, or None for a seek."""
    now = run.passes[-1]
    places = [(now.index, position + now.shift)]
    if len(run.passes) > 1 and position <= run.passes[-2].end + POSITION_TOLERANCE:
        places.append((now.index - 1, position + run.passes[-2].shift))
    if run.loop and now.end < math.inf and position >= run.loop[0] - POSITION_TOLERANCE:
        places.append((now.index + 1, position + next_pass(now, run.loop).shift))
    index, time = min(places, key=lambda place: abs(place[1] - run.expected))
    if abs(time - run.expected) > max(POSITION_TOLERANCE, run.span + ARITHMETIC):
        return None
    return index, time


def stand(run: Run, index: int, time: float, loop: tuple[float, float] | None) -> None:
    """Makes pass ``index`` the present one and ends it where the announced loop ends."""
    while run.passes[-1].index < index:
        run.passes.append(next_pass(run.passes[-1], run.loop))
    while run.passes[-1].index > index:
        run.passes.pop()
    run.loop = loop if loop and loop[1] - loop[0] >= SHORTEST_LOOP else None
    now = run.passes[-1]
    ends = run.loop is not None and time - now.shift < run.loop[1]
    run.passes[-1] = replace(now, end=run.loop[1] if ends and run.loop else math.inf)


def open_passes(run: Run, until: float) -> list[Pass]:
    """The passes that are not played to their end, and those after that begin before a run time."""
    passes = [p for p in run.passes[:-1] if p.end + p.shift > run.played] + run.passes[-1:]
    while passes[-1].end + passes[-1].shift < until:
        passes.append(next_pass(passes[-1], run.loop))
    return passes


def lines(p: Pass, rate: float, low: float, high: float) -> range:
    """Steps whose lines lie in the pass and, as run time, in [low, high)."""
    first = math.ceil((p.start - POSITION_TOLERANCE) * rate)
    first = max(first, math.floor((low - p.shift) * rate) - 1)
    last = min((high - p.shift), p.end + 1) * rate
    steps = range(first, math.ceil(last) + 2)
    inside = [n for n in steps if n / rate < p.end - LINE_ROUNDING and n / rate + p.shift < high]
    return range(inside[0], inside[-1] + 1) if inside else range(0)

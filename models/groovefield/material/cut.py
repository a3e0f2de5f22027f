"""Windows of a grid, cut from the drum notes of a file.

A window is a whole number of bars, begins on a bar line of the file's own metre, and holds
`groovefield.pattern.Hits`. Positions are counted in ticks from the bar line, never in seconds,
so a groove played along a tempo curve keeps its place on the grid and only its micro-timing
remains as offset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.material.drum_maps import DrumMap, map_for_notes
from groovefield.material.notes import ALL_NOTES, MaterialError, MidiDrums, printable
from groovefield.pattern import Grid, Hits

MAX_FILE_STEPS = 200_000
"""Seven hours of sixteenths: a note beyond is a broken time, and would ask for its memory."""

SLOWEST_BPM, FASTEST_BPM = 10.0, 1000.0
"""A window at another tempo is no music: its file states one by mistake."""


@dataclass
class Windows:
    """The windows of one file, and what was counted on the way.

    ``unmapped`` counts notes with no lane by MIDI note; ``doubled`` hits that lay in the
    cell of a louder one; ``outside`` hits before the first whole bar or after the last;
    ``repeats`` windows left out because an equal one is kept; ``sparse`` windows left out
    because a bar in them is empty; ``other_metre`` bars whose metre does not fill the grid;
    ``absurd_tempo`` windows whose tempo is none. ``keys`` are the `hits_key` of each of ``hits``.
    """

    hits: list[Hits] = field(default_factory=list)
    notes: int = 0
    unmapped: Counter[int] = field(default_factory=Counter)
    doubled: int = 0
    outside: int = 0
    repeats: int = 0
    sparse: int = 0
    other_metre: int = 0
    absurd_tempo: int = 0
    metres: set[str] = field(default_factory=set)
    keys: list[bytes] = field(default_factory=list)


def hits_windows(
    drums: MidiDrums,
    grid: Grid | None = None,
    drum_map: DrumMap | None = None,
    *,
    whole_bars: bool = True,
    repeat_short: bool = False,
    tags: dict[str, Any] | None = None,
) -> Windows:
    """Cut a file into windows of a grid, one beginning at every bar.

    A note belongs to its nearest grid line (offset in half steps, [-1, 1)), so a hit just
    before a bar line is an early hit of that bar. With ``whole_bars`` a first bar that begins
    in its second half (a pick-up) and a last bar that stops in its first are not part of any
    window, and windows with an empty bar are left out. With ``repeat_short`` a file shorter
    than the grid is repeated until it fills it, if it does so exactly.
    """
    grid = grid or Grid()
    drum_map = drum_map or map_for_notes(drums.note, drums.rule != ALL_NOTES)
    out = Windows(notes=len(drums.note))
    seen: set[bytes] = set()
    name = printable(drums.path.stem)
    file = printable(drums.path.name)
    for stretch in _stretches(drums, drum_map, grid, out):
        windows = stretch.windows(grid, whole_bars, repeat_short, out)
        for bar, velocity, offset, key in windows:
            bpm = _window_bpm(drums, stretch.tick_of_bar(bar, drums, grid), grid)
            if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
                out.absurd_tempo += 1
                continue
            if key in seen:
                out.repeats += 1
                continue
            seen.add(key)
            out.keys.append(key)
            out.hits.append(
                Hits(
                    velocity=velocity,
                    offset=offset,
                    grid=grid,
                    bpm=bpm,
                    name=f"{name}, bar {bar + 1}",
                    tags={"file": file, "bar": bar, **(tags or {})},
                )
            )
    return out


def hits_from_start(drums: MidiDrums, grid: Grid, drum_map: DrumMap) -> Hits:
    """The one window that begins with the file, whatever its metre and its empty bars: what the
    plugin wrote of a pattern. What lies after the window is left out."""
    lanes = drum_map.lane_numbers()[drums.note]
    known = lanes >= 0
    stretch = _Stretch(
        start_tick=0,
        bar_steps=grid.steps,
        bars_to_next=np.inf,
        position=drums.tick[known] * grid.steps_per_beat / drums.ticks_per_beat,
        lane=lanes[known],
        velocity=drums.velocity[known],
    )
    velocity, offset = stretch.cells(0, 1, Windows())
    tags = {"file": printable(drums.path.name), "bar": 0}
    return Hits(velocity, offset, grid, name=printable(drums.path.stem), tags=tags)


def hits_key(hits: Hits) -> bytes:
    """Equal for windows that are the same to a listener: cells, velocity, offset to 1/256."""
    return rounded(hits.velocity, hits.offset).tobytes()


def rounded(velocity: NDArray[np.float32], offset: NDArray[np.float32]) -> NDArray[np.int16]:
    """(2, lanes, steps): what a listener could tell apart."""
    return np.stack([np.round(velocity * 127), np.round(offset * 256)]).astype(np.int16)


@dataclass(frozen=True)
class _Stretch:
    """The drums of one metre: positions in steps from its first bar line, lanes, velocities.

    ``bars_to_next`` is how many whole bars there are before the metre changes.
    """

    start_tick: int
    bar_steps: int
    bars_to_next: float
    position: NDArray[np.float64]
    lane: NDArray[np.int64]
    velocity: NDArray[np.int64]

    def windows(
        self, grid: Grid, whole_bars: bool, repeat_short: bool, out: Windows
    ) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32], bytes]]:
        """The bar each window begins with, its velocity and offset, (lanes, steps), its key."""
        first, last = self._bars(whole_bars)
        velocity, offset = self.cells(first, last, out)
        bars, window_bars = last - first, grid.steps // self.bar_steps
        if repeat_short and 0 < bars < window_bars and window_bars % bars == 0:
            times = (1, window_bars // bars)
            velocity, offset, bars = np.tile(velocity, times), np.tile(offset, times), window_bars
        whole = rounded(velocity, offset)
        by_bar: NDArray[np.bool_] = (velocity > 0).any(axis=0).reshape(-1, self.bar_steps)
        struck = [bool(bar.any()) for bar in by_bar]
        enough = all if whole_bars else any
        for bar in range(bars - window_bars + 1):
            cells = slice(bar * self.bar_steps, bar * self.bar_steps + grid.steps)
            if not enough(struck[bar : bar + window_bars]):
                out.sparse += 1
                continue
            key = whole[:, :, cells].tobytes()
            yield first + bar, velocity[:, cells].copy(), offset[:, cells].copy(), key

    def tick_of_bar(self, bar: int, drums: MidiDrums, grid: Grid) -> float:
        """Where a bar of this stretch begins in the file."""
        return self.start_tick + bar * self.bar_steps * drums.ticks_per_beat / grid.steps_per_beat

    def _bars(self, whole: bool) -> tuple[int, int]:
        """The first bar of the music and the one after its last."""
        nearest = np.floor(self.position + 0.5)
        first = int(nearest.min()) // self.bar_steps
        last = int(nearest.max()) // self.bar_steps + 1
        begins_late = nearest.min() - first * self.bar_steps > self.bar_steps / 2
        ends_early = nearest.max() - (last - 1) * self.bar_steps < self.bar_steps / 2
        if whole and ends_early and last - first > 1:
            last -= 1
        if whole and begins_late and last - first > 1:
            first += 1
        return first, int(min(last, self.bars_to_next))

    def cells(
        self, first: int, last: int, out: Windows
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Velocity and offset from bar `first` to bar `last`, (lanes, steps of those bars)."""
        steps = max(0, last - first) * self.bar_steps
        nearest = np.floor(self.position + 0.5).astype(np.int64)
        step = nearest - first * self.bar_steps
        inside = (step >= 0) & (step < steps)
        # Quietest first, so that what is written last in a cell is the loudest.
        order = np.flatnonzero(inside)[np.argsort(self.velocity[inside], kind="stable")]
        cell = (self.lane[order], step[order])
        velocity = np.zeros((len(LANES), steps), dtype=np.float32)
        offset = np.zeros_like(velocity)
        velocity[cell] = self.velocity[order] / 127.0
        offset[cell] = 2.0 * (self.position[order] - nearest[order])
        out.outside += int((~inside).sum())
        out.doubled += int(inside.sum() - np.count_nonzero(velocity))
        return velocity, offset


def _stretches(drums: MidiDrums, drum_map: DrumMap, grid: Grid, out: Windows) -> Iterator[_Stretch]:
    """The file's stretches of one metre whose bars fill the grid; the rest is counted."""
    lanes = drum_map.lane_numbers()[drums.note]
    out.unmapped.update(drums.note[lanes < 0].tolist())
    step_ticks = drums.ticks_per_beat / grid.steps_per_beat
    # A stretch begins half a step early: an early first hit is its own.
    begins = [start - step_ticks / 2 for start, _, _ in drums.metres[1:]]
    for (start, numerator, denominator), begin, end in zip(
        drums.metres, [-step_ticks / 2, *begins], [*begins, np.inf], strict=True
    ):
        inside = (lanes >= 0) & (drums.tick >= begin) & (drums.tick < end)
        if not inside.any():
            continue
        out.metres.add(f"{numerator}/{denominator}")
        position = (drums.tick[inside] - start) / step_ticks
        if position.max() > MAX_FILE_STEPS:
            raise MaterialError(
                f"{printable(drums.path.name)} is too long for a groove: {position.max():.0f} "
                f"steps, at most {MAX_FILE_STEPS} are read."
            )
        bar_steps = Fraction(numerator * 4 * grid.steps_per_beat, denominator)
        if bar_steps.denominator != 1 or grid.steps % bar_steps != 0:
            out.other_metre += int(np.ceil((position.max() + 0.5) / float(bar_steps)))
            continue
        yield _Stretch(
            start_tick=start,
            bar_steps=int(bar_steps),
            bars_to_next=np.floor((end - begin) / step_ticks / int(bar_steps) + 1e-6),
            position=position,
            lane=lanes[inside],
            velocity=drums.velocity[inside],
        )


def _window_bpm(drums: MidiDrums, start_tick: float, grid: Grid) -> float:
    """Mean tempo of a window: its beats over the time they take."""
    end_tick = start_tick + grid.beats * drums.ticks_per_beat
    return float(grid.beats * 60.0 / (drums.seconds(end_tick) - drums.seconds(start_tick)))

"""Windows of a grid from a loop, beside those of MIDI files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops.reading import LoopReading, Override, read_loop
from groovefield.material.midi_files import MaterialError, Windows, hits_key
from groovefield.pattern import Grid, Hits

_BAR_BEATS = 4
_QUIETEST = 1 / 127


def load_loop(
    path: Path | str,
    grid: Grid | None = None,
    override: Override | None = None,
    *,
    tags: dict[str, Any] | None = None,
) -> Windows:
    """A file's windows, as `groovefield.material.midi_files.hits_windows` gives a MIDI file's.

    Raises `MaterialError`.
    """
    return loop_windows(read_loop(path, override), grid, tags)


def loop_windows(
    reading: LoopReading, grid: Grid | None = None, tags: dict[str, Any] | None = None
) -> Windows:
    """Windows that begin at every bar; a loop shorter than one is repeated until it fills it.

    A hit belongs to its nearest grid line, its distance is kept as offset; one just before the
    end of a loop that is cut exactly is an early hit of its first beat. Raises `MaterialError`
    when the loop neither fills a window nor divides it.
    """
    grid = grid or Grid()
    lane_hits = [
        (float(reading.time[onset]), int(lane), float(reading.velocity[onset, lane]))
        for onset, lane in zip(*np.nonzero(reading.struck), strict=True)
    ]
    return cut_windows(reading, lane_hits, len(LANES), grid, tags)


def cut_windows(
    reading: LoopReading,
    lane_hits: list[tuple[float, int, float]],
    lanes: int,
    grid: Grid,
    tags: dict[str, Any] | None,
) -> Windows:
    """Windows of (seconds, lane, velocity) hits at a reading's tempo."""
    out = Windows(notes=len(lane_hits), metres={"4/4"})
    beats = _whole_beats(reading, grid)
    steps = beats * grid.steps_per_beat
    velocity, offset = _cells(reading, lane_hits, lanes, steps, grid, out)
    if beats < grid.beats:
        times = (1, grid.beats // beats)
        velocity, offset = np.tile(velocity, times), np.tile(offset, times)
    bar_steps = grid.steps_per_beat * (_BAR_BEATS if grid.beats % _BAR_BEATS == 0 else grid.beats)
    seen: set[bytes] = set()
    for bar, cells in _bars(velocity.shape[1], bar_steps, grid.steps):
        hits = Hits(
            velocity=velocity[:, cells].copy(),
            offset=offset[:, cells].copy(),
            grid=grid,
            bpm=reading.bpm,
            name=f"{reading.path.stem}, bar {bar + 1}",
            tags={"source": "loop", "file": reading.path.name, "bar": bar, **(tags or {})},
        )
        in_bars = hits.onset.reshape(lanes, -1, bar_steps).any(axis=(0, 2))
        if not in_bars.all():
            out.sparse += 1
        elif hits_key(hits) in seen:
            out.repeats += 1
        else:
            seen.add(hits_key(hits))
            out.hits.append(hits)
    return out


def _whole_beats(reading: LoopReading, grid: Grid) -> int:
    """How many beats are used: all, or the whole bars of a loop that is longer than a window."""
    beats = round(reading.beats)
    if 0 < beats < grid.beats and grid.beats % beats == 0:
        return beats
    if beats >= grid.beats:
        return beats
    raise MaterialError(
        f"{reading.path.name} is {reading.beats:g} beats long at {reading.bpm:.1f} bpm, which "
        f"neither fill nor divide a window of {grid.beats}."
    )


def _bars(steps: int, bar_steps: int, window_steps: int) -> Iterator[tuple[int, slice]]:
    for start in range(0, steps - window_steps + 1, bar_steps):
        yield start // bar_steps, slice(start, start + window_steps)


def _cells(
    reading: LoopReading,
    lane_hits: list[tuple[float, int, float]],
    lanes: int,
    steps: int,
    grid: Grid,
    out: Windows,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Velocity and offset (lanes, steps); the loudest hit of a cell is kept."""
    velocity = np.zeros((lanes, steps), dtype=np.float32)
    offset = np.zeros_like(velocity)
    for time, lane, force in sorted(lane_hits, key=lambda hit: hit[2]):
        position = (time - reading.start) * reading.bpm / 60 * grid.steps_per_beat
        nearest = int(np.floor(position + 0.5))
        step = nearest % steps if reading.exact else nearest
        if not 0 <= step < steps:
            out.outside += 1
            continue
        out.doubled += int(velocity[lane, step] > 0)
        velocity[lane, step] = min(1.0, max(_QUIETEST, force))
        offset[lane, step] = np.clip(2.0 * (position - nearest), -1.0, np.nextafter(1, 0))
    return velocity, offset

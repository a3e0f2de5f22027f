"""Where on the pad the song is at a step: motion, wander, changes that wait, fills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from groovefield.pattern import Grid
from groovefield.reference.cells import cycle_steps_of, f4, rate_of
from groovefield.reference.draws import hash_words, uniform
from groovefield.reference.words import Overlay, Play

WANDER_DRAW = 3
FILL_TRAVEL, FILL_THRESHOLD = 0.4, 0.45


def reflected(v: float) -> float:
    """Back from the pad's edges."""
    v = abs(v)
    return max(0.0, 2.0 - v) if v > 1.0 else v


def bar_beats(grid: Grid) -> float:
    """A grid is two bars long."""
    return grid.steps / (2 if grid.steps % 2 == 0 else 1) / grid.steps_per_beat


def change_step(play: Play, grid_step: int, grid: Grid) -> int:
    """The last step, this one included, at which another place may begin to be heard."""
    if play.change == "cycle":
        steps = cycle_steps_of(play, grid)
        return grid_step // steps * steps
    if play.change in ("beat", "bar"):
        beats = 1.0 if play.change == "beat" else bar_beats(grid)
        rate = rate_of(play, grid)
        return min(grid_step, math.ceil(math.floor(grid_step / rate / beats) * beats * rate))
    return grid_step


def is_fill(play: Play, grid_step: int, grid: Grid) -> bool:
    """In the last bar of every ``fill_bars``, from its second beat on."""
    beats = grid_step / rate_of(play, grid)
    bar = math.floor(beats / bar_beats(grid))
    due = play.fill_bars > 0 and bar % play.fill_bars == play.fill_bars - 1
    return due and play.fill_amount > 0 and beats - bar * bar_beats(grid) >= 1


def position_at(play: Play, overlay: Overlay, grid_step: int, grid: Grid) -> tuple[float, ...]:
    """The position at a step of the song, after motion, wander and fill; then the style.

    Motion and wander are as they were when a change was last due; a fill waits for nothing.
    """
    beats = change_step(play, grid_step, grid) / rate_of(play, grid)
    at = list(play.position)

    def go_towards(place: Sequence[float], amount: float) -> None:
        at[:] = [reflected(v + amount * (p - v)) for v, p in zip(at, place, strict=True)]

    moved = beats * play.motion_speed
    if play.motion == "path" and overlay.path_beats > 0 and overlay.path:
        count = len(overlay.path)
        time = moved / overlay.path_beats
        time = (time - math.floor(time)) * count
        first = min(int(time), count - 1)
        for d in range(2):
            a, b = overlay.path[first][d], overlay.path[(first + 1) % count][d]
            at[d] = reflected(at[d] + play.motion_size * (a + (b - a) * (time - first)))
    elif play.motion == "points" and overlay.points:
        count = len(overlay.points)
        visit = moved / (overlay.points_beats * count)
        visit = (visit - math.floor(visit)) * count
        go_towards(overlay.points[min(int(visit), count - 1)], min(1.0, play.motion_size))

    if play.wander > 0:
        turns = beats / 2.0
        index = math.floor(turns)
        along = turns - index
        eased = along * along * (3.0 - 2.0 * along)
        for d in range(2):
            a, b = (
                2.0 * uniform(hash_words(WANDER_DRAW, play.seed, d, i)) - 1.0
                for i in (index, index + 1)
            )
            at[d] = reflected(at[d] + play.wander * 0.5 * (a + (b - a) * eased))

    if is_fill(play, grid_step, grid):
        if overlay.fills:
            here = [f4(v) for v in at]
            nearest = min(
                overlay.fills,
                key=lambda place: sum((p - v) ** 2 for p, v in zip(place, here, strict=True)),
            )
            go_towards(nearest, play.fill_amount)
        else:
            at[0] = min(1.0, at[0] + play.fill_amount * FILL_TRAVEL)
    return (*at, play.style)


def parameters_at(play: Play, overlay: Overlay, grid_step: int, grid: Grid) -> Play:
    """The parameters of a step: without places of fills to go to, more is likely in a fill."""
    if overlay.fills or not is_fill(play, grid_step, grid):
        return play
    share = 1.0 - play.fill_amount * (1.0 - FILL_THRESHOLD)
    return replace(play, threshold=play.threshold * share)

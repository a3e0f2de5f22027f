"""How a step is played: what the parameters and the musician make of a pattern's cell."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from groovefield.pattern import Grid, Pattern
from groovefield.reference.draws import (
    OFFSET_STRAY,
    VELOCITY_STRAY,
    hash_words,
    normal,
    strayed,
    uniform,
)
from groovefield.reference.words import SCALES, Edit, Melody, Overlay, Play

NEUTRAL_VELOCITY = 100 / 127
EARLIEST, LATEST = -0.5, 1 - 2.0**-20
TAKE_DRAW, TAKE_VELOCITY_DRAW, TAKE_OFFSET_DRAW = 10, 11, 12
SUREST = 1e-9
SLOWEST_RATE = 1.0
"""Steps a beat."""


def lane_threshold(play: Play, lane: int) -> float:
    """The probability that a cell of the lane must exceed to sound."""
    d = play.density[lane]
    if d <= 0.5:
        return 1.0 - (1.0 - play.threshold) * (2.0 * d)
    return play.threshold * (2.0 - 2.0 * d)


@dataclass(frozen=True)
class Cell:
    """A cell under what was laid over it; ``sounds`` None: if it is likely enough."""

    probability: float
    velocity: float
    offset: float
    velocity_spread: float
    offset_spread: float
    sounds: bool | None = None


def f4(value: float) -> float:
    """As the player keeps it: a 32-bit float."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _cell(numbers: Sequence[float]) -> Cell:
    probability, velocity, offset, velocity_spread, offset_spread = numbers
    return Cell(probability, velocity, offset, velocity_spread, offset_spread)


def in_take(cell: Cell, take: int, variation: float, lane: int, step: int) -> Cell:
    """Another take: the logit moved by a logistic draw, velocity and offset by their spreads."""
    if take == 0 or not variation > 0:
        return cell
    p = min(1 - SUREST, max(SUREST, cell.probability))
    u = min(1 - SUREST, max(SUREST, uniform(hash_words(TAKE_DRAW, take, lane, step))))
    odds = p / (1 - p) * math.pow(u / (1 - u), variation)
    louder = normal(hash_words(TAKE_VELOCITY_DRAW, take, lane, step))
    later = normal(hash_words(TAKE_OFFSET_DRAW, take, lane, step))
    return replace(
        cell,
        probability=f4(odds / (1 + odds)),
        velocity=f4(cell.velocity + variation * cell.velocity_spread * louder),
        offset=f4(cell.offset + variation * cell.offset_spread * later),
    )


def laid_cell(pattern: Pattern, overlay: Overlay, play: Play, lane: int, step: int) -> Cell:
    """A pattern's cell: an edit goes before a lock, a lock before a take."""
    arrays = (pattern.probability, pattern.velocity, pattern.offset,
              pattern.velocity_spread, pattern.offset_spread)  # fmt: skip
    own = _cell([float(a[lane, step]) for a in arrays])
    if overlay.steps_per_beat != pattern.grid.steps_per_beat:
        return own
    if lane in overlay.held:
        cell = _cell(overlay.held[lane][step])
        cell = replace(cell, sounds=cell.probability > 0.5)
    else:
        cell = in_take(own, overlay.takes.get((lane, step), 0), play.variation, lane, step)
    edit = overlay.edits.get((lane, step), Edit())
    if edit.struck is not None:
        cell = replace(cell, sounds=edit.struck)
    if edit.velocity is not None:
        cell = replace(cell, velocity=f4(edit.velocity / 127))
    if edit.offset is not None:
        cell = replace(cell, offset=edit.offset)
    return cell


def rate_of(play: Play, grid: Grid) -> float:
    """Steps a beat as they are played."""
    return max(SLOWEST_RATE, (play.division or grid.steps_per_beat) * play.time)


def cycle_steps_of(play: Play, grid: Grid, own: int = 0) -> int:
    """Steps of a cycle: a lane's own number goes before the common one."""
    return min(grid.steps, max(1, own or play.steps))


def strike(
    pattern: Pattern, overlay: Overlay, play: Play, lane: int, grid_step: int
) -> tuple[float, int] | None:
    """(displacement in steps, velocity 1..127) of a lane at a step, or None without a sound."""
    cycle_steps = cycle_steps_of(play, pattern.grid, overlay.steps[lane])
    turned = (grid_step - play.rotate - overlay.rotate[lane]) % cycle_steps
    cell = laid_cell(pattern, overlay, play, lane, turned)
    if cell.sounds is False:
        return None
    if cell.sounds is None and not cell.probability > lane_threshold(play, lane):
        return None
    rate = rate_of(play, pattern.grid)
    displacement = cell.offset * 0.5 * play.groove + overlay.push[lane]
    velocity = NEUTRAL_VELOCITY + play.velocity_amount * (cell.velocity - NEUTRAL_VELOCITY)
    if grid_step % 2 and rate % 2 == 0:
        displacement += 2.0 * play.swing - 1.0
    if play.humanise > 0:
        address = (play.seed, lane, grid_step, cycle_steps, rate)
        displacement += play.humanise * cell.offset_spread * 0.5 * strayed(OFFSET_STRAY, *address)
        velocity += play.humanise * cell.velocity_spread * strayed(VELOCITY_STRAY, *address)
    loudness = math.floor(min(127.0, max(play.softest, velocity * 127.0)) + 0.5)
    return min(LATEST, max(EARLIEST, displacement)), loudness


def silenced(overlay: Overlay, play: Play, lane: int) -> bool:
    """Whether a drum is not heard: muted, or another plays solo."""
    return play.mute[lane] or bool(overlay.solo and lane not in overlay.solo)


def drives(overlay: Overlay, play: Play, lane: int) -> bool:
    """Whether a lane's hits play the melody: its own mute does not matter, another's solo does."""
    if overlay.melody.source is None:
        return not silenced(overlay, play, lane)
    soloed = not overlay.solo or lane in overlay.solo
    return overlay.melody.source == lane and soloed


def pitch_at(melody: Melody, transpose: int, grid_step: int) -> int | None:
    """The MIDI note at a step of the song, by octaves within 0..127; None at a rest."""
    degree = melody.degrees[grid_step % len(melody.degrees)]
    if degree is None:
        return None
    scale = SCALES[melody.scale]
    octaves, tone = divmod(degree, len(scale))
    note = 12 * (melody.octave + 2 + octaves) + melody.key + scale[tone] + transpose
    while note < 0:
        note += 12
    while note > 127:
        note -= 12
    return note

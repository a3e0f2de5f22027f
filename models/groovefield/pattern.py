"""Grids and patterns: what a point of the field holds and what a window of material holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Grid:
    """Steps a beat times beats. A beat is a quarter note, as in a host's ppq.

    Two bars of 4/4 in sixteenths are ``Grid(4, 8)``: 32 steps. Triplets, 3/4 and
    6/8 are other grids: ``Grid(3, 8)``, ``Grid(4, 6)``, ``Grid(4, 6)``.
    """

    steps_per_beat: int = 4
    beats: int = 8

    @property
    def steps(self) -> int:
        """Cells of a lane."""
        return self.steps_per_beat * self.beats


@dataclass(frozen=True)
class Hits:
    """One window of material: which cells are struck, how hard, how far off the grid.

    ``velocity`` (lanes, steps), 0..1, 0 where there is no hit;
    ``offset`` (lanes, steps), in half steps, [-1, 1): -1 is half a step early.
    """

    velocity: Floats
    offset: Floats
    grid: Grid = Grid()
    bpm: float = 120.0
    name: str = ""
    tags: dict[str, Any] = field(default_factory=dict)

    @property
    def onset(self) -> NDArray[np.bool_]:
        """(lanes, steps), true where there is a hit."""
        return self.velocity > 0


@dataclass(frozen=True)
class Pattern:
    """What a point of the field is: five arrays of (lanes, steps), float32.

    ``probability`` 0..1; ``velocity`` 0..1; ``offset`` in half steps [-1, 1);
    ``velocity_spread`` and ``offset_spread`` are standard deviations in the same units.
    """

    probability: Floats
    velocity: Floats
    offset: Floats
    velocity_spread: Floats
    offset_spread: Floats
    grid: Grid = Grid()

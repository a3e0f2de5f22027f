"""The rhythm of a melodic loop: one lane, whatever sounds in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from groovefield.loops.reading import LoopReading, Override, read_loop
from groovefield.loops.windows import cut_windows
from groovefield.material.midi_files import Windows
from groovefield.pattern import Grid


def load_rhythm(
    path: Path | str,
    grid: Grid | None = None,
    override: Override | None = None,
    *,
    tags: dict[str, Any] | None = None,
) -> Windows:
    """A melodic loop's windows with a single lane, (1, steps). Raises `MaterialError`."""
    return rhythm_windows(read_loop(path, override), grid, tags)


def rhythm_windows(
    reading: LoopReading, grid: Grid | None = None, tags: dict[str, Any] | None = None
) -> Windows:
    """The onsets of a reading without their drums; each as loud as the loudest thing in it."""
    hits = [
        (float(time), 0, float(np.where(struck, velocity, 0.0).max()))
        for time, struck, velocity in zip(
            reading.time, reading.struck, reading.velocity, strict=True
        )
    ]
    tags = {"melodic": True, **(tags or {})}
    return cut_windows(reading, hits, 1, grid or Grid(), tags)

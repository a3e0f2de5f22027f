"""What namers hear in training, kept in files of plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from groovefield.loops.context import Pulse
from groovefield.loops.context_training import Loop

Hearings = tuple[Loop, Loop, Loop]
"""A loop as it is, as the detector finds it, and all that the detector held possible."""


def keep(path: Path, heard: Sequence[Hearings]) -> None:
    """Write them, whole or not at all; what is None is left out."""
    arrays = {
        f"{number}/{part}/{each.name}": np.asarray(value)
        for number, hearings in enumerate(heard)
        for part, loop in enumerate(hearings)
        for each in fields(Loop)
        if (value := getattr(loop, each.name)) is not None
    }
    written = path.with_suffix(".part")
    with written.open("wb") as file:
        np.savez(file, loops=np.asarray(len(heard)), **arrays)  # type: ignore[arg-type]
    written.replace(path)


def read(path: Path) -> list[Hearings]:
    """What `keep` wrote.

    Raises:
        ValueError: there is something else than plain arrays in it; nothing of it is executed.
    """
    with np.load(path, allow_pickle=False) as kept:

        def loop(number: int, part: int) -> Loop:
            given: dict[str, Any] = {
                each.name: kept[key]
                for each in fields(Loop)
                if (key := f"{number}/{part}/{each.name}") in kept
            }
            if "pulse" in given:
                given["pulse"] = Pulse(*given["pulse"].tolist())
            return Loop(**given)

        return [
            (loop(number, 0), loop(number, 1), loop(number, 2))
            for number in range(int(kept["loops"]))
        ]

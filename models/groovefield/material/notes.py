"""The drum notes of one file, in ticks, before any grid is laid over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ALL_NOTES = "all notes"
"""The rule of `drum_tracks` under which a file may be a Drum Rack's."""


class MaterialError(ValueError):
    """Material that cannot be used; the message is a sentence naming it and the reason."""


def printable(name: str) -> str:
    """A file's name as a sentence can hold it, whatever bytes it is made of."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


@dataclass(frozen=True)
class MidiDrums:
    """The drum notes of one file, in time order.

    ``tick``, ``note`` and ``velocity`` (1..127) are (notes,) arrays. ``tempos`` holds
    (tick, bpm in quarter notes), ``metres`` (tick, numerator, denominator); both begin at
    tick 0 and are never empty. ``rule`` is how the drums were found (`drum_tracks.RULES`).
    """

    path: Path
    ticks_per_beat: int
    tick: NDArray[np.int64]
    note: NDArray[np.int64]
    velocity: NDArray[np.int64]
    tempos: tuple[tuple[int, float], ...]
    metres: tuple[tuple[int, int, int], ...]
    rule: str = ""

    @cached_property
    def _tempo_map(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Ticks where a tempo begins, the seconds passed there, seconds a tick from there."""
        tick = np.array([tick for tick, _ in self.tempos], dtype=np.float64)
        pace = np.array([60.0 / bpm / self.ticks_per_beat for _, bpm in self.tempos])
        passed = np.concatenate([[0.0], np.cumsum(np.diff(tick) * pace[:-1])])
        return tick, passed, pace

    def seconds(self, tick: float) -> float:
        """Time of a tick along the file's tempo map."""
        begin, passed, pace = self._tempo_map
        if len(self.tempos) == 1:
            return tick * float(pace[0])
        i = max(0, int(np.searchsorted(begin, tick, side="right")) - 1)
        return float(passed[i] + (tick - begin[i]) * pace[i])

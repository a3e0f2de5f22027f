"""What a person chose for an import: of all files, and of single ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groovefield.material.drum_maps import DrumMap
from groovefield.pattern import Grid


@dataclass(frozen=True)
class FileSettings:
    """What was chosen for one file; what is empty is found out from the file.

    ``rule`` is one of `drum_tracks.RULES`, ``drum_map`` the active map, ``grid`` the grid it is
    laid on. ``bpm``, ``beats`` (of the whole file), ``start`` (second of the first beat) and
    ``lanes`` (lane IDs by the number of an onset) are for audio loops.
    """

    rule: str = ""
    drum_map: DrumMap | None = None
    grid: Grid | None = None
    bpm: float | None = None
    beats: float | None = None
    start: float | None = None
    lanes: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportSettings:
    """``every`` holds for all files; ``files`` for those whose content has that SHA-256 (hex).

    A correction so follows its file wherever it is moved, and all its copies.
    """

    every: FileSettings = FileSettings()
    files: Mapping[str, FileSettings] = field(default_factory=dict)

    def of(self, key: str) -> FileSettings:
        """The settings of one file: its own where it has them, else those of every file."""
        own = self.files.get(key)
        if own is None:
            return self.every
        return replace(
            own,
            rule=own.rule or self.every.rule,
            drum_map=own.drum_map or self.every.drum_map,
            grid=own.grid or self.every.grid,
        )

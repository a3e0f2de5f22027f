"""What a person chose for an import: of all files, and of single ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

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

    def over(self, other: FileSettings) -> FileSettings:
        """What is chosen here, and where nothing is, what the other chose."""
        chosen = {each.name: getattr(self, each.name) for each in fields(self)}
        nothing = FileSettings()
        return replace(
            other,
            **{name: value for name, value in chosen.items() if value != getattr(nothing, name)},
        )


@dataclass(frozen=True)
class ImportSettings:
    """``files`` is remembered of those whose content has that SHA-256 (hex); ``every`` is said
    now of all files, and goes before what is remembered.

    A correction so follows its file wherever it is moved, and all its copies.
    """

    every: FileSettings = FileSettings()
    files: Mapping[str, FileSettings] = field(default_factory=dict)

    def of(self, key: str) -> FileSettings:
        """The settings of one file."""
        return self.every.over(self.files.get(key, FileSettings()))

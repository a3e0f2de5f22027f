"""What became of the files that material was read from, for a person to read.

Nothing is lost in silence: what was not used is counted, and a file with no window has its
reason as a sentence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groovefield.material.cut import Windows
from groovefield.material.drum_maps import NOTE_NAMES
from groovefield.material.grids import words
from groovefield.pattern import Grid

FOLDER = "folder"
"""The ``kind`` of what is no file: a folder that holds nothing, or cannot be read."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file (or of a folder as a whole): its windows, or why it has none.

    ``path`` is where it is as it can be shown, ``place`` as it can be opened. ``key`` is the
    SHA-256 of its content, by which `ImportSettings.files` knows it. ``rule`` and ``drum_map`` say
    how its drums were found, ``grid`` is its own or the one chosen, ``open`` that any division of
    the beat suits it. The counts are those of `Windows`; ``repeats`` holds those of
    other files too. ``details`` are what a kind of file has besides, such as where a loop's tempo
    is from.
    """

    file: str
    windows: int = 0
    reason: str = ""
    path: str = ""
    place: Path | None = None
    key: str = ""
    kind: str = ""
    rule: str = ""
    drum_map: str = ""
    grid: Grid | None = None
    open: bool = False
    metres: tuple[str, ...] = ()
    bpm: float = 0.0
    style: str = ""
    split: str = ""
    notes: int = 0
    unmapped: dict[int, int] = field(default_factory=dict)
    doubled: int = 0
    outside: int = 0
    repeats: int = 0
    sparse: int = 0
    details: dict[str, str | float | bool] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether it gave any window."""
        return self.windows > 0

    def to_json(self) -> dict[str, Any]:
        """For another program: plain values only."""
        out: dict[str, Any] = {k: v for k, v in vars(self).items() if k != "place"}
        out["used"] = self.used
        out["metres"] = list(self.metres)
        out["unmapped"] = {str(note): count for note, count in self.unmapped.items()}
        out["grid"] = grid_json(self.grid)
        return out

    def sentence(self) -> str:
        """What was found in it, in one line."""
        if not self.used:
            return self.reason
        said = [f"{self.file}: {count(self.windows, 'window')} of {count(self.notes, 'note')}"]
        if self.rule:
            said.append(f"drums by {self.rule}")
        if self.drum_map:
            said.append(f"map {self.drum_map}")
        if self.grid:
            said.append(words(self.grid))
        if self.metres:
            said.append(", ".join(self.metres))
        if self.bpm:
            told, sure = self.details.get("tempo from"), self.details.get("confidence")
            known = (
                f" from {told} ({100 * sure:.0f} % sure)"
                if told and isinstance(sure, float)
                else ""
            )
            said.append(f"{self.bpm:.5g} bpm{known}")
        counts = {
            "in the cell of a louder hit": self.doubled,
            "outside whole bars": self.outside,
        }
        said += [f"{number} {what}" for what, number in counts.items() if number]
        for what, number in (("repeated", self.repeats), ("with an empty bar", self.sparse)):
            if number:
                said.append(f"{count(number, 'window')} {what}")
        if self.unmapped:
            said.append(f"no lane for {_notes(Counter(self.unmapped))}")
        return "; ".join(said) + "."


@dataclass
class Report:
    """What was read: every file, and what was counted in them all.

    ``grid`` is the one chosen, None where there was nothing to choose; ``remarks`` are sentences
    about the whole. ``not_midi`` counts the files of other kinds, ``links`` those to folders.
    """

    files: list[FileReport] = field(default_factory=list)
    not_midi: int = 0
    links: int = 0
    notes: int = 0
    unmapped: Counter[int] = field(default_factory=Counter)
    doubled: int = 0
    outside: int = 0
    repeats: int = 0
    sparse: int = 0
    grid: Grid | None = None
    remarks: list[str] = field(default_factory=list)

    def add(self, file: str, windows: Windows, kept: int, reason: str = "", **more: Any) -> None:
        """Count one file's windows, of which `kept` are new; ``more`` are fields of its report."""
        repeats = windows.repeats + len(windows.hits) - kept
        self.files.append(
            FileReport(
                file,
                kept,
                reason,
                metres=tuple(sorted(windows.metres)),
                notes=windows.notes,
                unmapped=dict(windows.unmapped),
                doubled=windows.doubled,
                outside=windows.outside,
                repeats=repeats,
                sparse=windows.sparse,
                **more,
            )
        )
        self.notes += windows.notes
        self.unmapped += windows.unmapped
        self.doubled += windows.doubled
        self.outside += windows.outside
        self.repeats += repeats
        self.sparse += windows.sparse

    @property
    def refused(self) -> list[FileReport]:
        """The files that gave no window, each with its reason."""
        return [file for file in self.files if not file.used]

    def merged(self, other: Report) -> Report:
        """Both reports in one."""
        return Report(
            files=self.files + other.files,
            not_midi=self.not_midi + other.not_midi,
            links=self.links + other.links,
            notes=self.notes + other.notes,
            unmapped=self.unmapped + other.unmapped,
            doubled=self.doubled + other.doubled,
            outside=self.outside + other.outside,
            repeats=self.repeats + other.repeats,
            sparse=self.sparse + other.sparse,
            grid=self.grid or other.grid,
            remarks=self.remarks + other.remarks,
        )

    def to_json(self) -> dict[str, Any]:
        """For another program: plain values only, each file with its report."""
        return {
            "files": [file.to_json() for file in self.files],
            "used": sum(file.used for file in self.files),
            "windows": sum(file.windows for file in self.files),
            "not_midi": self.not_midi,
            "links": self.links,
            "notes": self.notes,
            "unmapped": {str(note): count for note, count in self.unmapped.items()},
            "doubled": self.doubled,
            "outside": self.outside,
            "repeats": self.repeats,
            "sparse": self.sparse,
            "grid": grid_json(self.grid),
            "remarks": list(self.remarks),
        }

    def sentences(self) -> list[str]:
        """The report for a person: totals, then one sentence for each file not used."""
        return self.whole() + [file.reason for file in self.refused]

    def whole(self) -> list[str]:
        """The totals, and what there is to say about all files together."""
        used = sum(file.used for file in self.files)
        files = sum(file.kind != FOLDER for file in self.files)
        windows = sum(file.windows for file in self.files)
        lines = [
            f"{used} of {count(files, 'file')} used: {count(windows, 'window')}, "
            f"{count(self.notes, 'note')}."
        ]
        lines += self.remarks
        if self.not_midi:
            are = "file is" if self.not_midi == 1 else "files are"
            were = "was" if self.not_midi == 1 else "were"
            lines.append(
                f"{self.not_midi} other {are} neither MIDI nor audio and {were} left alone."
            )
        if self.links:
            are = (
                "1 link to a folder is" if self.links == 1 else f"{self.links} links to folders are"
            )
            lines.append(f"{are} not followed.")
        if self.repeats:
            were = "repeat of a window was" if self.repeats == 1 else "repeats of a window were"
            lines.append(f"{self.repeats} exact {were} left out.")
        if self.doubled:
            lines.append(
                f"{count(self.doubled, 'hit')} lay in the cell of a louder one, which was kept."
            )
        if self.unmapped:
            total = self.unmapped.total()
            have = "has" if total == 1 else "have"
            lines.append(f"{count(total, 'note')} {have} no lane: {_notes(self.unmapped)}.")
        return lines


def count(number: int, what: str) -> str:
    """A number of things, in the singular where there is one."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def grid_json(grid: Grid | None) -> dict[str, int] | None:
    """A grid as plain values."""
    return {"steps_per_beat": grid.steps_per_beat, "beats": grid.beats} if grid else None


def _notes(counts: Counter[int]) -> str:
    return ", ".join(
        f"{note} {NOTE_NAMES.get(note, 'no drum')} ({times})"
        for note, times in counts.most_common(5)
    )

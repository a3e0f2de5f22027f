"""What became of the files that material was read from, for a person to read.

Nothing is lost in silence: what was not used is counted, and a file with no window has its
reason as a sentence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from groovefield.material.drum_maps import NOTE_NAMES
from groovefield.material.midi_files import Windows


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its windows, or why it has none."""

    file: str
    windows: int = 0
    reason: str = ""

    @property
    def used(self) -> bool:
        """Whether it gave any window."""
        return self.windows > 0


@dataclass
class Report:
    """What was read: every file, and what was counted in them all."""

    files: list[FileReport] = field(default_factory=list)
    not_midi: int = 0
    notes: int = 0
    unmapped: Counter[int] = field(default_factory=Counter)
    doubled: int = 0
    outside: int = 0
    repeats: int = 0
    sparse: int = 0

    def add(self, file: str, windows: Windows, kept: int, reason: str = "") -> None:
        """Count one file's windows, of which `kept` are new."""
        self.files.append(FileReport(file, kept, reason))
        self.notes += windows.notes
        self.unmapped += windows.unmapped
        self.doubled += windows.doubled
        self.outside += windows.outside
        self.repeats += windows.repeats + len(windows.hits) - kept
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
            notes=self.notes + other.notes,
            unmapped=self.unmapped + other.unmapped,
            doubled=self.doubled + other.doubled,
            outside=self.outside + other.outside,
            repeats=self.repeats + other.repeats,
            sparse=self.sparse + other.sparse,
        )

    def sentences(self) -> list[str]:
        """The report for a person: totals, then one sentence for each file not used."""
        used = sum(file.used for file in self.files)
        windows = sum(file.windows for file in self.files)
        lines = [f"{used} of {len(self.files)} files used: {windows} windows, {self.notes} notes."]
        if self.not_midi:
            lines.append(f"{self.not_midi} other files are not MIDI and were left alone.")
        if self.repeats:
            lines.append(f"{self.repeats} exact repeats of a window were left out.")
        if self.doubled:
            lines.append(f"{self.doubled} hits lay in the cell of a louder one, which was kept.")
        if self.unmapped:
            worst = ", ".join(
                f"{note} {NOTE_NAMES.get(note, 'no drum')} ({count})"
                for note, count in self.unmapped.most_common(5)
            )
            lines.append(f"{self.unmapped.total()} notes have no lane: {worst}.")
        return lines + [file.reason for file in self.refused]

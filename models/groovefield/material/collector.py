"""Windows of many files gathered, exact repeats across them left out, each file reported on."""

from __future__ import annotations

from typing import Any

from groovefield.material.cut import Windows, hits_key
from groovefield.material.report import FileReport, Report
from groovefield.pattern import Hits


class Collector:
    """``hits`` are the windows that are new, in the order they came; ``report`` says the rest."""

    def __init__(self) -> None:
        self.hits: list[Hits] = []
        self.report = Report()
        self._seen: set[bytes] = set()

    def add(
        self, file: str, windows: Windows, reason: str = "", split: str = "", **about: Any
    ) -> None:
        """Take a file's new windows. ``reason`` is why it has none, where that is known already;
        ``split`` and ``about`` are fields of its `FileReport`."""
        kept = 0
        for hits, key in zip(
            windows.hits, windows.keys or map(hits_key, windows.hits), strict=True
        ):
            if key not in self._seen:
                self._seen.add(key)
                self.hits.append(hits)
                kept += 1
        reason = "" if kept else reason or why_no_windows(file, windows)
        self.report.add(file, windows, kept, reason, split=split if kept else "", **about)

    def refuse(self, file: str, reason: str, **about: Any) -> None:
        """A file that could not be read."""
        self.report.files.append(FileReport(file, 0, reason, **about))


def why_no_windows(file: str, windows: Windows) -> str:
    """Why a file that was read gave nothing new, as a sentence."""
    if windows.hits:
        return f"{file} only repeats windows of other files."
    if windows.notes == windows.unmapped.total():
        return f"{file} holds no note that is a drum in the map."
    if windows.absurd_tempo:
        return f"{file} states a tempo that no music has."
    if windows.other_metre:
        return f"{file} is in {', '.join(sorted(windows.metres))}, which does not fill the grid."
    if windows.sparse:
        return f"{file} has no window without an empty bar."
    return f"{file} is shorter than one window."

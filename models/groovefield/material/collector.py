"""Windows of many files gathered, exact repeats across them left out, each file reported on."""

from __future__ import annotations

from typing import Any

from groovefield.material.cut import Windows, hits_key
from groovefield.material.report import FileReport, Report
from groovefield.pattern import Hits

MOST_NOTES = 4
"""Numbers of notes that a sentence names."""


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
        if not kept and not reason:
            reason = why_no_windows(file, windows, about.get("drum_map", ""))
        self.report.add(file, windows, kept, reason, split=split if kept else "", **about)

    def refuse(self, file: str, reason: str, **about: Any) -> None:
        """A file that could not be read."""
        self.report.files.append(FileReport(file, 0, reason, **about))


def why_no_windows(file: str, windows: Windows, drum_map: str = "") -> str:
    """Why a file that was read by a drum map gave nothing new, as a sentence."""
    if windows.hits:
        return f"{file} only repeats windows of other files."
    if windows.notes == windows.unmapped.total():
        return _no_drums(file, windows, drum_map)
    if windows.absurd_tempo:
        return f"{file} states a tempo that no music has."
    if windows.other_metre:
        return f"{file} is in {', '.join(sorted(windows.metres))}, which does not fill the grid."
    if windows.sparse:
        return f"{file} has no window without an empty bar."
    return f"{file} is shorter than one window."


def _no_drums(file: str, windows: Windows, drum_map: str) -> str:
    where = f"the map {drum_map}" if drum_map else "the map"
    if not windows.notes:
        return f"{file} holds no note that is a drum in {where}."
    notes = sorted(windows.unmapped)
    named = ", ".join(map(str, notes[:MOST_NOTES])) + (", ..." if len(notes) > MOST_NOTES else "")
    word = "note" if len(notes) == 1 else "notes"
    return f"{file} holds no note that is a drum in {where}: it has only {word} {named}."

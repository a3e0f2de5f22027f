"""What reads which kind of file: one row a kind, found by the end of the file's name.

A reader takes a file's path (for its name), its content, the grid to lay it on (None: its own)
and what a person chose for it; it gives its windows, and raises `MaterialError` with a sentence.
Another kind of material is another row of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from groovefield.material.cut import Windows, hits_windows
from groovefield.material.drum_maps import map_for_notes
from groovefield.material.drum_tracks import ALL, find_drums
from groovefield.material.grids import division_is_open, main_metre, own_grid
from groovefield.material.midi_files import parse_midi
from groovefield.material.notes import MaterialError, printable
from groovefield.material.settings import FileSettings
from groovefield.pattern import Grid


@dataclass
class FileWindows:
    """One file as it was read: its windows on ``grid``, and how it was read.

    ``own`` is the grid that the file itself asks for. ``open`` says that none of its hits lies
    where only some divisions of the beat have a line, so that any division suits it.
    """

    windows: Windows
    grid: Grid
    own: Grid
    kind: str
    open: bool = False
    rule: str = ""
    drum_map: str = ""
    bpm: float = 0.0
    details: dict[str, str | float | bool] = field(default_factory=dict)


Reader = Callable[[Path, bytes, Grid | None, FileSettings, bool], FileWindows]
"""(path, content, grid, settings, whether a short file is repeated to fill a window)."""


def read_midi_windows(
    path: Path, data: bytes, grid: Grid | None, settings: FileSettings, repeat_short: bool
) -> FileWindows:
    """The windows of a Standard MIDI File. Raises `MaterialError`."""
    drums = find_drums(parse_midi(path, data), settings.rule, settings.drum_map)
    drum_map = settings.drum_map or map_for_notes(drums.note, drums.rule != ALL)
    own = own_grid(drums)
    if own is None and grid is None:
        metre = "/".join(str(part) for part in main_metre(drums))
        raise MaterialError(f"{printable(path.name)} is in {metre}, which has no grid.")
    on = grid or own or Grid()
    windows = hits_windows(drums, on, drum_map, repeat_short=repeat_short)
    return FileWindows(
        windows=windows,
        grid=on,
        own=own or on,
        kind="midi",
        open=division_is_open(drums),
        rule=drums.rule,
        drum_map=drum_map.name,
        bpm=windows.hits[0].bpm if windows.hits else drums.tempos[0][1],
    )


@dataclass(frozen=True)
class Kind:
    """A kind of file: the ends of its names in small letters, its reader, and the reader's
    version, which is part of what a cached reading is known by."""

    suffixes: tuple[str, ...]
    read: Reader
    version: int


MIDI_SUFFIXES = (".mid", ".midi", ".smf")

KINDS: dict[str, Kind] = {"midi": Kind(MIDI_SUFFIXES, read_midi_windows, 1)}
"""Every kind that is read, by its word."""


def kind_of(path: Path) -> Kind | None:
    """The kind of a file by its name's end; None for one that is not read."""
    suffix = path.suffix.lower()
    return next((kind for kind in KINDS.values() if suffix in kind.suffixes), None)


def suffixes() -> set[str]:
    """Every end of a name that is read."""
    return {suffix for kind in KINDS.values() for suffix in kind.suffixes}

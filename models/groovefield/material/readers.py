"""What reads which kind of file: one row a kind, found by the end of the file's name.

A reader takes a file's path (for its name), its content, the grid to lay it on (None: its own)
and what a person chose for it; it gives its windows, and raises `MaterialError` with a sentence.
Another kind of material is another row of `KINDS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from groovefield.material.cut import Windows, hits_key, hits_windows
from groovefield.material.drum_maps import map_for_notes
from groovefield.material.drum_tracks import ALL, find_drums
from groovefield.material.grids import division_is_open, main_metre, own_grid
from groovefield.material.midi_files import MAX_FILE_BYTES, parse_midi
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


def read_loop_windows(
    path: Path, data: bytes, grid: Grid | None, settings: FileSettings, repeat_short: bool
) -> FileWindows:
    """The windows of an audio loop; a short one is always repeated. Raises `MaterialError`."""
    # Only who drops audio waits for what reads it.
    from groovefield.loops.reading import Override, read_loop
    from groovefield.loops.windows import loop_windows

    override = Override(settings.bpm, settings.beats, settings.start, dict(settings.lanes))
    heard = read_loop(path, override)
    own = Grid()
    windows = loop_windows(heard, grid or own)
    windows.keys = [hits_key(hits) for hits in windows.hits]
    details: dict[str, str | float | bool] = {
        "tempo from": heard.source,
        "confidence": round(float(heard.confidence), 3),
        "beats": float(heard.beats),
        "cut exactly": bool(heard.exact),
        "onsets": len(heard.time),
        "seconds": round(float(heard.seconds), 3),
    }
    on = grid or own
    return FileWindows(windows, on, own, "loop", bpm=float(heard.bpm), details=details)


@lru_cache(maxsize=1)
def _loop_version() -> str:
    """The networks that listen are part of what was heard."""
    from groovefield.loops.network import TEMPO_FILE, fold_file

    files = (fold_file(), TEMPO_FILE)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@dataclass(frozen=True)
class Kind:
    """A kind of file: its word, the ends of its names in small letters, its reader, the most
    bytes of one, and its reader's version, by which (among others) a cached reading is known."""

    word: str
    suffixes: tuple[str, ...]
    read: Reader
    most_bytes: int
    version: Callable[[], str]


MIDI_SUFFIXES = (".mid", ".midi", ".smf")
LOOP_SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".mp3")

KINDS = (
    Kind("midi", MIDI_SUFFIXES, read_midi_windows, MAX_FILE_BYTES, lambda: "1"),
    Kind("loop", LOOP_SUFFIXES, read_loop_windows, 256 * 2**20, _loop_version),
)
"""Every kind that is read."""


def kind_of(path: Path) -> Kind | None:
    """The kind of a file by its name's end; None for one that is not read."""
    suffix = path.suffix.lower()
    return next((kind for kind in KINDS if suffix in kind.suffixes), None)


def suffixes() -> set[str]:
    """Every end of a name that is read."""
    return {suffix for kind in KINDS for suffix in kind.suffixes}

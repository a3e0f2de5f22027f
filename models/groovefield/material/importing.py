"""A musician's material in: whatever was dropped, read file by file, on one grid.

Each file is first read on its own grid. The grid that most files ask for is the material's; a
file of another is laid on it where that is possible, and named in the report where it is not.
Exact repeats are kept once, whichever files they are in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from groovefield.material.cache import Cache
from groovefield.material.collector import Collector
from groovefield.material.cut import Windows
from groovefield.material.dataset import Material, from_hits
from groovefield.material.grids import dominant, words
from groovefield.material.midi_files import read_bytes
from groovefield.material.notes import MaterialError, printable
from groovefield.material.readers import FileWindows, Kind, kind_of, suffixes
from groovefield.material.report import FileReport
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.material.sources import SourceFile, Sources, find
from groovefield.material.split import split
from groovefield.pattern import Grid, Hits

MOST_CELLS = 100_000 * 32
"""Steps of all windows together: about a gigabyte. What comes after is named, not read."""

Tell = Callable[[int, int], None]
"""(files read, files in all)."""


class ImportCancelled(Exception):
    """Reading was cancelled; nothing came of it."""


@dataclass
class _Read:
    """A source with what came of it so far: a reading or a reason."""

    source: SourceFile
    key: str = ""
    settings: FileSettings = field(default_factory=FileSettings)
    reading: FileWindows | None = None
    reason: str = ""


def load_paths(
    paths: Sequence[Path | str],
    settings: ImportSettings | None = None,
    cache: Cache | None = None,
    progress: Tell = lambda done, of: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Material:
    """Read files and folders, mixed, as a drop on a window gives them.

    ``cache`` keeps what was read; without one every file is read anew. ``progress`` is told
    after each file, ``cancel`` is asked before each. A bad file never stops the rest: the
    material's report has a sentence for each.

    Raises:
        MaterialError: nothing of it can be used.
        ImportCancelled: ``cancel`` said so.
    """
    settings = settings or ImportSettings()
    places = [Path(path) for path in paths]
    found = find(places, suffixes())
    read = []
    room = MOST_CELLS
    for done, source in enumerate(found.files):
        if cancel():
            raise ImportCancelled
        each = _read(source, settings, cache, room)
        if each.reading:
            room -= each.reading.grid.steps * len(each.reading.windows.hits)
        read.append(each)
        progress(done + 1, len(found.files))
    material = _together(read, settings, cache, found)
    if cache is not None:
        cache.close()
    if len(material) == 0:
        reasons = " ".join(file.reason for file in material.report.refused[:3])
        if len(places) == 1 and reasons and not places[0].is_dir():
            raise MaterialError(reasons)
        what = printable(str(places[0])) if len(places) == 1 else "What was given"
        raise MaterialError(
            f"{what} holds no MIDI file or audio loop that can be used. {reasons}".strip()
        )
    return material


def inspect_file(path: Path | str, settings: ImportSettings | None = None) -> FileReport:
    """What one file would give on its own grid, or why it is refused. Never raises for a file."""
    settings = settings or ImportSettings()
    found = find([Path(path)], suffixes())
    if not found.files:
        return found.problems[0]
    each = _read(found.files[0], settings, None, MOST_CELLS)
    collector = Collector()
    _add(collector, each, "")
    return collector.report.files[0]


def _read(source: SourceFile, settings: ImportSettings, cache: Cache | None, room: int) -> _Read:
    """A source on its own grid, or the reason why it cannot be read."""
    each = _Read(source)
    if room <= 0:
        each.reason = f"{source.name} was not read: the material is full."
        return each
    try:
        kind = kind_of(source.path)
        if kind is None:  # a data set's table names anything
            raise MaterialError(f"{source.name} is of a kind that is not read.")
        data = read_bytes(source.path, kind.most_bytes)
        each.key = hashlib.sha256(data).hexdigest()
        chosen = settings.of(each.key)
        each.settings = replace(chosen, drum_map=chosen.drum_map or source.drum_map)
        each.reading = _windows(each, kind, data, each.settings.grid or source.grid, cache)
    except MaterialError as error:
        each.reason = str(error)
    except MemoryError:  # the next file will have no more of it
        raise
    except Exception as error:
        each.reason = _unforeseen(source.name, error)
    return each


def _unforeseen(name: str, error: Exception) -> str:
    """A mistake of ours in one file: the others are read, and what it was can be reported."""
    said = printable(f"{type(error).__name__}: {error}".rstrip(": ."))
    return f"{name} could not be read because of an error in Groovefield ({said})."


def _windows(
    each: _Read, kind: Kind, data: bytes, grid: Grid | None, cache: Cache | None
) -> FileWindows:
    path, repeat_short = each.source.path, each.source.repeat_short
    if cache is None:
        return kind.read(path, data, grid, each.settings, repeat_short)
    name = cache.name(each.key, kind.word, kind.version(), grid, each.settings, repeat_short)
    reading = cache.get(name, path)
    if reading is None:
        reading = kind.read(path, data, grid, each.settings, repeat_short)
        cache.put(name, reading)
    return reading


def _together(
    read: list[_Read], settings: ImportSettings, cache: Cache | None, found: Sources
) -> Material:
    """All readings on one grid, repeats left out, with their tags and the report."""
    grid = settings.every.grid or dominant(
        r.reading.grid for r in read if r.reading and r.reading.windows.hits
    )
    others = [_on(each, grid, cache) for each in read]
    kept = [each.reading.windows.keys if each.reading else [] for each in read]
    collector = Collector()
    collector.report.files += found.problems
    collector.report.not_midi = found.others
    collector.report.links = found.links
    collector.report.grid = grid
    if any(others):
        collector.report.remarks.append(_left_out(sum(others), grid))
    collector.report.remarks += found.remarks
    if cache is not None and cache.problem:
        collector.report.remarks.append(cache.problem)
    for each, part in zip(read, split(kept), strict=True):
        _add(collector, each, each.source.tags.get("split") or part)
    return from_hits(collector.hits, grid, collector.report)


def _left_out(files: int, grid: Grid) -> str:
    """How many files are on another grid than the material, and what can be done about it."""
    one = files == 1
    return (
        f"Most files are on {words(grid)}; {files} {'is' if one else 'are'} on another grid and "
        f"{'was' if one else 'were'} left out. Train {'it' if one else 'them'} as a field of "
        f"{'its' if one else 'their'} own, or lay {'it' if one else 'them'} on this grid: Grid on "
        f"the studio's File page, or groovefield inspect --remember --grid "
        f"{grid.steps_per_beat}x{grid.beats} FILE."
    )


def _on(each: _Read, grid: Grid, cache: Cache | None) -> bool:
    """Lay a reading on the material's grid; true where it lies on another and is left out."""
    reading = each.reading
    if reading is None or reading.grid == grid:
        return False
    chosen = each.settings.grid is not None
    had = bool(reading.windows.hits)
    kind = kind_of(each.source.path)
    if kind and not chosen and (reading.open or reading.grid.steps_per_beat == grid.steps_per_beat):
        try:
            again = _windows(each, kind, _again(each, kind), grid, cache)
        except MaterialError as error:
            each.reading, each.reason = None, str(error)
            return True
        except MemoryError:
            raise
        except Exception as error:
            each.reading, each.reason = None, _unforeseen(each.source.name, error)
            return True
        if again.windows.hits or not had:
            each.reading = again
            return False
        reading.windows.metres = again.windows.metres
    name, metres = each.source.name, sorted(reading.windows.metres)
    if chosen or reading.grid.steps_per_beat != grid.steps_per_beat:
        each.reason = f"{name} lies on {words(reading.grid)}, the material on {words(grid)}."
    else:
        each.reason = f"{name} is in {', '.join(metres)}, which does not fill the grid."
    seen = reading.windows
    reading.windows = Windows(notes=seen.notes, unmapped=seen.unmapped, metres=seen.metres)
    return had


def _add(collector: Collector, each: _Read, part: str) -> None:
    """Take a file's new windows, held back or not as ``part`` says, and report on it."""
    source, reading = each.source, each.reading
    about: dict[str, Any] = {
        "path": printable(str(source.path)), "place": source.path, "key": each.key,
        "style": str(source.tags.get("style", "")),
    }  # fmt: skip
    if reading is None:
        collector.refuse(source.name, each.reason, **about)
        return
    tags = {"file": source.name, **source.tags, "split": part}
    reading.windows.hits = [
        Hits(h.velocity, h.offset, h.grid, h.bpm, h.name, {**tags, "bar": h.tags["bar"]})
        for h in reading.windows.hits
    ]
    collector.add(
        source.name, reading.windows, each.reason, split=part, **about, kind=reading.kind,
        rule=reading.rule, drum_map=reading.drum_map, grid=each.settings.grid or reading.own,
        open=reading.open, bpm=reading.bpm, details=reading.details,
    )  # fmt: skip


def _again(each: _Read, kind: Kind) -> bytes:
    """The content once more, if it still is what was read."""
    data = read_bytes(each.source.path, kind.most_bytes)
    if hashlib.sha256(data).hexdigest() != each.key:
        raise MaterialError(f"{each.source.name} was changed while it was read.")
    return data

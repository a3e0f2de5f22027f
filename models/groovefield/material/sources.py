"""The files of an import: what was dropped, files and folders mixed, as a list in a fixed order."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groovefield.material import gmd
from groovefield.material.drum_maps import ROLAND_TD11, DrumMap
from groovefield.material.notes import printable
from groovefield.material.report import FOLDER, FileReport
from groovefield.pattern import Grid

MOST_FILES = 20_000
"""More are another thing than a musician's grooves; the report says how many were left."""

_FILE_COLUMNS = ("midi_filename", "filename", "file", "path", "name")
_STYLE_COLUMNS = ("style", "genre", "label")


@dataclass(frozen=True)
class SourceFile:
    """One file to read: where it is, what it is called, and what its place says about it.

    ``name`` is unique within an import. ``grid`` and ``drum_map`` are known beforehand only for
    a data set; ``repeat_short`` says whether a file shorter than a window is repeated.
    """

    path: Path
    name: str
    tags: dict[str, Any]
    grid: Grid | None = None
    drum_map: DrumMap | None = None
    repeat_short: bool = True


@dataclass
class Sources:
    """The files found, how many others and links to folders there were, and what could not even
    be looked at."""

    files: list[SourceFile] = field(default_factory=list)
    others: int = 0
    links: int = 0
    problems: list[FileReport] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def find(paths: Sequence[Path], suffixes: Collection[str]) -> Sources:
    """Every file with one of the suffixes (small letters) that the paths are or hold.

    A folder with the Groove MIDI Dataset's `info.csv` gives its beats with their styles and
    split; any other `info.csv` with columns for file and style gives styles. Else the style of
    a file is its folder's name. What cannot be read becomes a problem, never an error.
    """
    out = Sources()
    seen: set[str] = set()
    for path in paths:
        lead = f"{printable(path.resolve().name)}/" if len(paths) > 1 else ""
        if path.is_dir():
            known = len(out.problems)
            found = _data_set(path, lead, out) or _folder(path, lead, suffixes, out)
            # Alone it is a sentence of its own, that nothing of it can be used.
            if not found and len(paths) > 1 and len(out.problems) == known:
                name = printable(path.resolve().name or str(path))
                reason = f"The folder {name} holds no MIDI file and no audio loop."
                out.problems.append(FileReport(name, 0, reason, kind=FOLDER))
        else:
            found = _single(path, suffixes, out)
        for file in found:
            place = str(file.path.absolute())
            if place not in seen:
                seen.add(place)
                out.files.append(file)
    if len(out.files) > MOST_FILES:
        out.remarks.append(
            f"Only the first {MOST_FILES} of {len(out.files)} files were read; that is the most."
        )
        del out.files[MOST_FILES:]
    _name_apart(out.files)
    return out


def _single(path: Path, suffixes: Collection[str], out: Sources) -> list[SourceFile]:
    name = printable(path.name or str(path))
    if not os.path.lexists(path):
        out.problems.append(FileReport(name, 0, f"{name} is not there."))
    elif path.suffix.lower() not in suffixes:
        kinds = ", ".join(sorted(suffixes))
        out.problems.append(
            FileReport(name, 0, f"{name} is of a kind that is not read ({kinds} are).")
        )
    else:
        return [SourceFile(path, name, {"source": "folder", "file": name, "style": ""})]
    return []


def _data_set(folder: Path, lead: str, out: Sources) -> list[SourceFile]:
    """The beats of the Groove MIDI Dataset, with its map, on its grid."""
    if not gmd.is_gmd(folder):
        return []
    refused: list[str] = []
    rows = gmd.read_info(folder, refused)
    out.problems += [FileReport(f"{lead}info.csv", 0, reason) for reason in refused]
    beats = gmd.select(rows, None, beat=True)
    if len(beats) < len(rows):
        out.remarks.append(f"{len(rows) - len(beats)} fills were left out: they are no grooves.")
    return [
        SourceFile(
            folder / row.file,
            lead + printable(row.file),
            {**row.tags, "file": lead + printable(row.file)},
            grid=Grid(),
            drum_map=ROLAND_TD11,
            repeat_short=False,
        )
        for row in beats
    ]


def _folder(folder: Path, lead: str, suffixes: Collection[str], out: Sources) -> list[SourceFile]:
    found, styles = [], _styles(folder, out)
    for path in _walk(folder, suffixes, out):
        inside = printable(path.relative_to(folder).as_posix())
        # The root's own name comes resolved, for "." and "..".
        parent = path.parent.name if path.parent != folder else folder.resolve().name
        style = styles.get(inside) or styles.get(path.name) or printable(parent)
        name = lead + inside
        found.append(SourceFile(path, name, {"source": "folder", "file": name, "style": style}))
    return found


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads in a circle, or where nobody may look, leads to none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _walk(folder: Path, suffixes: Collection[str], out: Sources) -> list[Path]:
    """The files under a folder, those of each folder before those of its folders.

    Links to folders are not followed; a deep tree needs no deep stack.
    """
    found, waiting = [], [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted(
                    (e.name, e.is_dir(follow_symlinks=False), _leads_to_folder(e)) for e in entries
                )
        except OSError as error:
            name = printable(here.name or str(here))
            reason = f"The folder {name} cannot be read: {error.strerror or error}."
            out.problems.append(FileReport(name, 0, reason, kind=FOLDER))
            continue
        waiting += [here / name for name, is_folder, _ in reversed(listed) if is_folder]
        for name, is_folder, leads_to_one in listed:
            if is_folder:
                continue
            if leads_to_one:
                out.links += 1
            elif Path(name).suffix.lower() in suffixes and not name.startswith("._"):
                found.append(here / name)
            else:
                out.others += 1
    return found


def _styles(folder: Path, out: Sources) -> dict[str, str]:
    """Styles by file from a folder's `info.csv`, if it has one that says them."""
    try:
        table = csv.DictReader(gmd.read_table(folder))
        columns = {str(c).strip().lower(): c for c in table.fieldnames or []}
        name = next((columns[c] for c in _FILE_COLUMNS if c in columns), None)
        style = next((columns[c] for c in _STYLE_COLUMNS if c in columns), None)
        if name is None or style is None:
            return {}
        return {
            printable(str(row[name]).strip()): printable(str(row[style]).strip().split("/")[0])
            for row in table
            if row.get(name) and row.get(style)
        }
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        out.remarks.append(f"info.csv could not be used for styles: {reason}.")
        return {}


def _name_apart(files: list[SourceFile]) -> None:
    """Give files of one name a number, since windows are grouped by the name of their file."""
    count: dict[str, int] = {}
    for i, file in enumerate(files):
        count[file.name] = nth = count.get(file.name, 0) + 1
        if nth > 1:
            name = f"{file.name} ({nth})"
            tags = {**file.tags, "file": name}
            files[i] = SourceFile(
                file.path, name, tags, file.grid, file.drum_map, file.repeat_short
            )

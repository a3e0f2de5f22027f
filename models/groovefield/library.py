"""The user's library of models: one folder of model files, listed and kept in order.

A model's name is in its file; the file's own name is made from it. Nothing is ever written over
or lost: a name that is taken gets a number, and what is deleted is said by its file.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from groovefield import places
from groovefield.field import modelfile
from groovefield.field.decoder import default_model
from groovefield.field.item_names import NO_LABEL, ItemNames
from groovefield.field.modelfile import ModelFileError
from groovefield.material.notes import printable

SUFFIX = ".groovefield"
NAME_BYTES = 64
_LONGEST_SOURCES = 200
MOST_NAMED = 4
FOLDER = "folder"
"""The source of what a musician dropped, as a training record has it."""
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


class LibraryError(Exception):
    """Something that cannot be done with a model; the message is a sentence."""


@dataclass(frozen=True)
class Entry:
    """One file of the library; ``problem`` is a sentence when it cannot be played."""

    path: Path
    name: str
    trained_on: str = ""
    patterns: int = 0
    beats: int = 0
    lanes: int = 0
    problem: str = ""


def entries(folder: Path | None = None) -> list[Entry]:
    """Every model file of the library, by name; damaged ones too, with what is wrong."""
    folder = folder or places.library()
    if not folder.is_dir():
        return []
    files = [f for f in folder.glob(f"*{SUFFIX}") if not f.name.startswith(".") and f.is_file()]
    return sorted(map(read_entry, files), key=lambda entry: (entry.name.casefold(), entry.path))


def read_entry(path: Path) -> Entry:
    """What a model file says of itself."""
    try:
        model = modelfile.load(path)
    except ModelFileError as error:
        return Entry(path, printable(path.stem), problem=printable(str(error)))
    header = model.header
    return Entry(
        path, header.name, _trained_on(header.training, model.names), len(model.items),
        header.grid.beats, len(header.lanes),
    )  # fmt: skip


def find(name: str, folder: Path | None = None) -> Entry:
    """The model of that name, or of that file name; with its suffix a file name names one alone.

    Raises:
        LibraryError: there is none, or more than one.
    """
    listed = entries(folder)
    found = [e for e in listed if name == e.path.name]
    found = found or [e for e in listed if name in (e.name, e.path.stem)]
    if len(found) > 1:
        files = ", ".join(entry.path.name for entry in found)
        raise LibraryError(
            f"{len(found)} models are called {name!r}; name one by its file: {files}."
        )
    if not found:
        raise LibraryError(f"The library has no model called {name!r}.")
    return found[0]


def model_file(named: str | None) -> Path:
    """The file of a model that is named by its name or its file; the default one without a name.

    Raises:
        LibraryError: there is no such file, and none or more than one of that name.
    """
    if named is None:
        return default_model()
    return Path(named) if Path(named).is_file() else find(named).path


def free_path(name: str, folder: Path | None = None) -> Path:
    """Where a new model of that name is to be written; the folder is made if it is missing.

    Raises:
        LibraryError: the folder cannot be made.
    """
    folder = folder or places.library()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"{folder} cannot be made: {error.strerror}.") from error
    stem = _NOT_IN_FILE_NAMES.sub("_", name).strip(" .")[:60] or "model"
    if _RESERVED.match(stem):
        stem += "_"
    path, number = folder / (stem + SUFFIX), 2
    while os.path.lexists(path):
        path, number = folder / f"{stem} {number}{SUFFIX}", number + 1
    return path


def name_for(path: Path) -> str:
    """What a model is called after a file or folder: as much of its name as a model's may be."""
    path = path if path.name else path.resolve()
    text = printable(path.name if path.is_dir() else path.stem)
    return text.encode()[:NAME_BYTES].decode(errors="ignore").strip() or "model"


def free_name(name: str, folder: Path | None = None) -> str:
    """The name, or the first of "name 2", "name 3" and so on that no model of the library has."""
    taken = {entry.name.casefold() for entry in entries(folder) if not entry.problem}
    free, number = name, 2
    while free.casefold() in taken:
        end = f" {number}"
        room = NAME_BYTES - len(end)
        free = name.encode()[:room].decode(errors="ignore").rstrip() + end
        number += 1
    return free


@contextlib.contextmanager
def claimed(path: Path, name: str) -> Iterator[Path]:
    """A file of the library that nobody else takes while a model of that name is written to it.

    It is ``path``, or where somebody wrote there since it was found free, the next that is; it
    is gone again when the writing fails.

    Raises:
        LibraryError: the library cannot be written.
    """
    while True:
        try:
            path.touch(exist_ok=False)
            break
        except FileExistsError:
            path = free_path(name, path.parent)
        except OSError as error:
            raise LibraryError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def holds(path: Path) -> bool:
    """Whether a path lies in the library's folder."""
    return path.parent.resolve() == places.library().resolve()


def rename(entry: Entry, name: str) -> Entry:
    """Give a model another name, in its file and as its file.

    Raises:
        LibraryError: the name is none or taken, or the model cannot be read or written.
    """
    _check_name(name, [e for e in entries(entry.path.parent) if e.path != entry.path])
    copied = _copied(entry, name)
    delete(entry)
    return copied


def duplicate(entry: Entry, name: str) -> Entry:
    """The same model once more under another name.

    Raises:
        LibraryError: the name is none or taken, or the model cannot be read or written.
    """
    _check_name(name, entries(entry.path.parent))
    return _copied(entry, name)


def _check_name(name: str, others: list[Entry]) -> None:
    if not (name.isprintable() and name.strip() and len(name.encode()) <= NAME_BYTES):
        raise LibraryError(f"A model's name has 1 to {NAME_BYTES} bytes, all of them printable.")
    for other in others:
        if other.name.casefold() == name.casefold():
            raise LibraryError(f"{other.path.name} is called {other.name!r} already.")


def _copied(entry: Entry, name: str) -> Entry:
    try:
        model = modelfile.load(entry.path)
        with claimed(free_path(name, entry.path.parent), name) as path:
            modelfile.save(path, replace(model.header, name=name), dict(model.tensors))
    except ModelFileError as error:
        raise LibraryError(str(error)) from error
    return read_entry(path)


def delete(entry: Entry) -> None:
    """Take a model's file away.

    Raises:
        LibraryError: it cannot be deleted.
    """
    try:
        entry.path.unlink()
    except OSError as error:
        raise LibraryError(f"{entry.path} cannot be deleted: {error.strerror}.") from error


def bring_in(path: Path, folder: Path | None = None) -> Entry:
    """Copy a model file into the library, under the first free name where its own is taken.

    Raises:
        LibraryError: it is no model file, or cannot be copied.
    """
    try:
        data = modelfile.read(path)
        model = modelfile.parse(data, path.name)
    except ModelFileError as error:
        raise LibraryError(str(error)) from error
    name = free_name(model.header.name, folder)
    with claimed(free_path(name, folder), name) as target:
        try:
            if name == model.header.name:
                modelfile.write_whole(target, data)
            else:
                header = replace(model.header, name=name)
                modelfile.save(target, header, dict(model.tensors))
        except ModelFileError as error:
            raise LibraryError(str(error)) from error
        except OSError as error:
            raise LibraryError(f"{target} cannot be written: {error.strerror}.") from error
    return read_entry(target)


def take_out(entry: Entry, to: Path) -> Path:
    """Copy a model out of the library, to a folder or a file that is not there yet.

    A file's name ends in `SUFFIX`, said or not.

    Raises:
        LibraryError: it is damaged, something is there already, or it cannot be copied.
    """
    if entry.problem:
        raise LibraryError(entry.problem)
    target = to / entry.path.name if to.is_dir() else to
    if target.suffix != SUFFIX:
        target = target.with_name(target.name + SUFFIX)
    if target.exists():
        raise LibraryError(f"{target} is there already; name another file.")
    partly = target.with_name(f".{target.name}.partly")
    try:
        shutil.copyfile(entry.path, partly)
        partly.replace(target)
    except OSError as error:
        partly.unlink(missing_ok=True)
        raise LibraryError(f"{target} cannot be written: {error.strerror}.") from error
    return target


def _trained_on(training: dict[str, Any], names: ItemNames) -> str:
    """``16,500 patterns of gmd, 12 from My grooves``: a record's sources with their windows.

    Whoever wrote the file chose the words, so only what can be shown of them is.
    """
    material = training.get("material")
    if not isinstance(material, dict):
        return ""
    parts = []
    for source, found in material.items():
        windows = found.get("windows") if isinstance(found, dict) else None
        where = f"from {_origin(names)}" if source == FOLDER else f"of {source}"
        parts.append(f"{windows:,} {where}" if type(windows) is int else str(source))
    return printable(", ".join(parts))[:_LONGEST_SOURCES]


def _origin(names: ItemNames) -> str:
    """The folders or styles that most items are of; the files, where they lay in no folder."""
    labels = [label for label, _ in names.by_size if label not in (FOLDER, NO_LABEL)]
    known = labels or list(names.names)
    if not known:
        return "files"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return ", ".join(known[:MOST_NAMED]) + more

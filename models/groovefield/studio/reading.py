"""Material looked at: what became of each file, one file in detail, a correction. No window."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.field.item_names import key_of, keys_of
from groovefield.loops.reading import LoopReading
from groovefield.material import corrections
from groovefield.material.cache import Cache
from groovefield.material.electronic import load_electronic
from groovefield.material.importing import inspect_file, load_paths
from groovefield.material.midi_files import read_bytes
from groovefield.material.notes import MaterialError, printable
from groovefield.material.readers import kind_of, read_midi_windows
from groovefield.material.report import FileReport
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.pattern import Grid, Hits

ENVELOPE = 4_096
"""Pieces of a waveform, each drawn from its lowest sample to its highest."""


@dataclass(frozen=True)
class Looked:
    """What became of the files, and every window that they hold by its key."""

    files: list[FileReport] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Sentences about all of them together."""
    originals: dict[bytes, Hits] = field(default_factory=dict)
    refused: str = ""
    """Why nothing of them can be trained on: a sentence."""


@dataclass(frozen=True)
class FileDetail:
    """One file: its windows; for a loop also how it was heard and its waveform.

    ``low``, ``high`` (pieces,): lowest and highest sample of each piece of the file, -1..1.
    """

    path: Path
    key: str
    said: str
    settings: FileSettings
    windows: tuple[Hits, ...]
    keys: frozenset[bytes]
    """By which its windows are found among a model's items."""
    loop: LoopReading | None = None
    low: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    high: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))


def look(paths: Sequence[Path], cancel: Callable[[], bool] = lambda: False) -> Looked:
    """Read files and folders as training will.

    Raises:
        ImportCancelled: ``cancel`` said so.
        MaterialError: the corrections that are remembered cannot be read.
    """
    settings = ImportSettings(files=corrections.load())
    originals = {key_of(h.velocity, h.offset): h for h in _electronic()}
    if not paths:
        return Looked(originals=originals)
    try:
        material = load_paths(paths, settings, Cache(), cancel=cancel)
    except MaterialError as error:
        files = [_refused(p, settings, error) for p in paths]
        return Looked(files, originals=originals, refused=str(error))
    for index, key in enumerate(keys_of(material.velocity, material.offset)):
        originals[key] = material.hits(index)
    return Looked(material.report.files, material.report.whole(), originals)


def unread(error: object) -> str:
    """A sentence for whatever ended a reading of the material."""
    if isinstance(error, MaterialError):
        return str(error)
    why = printable(f"{type(error).__name__}: {error}")
    return f"The material could not be read ({why}). Take off what was added last."


@cache
def _electronic() -> list[Hits]:
    """The patterns that the project carries, which the default model was trained on."""
    return load_electronic()


def _refused(path: Path, settings: ImportSettings, error: MaterialError) -> FileReport:
    if path.is_dir():
        return FileReport(path.name, 0, str(error), path=str(path))
    return inspect_file(path, settings)


def detail(path: Path, chosen: FileSettings | None = None) -> FileDetail:
    """One file as it is read; ``chosen`` in place of what is remembered of it.

    Raises:
        MaterialError: it cannot be read so.
    """
    key = inspect_key(path)
    settings = corrections.load().get(key, FileSettings()) if chosen is None else chosen
    kind = kind_of(path)
    if kind is None:
        raise MaterialError(f"{path.name} is of a kind that is not read.")
    if kind.word == "loop":
        return _loop(path, key, settings)
    data = read_bytes(path, kind.most_bytes)
    read = read_midi_windows(path, data, settings.grid, settings, True)
    said = inspect_file(path, ImportSettings(settings)).sentence()
    hits = tuple(read.windows.hits)
    return FileDetail(path, key, said, settings, hits, _keys(hits))


def inspect_key(path: Path) -> str:
    """The SHA-256 by which corrections are remembered. Raises `MaterialError`."""
    kind = kind_of(path)
    if kind is None:
        raise MaterialError(f"{path.name} is of a kind that is not read.")
    return hashlib.sha256(read_bytes(path, kind.most_bytes)).hexdigest()


def _loop(path: Path, key: str, settings: FileSettings) -> FileDetail:
    from groovefield.loops.read import read_audio
    from groovefield.loops.reading import Override, read_sound
    from groovefield.loops.windows import loop_windows

    audio = read_audio(path)
    override = Override(settings.bpm, settings.beats, settings.start, dict(settings.lanes))
    heard = read_sound(audio, override)
    said = heard.sentence()
    windows: tuple[Hits, ...] = ()
    try:
        windows = tuple(loop_windows(heard, settings.grid or Grid()).hits)
    except MaterialError as error:
        said = str(error)
    size = max(1, -(-len(audio.samples) // ENVELOPE))
    peak = float(np.abs(audio.samples).max()) or 1.0
    padded = np.pad(audio.samples / peak, (0, -len(audio.samples) % size)).reshape(-1, size)
    low, high = padded.min(1).astype(np.float32), padded.max(1).astype(np.float32)
    return FileDetail(path, key, said, settings, windows, _keys(windows), heard, low, high)


def _keys(windows: Sequence[Hits]) -> frozenset[bytes]:
    return frozenset(key_of(hits.velocity, hits.offset) for hits in windows)


def correct(path: Path, settings: FileSettings) -> FileDetail:
    """Read a file as it is corrected and remember that; an empty choice forgets.

    Raises:
        MaterialError: it cannot be read so; then what was remembered stays.
    """
    found = detail(path, settings)
    files = dict(corrections.load())
    if settings == FileSettings():
        files.pop(found.key, None)
    else:
        files[found.key] = settings
    corrections.save(files)
    return found

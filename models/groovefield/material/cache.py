"""Files that were read once, kept as windows under the hash of their content.

An entry is a magic word, the SHA-256 of its name and of all that follows, a JSON head and four
arrays of hits. Nothing in it is ever executed, and nothing of it is used that does not check: a
damaged entry is as good as none. The folder is the user's alone; one that others may write is not
used at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from groovefield import places
from groovefield.files import read_ordinary
from groovefield.lanes import LANES, MAX_STEPS
from groovefield.material.cut import Windows, rounded
from groovefield.material.notes import printable
from groovefield.material.readers import FileWindows
from groovefield.material.settings import FileSettings
from groovefield.pattern import Grid, Hits

FORM = 2
MOST_BYTES = 512 * 1024 * 1024
"""The folder is kept below this; the oldest entries go first."""

DAMAGED = (
    ValueError, KeyError, TypeError, AttributeError, OverflowError, struct.error,
    RecursionError, MemoryError,
)  # fmt: skip
"""What `unpack` raises for bytes that are no entry: whoever could write one chose all of it."""

_MAGIC = b"groovefield material\n"
_HIT = np.dtype([("window", "<u4"), ("cell", "<u2"), ("velocity", "<f4"), ("offset", "<f4")])
_COUNTS = ("notes", "doubled", "outside", "repeats", "sparse", "other_metre", "absurd_tempo")
_MOST_WINDOWS = 1_000_000


class Cache:
    """Readings on disk; a cache that cannot be used is one that never has anything."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or places.material_cache()
        self.found = self.missed = 0
        self.problem = _trouble(self.folder)
        self._there = set() if self.problem else _names(self.folder)
        self._writer = ThreadPoolExecutor(1, "material cache")
        self._wrote = False

    def name(
        self, key: str, kind: str, version: str, grid: Grid | None, settings: FileSettings,
        repeat_short: bool,
    ) -> str:  # fmt: skip
        """What a reading is known by: the content's hash and all that the reading depends on."""
        chosen = asdict(settings)
        chosen["drum_map"] = settings.drum_map and sorted(settings.drum_map.lanes.items())
        chosen["lanes"] = sorted((n, sorted(ids)) for n, ids in settings.lanes.items())
        chosen["title"] = settings.drum_map and settings.drum_map.name
        lanes = [lane.id for lane in LANES]
        words = [FORM, key, kind, version, grid and asdict(grid), chosen, repeat_short, lanes]
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()

    def get(self, name: str, path: Path) -> FileWindows | None:
        """The reading kept under a name, its windows called after ``path``."""
        if self.problem:
            return None
        if name not in self._there:  # asking the disk for each takes longer
            self.missed += 1
            return None
        entry = self.folder / name
        try:
            result = unpack(read_ordinary(entry, MOST_BYTES), name, path)
        except FileNotFoundError:
            result = None
        except (OSError, *DAMAGED):
            result = None
            _remove(entry)
        if result is None:
            self.missed += 1
        else:
            self.found += 1
        return result

    def put(self, name: str, reading: FileWindows) -> None:
        """Keep a reading; where the disk refuses, it is not kept.

        It is written beside the reading of the next: `close` waits until all is on the disk.
        """
        if not self.problem:
            self._there.add(name)
            self._wrote = True
            self._writer.submit(_write, self.folder, name, pack(reading, name))

    def close(self) -> None:
        """All that was put is on the disk, and the oldest of it gone again if it was too much."""
        self._writer.shutdown()
        self._writer = ThreadPoolExecutor(1, "material cache")
        self.prune()

    def prune(self, most: int = MOST_BYTES) -> None:
        """Remove the oldest entries until the rest is below ``most`` bytes."""
        if self.problem or not self._wrote:
            return
        try:
            with os.scandir(self.folder) as entries:
                files = [(e.stat().st_mtime, e.stat().st_size, e.path) for e in entries]
        except OSError:
            return
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= most:
                break
            _remove(Path(path))
            total -= size


def pack(reading: FileWindows, name: str) -> bytes:
    """A reading as the bytes of the entry of that name."""
    windows = reading.windows
    shape = (len(windows.hits), len(LANES) * reading.grid.steps)
    velocity = np.array([h.velocity for h in windows.hits], np.float32).reshape(shape)
    offset = np.array([h.offset for h in windows.hits], np.float32).reshape(shape)
    window, cell = np.nonzero(velocity)
    hits = np.empty(len(window), _HIT)
    hits["window"], hits["cell"] = window, cell
    hits["velocity"], hits["offset"] = velocity[window, cell], offset[window, cell]
    head = {
        "grid": _grid_json(reading.grid),
        "own": _grid_json(reading.own),
        "kind": reading.kind,
        "open": reading.open,
        "rule": reading.rule,
        "drum_map": reading.drum_map,
        "bpm": reading.bpm,
        "details": reading.details,
        "counts": {name: getattr(windows, name) for name in _COUNTS},
        "unmapped": sorted(windows.unmapped.items()),
        "metres": sorted(windows.metres),
        "windows": [[h.bpm, int(h.tags.get("bar", 0))] for h in windows.hits],
    }
    text = json.dumps(head).encode()
    body = struct.pack("<II", len(text), len(hits)) + text + hits.tobytes()
    return _MAGIC + _hash(name, body) + body


def _hash(name: str, body: bytes) -> bytes:
    """The name counts too: one reading cannot stand in for another."""
    return hashlib.sha256(name.encode() + b"\n" + body).digest()


def unpack(data: bytes, name: str, path: Path) -> FileWindows:
    """The reading of the entry of that name. Raises one of `DAMAGED`."""
    start = len(_MAGIC) + 32
    body = data[start:]
    if data[: len(_MAGIC)] != _MAGIC or _hash(name, body) != data[len(_MAGIC) : start]:
        raise ValueError("not an entry, or damaged")
    length, count = struct.unpack_from("<II", body)
    head: dict[str, Any] = json.loads(body[8 : 8 + length])
    hits = np.frombuffer(body[8 + length :], _HIT)
    if len(hits) != count:
        raise ValueError("cut short")
    windows = _windows(head, hits, path)
    details = {str(k): v for k, v in head["details"].items() if isinstance(v, str | float | bool)}
    return FileWindows(
        windows=windows,
        grid=_grid(head["grid"]),
        own=_grid(head["own"]),
        kind=str(head["kind"]),
        open=bool(head["open"]),
        rule=str(head["rule"]),
        drum_map=str(head["drum_map"]),
        bpm=float(head["bpm"]),
        details=details,
    )


def _windows(head: dict[str, Any], hits: np.ndarray[Any, Any], path: Path) -> Windows:
    grid, rows = _grid(head["grid"]), head["windows"]
    cells = len(LANES) * grid.steps
    if len(rows) > _MOST_WINDOWS or len(rows) * cells > 2**31:
        raise ValueError("too many windows")
    if len(hits) and not (
        hits["window"].max() < len(rows)
        and hits["cell"].max() < cells
        and (hits["velocity"] > 0).all()
        and (hits["velocity"] <= 1).all()
        and (hits["offset"] >= -1).all()
        and (hits["offset"] < 1).all()
    ):
        raise ValueError("a hit out of range")
    velocity = np.zeros((len(rows), cells), np.float32)
    offset = np.zeros_like(velocity)
    at = (hits["window"].astype(np.intp), hits["cell"].astype(np.intp))
    velocity[at], offset[at] = hits["velocity"], hits["offset"]
    shape = (len(rows), len(LANES), grid.steps)
    velocity, offset = velocity.reshape(shape), offset.reshape(shape)
    keys = rounded(velocity, offset).swapaxes(0, 1)
    stem, file = printable(path.stem), printable(path.name)
    out = Windows(
        unmapped=Counter({int(note): int(n) for note, n in head["unmapped"]}),
        metres={str(metre) for metre in head["metres"]},
    )
    for count in _COUNTS:
        setattr(out, count, int(head["counts"][count]))
    for i, (bpm, bar) in enumerate(rows):
        name = f"{stem}, bar {int(bar) + 1}"
        tags = {"file": file, "bar": int(bar)}
        out.hits.append(Hits(velocity[i], offset[i], grid, float(bpm), name, tags))
        out.keys.append(keys[i].tobytes())
    return out


def _grid_json(grid: Grid) -> dict[str, int]:
    return {"steps_per_beat": grid.steps_per_beat, "beats": grid.beats}


def _grid(raw: dict[str, Any]) -> Grid:
    grid = Grid(int(raw["steps_per_beat"]), int(raw["beats"]))
    if grid.steps_per_beat < 1 or grid.beats < 1 or grid.steps > MAX_STEPS:
        raise ValueError("no grid")
    return grid


def _trouble(folder: Path) -> str:
    """Make the folder if need be; why it is not used, as a sentence, or nothing.

    A folder that is there already is looked at and left as it is.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        why = error.strerror or str(error)
    else:
        if not stat.S_ISDIR(found.st_mode):
            why = "it is not a folder (a link does not count)"
        elif os.name != "posix":
            return ""
        elif found.st_uid != os.getuid():
            why = "it belongs to another user"
        elif found.st_mode & 0o022:
            why = "other users may write to it"
        else:
            return ""
    return f"What was read is not kept in {printable(str(folder))}: {why}."


def _names(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries}
    except OSError:
        return set()


def _write(folder: Path, name: str, entry: bytes) -> None:
    """Write an entry whole or not at all."""
    part = folder / f".{name}.{os.getpid()}.part"
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(entry)
        part.replace(folder / name)
    except OSError:
        _remove(part)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return

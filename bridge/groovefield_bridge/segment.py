"""The shared memory from Python: open the file, check it, look at it as numpy arrays.

``mmap`` on the file, not ``multiprocessing.shared_memory``: the resource tracker of
Python 3.11 removes a segment to which it was only attached.
"""

from __future__ import annotations

import mmap
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield_bridge import layout

Record = Any
"""A numpy structured scalar or array: its fields are known by name only."""


class SegmentRefused(Exception):
    """A file that is not this user's shared memory of Groovefield; the text says why."""


class LayoutMismatch(SegmentRefused):
    """The plugin and this package describe the shared memory differently."""


class Segment:
    """One mapped file. It stays mapped as long as this object or any view into it lives.

    ``words`` is the file as unsigned 64-bit numbers, ``map`` as bytes; ``server``,
    ``controls`` (64) and ``slots`` (64) are structured views. Do not touch ``slots[i]``
    unless ``controls[i]["in_use"]`` is or was 1: its memory may not be allocated.
    """

    def __init__(self, path: Path, mapped: mmap.mmap) -> None:
        self.path = path
        self.map = mapped
        self.words = memoryview(mapped).cast("Q")
        whole: NDArray[np.void] = np.frombuffer(mapped, dtype=layout.SEGMENT.dtype, count=1)
        self.header: Record = whole["header"][0:1]
        self.server: Record = whole["server"][0:1]
        self.controls: Record = whole["controls"][0]
        self.slots: Record = whole["slots"][0]

    @classmethod
    def open(cls, path: Path) -> Segment:
        """Maps the file for reading and writing.

        Raises:
            LayoutMismatch: it was made by a plugin of another version.
            SegmentRefused: it is missing, not the user's own, open to others, or no such file.
        """
        flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            file = os.open(path, flags)
        except OSError as error:
            raise SegmentRefused(
                f"the shared memory {path} cannot be opened: {error.strerror}"
            ) from error
        try:
            size = _check_file(path, os.fstat(file))
            _check_header(path, os.read(file, layout.HEADER.size), size)
            return cls(path, mmap.mmap(file, layout.SEGMENT.size))
        finally:
            os.close(file)


def slot_offset(slot: int) -> int:
    """Byte offset of a slot in the file."""
    return layout.SEGMENT.offsets["slots"] + slot * layout.SLOT.size


def runtime_directories() -> list[Path]:
    """Where the plugin puts its shared memory, in its order of preference."""
    if os.name == "nt":
        return [Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "Groovefield" / "run"]
    result = []
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        result.append(Path(runtime) / "groovefield")
    temporary = os.environ.get("TMPDIR", "")
    bases = [Path("/dev/shm"), Path(temporary if temporary.startswith("/") else "/tmp")]
    result += [base / f"groovefield-{os.getuid()}" for base in bases if base.is_dir()]
    return result


def _check_file(path: Path, facts: os.stat_result) -> int:
    """The file's size, if it is a plain file that only this user can open."""
    if not stat.S_ISREG(facts.st_mode):
        raise SegmentRefused(f"{path} is not a plain file")
    if os.name != "nt":
        if facts.st_uid != os.getuid():
            raise SegmentRefused(f"{path} belongs to another user")
        if facts.st_mode & 0o077:
            raise SegmentRefused(f"{path} is open to other users (its mode must be 0600)")
    return facts.st_size


def _check_header(path: Path, raw: bytes, size: int) -> None:
    if len(raw) < layout.HEADER.size:
        raise SegmentRefused(f"{path} is too short to be Groovefield's shared memory")
    header = np.frombuffer(raw, layout.HEADER.dtype)[0]
    if header["magic"] != layout.MAGIC:
        raise SegmentRefused(f"{path} is not Groovefield's shared memory")
    if header["version"] != layout.VERSION:
        raise LayoutMismatch(
            f"the plugin uses version {header['version']} of the shared memory and this Python "
            f"package version {layout.VERSION}; run: groovefield install"
        )
    if header["layout_hash"] != layout.LAYOUT_HASH or header["slots"] != layout.SLOTS:
        raise LayoutMismatch(
            "the plugin and this Python package describe the shared memory differently; "
            "run: groovefield install"
        )
    if header["file_size"] != layout.SEGMENT.size or size != layout.SEGMENT.size:
        raise SegmentRefused(
            f"{path} has {size} bytes instead of {layout.SEGMENT.size}: it was cut or damaged"
        )

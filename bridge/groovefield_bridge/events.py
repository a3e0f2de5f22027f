"""Reading what a plugin plays: its event record, from another process or a test.

    for instance in instances():
        with EventReader(instance) as reader:
            notes = reader.read()           # a structured array, fields as in layout.EVENT
            print(notes["song_beats"], notes["note"], reader.lost)

The record is a ring of the last 65,536 notes. A reader that keeps up loses none; one that
does not is told in ``lost``. While the host renders offline the plugin waits for an attached
reader that is behind, as long as that reader calls ``read`` at least once a second.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from groovefield_bridge import layout
from groovefield_bridge.segment import Segment, SegmentRefused, runtime_directories, slot_offset

READER_LIFE_SECONDS = 1.2
"""A reader that showed no life for so long is taken to be dead."""

_NAME = re.compile(r"groovefield-(\d+)-(\d+)-[0-9a-f]{16}\.shm")


@dataclass(frozen=True)
class Instance:
    """One plugin instance: the file it lives in, its slot there, its own random number."""

    path: Path
    slot: int
    number: int
    pid: int


class ReaderRefused(Exception):
    """The record cannot be read; the text says why."""


def segments(pid: int | None = None) -> list[Path]:
    """The shared memory files of this user, oldest first; those of one host if ``pid`` is given.

    A file whose host is gone may still be there: the next plugin that starts removes it.
    """
    found = []
    for directory in runtime_directories():
        if not directory.is_dir():
            continue
        for path in directory.iterdir():
            name = _NAME.fullmatch(path.name)
            if name and (pid is None or int(name[1]) == pid):
                with contextlib.suppress(FileNotFoundError):  # its host has just ended
                    found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def instances(pid: int | None = None) -> list[Instance]:
    """Every plugin instance that lives now; those of one host if ``pid`` is given."""
    found = []
    for path in segments(pid):
        try:
            segment = Segment.open(path)
        except SegmentRefused:
            continue
        owner = int(segment.header["owner_pid"][0])
        if not _is_alive(owner):
            continue
        controls = segment.controls
        for slot in np.flatnonzero(controls["in_use"]).tolist():
            found.append(Instance(path, slot, int(controls["instance"][slot]), owner))
    return found


class EventReader:
    """Follows one instance's record. One reader at a time; use it as a context manager.

    ``lost`` counts the notes that were overwritten before they were read. With ``history``
    it begins with the notes that are still in the ring, without it with the next one.
    """

    def __init__(self, instance: Instance, history: bool = True) -> None:
        self.instance = instance
        self.lost = 0
        self._segment = Segment.open(instance.path)
        if not self._lives():
            raise ReaderRefused(f"the instance in slot {instance.slot} is gone")
        base = slot_offset(instance.slot)
        offsets = layout.SLOT.offsets
        record = base + offsets["record"]
        reader = base + offsets["reader"]
        self._words = self._segment.words
        self._written = (record + layout.RECORD.offsets["written"]) // 8
        self._first = (record + layout.RECORD.offsets["first"]) // 8
        self._attached = (reader + layout.READER.offsets["attached"]) // 8
        self._read = (reader + layout.READER.offsets["read"]) // 8
        self._ring: NDArray[np.void] = np.frombuffer(
            self._segment.map, layout.EVENT.dtype, layout.EVENTS, base + offsets["events"]
        )
        self._fence = threading.Lock()
        self._history = history
        self._next = 0
        self._mine = 0

    def __enter__(self) -> EventReader:
        """Attaches.

        Raises:
            ReaderRefused: another reader is attached and alive.
        """
        found = self._words[self._attached]
        until = time.monotonic() + READER_LIFE_SECONDS
        while found and time.monotonic() < until:
            time.sleep(0.02)
            if self._words[self._attached] not in (0, found):
                raise ReaderRefused("another reader is attached to this instance's event record")
            found = self._words[self._attached]
        written = self._words[self._written]
        oldest = max(self._words[self._first], written - layout.EVENTS + 1, 0)
        self._next = oldest if self._history else written
        self._words[self._read] = self._next
        self._show_life(found)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Detaches: the plugin waits for nobody any more."""
        if self._mine and self._words[self._attached] == self._mine:
            self._words[self._attached] = 0
        self._mine = 0

    def read(self) -> NDArray[np.void]:
        """The notes recorded since the last call, oldest first (dtype ``layout.EVENT.dtype``).

        Raises:
            ReaderRefused: not attached, or another reader took this one for dead.
        """
        if not self._mine or self._words[self._attached] != self._mine:
            raise ReaderRefused("this reader is not attached")
        written = self._words[self._written]
        self._barrier()
        begin = max(self._next, written - layout.EVENTS + 1)
        notes = self._ring[np.arange(begin, written) % layout.EVENTS]  # a copy
        self._barrier()
        # What was overwritten meanwhile, and what may be just now, does not count.
        safe = self._words[self._written] - layout.EVENTS + 1
        if safe > begin:
            notes = notes[safe - begin :]
            begin = min(safe, written)
        self.lost += begin - self._next
        self._next = written
        self._words[self._read] = written
        self._show_life(self._mine)
        return notes

    @property
    def ended(self) -> bool:
        """True once the instance is gone: what ``read`` returns after that is the rest."""
        return not self._lives()

    def __iter__(self) -> Iterator[np.void]:
        """Each note as it comes, until the instance is gone; it looks 200 times a second."""
        while True:
            ended = self.ended
            yield from self.read()
            if ended:
                return
            time.sleep(0.005)

    def _lives(self) -> bool:
        control = self._segment.controls[self.instance.slot]
        return (
            bool(control["in_use"])
            and int(control["instance"]) == self.instance.number
            and _is_alive(self.instance.pid)
        )

    def _show_life(self, before: int) -> None:
        self._mine = (before + 1) & 0xFFFF_FFFF_FFFF_FFFF or 1
        self._words[self._attached] = self._mine

    def _barrier(self) -> None:
        # Python has no memory fences of its own; taking a lock is one.
        with self._fence:
            pass


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

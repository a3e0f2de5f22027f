"""Reading files that others made: ordinary ones of a bearable size, and nothing else."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_ordinary(path: Path, most: int) -> bytes:
    """A file's whole content. A device or a pipe is not waited for, and nothing is read of it.

    Raises:
        OSError: it cannot be read, is no ordinary file, or is longer than ``most`` bytes;
            ``strerror`` is the reason, to be put after a colon.
        ValueError: there can be no such path.
    """
    with open(path, "rb", opener=_at_once) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file")
        # What the system makes as it is read, as in /proc, states no size.
        room = min(most, max(found.st_size, 65_536)) + 1
        data = b"" if found.st_size > most else file.read(room)
    length = max(found.st_size, len(data))
    if length > most:
        said = f"{length / 2**20:,.0f} MB" if length >= 2**20 else f"{length:,} bytes"
        limit = f"{most / 2**20:,.0f} MB" if most >= 2**20 else f"{most:,} bytes"
        raise OSError(errno.EFBIG, f"{said} are too much; at most {limit} are read")
    return data


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))

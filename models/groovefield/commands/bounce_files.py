"""The folder of a bounce: known to be writable before it, and never left with half of a file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("groove.wav", "groove.mid", "groove.png")


class NotWritable(RuntimeError):
    """The files cannot be written; the message says which and why."""


@contextmanager
def written_aside(out: Path, needed_bytes: int) -> Iterator[Path]:
    """A folder to write the files of ``NAMES`` into; they move into ``out`` when all went well.

    Until then earlier files stay as they are. After a failure nothing new is left, nor a folder.

    Raises:
        NotWritable: ``out`` cannot be written, on entry or at the end.
    """
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    aside = None
    try:
        aside = _open(out, needed_bytes)
        yield aside
        try:
            for name in NAMES:
                (aside / name).replace(out / name)
        except OSError as error:
            raise NotWritable(f"{out / name} cannot be written: {error.strerror}.") from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        for folder in missing:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _open(out: Path, needed_bytes: int) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if out.is_file() else error.strerror
        raise NotWritable(f"--out {out} cannot be a folder: {reason}.") from error
    for path in (out / name for name in NAMES):
        if path.is_dir():
            raise NotWritable(f"{path} is a folder: move it away, or bounce to another one.")
        if path.exists() and not os.access(path, os.W_OK):
            raise NotWritable(f"{path} is write-protected: bounce to another folder.")
    free = shutil.disk_usage(out).free
    if free < needed_bytes:
        raise NotWritable(
            f"{out} has {free / 1e6:.1f} MB left, and the bounce needs {needed_bytes / 1e6:.1f}."
        )
    try:
        return Path(tempfile.mkdtemp(prefix=".groovefield-", dir=out))
    except OSError as error:
        raise NotWritable(f"--out {out} cannot be written to: {error.strerror}.") from error

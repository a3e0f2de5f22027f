"""``groovefield studio --detached``: the window as a process that is nobody's child.

Whoever starts this, such as the plugin, is told by one line of JSON on standard output whether
the window opened:

    {"event": "open", "pid": 4711}
    {"event": "failed", "sentence": "The studio needs a desktop: ..."}

Then this process ends, and neither side is told of the other's end: the window has its own
session, none of our descriptors, and nobody waits for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

OPEN = "open"
"""What the window's process prints once it is shown."""


def open_detached(words: list[str]) -> int:
    """Start the window with these words; 0 once it is open, 1 when it cannot open."""
    command = [sys.executable, "-I", "-m", "groovefield", "studio", "--announce", *words]
    with tempfile.TemporaryFile() as errors:
        window = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            cwd=Path.home(), **_apart(),
        )  # fmt: skip
        assert window.stdout is not None
        if any(line.strip() == OPEN.encode() for line in window.stdout):
            _say({"event": "open", "pid": window.pid})
            window.returncode = 0  # it is not waited for, and Popen is not to warn of that
            return 0
        window.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").splitlines()
    _say({"event": "failed", "sentence": _sentence([line.strip() for line in said])})
    return 1


def announce() -> None:
    """In the window's process: say that it is open; from here on nobody listens."""
    with contextlib.suppress(OSError):
        print(OPEN, flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _apart() -> dict[str, Any]:
    """How a process is started that has nothing to do with us."""
    if sys.platform != "win32":
        return {"start_new_session": True}
    flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return {"creationflags": flags}


def _sentence(said: list[str]) -> str:
    """What the window's process said when it ended: its own sentence, or Python's of a fault."""
    said = [line for line in said if line]
    if not said:
        return "The studio ended before its window was open; run: groovefield doctor"
    if any(line.startswith("Traceback (most recent call last)") for line in said):
        return f"The studio failed ({said[-1]}); run: groovefield doctor"
    return said[-1]


def _say(event: dict[str, object]) -> None:
    print(json.dumps(event), flush=True)

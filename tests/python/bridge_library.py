"""What the bridge's tests share: shared memory made in Python, a tiny model, a driven host."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest
from groovefield.lanes import LANES, Lane
from groovefield.pattern import Grid
from groovefield_bridge import layout
from groovefield_bridge.segment import Segment
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]


def make_segment(directory: Path) -> Path:
    """A file as the plugin makes it; its owner is this process."""
    path = directory / f"groovefield-{os.getpid()}-1-{secrets.token_hex(8)}.shm"
    header = np.zeros(1, layout.HEADER.dtype)
    header["magic"], header["version"] = layout.MAGIC, layout.VERSION
    header["slots"], header["layout_hash"] = layout.SLOTS, layout.LAYOUT_HASH
    header["file_size"], header["owner_pid"] = layout.SEGMENT.size, os.getpid()
    path.touch(0o600)
    with path.open("r+b") as file:
        file.truncate(layout.SEGMENT.size)
        file.write(header.tobytes())
    return path


class Shell:
    """The plugin's part of one slot, in Python: what client.cpp does, without the speed."""

    def __init__(self, segment: Segment, slot: int = 0) -> None:
        self.segment = segment
        self.slot = slot
        self.control = segment.controls[slot : slot + 1]
        self.memory = segment.slots[slot : slot + 1]
        self.control["in_use"] = 1
        self.control["instance"] = secrets.randbits(63) + 1

    def request(self, *latent: float, model: bytes = bytes(32), style: float = 0.0) -> int:
        number = int(self.control["newest_request"][0]) + 1
        row = self.memory["requests"][:, number % layout.REQUEST_PLACES]
        row["seq"] |= 1
        row["id"] = number
        row["latent"] = 0.5
        row["latent"][0, : len(latent)] = latent
        row["style"] = style
        row["model"] = np.frombuffer(model, np.uint8)
        row["checksum"] = zlib.crc32(row.tobytes()[8:84])
        row["seq"] += 1
        self.control["newest_request"] = number
        return number

    def answer(self, number: int) -> NDArray[np.void]:
        """The answer as it lies there."""
        row: NDArray[np.void] = self.memory["answers"][0, number % layout.REQUEST_PLACES]
        return row

    def pattern(self, number: int) -> NDArray[np.float32]:
        """(5, lanes, steps) of a whole answer to ``number``."""
        row = self.answer(number)
        assert row["id"] == number
        assert row["seq"] % 2 == 0
        assert row["status"] == 0
        lanes, steps = int(row["lanes"]), int(row["steps"])
        count = layout.PATTERN_ARRAYS * lanes * steps
        raw = row.tobytes()[: layout.ANSWER.offsets["values"] + 4 * count]
        assert zlib.crc32(raw[layout.ANSWER.offsets["status"] :]) == row["checksum"]
        values: NDArray[np.float32] = row["values"][:count].reshape(-1, lanes, steps)
        return values

    def record(self, count: int) -> None:
        """Adds events whose ``grid_step`` counts up over the life of the slot."""
        head = self.memory["record"]
        for _ in range(count):
            written = int(head["written"][0])
            self.memory["events"]["grid_step"][0, written % layout.EVENTS] = written
            head["written"] = written + 1


class TinyDecoder:
    """A model of a few numbers that answers what its position says."""

    def __init__(self, lanes: tuple[Lane, ...] = LANES[:9], grid: Grid | None = None) -> None:
        self.lanes = lanes
        self.grid = grid or Grid()
        self.latents = 2
        self.picture: NDArray[np.uint8] | None = None
        self.calls = 0
        self._weights = np.linspace(0, 1, layout.PATTERN_ARRAYS * len(lanes) * self.grid.steps)

    def decode_into(
        self, latent: NDArray[np.float32], out: NDArray[np.float32], style: float = 0.0
    ) -> None:
        self.calls += 1
        out[:] = (self._weights * latent[0] + (1 - self._weights) * latent[1]) * 0.9
        out *= 1 - style


def built(name: str) -> Path:
    """A product of tests/cpp; skips the test when there is none."""
    folder = os.environ.get("GROOVEFIELD_TESTS_BUILD", ROOT / "build/out/cmake/tests")
    path = Path(folder) / name
    if not path.exists():
        pytest.skip(f"{path} is not built: run build/test")
    return path


def private_settings(home: Path) -> dict[str, str]:
    """An environment whose directories of every kind lie in ``home``; Python is this one."""
    settings = dict(os.environ)
    for name in ("runtime", "cache", "config"):
        (home / name).mkdir(mode=0o700, exist_ok=True)
    settings |= {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GROOVEFIELD_PYTHON": sys.executable,
    }
    return settings


class Host:
    """``groovefield_bridge_host``, a host without a host: ``do`` sends a line and hears one.

    Its home, runtime directory, cache and configuration lie in ``home``; it inherits
    ``descriptors``, and ``environment`` over ours.
    """

    def __init__(self, home: Path, descriptors: tuple[int, ...] = (), **environment: str) -> None:
        program = built("groovefield_bridge_host")
        self.home = home
        settings = private_settings(home)
        settings |= environment
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=settings,
            restore_signals=True, pass_fds=descriptors,
        )  # fmt: skip
        self.do("linger 200")

    def __enter__(self) -> Host:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def do(self, line: str) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the host ended at {line!r}"
        return answer.strip()

    def start(self, clients: int = 1) -> int:
        """Acquires the process, opens clients, waits until it is ready; the process's number."""
        assert self.do("acquire") == "ok"
        assert self.do(f"open {clients}") == "ok"
        assert self.do("ready 20000") == "yes", self.do("sentence")
        return self.model_pid()

    def model_pid(self) -> int:
        return int(self.do("pid"))

    def files(self) -> list[Path]:
        """The shared memory files that lie in its runtime directory."""
        return sorted((self.home / "runtime" / "groovefield").glob("*.shm"))


def lives(pid: int) -> bool:
    """True while a process of that number runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Waits for a condition; the time is only so that a broken one ends."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def end(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    os.kill(pid, how)

"""The model process, started and asked once as the plugin does it, with no plugin.

It makes a shared memory of its own, so that a plugin that plays meanwhile is not disturbed.
"""

from __future__ import annotations

import os
import struct
import subprocess
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np
from groovefield_bridge import layout
from groovefield_bridge.segment import Segment, slot_offset

from groovefield.commands.install import clean_environment
from groovefield.pattern import Floats

READY_SECONDS = 15.0
"""How long the plugin waits before it gives a process up."""

_BODY = struct.Struct("<Q32sf32s")  # id, latents, style, model


class TrialFailed(RuntimeError):
    """The process did not start or did not answer; the message is a sentence."""


@dataclass(frozen=True)
class TrialAnswer:
    """One answer: ``values`` is (5, lanes, steps); ``seconds`` from asking to reading it."""

    values: Floats
    seconds: float


class ProcessTrial:
    """A model process with shared memory of its own; use it in a ``with`` statement."""

    def __init__(self, python: Path) -> None:
        self._python = python
        self._folder = TemporaryDirectory(prefix="groovefield-")
        self._segment: Segment | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: list[str] = []
        self._ready = threading.Event()
        self._asked = 0

    def __enter__(self) -> ProcessTrial:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()  # the end of the line: it ends by itself
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stderr is not None:
                self._listener.join(5)
                self._process.stderr.close()
        self._segment = None
        self._folder.cleanup()

    def start(self) -> float:
        """Starts the process; returns the seconds until it is ready.

        Raises:
            TrialFailed: it ended, or was not ready in 15 s.
        """
        folder = Path(self._folder.name)
        try:
            self._segment = _make_segment(folder / "trial.shm")
        except OSError as error:
            raise TrialFailed(
                f"No shared memory can be made in {folder}: {error.strerror}."
            ) from error
        command = [str(self._python), "-I", "-m", "groovefield.serve"]
        command += ["--segment", str(self._segment.path), "--models", str(folder)]
        begun = time.monotonic()
        try:
            self._process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, cwd="/", env=clean_environment(),
            )  # fmt: skip
        except OSError as error:
            raise TrialFailed(f"{self._python} cannot be started: {error.strerror}.") from error
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        if not self._ready.wait(READY_SECONDS):
            raise TrialFailed(f"It was not ready in {READY_SECONDS:.0f} s.")
        if "ready" not in self._errors:
            raise TrialFailed(f"It ended: {self._last_words()}.")
        return time.monotonic() - begun

    def ask(self, x: float, y: float) -> TrialAnswer:
        """Asks for the pattern of the default model at a place of the pad.

        Raises:
            TrialFailed: it did not answer in 5 s, or what it answered is no pattern.
        """
        segment, process = self._segment, self._process
        if segment is None or process is None or process.stdin is None:
            raise TrialFailed("It was not started.")
        begun = time.monotonic()
        self._post(segment, x, y)
        try:
            process.stdin.write(b"?")
        except OSError as error:
            raise TrialFailed(f"It ended: {self._last_words()}.") from error
        answer = segment.slots[0]["answers"][self._asked % layout.REQUEST_PLACES]
        while int(answer["id"]) != self._asked or int(answer["seq"]) & 1:
            if time.monotonic() - begun > 5:
                raise TrialFailed("It did not answer in 5 s.")
            time.sleep(0.0002)
        seconds = time.monotonic() - begun
        if int(answer["status"]) != 0:
            said = bytes(segment.server["message"][0]).decode(errors="replace")
            raise TrialFailed(said or "It could not play the default model.")
        lanes, steps = int(answer["lanes"]), int(answer["steps"])
        used = layout.PATTERN_ARRAYS * lanes * steps
        raw = answer.tobytes()
        begin, end = layout.ANSWER.offsets["status"], layout.ANSWER.offsets["values"] + 4 * used
        values = np.array(answer["values"][:used], np.float32)
        if zlib.crc32(raw[begin:end]) != int(answer["checksum"]) or not np.isfinite(values).all():
            raise TrialFailed("It answered, but the answer is damaged.")
        return TrialAnswer(values.reshape(layout.PATTERN_ARRAYS, lanes, steps), seconds)

    def _post(self, segment: Segment, x: float, y: float) -> None:
        self._asked += 1
        latents = np.full(layout.MAX_LATENTS, 0.5, "<f4")
        latents[:2] = x, y
        body = _BODY.pack(self._asked, latents.tobytes(), 0.0, bytes(32))
        place = self._asked % layout.REQUEST_PLACES
        at = slot_offset(0) + layout.SLOT.offsets["requests"] + place * layout.REQUEST.size
        segment.words[at // 8] += 1
        checked = body + struct.pack("<I", zlib.crc32(body))
        segment.map[at + 8 : at + 8 + len(checked)] = checked
        segment.words[at // 8] += 1
        segment.controls["newest_request"][0] = self._asked

    def _listen(self) -> None:
        process = self._process
        if process is None or process.stderr is None:
            return
        for line in process.stderr:
            self._errors.append(line.decode(errors="replace").strip())
            if self._errors[-1] == "ready":
                self._ready.set()
        self._ready.set()  # the end, ready or not

    def _last_words(self) -> str:
        spoken = [e for e in self._errors if e and e != "ready"]
        return spoken[-1].removeprefix("groovefield: ") if spoken else "it said nothing"


def _make_segment(path: Path) -> Segment:
    """A sparse file like the plugin's, with one instance in it."""
    header = np.zeros(1, layout.HEADER.dtype)
    header["magic"], header["version"] = layout.MAGIC, layout.VERSION
    header["slots"], header["layout_hash"] = layout.SLOTS, layout.LAYOUT_HASH
    header["file_size"], header["owner_pid"] = layout.SEGMENT.size, os.getpid()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.truncate(layout.SEGMENT.size)
        out.write(header.tobytes())
    segment = Segment.open(path)
    segment.controls["instance"][0] = 1
    segment.controls["in_use"][0] = 1
    return segment

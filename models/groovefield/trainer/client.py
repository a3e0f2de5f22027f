"""A training process, started and followed from Python (the plugin does the same in C++)."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
from types import TracebackType

from groovefield.trainer import events
from groovefield.trainer.control import Control
from groovefield.trainer.job import Job


class TrainingProcess:
    """A job in a process of its own. Not for two threads at once."""

    def __init__(self, job: Job) -> None:
        self._said: queue.SimpleQueue[events.Event | None] = queue.SimpleQueue()
        self._words: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "groovefield.trainer"],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            text=True, encoding="utf-8", errors="replace", bufsize=1,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._write(job.to_json())

    def __enter__(self) -> TrainingProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def say(self, word: str) -> None:
        """One of ``Control.WORDS``.

        Raises:
            ValueError: it is none of them.
        """
        if word not in Control.WORDS:
            raise ValueError(f"{word!r} is no word of a training job.")
        self._write(word)

    def next(self, seconds: float | None = None) -> events.Event | None:
        """The next event; None when the process ended.

        Raises:
            queue.Empty: nothing was told in ``seconds``.
        """
        return self._said.get(timeout=seconds)

    def waiting(self) -> list[events.Event]:
        """What was told since the last look, without waiting."""
        told = []
        while not self._said.empty():
            event = self._said.get()
            if event is not None:
                told.append(event)
        return told

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def close(self) -> None:
        """Let go: the process finishes with the best field so far, unless it was cancelled."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(OSError):  # it had ended already
                self._process.stdin.close()
        self._process.wait()
        self._reader.join()

    def let_go(self) -> None:
        """As `close`, without waiting: torch takes seconds to leave."""
        threading.Thread(target=self.close, daemon=True).start()

    def _write(self, line: str) -> None:
        if self._process.stdin is None:
            return
        with contextlib.suppress(OSError):  # it has ended; its last event says why
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        told = False
        if self._process.stderr is not None:
            for line in self._process.stderr:
                event = events.from_json(line)
                if event is not None:
                    told = isinstance(event, events.Done | events.Failed | events.Cancelled)
                    self._said.put(event)
                elif line.strip():
                    self._words.append(line.rstrip())
        if not told:  # it died in the middle
            last = self._words[-1] if self._words else ""
            self._said.put(events.Failed(_how_it_ended(self._process.wait(), last)))
        self._said.put(None)


def _how_it_ended(code: int, last: str) -> str:
    """What a training process died of, its last words, and what to do."""
    by = f"exit code {code}"
    if code < 0:
        try:
            by = signal.Signals(-code).name
        except ValueError:
            by = f"signal {-code}"
    advice = "train again"
    if by == "SIGKILL":
        advice += ", on less material if the memory was full"
    why = f"{by}: {last}" if last else by
    return f"The training process ended unexpectedly ({why}); {advice}, or run groovefield doctor."

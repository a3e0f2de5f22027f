"""What a person may ask of a training job while it runs."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


class CancelTraining(Exception):
    """The job is to end and leave nothing."""


class Control:
    """Asked from any thread, obeyed by the training thread between two batches."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = self._finish = self._cancel = self._audition = False
        self._pauses = 0

    def pause(self) -> None:
        """Wait, and keep everything."""
        with self._changed:
            self._pauses += not self._paused
            self._set("_paused", True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._set("_paused", False)

    def finish(self) -> None:
        """End early with the best field so far."""
        self._set("_finish", True)

    def cancel(self) -> None:
        """End, and leave nothing."""
        self._set("_cancel", True)

    def audition(self) -> None:
        """Let the field be heard after this epoch."""
        self._set("_audition", True)

    WORDS = ("pause", "resume", "finish", "cancel", "audition")

    def say(self, word: str) -> bool:
        """One of `WORDS`, as the process hears them; False for any other."""
        if word not in self.WORDS:
            return False
        getattr(self, word)()
        return True

    def tick(
        self,
        paused: Callable[[], None] = lambda: None,
        audition: Callable[[], None] | None = None,
    ) -> None:
        """Obey, on the training thread: ``paused`` is called when a pause begins,
        ``audition`` for each that is asked for in it (None: there is nothing to hear yet).

        Raises:
            KeyboardInterrupt: it is to finish early.
            CancelTraining: it is to end at once.
        """
        told = 0
        while self._waits():
            if told != self._pauses:  # one that follows a "resume" unseen is another one
                told = self._pauses
                paused()
            with self._changed:
                # At most a second: a signal between the look and the wait wakes nobody.
                self._changed.wait_for(
                    lambda: not self._waits() or (self._audition and audition is not None),
                    timeout=1.0,
                )
            # Not under the lock: a field takes a moment to write, and more may be asked meanwhile.
            if self._waits() and audition and self.take_audition():
                audition()
        with self._changed:
            if self._cancel:
                raise CancelTraining
            if self._finish:
                self._finish = False
                raise KeyboardInterrupt

    def take_audition(self) -> bool:
        """Whether an audition was asked for since the last call."""
        with self._changed:
            asked, self._audition = self._audition, False
            return asked

    def _waits(self) -> bool:
        return self._paused and not self.ending

    def _set(self, name: str, value: bool) -> None:
        with self._changed:
            setattr(self, name, value)
            self._changed.notify_all()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was asked for."""
        return self._cancel

    @property
    def ending(self) -> bool:
        """Whether `finish` or `cancel` was asked for and is not yet obeyed."""
        return self._finish or self._cancel


@contextlib.contextmanager
def finishing_when_told(control: Control) -> Iterator[None]:
    """Let what ends a program from outside finish the training: SIGTERM, a terminal that closes.

    They may come together and more than once, as when a session ends, and each is the same
    wish: unlike a second Ctrl-C, none of them gives up what was learned. What was set to be
    ignored, as by nohup, still is. Only for the main thread.
    """
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    obeyed = [number for number, action in before.items() if action is signal.SIG_DFL]
    for number in obeyed:
        signal.signal(number, lambda *_: control.finish())
    try:
        yield
    finally:
        for number in obeyed:
            signal.signal(number, signal.SIG_DFL)

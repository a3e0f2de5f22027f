"""What a person may ask of a training job while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable


class CancelTraining(Exception):
    """The job is to end and leave nothing."""


class Control:
    """Asked from any thread, obeyed by the training thread between two batches."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = self._finish = self._cancel = self._audition = False

    def pause(self) -> None:
        """Wait, and keep everything."""
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

    def tick(self, paused: Callable[[], None] = lambda: None) -> None:
        """Obey, on the training thread: ``paused`` is called once when a pause begins.

        Raises:
            KeyboardInterrupt: it is to finish early.
            CancelTraining: it is to end at once.
        """
        with self._changed:
            if self._paused and not (self._finish or self._cancel):
                paused()
                self._changed.wait_for(lambda: not self._paused or self._finish or self._cancel)
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

    def _set(self, name: str, value: bool) -> None:
        with self._changed:
            setattr(self, name, value)
            self._changed.notify_all()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was asked for."""
        return self._cancel

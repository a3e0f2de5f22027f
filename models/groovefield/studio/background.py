"""Work beside the window: a thread does it, the window's thread takes what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

Cancelled = Callable[[], bool]


class Background(QObject):
    """One thing after the other; of things under one word only the newest is still wanted."""

    # The word as an object: Qt's own strings cannot hold every name of a file.
    _came = Signal(object, int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "studio")
        self._newest: dict[str, int] = {}
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def do(
        self, word: str, work: Callable[[Cancelled], Any], then: Callable[[Any], None]
    ) -> None:  # fmt: skip
        """``work`` on the thread, then ``then`` with its result on the window's.

        ``work`` is handed what tells whether it is still wanted; if it raises, ``then`` gets the
        error as its result.
        """
        number = self._newest[word] = self._newest.get(word, 0) + 1

        def gone() -> bool:
            return self._newest.get(word) != number

        def done(future: Future[Any]) -> None:
            if future.cancelled() or gone():
                return
            error = future.exception()
            with contextlib.suppress(RuntimeError):  # the window may be gone by now
                self._came.emit(word, number, then, future.result() if error is None else error)

        self._pool.submit(lambda: None if gone() else work(gone)).add_done_callback(done)

    def forget(self, word: str) -> None:
        """What was asked for under a word is not wanted any more."""
        self._newest.pop(word, None)

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._newest.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _take(self, word: str, number: int, then: Callable[[Any], None], result: Any) -> None:
        if self._newest.get(word) == number:
            then(result)

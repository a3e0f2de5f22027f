"""Words that keep to their room: a line that ends in an ellipsis, sentences that break anywhere."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """Takes the room it is given; ``text()`` and the tooltip hold what does not fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """A line, however short."""
        return QSize(0, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Say something else."""
        super().setText(text)
        self._show_whole()

    @property
    def shown(self) -> str:
        """What is seen of it."""
        end = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(self.text(), end, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        line = Qt.AlignmentFlag.AlignVCenter
        QPainter(self).drawText(self.rect(), int(line), self.shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of it is seen."""
        super().resizeEvent(event)
        self._show_whole()

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._show_whole()

    def _show_whole(self) -> None:
        self.setToolTip("" if self.shown == self.text() else self.text())


_PIECE = 10
_LONG = re.compile(rf"\S{{{2 * _PIECE + 1},}}")
_BREAK = "\u200b"  # a space of no width


class Sentence(QLabel):
    """In as many lines as its words need; a name without a gap may end a line in its midst."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)  # names of files are no markup
        self.setWordWrap(True)
        self.setMinimumWidth(1)  # its longest word widens nothing
        self.setText(text)

    def setText(self, text: str) -> None:
        """Say something else."""
        super().setText(_LONG.sub(lambda word: _breakable(word[0]), text))
        self.setAccessibleName(text)  # else what is only for the lines is read out

    def text(self) -> str:
        """What it says, without what is only for the lines."""
        return super().text().replace(_BREAK, "")


def _breakable(word: str) -> str:
    return _BREAK.join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))

"""A pattern as a grid: lanes from the kick up, hits with velocity as height and offset as shift."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from groovefield.lanes import LANES
from groovefield.pattern import Floats
from groovefield.studio.look import Look, lane_colour

NAMES = 72
"""Pixels for the lanes' names."""
TITLE = 24
"""Pixels of the line above."""
LARGEST, LEAST = 11, 10.4
"""Pixels of a lane's name, and of the lowest row in which one is read."""


class PatternView(QWidget):
    """Shows one pattern; probabilities below the threshold are drawn faintly."""

    def __init__(self, look: Look, title: str) -> None:
        super().__init__()
        self._look, self._title = look, title
        self._lanes: Sequence[str] = ()
        self._steps_per_beat = 4
        self._threshold = 0.5
        self._said = ""
        shape = (0, 0)
        self._probability, self._velocity, self._offset = (np.zeros(shape, "f4") for _ in range(3))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)

    def sizeHint(self) -> QSize:
        """What it is not to be less than unasked; it takes all the room there is."""
        return QSize(300, 150)

    def minimumSizeHint(self) -> QSize:
        """What it can still be read at: a line for the name of each lane."""
        rows = max(len(LANES), len(self._lanes))
        return QSize(200, TITLE + math.ceil(LEAST * rows) + 2)

    def show_pattern(
        self,
        lanes: Sequence[str],
        arrays: tuple[Floats, Floats, Floats],
        threshold: float,
        steps_per_beat: int,
        title: str = "",
    ) -> None:
        """``arrays``: probability, velocity 0..1, offset in half steps, each (lanes, steps)."""
        if len(lanes) != len(self._lanes):
            self.updateGeometry()
        self._lanes, self._threshold, self._steps_per_beat = lanes, threshold, steps_per_beat
        self._probability, self._velocity, self._offset = (np.array(a) for a in arrays)
        self._title, self._said = title or self._title, ""
        self.setAccessibleDescription(f"{self.hits()} hits")
        self._show_whole()

    def show_nothing(self, title: str, said: str) -> None:
        """A sentence in place of a pattern."""
        self._title, self._said = title, said
        self._probability = np.zeros((0, 0), np.float32)
        self.setAccessibleDescription(said)
        self._show_whole()

    def hits(self) -> int:
        """Cells above the threshold."""
        return int((self._probability > self._threshold).sum())

    @property
    def shown_title(self) -> str:
        """What is seen of the title."""
        middle = Qt.TextElideMode.ElideMiddle
        return QFontMetrics(self._bold()).elidedText(self._title, middle, self.width() - 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the title is seen."""
        super().resizeEvent(event)
        self._show_whole()

    def _show_whole(self) -> None:
        self.setToolTip("" if self.shown_title == self._title else self._title)
        self.update()

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _lane_name(self, letters: QFontMetrics, lane: int) -> str:
        return letters.elidedText(self._lanes[lane], Qt.TextElideMode.ElideRight, NAMES - 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self._look
        painter.setPen(QColor(look.text))
        painter.setFont(self._bold())
        top = float(TITLE)
        line = QRectF(0, 0, self.width(), top)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.shown_title)
        font = QFont(self.font())
        font.setPixelSize(LARGEST)
        painter.setFont(font)
        lanes, steps = self._probability.shape
        if lanes == 0 or steps == 0:
            box = QRectF(0, top, self.width(), self.height() - top)
            painter.fillRect(box, QColor(look.well))
            painter.setPen(QColor(look.quiet))
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box.adjusted(12, 0, -12, 0), int(middle), self._said)
            return
        grid = QRectF(NAMES, top, self.width() - NAMES - 2, self.height() - top - 2)
        painter.fillRect(grid, QColor(look.well))
        cell, row = grid.width() / steps, grid.height() / lanes
        for step in range(0, steps + 1, self._steps_per_beat):
            painter.fillRect(QRectF(grid.x() + step * cell, top, 1, grid.height()),
                             QColor(look.line))  # fmt: skip
        font.setPixelSize(min(LARGEST, max(1, int(row))))
        painter.setFont(font)
        names = [self._lane_name(painter.fontMetrics(), lane) for lane in range(lanes)]
        for lane in range(lanes):
            bottom = grid.bottom() - lane * row
            painter.setPen(QColor(look.quiet))
            name = QRectF(0, bottom - row, NAMES - 8, row)
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, names[lane])
            self._draw_lane(painter, lane, QRectF(grid.x(), bottom - row, cell, row))

    def _draw_lane(self, painter: QPainter, lane: int, first: QRectF) -> None:
        colour, cell = lane_colour(lane, self._look), first.width()
        for step in range(self._probability.shape[1]):
            chance = float(self._probability[lane, step])
            sounds = chance > self._threshold
            if chance < 0.04:
                continue
            height = float(self._velocity[lane, step]) if sounds else chance
            tall = max(2.0, height * (first.height() - 3))
            shift = float(self._offset[lane, step]) * 0.5 * cell if sounds else 0.0
            at = first.x() + step * cell + shift + 1
            bar = QRectF(at, first.bottom() - 1 - tall, max(2.0, cell - 2), tall)
            faint = QColor(colour)
            faint.setAlphaF(0.25)
            painter.fillRect(bar, colour if sounds else faint)

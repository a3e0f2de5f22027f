"""A loop drawn: its waveform, its onsets and their lanes, and the grid laid on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from groovefield.lanes import LANES
from groovefield.loops.reading import LoopReading
from groovefield.studio.look import Look, lane_colour
from groovefield.studio.pattern_view import LARGEST, NAMES

WAVE_SHARE = 0.45
BAR_BEATS, BEAT_STEPS = 4, 4
NEAR_PIXELS = 9
CLOSEST_SECONDS = 0.25


class WaveformView(QWidget):
    """Click an onset, or go with the arrow keys, to choose it; the wheel goes nearer."""

    chosen = Signal(int)
    """The number of the onset that is chosen, or -1."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._loop: LoopReading | None = None
        self._low = self._high = np.zeros(0, np.float32)
        self._span = (0.0, 1.0)
        self.onset = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Waveform")
        self.setToolTip("Click an onset to see and correct its lanes; the wheel goes nearer.")

    def sizeHint(self) -> QSize:
        """What it is not to be less than unasked; it takes all the room there is."""
        return QSize(320, 250)

    def minimumSizeHint(self) -> QSize:
        """What it can still be read at."""
        return QSize(200, 240)

    def show_loop(
        self, loop: LoopReading, low: NDArray[np.float32], high: NDArray[np.float32]
    ) -> None:
        """``low``, ``high``: the envelope of the whole file, -1..1."""
        if self._loop is None or loop.path != self._loop.path:
            self._span, self.onset = (0.0, loop.seconds), -1
        self._loop, self._low, self._high = loop, low, high
        self.onset = min(self.onset, len(loop.time) - 1)
        self.setAccessibleDescription(loop.sentence())
        self.update()

    def choose(self, onset: int) -> None:
        """Choose an onset by its number; the stretch shown goes to it."""
        if self._loop is None or not len(self._loop.time):
            return
        self.onset = max(-1, min(onset, len(self._loop.time) - 1))
        begin, end = self._span
        if self.onset >= 0 and not begin <= (at := float(self._loop.time[self.onset])) <= end:
            self._look_at(at - (end - begin) / 2, end - begin)
        self.chosen.emit(self.onset)
        self.update()

    def x_of(self, seconds: float) -> float:
        """Where a time of the file is drawn."""
        area, (begin, end) = self._area(), self._span
        return area.x() + (seconds - begin) / (end - begin) * area.width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the onset that is clicked on."""
        if self._loop is None or event.button() != Qt.MouseButton.LeftButton:
            return
        away = np.array([abs(self.x_of(float(t)) - event.position().x()) for t in self._loop.time])
        near = len(away) > 0 and away.min() <= NEAR_PIXELS
        self.choose(int(away.argmin()) if near else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from onset to onset, plus and minus nearer and further."""
        keys = Qt.Key
        match event.key():
            case keys.Key_Right:
                self.choose(self.onset + 1)
            case keys.Key_Left:
                self.choose(max(0, self.onset - 1))
            case keys.Key_Plus | keys.Key_Equal:
                self._zoom(0.5, self._middle())
            case keys.Key_Minus:
                self._zoom(2.0, self._middle())
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer and further about the mouse; sideways along."""
        begin, end = self._span
        turned = event.angleDelta()
        if abs(turned.x()) > abs(turned.y()):
            self._look_at(begin - turned.x() / 1200 * (end - begin), end - begin)
        else:
            area = self._area()
            at = begin + (event.position().x() - area.x()) / area.width() * (end - begin)
            self._zoom(0.999 ** turned.y(), at)
        event.accept()

    def _middle(self) -> float:
        if self._loop is not None and self.onset >= 0:
            return float(self._loop.time[self.onset])
        return sum(self._span) / 2

    def _zoom(self, factor: float, about: float) -> None:
        begin, end = self._span
        length = max(CLOSEST_SECONDS, (end - begin) * factor)
        self._look_at(about - (about - begin) * length / (end - begin), length)

    def _look_at(self, begin: float, length: float) -> None:
        whole = self._loop.seconds if self._loop else 1.0
        length = min(length, whole)
        begin = max(0.0, min(begin, whole - length))
        self._span = (begin, begin + length)
        self.update()

    def _area(self) -> QRectF:
        return QRectF(NAMES, 20, max(10, self.width() - NAMES - 2), max(10, self.height() - 22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(LARGEST)
        painter.setFont(font)
        area = self._area()
        painter.fillRect(area, QColor(self._look.well))
        if self._loop is None:
            return
        tall = area.height() * WAVE_SHARE
        wave = QRectF(area.x(), area.y(), area.width(), tall)
        rows = QRectF(area.x(), area.y() + tall, area.width(), area.height() - tall)
        painter.setClipRect(QRectF(area.x(), 0, area.width(), self.height()))
        self._draw_grid(painter, self._loop, area)
        self._draw_wave(painter, self._loop, wave)
        self._draw_onsets(painter, self._loop, wave, rows)
        painter.setClipping(False)
        self._draw_names(painter, rows)
        if self.hasFocus():
            painter.setPen(QColor(self._look.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_grid(self, painter: QPainter, loop: LoopReading, area: QRectF) -> None:
        """Bars and beats; sixteenths where there is room. Numbers are bars."""
        step = 60 / loop.bpm / BEAT_STEPS
        begin, end = self._span
        fine = step / (end - begin) * area.width() > 5
        first = max(0, int((begin - loop.start) / step) - 1)
        last = min(round(loop.beats * BEAT_STEPS), int((end - loop.start) / step) + 1)
        strong, faint = QColor(self._look.quiet), QColor(self._look.line)
        for line in range(first, last + 1):
            on_beat, on_bar = line % BEAT_STEPS == 0, line % (BAR_BEATS * BEAT_STEPS) == 0
            if not (on_beat or fine):
                continue
            x = self.x_of(loop.start + line * step)
            colour = strong if on_bar else faint
            colour.setAlphaF(0.9 if on_beat else 0.45)
            painter.setPen(QPen(colour, 1.4 if on_bar else 1))
            painter.drawLine(QLineF(x, area.y(), x, area.bottom()))
            if on_bar and line < round(loop.beats * BEAT_STEPS):
                painter.setPen(strong)
                painter.drawText(QPointF(x + 3, 14), str(line // (BAR_BEATS * BEAT_STEPS) + 1))

    def _draw_wave(self, painter: QPainter, loop: LoopReading, wave: QRectF) -> None:
        """A column of pixels from the lowest to the highest sample in it."""
        colour = QColor(self._look.quiet)
        colour.setAlphaF(0.75)
        painter.setPen(QPen(colour, 1))
        begin, end = self._span
        count = len(self._low)
        edges = np.linspace(begin, end, int(wave.width()) + 1) / loop.seconds * count
        middle, half = wave.center().y(), wave.height() / 2 - 2
        lines = []
        for column in range(len(edges) - 1):
            a = min(int(edges[column]), count - 1)
            b = max(a + 1, min(int(edges[column + 1]), count))
            x = wave.x() + column + 0.5
            top, low = float(self._high[a:b].max()), float(self._low[a:b].min())
            lines.append(QLineF(x, middle - top * half, x, middle - low * half + 0.5))
        painter.drawLines(lines)

    def _draw_onsets(
        self, painter: QPainter, loop: LoopReading, wave: QRectF, rows: QRectF
    ) -> None:
        tall = rows.height() / len(LANES)
        for number, at in enumerate(loop.time):
            x = self.x_of(float(at))
            if not wave.x() - 4 <= x <= wave.right() + 4:
                continue
            lanes = np.flatnonzero(loop.struck[number])
            taken = number == self.onset
            line = QColor(self._look.text if taken else self._look.accent)
            line.setAlphaF(1.0 if taken else 0.55)
            painter.setPen(QPen(line, 2 if taken else 1))
            painter.drawLine(QLineF(x, wave.y(), x, rows.bottom() if taken else wave.bottom()))
            for lane in lanes:
                bottom = rows.bottom() - int(lane) * tall
                high = max(3.0, float(loop.velocity[number, lane]) * (tall - 2))
                colour = lane_colour(int(lane), self._look)
                painter.fillRect(QRectF(x - 2, bottom - 1 - high, 5, high), colour)

    def _draw_names(self, painter: QPainter, rows: QRectF) -> None:
        painter.setPen(QColor(self._look.quiet))
        tall = rows.height() / len(LANES)
        font = painter.font()
        font.setPixelSize(min(LARGEST, max(1, int(tall))))
        painter.setFont(font)
        for i, lane in enumerate(LANES):
            box = QRectF(0, rows.bottom() - (i + 1) * tall, NAMES - 8, tall)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, lane.name)

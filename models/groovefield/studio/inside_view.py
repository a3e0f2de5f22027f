"""The way of a place through the network, drawn: each layer a strip of its activity, then the cut.

The last layer, how likely each hit is, is drawn as a plot: a cell is a dot in the colour of its
lane, its height is its probability, and the threshold is a line. What lies above the line sounds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from groovefield.studio.inside import Layer
from groovefield.studio.look import Look, lane_colour

TITLE, TALL, CUT = 22, 20, 92
"""Pixels: the line above, one layer's row, the plot of the probabilities."""
FLOOR = 4
"""Pixels from the plot's edges to the probabilities 0 and 1."""
NAMES, WORDS = 76, 150
"""Pixels left for a layer's name, and right for what it does."""
LEAST = 0.02
"""Cells less likely than that are not drawn: there are hundreds on the floor."""


class InsideView(QWidget):
    """Strips from the place to the features, brighter is more active; below them the cut."""

    cut = Signal(float)
    """The threshold, 0..1, where the line was dragged to."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layers: Sequence[Layer] = ()
        self._sounding, self._threshold, self._steps_per_beat = 0, 0.5, 4
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The way through the network")
        self.setToolTip(
            "How the model gets from the place to its hits, a strip for each step; what is\n"
            "brighter counts for more. Below, each dot is a hit: the higher, the likelier.\n"
            "Those above the line play. Drag it; Density does the same."
        )

    def sizeHint(self) -> QSize:
        """A strip for each layer of the usual network, and the plot."""
        return QSize(420, TITLE + TALL * 5 + CUT)

    def show_layers(
        self, layers: Sequence[Layer], threshold: float, steps_per_beat: int = 4
    ) -> None:
        """Draw these; the last one's cells above the threshold are counted."""
        self._layers, self._threshold, self._steps_per_beat = layers, threshold, steps_per_beat
        self._sounding = int((layers[-1].activity > threshold).sum()) if layers else 0
        self.setAccessibleDescription(self.said)
        self.update()

    @property
    def said(self) -> str:
        """What the threshold does, in words."""
        return f"{self._sounding} hits play, those over {self._threshold:.0%}".replace("%", " %")

    def y_of(self, probability: float) -> float:
        """How high a probability is drawn."""
        plot = self._plot()
        return plot.bottom() - FLOOR - probability * (plot.height() - 2 * FLOOR)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the line."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        plot = self._plot()
        if event.position().y() >= plot.top() - 4:
            share = (self.y_of(0) - event.position().y()) / (self.y_of(0) - self.y_of(1))
            self.cut.emit(min(1.0, max(0.0, share)))

    def _plot(self) -> QRectF:
        top = TITLE + TALL * max(0, len(self._layers) - 1) + 4
        return QRectF(NAMES, top, max(40.0, self.width() - NAMES - 2), CUT - 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.text))
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        title = QRectF(0, 0, self.width(), TITLE)
        left = Qt.AlignmentFlag.AlignVCenter
        wide = self.width() > 350  # else the words on its right need the room
        painter.drawText(title, left, "The way through the network" if wide else "The network")
        font.setBold(False)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(self._look.quiet))
        if self._layers:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(title.adjusted(0, 0, -2, 0), int(right), self.said)
        for i, layer in enumerate(self._layers[:-1]):
            row = QRectF(0, TITLE + TALL * i, self.width(), TALL - 2)
            strip = QRectF(NAMES, row.y() + 2, max(40.0, self.width() - NAMES - WORDS), TALL - 6)
            dark, bright = QColor(self._look.well), QColor(self._look.accent)
            painter.drawImage(strip, _strip(layer, dark, bright, 1.0 if i == 0 else None))
            said = QRectF(strip.right() + 8, row.y(), WORDS - 8, TALL - 2)
            painter.drawText(row, left, layer.name)
            painter.drawText(said, left, layer.meaning)
        if self._layers:
            self._draw_cut(painter, self._layers[-1])

    def _draw_cut(self, painter: QPainter, layer: Layer) -> None:
        """Each cell a dot, those above the line in the colours of their lanes."""
        plot, look = self._plot(), self._look
        painter.fillRect(plot, QColor(look.well))
        lanes, steps = layer.activity.shape
        cell = plot.width() / steps
        for step in range(0, steps, self._steps_per_beat):
            painter.fillRect(QRectF(plot.x() + step * cell, plot.y(), 1, plot.height()),
                             QColor(look.line))  # fmt: skip
        line = self.y_of(self._threshold)
        # The names of the axis; the threshold's gives way to none.
        painter.setPen(QColor(look.quiet))
        painter.drawText(QRectF(0, plot.y() - 2, NAMES - 8, 16), layer.name)
        for lane, step in np.argwhere(layer.activity > LEAST).tolist():
            chance = float(layer.activity[lane, step])
            colour = lane_colour(lane, look)
            if chance <= self._threshold:
                colour = QColor(look.quiet)
                colour.setAlphaF(0.55)
            # Lanes stand side by side within their step.
            x = plot.x() + (step + (lane + 0.5) / lanes) * cell
            painter.fillRect(QRectF(x - 2, self.y_of(chance) - 2, 4, 4), colour)
        painter.setPen(QPen(QColor(look.accent), 1.4))
        painter.drawLine(QLineF(plot.x(), line, plot.right(), line))
        label = QRectF(0, min(max(line - 8, plot.y() + 14), plot.bottom() - 14), NAMES - 8, 16)
        painter.drawText(label, f"over {self._threshold:.0%}".replace("%", " %"))


def _strip(layer: Layer, dark: QColor, bright: QColor, peak: float | None) -> QImage:
    """One pixel a unit. What has ``peak`` is brightest; without it the strongest of the layer."""
    activity = np.abs(layer.activity.astype(np.float64))
    strong = np.atleast_2d(activity / (peak or max(float(activity.max()), 1e-9)))[:, :, None]
    low, high = (np.array([c.red(), c.green(), c.blue()], float) for c in (dark, bright))
    pixels = np.ascontiguousarray((low + strong * (high - low)).astype(np.uint8))
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()

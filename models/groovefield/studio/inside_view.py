"""The way of a place through the network, drawn: each layer a strip of its activity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from groovefield.studio.inside import Layer
from groovefield.studio.look import Look


class InsideView(QWidget):
    """Strips from the place to the probabilities; brighter is more active."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layers: Sequence[Layer] = ()
        self._sounding = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The way through the network")

    def sizeHint(self) -> QSize:
        """A strip for each layer."""
        return QSize(420, 28 * 6 + 26)

    def show_layers(self, layers: Sequence[Layer], threshold: float) -> None:
        """Draw these; the last one's cells above the threshold are counted."""
        self._layers = layers
        self._sounding = int((layers[-1].activity > threshold).sum()) if layers else 0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        look = self._look
        painter.setPen(QColor(look.text))
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, self.width(), 22), Qt.AlignmentFlag.AlignVCenter,
                         "The way through the network")  # fmt: skip
        font.setBold(False)
        font.setPixelSize(11)
        painter.setFont(font)
        for i, layer in enumerate(self._layers):
            row = QRectF(0, 24 + 28 * i, self.width(), 26)
            painter.setPen(QColor(look.quiet))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, layer.name)
            strip = QRectF(76, row.y() + 3, max(40.0, self.width() - 76 - 150), 20)
            painter.drawImage(strip, _strip(layer, QColor(look.accent), QColor(look.well)))
            said = QRectF(strip.right() + 8, row.y(), 142, 26)
            text = layer.meaning if i + 1 < len(self._layers) else f"{self._sounding} hits sound"
            painter.drawText(said, Qt.AlignmentFlag.AlignVCenter, text)


def _strip(layer: Layer, bright: QColor, dark: QColor) -> QImage:
    """One pixel a unit; a pattern is drawn with its lanes stacked from the kick up."""
    activity = np.abs(layer.activity.astype(np.float64))
    strong = np.atleast_2d(activity / max(float(activity.max()), 1e-9))[::-1, :, None]
    low, high = (np.array([c.red(), c.green(), c.blue()], float) for c in (dark, bright))
    pixels = np.ascontiguousarray((low + strong * (high - low)).astype(np.uint8))
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()

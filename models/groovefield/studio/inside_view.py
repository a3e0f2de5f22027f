"""The way of a place through the network, drawn: each layer a strip of its activity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from groovefield.studio.inside import Layer
from groovefield.studio.look import Look

TALL = 25
"""Pixels of one layer's row."""


class InsideView(QWidget):
    """Strips from the place to the probabilities; brighter is more active."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._layers: Sequence[Layer] = ()
        self._sounding, self._threshold = 0, 0.5
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The way through the network")

    def sizeHint(self) -> QSize:
        """A strip for each layer."""
        return QSize(420, TALL * 7 + 26)

    def show_layers(self, layers: Sequence[Layer], threshold: float) -> None:
        """Draw these; the last one's cells above the threshold are counted."""
        self._layers, self._threshold = layers, threshold
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
            row = QRectF(0, 24 + TALL * i, self.width(), TALL - 2)
            painter.setPen(QColor(look.quiet))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, layer.name)
            strip = QRectF(76, row.y() + 2, max(40.0, self.width() - 76 - 150), TALL - 6)
            last = i + 1 == len(self._layers)
            colours = QColor(look.accent), QColor(look.well), QColor(look.quiet)
            painter.drawImage(strip, _strip(layer, *colours, self._threshold if last else None,
                                              1.0 if i == 0 else None))  # fmt: skip
            said = QRectF(strip.right() + 8, row.y(), 142, TALL - 2)
            text = f"{self._sounding} above {self._threshold:.2f} sound" if last else layer.meaning
            painter.drawText(said, Qt.AlignmentFlag.AlignVCenter, text)


def _strip(
    layer: Layer, bright: QColor, dark: QColor, quiet: QColor, threshold: float | None,
    peak: float | None,
) -> QImage:  # fmt: skip
    """One pixel a unit; a pattern is drawn with its lanes stacked from the kick up, and what the
    ``threshold`` cuts off in the quiet colour. What has ``peak`` is brightest."""
    activity = np.abs(layer.activity.astype(np.float64))
    strong = np.atleast_2d(activity / (peak or max(float(activity.max()), 1e-9)))[::-1, :, None]
    low, high, cut = (
        np.array([c.red(), c.green(), c.blue()], float) for c in (dark, bright, quiet)
    )
    if threshold is not None:
        sounds = np.atleast_2d(activity)[::-1, :, None] > threshold
        strong, high = np.where(sounds, 1.0, strong), np.where(sounds, high, cut)
    pixels = np.ascontiguousarray((low + strong * (high - low)).astype(np.uint8))
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()

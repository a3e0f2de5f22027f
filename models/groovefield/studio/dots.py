"""Items drawn as dots: which of them are drawn, which is near, and what it is called."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics

from groovefield.pattern import Floats
from groovefield.studio.look import Look

NEAR = 0.02
"""How near the mouse must come to a dot, in the pad's own units."""

WIDEST, MARGIN = 420, 12
"""Pixels of the longest name, and what lies left and right of it."""

MOST_DOTS = 4_000
"""More dots than that hide the map; an even selection of them is drawn."""


def some_of(count: int) -> NDArray[np.int64]:
    """The items that are drawn, of so many."""
    return np.arange(0, count, max(1, count // MOST_DOTS))


class Nearest:
    """Finds the drawn item nearest to a place."""

    def __init__(self) -> None:
        self.put(np.zeros(0, np.int64), np.zeros((0, 2), np.float32))

    def put(self, shown: NDArray[np.int64], places: Floats) -> None:
        """``shown``: indices of the drawn items; ``places`` (items, 2)."""
        self._shown, self._places = shown, places[shown]

    def to(self, x: float, y: float, within: float) -> int:
        """The item's index, or -1 if none is so near."""
        if len(self._shown) == 0:
            return -1
        away = np.hypot(self._places[:, 0] - x, self._places[:, 1] - y)
        best = int(away.argmin())
        return int(self._shown[best]) if away[best] < within else -1


class HoverLabel:
    """A name over a dot, or under it, shifted to where there is room for it."""

    def __init__(self, plot: pg.PlotItem, look: Look) -> None:
        ground = QColor(look.panel)
        ground.setAlphaF(0.93)
        self._item = pg.TextItem(
            color=look.text, fill=pg.mkBrush(ground), border=pg.mkPen(look.line)
        )
        self._plot = plot
        self._item.setZValue(100)
        self._item.hide()
        plot.addItem(self._item, ignoreBounds=True)
        self.text = ""

    def show(self, x: float, y: float, name: str, label: str) -> None:
        """At a place of the pad; an item without a name has no label to show."""
        self.text = f"{name} · {label}" if name and label else name
        if not name:
            self.hide()
            return
        # A name may be long: of a path the end says most.
        room = min(WIDEST, int(self._plot.vb.width()) - 2 * MARGIN)
        letters = QFontMetrics(self._item.textItem.font())
        self._item.setText(letters.elidedText(self.text, Qt.TextElideMode.ElideLeft, room))
        # To the right of what is on the left, and the other way round: it never leaves the plot.
        self._item.setAnchor((x, -0.3 if y > 0.9 else 1.3))
        self._item.setPos(x, y)
        self._item.show()
        self._item.updateTransform(force=True)  # else it is drawn where it was, once

    def hide(self) -> None:
        """Show nothing."""
        self.text = ""
        self._item.hide()

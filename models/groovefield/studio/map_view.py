"""The field as a map: its picture, the training items as dots, the place looked at, plugins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter

from groovefield.field.item_names import ItemNames
from groovefield.field.modelfile import MAX_LATENTS
from groovefield.pattern import Floats
from groovefield.studio.dots import NEAR, HoverLabel, Nearest, some_of
from groovefield.studio.look import Look

STRENGTHS = 12
"""How many shades there are from a dot on the slice shown to one far off it."""
EDGE, MOVED = "#0d0f13", "#d4ed5c"
"""Around what is white, for the map has bright and dark places in either look; and what is meant
of several alike."""


class _SmoothImage(pg.ImageItem):  # type: ignore[misc]
    """The field has no edges between its 64 x 64 places, so none are drawn."""

    def paint(self, painter: QPainter, *rest: object) -> None:
        """Draw it."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *rest)


class MapView(pg.PlotWidget):  # type: ignore[misc]
    """X to the right, Y up, both 0..1. Click or drag to go somewhere; hover to see an item."""

    moved = Signal(float, float)
    picked = Signal(int)
    """The index of the item to go to, in every dimension."""
    released = Signal(float, float)
    """A click or a drag is over."""
    hovered = Signal(int)
    """The index of the item under the mouse, or -1."""

    def __init__(self, look: Look) -> None:
        super().__init__(background=look.well)
        self._items: Floats = np.zeros((0, 2), np.float32)
        self._others: Floats = np.full(MAX_LATENTS - 2, 0.5, np.float32)
        self._shown: NDArray[np.int64] = np.zeros(0, np.int64)
        self._names = ItemNames()
        self._near = Nearest()
        self._hovered = -1
        plot = self.getPlotItem()
        plot.hideAxis("left")
        plot.hideAxis("bottom")
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setAspectLocked(True)
        plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.025)
        plot.setMouseEnabled(False, False)
        self._picture = _SmoothImage(axisOrder="row-major")
        self._dots = [pg.ScatterPlotItem(pxMode=True) for _ in range(STRENGTHS)]
        self._plugins = pg.ScatterPlotItem(size=13, symbol="d", pen=pg.mkPen(EDGE, width=1.5))
        self._numbers: list[pg.TextItem] = []
        self._marked = pg.ScatterPlotItem(size=11, pen=pg.mkPen(MOVED, width=2),
                                          brush=pg.mkBrush(EDGE))  # fmt: skip
        self._around = pg.ScatterPlotItem(size=21, pen=pg.mkPen(EDGE, width=1.5),
                                          brush=pg.mkBrush(None))  # fmt: skip
        self._place = pg.ScatterPlotItem(size=18, pen=pg.mkPen("#ffffff", width=2),
                                         brush=pg.mkBrush(None))  # fmt: skip
        for item in (
            self._picture,
            *self._dots,
            self._marked,
            self._plugins,
            self._around,
            self._place,
        ):
            plot.addItem(item)
        self.label = HoverLabel(plot, look)
        self.scene().sigMouseMoved.connect(self._mouse_moved)
        self.setAccessibleName("Map of the field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._at = (0.5, 0.5)
        self.held = False

    def show_field(self, picture: NDArray[np.uint8], items: Floats, names: ItemNames) -> None:
        """``picture`` (64, 64, 4) RGBA, row 0 is y = 0; ``items`` (n, latents)."""
        self.show_picture(picture)
        self._items, self._names = items, names
        self._hovered = -1
        self.label.hide()
        self._shown = some_of(len(items))
        self._near.put(self._shown, items[:, :2])
        self._draw_dots()

    def show_slice(self, others: Floats) -> None:
        """Where the further dimensions stand, as many as the items have or more."""
        self._others = others
        self._draw_dots()

    def _draw_dots(self) -> None:
        items = self._items
        others = self._others[: items.shape[1] - 2]
        off_slice = np.abs(items[self._shown, 2:] - others).sum(1)
        crowded = len(self._shown) > 300
        # Those of one strength are drawn together: a brush for each dot takes half a second.
        strength = (np.clip(1 - 1.5 * off_slice, 0.15, 1) * len(self._dots)).astype(int)
        most = 80 if crowded else 200
        for number, dots in enumerate(self._dots, 1):
            index = self._shown[strength == number]
            brush = pg.mkBrush(255, 255, 255, most * number // len(self._dots))
            dots.setData(x=items[index, 0], y=items[index, 1], size=3 if crowded else 8,
                         pen=None, brush=brush)  # fmt: skip

    def mark(self, items: NDArray[np.int64]) -> None:
        """Let these stand out: those of the file that is looked at."""
        self._marked.setData(x=self._items[items, 0], y=self._items[items, 1])

    def show_picture(self, picture: NDArray[np.uint8]) -> None:
        """Under the same dots; as in `show_field`."""
        self._picture.setImage(picture)
        self._picture.setRect(0, 0, 1, 1)

    def show_place(self, x: float, y: float) -> None:
        """Where is looked at."""
        self._at = (x, y)
        for ring in (self._around, self._place):
            ring.setData(x=[x], y=[y])

    def show_plugins(self, places: Sequence[tuple[float, float]], moved: int) -> None:
        """Where running plugins are, numbered if they are several; the one ``moved`` stands out."""
        brushes = [MOVED if number == moved else "#ffffff" for number in range(len(places))]
        self._plugins.setData(x=[p[0] for p in places], y=[p[1] for p in places],
                              brush=[pg.mkBrush(colour) for colour in brushes])  # fmt: skip
        while len(self._numbers) < len(places):
            self._numbers.append(pg.TextItem(str(len(self._numbers) + 1), "#ffffff", fill=EDGE))
            self.getPlotItem().addItem(self._numbers[-1], ignoreBounds=True)
        for number, text in enumerate(self._numbers):
            text.setVisible(number < len(places) > 1)
            if number < len(places):
                x, y = places[number]
                text.setAnchor((1.3 if x > 0.5 else -0.3, 0.5))
                text.setPos(x, y)

    def item_near(self, x: float, y: float) -> int:
        """The drawn item nearest to a place, or -1 if none is near."""
        return self._near.to(x, y, NEAR)

    def mousePressEvent(self, event: object) -> None:
        """Go there; on a dot, exactly to it."""
        if event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            self.held = True
            self._go(self._pad_place(event), snap=True)

    def mouseMoveEvent(self, event: object) -> None:
        """Drag with the button held, hover without."""
        if event.buttons() & Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            self._go(self._pad_place(event), snap=False)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: object) -> None:
        """The movement is over."""
        if self.held:
            self.held = False
            self.released.emit(*self._at)

    def keyPressEvent(self, event: object) -> None:
        """Arrow keys move in steps of 1/64, with Shift of 1/8; Enter goes to the nearest item."""
        key, modifiers = event.key(), event.modifiers()  # type: ignore[attr-defined]
        step = 1 / 8 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1 / 64
        keys = Qt.Key
        ways = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, 1),
                keys.Key_Down: (0, -1)}  # fmt: skip
        if key in ways:
            dx, dy = ways[key]
            self._go((self._at[0] + step * dx, self._at[1] + step * dy), snap=False)
        elif key in (keys.Key_Return, keys.Key_Enter):
            if (near := self._near.to(*self._at, 2.0)) >= 0:
                self._point_at(near)
                self.picked.emit(near)
        else:
            super().keyPressEvent(event)

    def _pad_place(self, event: object) -> tuple[float, float]:
        at = self.getPlotItem().vb.mapSceneToView(event.position())  # type: ignore[attr-defined]
        return at.x(), at.y()

    def _go(self, place: tuple[float, float], snap: bool) -> None:
        x, y = (min(1.0, max(0.0, v)) for v in place)
        near = self.item_near(x, y) if snap else -1
        if near >= 0:
            self.picked.emit(near)
            return
        self.show_place(x, y)
        self.moved.emit(x, y)

    def _mouse_moved(self, at: QPointF) -> None:
        place = self.getPlotItem().vb.mapSceneToView(at)
        found = self.item_near(place.x(), place.y())
        if found != self._hovered:
            self._point_at(found)
            self.hovered.emit(found)

    def _point_at(self, item: int) -> None:
        """Say what an item is called, beside its dot; -1 says nothing."""
        self._hovered = item
        if item < 0:
            self.label.hide()
            return
        x, y = (float(v) for v in self._items[item, :2])
        self.label.show(x, y, self._names.title(item), self._names.labelled(item))

"""The items in the latent space, coloured by label: does the field keep styles apart?"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from groovefield.field.item_names import ItemNames
from groovefield.pattern import Floats
from groovefield.studio.dots import NEAR, HoverLabel, Nearest, some_of
from groovefield.studio.look import LABELS, Look

SYMBOLS = ("o", "s", "t", "d", "t1", "p", "h")
"""Each label has a shape too: colour alone is not for everybody."""
WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1),
        Qt.Key.Key_Down: (0, -1)}  # fmt: skip
LEFT, BOTTOM, EDGE = 46, 40, 10
"""Pixels of the axes, and around it all."""
TICKS = [(tenth / 10, f"{tenth / 10:.1f}") for tenth in range(0, 11, 2)]


class LatentView(QWidget):
    """Two latent dimensions at a time; hover for an item's name, click to go to it."""

    hovered = Signal(int)
    picked = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._items: Floats = np.zeros((0, 2), np.float32)
        self._names = ItemNames()
        self._shown: NDArray[np.int64] = np.zeros(0, np.int64)
        self._near = Nearest()
        self._hovered = -1
        self._stale = False
        self.plot = pg.PlotWidget(background=look.well)
        self.plot.setAccessibleName("Latent plot")
        self.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot.installEventFilter(self)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(False, False)
        item.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.02)
        item.getAxis("left").setWidth(LEFT)
        item.getAxis("bottom").setHeight(BOTTOM)
        for side in ("bottom", "left"):
            item.getAxis(side).setPen(look.line)
            item.getAxis(side).setTextPen(look.quiet)
            item.getAxis(side).setTicks([TICKS])
            item.getAxis(side).setStyle(hideOverlappingLabels=False)  # else 0 and 1 are left out
        self.legend = pg.LegendItem(
            labelTextColor=look.text, labelTextSize="9pt", horSpacing=6, verSpacing=0
        )
        self.legend.layout.setContentsMargins(0, 0, 0, 0)
        self.legend.setParentItem(item)
        self._here: Floats = np.full(2, 0.5, np.float32)
        self._ring = pg.ScatterPlotItem(size=18, pen=pg.mkPen(look.text, width=2),
                                         brush=pg.mkBrush(None))  # fmt: skip
        self._ring.setZValue(50)
        item.addItem(self._ring)
        self.label = HoverLabel(item, look)
        self.plot.scene().sigMouseMoved.connect(self._moved)
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self.across, self.up = QComboBox(), QComboBox()
        self._choice = QWidget()
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(0, 0, 0, 0)
        for text, box in (("Across", self.across), ("Up", self.up)):
            row.addWidget(QLabel(text))
            row.addWidget(box)
            box.setAccessibleName(f"Latent dimension {text.lower()}")
            box.activated.connect(lambda _=0: self._draw())
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._choice)
        column.addWidget(self.plot, 1)

    def show_items(self, items: Floats, names: ItemNames) -> None:
        """``items`` (n, latents)."""
        self._items, self._names = items, names
        self._shown = some_of(len(items))
        latents = items.shape[1]
        for box, first in ((self.across, 0), (self.up, 1)):
            box.clear()
            box.addItems(["XY"[i] if i < 2 else f"Z{i + 1}" for i in range(latents)])
            box.setCurrentIndex(first)
        self._choice.setVisible(latents > 2)
        self.label.hide()
        self._hovered = -1
        self._stale = True
        if self.isVisible():
            self._draw()

    def show_place(self, latent: Floats) -> None:
        """Where is looked at, in every dimension."""
        self._here = latent.copy()
        axes = [max(0, box.currentIndex()) for box in (self.across, self.up)]
        self._ring.setData(x=[self._here[axes[0]]], y=[self._here[axes[1]]])

    def showEvent(self, event: QShowEvent) -> None:
        """Thousands of dots are drawn only for somebody who looks."""
        if self._stale:
            self._draw()
        super().showEvent(event)

    def groups(self) -> list[tuple[str, NDArray[np.int64]]]:
        """Labels with the drawn items that have them: the most frequent, then the others."""
        if not len(self._names):
            return [("no labels", self._shown)] if len(self._shown) else []
        label = np.array(self._names.label, np.int64)[self._shown]
        out, rest = [], np.ones(len(label), bool)
        for text, _ in self._names.by_size[: len(LABELS)]:
            own = label == self._names.labels.index(text)
            rest &= ~own
            out.append((text, self._shown[own]))
        others = len(self._names.by_size) - len(LABELS)
        return [*out, (f"{others} others", self._shown[rest])] if others > 0 else out

    def draw(self) -> None:
        """Draw what has changed, for a picture that is saved unseen."""
        if self._stale:
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        plot = self.plot.getPlotItem()
        for item in list(plot.listDataItems()):
            if item is not self._ring:
                plot.removeItem(item)
        self.legend.clear()
        axes = [self.across.currentIndex(), self.up.currentIndex()]
        plot.setLabel("bottom", self.across.currentText())
        plot.setLabel("left", self.up.currentText())
        places = self._items[:, axes] if len(self._items) else np.zeros((0, 2), np.float32)
        self._near.put(self._shown, places)
        counts = dict(self._names.by_size)
        keys = []
        for number, (text, index) in enumerate(self.groups()):
            known = number < len(LABELS) and len(self._names) > 0
            symbol = SYMBOLS[number] if known else "o"
            size = (5 if len(self._shown) > 600 else 9) * (1.25 if symbol != "o" else 1)
            spots = pg.ScatterPlotItem(
                x=places[index, 0], y=places[index, 1], size=size, symbol=symbol,
                brush=pg.mkBrush(LABELS[number] if known else self._look.quiet),
                pen=pg.mkPen(self._look.quiet, width=0.5),
            )  # fmt: skip
            spots.setZValue(
                number if known else -1
            )  # a few of one label are not hidden by many of another
            plot.addItem(spots)
            keys.append((spots, f"{text} ({counts.get(text, len(index)):,})"))
        for spots, text in keys:
            self.legend.addItem(spots, text)
        self._fit()
        self.show_place(self._here)
        self.label.hide()

    def _fit(self) -> None:
        """The largest square that leaves room for the legend under it, in as many columns as fit.

        One dimension is as long as the other: what is near here is near in the field.
        """
        wide, high = self.plot.width() - 2, self.plot.height() - 2
        self.legend.setColumnCount(1)
        self.legend.updateSize()
        labels = len(self.legend.items)
        columns = int((wide - EDGE) // max(1.0, self.legend.width()))
        self.legend.setColumnCount(max(1, min(columns, labels)))
        self.legend.updateSize()
        below = BOTTOM + (self.legend.height() if labels else 0)
        room = wide - LEFT - 2 * EDGE, high - below - 2 * EDGE
        side = max(1.0, min(room))
        left, top = (EDGE + max(0.0, each - side) / 2 for each in room)
        item = self.plot.getPlotItem()
        item.layout.setContentsMargins(left, top, left, max(0.0, high - top - side - BOTTOM))
        self.legend.setPos((wide - self.legend.width()) / 2, top + side + BOTTOM)

    def _place(self, at: object) -> tuple[float, float]:
        place = self.plot.getPlotItem().vb.mapSceneToView(at)
        return place.x(), place.y()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys on the plot go from item to item; it stays square."""
        if watched is self.plot and event.type() == QEvent.Type.Resize:
            self._fit()
        if watched is self.plot and isinstance(event, QKeyEvent) and event.type() in (
            QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride
        ):  # fmt: skip
            way = WAYS.get(Qt.Key(event.key()))
            if way is not None:
                if event.type() == QEvent.Type.KeyPress:
                    self._step(np.array(way, np.float32))
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _step(self, way: NDArray[np.float32]) -> None:
        """To the nearest item that lies that way rather than another."""
        if not len(self._shown):
            return
        axes = [self.across.currentIndex(), self.up.currentIndex()]
        here = self._hovered if self._hovered >= 0 else int(self._shown[0])
        away = self._items[self._shown][:, axes] - self._items[here, axes]
        along = away @ way
        far = np.abs(away).sum(1)
        far[(along <= 0) | (2 * along < far)] = np.inf
        if self._hovered < 0 or not np.isfinite(far.min()):
            found = here
        else:
            found = int(self._shown[far.argmin()])
        self._point_at(found)
        self.picked.emit(found)

    def _moved(self, at: object) -> None:
        found = self._near.to(*self._place(at), NEAR)
        if found != self._hovered:
            self._point_at(found)

    def _point_at(self, found: int) -> None:
        self._hovered = found
        if found >= 0:
            axes = [self.across.currentIndex(), self.up.currentIndex()]
            x, y = (float(v) for v in self._items[found, axes])
            self.label.show(x, y, self._names.title(found), self._names.labelled(found))
        else:
            self.label.hide()
        self.hovered.emit(found)

    def _clicked(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        found = self._near.to(*self._place(event.scenePos()), NEAR)  # type: ignore[attr-defined]
        if found >= 0:
            self.picked.emit(found)

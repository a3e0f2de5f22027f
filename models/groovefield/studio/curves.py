"""How training goes, by epoch: the loss of the hits, and the errors of velocity and offset."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QSize

from groovefield.studio.look import LANES, Look
from groovefield.trainer.events import Epoch

TITLE = 18
"""Pixels of the line above a plot."""
TALL = 240


class Curves(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Above the loss on what is trained on and on what is held back; below its other parts."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setBackground(look.well)
        self.setMinimumHeight(170)
        self.setMaximumHeight(300)
        self.ci.layout.setContentsMargins(4, 4, 4, 2)
        self.ci.layout.setSpacing(2)
        self.setAccessibleName("Loss by epoch")
        self._look = look
        self.empty = True
        """Whether there is no epoch to draw."""
        velocity, offset = (
            pg.mkColor(LANES[lane]).darker(look.lane_depth).name() for lane in (3, 7)
        )
        loss, parts = (self._plot(row) for row in (0, 1))
        loss.hideAxis("bottom")
        parts.setXLink(loss)
        self._titles = [
            (loss, (("hits, trained on", look.accent), ("held back", look.text))),
            (parts, (("velocity", velocity), ("offset", offset))),
        ]
        self._training, self._held_back = (
            loss.plot(pen=pg.mkPen(colour, width=width))
            for colour, width in ((look.accent, 2), (look.text, 1))
        )
        self._velocity, self._offset = (
            parts.plot(pen=pg.mkPen(colour, width=2)) for colour in (velocity, offset)
        )
        self.show_epochs(())

    def sizeHint(self) -> QSize:
        """What both plots are read well at."""
        return QSize(280, TALL)

    def show_epochs(self, epochs: Sequence[Epoch]) -> None:
        """Draw these. Nats a pattern above; root mean squares, 0..1 and half steps, below."""
        self.empty = not epochs
        at = [epoch.epoch for epoch in epochs]
        held_back = [epoch for epoch in epochs if epoch.validation is not None]
        self._training.setData(at, [epoch.loss for epoch in epochs])
        self._held_back.setData([e.epoch for e in held_back], [e.validation for e in held_back])
        self._velocity.setData(at, [epoch.velocity for epoch in epochs])
        self._offset.setData(at, [epoch.offset for epoch in epochs])
        last = epochs[-1] if epochs else None
        values = (
            (last and last.loss, last and last.validation),
            (last and last.velocity, last and last.offset),
        )
        for (plot, names), numbers in zip(self._titles, values, strict=True):
            said = [
                f"<span style='color:{colour}'>{name}"
                + (f" {number:.3g}" if number is not None else "")
                + "</span>"
                for (name, colour), number in zip(names, numbers, strict=True)
                if name != "held back" or number is not None
            ]
            plot.setTitle(" &nbsp; ".join(said), size="8.5pt")
        if last:
            self.setAccessibleDescription(f"Epoch {last.epoch}: loss {last.loss:.3g}")

    def _plot(self, row: int) -> pg.PlotItem:
        plot = self.addPlot(row=row, col=0)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        for side in ("bottom", "left"):
            plot.getAxis(side).setPen(self._look.line)
            plot.getAxis(side).setTextPen(self._look.quiet)
        plot.getAxis("left").setWidth(38)
        plot.titleLabel.setMaximumHeight(TITLE)
        plot.layout.setRowFixedHeight(0, TITLE)
        return plot

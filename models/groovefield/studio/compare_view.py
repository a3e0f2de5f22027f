"""What plays: at the place looked at, and at an item beside the original that it learned from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from groovefield.field.decoder import Decoder
from groovefield.field.modelfile import ModelFile
from groovefield.lanes import LANES
from groovefield.pattern import Floats, Hits, Pattern
from groovefield.studio.inside import Inside
from groovefield.studio.inside_view import InsideView
from groovefield.studio.look import Look
from groovefield.studio.pattern_view import PatternView

ORIGINAL, PLAYED = "Original", "Played by the field"
POINT = "Point at a dot on the map to see what it was trained on."
BESIDE = "What the field plays at that dot is shown here, to compare."
NONE_YET = "The dots come when the field is finished."
NOT_HERE = "It is not in the material here: add what it was trained on to see it."


class CompareView(QWidget):
    """Three patterns under each other, and the way of the first through the network."""

    cut = Signal(float)
    """The threshold that was asked for here, 0..1."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.here = PatternView(look, "Here")
        self.original = PatternView(look, ORIGINAL)
        self.item = PatternView(look, PLAYED)
        self.inside = InsideView(look)
        self.inside.cut.connect(self.cut)
        self.shown_item = -1
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 6, 9, 6)
        for part in (self.here, self.original, self.item, self.inside):
            column.addWidget(part, 1)

    def show_model(self, model: ModelFile, decoder: Decoder, inside: Inside) -> None:
        """From here on this one plays."""
        self._model, self._decoder, self._inside = model, decoder, inside

    def show_here(self, latent: Floats, style: float, named: str, threshold: float) -> None:
        """What plays at a place in a style, ``named`` so (empty: in all of them)."""
        title = f"Here: x {latent[0]:.3f}, y {latent[1]:.3f}"
        title += f", {named}" if named else ""
        self._draw(self.here, self._decoder.decode(latent, style), title, threshold)
        layers = self._inside.layers(latent, style)
        self.inside.show_layers(layers, threshold, self._decoder.grid.steps_per_beat)

    def show_item(self, index: int, originals: Mapping[bytes, Hits], threshold: float) -> None:
        """The original of an item, if it is there, beside what the field plays at its place.

        ``index`` -1 is none.
        """
        self.shown_item = index
        if index < 0:
            some = len(self._model.items) > 0
            self.original.show_nothing(ORIGINAL, POINT if some else NONE_YET)
            self.item.show_nothing(PLAYED, BESIDE if some else "")
            return
        names, pattern = self._model.names, self._decoder.decode(self._model.items[index])
        called = names.title(index) or f"Item {index + 1} of {len(self._model.items):,}"
        hits = originals.get(names.keys[index].tobytes() if len(names) else b"")
        if hits is None:
            self.original.show_nothing(f"{ORIGINAL}: {called}", NOT_HERE)
            self._draw(self.item, pattern, PLAYED, threshold)
            return
        lanes = [lane.name for lane in LANES]
        arrays = (hits.onset.astype(np.float32), hits.velocity, hits.offset)
        per_beat = hits.grid.steps_per_beat
        self.original.show_pattern(lanes, arrays, 0.5, per_beat, f"{ORIGINAL}: {called}")
        self._draw(self.item, pattern, f"{PLAYED}: {compared(hits, pattern)}", threshold)

    def _draw(self, view: PatternView, pattern: Pattern, title: str, threshold: float) -> None:
        lanes = [lane.name for lane in self._decoder.lanes]
        arrays = (pattern.probability, pattern.velocity, pattern.offset)
        view.show_pattern(lanes, arrays, threshold, self._decoder.grid.steps_per_beat, title)


def compared(hits: Hits, pattern: Pattern) -> str:
    """How a reconstruction differs from its original, in words, at the middle density."""
    played, struck = pattern.probability > 0.5, hits.onset
    if played.shape != struck.shape:
        return "on another grid"
    missing, more = int((struck & ~played).sum()), int((played & ~struck).sum())
    said = [f"{number} {word}" for number, word in ((missing, "missing"), (more, "more")) if number]
    return ", ".join(said) or "the same hits"

"""The slice of the field that the map shows: where its further dimensions, Z3 to Z8, stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from groovefield.field import pad
from groovefield.field.decoder import Decoder
from groovefield.field.modelfile import MAX_LATENTS, ModelFile
from groovefield.field.picture import paint
from groovefield.pattern import Floats

MIDDLE = 0.5
FINE = 1_000
"""Steps of a slider."""


class SliceView(QWidget):
    """A slider for each dimension beyond X and Y; hidden where the model has none."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._values = np.full(MAX_LATENTS - 2, MIDDLE, np.float32)
        self.sliders: list[QSlider] = []
        self._labels: list[QLabel] = []
        for number in range(3, MAX_LATENTS + 1):
            label, slider = QLabel(f"Z{number}"), QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, FINE)
            slider.setPageStep(FINE // 8)
            slider.setSingleStep(FINE // 64)
            slider.setMinimumWidth(34)
            slider.setAccessibleName(f"Z{number}")
            slider.setToolTip("Through which slice of the field the map cuts.")
            slider.valueChanged.connect(lambda value, at=number - 3: self._move(at, value / FINE))
            label.setBuddy(slider)
            row.addWidget(label)
            row.addWidget(slider, 1)
            self.sliders.append(slider)
            self._labels.append(label)
        self.show_latents(2)
        self.put(self._values)

    def show_latents(self, latents: int) -> None:
        """How many dimensions the field has, X and Y among them."""
        for number, parts in enumerate(zip(self._labels, self.sliders, strict=True), 3):
            for part in parts:
                part.setVisible(number <= latents)
        self.setVisible(latents > 2)

    @property
    def values(self) -> Floats:
        """(6,): where Z3 to Z8 stand, 0..1; exactly so where `put` placed them."""
        return self._values.copy()

    def put(self, values: Floats) -> None:
        """Stand there; whoever puts it there knows."""
        self._values[: len(values)] = values
        for slider, value in zip(self.sliders, self._values, strict=True):
            slider.blockSignals(True)
            slider.setValue(round(float(value) * FINE))
            slider.blockSignals(False)

    def _move(self, at: int, value: float) -> None:
        self._values[at] = value
        self.moved.emit()


def picture_of(model: ModelFile, style: float, others: Floats) -> NDArray[np.uint8]:
    """(64, 64, 4): the map in a style and at ``others`` (Z3.., as many as the model has or more).

    Its own decoder plays it, in about a second.
    """
    latents = model.header.latents
    places = pad.places(latents=latents)
    places[:, 2:] = others[: latents - 2]
    if style == 0 and (places[:, 2:] == MIDDLE).all():
        return model.picture
    played = Decoder(model).decode_many(places, style)[:, 0]
    return paint(played.reshape(pad.SIDE, pad.SIDE, *played.shape[1:]))

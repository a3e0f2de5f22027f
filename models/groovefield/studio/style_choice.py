"""In which of its styles the field is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from groovefield.field import pad
from groovefield.field.decoder import Decoder
from groovefield.field.modelfile import ModelFile
from groovefield.field.picture import paint

ALL = "All styles"


class StyleChoice(QComboBox):
    """All styles, or one of the model's; hidden where it has none."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Style")
        self.setToolTip("The style in which the whole map is played. (The plugin's Style knob)")
        self.activated.connect(lambda: self.chosen.emit())
        self.show_styles(())

    def show_styles(self, names: Sequence[str]) -> None:
        """Those of another model; one of the same name stays chosen."""
        before = self.currentText()
        self.clear()
        self.addItems([ALL, *names])
        self.setCurrentIndex(max(0, self.findText(before)))
        self.setVisible(bool(names))

    @property
    def value(self) -> float:
        """As the plugin's parameter has it: 0 is all of them, 1 the last."""
        return max(0, self.currentIndex()) / max(1, self.count() - 1)


def picture_of(model: ModelFile, style: float) -> NDArray[np.uint8]:
    """(64, 64, 4): the map in a style, in about a second; its own decoder plays it."""
    if style == 0:
        return model.picture
    decoder = Decoder(model)
    played = decoder.decode_many(pad.places(latents=decoder.latents), style)[:, 0]
    return paint(played.reshape(pad.SIDE, pad.SIDE, *played.shape[1:]))

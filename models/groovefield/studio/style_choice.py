"""In which of its styles the field is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

ALL = "All styles"


class StyleChoice(QComboBox):
    """All styles, or one of the model's; hidden where it has none."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Style")
        self.setToolTip("The style in which the whole map is played. (The plugin's Style knob)")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)
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

"""Which model is looked at: the default one, or one of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from groovefield.field.decoder import default_model
from groovefield.library import Entry


def told_apart(entries: Sequence[Entry]) -> list[str]:
    """What each model is called; where several have one name, with the file's beside it."""
    names = Counter(entry.name.casefold() for entry in entries)
    return [
        entry.name if names[entry.name.casefold()] == 1 else f"{entry.name} ({entry.path.stem})"
        for entry in entries
    ]


class ModelChoice(QComboBox):
    """Shows no choice, but a name, for a model of another folder or one that is not finished."""

    chosen = Signal(object)
    """The path of the model that is to be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Path | None = default_model()
        self.setMinimumWidth(150)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setAccessibleName("Model")
        self.activated.connect(lambda: self.chosen.emit(self.currentData()))
        self.list_models([])

    def list_models(self, entries: Sequence[Entry]) -> None:
        """Those of the library that can be played; of one name, told apart by their files."""
        good = [entry for entry in entries if not entry.problem]
        self.clear()
        self.addItem("Default", default_model())
        for entry, name in zip(good, told_apart(good), strict=True):
            self.addItem(name, entry.path)
        self._select()

    def show_model(self, path: Path | None, name: str) -> None:
        """The model that is looked at; without a path it is one on its way."""
        self._shown = path
        self.setPlaceholderText(name)
        self._select()

    def _select(self) -> None:
        places = [self.itemData(i) for i in range(self.count())]
        self.setCurrentIndex(places.index(self._shown) if self._shown in places else -1)

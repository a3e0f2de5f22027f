"""The fields by which a file's reading is corrected: tempo, beats, drum map, rule, grid."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QPushButton,
    QSpinBox,
    QWidget,
)

from groovefield.loops.reading import MOST_BEATS
from groovefield.material.drum_maps import MAPS
from groovefield.material.drum_tracks import RULES
from groovefield.material.grids import words
from groovefield.material.map_files import load_map
from groovefield.material.notes import MaterialError
from groovefield.material.settings import FileSettings
from groovefield.pattern import Grid
from groovefield.studio.flow import Flow, named
from groovefield.studio.reading import FileDetail

AS_FOUND, MAP_FROM_FILE = "as found", "from a file…"
GRIDS = tuple(Grid(*g) for g in ((4, 8), (3, 8), (6, 8), (4, 6), (3, 6), (4, 4), (4, 10), (4, 7)))
"""Grids that a file can be laid on by hand: two bars of 4/4, of 3/4 or 6/8, and others."""


class CorrectionsView(QWidget):
    """Says what is asked for; whether a file can be read so, others find out."""

    asked = Signal(object)
    """The file's corrections as they are wanted: `FileSettings`."""
    refused = Signal(str)
    """Why a drum map cannot be used."""
    turned = Signal()
    """Another window of the file is to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen = FileSettings()
        """The file's corrections, those included that are asked for and not read yet."""
        self._detail: FileDetail | None = None
        self._filling = False
        self._make_numbers()
        self._make_choices()
        self.window_number = QSpinBox()
        self.window_number.setAccessibleName("Window")
        self.window_number.setPrefix("window ")
        self.window_number.valueChanged.connect(lambda _=0: self.turned.emit())
        self.forget = QPushButton("All as found")
        self.forget.setToolTip("Forget the corrections of this file.")
        self.forget.clicked.connect(lambda: self.asked.emit(FileSettings()))
        self._lay_out()
        self.show_file(None)

    def show_file(self, detail: FileDetail | None) -> None:
        """The fields of a file, filled with its corrections; of none there are no fields."""
        self._detail = detail
        loop = detail is not None and detail.loop is not None
        for part in self._loop_parts:
            part.setVisible(loop)
        for part in self._midi_parts:
            part.setVisible(detail is not None and not loop)
        self.setVisible(detail is not None)
        self.chosen = detail.settings if detail else FileSettings()
        if detail is not None:
            self.forget.setEnabled(detail.settings != FileSettings())
            self._filling = True
            self._fill(detail.settings)
            self.window_number.setRange(1, max(1, len(detail.windows)))
            self.window_number.setSuffix(f" of {len(detail.windows)}")
            self._filling = False

    def _make_numbers(self) -> None:
        self.bpm = self._number("Tempo", 0, 1000, " bpm")
        self.beats = self._number("Beats", 0, MOST_BEATS, "")
        self.start = self._number("First beat", -0.001, 3600, " s")
        self.start.setDecimals(3)

    def _number(self, name: str, low: float, high: float, unit: str) -> QDoubleSpinBox:
        """A number whose lowest value means: as found."""
        box = QDoubleSpinBox()
        box.setRange(low, high)
        box.setDecimals(2)
        box.setSuffix(unit)
        box.setSpecialValueText(AS_FOUND)
        box.setAccessibleName(name)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _=0.0: self._ask())
        return box

    def _make_choices(self) -> None:
        self.drum_map, self.rule, self.grid = QComboBox(), QComboBox(), QComboBox()
        for word in ("", *MAPS, MAP_FROM_FILE):
            self.drum_map.addItem(MAPS[word].name if word in MAPS else word or AS_FOUND, word)
        for word in ("", *RULES):
            self.rule.addItem(word or AS_FOUND, word)
        self.grid.addItem(AS_FOUND, None)
        for choice in GRIDS:
            self.grid.addItem(words(choice), choice)
        for box, name, call in (
            (self.drum_map, "Drum map", self._ask_map),
            (self.rule, "Drums by", self._ask),
            (self.grid, "Grid", self._ask),
        ):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(9)
            box.setAccessibleName(name)
            box.activated.connect(lambda _=0, call=call: call())

    def _lay_out(self) -> None:
        flow = Flow(self)
        pairs = {
            text: named(text, part)
            for text, part in (
                ("Tempo", self.bpm), ("Beats", self.beats), ("First beat", self.start),
                ("Drum map", self.drum_map), ("Drums by", self.rule), ("Grid", self.grid),
            )
        }  # fmt: skip
        self._loop_parts = [pairs[text] for text in ("Tempo", "Beats", "First beat")]
        self._midi_parts = [pairs[text] for text in ("Drum map", "Drums by")]
        for part in (*pairs.values(), self.window_number, self.forget):
            flow.addWidget(part)

    def _fill(self, chosen: FileSettings) -> None:
        for box, value in ((self.bpm, chosen.bpm), (self.beats, chosen.beats),
                           (self.start, chosen.start)):  # fmt: skip
            box.setValue(box.minimum() if value is None else value)
        named = next((w for w, m in MAPS.items() if m == chosen.drum_map), "")
        if chosen.drum_map is not None and not named:
            named = MAP_FROM_FILE
        self.drum_map.setCurrentIndex(self.drum_map.findData(named))
        if chosen.grid is not None and self.grid.findText(words(chosen.grid)) < 0:
            self.grid.addItem(words(chosen.grid), chosen.grid)
        laid = words(chosen.grid) if chosen.grid else AS_FOUND
        self.grid.setCurrentIndex(self.grid.findText(laid))
        self.rule.setCurrentIndex(max(0, self.rule.findData(chosen.rule)))

    def _ask(self) -> None:
        """Ask for what the fields say; the drum map stays the one that was chosen."""
        if self._detail is None or self._filling:
            return
        bpm, beats, start = (
            box.value() if box.value() > box.minimum() else None
            for box in (self.bpm, self.beats, self.start)
        )
        self.chosen = replace(
            self.chosen, rule=self.rule.currentData(), grid=self.grid.currentData(),
            bpm=bpm, beats=beats, start=start,
        )  # fmt: skip
        self.asked.emit(self.chosen)

    def _ask_map(self) -> None:
        """Ask for the drum map that was chosen, here or as a file."""
        if self._detail is None:
            return
        word = self.drum_map.currentData()
        drum_map = MAPS.get(word)
        if word == MAP_FROM_FILE:
            name, _ = QFileDialog.getOpenFileName(self, "A drum map", "", "Drum maps (*.json)")
            try:
                drum_map = load_map(name) if name else self.chosen.drum_map
            except MaterialError as reason:
                self.show_file(self._detail)
                self.refused.emit(str(reason))
                return
        self.chosen = replace(self.chosen, drum_map=drum_map)
        self.asked.emit(self.chosen)

"""One file of the material: how it was read, and corrections by hand that are remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from groovefield.lanes import LANES
from groovefield.loops.reading import MOST_BEATS
from groovefield.material.drum_maps import MAPS
from groovefield.material.drum_tracks import RULES
from groovefield.material.grids import words
from groovefield.material.map_files import load_map
from groovefield.material.notes import MaterialError
from groovefield.material.settings import FileSettings
from groovefield.pattern import Grid
from groovefield.studio import reading
from groovefield.studio.background import Background
from groovefield.studio.look import Look, lane_colour
from groovefield.studio.pattern_view import PatternView
from groovefield.studio.reading import FileDetail
from groovefield.studio.waveform_view import WaveformView

CHIPS = 6
"""Lanes in one row."""
MAP_FROM_FILE = "from a file…"
GRIDS = tuple(Grid(*g) for g in ((4, 8), (3, 8), (6, 8), (4, 6), (3, 6), (4, 4), (4, 10), (4, 7)))
"""Grids that a file can be laid on by hand: two bars of 4/4, of 3/4 or 6/8, and others."""


class FileView(QScrollArea):
    """Shows a file; each correction is tried at once, and remembered if it can be read so."""

    corrected = Signal()
    shown = Signal()
    """Another file is shown, or none, or the same as it is read now."""

    def __init__(self, look: Look, background: Background) -> None:
        super().__init__()
        self._background = background
        self.detail: FileDetail | None = None
        self._path: Path | None = None
        self._filling = False
        self.wave = WaveformView(look)
        self.wave.chosen.connect(self._show_onset)
        self.pattern = PatternView(look, "Window")
        self.pattern.setAccessibleName("Pattern of the file")
        self.said = QLabel("Choose a file of the material to see how it was read.")
        self.said.setWordWrap(True)
        self._note = ""
        self._chosen = FileSettings()  # of the file's corrections, those not read yet included
        page = QWidget()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(page)
        column.addWidget(self.said, 1)
        column.addWidget(self._make_lanes(look))
        column.addWidget(self.wave, 30)
        self._lane_row.setVisible(False)
        column.addWidget(self.pattern, 20)
        column.addLayout(self._make_corrections())
        self._enable()

    def show_file(self, path: Path, note: str = "") -> None:
        """Read a file beside the window and show it; ``note`` is why the material is without it."""
        self._path, self._note = path, note
        self.said.setText(f"Reading {path.name} …")
        self._background.do("file", lambda gone: reading.detail(path), self._take)

    @property
    def empty(self) -> set[QWidget]:
        """Those of its pictures that show nothing now."""
        if self.detail is None:
            return {self.wave, self.pattern}
        return {self.wave} if self.detail.loop is None else set()

    def say(self, sentence: str) -> None:
        """A sentence in place of a file."""
        self._path = self.detail = None
        self._background.forget("file")
        self._enable()
        self.said.setText(sentence)

    def _make_corrections(self) -> QGridLayout:
        self.bpm = self._number("Tempo", 0, 1000, " bpm")
        self.beats = self._number("Beats", 0, MOST_BEATS, "")
        self.start = self._number("First beat", -0.001, 3600, " s")
        self.start.setDecimals(3)
        self.drum_map = QComboBox()
        for word in ("", *MAPS, MAP_FROM_FILE):
            shown = MAPS[word].name if word in MAPS else word or "as found"
            self.drum_map.addItem(shown, word)
        self.rule = QComboBox()
        for word in ("", *RULES):
            self.rule.addItem(word or "as found", word)
        self.grid = QComboBox()
        self.grid.addItem("as found", None)
        for choice in GRIDS:
            self.grid.addItem(words(choice), choice)
        for box, name in (
            (self.drum_map, "Drum map"), (self.rule, "Drums by"), (self.grid, "Grid"),
        ):  # fmt: skip
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(9)
            box.setAccessibleName(name)
            box.activated.connect(lambda _=0: self._correct())
        self.window_number = QSpinBox()
        self.window_number.setAccessibleName("Window")
        self.window_number.setPrefix("window ")
        self.window_number.valueChanged.connect(lambda _=0: self._show_window())
        self.forget = QPushButton("Forget corrections")
        self.forget.setToolTip("Read this file as it is found again.")
        self.forget.clicked.connect(lambda: self._apply(FileSettings()))
        self._loop_parts, self._midi_parts = [], []  # type: ignore[var-annotated]
        grid = QGridLayout()
        rows = (
            (("Tempo", self.bpm), ("Beats", self.beats), ("First beat", self.start)),
            (("Drum map", self.drum_map), ("Drums by", self.rule)),
        )
        for row, (parts, kept) in enumerate(
            zip(rows, (self._loop_parts, self._midi_parts), strict=True)
        ):
            for place, (text, part) in enumerate(parts):
                label = QLabel(text)
                label.setBuddy(part)
                grid.addWidget(label, row, 2 * place)
                grid.addWidget(part, row, 2 * place + 1)
                kept += [label, part]
        label = QLabel("Grid")
        label.setBuddy(self.grid)
        self._always = [label, self.grid, self.window_number, self.forget]
        for part, place in ((label, 0), (self.grid, 1), (self.window_number, 3), (self.forget, 5)):
            grid.addWidget(part, 2, place)
        for place in (1, 3, 5):
            grid.setColumnStretch(place, 1)
        return grid

    def _number(self, name: str, low: float, high: float, unit: str) -> QDoubleSpinBox:
        """A number whose lowest value means: as found."""
        box = QDoubleSpinBox()
        box.setRange(low, high)
        box.setDecimals(2)
        box.setSuffix(unit)
        box.setSpecialValueText("as found")
        box.setAccessibleName(name)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _=0.0: self._correct())
        return box

    def _make_lanes(self, look: Look) -> QWidget:
        self._lane_row = QWidget()
        grid = QGridLayout(self._lane_row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        self._onset_said = QLabel()
        self._onset_said.setMinimumWidth(104)
        grid.addWidget(self._onset_said, 0, 0)
        self.lanes: list[QPushButton] = []
        for number, lane in enumerate(LANES):
            box = QPushButton(lane.name)
            box.setObjectName("chip")
            box.setCheckable(True)
            colour = lane_colour(number, look).name()
            box.setStyleSheet(f"QPushButton {{ border-bottom: 2px solid {colour}; }}"
                              f"QPushButton:checked {{ background: {colour}; }}")  # fmt: skip
            box.clicked.connect(lambda _=False: self._correct_lanes())
            grid.addWidget(box, number // CHIPS, 1 + number % CHIPS)
            self.lanes.append(box)
        grid.setColumnStretch(CHIPS + 1, 1)
        return self._lane_row

    def _take(self, found: object) -> None:
        if not isinstance(found, FileDetail):
            good = isinstance(found, MaterialError)
            name = self._path.name if self._path else "The file"
            self.said.setText(str(found) if good else f"{name} cannot be read: {found}")
            if self.detail is not None and self.detail.path == self._path:
                self._chosen = self.detail.settings
                self._fill(self.detail)  # what was refused does not stay in the fields
            else:
                self.detail = None
                self._enable()
            return
        self.detail, self._chosen = found, found.settings
        corrected = " Corrected by hand." if found.settings != FileSettings() else ""
        # The material's word on it comes first, unless the correction has just changed that.
        note = f"Left out of the material: {self._note} " if self._note else ""
        self.said.setText(note + found.said + corrected)
        if found.loop is not None:
            self.wave.show_loop(found.loop, found.low, found.high)
        self._fill(found)
        self._enable()
        self._show_window()
        self._show_onset(self.wave.onset)

    def _fill(self, found: FileDetail) -> None:
        self._filling = True
        chosen = found.settings
        for box, value in ((self.bpm, chosen.bpm), (self.beats, chosen.beats),
                           (self.start, chosen.start)):  # fmt: skip
            box.setValue(box.minimum() if value is None else value)
        named = next((w for w, m in MAPS.items() if m == chosen.drum_map), "")
        self.drum_map.setCurrentIndex(max(0, self.drum_map.findData(named)))
        if chosen.grid is not None and self.grid.findText(words(chosen.grid)) < 0:
            self.grid.addItem(words(chosen.grid), chosen.grid)
        found_grid = words(chosen.grid) if chosen.grid else "as found"
        self.grid.setCurrentIndex(self.grid.findText(found_grid))
        if chosen.drum_map is not None and not named:
            self.drum_map.setCurrentIndex(self.drum_map.findData(MAP_FROM_FILE))
        self.rule.setCurrentIndex(max(0, self.rule.findData(chosen.rule)))
        self.window_number.setRange(1, max(1, len(found.windows)))
        self.window_number.setSuffix(f" of {len(found.windows)}")
        self._filling = False

    def _enable(self) -> None:
        loop = self.detail is not None and self.detail.loop is not None
        self.wave.setVisible(loop)
        for part in self._loop_parts:
            part.setVisible(loop)
        for part in self._midi_parts:
            part.setVisible(self.detail is not None and not loop)
        some = self.detail is not None
        for part in (self.pattern, *self._always):
            part.setVisible(some)
        beside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.said.setAlignment(beside if some else Qt.AlignmentFlag.AlignCenter)
        self._lane_row.setVisible(loop)
        if self.detail is not None:
            self.forget.setEnabled(self.detail.settings != FileSettings())
        self.shown.emit()

    def _show_window(self) -> None:
        if self.detail is None or not self.detail.windows:
            self.pattern.show_nothing("No window", "The file fills no window.")
            return
        hits = self.detail.windows[min(self.window_number.value(), len(self.detail.windows)) - 1]
        lanes = [lane.name for lane in LANES]
        arrays = (hits.onset.astype(np.float32), hits.velocity, hits.offset)
        self.pattern.show_pattern(lanes, arrays, 0.5, hits.grid.steps_per_beat, hits.name)

    def _show_onset(self, onset: int) -> None:
        loop = self.detail.loop if self.detail else None
        chosen = loop is not None and onset >= 0
        for number, box in enumerate(self.lanes):
            box.setEnabled(chosen)
            box.setChecked(bool(chosen and loop is not None and loop.struck[onset, number]))
        at = f"Onset {onset + 1} strikes" if chosen else "Click an onset:"
        self._onset_said.setText(at)

    def _correct_lanes(self) -> None:
        if self.detail is None or self.wave.onset < 0:
            return
        ids = frozenset(lane.id for lane, box in zip(LANES, self.lanes, strict=True)
                        if box.isChecked())  # fmt: skip
        lanes = {**self._chosen.lanes, self.wave.onset: ids}
        self._apply(replace(self._chosen, lanes=lanes))

    def _correct(self) -> None:
        """Take what the fields say."""
        if self.detail is None or self._filling:
            return
        word, drum_map = self.drum_map.currentData(), self._chosen.drum_map
        if word == MAP_FROM_FILE:
            name, _ = QFileDialog.getOpenFileName(self, "A drum map", "", "Drum maps (*.json)")
            try:
                drum_map = load_map(name) if name else drum_map
            except MaterialError as reason:
                self._fill(self.detail)
                self.said.setText(str(reason))
                return
        else:
            drum_map = MAPS.get(word)
        number: Callable[[QDoubleSpinBox], float | None] = lambda box: (  # noqa: E731
            box.value() if box.value() > box.minimum() else None
        )
        self._apply(
            replace(self._chosen, drum_map=drum_map, rule=self.rule.currentData(),
                    grid=self.grid.currentData(), bpm=number(self.bpm),
                    beats=number(self.beats), start=number(self.start))
        )  # fmt: skip

    def _apply(self, settings: FileSettings) -> None:
        if self.detail is None:
            return
        path, self._chosen = self.detail.path, settings

        def taken(found: object) -> None:
            shown = path == self._path
            if isinstance(found, FileDetail):
                self._note = "" if shown else self._note
                self.corrected.emit()
            if shown:
                self._take(found)

        # A word for each file: it is corrected though another is looked at by then.
        self._background.do(f"correct {path}", lambda gone: reading.correct(path, settings), taken)

"""One file of the material: how it was read, and corrections by hand that are remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from groovefield.lanes import LANES
from groovefield.material.notes import MaterialError
from groovefield.material.settings import FileSettings
from groovefield.studio import reading
from groovefield.studio.background import Background
from groovefield.studio.correcting import CorrectionsView
from groovefield.studio.flow import Flow
from groovefield.studio.labels import Sentence
from groovefield.studio.look import Look, lane_colour
from groovefield.studio.pattern_view import PatternView
from groovefield.studio.reading import FileDetail
from groovefield.studio.waveform_view import WaveformView


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
        self.wave = WaveformView(look)
        self.wave.chosen.connect(self._show_onset)
        self.pattern = PatternView(look, "Window")
        self.pattern.setAccessibleName("Pattern of the file")
        self.said = Sentence("Choose a file of the material to see how it was read.")
        self._note = ""
        self.corrections = CorrectionsView()
        self.corrections.asked.connect(self._apply)
        self.corrections.refused.connect(self.said.setText)
        self.corrections.turned.connect(self._show_window)
        page = QWidget()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(page)
        column.addWidget(self.said, 1)
        column.addWidget(self._make_lanes(look))
        column.addWidget(self.wave, 30)
        self._lane_row.setVisible(False)
        column.addWidget(self.pattern, 20)
        column.addWidget(self.corrections)
        self._enable()

    def show_file(self, path: Path, note: str = "") -> None:
        """Read a file beside the window and show it; ``note`` is why the material is without it."""
        self._path, self._note = path, note
        self.said.setText(f"Reading {path.name} …")
        self._background.do("file", lambda gone: reading.detail(path), self._take_file)

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

    def _make_lanes(self, look: Look) -> QWidget:
        self._lane_row = QWidget()
        flow = Flow(self._lane_row, 4)
        self._onset_said = QLabel()
        self._onset_said.setMinimumWidth(112)
        flow.addWidget(self._onset_said)
        self.lanes: list[QPushButton] = []
        for number, lane in enumerate(LANES):
            box = QPushButton(lane.name)
            box.setObjectName("chip")
            box.setCheckable(True)
            colour = lane_colour(number, look).name()
            box.setStyleSheet(f"QPushButton {{ border-bottom: 2px solid {colour}; }}"
                              f"QPushButton:checked {{ background: {colour}; }}")  # fmt: skip
            box.clicked.connect(lambda _=False: self._correct_lanes())
            flow.addWidget(box)
            self.lanes.append(box)
        return self._lane_row

    def _take_file(self, found: object) -> None:
        """What is read of a file, which may be another than it was."""
        if not isinstance(found, FileDetail):
            self.detail = None
        self._take(found)

    def _take(self, found: object) -> None:
        if not isinstance(found, FileDetail):
            good = isinstance(found, MaterialError)
            name = self._path.name if self._path else "The file"
            self.said.setText(str(found) if good else f"{name} cannot be read: {found}")
            self._enable()  # what was refused does not stay in the fields
            return
        self.detail = found
        corrected = " Corrected by hand." if found.settings != FileSettings() else ""
        # The material's word on it comes first, unless the correction has just changed that.
        more = self._note and not self._note.endswith(found.said)
        note = f"Left out of the material: {self._note} " if more else ""
        self.said.setText(note + found.said + corrected)
        if found.loop is not None:
            self.wave.show_loop(found.loop, found.low, found.high)
        self._enable()
        self._show_window()
        self._show_onset(self.wave.onset)

    def _enable(self) -> None:
        loop = self.detail is not None and self.detail.loop is not None
        self.wave.setVisible(loop)
        some = self.detail is not None
        self.pattern.setVisible(some)
        self.corrections.show_file(self.detail)
        beside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.said.setAlignment(beside if some else Qt.AlignmentFlag.AlignCenter)
        self._lane_row.setVisible(loop)
        self.shown.emit()

    def _show_window(self) -> None:
        if self.detail is None or not self.detail.windows:
            self.pattern.show_nothing("No window", "The file fills no window.")
            return
        number = min(self.corrections.window_number.value(), len(self.detail.windows))
        hits = self.detail.windows[number - 1]
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
        chosen = self.corrections.chosen
        self._apply(replace(chosen, lanes={**chosen.lanes, self.wave.onset: ids}))

    def _apply(self, settings: FileSettings) -> None:
        if self.detail is None:
            return
        path, self.corrections.chosen = self.detail.path, settings

        def taken(found: object) -> None:
            shown = path == self._path
            if isinstance(found, FileDetail):
                self._note = "" if shown else self._note
                self.corrected.emit()
            if shown:
                self._take(found)

        # A word for each file: it is corrected though another is looked at by then.
        self._background.do(f"correct {path}", lambda gone: reading.correct(path, settings), taken)

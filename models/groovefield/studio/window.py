"""The studio's window: material and training on the left, the map, what plays on the right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from groovefield_bridge.events import Instance, instances
from groovefield_bridge.segment import Segment, SegmentRefused
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSlider,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from groovefield import library
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model
from groovefield.field.modelfile import ModelFileError
from groovefield.pattern import Pattern
from groovefield.studio.inside import Inside
from groovefield.studio.inside_view import InsideView
from groovefield.studio.look import Look
from groovefield.studio.map_view import MapView
from groovefield.studio.material_view import MaterialView
from groovefield.studio.pattern_view import PatternView
from groovefield.studio.training_view import TrainingView

FOLLOW_EVERY = 33
"""Milliseconds between two looks at where running plugins are."""
FIND_EVERY = 1_000


class StudioWindow(QMainWindow):
    """One field at a time is looked at; training another goes on beside it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("Groovefield Studio")
        self.resize(1360, 820)
        self.material = MaterialView()
        self.training = TrainingView(look)
        self.map = MapView(look)
        self.here = PatternView(look, "Here")
        self.item = PatternView(look, "Item")
        self.inside = InsideView(look)
        self.latent = np.full(modelfile.MAX_LATENTS, 0.5, np.float32)
        self._follow: dict[Instance, Segment] = {}
        self._make_top()
        self._lay_out()
        self.material.changed.connect(lambda: self.training.set_sources(self.material.paths))
        self.training.field_ready.connect(self.open_model)
        self.training.ended.connect(self._list_models)
        self.map.moved.connect(self._go)
        self.map.hovered.connect(self._hover)
        self._list_models()
        self.open_model(default_model())
        self._timers = [self._every(FOLLOW_EVERY, self._watch), self._every(FIND_EVERY, self._find)]

    def open_model(self, path: Path) -> None:
        """Look at a model file; what is wrong with it is said, and the one before stays."""
        try:
            model = modelfile.load(path)
        except ModelFileError as error:
            self.said.setText(str(error))
            return
        self.model, self.decoder, self._inside = model, Decoder(model), Inside(model)
        self.map.show_field(model.picture, model.items)
        count = len(model.items)
        trained = f", trained on {count:,} patterns" if count else ""
        self.said.setText(model.header.name + trained)
        self._go(float(self.latent[0]), float(self.latent[1]))

    @property
    def threshold(self) -> float:
        """A cell sounds when its probability exceeds it."""
        return 1 - self.density.value() / 100

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running job ends with the best field so far."""
        for timer in self._timers:
            timer.stop()
        self.training.close_job()
        super().closeEvent(event)

    def _make_top(self) -> None:
        self.models = QComboBox()
        self.models.setMinimumWidth(220)
        self.models.setAccessibleName("Model")
        self.models.activated.connect(lambda: self.open_model(self.models.currentData()))
        self.density = QSlider(Qt.Orientation.Horizontal)
        self.density.setRange(2, 98)
        self.density.setValue(50)
        self.density.setAccessibleName("Density")
        self.density.setToolTip("The threshold that cuts probabilities into hits: right is more.")
        self.density.valueChanged.connect(lambda: self._show())
        self.said = QLabel()
        self.attached = QLabel("No plugin is running.")
        self.attached.setObjectName("quiet")

    def _lay_out(self) -> None:
        left, middle, right = QWidget(), QWidget(), QWidget()
        for side, parts in (
            (left, (self.material, self.training)),
            (right, (self.here, self.item, self.inside)),
        ):
            column = QVBoxLayout(side)
            for part in parts:
                column.addWidget(part)
            column.setStretch(0, 1)
            column.setStretch(1, 1 if side is right else 0)
        column = QVBoxLayout(middle)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.models)
        top.addWidget(self.said, 1)
        bottom.addWidget(QLabel("Density"))
        bottom.addWidget(self.density, 1)
        bottom.addWidget(self.attached)
        column.addLayout(top)
        column.addWidget(self.map, 1)
        column.addLayout(bottom)
        splitter = QSplitter()
        for side in (left, middle, right):
            splitter.addWidget(side)
        splitter.setSizes([330, 560, 470])
        splitter.setStretchFactor(1, 1)
        self.setCentralWidget(splitter)

    def _every(self, milliseconds: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.timeout.connect(call)
        timer.start(milliseconds)
        return timer

    def _list_models(self) -> None:
        self.models.clear()
        self.models.addItem("Default", default_model())
        for entry in library.entries():
            if not entry.problem:
                self.models.addItem(entry.name, entry.path)

    def _go(self, x: float, y: float) -> None:
        self.latent[:2] = x, y
        self.map.show_place(x, y)
        self._show()

    def _hover(self, index: int) -> None:
        if index < 0:
            return
        place = self.model.items[index]
        pattern = self.decoder.decode(place)
        self._draw(self.item, pattern, f"Item {index + 1} of {len(self.model.items):,}")

    def _show(self) -> None:
        pattern = self.decoder.decode(self.latent)
        title = f"Here: x {self.latent[0]:.3f}, y {self.latent[1]:.3f}"
        self._draw(self.here, pattern, title)
        self.inside.show_layers(self._inside.layers(self.latent), self.threshold)

    def _draw(self, view: PatternView, pattern: Pattern, title: str) -> None:
        lanes = [lane.name for lane in self.decoder.lanes]
        arrays = (pattern.probability, pattern.velocity, pattern.offset)
        per_beat = self.decoder.grid.steps_per_beat
        view.show_pattern(lanes, arrays, self.threshold, per_beat, title)

    def _find(self) -> None:
        """Which plugins run now; a file that cannot be read is passed over."""
        found = instances()
        self._follow = {i: s for i, s in self._follow.items() if i in found}
        for instance in found:
            if instance not in self._follow:
                try:
                    self._follow[instance] = Segment.open(instance.path)
                except SegmentRefused:
                    continue
        count = len(self._follow)
        said = {0: "No plugin is running.", 1: "1 plugin is running."}
        self.attached.setText(said.get(count, f"{count} plugins are running."))

    def _watch(self) -> None:
        places = []
        for instance, segment in self._follow.items():
            control = segment.controls[instance.slot]
            places.append((float(control["x"]), float(control["y"])))
        self.map.show_plugins(places)

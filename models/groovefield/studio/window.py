"""The studio's window: material and training on the left, the map, what plays on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QSlider,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from groovefield import library
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model
from groovefield.field.modelfile import ModelFile
from groovefield.lanes import LANES
from groovefield.material.notes import printable
from groovefield.pattern import Hits, Pattern
from groovefield.studio import export, reading
from groovefield.studio.attached import Attached
from groovefield.studio.background import Background
from groovefield.studio.file_view import FileView
from groovefield.studio.inside import Inside
from groovefield.studio.inside_view import InsideView
from groovefield.studio.latent_view import LatentView
from groovefield.studio.look import Look
from groovefield.studio.map_view import MapView
from groovefield.studio.material_view import MaterialView
from groovefield.studio.models_view import ModelsView
from groovefield.studio.pattern_view import PatternView
from groovefield.studio.slice_view import MIDDLE, SliceView, picture_of
from groovefield.studio.style_choice import StyleChoice
from groovefield.studio.training_view import TrainingView

NOT_HERE = "It is not in the material here: add what it was trained on to see it."
TABS = ("Map", "Latents", "File", "Models")


class StudioWindow(QMainWindow):
    """One field at a time is looked at; training another goes on beside it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("Groovefield Studio")
        self.resize(1400, 860)
        self.setAcceptDrops(True)
        self.background = Background(self)
        self.opening = Background(self)  # a long import does not keep a model waiting
        self.looked = reading.Looked()
        self._path, self._finished = default_model(), True
        self.material = MaterialView(look)
        self.training = TrainingView(look)
        self.map = MapView(look)
        self.here = PatternView(look, "Here")
        self.original = PatternView(look, "Original")
        self.item = PatternView(look, "Played by the field")
        self.latents = LatentView(look)
        self.file = FileView(look, self.background)
        self.library = ModelsView(look, self.opening)
        self.shown_item = -1
        self.inside = InsideView(look)
        self.latent = np.full(modelfile.MAX_LATENTS, 0.5, np.float32)
        self.attached = Attached()
        self._make_top()
        self._lay_out()
        self._make_menus()
        self.material.changed.connect(self._material_changed)
        self.material.chosen.connect(self._show_file)
        self.file.corrected.connect(self._read_material)
        self.latents.hovered.connect(self._hover)
        self.latents.picked.connect(self.go_to_item)
        self.training.field_ready.connect(self.open_model)
        self.training.ended.connect(self._training_ended)
        self.library.opened.connect(self.open_model)
        self.library.listed.connect(self._list_models)
        self.map.moved.connect(self._go)
        self.map.picked.connect(self.go_to_item)
        self.map.moved.connect(lambda x, y: self.attached.steer(x, y, self.map.held))
        self.map.released.connect(lambda x, y: self.attached.steer(x, y, False))
        self.attached.watched.connect(self.map.show_plugins)
        self.map.hovered.connect(self._hover)
        self._take_model(_opened(default_model()), default_model(), True)
        self._list_models([])
        self.library.read()
        self._read_material()
        self.attached.look_for()
        for field in self.findChildren(QLineEdit):
            field.setAcceptDrops(False)  # what is dropped is material, not the text of a field

    def open_model(self, path: Path, finished: bool = True) -> None:
        """Look at a model file; what is wrong with it is said, and the one before stays.

        It is read beside the window. One that is not ``finished`` is a field on its way, whose
        file may be gone again by then.
        """
        self.opening.do(
            "model", lambda gone: _opened(path), lambda o: self._take_model(o, path, finished)
        )

    def _take_model(self, opened: object, path: Path, finished: bool) -> None:
        if not isinstance(opened, tuple):
            if finished:
                self.said.setText(str(opened))
            return
        self.model, self.decoder, self._inside = opened
        self._finished = finished
        if finished:
            self._path = path
        self._select_model()
        self.map.show_field(self.model.picture, self.model.items, self.model.names)
        self.latents.show_items(self.model.items, self.model.names)
        self.styles.show_styles(self.model.header.styles)
        self.slice.show_latents(self.model.header.latents)
        if self.styles.value or self._off_middle():
            self._repicture()
        self.show_item(-1)
        count = len(self.model.items)
        trained = f", trained on {count:,} patterns" if count else ""
        self.said.setText(self.model.header.name + (trained if finished else ", forming …"))
        self._go(float(self.latent[0]), float(self.latent[1]))

    @property
    def threshold(self) -> float:
        """A cell sounds when its probability exceeds it."""
        return 1 - self.density.value() / 100

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running job ends with the best field so far."""
        self.attached.stop()
        self.training.close_job()
        self.background.stop()
        self.opening.stop()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome, wherever in the window."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Models are opened, everything else is material."""
        event.acceptProposedAction()
        dropped = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        models = [path for path in dropped if path.suffix.lower() == library.SUFFIX]
        self.material.add([path for path in dropped if path not in models])
        if models:
            self.open_model(models[0])

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
        self.styles = StyleChoice()
        self.styles.chosen.connect(self._repicture)
        self.slice = SliceView()
        self.slice.moved.connect(self._reslice)
        self.said = QLabel()

    def _repicture(self) -> None:
        """Play the field in the style and the slice chosen, and draw its map beside the window."""
        model, style, others = self.model, self.styles.value, self.latent[2:].copy()
        self.map.show_slice(others)
        self.opening.do(
            "picture",
            lambda gone: picture_of(model, style, others),
            lambda picture: self.map.show_picture(picture),
        )
        self._show()

    def _reslice(self) -> None:
        """A slider was moved."""
        self.latent[2:] = self.slice.values
        self._repicture()

    def _off_middle(self) -> bool:
        """Whether the map is another than the model's own picture, which is in the middle."""
        return bool((self.latent[2 : self.model.header.latents] != MIDDLE).any())

    def _lay_out(self) -> None:
        left, middle, right = QWidget(), QWidget(), QWidget()
        for side, parts in (
            (left, (self.material, self.training)),
            (right, (self.here, self.original, self.item, self.inside)),
        ):
            column = QVBoxLayout(side)
            for number, part in enumerate(parts):
                column.addWidget(part, 1 if number == 0 or side is right else 0)
            column.setContentsMargins(9, 6, 9, 6)
        column = QVBoxLayout(middle)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.models)
        top.addWidget(self.said, 1)
        bottom.addWidget(QLabel("Density"))
        bottom.addWidget(self.density, 1)
        bottom.addWidget(self.styles)
        bottom.addWidget(self.attached)
        column.addLayout(top)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        pages: tuple[QWidget, ...] = (self.map, self.latents, self.file, self.library)
        for view, name in zip(pages, TABS, strict=True):
            self.tabs.addTab(view, name)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.slice)
        column.addLayout(bottom)
        splitter = QSplitter()
        for side in (left, middle, right):
            splitter.addWidget(side)
        splitter.setSizes([380, 560, 430])
        splitter.setStretchFactor(1, 1)
        self.setCentralWidget(splitter)

    @property
    def pictures(self) -> dict[str, QWidget]:
        """Every view that can be saved as a picture, by the name of its file."""
        return {
            "map": self.map, "latents": self.latents.plot, "here": self.here,
            "original": self.original, "reconstruction": self.item, "network": self.inside,
            "curves": self.training.curves, "waveform": self.file.wave,
            "file pattern": self.file.pattern,
        }  # fmt: skip

    def save_pictures(self, folder: Path) -> list[Path]:
        """Save every picture that shows something, as PNG and as SVG. Raises `OSError`."""
        made = []
        self.latents.draw()
        for name, view in self.pictures.items():
            if view in (self.file.wave, self.file.pattern) and self.file.detail is None:
                continue
            if view is self.file.wave and self.file.detail and self.file.detail.loop is None:
                continue
            for end in ("png", "svg"):
                made.append(folder / f"{name}.{end}")
                export.save(view, made[-1])
        return made

    def _make_menus(self) -> None:
        file, view = self.menuBar().addMenu("&File"), self.menuBar().addMenu("&View")

        def entry(menu: QMenu, text: str, keys: str, call: Callable[[], object]) -> None:
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda: call())
            menu.addAction(action)

        entry(file, "Open model…", "Ctrl+O", self._choose_model)
        entry(file, "Add files…", "Ctrl+Shift+O", self.material.choose_files)
        entry(file, "Add folder…", "", self.material.choose_folder)
        file.addSeparator()
        saves = file.addMenu("Save picture")
        for name, picture in self.pictures.items():
            action = export.offer(picture)
            own = QAction(name.capitalize() + "…", self)
            own.triggered.connect(action.trigger)
            saves.addAction(own)
        entry(file, "Save all pictures…", "Ctrl+Shift+E", self._choose_pictures)
        file.addSeparator()
        entry(file, "Quit", "Ctrl+Q", self.close)
        for number, name in enumerate(TABS):
            entry(view, name, f"Ctrl+{number + 1}",
                  lambda number=number: self.tabs.setCurrentIndex(number))  # type: ignore[misc]  # fmt: skip

    def _choose_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A model", "", "Models (*.groovefield)")
        if name:
            self.open_model(Path(name))

    def _choose_pictures(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "A folder for the pictures")
        if not folder:
            return
        try:
            made = self.save_pictures(Path(folder))
            self.said.setText(f"{len(made)} pictures are in {folder}.")
        except OSError as error:
            self.said.setText(str(error))

    def _material_changed(self) -> None:
        self.training.set_sources(self.material.paths)
        self._read_material()

    def _read_material(self) -> None:
        """What became of each file, and the originals of the items: beside the window."""
        paths = list(self.material.paths)
        self.background.do("material", lambda gone: reading.look(paths, gone), self._take_material)

    def _take_material(self, found: object) -> None:
        if not isinstance(found, reading.Looked):
            self.said.setText(str(found))
            return
        self.looked = found
        self.material.show_states(found.files, found.remarks)
        self.show_item(self.shown_item)

    def _show_file(self, path: Path) -> None:
        self.tabs.setCurrentWidget(self.file)
        reasons = {f.path: f.reason for f in self.looked.files}
        note = reasons.get(printable(str(path)), "")
        if path.is_file():
            self.file.show_file(path, note)
        else:  # nothing can be shown of it, such as a link to nowhere
            self.file.say(note or f"{printable(path.name)} is not there.")

    def _training_ended(self, done: bool) -> None:
        """Where nothing came of it, the model before it is looked at again."""
        self.library.read()
        if not done:
            self.open_model(self._path)

    def _list_models(self, entries: Sequence[library.Entry]) -> None:
        self.models.clear()
        self.models.addItem("Default", default_model())
        for entry in entries:
            if not entry.problem:
                self.models.addItem(entry.name, entry.path)
        self._select_model()

    def _select_model(self) -> None:
        """The list shows the model that is looked at; nothing, for one of another folder."""
        places = [self.models.itemData(i) for i in range(self.models.count())]
        self.models.setPlaceholderText(self.model.header.name)
        known = self._finished and self._path in places
        self.models.setCurrentIndex(places.index(self._path) if known else -1)

    def _go(self, x: float, y: float) -> None:
        self.latent[:2] = x, y
        self.map.show_place(x, y)
        self._show()

    def go_to_item(self, index: int) -> None:
        """Go exactly where an item lies, in every dimension: the map is then the slice there."""
        before = self.latent[2:].copy()
        self.latent[: self.model.header.latents] = self.model.items[index]
        if (before != self.latent[2:]).any():
            self.slice.put(self.latent[2:])
            self._repicture()
        x, y = float(self.latent[0]), float(self.latent[1])
        self.map.show_place(x, y)
        self.attached.steer(x, y, False)
        self._show()
        self.show_item(index)

    def _hover(self, index: int) -> None:
        if index >= 0:
            self.show_item(index)

    def show_item(self, index: int) -> None:
        """The original of an item beside what the field plays at its place."""
        self.shown_item = index
        if index < 0:
            point = "Point at a dot to see its pattern."
            self.original.show_nothing("Original", "What it was trained on stands here.")
            self.item.show_nothing("Played by the field", point if len(self.model.items) else "")
            return
        names, pattern = self.model.names, self.decoder.decode(self.model.items[index])
        called = names.title(index) or f"Item {index + 1} of {len(self.model.items):,}"
        key = names.keys[index].tobytes() if len(names) else b""
        hits = self.looked.originals.get(key)
        if hits is None:
            self._draw(self.item, pattern, "Played by the field")
            self.original.show_nothing(f"Original: {called}", NOT_HERE)
            return
        lanes = [lane.name for lane in LANES]
        arrays = (hits.onset.astype(np.float32), hits.velocity, hits.offset)
        self.original.show_pattern(
            lanes, arrays, 0.5, hits.grid.steps_per_beat, f"Original: {called}"
        )
        self._draw(self.item, pattern, f"Played by the field: {_compared(hits, pattern)}")

    def _show(self) -> None:
        style = self.styles.value
        pattern = self.decoder.decode(self.latent, style)
        title = f"Here: x {self.latent[0]:.3f}, y {self.latent[1]:.3f}"
        if style:
            title += f", {self.styles.currentText()}"
        self._draw(self.here, pattern, title)
        self.inside.show_layers(self._inside.layers(self.latent, style), self.threshold)

    def _draw(self, view: PatternView, pattern: Pattern, title: str) -> None:
        lanes = [lane.name for lane in self.decoder.lanes]
        arrays = (pattern.probability, pattern.velocity, pattern.offset)
        per_beat = self.decoder.grid.steps_per_beat
        view.show_pattern(lanes, arrays, self.threshold, per_beat, title)


def _opened(path: Path) -> tuple[ModelFile, Decoder, Inside]:
    """A model with what plays it and what shows its inside. Raises `ModelFileError`."""
    model = modelfile.load(path)
    return model, Decoder(model), Inside(model)


def _compared(hits: Hits, pattern: Pattern) -> str:
    """How a reconstruction differs from its original, in words, at the middle density."""
    played, struck = pattern.probability > 0.5, hits.onset
    if played.shape != struck.shape:
        return "on another grid"
    missing, more = int((struck & ~played).sum()), int((played & ~struck).sum())
    said = [f"{number} {word}" for number, word in ((missing, "missing"), (more, "more")) if number]
    return ", ".join(said) or "the same hits"

"""The studio's window: material and training on the left, the map, what plays on the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow, QSlider, QWidget

from groovefield import library
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model
from groovefield.field.modelfile import ModelFile
from groovefield.material.notes import printable
from groovefield.studio import export, layout, menus, reading
from groovefield.studio.attached import Attached
from groovefield.studio.background import Background
from groovefield.studio.compare_view import CompareView
from groovefield.studio.file_view import FileView
from groovefield.studio.inside import Inside
from groovefield.studio.labels import ElidedLabel
from groovefield.studio.latent_view import LatentView
from groovefield.studio.look import Look
from groovefield.studio.map_view import MapView
from groovefield.studio.material_view import MaterialView
from groovefield.studio.model_choice import ModelChoice
from groovefield.studio.models_view import ModelsView
from groovefield.studio.slice_view import MIDDLE, SliceView, picture_of
from groovefield.studio.style_choice import StyleChoice
from groovefield.studio.training_view import TrainingView

SIZE = QSize(1400, 860)


class StudioWindow(QMainWindow):
    """One field at a time is looked at; training another goes on beside it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("Groovefield Studio")
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        self.setAcceptDrops(True)
        self.background = Background(self)
        self.opening = Background(self)  # a long import does not keep a model waiting
        self.looked = reading.Looked()
        self._path = default_model()
        self.material = MaterialView(look)
        self.training = TrainingView(look)
        self.map = MapView(look)
        self.compare = CompareView(look)
        self.here, self.original = self.compare.here, self.compare.original
        self.item, self.inside = self.compare.item, self.compare.inside
        self.latents = LatentView(look)
        self.file = FileView(look, self.background)
        self.library = ModelsView(look, self.opening)
        self.latent = np.full(modelfile.MAX_LATENTS, 0.5, np.float32)
        self.attached = Attached()
        self._make_top()
        self.tabs = layout.lay_out(self)
        menus.make(self)
        self.material.changed.connect(self._material_changed)
        self.material.chosen.connect(self._show_file)
        self.file.corrected.connect(self._read_material)
        self.file.shown.connect(self._mark_file)
        self.latents.hovered.connect(self._hover)
        self.latents.picked.connect(self.go_to_item)
        self.training.field_ready.connect(self.open_model)
        self.training.ended.connect(self._training_ended)
        self.library.opened.connect(self.choose_model)
        self.library.listed.connect(self.models.list_models)
        self.map.moved.connect(self._go)
        self.map.picked.connect(self.go_to_item)
        self.map.moved.connect(lambda x, y: self.attached.steer(x, y, self.map.held))
        self.map.released.connect(lambda x, y: self.attached.steer(x, y, False))
        self.attached.watched.connect(self.map.show_plugins)
        self.map.hovered.connect(self._hover)
        self._take_model(_opened(default_model()), default_model(), True)
        self.library.read()
        self._read_material()
        self.attached.look_for()
        for field in self.findChildren(QLineEdit):
            field.setAcceptDrops(False)  # what is dropped is material, not the text of a field

    def choose_model(self, path: Path) -> None:
        """Look at another model; one that is forming no longer takes its place."""
        if self.training.running:
            self.training.forms.setChecked(False)
        self.open_model(path)

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
        self.model, self.decoder, inside = opened
        self.compare.show_model(self.model, self.decoder, inside)
        if finished:
            self._path = path
        self.models.show_model(self._path if finished else None, self.model.header.name)
        self.map.show_field(self.model.picture, self.model.items, self.model.names)
        self.latents.show_items(self.model.items, self.model.names)
        self._mark_file()
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
        """Take them."""
        event.acceptProposedAction()
        self.take([Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()])

    def take(self, paths: Sequence[Path]) -> None:
        """Open a model, and add everything else to the material."""
        models = [path for path in paths if path.suffix.lower() == library.SUFFIX]
        self.material.add([path for path in paths if path not in models])
        if models:
            self.choose_model(models[0])

    def _make_top(self) -> None:
        self.models = ModelChoice()
        self.models.chosen.connect(self.choose_model)
        self.density = QSlider(Qt.Orientation.Horizontal)
        self.density.setRange(2, 98)
        self.density.setMinimumWidth(70)
        self.density.setValue(50)
        self.density.setAccessibleName("Density")
        self.density.setToolTip("The threshold that cuts probabilities into hits: right is more.")
        self.density.valueChanged.connect(lambda: self._show())
        self.compare.cut.connect(lambda at: self.density.setValue(round(100 * (1 - at))))
        self.styles = StyleChoice()
        self.styles.chosen.connect(self._repicture)
        self.slice = SliceView()
        self.slice.moved.connect(self._reslice)
        self.said = ElidedLabel()

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
        self.latents.draw()
        empty = self.empty_pictures
        shown = {name: view for name, view in self.pictures.items() if view not in empty}
        return export.save_all(shown, folder)

    @property
    def empty_pictures(self) -> set[QWidget]:
        """Those of them that show nothing now."""
        return self.file.empty | ({self.training.curves} if self.training.curves.empty else set())

    def _material_changed(self) -> None:
        self.training.set_sources(self.material.paths)
        self._read_material()

    def _read_material(self) -> None:
        """What became of each file, and the originals of the items: beside the window."""
        paths = list(self.material.paths)
        self.background.do("material", lambda gone: reading.look(paths, gone), self._take_material)

    def _take_material(self, found: object) -> None:
        if isinstance(found, reading.Looked):
            self.looked = found
            self.material.show_states(found.files, found.remarks)
            self.training.set_refusal(found.refused)
        else:
            sentence = reading.unread(found)
            self.looked = reading.Looked(refused=sentence)
            self.material.show_unread(sentence)
            self.training.set_refusal(sentence)
        self.show_item(self.compare.shown_item)

    def _show_file(self, path: Path) -> None:
        self.tabs.setCurrentWidget(self.file)
        reasons = {f.path: f.reason for f in self.looked.files}
        note = reasons.get(printable(str(path)), "")
        name = printable(path.name)
        if path.is_file():
            self.file.show_file(path, note)
        elif path.is_dir():
            known = any(f.place and path in f.place.parents for f in self.looked.files)
            why = "no file that is used: choose one to see why." if known else (
                "no file that can be read.")  # fmt: skip
            self.file.say(note or self.looked.refused or f"{name} holds {why}")
        else:  # nothing can be shown of it, such as a link to nowhere
            self.file.say(note or f"{name} is not there.")

    def _mark_file(self) -> None:
        """The file that is looked at stands out on the map."""
        wanted = self.file.detail.keys if self.file.detail else ()
        keys = np.ascontiguousarray(self.model.names.keys).view(np.uint64).ravel()
        self.map.mark(np.flatnonzero(np.isin(keys, np.frombuffer(b"".join(wanted), np.uint64))))

    def _training_ended(self, done: bool) -> None:
        """Where nothing came of it, the model before it is looked at again."""
        self.library.read()
        if not done:
            self.open_model(self._path)

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
        """The original of an item beside what the field plays at its place; -1 is none."""
        self.compare.show_item(index, self.looked.originals, self.threshold)

    def _show(self) -> None:
        style = self.styles.value
        named = self.styles.currentText() if style else ""
        self.compare.show_here(self.latent, style, named, self.threshold)
        self.latents.show_place(self.latent)


def _opened(path: Path) -> tuple[ModelFile, Decoder, Inside]:
    """A model with what plays it and what shows its inside. Raises `ModelFileError`."""
    model = modelfile.load(path)
    return model, Decoder(model), Inside(model)

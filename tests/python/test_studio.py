"""The studio's window, driven as a user does, on a screen that is not there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from groovefield.field import modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.studio.inside import Inside
from loops_library import rock_audio, write_audio
from material_library import rock_bars, write_midi
from studio_library import states, until, window  # noqa: F401

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.material import corrections
from groovefield.material.drum_maps import DRUM_RACK, GENERAL_MIDI
from groovefield.studio import export
from groovefield.studio.look import LABELS
from groovefield.studio.window import StudioWindow
from groovefield.trainer import events
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMenu,
)


def hover_over(window: StudioWindow, item: int) -> None:
    """Moves the mouse over an item's dot on the map."""
    view = window.map.getPlotItem().vb
    x, y = (float(v) for v in window.model.items[item, :2])
    at = window.map.mapFromScene(view.mapViewToScene(QPointF(x, y)))
    QTest.mouseMove(window.map.viewport(), QPoint(at.x() - 60, at.y() - 60))
    QTest.mouseMove(window.map.viewport(), QPoint(at.x(), at.y()))


def shown(path: Path) -> tuple[int, int, int]:
    """Width, height and number of colours of a picture file."""
    if path.suffix == ".svg":
        drawing = QSvgRenderer(str(path))
        image = QImage(drawing.defaultSize(), QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
    else:
        image = QImage(str(path))
    every = range(0, image.width(), 7), range(0, image.height(), 7)
    colours = {image.pixel(x, y) for x in every[0] for y in every[1]}
    return image.width(), image.height(), len(colours)


@pytest.mark.parametrize("style", [0.0, 0.37, 1.0])
@pytest.mark.parametrize("place", [(0.5, 0.5), (0.03, 0.97), (0.71, 0.2)])
def test_the_way_inside_ends_in_what_the_decoder_plays(
    place: tuple[float, float], style: float
) -> None:
    latent = np.array(place, np.float32)
    layers = Inside(modelfile.load(default_model())).layers(latent, style)
    played = load_decoder(default_model()).decode(latent, style)
    np.testing.assert_allclose(layers[-1].activity, played.probability, atol=1e-4)
    assert [layer.name for layer in layers][0 :: len(layers) - 1] == ["Place", "Chance"]


def test_the_arrow_keys_go_over_the_map_and_the_pattern_follows(window: StudioWindow) -> None:
    before = window.here._probability.copy()
    window.map.setFocus()
    for _ in range(4):
        QTest.keyClick(window.map, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert window.latent[:2].tolist() == [1.0, 0.5]
    expected = load_decoder(default_model()).decode(window.latent)
    np.testing.assert_allclose(window.here._probability, expected.probability, atol=1e-6)
    assert np.abs(window.here._probability - before).sum() > 5


def test_a_click_on_the_map_goes_there_and_snaps_to_a_dot(window: StudioWindow) -> None:
    view = window.map.getPlotItem().vb
    item = window.model.items[window.map._shown[100]]
    at = window.map.mapFromScene(view.mapViewToScene(QPointF(float(item[0]), float(item[1]))))
    QTest.mouseClick(window.map.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    away = np.hypot(window.model.items[:, 0] - window.latent[0],
                    window.model.items[:, 1] - window.latent[1])  # fmt: skip
    assert away.min() < 1e-3
    assert abs(window.latent[0] - item[0]) < 0.05


def test_the_density_cuts_more_or_fewer_hits(window: StudioWindow) -> None:
    window._go(0.3, 0.7)
    counts = []
    for value in (20, 50, 80):
        window.density.setValue(value)
        counts.append(window.here.hits())
    assert counts[0] < counts[1] < counts[2]


def test_material_that_is_added_is_trained_and_looked_at(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "Größe"
    folder.mkdir()
    for n in range(3):
        write_midi(folder / f"beat {n}.mid", [*rock_bars(2), (3839, 37 + n, 5)])
    assert not window.training.train.isEnabled()
    window.material.add([folder, folder])
    assert window.material.paths == [folder]
    window.training.name.setText("Seen")
    window.training.epochs.setValue(30)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    assert window.training.cancel.isVisible()
    until(lambda: not window.training.running)
    until(lambda: window.decoder.name == "Seen" and window.models.count() == 2)
    assert window.models.currentText() == "Seen"
    assert "is ready" in window.training._said.text()
    assert [window.models.itemText(i) for i in range(window.models.count())] == ["Default", "Seen"]
    assert len(window.training._epochs) == 30
    hover_over(window, 0)
    assert window.item.hits() > 8
    assert window.map.label.text.startswith("beat ")
    assert window.map.label.text.endswith(".mid, bar 1 · Größe")
    until(lambda: window.original.hits() > 0)
    hits = window.original.hits()
    window.material.table.selectAll()
    QTest.keyClick(window.material.table, Qt.Key.Key_Delete)
    assert window.material.paths == []
    until(lambda: window.original.hits() == 0)
    assert "not in the material here" in window.original.accessibleDescription()
    window.material.add([folder])
    until(lambda: window.original.hits() == hits)


def test_training_can_be_cancelled_and_leaves_nothing(window: StudioWindow, tmp_path: Path) -> None:
    folder = tmp_path / "beats"
    folder.mkdir()
    write_midi(folder / "beat.mid", rock_bars(2))
    window.material.add([folder])
    window.training.epochs.setValue(100_000)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    until(lambda: window.decoder.name == "beats")  # the field as it forms
    assert window.models.currentIndex() == -1
    QTest.mouseClick(window.training.cancel, Qt.MouseButton.LeftButton)
    until(lambda: not window.training.running)
    assert "nothing was kept" in window.training._said.text()
    assert list((tmp_path / "library").iterdir()) == []
    until(lambda: window.decoder.name == "Default")


def test_a_file_that_is_no_model_is_a_sentence(window: StudioWindow, tmp_path: Path) -> None:
    (tmp_path / "text.groovefield").write_text("no model")
    window.open_model(tmp_path / "text.groovefield")
    until(lambda: "text" in window.said.text())
    assert "text.groovefield: it is not a model file" in window.said.text()
    assert window.decoder.name == "Default"


def test_the_table_says_what_became_of_each_file(window: StudioWindow, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    write_midi(folder / "good.mid", rock_bars(2))
    (folder / "broken.mid").write_bytes(b"MThd")
    window.material.add([folder, tmp_path / "gone.mid"])
    until(lambda: bool(states(window)))
    assert states(window) == {"good.mid": "1 window, 120 bpm", "broken.mid": "not used"}
    top = window.material.table.topLevelItem(0)
    assert top is not None and top.text(1) == "1 of 2, 1 window"
    why = next(top.child(i).toolTip(1) for i in range(2) if top.child(i).text(0) == "broken.mid")
    assert "broken.mid" in why and why.endswith(".")
    gone = window.material.table.topLevelItem(1)
    assert gone is not None and gone.text(1) == "not used"


def test_a_loop_is_shown_and_its_onsets_and_tempo_are_corrected(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "loops"
    folder.mkdir()
    path = write_audio(folder / "rock.wav", rock_audio(2, 120))
    window.material.add([folder])
    until(lambda: bool(states(window)))
    top = window.material.table.topLevelItem(0)
    assert top is not None
    window.material.table.setCurrentItem(top.child(0))
    until(lambda: window.file.detail is not None)
    assert window.tabs.currentWidget() is window.file
    loop = window.file.detail.loop
    assert loop is not None and window.file.wave.isVisible()
    assert "bpm" in window.file.said.text()
    at = QPoint(round(window.file.wave.x_of(float(loop.time[1]))), 60)
    QTest.mouseClick(window.file.wave, Qt.MouseButton.LeftButton, pos=at)
    assert window.file.wave.onset == 1
    ticked = {lane.text() for lane in window.file.lanes if lane.isChecked()}
    assert ticked == {LANES[i].name for i in np.flatnonzero(loop.struck[1])}
    rim = next(lane for lane in window.file.lanes if lane.text() == "Rim")
    QTest.mouseClick(rim, Qt.MouseButton.LeftButton)
    until(lambda: "Corrected by hand" in window.file.said.text())
    assert window.file.detail.loop.lanes(1) == loop.lanes(1) | {"rim"}
    QTest.keyClick(window.file.wave, Qt.Key.Key_Right)
    assert window.file.wave.onset == 2
    window.file.corrections.bpm.setValue(60)
    until(lambda: window.file.detail.loop.bpm == 60)
    key = window.file.detail.key
    kept = corrections.load()[key]
    assert kept.bpm == 60 and kept.lanes == {1: loop.lanes(1) | {"rim"}}
    until(lambda: "60 bpm" in states(window)[path.name])
    window.file.corrections.beats.setValue(3)  # 3 beats at 60 bpm are not what the file lasts
    until(lambda: "say one of them" in window.file.said.text())
    assert window.file.corrections.beats.text() == "as found"
    assert corrections.load()[key] == kept
    QTest.mouseClick(window.file.corrections.forget, Qt.MouseButton.LeftButton)
    until(lambda: corrections.load() == {})
    until(lambda: window.file.detail.loop.bpm == loop.bpm)


def test_a_drum_map_is_corrected(window: StudioWindow, tmp_path: Path) -> None:
    path = write_midi(tmp_path / "toms.mid", [*rock_bars(2), (240, 45, 90), (2160, 45, 90)])
    window.material.add([path])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    found, high = LANE_INDEX[GENERAL_MIDI.lanes[45]], LANE_INDEX["high_tom"]
    before = window.file.detail.windows[0].onset
    assert before[found].any() and not before[high].any()
    window.file.corrections.drum_map.setCurrentIndex(
        window.file.corrections.drum_map.findData("drum-rack")
    )
    window.file.corrections.drum_map.activated.emit(window.file.corrections.drum_map.currentIndex())
    until(lambda: bool(corrections.load()))
    assert [s.drum_map for s in corrections.load().values()] == [DRUM_RACK]
    until(lambda: window.file.detail.windows[0].onset[high].any())


def test_the_latent_plot_is_coloured_by_label_and_goes_to_an_item(window: StudioWindow) -> None:
    groups = window.latents.groups()
    counts = dict(window.model.names.by_size)
    assert [text for text, _ in groups[:2]] == ["rock", "latin"]
    assert len(groups) == len(LABELS) + 1 and groups[-1][0].endswith("others")
    assert sum(len(index) for _, index in groups) == len(window.latents._shown)
    assert {window.model.names.labelled(int(i)) for i in groups[0][1]} == {"rock"}
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    legend = [label.text for _, label in window.latents.legend.items]
    assert legend[0] == f"rock ({counts['rock']:,})"
    item = int(groups[1][1][5])
    plot = window.latents.plot
    view = plot.getPlotItem().vb
    x, y = (float(v) for v in window.model.items[item, :2])
    at = plot.mapFromScene(view.mapViewToScene(QPointF(x, y)))
    QTest.mouseMove(plot.viewport(), QPoint(at.x() + 50, at.y()))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    until(lambda: abs(window.latent[0] - x) < 0.01)
    assert abs(window.latent[1] - y) < 0.01


def test_every_picture_is_saved_as_png_and_svg(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.go_to_item(15_300)
    made = window.save_pictures(tmp_path)  # without the curves: nothing was trained
    names = {path.stem for path in made}
    assert names == {"map", "latents", "here", "original", "reconstruction", "network"}
    for path in made:
        width, height, colours = shown(path)
        assert width > 200 and height > 90, path
        assert colours > (2 if path.stem == "original" else 5), path
    saves = next(m for m in window.findChildren(QMenu) if m.title() == "Save picture")
    saves.aboutToShow.emit()
    offered = {own.text()[:-1].lower() for own in saves.actions() if own.isEnabled()}
    assert offered == names
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), "SVG drawing (*.svg)")
    )
    export.ask(window.here)
    assert (tmp_path / "mine.svg").read_text().lstrip().startswith("<?xml")
    window.training.curves.show_epochs([events.Epoch(1, 2, 50.0, None, 0.1, 0.2, 1.0)])
    assert "curves" in {path.stem for path in window.save_pictures(tmp_path)}
    with pytest.raises(OSError, match="cannot be written"):
        export.save(window.here, tmp_path / "no folder" / "x.png")

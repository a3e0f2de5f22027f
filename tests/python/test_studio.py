"""The studio's window, driven as a user does, on a screen that is not there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from groovefield import places
from groovefield.field import modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield.studio.inside import Inside
from material_library import rock_bars, write_midi

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio.look import DARK, wear
from groovefield.studio.window import StudioWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioWindow]:
    monkeypatch.setattr(places, "library", lambda: tmp_path / "library")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    wear(app, DARK)
    opened = StudioWindow(DARK)
    opened.show()
    QTest.qWaitForWindowExposed(opened)
    yield opened
    opened.close()


def until(met: Callable[[], bool]) -> None:
    """Lets the window live until something is so."""
    for _ in range(6_000):
        if met():
            return
        QApplication.processEvents()
        time.sleep(0.02)
    pytest.fail("it never came")


@pytest.mark.parametrize("place", [(0.5, 0.5), (0.03, 0.97), (0.71, 0.2)])
def test_the_way_inside_ends_in_what_the_decoder_plays(place: tuple[float, float]) -> None:
    latent = np.array(place, np.float32)
    layers = Inside(modelfile.load(default_model())).layers(latent)
    played = load_decoder(default_model()).decode(latent)
    np.testing.assert_allclose(layers[-1].activity, played.probability, atol=1e-4)
    assert [layer.name for layer in layers][0 :: len(layers) - 1] == ["Waves", "Probability"]


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
    assert window.decoder.name == "Seen"
    assert "is ready" in window.training._said.text()
    assert [window.models.itemText(i) for i in range(window.models.count())] == ["Default", "Seen"]
    assert len(window.training._losses) == 30
    window._hover(0)
    assert window.item.hits() > 8


def test_training_can_be_cancelled_and_leaves_nothing(window: StudioWindow, tmp_path: Path) -> None:
    folder = tmp_path / "beats"
    folder.mkdir()
    write_midi(folder / "beat.mid", rock_bars(2))
    window.material.add([folder])
    window.training.epochs.setValue(100_000)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    until(lambda: len(window.training._losses) > 0)
    QTest.mouseClick(window.training.cancel, Qt.MouseButton.LeftButton)
    until(lambda: not window.training.running)
    assert "nothing was kept" in window.training._said.text()
    assert list((tmp_path / "library").iterdir()) == []
    assert window.decoder.name == "Default"


def test_a_file_that_is_no_model_is_a_sentence(window: StudioWindow, tmp_path: Path) -> None:
    (tmp_path / "text.groovefield").write_text("no model")
    window.open_model(tmp_path / "text.groovefield")
    assert "text.groovefield: it is not a model file" in window.said.text()
    assert window.decoder.name == "Default"

"""The studio's map: the slice of a field of more dimensions, and the plugins that run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model
from loops_library import rock_audio, write_audio
from small_field import header, tensors
from studio_library import until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio import attached
from groovefield.studio.inside import Inside
from groovefield.studio.slice_view import picture_of
from groovefield.studio.window import StudioWindow
from groovefield_bridge.events import Instance
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def open_field(window: StudioWindow, latents: int) -> modelfile.ModelFile:
    made = tensors(latents, seed=3)
    made["pad.items"][:, 2:] = np.array([[0.5], [0.9], [0.1]])  # type: ignore[index]
    model = modelfile.parse(modelfile.serialise(header(latents), made))
    window._take_model((model, Decoder(model), Inside(model)), default_model(), True)
    return model


def brightness(window: StudioWindow, item: int) -> int:
    """How strongly an item's dot is drawn."""
    x = float(window.model.items[item, 0])
    drawn = [d for d in window.map._dots if np.isin(np.float32(x), d.data["x"].astype(np.float32))]
    assert len(drawn) == 1
    return int(drawn[0].opts["brush"].color().alpha())


def test_the_map_is_the_slice_at_the_item_that_was_gone_to(window: StudioWindow) -> None:
    model = open_field(window, 4)
    pictures: list[np.ndarray] = []
    show = window.map.show_picture
    window.map.show_picture = lambda p: (pictures.append(p), show(p))  # type: ignore[method-assign]
    assert [s.isVisibleTo(window) for s in window.slice.sliders] == [True] * 2 + [False] * 4
    assert brightness(window, 0) == 200 > brightness(window, 1) < 60
    window.go_to_item(1)
    until(lambda: bool(pictures))
    assert (pictures[-1] == picture_of(model, 0, model.items[1, 2:])).all()
    assert (pictures[-1] != model.picture).any()
    assert brightness(window, 1) == 200 > brightness(window, 0)
    assert [s.value() for s in window.slice.sliders[:2]] == [900, 900]
    # Onward in X and Y it stays the same slice, and what plays is of it.
    window.map._go((0.2, 0.8), snap=False)
    place = np.array([0.2, 0.8, *model.items[1, 2:]], np.float32)
    np.testing.assert_allclose(
        window.here._probability, Decoder(model).decode(place).probability, atol=1e-6
    )


def test_the_keys_turn_the_further_dimensions(window: StudioWindow) -> None:
    model = open_field(window, 3)
    pictures: list[np.ndarray] = []
    window.map.show_picture = pictures.append  # type: ignore[method-assign]
    before = window.here._probability.copy()
    window.slice.sliders[0].setFocus()
    QTest.keyClick(window.slice.sliders[0], Qt.Key.Key_Home)
    assert window.latent[2] == 0
    assert (window.here._probability != before).any()
    until(lambda: bool(pictures))
    assert (pictures[-1] == picture_of(model, 0, np.zeros(1, np.float32))).all()
    assert brightness(window, 2) > brightness(window, 1)
    window.open_model(default_model())
    until(lambda: window.decoder.name == "Default")
    assert not window.slice.isVisibleTo(window)


def test_a_name_never_leaves_the_map(window: StudioWindow) -> None:
    for size in (QSize(1400, 860), QSize(960, 540)):
        window.resize(size)
        QApplication.processEvents()
        whole = window.map.viewport().rect()
        for item in window.map._shown[::60].tolist():
            window.map._point_at(item)
            label = window.map.label._item
            place = label.mapRectToScene(label.boundingRect())
            assert place.left() >= 0 and place.right() <= whole.width() + 1
            assert place.top() >= 0 and place.bottom() <= whole.height()
            assert label.textItem.toPlainText()[-20:] == window.map.label.text[-20:]


def test_the_curves_are_seen_whole_beside_the_material(window: StudioWindow) -> None:
    window.material.show_states([], ["A few remarks. " * 12])
    window.training.curves.show()
    QApplication.processEvents()
    curves = window.training.curves
    assert curves.mapTo(window, QPoint(0, curves.height())).y() <= 860
    assert curves.height() >= 230 and window.material.table.height() >= 180


def test_a_loop_is_seen_whole_without_scrolling(window: StudioWindow, tmp_path: Path) -> None:
    window.material.add([write_audio(tmp_path / "rock.wav", rock_audio(2, 120))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    QApplication.processEvents()
    bars = window.file.verticalScrollBar(), window.file.horizontalScrollBar()
    assert [bar.maximum() for bar in bars] == [0, 0]
    assert window.file.wave.height() > 240 and window.file.pattern.height() > 150


def test_the_threshold_is_a_line_that_cuts_and_can_be_dragged(window: StudioWindow) -> None:
    view = window.inside
    chance = window.decoder.decode(window.latent).probability
    lines = []
    for share in (0.8, 0.3):
        at = QPoint(view.width() // 2, round(view.y_of(share)))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        assert abs(window.threshold - share) < 0.02
        hits = (chance > window.threshold).sum()
        assert view.said == f"{hits} hits play, those over {100 * share:.0f} %"
        assert window.here.hits() == (chance > window.threshold).sum()
        drawn = view.grab().toImage()
        column = [drawn.pixelColor(view.width() - 4, y) for y in range(view.height())]
        lime = [colour.green() - colour.blue() for colour in column]
        lines.append(int(np.argmax(lime)))
    assert abs(lines[0] - view.y_of(0.8)) < 2 and abs(lines[1] - view.y_of(0.3)) < 2


def test_the_latent_plot_shows_where_is_looked_at_across_any_two_dimensions(
    window: StudioWindow,
) -> None:
    open_field(window, 4)
    window.tabs.setCurrentIndex(1)
    window.go_to_item(1)
    x, y, z3, z4 = (float(v) for v in window.model.items[1])

    def ringed() -> list[float]:
        spots = window.latents._ring.data
        return [float(spots["x"][0]), float(spots["y"][0])]

    assert ringed() == [x, y]
    assert [window.latents.up.itemText(i) for i in range(4)] == ["X", "Y", "Z3", "Z4"]
    for box, at in ((window.latents.across, 3), (window.latents.up, 2)):
        box.setCurrentIndex(at)
        box.activated.emit(at)
    assert ringed() == [z4, z3]
    window.slice.sliders[0].setValue(250)
    assert ringed() == [z4, 0.25]
    assert len(window.latents.legend.items) == 1  # the ring is no label


def test_of_several_plugins_none_is_moved_before_one_is_chosen(
    window: StudioWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = [Instance(Path("none"), slot, slot + 1, 1) for slot in range(2)]
    monkeypatch.setattr(attached, "instances", lambda: running)
    controls = np.zeros(2, [("x", "f4"), ("y", "f4")])
    controls["x"] = 0.25, 0.75

    class Segment:
        def __init__(self) -> None:
            self.controls = controls

    monkeypatch.setattr(attached.Segment, "open", lambda _: Segment())
    window.attached.look_for()
    box = window.attached.moves
    assert [box.itemText(i) for i in range(3)] == ["move none", "move plugin 1", "move plugin 2"]
    assert box.currentIndex() == 0
    box.setCurrentIndex(2)
    until(lambda: len(window.map._plugins.data) == 2)
    QApplication.processEvents()
    numbers = [text.toPlainText() for text in window.map._numbers if text.isVisible()]
    assert numbers == ["1", "2"]
    assert [text.pos().x() for text in window.map._numbers] == [0.25, 0.75]
    until(lambda: len({b.color().name() for b in window.map._plugins.data["brush"]}) == 2)

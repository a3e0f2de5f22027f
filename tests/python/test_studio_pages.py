"""The studio's pages: a file of another grid, the map that forms, models in order, the keyboard."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from groovefield import library
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model
from loops_library import rock_audio, write_audio
from material_library import rock_bars, write_midi
from small_field import header, tensors
from studio_library import states, until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

import pyqtgraph as pg
from groovefield.lanes import LANES
from groovefield.library import bring_in
from groovefield.material import corrections
from groovefield.material.grids import words
from groovefield.pattern import Grid
from groovefield.studio import training_view
from groovefield.studio.inside import Inside
from groovefield.studio.layout import TABS
from groovefield.studio.waveform_view import WaveformView
from groovefield.studio.window import StudioWindow
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QSlider,
    QTabBar,
    QTreeWidget,
)


def test_a_file_of_another_grid_is_named_and_laid_on_the_materials_grid_by_hand(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for n in range(2):
        write_midi(folder / f"straight {n}.mid", [*rock_bars(2), (240, 37 + n, 90)])
    shuffle = [(160 * k, 42, 80 + k) for k in range(24) if k % 3 != 1]
    write_midi(folder / "shuffle.mid", [*shuffle, (0, 36, 100), (3839, 37, 5)])
    window.material.add([folder])
    until(lambda: bool(states(window)))
    assert states(window)["shuffle.mid"] == "not used"
    assert "1 is on another grid and was left out. Train it" in window.material.summary.text()
    top = window.material.table.topLevelItem(0)
    assert top is not None
    row = next(top.child(i) for i in range(3) if top.child(i).text(0) == "shuffle.mid")
    window.material.table.setCurrentItem(row)
    until(lambda: window.file.detail is not None)
    assert "Left out of the material: shuffle.mid lies on 8 beats in tri" in window.file.said.text()
    assert window.file.detail.windows[0].grid == Grid(3, 8)
    window.file.corrections.grid.setCurrentIndex(
        window.file.corrections.grid.findText(words(Grid(4, 8)))
    )
    window.file.corrections.grid.activated.emit(window.file.corrections.grid.currentIndex())
    until(lambda: states(window)["shuffle.mid"].startswith("1 window"))
    assert window.file.detail.windows[0].grid == Grid(4, 8)
    assert "Left out" not in window.file.said.text() and "Corrected" in window.file.said.text()
    assert [s.grid for s in corrections.load().values()] == [Grid(4, 8)]
    assert "another grid" not in window.material.summary.text()


def test_the_map_forms_while_training_goes_on_and_a_missing_file_does_not_stop_it(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_view, "FORMS_EVERY", 0)
    path = write_midi(tmp_path / "beat.mid", rock_bars(2))
    window.material.add([tmp_path / "gone.mid", path])
    window.training.epochs.setValue(100_000)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    until(lambda: window.said.text().endswith("forming …"))
    before = window.model.picture
    until(lambda: window.model.picture is not before)
    assert window.training.running and not window.model.header.training
    QTest.mouseClick(window.training.pause, Qt.MouseButton.LeftButton)
    until(lambda: window.training.pause.text() == "Go on")
    epochs = len(window.training._epochs)
    QTest.qWait(300)
    assert len(window.training._epochs) == epochs
    QTest.mouseClick(window.training.pause, Qt.MouseButton.LeftButton)
    until(lambda: len(window.training._epochs) > epochs)
    QTest.mouseClick(window.training.finish, Qt.MouseButton.LeftButton)
    until(lambda: not window.training.running and "trained on 1" in window.said.text())
    assert window.model.header.training["stopped_early"] is True
    assert "gone.mid is not there." in window.training._said.toolTip()
    shown = [line.getData()[1][-1] for line in (window.training.curves._training,
             window.training.curves._velocity, window.training.curves._offset)]  # fmt: skip
    last = window.training._epochs[-1]
    assert shown == [last.loss, last.velocity, last.offset]


def test_models_are_kept_in_order(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.library
    window.tabs.setCurrentWidget(page)

    def names() -> list[str]:
        rows = [page.table.topLevelItem(i) for i in range(page.table.topLevelItemCount())]
        return [row.text(0) for row in rows if row is not None]

    def press(word: str) -> None:
        QTest.mouseClick(page.buttons[word], Qt.MouseButton.LeftButton)

    (tmp_path / "text.groovefield").write_text("no model")
    files = [str(default_model()), str(tmp_path / "text.groovefield")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (files, ""))
    press("Import")
    until(lambda: names() == ["Default"])
    assert "Default is in your library. text.groovefield" in page.said.text()
    row = page.table.topLevelItem(0)
    assert row is not None and "of gmd" in row.text(3) and row.text(1) == "15,442"
    page.table.setCurrentItem(row)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Größe", True))
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    until(lambda: names() == ["Größe"])
    page.table.setCurrentItem(page.table.topLevelItem(0))
    press("Duplicate")
    until(lambda: names() == ["Größe", "Größe copy"])
    page.table.setCurrentItem(page.table.topLevelItem(1))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    until(lambda: window.models.currentText() == "Größe copy")
    assert window.decoder.name == "Größe copy"
    out = tmp_path / "out.groovefield"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(out), ""))
    press("Export")
    until(out.exists)
    assert modelfile.load(out).header.name == "Größe copy"
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *_: yes)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    until(lambda: names() == ["Größe"])
    assert len(list((tmp_path / "library").iterdir())) == 1


def test_models_of_one_name_are_told_apart_by_their_files(window: StudioWindow) -> None:
    page = window.library
    entry = bring_in(default_model())
    # Put there by hand: what is brought in gets a name of its own.
    shutil.copy(entry.path, entry.path.with_name("Copied.groovefield"))
    library.rename(bring_in(default_model()), "Other")
    page.read()
    until(lambda: page.table.topLevelItemCount() == 3)
    rows = [page.table.topLevelItem(n) for n in range(3)]
    assert [row.text(0) for row in rows if row is not None] == [
        "Default (Copied)", "Default (Default)", "Other",
    ]  # fmt: skip


def test_what_is_asked_of_the_library_is_done_whatever_is_asked_next(
    window: StudioWindow, tmp_path: Path
) -> None:
    page = window.library
    bring_in(default_model())
    page.read()
    until(lambda: page.table.topLevelItemCount() == 1)
    page.table.setCurrentItem(page.table.topLevelItem(0))
    busy = threading.Event()
    window.opening.do("model", lambda gone: busy.wait(60), lambda done: None)
    QTest.mouseClick(page.buttons["Duplicate"], Qt.MouseButton.LeftButton)
    page.read()  # as at the end of a training
    busy.set()
    until(lambda: page.table.topLevelItemCount() == 2)
    assert len(list((tmp_path / "library").iterdir())) == 2


def test_corrections_in_a_row_are_all_remembered(window: StudioWindow, tmp_path: Path) -> None:
    loop = write_audio(tmp_path / "rock.wav", rock_audio(2, 120))
    other = write_midi(tmp_path / "beat.mid", rock_bars(2))
    window.material.add([loop, other])
    window.file.show_file(loop)
    until(lambda: window.file.detail is not None and window.file.detail.loop is not None)
    busy = threading.Event()
    window.background.do("long", lambda gone: busy.wait(60), lambda done: None)
    for onset in (0, 2):
        window.file.wave.choose(onset)
        QTest.mouseClick(window.file.lanes[8], Qt.MouseButton.LeftButton)
    window.file.show_file(other)
    busy.set()
    until(lambda: window.file.detail is not None and window.file.detail.path == other)
    remembered = list(corrections.load().values())
    assert [sorted(each.lanes) for each in remembered] == [[0, 2]]
    assert all(LANES[8].id in ids for ids in remembered[0].lanes.values())


def test_every_control_has_a_name_and_is_reached_by_the_tab_key(
    window: StudioWindow, tmp_path: Path
) -> None:
    window.material.add([write_audio(tmp_path / "rock.wav", rock_audio(2, 120))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    window.file.wave.choose(1)
    window.activateWindow()
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider, QTreeWidget, QLineEdit,
             pg.PlotWidget, WaveformView)  # fmt: skip
    for page in range(window.tabs.count()):
        window.tabs.setCurrentIndex(page)
        QApplication.processEvents()
        wanted = {
            part for kind in kinds for part in window.findChildren(kind)
            if part.isVisibleTo(window) and part.isEnabled()
            and not part.objectName().startswith("qt_")
            and not isinstance(part.parent(), QAbstractSpinBox | QTabBar)
        }  # fmt: skip
        for part in wanted:
            text = part.text() if isinstance(part, QAbstractButton) else ""
            assert text or part.accessibleName(), part
        window.map.setFocus() if page == 0 else window.models.setFocus()
        reached = set()
        for _ in range(120):
            reached.add(QApplication.focusWidget())
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        left = {f"{type(p).__name__} {p.accessibleName()}" for p in wanted - reached}
        assert not left, (TABS[page], left)


def test_where_the_keys_go_is_seen(window: StudioWindow, tmp_path: Path) -> None:
    window.material.add([write_audio(tmp_path / "rock.wav", rock_audio(2, 120))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    window.file.wave.choose(1)
    window.activateWindow()
    training = window.training
    seen = [window.material.table, training.closeness, training.epochs, training.train,
            training.forms, window.density, window.tabs.tabBar()]  # fmt: skip
    pages = ([window.map], [window.latents.plot], [window.file.wave, window.file.lanes[3]],
             [window.library.table, window.library.buttons["Import"]])  # fmt: skip
    for page, own in enumerate(pages):
        window.tabs.setCurrentIndex(page)
        for part in [*seen, *own]:
            pictures = []
            for focused in (window.models, part):
                focused.setFocus(Qt.FocusReason.TabFocusReason)
                QApplication.processEvents()
                pictures.append(part.grab().toImage())
            assert QApplication.focusWidget() is part
            assert pictures[0] != pictures[1], part


def test_it_fits_on_half_a_small_screen_and_nothing_is_out_of_reach(
    window: StudioWindow, tmp_path: Path
) -> None:
    # A screen of 1920 x 1080 at 200 % is 960 x 540.
    window.resize(960, 540)
    window.material.add([write_audio(tmp_path / "rock.wav", rock_audio(2, 120))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    window.slice.show_latents(8)
    window.training.curves.show()
    for page in range(window.tabs.count()):
        window.tabs.setCurrentIndex(page)
        QApplication.processEvents()
        assert (window.width(), window.height()) == (960, 540), TABS[page]
    for side, last in ((window.training, window.training.curves), (window.compare, window.inside)):
        area = side
        while not isinstance(area, QScrollArea):
            area = area.parentWidget()
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        QApplication.processEvents()
        at = last.mapTo(area.viewport(), QPoint(0, 0))
        seen = QRect(at, last.size()) & area.viewport().rect()
        assert seen.height() > 150 and seen.width() > 200


def test_training_is_begun_paused_and_cancelled_by_the_keys(
    window: StudioWindow, tmp_path: Path
) -> None:
    actions = {action.text(): action for action in window.findChildren(QAction)}
    assert not actions["Train"].isEnabled() and not actions["Cancel"].isEnabled()
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.epochs.setValue(100_000)
    window.activateWindow()
    window.map.setFocus()
    QTest.keyClick(window.map, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    until(lambda: len(window.training._epochs) > 0)
    assert not actions["Train"].isEnabled()
    QTest.keyClick(window.map, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.training.pause.text() == "Go on")
    QTest.keyClick(window.map, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    until(lambda: not window.training.running)
    assert actions["Train"].isEnabled() and not actions["Finish"].isEnabled()
    keys = [a.shortcut().toString() for a in actions.values() if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) > 12


def test_items_are_reached_by_the_keyboard(window: StudioWindow) -> None:
    window.map.setFocus()
    QTest.keyClick(window.map, Qt.Key.Key_Return)
    away = np.hypot(*(window.model.items[window.map._shown, :2] - 0.5).T)
    item = int(window.map._shown[away.argmin()])
    assert window.compare.shown_item == item and window.map.label.text
    np.testing.assert_allclose(window.latent[:2], window.model.items[item, :2], atol=1e-6)
    window.tabs.setCurrentIndex(1)
    QTest.keyClick(window.latents.plot, Qt.Key.Key_Right)  # the first item
    before = window.latent[:2].copy()
    QTest.keyClick(window.latents.plot, Qt.Key.Key_Right)
    QTest.keyClick(window.latents.plot, Qt.Key.Key_Right)
    assert window.latent[0] > before[0] and window.item.hits() > 0
    right = window.latent[:2].copy()
    QTest.keyClick(window.latents.plot, Qt.Key.Key_Up)
    assert window.latent[1] > right[1]


def test_going_to_an_item_sets_every_dimension(window: StudioWindow, tmp_path: Path) -> None:
    write_midi(tmp_path / "beat.mid", rock_bars(4))
    window.material.add([tmp_path])
    window.training.epochs.setValue(3)
    window.training.latents.setValue(4)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    until(lambda: not window.training.running and len(window.model.items) > 0
          and window.model.header.latents == 4)  # fmt: skip
    QTest.keyClick(window.map, Qt.Key.Key_Return)
    np.testing.assert_allclose(
        window.latent[:4], window.model.items[window.compare.shown_item], atol=1e-6
    )


def test_a_style_is_seen_on_the_map_and_in_what_plays(window: StudioWindow) -> None:
    names = window.model.header.styles
    assert [window.styles.itemText(i) for i in range(window.styles.count())][1:] == list(names)
    assert window.styles.value == 0
    house = names.index("house") + 1
    pictures = []
    window.map.show_picture = pictures.append  # type: ignore[method-assign]
    window.styles.setFocus()
    window.styles.setCurrentIndex(house)
    window.styles.activated.emit(house)
    assert window.styles.value == pytest.approx(house / len(names))
    assert window.here._title.endswith("house")
    until(lambda: bool(pictures))
    assert pictures[0].shape == window.model.picture.shape
    assert (pictures[0] != window.model.picture).any()
    window.open_model(default_model())  # read again: the style stays chosen
    until(lambda: len(pictures) > 1)
    assert window.styles.currentText() == "house"
    window._take_model(window_of_no_styles(), default_model(), True)
    assert not window.styles.isVisibleTo(window)
    assert window.styles.value == 0


def window_of_no_styles() -> tuple[modelfile.ModelFile, Decoder, Inside]:
    model = modelfile.parse(modelfile.serialise(header(), tensors()))
    return model, Decoder(model), Inside(model)

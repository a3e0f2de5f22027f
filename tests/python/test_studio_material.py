"""Material in the studio's window: dropped anywhere, and a word on whatever cannot be used."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from groovefield.field.decoder import default_model
from groovefield.lanes import LANES
from material_library import rock_bars, write_midi
from studio_library import states, until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.material import corrections
from groovefield.material.drum_maps import DrumMap
from groovefield.material.map_files import to_json
from groovefield.material.settings import FileSettings
from groovefield.studio import reading
from groovefield.studio.window import StudioWindow
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QTreeWidgetItem, QWidget


def drop(on: QWidget, *paths: Path) -> bool:
    """Drops files on a widget; whether somebody took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText(str(paths[0]))  # file managers say both
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), *how, none)
    QApplication.sendEvent(on, enter)
    event = QDropEvent(QPointF(5, 5), *how, none)
    QApplication.sendEvent(on, event)
    return enter.isAccepted() and event.isAccepted()


def row_of(window: StudioWindow, name: str) -> QTreeWidgetItem:
    top = window.material.table.topLevelItem(0)
    assert top is not None
    rows = [top.child(i) for i in range(top.childCount())]
    return next(row for row in rows if row.text(0) == name)


def test_files_are_dropped_anywhere_and_a_model_is_opened(
    window: StudioWindow, tmp_path: Path
) -> None:
    path = write_midi(tmp_path / "beat.mid", rock_bars(2))
    shutil.copyfile(default_model(), tmp_path / "Other.GROOVEFIELD")
    places = [
        window.map.viewport(), window.here, window.material.table.viewport(), window.training.name,
        window.training.epochs.lineEdit(), window.density, window.menuBar(),
    ]  # fmt: skip
    for number, place in enumerate(places):
        copy = tmp_path / f"{number}.mid"
        shutil.copyfile(path, copy)
        assert drop(place, copy), place
        assert window.material.paths[-1] == copy
    assert window.training.name.text() == ""
    assert drop(window.map.viewport(), tmp_path / "Other.GROOVEFIELD", path)
    assert window.material.paths[-1] == path and len(window.material.paths) == len(places) + 1
    until(lambda: window._path.name == "Other.GROOVEFIELD")


def test_the_empty_table_says_what_to_do_until_there_is_something(
    window: StudioWindow, tmp_path: Path
) -> None:
    hint = window.material._hint
    assert hint.isVisible() and "Drop MIDI files" in hint.text()
    table = window.material.table.viewport()
    middle = hint.mapTo(table, hint.rect().center())
    assert abs(middle.x() - table.width() / 2) < 3 and abs(middle.y() - table.height() / 2) < 3
    assert not window.material.remove.isEnabled()
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    assert not hint.isVisible()
    window.material.table.selectAll()
    assert window.material.remove.isEnabled()
    window.material.remove_selected()
    assert hint.isVisible() and not window.material.remove.isEnabled()


def test_a_copy_is_no_warning_and_a_link_to_nowhere_has_a_sentence(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    good = write_midi(folder / "a.mid", rock_bars(2))
    shutil.copyfile(good, folder / "b.mid")
    (folder / "link.mid").symlink_to(folder / "nowhere.mid")
    (folder / "text.mid").write_text("no notes")
    window.material.add([folder])
    until(lambda: bool(states(window)))
    assert states(window) == {
        "a.mid": "1 window, 120 bpm", "b.mid": "only repeats", "link.mid": "not used",
        "text.mid": "not used",
    }  # fmt: skip
    quiet, warning = window.material._quiet, window.material._warning
    assert row_of(window, "b.mid").foreground(1) == quiet
    assert row_of(window, "text.mid").foreground(1) == warning
    for name in ("link.mid", "text.mid"):
        window.material.table.setCurrentItem(row_of(window, name))
        until(lambda name=name: window.file.said.text().startswith(name))  # type: ignore[misc]
        assert window.file.said.text().endswith(".")
        assert window.tabs.currentWidget() is window.file
        assert not window.file.pattern.isVisible()


def test_a_folder_of_nothing_says_why_it_is_not_used(window: StudioWindow, tmp_path: Path) -> None:
    (tmp_path / "فارغ").mkdir()
    window.material.add([tmp_path / "فارغ"])
    top = window.material.table.topLevelItem(0)
    assert top is not None
    until(lambda: top.text(1) == "not used")
    window.material.table.setCurrentItem(top)
    assert window.tabs.currentWidget() is window.file
    assert "فارغ" in window.file.said.text() and window.file.said.text().endswith(".")


def test_an_empty_folder_beside_others_does_not_keep_the_text_of_the_file_before_it(
    window: StudioWindow, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2)), tmp_path / "empty"])
    rows = [window.material.table.topLevelItem(n) for n in range(2)]
    until(lambda: [row.text(1) for row in rows] == ["1 window, 120 bpm", "not read"])
    window.material.table.setCurrentItem(rows[0])
    until(lambda: window.file.detail is not None)
    window.material.table.setCurrentItem(rows[1])
    assert window.file.said.text() == "empty holds no file that can be read."
    assert window.file.detail is None and not window.file.pattern.isVisible()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_file_of_any_name_can_be_looked_at_and_its_name_is_no_markup(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for number, name in enumerate((os.fsdecode(b"caf\xe9.mid"), "new\nline.mid", "<b>bold.mid")):
        write_midi(folder / name, [*rock_bars(2), (240, 37, 50 + 20 * number)])
    window.material.add([folder])
    until(lambda: bool(states(window)))
    for shown in ("caf\ufffd.mid", "new\ufffdline.mid", "<b>bold.mid"):
        window.material.table.setCurrentItem(row_of(window, shown))
        until(lambda start=f"{shown}:": window.file.said.text().startswith(start))  # type: ignore[misc]
        assert window.file.detail is not None
        window.file._apply(FileSettings(rule="all notes"))
        until(lambda: "Corrected by hand" in window.file.said.text())
    assert len(corrections.load()) == 3
    assert window.file.said.textFormat() == Qt.TextFormat.PlainText


def test_why_a_file_is_left_out_is_said_once(window: StudioWindow, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write_midi(tmp_path / "a/beat.mid", rock_bars(2))
    write_midi(tmp_path / "b/bells.mid", [(480 * beat, 100, 90) for beat in range(8)])
    (tmp_path / "b/zero.wav").touch()
    window.material.add([tmp_path / "a", tmp_path / "b"])
    top = window.material.table.topLevelItem(1)
    assert top is not None
    until(lambda: top.childCount() == 2)
    for row, said in ((0, "holds no note that is a drum"), (1, "zero.wav is empty.")):
        window.material.table.setCurrentItem(top.child(row))
        until(lambda said=said: said in window.file.said.text())  # type: ignore[misc]
        assert window.file.said.text().count(said) == 1
        assert "Left out of the material" not in window.file.said.text()


def test_a_folder_of_which_nothing_is_used_says_so(window: StudioWindow, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/cover.mid").write_bytes(b"\x89PNG")
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2)), tmp_path / "bad"])
    rows = [window.material.table.topLevelItem(n) for n in range(2)]
    until(lambda: rows[1].text(1) == "0 of 1, 0 windows")
    window.material.table.setCurrentItem(rows[0])
    until(lambda: window.file.detail is not None)
    window.material.table.setCurrentItem(rows[1])
    said = "bad holds no file that is used: choose one to see why."
    assert window.file.said.text() == said and window.file.detail is None


def test_a_file_that_is_gone_meanwhile_leaves_nothing_of_it_on_its_page(
    window: StudioWindow, tmp_path: Path
) -> None:
    beat = write_midi(tmp_path / "beat.mid", rock_bars(2))
    window.material.add([beat])
    row = window.material.table.topLevelItem(0)
    window.material.table.setCurrentItem(row)
    until(lambda: window.file.detail is not None)
    beat.write_bytes(b"\x89PNG")
    window.material.table.itemClicked.emit(row, 0)
    until(lambda: "is not a MIDI file" in window.file.said.text())
    assert window.file.detail is None and not window.file.pattern.isVisible()


def test_when_reading_fails_every_row_and_the_training_say_so(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "more").mkdir()
    write_midi(tmp_path / "more/beat.mid", rock_bars(2))
    window.material.add([tmp_path / "more"])
    until(lambda: bool(states(window)))
    title = window.said.text()

    def fail(*_: object, **__: object) -> None:
        raise KeyError("tempo")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "load_paths", fail)
        window.material.add([write_midi(tmp_path / "other.mid", rock_bars(2))])
        rows = [window.material.table.topLevelItem(n) for n in range(2)]
        until(lambda: [row.text(1) for row in rows] == ["not read"] * 2)
    said = "The material could not be read (KeyError: 'tempo'). Take off what was added last."
    assert [row.toolTip(1) for row in rows] == [said] * 2
    assert window.material.summary.isVisible() and window.material.summary.text() == said
    assert window.training._said.text() == said and not window.training.train.isEnabled()
    assert window.said.text() == title
    window.material.table.setCurrentItem(rows[0])
    assert window.file.said.text() == said
    window._read_material()  # now it can be
    until(lambda: [row.text(1) for row in rows] == ["1 of 1, 1 window", "only repeats"])
    assert rows[0].toolTip(1) == ""
    assert window.training._said.text() == "Ready to train." and window.training.train.isEnabled()


def test_the_items_of_the_chosen_file_stand_out_on_the_map(
    window: StudioWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    write_midi(folder / "long.mid", [*rock_bars(4), (3839, 37, 5)])
    write_midi(folder / "short.mid", [*rock_bars(2), (240, 39, 90)])
    window.material.add([folder])
    until(lambda: bool(states(window)))
    window.training.epochs.setValue(2)
    window.training.start()
    until(lambda: not window.training.running and len(window.model.items) > 2)
    for name in ("short.mid", "long.mid"):
        window.material.table.setCurrentItem(row_of(window, name))
        until(lambda name=name: window.file.detail is not None  # type: ignore[misc]
              and window.file.detail.path.name == name)  # fmt: skip
        titles = [window.model.names.title(i) for i in range(len(window.model.items))]
        own = [i for i, title in enumerate(titles) if title.startswith(name)]
        assert own
        assert window.map._marked.data["x"].tolist() == window.model.items[own, 0].tolist()
    window.open_model(default_model())
    until(lambda: window.decoder.name == "Default")
    assert len(window.map._marked.data) == 0


def test_whoever_chooses_a_model_while_one_forms_keeps_it(
    window: StudioWindow, tmp_path: Path
) -> None:
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.epochs.setValue(100_000)
    window.training.start()
    until(lambda: window.decoder.name == "beat")
    window.models.setCurrentIndex(0)
    window.models.activated.emit(0)
    until(lambda: window.decoder.name == "Default")
    assert not window.training.forms.isChecked()
    epochs = len(window.training._epochs)
    until(lambda: len(window.training._epochs) > epochs + 5)
    assert window.decoder.name == "Default"
    window.training.say("cancel")
    until(lambda: not window.training.running)


def test_a_folder_of_a_long_name_can_be_trained_on(window: StudioWindow, tmp_path: Path) -> None:
    folder = tmp_path / ("鼓" * 30 + ".v2")
    folder.mkdir()
    write_midi(folder / "beat.mid", rock_bars(2))
    window.material.add([folder])
    assert window.training.name.placeholderText() == "鼓" * 21
    window.training.epochs.setValue(1)
    window.training.start()
    until(lambda: not window.training.running)
    assert "is ready" in window.training._said.text()


def test_a_drum_map_of_a_file_is_asked_for_once(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = DrumMap("Mine", {36: "clap", 38: "rim", 42: "ride"})
    (tmp_path / "mine.json").write_text(to_json(mine), "utf-8")
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    asked: list[str] = []

    def answer(*_: object) -> tuple[str, str]:
        asked.append("")
        return str(tmp_path / "mine.json"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    fields = window.file.corrections
    for box, row in ((fields.drum_map, fields.drum_map.count() - 1), (fields.rule, 3)):
        box.setCurrentIndex(row)
        box.activated.emit(row)
        settings = fields.chosen
        until(lambda settings=settings: settings in corrections.load().values())  # type: ignore[misc]
    assert len(asked) == 1
    assert [each.drum_map for each in corrections.load().values()] == [mine]
    until(lambda: window.file.detail is not None and window.file.detail.settings == fields.chosen)
    assert fields.drum_map.currentText() == "from a file…"
    assert window.file.detail is not None
    struck = np.flatnonzero(window.file.detail.windows[0].onset.any(1))
    assert [LANES[lane].id for lane in struck] == ["clap", "rim", "ride"]

"""Training in the studio's window: what it says meanwhile, and that it never stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groovefield import library, places
from groovefield.field.decoder import default_model
from groovefield.library import LibraryError
from material_library import rock_bars, write_midi
from studio_library import until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio.training_view import lasting
from groovefield.studio.window import StudioWindow
from groovefield.trainer import events
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

LIBRARY = places.library


def noting(work: Callable[..., Any], threads: list[threading.Thread]) -> Callable[..., Any]:
    """The same, and which thread did it."""

    def noted(*rest: Any) -> Any:
        threads.append(threading.current_thread())
        return work(*rest)

    return noted


def test_the_window_does_not_wait_for_the_process_to_leave(
    window: StudioWindow, tmp_path: Path
) -> None:
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.epochs.setValue(2)
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    process = window.training._process
    assert process is not None
    waiting: list[threading.Thread] = []
    process._process.wait = noting(process._process.wait, waiting)  # type: ignore[method-assign]
    until(lambda: not window.training.running)
    until(lambda: bool(waiting) and not process.running)  # and it does not stay as a zombie
    assert threading.main_thread() not in waiting


def test_what_plays_back_is_said_all_the_way_to_the_end(
    window: StudioWindow, tmp_path: Path
) -> None:
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.epochs.setValue(60)
    told = []
    window.training._said.setText = noting_text(window, told)  # type: ignore[method-assign]
    QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
    until(lambda: not window.training.running)
    looked = [n for n, epoch in enumerate(window.training._epochs) if epoch.clips]
    assert looked and len(looked) < 60, "it is looked at now and then"
    counted = [text for text in told if text.startswith("Epoch ")][looked[0] :]
    assert counted and all("of 1 clip exactly" in text for text in counted)
    assert any(text.startswith("Finishing the field … ") for text in told)
    last = window.training._said.text()
    assert last.startswith("beat is ready, and in your library. Plays back ")


def noting_text(window: StudioWindow, told: list[str]) -> Callable[[str], None]:
    say = window.training._said.setText

    def noted(text: str) -> None:
        told.append(text)
        say(text)

    return noted


def test_hours_are_not_said_in_seconds(window: StudioWindow) -> None:
    assert [lasting(s) for s in (0.4, 99, 130, 5_940, 12_000)] == [
        "0 s", "99 s", "2 min", "99 min", "3 h 20 min",
    ]  # fmt: skip
    epoch = events.Epoch(3, 1_000, 50.0, None, 0.1, 0.2, 12_000.0)
    window.training._take(epoch)
    assert window.training._said.text() == "Epoch 3 of 1000, 3 h 20 min left."


def test_where_nothing_can_be_trained_on_it_says_what_is_missing(
    window: StudioWindow, tmp_path: Path
) -> None:
    training = window.training
    (tmp_path / "text.mid").write_text("no notes")
    window.material.add([tmp_path / "text.mid"])
    assert training.train.isEnabled(), "nobody waits for the reading"
    until(lambda: not training.train.isEnabled())
    assert training._said.text().startswith("text.mid") and training._said.text().endswith(".")
    assert training._said.objectName() == "warning"
    training.start()
    assert not training.running and not training.curves.isVisible()
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    until(lambda: training._said.text() == "Ready to train.")
    assert training.train.isEnabled() and training._said.objectName() == ""


def test_the_curves_are_shown_once_there_is_an_epoch(window: StudioWindow, tmp_path: Path) -> None:
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.start()
    assert not window.training.curves.isVisible()
    window.training._take(events.Epoch(1, 9, 50.0, None, 0.1, 0.2, 9.0))
    assert window.training.curves.isVisible()


def test_a_word_to_the_job_is_said_until_it_answers(window: StudioWindow, tmp_path: Path) -> None:
    training, told = window.training, []
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    training.start()
    assert training._process is not None
    training._process.waiting = lambda: []  # type: ignore[method-assign]
    training._process.say = told.append  # type: ignore[method-assign]

    def press(button: QPushButton) -> str:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return training._said.text()

    epoch = events.Epoch(3, 9, 50.0, None, 0.1, 0.2, 9_000.0)
    left = "Epoch 3 of 9, 2 h 30 min left."
    training._take(epoch)
    assert press(training.hear) == "Looking at the field …"
    training._take(events.Field(str(tmp_path / "no.groovefield"), 3, False))
    assert training._said.text() == left
    assert press(training.pause) == "Pausing …"
    training._take(epoch)  # the one that was under way
    assert training._said.text() == "Pausing …"
    training._take(events.Paused())
    assert training._said.text().startswith("Paused after")
    assert press(training.hear).startswith("Looking at the field")
    training._take(events.Field(str(tmp_path / "no.groovefield"), 3, False))
    assert training._said.text().startswith("Paused after")
    assert press(training.pause) == "Going on …"
    training._take(epoch)
    assert training._said.text() == left
    assert press(training.finish) == "Finishing …"
    assert press(training.cancel) == "Cancelling …"
    training._take(epoch)
    assert training._said.text() == "Cancelling …" and not training.pause.isEnabled()
    assert told == ["audition", "pause", "audition", "resume", "finish", "cancel"]
    training._take(events.Cancelled())
    assert training._said.text() == "Cancelled; nothing was kept."


def test_a_name_that_is_too_long_is_refused_while_it_is_typed(
    window: StudioWindow, tmp_path: Path
) -> None:
    training = window.training
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    until(lambda: training._said.text() == "Ready to train.")
    QTest.keyClicks(training.name, "n" * 64)
    assert training.train.isEnabled() and training._said.text() == "Ready to train."
    training.name.setText("é" * 33)
    with pytest.raises(LibraryError) as refused:
        library.duplicate(library.bring_in(default_model()), training.name.text())
    assert training._said.text() == str(refused.value)
    assert training._said.objectName() == "warning" and not training.train.isEnabled()
    training.start()
    assert not training.running
    training.name.setText("é" * 32)
    assert training.train.isEnabled() and training._said.text() == "Ready to train."


def test_a_second_model_of_a_name_is_told_from_the_first(
    window: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The training's process looks for the library too.
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(places, "library", LIBRARY)
    window.material.add([write_midi(tmp_path / "beat.mid", rock_bars(2))])
    window.training.epochs.setValue(1)
    for models in (2, 3):
        QTest.mouseClick(window.training.train, Qt.MouseButton.LeftButton)
        until(lambda: not window.training.running)
        until(lambda models=models: window.models.count() == models)  # type: ignore[misc]
    names = [window.models.itemText(i) for i in range(window.models.count())]
    assert names == ["Default", "beat", "beat 2"]
    rows = [window.library.table.topLevelItem(i) for i in range(2)]
    assert [row.text(3) for row in rows if row is not None] == ["1 from beat.mid"] * 2

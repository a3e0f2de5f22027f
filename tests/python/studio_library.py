"""A studio's window on a screen that is not there, with a library and a cache of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from groovefield import places

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio import attached
from groovefield.studio.look import DARK, wear
from groovefield.studio.window import StudioWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioWindow]:
    monkeypatch.setattr(places, "library", lambda: tmp_path / "library")
    monkeypatch.setattr(places, "corrections", lambda: tmp_path / "corrections.json")
    monkeypatch.setattr(places, "material_cache", lambda: tmp_path / "cache")
    # A plugin of another test is nothing to move from here; tests/hosts/test_wishes.py has its own.
    monkeypatch.setattr(attached, "instances", lambda: [])
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    wear(app, DARK)
    opened = StudioWindow(DARK)
    opened.resize(1400, 860)  # a screen that is not there is small
    opened.show()
    QTest.qWaitForWindowExposed(opened)
    yield opened
    opened.close()


def states(window: StudioWindow) -> dict[str, str]:
    """What the table says of each file of the first folder."""
    top = window.material.table.topLevelItem(0)
    assert top is not None
    rows = [top.child(i) for i in range(top.childCount())]
    return {row.text(0): row.text(1) for row in rows}


def until(met: Callable[[], bool]) -> None:
    """Lets the window live until something is so."""
    for _ in range(30_000):  # ten minutes: a training is nice to whatever else runs
        if met():
            return
        QApplication.processEvents()
        time.sleep(0.02)
    pytest.fail("it never came")

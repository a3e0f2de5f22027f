"""The studio's map moves a running plugin, and shows where it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from console_library import ConsoleHost, roll, stopped
from groovefield import places
from groovefield_bridge.events import instances
from groovefield_bridge.wishes import WishWriter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio import attached
from groovefield.studio.look import DARK, wear
from groovefield.studio.window import StudioWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def test_a_drag_on_the_studios_map_moves_the_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "library", lambda: tmp_path / "library")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        host.wait_for_process()
        host.play(stopped(10), pace=True)
        host.sync()
        monkeypatch.setattr(attached, "instances", lambda: instances(host.pid))
        wear(app, DARK)
        window = StudioWindow(DARK)
        window.show()
        QTest.qWaitForWindowExposed(window)
        assert window.attached.moves.currentText() == "move it"
        (instance,) = instances(host.pid)
        control = window.attached._running[instance].controls[instance.slot]

        def until(met: Callable[[], bool]) -> None:
            for _ in range(3_000):
                if met():
                    return
                host.play(roll(1, size=512)[:4], pace=True)
                host.sync()
                QApplication.processEvents()
                time.sleep(0.01)
            pytest.fail("it never came")

        view = window.map.getPlotItem().vb
        left = Qt.MouseButton.LeftButton

        def at(x: float, y: float) -> QPoint:
            place = window.map.mapFromScene(view.mapViewToScene(QPointF(x, y)))
            return QPoint(place.x(), place.y())

        QTest.mousePress(window.map.viewport(), left, pos=at(0.2, 0.3))
        QTest.mouseMove(window.map.viewport(), at(0.5, 0.6))
        window.map._go((0.61, 0.83), snap=False)  # a held pointer moves on
        QTest.mouseRelease(window.map.viewport(), left, pos=at(0.61, 0.83))
        until(lambda: abs(float(control["x"]) - 0.61) < 0.01)
        assert abs(float(control["y"]) - 0.83) < 0.01
        until(lambda: window.map._plugins.data["x"].tolist() == [float(control["x"])])
        window.attached.moves.setCurrentIndex(0)
        window.map._go((0.1, 0.1), snap=False)
        for _ in range(5):
            host.play(roll(1, size=512)[:20], pace=True)
            host.sync()
        assert abs(float(control["x"]) - 0.61) < 0.01  # the map moves none now
        window.close()
        writer = WishWriter(instance)
        assert writer.move(0.4, 0.4)
    assert not writer.move(0.5, 0.5)  # its slot was given back

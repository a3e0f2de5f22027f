"""``groovefield studio`` where no window can be opened: a sentence, and no abort."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from groovefield.studio import display

pytest.importorskip("PySide6.QtGui", exc_type=ImportError)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's displays")
NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def studio(**environment: str) -> subprocess.CompletedProcess[str]:
    rest = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [sys.executable, "-m", "groovefield.cli", "studio"]
    return subprocess.run(command, capture_output=True, text=True, env={**rest, **environment})


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "The studio needs a desktop: neither DISPLAY nor WAYLAND_DISPLAY is set."),
        ({"DISPLAY": ":4711"}, "The studio's window cannot open"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "The studio's window cannot open"),
    ],
)
def test_without_a_display_it_is_a_sentence(environment: dict[str, str], sentence: str) -> None:
    run = studio(**environment)
    assert run.returncode == 1
    assert run.stderr.startswith(sentence)
    assert run.stderr.count("\n") == 1


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise OSError("libxcb-icccm.so.4: cannot open shared object file: No such file")

    monkeypatch.setattr("ctypes.CDLL", refuse)
    monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")
    said = display.trouble()
    assert "libxcb-icccm.so.4" in said and "apt-get install" in said


def test_where_a_window_can_open_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.trouble() == ""


@pytest.mark.skipif(not shutil.which("xvfb-run"), reason="xvfb is not installed")
def test_it_opens_on_an_x_server_with_what_the_setup_installs() -> None:
    code = "from groovefield.studio.display import trouble; print(trouble() or 'fine')"
    rest = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = ["xvfb-run", "-a", sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, env=rest)
    assert run.stdout == "fine\n"

"""``groovefield studio`` where no window can be opened: a sentence, and no abort."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bridge_library import eventually, lives
from groovefield.studio import detached, display

pytest.importorskip("PySide6.QtGui", exc_type=ImportError)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's displays")
NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def studio(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    rest = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [sys.executable, "-m", "groovefield.cli", "studio", *words]
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


def test_detached_it_is_nobodys_child_and_says_its_number(tmp_path: Path) -> None:
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    run = studio("--detached", QT_QPA_PLATFORM="offscreen")
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told.keys() == {"event", "pid"} and told["event"] == "open"
    pid = told["pid"]
    try:
        assert lives(pid)
        assert os.getsid(pid) == pid
        opened = {str(p.readlink()) for p in Path(f"/proc/{pid}/fd").iterdir()}
        assert not any(name.startswith(str(tmp_path)) for name in opened)
        # It lets go of its output once it has said that it is open.
        for n in (0, 1):
            way = Path(f"/proc/{pid}/fd/{n}")
            assert eventually(lambda way=way: str(way.readlink()) == "/dev/null")
    finally:
        os.kill(pid, signal.SIGTERM)
    assert eventually(lambda: not lives(pid))


def test_detached_what_is_wrong_is_a_line_of_json(tmp_path: Path) -> None:
    run = studio("--detached")
    assert run.returncode == 1
    assert json.loads(run.stdout) == {
        "event": "failed",
        "sentence": "The studio needs a desktop: neither DISPLAY nor WAYLAND_DISPLAY is set.",
    }
    missing = tmp_path / "gone.groovefield"
    run = studio("--detached", "--model", str(missing), QT_QPA_PLATFORM="offscreen")
    assert json.loads(run.stdout)["sentence"] == f"{missing} is not there."


def test_a_fault_of_python_is_told_by_its_last_line() -> None:
    fault = ["Traceback (most recent call last):", 'File "x"', "ImportError: no Qt", ""]
    said = detached._sentence(fault)
    assert said == "The studio failed (ImportError: no Qt); run: groovefield doctor"
    assert "ended before its window was open" in detached._sentence([])

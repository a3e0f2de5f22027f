"""The editor, driven and photographed on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console_library import program

pytestmark = pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb-run is not there")


def on_display(data: Path, name: str, *arguments: str) -> str:
    """Run one of our programs on a display of its own; models it trains go to ``data``."""
    done = subprocess.run(
        ["xvfb-run", "-a", str(program(name)), *arguments],
        env={**os.environ, "GROOVEFIELD_PYTHON": sys.executable, "XDG_DATA_HOME": str(data)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_editor_does_what_a_user_does(tmp_path: Path) -> None:
    assert "0 failed" in on_display(tmp_path, "groovefield_editor_tests")


def test_the_editor_draws_its_states(tmp_path: Path) -> None:
    on_display(tmp_path, "groovefield_editor_shots", str(tmp_path))
    sizes = {p.name: p.stat().st_size for p in tmp_path.glob("*.png")}
    assert {"stopped.png", "playing.png", "small.png", "large.png", "train_done.png"} <= set(sizes)
    assert min(sizes.values()) > 10_000

"""The editor, driven and photographed on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from console_library import program
from groovefield.field import carried_items, item_names, modelfile
from groovefield.pattern import Floats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from loops_library import rock_audio, write_audio
from small_field import header, tensors

pytestmark = pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb-run is not there")


def on_display(data: Path, name: str, *arguments: str, **more: str) -> str:
    """Run one of our programs on a display of its own; models it trains go to ``data``."""
    done = subprocess.run(
        ["xvfb-run", "-a", str(program(name)), *arguments],
        env={
            # What other tests set for Qt in this process would keep the studio's window off it.
            **{k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"},
            "GROOVEFIELD_PYTHON": sys.executable,
            "XDG_DATA_HOME": str(data),
            **more,
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def silence(count: int) -> tuple[Floats, Floats]:
    """Velocities and offsets of so many empty windows."""
    return np.zeros((count, 11, 32), np.float32), np.zeros((count, 11, 32), np.float32)


def test_the_editor_does_what_a_user_does(tmp_path: Path) -> None:
    model = tmp_path / "four.groovefield"
    made = tensors(4)
    names = item_names.of_material([f"beat {i}" for i in range(3)], [{}] * 3, *silence(3))
    made |= carried_items.tensors(made["pad.items"].astype(np.float32), names)
    modelfile.save(model, header(4, "Four"), made)
    loop = write_audio(tmp_path / "rock 120 bpm.wav", rock_audio(2))
    said = on_display(
        tmp_path, "groovefield_editor_tests",
        GROOVEFIELD_TEST_MODEL=str(model), GROOVEFIELD_TEST_LOOP=str(loop),
    )  # fmt: skip
    assert "0 failed" in said and "skipped:" not in said


def test_the_editor_draws_its_states(tmp_path: Path) -> None:
    on_display(tmp_path, "groovefield_editor_shots", str(tmp_path))
    sizes = {p.name: p.stat().st_size for p in tmp_path.glob("*.png")}
    assert {
        "stopped.png",
        "playing.png",
        "small.png",
        "large.png",
        "train_done.png",
        "place_found.png",
        "pad_hover.png",
        "pad_glide.png",
        "lane_card.png",
        "presets.png",
        "note_maps.png",
        "capture.png",
        "motion_recording.png",
        "motion_path.png",
        "motion_points.png",
        "notes.png",
        "notes_small.png",
    } <= set(sizes)
    assert min(sizes.values()) > 10_000

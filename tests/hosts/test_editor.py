"""The editor, driven and photographed on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from console_library import program
from groovefield.field import carried_items, item_names, modelfile
from groovefield.pattern import Floats
from numpy.typing import NDArray

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


WARNING = (0xF9, 0xB6, 0x4F)
RECORDING = (0xFF, 0x5A, 0x4F)
STATES = (
    "stopped", "playing", "edited", "capture", "small", "large", "notes", "notes_small",
    "notes_all", "pad_hover", "pad_glide", "pad_legend_map", "pad_density", "pad_no_dots",
    "lane_card", "presets", "note_maps", "motion_recording", "motion_path", "motion_points",
    "held_over_pad", "place_found", "place_refused", "train_empty", "train_running",
    "train_done",
)  # fmt: skip


def pixels(path: Path) -> NDArray[np.uint8]:
    """(height, width, 3) red, green and blue."""
    from PySide6.QtGui import QImage

    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def share_of(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> float:
    """How much of a picture has a colour, nearly."""
    near = np.abs(picture.astype(int) - np.array(colour)).max(axis=2) < 12
    return float(near.mean())


def test_the_editor_draws_its_states(tmp_path: Path) -> None:
    """Each state looks another way, and what matters in it is seen."""
    on_display(tmp_path, "groovefield_editor_shots", str(tmp_path))
    on_display(
        tmp_path, "groovefield_editor_shots", str(tmp_path), "fault",
        GROOVEFIELD_PYTHON="/nowhere/python",
    )  # fmt: skip
    shots = {name: pixels(tmp_path / f"{name}.png") for name in (*STATES, "no_python")}
    for one, other in combinations(shots, 2):
        if shots[one].shape == shots[other].shape:
            apart = np.any(shots[one] != shots[other], axis=2).mean()
            assert apart > 0.002, f"{one} looks like {other}"
    status = {name: shot[-28:] for name, shot in shots.items()}
    for name in ("playing", "edited", "notes", "train_running"):
        assert share_of(status[name], WARNING) == 0, name
    for name in ("no_python", "place_refused"):
        assert share_of(status[name], WARNING) > 0.005, name
    assert share_of(shots["motion_recording"], RECORDING) > 3 * share_of(
        shots["playing"], RECORDING
    )
    for scale in (2, 3):
        large, plain = pixels(tmp_path / f"playing@{scale}x.png"), shots["playing"]
        assert large.shape[:2] == tuple(scale * side for side in plain.shape[:2])
        shrunk = large.reshape(plain.shape[0], scale, plain.shape[1], scale, 3).mean(axis=(1, 3))
        assert np.abs(shrunk - plain).mean() < 4, "the same, drawn finer"

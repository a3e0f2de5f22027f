"""The programs that look at the processor from inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from console_library import program
from groovefield.field import modelfile
from groovefield.lanes import LANES, MAX_LANES, Lane
from groovefield.pattern import Grid
from pedalboard.io import AudioFile

FIXTURE = Path(__file__).parents[1] / "fixtures/state-v1.bin"


def run(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(program(name)), *arguments],
        env={**os.environ, "GROOVEFIELD_PYTHON": sys.executable},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_states() -> None:
    assert "0 failed" in run("groovefield_state_tests", str(FIXTURE))


def test_the_sounds_of_the_lanes(tmp_path: Path) -> None:
    """JUCE reads MP3 and does not write it: the file is what the program expects of each kind."""
    at = np.arange(int(0.4 * 44100))
    fall = 0.7 * np.exp(-8 * at / len(at))
    sides = [fall * np.sin(6.283185307 * 440 * n * at / 44100 + 0.5) for n in (1, 2)]
    with AudioFile(str(tmp_path / "one.mp3"), "w", 44100, 2, quality=320) as file:
        file.write(np.array(sides, np.float32))
    said = run("groovefield_lane_sound_tests", str(FIXTURE), str(tmp_path / "one.mp3"))
    assert "0 failed" in said


def test_the_last_bars_as_they_were_heard() -> None:
    assert "0 failed" in run("groovefield_heard_tests")


def test_the_processor_with_its_model_process() -> None:
    assert "0 failed" in run("groovefield_processor_tests")


def write_dense_model(path: Path) -> None:
    """A model of 16 lanes on a grid of 128 steps, 32 to the beat, that strikes every cell."""
    further = (Lane(f"lane_{i}", f"Lane {i}", 60 + i) for i in range(len(LANES), MAX_LANES))
    lanes = (*LANES, *further)
    sizes = dict.fromkeys(modelfile.LIMITS, 1)
    header = modelfile.Header("Dense", lanes, Grid(32, 4), 2, sizes)
    shapes = modelfile.decoder_shapes(header)
    tensors: modelfile.Tensors = {n: np.zeros(shape, np.float16) for n, shape in shapes.items()}
    tensors["decoder.onset.bias"] += np.float16(10)
    tensors["pad.picture"] = np.zeros((64, 64, 4), np.uint8)
    modelfile.save(path, header, tensors)


@pytest.mark.skipif(sys.platform != "linux", reason="replaces the C library's functions")
def test_the_audio_callback_neither_allocates_locks_nor_waits(tmp_path: Path) -> None:
    model = tmp_path / "dense.groovefield"
    write_dense_model(model)
    said = run("groovefield_realtime_safety", str(model))
    assert "NOT SEEN" not in said
    assert said.count(": 0 forbidden calls") == 2

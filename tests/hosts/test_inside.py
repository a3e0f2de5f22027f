"""The programs that look at the processor from inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from console_library import program

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


@pytest.mark.skipif(sys.platform != "linux", reason="replaces the C library's functions")
def test_the_audio_callback_neither_allocates_locks_nor_waits() -> None:
    said = run("groovefield_realtime_safety")
    assert "NOT SEEN" not in said
    assert "0 forbidden calls" in said

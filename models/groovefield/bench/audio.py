"""What the audio thread costs, by the plugin's own processor (``tests/cpp/audio_bench.cpp``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from groovefield.bench.table import CannotMeasure, Row, Table, program

BLOCK, RATE, SECONDS = 64, 48_000, 30
MODES = (
    ("kit", "the kit sounding"),
    ("midi", "MIDI only, the kit silent"),
    ("idle", "the host standing still"),
)


def measure() -> Table:
    """Times each processBlock while X and Y move, at the pace of a sound card.

    Raises:
        CannotMeasure: the program is not built, or its model process does not start.
    """
    rows = []
    for mode, what in MODES:
        found = timed(mode, SECONDS, paced=True)
        rows += [
            Row(f"share of real time, {what}", 100 * found["share"], "%"),
            Row(f"a block, {what}, p50", found["p50_us"], "us"),
            Row(f"a block, {what}, p99", found["p99_us"], "us"),
        ]
    quick = timed("kit", 120, paced=False)
    rows.append(Row("share with the kit, blocks without a pause", 100 * quick["share"], "%"))
    conditions = (
        f"{BLOCK} samples at {RATE} Hz ({1000 * BLOCK / RATE:.2f} ms a block), 120 bpm, "
        f"{SECONDS} s each, X and Y moving while it plays, live. A block waits for its time as "
        "with a sound card, so that caches are cold.",
    )
    return Table("audio", "The audio thread", conditions, tuple(rows))


def timed(mode: str, seconds: float, paced: bool) -> dict[str, Any]:
    """One run of the program: share (of real time), p50_us, p99_us, max_us, blocks, notes."""
    command = [str(program("groovefield_audio_bench")), mode, str(seconds), str(BLOCK), str(RATE)]
    command += ["paced"] * paced
    environment = os.environ | {"GROOVEFIELD_PYTHON": sys.executable}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ran.returncode:
        raise CannotMeasure(ran.stderr.strip() or f"{command[0]} failed.")
    result: dict[str, Any] = json.loads(ran.stdout)
    return result

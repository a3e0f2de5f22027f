"""What the editor and the project's state cost (``tests/hosts/editor_bench.cpp``)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from groovefield.bench.table import CannotMeasure, Row, Table, program

SECONDS = 10


def measure() -> Table:
    """Draws the editor while music plays, then saves and loads states.

    Raises:
        CannotMeasure: the program is not built, there is no display, or no model process.
    """
    command = [str(program("groovefield_editor_bench")), str(SECONDS)]
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        if shutil.which("xvfb-run") is None:
            raise CannotMeasure("There is no display, and no xvfb-run to make one.")
        command = ["xvfb-run", "-a", *command]
    environment = os.environ | {"GROOVEFIELD_PYTHON": sys.executable}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ran.returncode:
        raise CannotMeasure(ran.stderr.strip() or f"{command[0]} failed.")
    found: dict[str, float] = json.loads(ran.stdout)
    rows = [
        Row(f"{what} at {scale}00 %, {share}", found[f"{key}_{share}_{scale}x"], "ms")
        for scale in (1, 2, 3)
        for key, what in (("look", "a frame, reading what plays"), ("paint", "a frame, all drawn"))
        for share in ("p50", "p99")
    ]
    rows += [
        Row("audio thread, editor closed", 100 * found["share_closed"], "%"),
        Row("audio thread, editor drawing at 100 %", 100 * found["share_open_1x"], "%"),
        Row("audio thread, editor drawing at 200 %", 100 * found["share_open_2x"], "%"),
        Row("audio thread, editor drawing at 300 %", 100 * found["share_open_3x"], "%"),
        Row("message thread, 8 instances closed", 100 * found["messages_closed"], "%"),
        Row("message thread, editor open, song stopped", 100 * found["messages_still"], "%"),
        Row("message thread, editor open, song playing", 100 * found["messages_playing"], "%"),
        Row("a state", found["plain_bytes"] / 1e6, "MB", 2.0),
        Row("a state, with edits, locks and takes", found["edited_bytes"] / 1e6, "MB", 2.0),
        Row("a state saved", found["edited_save_ms"], "ms"),
        Row("a state loaded", found["edited_load_ms"], "ms"),
    ]
    conditions = (
        f"The default size and model, 120 bpm, {SECONDS} s each. Every frame draws all of the "
        "window into an image, in software; on a screen only what changed is drawn. The audio "
        "callback runs beside it at the pace of a sound card, 64 samples at 48 kHz. Shares are of "
        "one core; those of the message thread with the window on a (virtual) screen. States: the "
        "mean of 50.",
    )
    return Table("editor", "The editor and the state", conditions, tuple(rows))

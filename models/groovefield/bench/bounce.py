"""How fast the plugin bounces in DawDreamer, and where the time goes."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.commands.bounce_song import Floats

SECONDS = 120.0
BLOCK, RATE, BPM = 512, 48_000, 120.0
CASES = ("automated", "held", "automated, MIDI only", "held, MIDI only", "nothing plays")


def measure() -> Table:
    """Bounces two minutes with X and Y moving in every block, and without parts of it.

    Raises:
        CannotMeasure: DawDreamer could not bounce.
    """
    taken = {case: min(_in_own_process(case) for _ in range(3)) for case in CASES}
    whole, held = taken["automated"], taken["held"]
    midi, held_midi = taken["automated, MIDI only"], taken["held, MIDI only"]
    nothing = taken["nothing plays"]
    rows = [
        Row("X and Y automated in every block", SECONDS / whole, "times real time", 100, True),
        Row("X and Y held", SECONDS / held, "times real time"),
        Row("X and Y automated, kit silent", SECONDS / midi, "times real time"),
        Row("X and Y held, kit silent", SECONDS / held_midi, "times real time"),
        Row("nothing plays (the host's own cost)", SECONDS / nothing, "times real time"),
        Row("the kit's share of the first", 100 * max(0.0, whole - midi) / whole, "%"),
        Row("waiting for patterns, its share", 100 * max(0.0, midi - held_midi) / whole, "%"),
        Row("notes and MIDI, their share", 100 * max(0.0, held_midi - nothing) / whole, "%"),
        Row("DawDreamer and the VST3 wrapper", 100 * nothing / whole, "%"),
        Row("a pattern waited for", 1e6 * max(0.0, whole - held) / (SECONDS * BPM / 60 * 4), "us"),
    ]
    conditions = (
        f"{SECONDS:.0f} s at {BPM:.0f} bpm, blocks of {BLOCK} samples at {RATE} Hz, offline; a new "
        "pattern in every step (8 a second). The best of three runs each; shares are differences.",
    )
    return Table("bounce", "Bounce in DawDreamer", conditions, tuple(rows))


def _in_own_process(case: str) -> float:
    """DawDreamer plays every processor ever made in a process, so each run has its own."""
    command = [sys.executable, "-m", "groovefield.bench.bounce", case]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CannotMeasure(f"DawDreamer could not bounce: {reason}")
    return float(json.loads(ran.stdout.splitlines()[-1]))


def bounce_seconds(case: str) -> float:
    """Seconds that one bounce takes."""
    from groovefield.commands.session import Session

    session = Session(RATE, BLOCK)
    if "automated" in case:
        ticks = np.arange(int(SECONDS * BPM / 60) * 960) / 960 * 60 / BPM
        session.automate({"X": _wave(ticks, 2.3), "Y": _wave(ticks, 3.1)}, 960)
    if "MIDI" in case:
        session.set(output=0.5)
    if case == "nothing plays":
        session.set(threshold=1.0, output=0.5)
    return session.render(SECONDS, BPM).seconds_taken


def _wave(seconds: Floats, rate: float) -> Floats:
    return np.asarray(0.5 + 0.5 * np.sin(seconds * rate))


if __name__ == "__main__":
    print(json.dumps(bounce_seconds(sys.argv[1])))

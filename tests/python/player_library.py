"""The C++ player through its C interface (``tests/cpp/player_library.cpp``)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from groovefield.pattern import Pattern
from groovefield.reference import Block, Message

BLOCK = np.dtype(
    [
        ("position", "<f8"), ("bpm", "<f8"), ("loop_start", "<f8"), ("loop_end", "<f8"),
        ("latent", "<f4", 8),
        ("threshold", "<f8"), ("groove", "<f8"), ("swing", "<f8"), ("velocity_amount", "<f8"),
        ("humanise", "<f8"), ("wander", "<f8"), ("note_length", "<f8"),
        ("density", "<f8", 16),
        ("seed", "<i8"), ("samples", "<i4"), ("steps", "<i4"),
        ("playing", "u1"), ("has_position", "u1"), ("looping", "u1"), ("free_run", "u1"),
        ("mute", "u1", 16), ("style", "<f4"),
    ]
)  # fmt: skip
MESSAGE = np.dtype(
    [
        ("song_beats", "<f8"), ("run_samples", "<f8"), ("block", "<i4"), ("sample", "<i4"),
        ("grid_step", "<i4"), ("note", "u1"), ("velocity", "u1"), ("lane", "u1"), ("run", "u1"),
    ]
)  # fmt: skip
ROOM = 65_536


def library() -> ctypes.CDLL:
    """The built library; skips the test when there is none."""
    default = Path(__file__).parents[2] / "build/out/cmake/tests/libgroovefield_player_library.so"
    path = Path(os.environ.get("GROOVEFIELD_PLAYER_LIBRARY", default))
    if not path.exists():
        pytest.skip(f"{path} is not built: run build/test")
    return ctypes.CDLL(str(path))


def play(
    blocks: Sequence[Block], patterns: Sequence[Pattern], sample_rate: float, latency: int = 0
) -> list[Message]:
    """Plays the blocks on the C++ player; the pattern is chosen by X plus style."""
    rows = np.zeros(len(blocks), BLOCK)
    for row, block in zip(rows, blocks, strict=True):
        p = block.play
        row["position"] = 0.0 if block.position is None else block.position
        row["has_position"] = block.position is not None
        row["bpm"], row["samples"] = block.bpm, block.samples
        row["playing"], row["free_run"] = block.playing, block.free_run
        if block.loop:
            row["looping"], row["loop_start"], row["loop_end"] = 1, *block.loop
        row["latent"] = p.position
        for name in ("threshold", "groove", "swing", "velocity_amount", "humanise", "wander",
                     "note_length", "density", "seed", "steps", "mute", "style"):  # fmt: skip
            row[name] = getattr(p, name)
    values = np.stack([
        np.stack([p.probability, p.velocity, p.offset, p.velocity_spread, p.offset_spread])
        for p in patterns
    ]).astype(np.float32)  # fmt: skip
    lanes, steps = patterns[0].probability.shape
    out = np.zeros(ROOM, MESSAGE)
    call = library().groovefield_play
    call.argtypes = [ctypes.c_double, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p] + [
        ctypes.c_int
    ] * 5 + [ctypes.c_void_p, ctypes.c_int]  # fmt: skip
    count = call(
        sample_rate, rows.ctypes.data, len(rows), values.ctypes.data, len(patterns), lanes, steps,
        patterns[0].grid.steps_per_beat, latency, out.ctypes.data, ROOM,
    )  # fmt: skip
    assert count <= ROOM, "more notes than the test has room for"
    return [
        Message(int(m["block"]), int(m["sample"]), int(m["note"]), int(m["velocity"]),
                -1 if m["velocity"] == 0 else int(m["lane"]), int(m["grid_step"]),
                float(m["song_beats"]))
        for m in out[:count]
    ]  # fmt: skip

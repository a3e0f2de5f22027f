"""The C++ player through its C interface (``tests/cpp/player_library.cpp``)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from groovefield.pattern import Pattern
from groovefield.reference import SCALES, Block, Message, Overlay

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
        ("variation", "<f8"), ("motion_size", "<f8"), ("motion_speed", "<f8"),
        ("fill_amount", "<f8"),
        ("motion", "<i4"), ("fill_bars", "<i4"), ("overlay", "<i4"),
        ("rotate", "<i4"), ("softest", "<i4"), ("change", "<i4"),
        ("transpose", "<i4"), ("unused", "<i4"),
        ("division", "<f8"), ("time", "<f8"),
    ]
)  # fmt: skip
EDIT = np.dtype([("hit", "u1"), ("velocity", "u1"), ("offset", "<i2")])
CELL = np.dtype([(name, "<f4") for name in ("probability", "velocity", "offset",
                                            "velocity_spread", "offset_spread")])  # fmt: skip
MELODY = np.dtype(
    [
        ("mode", "u1"), ("scale", "u1"), ("source", "u1"), ("key", "u1"),
        ("octave", "i1"), ("channel", "u1"), ("count", "u1"), ("unused", "u1"),
        ("note_length", "<f4"), ("level", "<f4"), ("degree", "i1", 32),
    ]
)  # fmt: skip
OVERLAY = np.dtype(
    [
        ("steps_per_beat", "<u4"), ("locked", "<u2"), ("solo", "<u2"),
        ("edits", EDIT, (16, 128)), ("take", "<u2", (16, 128)), ("held", CELL, (16, 128)),
        ("feel", [("note_length", "<f4"), ("push", "<f4"), ("steps", "<i4"), ("rotate", "<i4")],
         16),
        ("path_beats", "<f8"), ("path_count", "<u8"), ("path", "<f4", (512, 2)),
        ("points_beats", "<f8"), ("points_count", "<u8"), ("points", "<f4", (16, 8)),
        ("fills_count", "<u8"), ("fills", "<f4", (32, 8)),
        ("melody", MELODY),
    ]
)  # fmt: skip
MOTIONS = ("off", "path", "points")
CHANGES = ("at once", "beat", "bar", "cycle")
MESSAGE = np.dtype(
    [
        ("song_beats", "<f8"), ("run_samples", "<f8"), ("block", "<i4"), ("sample", "<i4"),
        ("grid_step", "<i4"), ("note", "u1"), ("velocity", "u1"), ("lane", "u1"), ("channel", "u1"),
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


def overlay_row(overlay: Overlay) -> np.void:
    """As the player keeps it in memory."""
    row = np.zeros((), OVERLAY)
    row["edits"]["offset"] = -32768
    row["steps_per_beat"] = overlay.steps_per_beat
    row["locked"] = sum(1 << lane for lane in overlay.held)
    row["solo"] = sum(1 << lane for lane in overlay.solo)
    for (lane, step), edit in overlay.edits.items():
        cell = row["edits"][lane, step]
        cell["hit"] = 0 if edit.struck is None else (1 if edit.struck else 2)
        cell["velocity"] = edit.velocity or 0
        if edit.offset is not None:
            cell["offset"] = round(edit.offset * 32768)
    for address, take in overlay.takes.items():
        row["take"][address] = take
    for lane, cells in overlay.held.items():
        row["held"][lane, : len(cells)] = [tuple(cell) for cell in cells]
    for name in ("note_length", "push", "steps", "rotate"):
        row["feel"][name] = getattr(overlay, name)
    melody = overlay.melody
    degrees = [-128 if d is None else d for d in melody.degrees]
    row["melody"]["mode"] = ("off", "beside", "instead").index(melody.mode)
    row["melody"]["scale"] = list(SCALES).index(melody.scale)
    row["melody"]["source"] = 255 if melody.source is None else melody.source
    row["melody"]["count"] = len(degrees)
    row["melody"]["degree"][: len(degrees)] = degrees
    for name in ("key", "octave", "channel", "note_length"):
        row["melody"][name] = getattr(melody, name)
    row["path_beats"], row["path_count"] = overlay.path_beats, len(overlay.path)
    row["points_beats"] = overlay.points_beats
    for name, places in (("path", overlay.path), ("points", overlay.points),
                         ("fills", overlay.fills)):  # fmt: skip
        row[f"{name}_count"] = len(places)
        if places:
            row[name][: len(places)] = places
    return row


def play(
    blocks: Sequence[Block], patterns: Sequence[Pattern], sample_rate: float, latency: int = 0
) -> list[Message]:
    """Plays the blocks on the C++ player; the pattern is chosen by X plus style."""
    rows = np.zeros(len(blocks), BLOCK)
    overlays: list[Overlay] = []
    for row, block in zip(rows, blocks, strict=True):
        p = block.play
        row["position"] = 0.0 if block.position is None else block.position
        row["has_position"] = block.position is not None
        row["bpm"], row["samples"] = block.bpm, block.samples
        row["playing"], row["free_run"] = block.playing, block.free_run
        if block.loop:
            row["looping"], row["loop_start"], row["loop_end"] = 1, *block.loop
        row["latent"] = p.position
        row["motion"], row["change"] = MOTIONS.index(p.motion), CHANGES.index(p.change)
        if not any(block.overlay is laid for laid in overlays):
            overlays.append(block.overlay)
        row["overlay"] = next(i for i, laid in enumerate(overlays) if laid is block.overlay)
        for name in ("threshold", "groove", "swing", "velocity_amount", "humanise", "wander",
                     "note_length", "density", "seed", "steps", "mute", "style", "variation",
                     "motion_size", "motion_speed", "fill_bars", "fill_amount",
                     "division", "time", "rotate", "softest", "transpose"):  # fmt: skip
            row[name] = getattr(p, name)
    values = np.stack([
        np.stack([p.probability, p.velocity, p.offset, p.velocity_spread, p.offset_spread])
        for p in patterns
    ]).astype(np.float32)  # fmt: skip
    lanes, steps = patterns[0].probability.shape
    out = np.zeros(ROOM, MESSAGE)
    laid = np.array([overlay_row(overlay) for overlay in overlays], OVERLAY)
    size = library().groovefield_overlay_size
    size.restype = ctypes.c_size_t
    assert size() == OVERLAY.itemsize
    call = library().groovefield_play
    call.argtypes = [
        ctypes.c_double, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p
    ] + [ctypes.c_int] * 5 + [ctypes.c_void_p, ctypes.c_int]  # fmt: skip
    count = call(
        sample_rate, rows.ctypes.data, len(rows), laid.ctypes.data, values.ctypes.data,
        len(patterns), lanes, steps, patterns[0].grid.steps_per_beat, latency,
        out.ctypes.data, ROOM,
    )  # fmt: skip
    assert count <= ROOM, "more notes than the test has room for"
    return [
        Message(int(m["block"]), int(m["sample"]), int(m["note"]), int(m["velocity"]),
                -1 if m["velocity"] == 0 else int(m["lane"]), int(m["grid_step"]),
                float(m["song_beats"]), int(m["channel"]))
        for m in out[:count]
    ]  # fmt: skip

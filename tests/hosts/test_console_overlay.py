"""What is laid over the field, in a host: edits, locks, takes and motion are heard as meant."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

from console_library import (
    ConsoleHost,
    Note,
    as_notes,
    assert_paired,
    assert_same,
    expected,
    roll,
    stopped,
    with_chunk,
)
from groovefield.reference import Edit, Overlay, Play

KICK, SNARE, HAT, CLAP = 0, 1, 2, 7


def written(overlay: Overlay) -> bytes:
    """As a state keeps it (plugin/processor/overlay_bytes.h)."""
    edits = b"".join(
        struct.pack(
            "<BBBBh", lane, step, {None: 0, True: 1, False: 2}[e.struck], e.velocity or 0,
            -32768 if e.offset is None else round(e.offset * 32768),
        )
        for (lane, step), e in overlay.edits.items()
    )  # fmt: skip
    takes = b"".join(struct.pack("<BBH", *at, take) for at, take in overlay.takes.items())
    locks = b"".join(
        struct.pack("<BB", lane, len(cells)) + b"".join(struct.pack("<5f", *c) for c in cells)
        for lane, cells in overlay.held.items()
    )
    feel = struct.pack("<H", sum(1 << lane for lane in overlay.solo)) + b"".join(
        struct.pack("<2f", *both) for both in zip(overlay.note_length, overlay.push, strict=True)
    )
    path = struct.pack("<d", overlay.path_beats or 4.0) + b"".join(
        struct.pack("<2f", *away) for away in overlay.path
    )
    points = struct.pack("<d", overlay.points_beats) + b"".join(
        struct.pack("<8f", *place) for place in overlay.points
    )
    sections = {
        b"GRID": struct.pack("<I", overlay.steps_per_beat), b"EDIT": edits, b"TAKE": takes,
        b"LOCK": locks, b"FEEL": feel, b"PATH": path if overlay.path else b"",
        b"PNTS": points if overlay.points else b"",
    }  # fmt: skip
    return b"".join(name + struct.pack("<I", len(b)) + b for name, b in sections.items() if b)


def heard(tmp_path: Path, overlay: Overlay, now: Play) -> list[Note]:
    """Restores a state with the overlay, plays eight bars, and compares with the reference."""
    state = tmp_path / "state"
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        host.play(stopped(now=now))
        host.do("save", file=str(state))
        state.write_bytes(with_chunk(state.read_bytes(), b"OVER", written(overlay)))
        host.do("restore", file=str(state))
        host.play(stopped(now=now))
        begun = host.sync()
        blocks = [replace(b, overlay=overlay) for b in roll(32, now=now)]
        end = [replace(b, overlay=overlay) for b in stopped(now=now)]
        host.play(blocks + end)
        assert_paired(host.notes())
        found = [Note(n.block - begun, n.sample, n.velocity, n.note) for n in host.notes()]
    wanted = as_notes(expected(blocks + end))
    assert_same([n for n in found if n.block >= 0], wanted)
    plain = [replace(b, overlay=Overlay()) for b in blocks + end]
    assert wanted != as_notes(expected(plain)), "the overlay changed nothing"
    return wanted


def test_edits_locks_solo_push_and_lengths(tmp_path: Path) -> None:
    lock = [(float(step % 6 == 0), 0.7, 0.25, 0.1, 0.1) for step in range(128)]
    overlay = Overlay(
        edits={
            (CLAP, 4): Edit(True, 111, -0.5),
            (CLAP, 20): Edit(True, 60),
            (KICK, 0): Edit(False),
            (HAT, 3): Edit(None, 127, 0.75),
        },
        held={SNARE: lock},
        note_length=tuple(2.0 if lane == CLAP else 0.0 for lane in range(16)),
        push=tuple(0.25 if lane == HAT else 0.0 for lane in range(16)),
    )
    notes = heard(tmp_path, overlay, Play(groove=0.8, humanise=0.5, velocity_amount=0.9))
    assert sum(n.velocity > 0 and n.note == 39 for n in notes) >= 8


def test_solo(tmp_path: Path) -> None:
    notes = heard(tmp_path, Overlay(solo=frozenset({HAT, KICK})), Play(swing=0.6))
    assert {n.note for n in notes} == {36, 42}


def test_takes(tmp_path: Path) -> None:
    takes = {(lane, step): 1 + lane * 7 for lane in range(11) for step in range(8, 32)}
    heard(tmp_path, Overlay(takes=takes), Play(variation=0.7))


def test_a_path_and_points(tmp_path: Path) -> None:
    path = tuple(((i % 9 - 4) / 32, (i % 5 - 2) / 16) for i in range(37))
    moving = Play(motion="path", motion_size=1.5, motion_speed=0.5)
    heard(tmp_path, Overlay(path_beats=8.0, path=path), moving)
    points = ((0.25, 0.75, *(0.5,) * 6), (0.875, 0.125, *(0.5,) * 6), (0.5, 0.0, *(0.5,) * 6))
    heard(tmp_path, Overlay(points_beats=2.0, points=points), Play(motion="points"))

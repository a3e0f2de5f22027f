"""What is laid over the field, in a host: edits, locks, takes and motion are heard as meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
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
from groovefield.lanes import LANES, MELODY_LANE
from groovefield.reference import Edit, Melody, Overlay, Play
from numpy.typing import NDArray
from overlay_library import written

KICK, SNARE, HAT, CLAP = 0, 1, 2, 7


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
        found = [replace(n, block=n.block - begun) for n in host.notes()]
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


LINE = Melody(
    mode="beside", scale="minor", source=HAT, key=9, octave=1,
    degrees=(0, 2, None, 4, -3, 7, 1), note_length=1.5,
)  # fmt: skip


@pytest.mark.parametrize(
    "melody",
    [
        LINE,
        replace(LINE, mode="instead"),
        replace(LINE, source=None, channel=10, octave=0),
        replace(LINE, source=KICK, channel=16, scale="blues", key=3, octave=4, note_length=16.0),
        replace(LINE, degrees=tuple(range(-12, 20)), scale="chromatic", note_length=0.0),
    ],
    ids=["closed hat", "no drums", "all lanes on the drums' channel", "kick, tied", "32 steps"],
)
def test_a_melody(melody: Melody, tmp_path: Path) -> None:
    notes = heard(tmp_path, Overlay(melody=melody), Play(transpose=3, swing=0.58, humanise=0.4))
    assert len({n.note for n in notes if n.channel == melody.channel}) >= 4


def test_the_melody_sounds_and_has_an_output_of_its_own(tmp_path: Path) -> None:
    state = tmp_path / "state"
    overlay = Overlay(melody=replace(LINE, mode="instead", note_length=4.0))

    def sound(folder: str, on: list[int]) -> NDArray[np.float32]:
        (tmp_path / folder).mkdir()
        with ConsoleHost(tmp_path / folder, audio=True) as host:
            host.do("buses", on=on)
            host.prepare(size=512)
            host.do("save", file=str(state))
            state.write_bytes(with_chunk(state.read_bytes(), b"OVER", written(overlay)))
            host.do("restore", file=str(state))
            host.play(stopped())
            host.play(roll(8))
            return host.audio(2 + 2 * len(on))

    mixed = sound("mixed", [])
    assert np.abs(mixed).max() > 0.05
    apart = sound("apart", [len(LANES) + 1])
    assert not apart[:, :2].any()
    assert np.abs(apart[:, 2:] - mixed).max() == 0


def test_each_control_of_the_melody_changes_what_the_record_says(tmp_path: Path) -> None:
    """As the reference has it, and in that alone."""
    now = Play(note_length=0.5)

    def changed(field: str) -> dict[str, set[int]]:
        """What differs from the line as it is, of the melody's notes: their record's fields."""
        return {
            name: {int(v) for v in np.unique(record[field][name])} for name in ("note", "channel")
        }

    variants = {
        "as it is": (LINE, now),
        "off": (replace(LINE, mode="off"), now),
        "instead": (replace(LINE, mode="instead"), now),
        "source": (replace(LINE, source=KICK), now),
        "scale": (replace(LINE, scale="major"), now),
        "key": (replace(LINE, key=11), now),
        "octave": (replace(LINE, octave=3), now),
        "channel": (replace(LINE, channel=5), now),
        "length": (replace(LINE, note_length=0.25), now),
        "degrees": (replace(LINE, degrees=(0, 1, 2)), now),
        "transpose": (LINE, replace(now, transpose=-5)),
    }
    record: dict[str, NDArray[np.void]] = {}
    drums: dict[str, int] = {}
    state = tmp_path / "state"
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        host.play(stopped(now=now))
        host.do("save", file=str(state))
        plain = state.read_bytes()
        for name, (melody, play_now) in variants.items():
            overlay = Overlay(melody=melody)
            state.write_bytes(with_chunk(plain, b"OVER", written(overlay)))
            host.do("restore", file=str(state))
            blocks = [replace(b, overlay=overlay) for b in roll(16, now=play_now)]
            end = [replace(b, overlay=overlay) for b in stopped(now=play_now)]
            host.play(end)
            host.sync()
            with host.reader() as reader:
                reader.read()
                host.play(blocks + end)
                host.sync()
                events = reader.read()
            wanted = [m for m in expected(blocks + end) if m.velocity]
            fields = ("lane", "grid_step", "note", "velocity", "channel")
            said = [tuple(int(e[field]) for field in fields) for e in events]
            assert said == [(m.lane, m.grid_step, m.note, m.velocity, m.channel) for m in wanted]
            of_melody = events["lane"] == MELODY_LANE
            record[name], drums[name] = events[of_melody], int((~of_melody).sum())

    base = record["as it is"]
    assert len(base) > 8
    assert drums["as it is"] == drums["off"] > 50
    assert drums["instead"] == 0
    assert len(record["off"]) == 0
    assert (record["instead"]["note"] == base["note"]).all()
    assert set(record["source"]["grid_step"]) != set(base["grid_step"])
    shifts = {"key": 2, "octave": 24, "transpose": -5}
    for name, shift in shifts.items():
        assert (record[name]["note"].astype(int) - base["note"] == shift).all(), name
        assert (record[name]["grid_step"] == base["grid_step"]).all()
    assert (record["scale"]["note"] != base["note"]).any()
    assert changed("channel")["channel"] == {5}
    assert (record["channel"]["note"] == base["note"]).all()
    np.testing.assert_allclose(base["length_beats"], 1.5 / 4)
    np.testing.assert_allclose(record["length"]["length_beats"], 0.25 / 4)
    assert changed("degrees")["note"] <= {45, 47, 48}
    assert (base["cell"] == base["grid_step"] % 7).all()


def test_cycles_of_a_lanes_own(tmp_path: Path) -> None:
    """Kicks of 12 steps against 16: the kick comes round after three bars, the others after one."""
    lanes = range(16)
    overlay = Overlay(
        edits={(KICK, step): Edit(step == 0, 100) for step in range(32)},
        steps=tuple(12 if lane == KICK else 0 for lane in lanes),
        rotate=tuple({KICK: 2, HAT: -3}.get(lane, 0) for lane in lanes),
    )
    notes = heard(tmp_path, overlay, Play(steps=16, groove=0.0))
    size, a_step = 512, 6000  # samples; 120 bpm at 48 kHz
    kicks = [(n.block * size + n.sample) / a_step for n in notes if n.velocity and n.note == 36]
    assert [round(k) for k in kicks] == [*range(2, 128, 12)]


def test_divisions_half_and_double_time_rotation_and_floor(tmp_path: Path) -> None:
    for now in (
        Play(division=3.0, time=0.5, swing=0.7),
        Play(division=8.0, rotate=7, humanise=1.0),
        Play(time=2.0, softest=100, wander=0.5, change="bar"),
    ):
        notes = heard(tmp_path, Overlay(rotate=(1, *(0,) * 15)), now)
        assert min(n.velocity for n in notes if n.velocity) >= now.softest

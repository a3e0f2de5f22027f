"""What hosts do to plugins: the notes go on, nothing hangs, nothing is left behind."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from console_library import (
    NOTES,
    RATE,
    ConsoleHost,
    Note,
    as_notes,
    as_seen,
    assert_paired,
    assert_same,
    default_pattern,
    eventually,
    expected,
    model_processes,
    roll,
    stopped,
)
from groovefield.reference import Block, Play, play
from groovefield_bridge.events import segments
from x_screen import running_screen

HERE = Play(position=(0.2, 0.7, *(0.5,) * 6))
THERE = Play(position=(0.8, 0.3, *(0.5,) * 6), groove=0.5, swing=0.6)


def at_rate(blocks: Sequence[Block], rate: float) -> list[Block]:
    """The same blocks in a host at another rate: each is a longer or shorter stretch of song."""
    out, position = [], blocks[0].position or 0.0
    for block in blocks:
        out.append(replace(block, position=position))
        position += block.samples * block.bpm / 60 / rate if block.playing else 0.0
    return out


def struck(notes: Sequence[Note], begin: int = 0) -> list[Note]:
    """What begins, its blocks counted from ``begin``."""
    return [replace(n, block=n.block - begin) for n in notes if n.velocity and n.block >= begin]


def wanted(blocks: Sequence[Block], rate: float = RATE) -> list[Note]:
    seen = [replace(b, play=as_seen(b.play)) for b in blocks]
    return struck(as_notes(play(seen, default_pattern, NOTES, rate)))


def save(host: ConsoleHost, now: Play, to: Path) -> None:
    host.play(stopped(now=now))
    host.do("save", file=str(to))


def test_states_that_another_thread_sets_do_not_stop_the_notes(tmp_path: Path) -> None:
    """Notes in every beat, each ended, and afterwards it plays what the last state says."""
    states = [tmp_path / "here", tmp_path / "there"]
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=256)
        host.wait_for_process()
        for now, state in zip((HERE, THERE), states, strict=True):
            save(host, now, state)
        begun = host.sync()
        # The script sets no parameter on its way: they are the states' own.
        blocks = roll(12, size=256, now=THERE)
        host.do("restore along", files=[str(state) for state in states], every=5)
        host.play(blocks, pace=True)
        host.sync()
        assert int(host.do("alone")) >= 5  # how many more says how busy the machine is
        host.play(stopped(now=THERE))
        notes = host.notes()
        assert_paired(notes)
        for beat in range(12):
            low, high = (begun + round(b / 12 * len(blocks)) for b in (beat, beat + 1))
            assert any(low <= n.block < high and n.velocity for n in notes), f"beat {beat}"
        # The last word has the state that is set now.
        host.do("restore", file=str(states[0]))
        host.prepare(size=512)
        begun = host.sync()
        again = roll(8, start=16.0, now=HERE)
        host.forget()
        host.play(again)
        assert_same(struck(host.notes(), begun), wanted(again))


def test_the_rate_and_the_block_size_change_in_the_middle_of_the_song(tmp_path: Path) -> None:
    """Each stretch plays what the reference says at its rate; no note hangs over a change."""
    with ConsoleHost(tmp_path) as host:
        for turn, (rate, size) in enumerate(
            [
                (48_000, 512),
                (44_100, 64),
                (96_000, 2048),
                (192_000, 333),
                (22_050, 1),
                (48_000, 512),
            ]
        ):
            host.prepare(rate=rate, size=size)
            begun = host.sync()
            beats = 0.6 if size == 1 else 4.0
            count = int(beats * 0.5 * rate / size)
            blocks = at_rate(
                [Block(size, True, 8.0 * turn, 120.0, None, False, HERE)] * count, rate
            )
            host.play(blocks)
            assert_same(struck(host.notes(), begun), wanted(blocks, rate))
            assert_paired(host.notes(), open_at_end=True)
            if turn % 2:
                host.do("release")
        host.prepare(size=512)
        host.play(stopped(now=HERE))
        assert_paired(host.notes())


def test_empty_blocks_between_the_others_change_nothing(tmp_path: Path) -> None:
    blocks = stopped(3, size=0, now=HERE) + roll(8, size=[0, 512, 0, 0, 64, 0, 1], now=HERE)
    blocks += stopped(2, size=0, now=HERE) + stopped(now=HERE)
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        host.play(blocks)
        assert_same(host.notes(), as_notes(expected(blocks)))


def test_outputs_that_come_and_go_take_no_note_along(tmp_path: Path) -> None:
    with ConsoleHost(tmp_path) as host:
        for turn, on in enumerate([[], [1, 3], [2], list(range(1, 12)), [], [11]]):
            host.do("buses", on=on)
            host.prepare(size=512)
            begun = host.sync()
            blocks = roll(4, start=4.0 * turn, now=HERE)
            host.play(blocks)
            assert_same(struck(host.notes(), begun), wanted(blocks))
            if turn % 2:
                host.do("release")
        host.prepare(size=512)
        host.play(stopped(now=HERE))
        assert_paired(host.notes())


def test_in_mono_the_kit_is_heard_and_the_notes_are_the_same(tmp_path: Path) -> None:
    blocks = roll(4, now=HERE) + stopped(now=HERE)
    heard = {}
    for channels in (2, 1):
        folder = tmp_path / str(channels)
        folder.mkdir()
        with ConsoleHost(folder, audio=True) as host:
            host.do("buses", on=[], main=channels)
            host.prepare(size=512)
            host.play(blocks)
            assert_same(host.notes(), as_notes(expected(blocks)))
            heard[channels] = host.audio()  # the host's blocks have two channels at least
    mono, stereo = heard[1][:, 0], heard[2]
    assert np.abs(mono).max() > 0.1
    loud = np.abs(stereo).max(1) > 0.05
    both = stereo[loud].sum(1)
    assert np.corrcoef(mono[loud], both)[0, 1] > 0.98


def test_live_and_offline_in_turn_play_the_same(tmp_path: Path) -> None:
    """As when a track is frozen between two playings of it."""
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        host.wait_for_process()
        for turn in range(4):
            live = turn % 2 == 0
            now = replace(HERE if turn < 2 else THERE)
            host.prepare(offline=not live, size=512)
            # Live the answer for the first step is waited for; a bounce waits itself.
            host.play(stopped(40 if live else 1, now=now), pace=live)
            begun = host.sync()
            blocks = roll(4, start=4.0 * turn, bpm=45.0 if live else 120.0, now=now)
            host.play(blocks, pace=live)
            assert_same(struck(host.notes(), begun), wanted(blocks))
        host.play(stopped(now=THERE))
        assert_paired(host.notes())


@pytest.mark.parametrize("how", ["release", "reset", "bypass"])
def test_suspended_in_the_middle_of_notes_it_ends_them_and_resumes(
    how: str, tmp_path: Path
) -> None:
    now = replace(HERE, note_length=4.0)
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        for turn in range(3):
            begun = host.sync()
            blocks = roll(3.1, start=8.0 * turn, now=now)
            host.play(blocks)
            assert_same(struck(host.notes(), begun), wanted(blocks))
            if how == "bypass":
                host.play(roll(1, start=8.0 * turn + 3.1, now=now), bypass=True)
                assert_paired(host.notes())
            elif how == "reset":
                host.do("reset")
            else:
                host.do("release")
                host.prepare(size=512)
            host.play(stopped(3, now=now))
            assert_paired(host.notes())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_fifty_instances_one_after_the_other_leave_nothing(tmp_path: Path) -> None:
    """While one stays: the process is shared, and what each held is given back."""
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        process = host.wait_for_process()
        counts = json.loads(host.do("instances", times=60))
        early, late = counts[9], counts[-1]
        assert late[0] <= early[0], f"descriptors: {counts}"
        assert late[1] <= early[1], f"threads: {counts}"
        assert late[2] - early[2] < 20_000, f"kilobytes: {counts}"
        assert model_processes(host.pid) == [process]
        assert len(segments(host.pid)) == 1
        begun = host.sync()
        blocks = roll(4, now=HERE)
        host.play(blocks)
        assert_same(struck(host.notes(), begun), wanted(blocks))
        pid = host.pid
    eventually(lambda: not Path(f"/proc/{process}").exists(), "the end of the model process")
    assert segments(pid) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_editor_opened_and_closed_a_hundred_times_leaves_nothing(tmp_path: Path) -> None:
    with running_screen() as screen, ConsoleHost(tmp_path, {"DISPLAY": screen}) as host:
        host.prepare(offline=False, size=512)
        process = host.wait_for_process()
        counts = json.loads(host.do("editor", times=100, milliseconds=40))
        assert len(counts) == 100
        early, late = counts[19], counts[-1]
        assert late[0] <= early[0], f"descriptors: {counts}"
        assert late[1] <= early[1], f"threads: {counts}"
        assert late[2] - early[2] < 30_000, f"kilobytes: {counts}"
        assert model_processes(host.pid) == [process]
        host.prepare(size=512)
        begun = host.sync()
        blocks = roll(4, now=HERE)
        host.play(blocks)
        assert_same(struck(host.notes(), begun), wanted(blocks))

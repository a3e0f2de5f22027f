"""A live host: it is never made to wait, it plays what the bounce plays, and it survives."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from console_library import (
    RATE,
    ConsoleHost,
    Note,
    as_notes,
    assert_paired,
    assert_same,
    eventually,
    expected,
    lives,
    roll,
    stopped,
)
from groovefield.reference import Block, Play
from groovefield_bridge.events import segments

# At 45 bpm a quarter of a step lasts 83 ms: an answer comes in that time on a busy machine too.
SLOWLY = 45.0


def settled(now: Play) -> list[Block]:
    """The host stands still for a while, so that the answer for the first step is there."""
    return stopped(40, now=now)


def movement(block: int) -> Play:
    """A new place twice a second."""
    at = block // 50
    return Play(position=((at * 37 % 101) / 100, (at * 53 % 101) / 100, *(0.5,) * 6))


def path(block: int) -> Play:
    """A new place in every block: more than the process is asked for, which is once a step."""
    return Play(position=((block % 331) / 330, (block % 173) / 172, *(0.5,) * 6))


@pytest.mark.parametrize(("size", "moving"), [(64, movement), (480, path), (512, movement)])
def test_live_equals_the_bounce(size: int, moving: object, tmp_path: Path) -> None:
    assert callable(moving)
    blocks = settled(moving(0)) + roll(5, size=size, bpm=SLOWLY, now=moving)
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        host.wait_for_process()
        host.play(blocks, pace=True)
        assert_same(host.notes(), as_notes(expected(blocks)))


def cells(blocks: list[Block], notes: list[Note], bpm: float) -> list[tuple[float, int]]:
    """(song position to a sixteenth, note) of the notes on."""
    out = []
    for n in notes:
        if n.velocity:
            position = blocks[n.block].position
            assert position is not None
            out.append((round((position + n.sample * bpm / 60 / RATE) * 4) / 4, n.note))
    return out


@pytest.mark.parametrize("signal_sent", [signal.SIGSTOP, signal.SIGKILL])
def test_music_goes_on_while_the_process_is_held_or_killed(
    signal_sent: int, tmp_path: Path
) -> None:
    """SIGPIPE is at its default in the host: a write to the dead process must not raise it."""
    playing = roll(24, size=256, bpm=120, now=lambda block: replace(path(block), groove=0.0))
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        process = host.wait_for_process()
        third = len(playing) // 3
        host.play(playing[:third], pace=True)
        host.sync()
        os.kill(process, signal_sent)
        host.play(playing[third : 2 * third], pace=True)
        host.sync()
        if signal_sent == signal.SIGSTOP:
            with suppress(ProcessLookupError):  # held for so long, it may have been replaced
                os.kill(process, signal.SIGCONT)
        host.play(playing[2 * third :] + stopped(), pace=True)
        notes = host.notes()
        assert_paired(notes)
        for beat in range(0, 22, 2):
            begin, end = beat / 24 * len(playing), (beat + 2) / 24 * len(playing)
            assert sum(begin <= n.block < end and n.velocity > 0 for n in notes) >= 4, (
                f"beat {beat}"
            )
        struck = cells(playing, notes, 120)
        assert len(struck) == len(set(struck)), "a cell is doubled"


def test_answers_slower_than_asked_play_the_last_and_then_catch_up(tmp_path: Path) -> None:
    """Held and let go every second, the process is slower than the questions come."""
    held, bpm = roll(5, size=256, bpm=SLOWLY, now=path), SLOWLY
    rest = Play(position=(0.2, 0.8, *(0.5,) * 6))
    still = replace(rest)
    calm = roll(4, size=256, bpm=bpm, start=8.0, now=still)
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        process = host.wait_for_process()
        host.play(held, pace=True)
        for _ in range(6):
            os.kill(process, signal.SIGSTOP)
            time.sleep(0.7)
            os.kill(process, signal.SIGCONT)
            time.sleep(0.3)
        host.sync()
        assert [n for n in host.notes() if n.velocity]
        # The process answers again: a stop, a while for the answer, and it is the bounce again.
        again = settled(still) + calm
        host.play(again, pace=True)
        heard = [
            replace(n, block=n.block - len(held)) for n in host.notes() if n.block >= len(held)
        ]
        ends = [n for n in heard if n.block == 0]
        assert all(n.velocity == 0 for n in ends)
        assert_same([n for n in heard if n.block > 0], as_notes(expected(again)))


def test_killed_process_comes_back_with_a_new_number(tmp_path: Path) -> None:
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        process = host.wait_for_process()
        host.play(roll(0.5), pace=True)
        host.sync()
        os.kill(process, signal.SIGKILL)
        again = host.wait_for_process(besides=process)
        assert again != process
        there = Play(position=(0.9, 0.1, *(0.5,) * 6))
        blocks = settled(there) + roll(4, bpm=SLOWLY * 2, now=there)
        before = host.sync()
        host.play(blocks, pace=True)
        heard = [replace(n, block=n.block - before) for n in host.notes() if n.block > before]
        assert_same(heard, as_notes(expected(blocks)))


def test_bounce_with_the_process_killed_again_and_again(tmp_path: Path) -> None:
    blocks = roll(64, now=path)
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=True)
        for part in range(4):
            quarter = len(blocks) // 4
            end = len(blocks) if part == 3 else quarter * (part + 1)
            host.play(blocks[quarter * part : end])
            if process := host.model_process():
                os.kill(process, signal.SIGKILL)
        assert_same(host.notes(), as_notes(expected(blocks)))


def test_first_load_without_python_plays_at_once(tmp_path: Path) -> None:
    """No GROOVEFIELD_PYTHON, no file of the user's: the built-in field plays, X and Y work."""
    home = tmp_path / "home"
    home.mkdir()
    bare = {"GROOVEFIELD_PYTHON": None, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    left = Play(position=(0.1, 0.1, *(0.5,) * 6))
    right = Play(position=(0.9, 0.9, *(0.5,) * 6))
    with ConsoleHost(tmp_path, environment=bare, audio=True) as host:
        host.prepare(offline=False, size=512)
        host.play(roll(8, now=left) + stopped() + roll(8, now=right) + stopped())
        notes = host.notes()
        assert host.model_process() == 0
        middle = len(roll(8))
        one = {(n.block, n.sample, n.note) for n in notes if n.velocity and n.block < middle}
        two = {
            (n.block - middle - 1, n.sample, n.note)
            for n in notes
            if n.velocity and n.block > middle
        }
        assert len(one) > 8
        assert len(two) > 8
        assert one != two, "X and Y do nothing"
        first = min(n.block for n in notes)
        assert first < 60, "it does not play at once"
        assert_paired(notes)
        assert np.abs(host.audio()).max() > 0.1


def test_a_killed_host_leaves_no_process_and_its_file_goes_at_the_next_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    host = ConsoleHost(tmp_path / "one")
    host.prepare(offline=False, size=512)
    process = host.wait_for_process()
    assert segments(host.pid)
    host.process.kill()
    host.process.wait()
    eventually(lambda: not lives(process), "the end of the model process")
    with ConsoleHost(tmp_path / "two") as other:
        other.prepare(offline=False, size=512)
        eventually(lambda: not segments(host.pid), "the end of the dead host's file")


def test_a_host_that_quits_leaves_neither_process_nor_file(tmp_path: Path) -> None:
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        process = host.wait_for_process()
        host.play(roll(1))
    eventually(lambda: not lives(process), "the end of the model process")
    assert not segments(host.pid)


def test_a_bounce_waits_for_a_process_that_is_still_being_started(tmp_path: Path) -> None:
    """The host stood still before, live, and the built-in field stood in for the process."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nsleep 3\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    now = Play(position=(0.875, 0.25, *(0.5,) * 6))
    with ConsoleHost(tmp_path, environment={"GROOVEFIELD_PYTHON": str(python)}) as host:
        host.prepare(offline=False, size=512)
        host.play(stopped(3, now=now))
        begun = host.sync()
        host.prepare(offline=True, size=512)
        blocks = roll(8, now=now)
        host.play(blocks)
        heard = [replace(n, block=n.block - begun) for n in host.notes(begun)]
        assert_same(heard, as_notes(expected(blocks)))

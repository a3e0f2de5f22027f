"""What a host gets from the shipped plugin: its MIDI, held against the reference and the record."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from console_library import (
    NOTES,
    RATE,
    ConsoleHost,
    Follower,
    Note,
    as_notes,
    assert_paired,
    assert_same,
    expected,
    roll,
    stopped,
)
from groovefield.reference import Block, Play

SAMPLES_PER_BEAT = RATE / 2  # at 120 bpm


def path_over_the_pad(block: int) -> Play:
    """A movement that reaches another place in every block, and different parameters too."""
    rng = random.Random(block // 40)
    return Play(
        position=((block % 331) / 330, (block % 173) / 172, *(0.5,) * 6),
        threshold=rng.choice([0.5, 0.35, 0.7]),
        steps=rng.choice([32, 16, 12, 7]),
        groove=rng.choice([1.0, 0.0, 2.0]),
        swing=rng.choice([0.5, 0.62, 0.75]),
        velocity_amount=rng.choice([1.0, 0.5, 1.75]),
        humanise=rng.choice([0.0, 1.0]),
        wander=rng.choice([0.0, 0.25]),
        seed=rng.choice([0, 999, 123]),
        note_length=rng.choice([0.5, 0.1, 4.0]),
        mute=(False, rng.random() < 0.2, *(False,) * 14),
        density=(0.5, 0.5, rng.choice([0.25, 0.75]), *(0.5,) * 13),
        division=rng.choice([0.0, 0.0, 2.0, 3.0, 6.0, 8.0]),
        time=rng.choice([1.0, 1.0, 0.5, 2.0]),
        rotate=rng.choice([0, 5, -64, 64]),
        softest=rng.choice([1, 1, 90]),
        change=rng.choice(["at once", "beat", "bar", "cycle"]),
    )


def jumps() -> list[Block]:
    return (
        roll(6, start=-1.0)
        + roll(5, start=17.3)
        + stopped(3, at=20.0)
        + roll(3, start=20.0)
        + roll(2, start=2.0)
        + stopped(2)
    )


def loops() -> list[Block]:
    one, other = (4.0, 8.0), (6.0, 7.37)
    first = roll(11, start=3.0, loop=one)
    return first + roll(5, start=6.5, loop=other) + roll(3, start=7.2) + stopped()


TRANSPORTS: dict[str, Callable[[], list[Block]]] = {
    "straight": lambda: roll(20),
    "parameters moved in every block": lambda: roll(40, now=path_over_the_pad) + stopped(),
    "jumps and stops": jumps,
    "loops announced": loops,
    "short loop, any tempo": lambda: roll(9, start=1.9, bpm=173.3, loop=(1.75, 2.31)),
    "block sizes": lambda: roll(
        16, size=[256, 768, 1, 0, 8192, 64, 1024, 480], now=path_over_the_pad
    ),
    "tempo by block": lambda: [
        replace(b, bpm=60 + 2 * i, position=p)
        for i, (b, p) in enumerate(
            zip(
                roll(14),
                np.cumsum([0.0] + [512 * (60 + 2 * n) / 60 / RATE for n in range(400)]).tolist(),
                strict=False,
            )
        )
    ],
    "no position from the host": lambda: [replace(b, position=None) for b in roll(8)],
    "free run": lambda: [replace(b, free_run=True) for b in stopped(600)] + roll(4, start=9.0),
}


@pytest.mark.parametrize("name", TRANSPORTS)
def test_midi_out_is_what_the_reference_says(name: str, tmp_path: Path) -> None:
    blocks = TRANSPORTS[name]()
    with ConsoleHost(tmp_path) as host:
        host.prepare()
        host.play(blocks)
        assert_same(host.notes(), as_notes(expected(blocks)))
        assert len(host.notes()) > 20


def test_midi_out_equals_the_event_record(tmp_path: Path) -> None:
    blocks = roll(64, now=path_over_the_pad, loop=(3.0, 17.5)) + jumps()
    starts = np.concatenate([[0], np.cumsum([b.samples for b in blocks])])
    with ConsoleHost(tmp_path) as host:
        host.prepare()
        follower = Follower(host.reader())
        follower.start()
        host.play(blocks)
        ons = [n for n in host.notes() if n.velocity]
        record = follower.finish()
    said = [(int(e["stream_sample"]), int(e["note"]), int(e["velocity"])) for e in record]
    assert said == [(int(starts[n.block]) + n.sample, n.note, n.velocity) for n in ons]
    wanted = [m for m in expected(blocks) if m.velocity]
    assert [int(e["lane"]) for e in record] == [m.lane for m in wanted]
    assert [int(e["grid_step"]) for e in record] == [m.grid_step for m in wanted]
    np.testing.assert_allclose(record["song_beats"], [m.song_beats for m in wanted], atol=1e-6)


# --- every note gets its off ---------------------------------------------------------------------

LONG = Play(note_length=4.0)


def sounding_at_the_end(notes: list[Note]) -> set[int]:
    sounding: set[int] = set()
    for n in notes:
        (sounding.add if n.velocity else sounding.discard)(n.note)
    return sounding


@pytest.mark.parametrize(
    "what", ["stop", "seek", "bypass", "output to the kit", "state load", "release and prepare"]
)
def test_open_notes_are_ended(what: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        first = roll(4.05, now=LONG)
        host.do("save", file=str(state))
        host.play(first)
        before = host.notes()
        still = sounding_at_the_end(before)
        assert still, "the test needs notes that sound"
        after = roll(2, start=len(first) * 512 / SAMPLES_PER_BEAT, now=LONG)
        if what == "stop":
            host.play(stopped(now=LONG))
        elif what == "seek":
            host.play(roll(1, start=100.5, now=LONG))
        elif what == "bypass":
            host.play(after, bypass=True)
        elif what == "output to the kit":
            host.play(after, set={"output": 0.0})
        elif what == "state load":
            host.do("restore", file=str(state))
            host.play(after[:1])
        else:
            host.do("release")
            host.prepare(size=512)
            host.play(after[:1])
        notes = host.notes()
        # All offs are sent in the very next block, at its first sample.
        ended = {n.note for n in notes[len(before) :] if n == Note(len(first), 0, 0, n.note)}
        assert ended == still
        if what in ("bypass", "output to the kit"):
            assert not [n for n in notes[len(before) :] if n.velocity], "nothing goes out"
        host.play(stopped(2, now=LONG), set={"output": 1.0})
        assert_paired(host.notes())


def test_bypass_ends_in_the_middle_of_the_song(tmp_path: Path) -> None:
    blocks = roll(12)
    with ConsoleHost(tmp_path) as host:
        host.prepare()
        host.play(blocks[:200])
        host.play(blocks[200:300], bypass=True)
        host.play(blocks[300:])
        away = [replace(b, playing=False) if 200 <= i < 300 else b for i, b in enumerate(blocks)]
        assert_same(host.notes(), as_notes(expected(away)))


def test_notes_to_midi_only_make_no_sound_and_to_the_kit_only_no_midi(tmp_path: Path) -> None:
    blocks = roll(8)
    half = sum(b.samples for b in blocks)
    with ConsoleHost(tmp_path, audio=True) as host:
        host.prepare()
        host.play(blocks, set={"output": 0.5})
        sent = host.notes()
        host.play(stopped(), set={"output": 0.0})
        host.play(blocks, set={"output": 0.0})
        assert_same(sent, as_notes(expected(blocks)))
        assert_paired(host.notes())
        assert not [n for n in host.notes() if n.block > len(blocks)]
        audio = host.audio()
    assert not audio[:half].any()
    assert np.abs(audio[half:]).max() > 0.1


# --- notes coming in -----------------------------------------------------------------------------


def test_incoming_notes_sound_the_kit_while_the_transport_stands(tmp_path: Path) -> None:
    with ConsoleHost(tmp_path, audio=True) as host:
        host.prepare()
        host.play(stopped(4))
        for note in NOTES:
            host.play(stopped(), midi=[[100, 0x90, note, 110], [300, 0x80, note, 0]])
            host.play(stopped(60))
        assert host.notes() == [], "they are not sent on"
        audio = np.abs(host.audio()).max(axis=1)
    for i, note in enumerate(NOTES):
        begin = (4 + 61 * i) * 512
        assert audio[begin + 100 : begin + 1100].max() > 0.02, f"note {note} is silent"
    assert audio[: 4 * 512 + 100].max() == 0.0

"""The C++ player against the Python reference, on scripted and on random transports."""

from __future__ import annotations

import math
import os
import random
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import player_library
import pytest
from groovefield.pattern import Grid, Pattern
from groovefield.reference import (
    SCALES,
    Block,
    Edit,
    Melody,
    Message,
    Overlay,
    Play,
    play,
    rate_of,
)


def seed_of_commit() -> int:
    """From the commit's hash; 1 where there is no repository."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=7", "HEAD"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(said.stdout.strip() or "1", 16)


CASES = int(os.environ.get("GROOVEFIELD_CASES", "1500"))
# Each commit tries other cases; a failure names the seed, and GROOVEFIELD_SEED repeats it.
SEED = int(os.environ.get("GROOVEFIELD_SEED") or seed_of_commit())
SHARDS = 6
GRIDS = (Grid(4, 8), Grid(4, 8), Grid(3, 8), Grid(4, 6), Grid(8, 4), Grid(1, 4), Grid(2, 3))


def random_pattern(rng: random.Random, grid: Grid, lanes: int, fill: float) -> Pattern:
    numbers = np.random.default_rng(rng.getrandbits(32))
    shape = (lanes, grid.steps)
    hit = numbers.random(shape) < fill
    likely, unlikely = numbers.uniform(0.3, 1, shape), numbers.uniform(0, 0.4, shape)
    return Pattern(
        probability=np.where(hit, likely, unlikely).astype("f4"),
        velocity=numbers.random(shape).astype("f4"),
        offset=numbers.uniform(-1, 0.999, shape).astype("f4"),
        velocity_spread=numbers.uniform(0, 0.2, shape).astype("f4"),
        offset_spread=numbers.uniform(0, 0.6, shape).astype("f4"),
        grid=grid,
    )  # fmt: skip


def random_play(rng: random.Random, lanes: int) -> Play:
    def sometimes(value: float, neutral: float) -> float:
        return value if rng.random() < 0.5 else neutral

    f4 = lambda v: float(np.float32(v))  # noqa: E731 - the position crosses as float32
    return Play(
        position=tuple(f4(rng.random()) for _ in range(8)),
        threshold=rng.uniform(0.1, 0.9),
        steps=rng.choice([32, 32, 16, 7, 12, 1, 128, rng.randint(1, 128)]),
        groove=sometimes(rng.uniform(0, 2), 1.0),
        swing=sometimes(rng.uniform(0.5, 0.75), 0.5),
        velocity_amount=sometimes(rng.uniform(0, 2), 1.0),
        humanise=sometimes(rng.random(), 0.0),
        wander=sometimes(rng.random(), 0.0),
        seed=rng.randint(0, 999),
        note_length=rng.choice([0.01, 0.5, 1.0, 4.0, rng.uniform(0.01, 4)]),
        mute=tuple(rng.random() < 0.1 for _ in range(16)),
        density=tuple(rng.choice([0.5, 0.5, rng.random()]) for _ in range(16)),
        style=sometimes(f4(rng.random()), 0.0),
        variation=rng.choice([0.0, 0.3, 1.0, rng.random()]),
        motion=rng.choice(["off", "path", "points"]),
        motion_size=sometimes(rng.uniform(0, 2), 1.0),
        motion_speed=rng.choice([0.25, 0.5, 1.0, 2.0, 4.0]),
        fill_bars=rng.choice([0, 0, 1, 2, 4]),
        fill_amount=sometimes(rng.random(), 1.0),
        division=sometimes(rng.choice([2.0, 3.0, 4.0, 6.0, 8.0]), 0.0),
        time=sometimes(rng.choice([0.5, 2.0]), 1.0),
        rotate=rng.choice([0, 0, rng.randint(-64, 64)]),
        softest=rng.choice([1, 1, rng.randint(1, 127)]),
        change=rng.choice(["at once", "beat", "bar", "cycle"]),
        transpose=rng.choice([0, 0, rng.randint(-24, 24)]),
    )


def random_melody(rng: random.Random, lanes: int) -> Melody:
    """On the drums' channel now and then, where both may strike one note."""
    degrees = (rng.choice([None, 0, rng.randint(-14, 21)]) for _ in range(rng.randint(1, 32)))
    return Melody(
        mode=rng.choice(["off", "beside", "instead"]),
        scale=rng.choice(list(SCALES)),
        source=rng.choice([None, rng.randrange(lanes), rng.randrange(16)]),
        key=rng.randrange(12),
        octave=rng.choice([1, 1, 3, rng.randint(-2, 8)]),
        channel=rng.choice([1, 10, rng.randint(1, 16)]),
        note_length=float(np.float32(rng.choice([0.0, rng.uniform(0.05, 16)]))),
        degrees=tuple(degrees),
    )


def random_overlay(rng: random.Random, grid: Grid, lanes: int) -> Overlay:
    def few() -> list[tuple[int, int]]:
        count = rng.choice([0, 3, lanes * grid.steps // 3])
        return [(rng.randrange(lanes), rng.randrange(grid.steps)) for _ in range(count)]

    def f4(v: float) -> float:
        return float(np.float32(v))

    def place() -> tuple[float, ...]:
        return tuple(f4(rng.random()) for _ in range(8))

    def held_cell() -> tuple[float, ...]:
        spreads = (f4(rng.random() / 5), f4(rng.random() / 2))
        return (float(rng.random() < 0.4), f4(rng.random()), f4(rng.uniform(-1, 0.99)), *spreads)

    def edit() -> Edit:
        return Edit(
            rng.choice([None, True, False]),
            rng.choice([None, rng.randint(1, 127)]),
            rng.choice([None, rng.randint(-32767, 32767) / 32768]),
        )

    others = rng.random() < 0.05
    return Overlay(
        steps_per_beat=grid.steps_per_beat + others,
        edits={address: edit() for address in few()},
        takes={address: rng.randint(1, 65_535) for address in few()},
        held={
            lane: [held_cell() for _ in range(grid.steps)]
            for lane in range(lanes)
            if rng.random() < 0.15
        },
        solo=frozenset(lane for lane in range(lanes) if rng.random() < 0.05),
        note_length=tuple(f4(rng.choice([0.0, 0.0, rng.uniform(0.05, 4)])) for _ in range(16)),
        push=tuple(f4(rng.choice([0.0, rng.uniform(-0.5, 0.5)])) for _ in range(16)),
        steps=tuple(rng.choice([0, 0, rng.randint(1, 128)]) for _ in range(16)),
        rotate=tuple(rng.choice([0, 0, rng.randint(-128, 128)]) for _ in range(16)),
        path_beats=rng.choice([0.0, 4.0, 8.0, 3.3]),
        path=tuple((f4(rng.uniform(-0.5, 0.5)), f4(rng.uniform(-0.5, 0.5)))
                   for _ in range(rng.choice([0, 1, 7, 512]))),
        points_beats=rng.choice([1.0, 4.0, 2.5]),
        points=tuple(place() for _ in range(rng.choice([0, 1, 3, 16]))),
        fills=tuple(place() for _ in range(rng.choice([0, 0, 1, 32]))),
        melody=random_melody(rng, lanes),
    )  # fmt: skip


class RandomHost:
    """A host with a mind of its own: ramps, loops, jumps, rounding, odd block sizes."""

    def __init__(self, rng: random.Random, grid: Grid) -> None:
        self.rng, self.grid = rng, grid
        self.rate = rng.choice([44100.0, 48000.0, 22050.0, 96000.0])
        self.bpm = rng.choice([120.0, 93.7, 174.0, 60.0, 300.0, rng.uniform(40, 300)])
        self.position = rng.choice([0.0, -2.0, rng.uniform(-4, 20), float(rng.randint(-3, 16))])
        self.loop: tuple[float, float] | None = None
        self.rounding = rng.choice([None, None, 1920])
        self.sizes = rng.choice(
            [[64], [480], [512], [8192], [1], [0, 1, 64, 512, 700, 8192], [256, 768, 1024]]
        )
        self.ramp = rng.choice([0.0, 0.0, rng.uniform(-0.02, 0.02)])
        self.odd = rng.choice([0.0, 0.0, 0.03])
        self.splits = rng.random() < 0.6
        self.free_run = rng.random() < 0.2
        self.announces = rng.random() < 0.8
        if rng.random() < 0.5:
            self.place_loop()

    def place_loop(self, lengths: tuple[float, ...] = (4.0, 1.0, 0.25, 2 / 3, 0.07)) -> None:
        start = self.position + self.rng.choice([0.0, 0.5, -1.0, self.rng.uniform(-2, 2)])
        length = self.rng.choice([*lengths, self.rng.uniform(min(lengths) / 3, 6)])
        self.loop = (start, start + length)

    def samples(self) -> int:
        size = self.rng.choice(self.sizes)
        if self.sizes == [1]:
            return 1
        beats_per_sample = self.bpm / 60 / self.rate
        if self.loop and self.splits and self.position < self.loop[1]:
            # A host that never lets a block cross the loop's end.
            left = round((self.loop[1] - self.position) / beats_per_sample)
            size = min(size, max(1, left))
        return size

    def blocks(self, play_now: Play, lanes: int) -> list[Block]:
        rng, out, playing = self.rng, [], True
        total = 0.0
        laid = random_overlay(rng, self.grid, lanes)
        while len(out) < (400 if self.sizes == [1] else 160) and total < 14:
            samples = self.samples()
            span = samples * self.bpm / 60 / self.rate
            said = self.position
            if self.rounding:
                said = round(said * self.rounding) / self.rounding
            out.append(
                Block(
                    samples, playing, said if rng.random() > self.odd / 10 else None, self.bpm,
                    self.loop if self.announces else None, self.free_run, play_now, laid,
                )
            )  # fmt: skip
            total += span
            if playing:
                self.position += span
                while self.loop and self.position - span < self.loop[1] <= self.position + 1e-9:
                    self.position -= self.loop[1] - self.loop[0]
                    span = 0.0
                    if self.position >= self.loop[1]:
                        self.position = self.loop[0]
            event = rng.random()
            if event < self.odd:
                kind = rng.choice(["seek", "repeat", "skip", "stop", "loop"])
                if kind == "seek":
                    self.position = rng.uniform(-4, 30)
                elif kind == "repeat":
                    self.position -= rng.uniform(0, 1) * samples * self.bpm / 60 / self.rate
                elif kind == "skip":
                    self.position += rng.uniform(0, 1) * samples * self.bpm / 60 / self.rate
                elif kind == "stop":
                    playing = not playing
                elif kind == "loop" and self.loop and self.loop[1] - self.loop[0] < 1:
                    pass
                elif kind == "loop" and self.loop and rng.random() < 0.5:
                    self.loop = None
                elif kind == "loop":
                    # docs/architecture.md says what moving a loop shorter than a step may cost.
                    self.place_loop((3.0, 4.0, 7.5))
            if rng.random() < 0.1:
                play_now = random_play(rng, lanes)
            if rng.random() < 0.02:
                laid = random_overlay(rng, self.grid, lanes)
            self.bpm = min(400.0, max(20.0, self.bpm * (1 + self.ramp)))
        return out


def ordered(messages: list[Message]) -> list[Message]:
    """Offs at the same sample may come in any order, and so may hits of two steps that nothing
    but the step tells apart (in a loop of two steps both may fall on one sample, a rounding apart);
    everything else may not."""
    alike: dict[Message, list[Message]] = {}
    for m in messages:
        alike.setdefault(replace(m, grid_step=0, song_beats=0.0), []).append(m)
    for group in alike.values():
        group.sort(key=lambda m: m.grid_step, reverse=True)
    messages = [alike[replace(m, grid_step=0, song_beats=0.0)].pop() for m in messages]
    out: list[Message] = []
    for m in messages:
        at = len(out)
        while m.velocity == 0 and at > 0:
            last = out[at - 1]
            if (
                last.velocity
                or (last.block, last.sample) != (m.block, m.sample)
                or (last.note, last.channel) < (m.note, m.channel)
            ):
                break
            at -= 1
        out.insert(at, m)
    return out


def differences(a: list[Message], b: list[Message]) -> str:
    a, b = ordered(a), ordered(b)
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        same = replace(x, song_beats=0.0) == replace(y, song_beats=0.0)
        if not same or abs(x.song_beats - y.song_beats) > 1e-6:
            return f"message {i}: reference {x}, player {y}"
    return (
        f"{len(a)} messages in the reference, {len(b)} from the player" if len(a) != len(b) else ""
    )


def run_case(seed: int) -> str:
    rng = random.Random(seed)
    grid, lanes = rng.choice(GRIDS), rng.randint(1, 11)
    patterns = [random_pattern(rng, grid, lanes, rng.uniform(0.05, 0.6)) for _ in range(5)]
    host = RandomHost(rng, grid)
    blocks = host.blocks(random_play(rng, lanes), lanes)
    step = 1 / min(rate_of(b.play, grid) for b in blocks)
    if any(b.loop and b.loop[1] - b.loop[0] < step for b in blocks):
        # Shorter than a step, a loop has more steps waiting than requests have places, and the
        # newest request serves for all of them: there X decides nothing to compare.
        patterns = patterns[:1] * 5

    def pattern_at(position: tuple[float, ...]) -> Pattern:
        chosen = float(np.float32(position[0])) + position[8]  # X plus style
        return patterns[min(4, int(chosen * 5))]

    notes = [36 + lane for lane in range(lanes)]
    expected = play(blocks, pattern_at, notes, host.rate)
    return differences(expected, player_library.play(blocks, patterns, host.rate))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_transports_play_as_the_reference_says(shard: int) -> None:
    failed = []
    for i in range(shard, CASES, SHARDS):
        said = run_case(SEED * 1_000_003 + i)
        if said:
            failed.append(f"case {i}: {said}")
    assert not failed, f"seed {SEED}: {len(failed)} of {CASES // SHARDS}:\n" + "\n".join(failed[:5])


def steady_blocks(rng: random.Random, size: int, host: RandomHost, latency: int) -> list[Block]:
    """A host that stands until the first answer is there, then plays on; parameters move."""
    # At one rate: what is asked for late, when the lines change, is not asked for in time.
    lines = rng.choice([(0.0, 1.0), (0.0, 0.5), (3.0, 1.0), (2.0, 1.0)])

    def random_values() -> Play:
        return replace(random_play(rng, 11), division=lines[0], time=lines[1])

    play_now = random_values()
    standing = Block(size, False, host.position, host.bpm, play=play_now)
    # Where a fill is due is known with the first answer: the second one is that for it.
    out = [standing] * (80 + 2 * latency // size)
    position = host.position
    loop = (position + 1, position + 3.25) if rng.random() < 0.5 else None
    for _ in range(int(10 / (size * host.bpm / 60 / host.rate))):
        out.append(Block(size, True, position, host.bpm, loop, play=play_now))
        position += size * host.bpm / 60 / host.rate
        if loop and position >= loop[1]:
            position -= loop[1] - loop[0]
        if rng.random() < 0.02:
            play_now = random_values()
    return out


@pytest.mark.parametrize("seed", range(24))
def test_answers_within_a_quarter_step_make_live_equal_to_the_bounce(seed: int) -> None:
    rng = random.Random(SEED + seed)
    grid = Grid(4, 8)
    patterns = [random_pattern(rng, grid, 11, 0.4) for _ in range(5)]
    host = RandomHost(rng, grid)
    host.bpm = min(host.bpm, 180.0)
    size = rng.choice([64, 200, 256])
    quarter_step = 0.25 / 4 * 60 / host.bpm * host.rate
    latency = max(1, int(quarter_step) - 2 * size)
    blocks = steady_blocks(rng, size, host, latency)
    bounced = player_library.play(blocks, patterns, host.rate)
    live = player_library.play(blocks, patterns, host.rate, latency)
    assert len(bounced) > 20
    assert not differences(bounced, live)


def test_answers_that_come_too_late_change_patterns_but_lose_no_step() -> None:
    rng = random.Random(3)
    grid = Grid(4, 8)
    # Every cell of every pattern sounds, so that a step lost or doubled shows.
    patterns = [
        replace(random_pattern(rng, grid, 2, 1.0), probability=np.ones((2, 32), "f4"))
        for _ in range(5)
    ]
    rate, size, bpm = 48_000.0, 128, 120.0
    blocks = [Block(size, False, 0.0, bpm)] * 400
    for i in range(4000):
        x = float(np.float32(i % 97 / 97))
        now = Play(position=(x, *(0.5,) * 7))
        blocks.append(Block(size, True, i * size * bpm / 60 / rate, bpm, play=now))
    late = player_library.play(blocks, patterns, rate, int(0.2 * rate))
    steps = [m.grid_step for m in late if m.velocity and m.lane == 0]
    assert sorted(steps) == list(range(max(steps) + 1))
    bounced = player_library.play(blocks, patterns, rate)
    assert differences(bounced, late), "late answers should have played other patterns"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position", value) for value in (1e19, -1e19, 1e9, math.nan, math.inf)
    ] + [("bpm", value) for value in (1e308, 1e-308, 0.5, 10_001.0, -90.0, math.nan, math.inf)]
    + [("loop", loop) for loop in ((-1e19, 4.0), (0.0, 1e19), (-1e308, 1e308), (math.nan, 4.0))],
)  # fmt: skip
def test_what_no_host_can_mean_counts_as_not_said(field: str, value: Any) -> None:
    """Played as if it had not been said, by the player as by the reference, and in bounded time."""
    rng = random.Random(7)
    patterns = [random_pattern(rng, Grid(4, 8), 3, 0.5) for _ in range(5)]
    now = Play(position=(0.3,) * 8)
    rate, size, bpm = 48_000.0, 512, 90.0
    sane = [
        Block(size, True, 3.0 + i * size * bpm / 60 / rate, bpm, (0.0, 4.0), play=now)
        for i in range(300)
    ]
    unsaid = {"position": None, "bpm": 0.0, "loop": None}[field]
    blocks, silent = (
        [replace(b, **{field: said}) if i >= 100 else b for i, b in enumerate(sane)]
        for said in (value, unsaid)
    )
    notes = [36, 37, 38]
    played = player_library.play(blocks, patterns, rate)
    assert sum(m.velocity > 0 and m.block > 150 for m in played) > 5
    assert not differences(played, player_library.play(silent, patterns, rate))
    assert not differences(play(blocks, lambda _: patterns[1], notes, rate), played)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_a_sample_rate_that_is_none_counts_as_48_khz(rate: float) -> None:
    patterns = [random_pattern(random.Random(7), Grid(4, 8), 3, 0.5)]
    blocks = [Block(512, True, i * 512 * 2 / 48_000, 120.0) for i in range(200)]
    played = player_library.play(blocks, patterns, rate)
    assert played == player_library.play(blocks, patterns, 48_000.0)
    assert len(played) > 10


@pytest.mark.parametrize("change", ["beat", "bar", "cycle"])
def test_a_change_that_waits_comes_in_the_midst_of_nothing(change: str) -> None:
    """At the next line of its kind, or where a loop begins again that holds no such line."""
    grid, rate, size, bpm = Grid(4, 8), 48_000.0, 480, 120.0
    empty = np.zeros((2, 32), "f4")

    def of_lane(lane: int) -> Pattern:
        probability = empty.copy()
        probability[lane] = 1
        return Pattern(probability, empty + 0.5, empty, empty, empty, grid)

    blocks = []
    beats = size * bpm / 60 / rate
    for i in range(int(10 / beats)):
        x = 0.1 if i * beats < 1.3 else 0.9
        now = Play(position=(x, *(0.5,) * 7), change=change)
        at = 5.0 + (i * beats) % 3.0
        blocks.append(Block(size, True, at, bpm, (5.0, 8.0), play=now))
    played = player_library.play(blocks, [of_lane(0), of_lane(1)], rate)
    lanes = [m.lane for m in played if m.velocity]
    # Steps of the song that the first place sounds for: up to beat 7, or the loop's 12 steps.
    assert lanes.count(0) == (8 if change == "beat" else 12)
    assert lanes == sorted(lanes)

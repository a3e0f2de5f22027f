"""The plugin that ships, in DawDreamer: what it plays, hears and repeats."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib import resources

import numpy as np
import pytest
from groovefield import places
from groovefield.commands.bounce import Bounce, Session
from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES
from groovefield.pattern import Pattern
from groovefield.reference import Block, Play, play
from groovefield_bridge.events import instances
from groovefield_bridge.segment import Segment
from numpy.typing import NDArray

RATE = 48_000
AUTOMATION = 960  # values a beat

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
    reason="the plugin is not built: run build/test",
)


@cache
def decoder() -> Callable[[tuple[float, ...]], Pattern]:
    with resources.as_file(resources.files("groovefield") / "data/default.groovefield") as file:
        default = load_decoder(file)
    return cache(lambda position: default.decode(np.array(position, np.float32)))


def model_process(session: Session) -> int:
    return int(Segment.open(session.instance.path).server["pid"][0])


def notes_of(bounce: Bounce) -> list[tuple[int, int, int, float]]:
    """(grid step, lane, velocity, song position) of every note."""
    return sorted(
        (int(e["grid_step"]), int(e["lane"]), int(e["velocity"]), round(float(e["song_beats"]), 6))
        for e in bounce.events
    )


def expected_notes(
    curves: dict[str, NDArray[np.float64]], seconds: float, bpm: float, block_size: int
) -> list[tuple[int, int, int, float]]:
    """What the reference plays in DawDreamer's blocks: one value of each curve a block."""
    blocks = []
    total = int(seconds * RATE)
    for start in range(0, total, block_size):
        beats = start / RATE * bpm / 60

        def value(name: str, at: float = beats) -> float:
            curve = curves[name]
            return float(np.float32(curve[min(len(curve) - 1, int(at * AUTOMATION))]))

        now = Play(
            position=(value("X"), value("Y"), *(0.5,) * 6),
            threshold=value("Threshold"),
            steps=1 + round(value("Steps") * 127),
        )
        # The last block of a render stands still.
        playing = start + block_size < total
        blocks.append(Block(block_size, playing, beats, bpm, play=now))
    messages = play(blocks, decoder(), [lane.note for lane in LANES], RATE)
    return sorted(
        (m.grid_step, m.lane, m.velocity, round(m.song_beats, 6)) for m in messages if m.velocity
    )


def curves_for(beats: int) -> dict[str, NDArray[np.float64]]:
    at = np.arange(beats * AUTOMATION) / AUTOMATION
    return {
        "X": 0.5 + 0.45 * np.sin(at * 0.61),
        "Y": 0.5 + 0.45 * np.cos(at * 0.37),
        "Threshold": 0.45 + 0.2 * np.sin(at * 0.5),
        "Steps": np.where(at < beats / 2, 31, 11) / 127.0,
    }


@pytest.mark.parametrize("lane", ["kick", "snare", "closed_hat", "rim", "clap"])
def test_each_onset_in_the_audio_is_at_the_records_sample(lane: str) -> None:
    session = Session(RATE, 512)
    others = {f"mute_{other.id}": 1.0 for other in LANES if other.id != lane}
    session.set(**others, x=0.2, y=0.7, steps=4 / 127)
    session.set(**{f"density_{lane}": 1.0})
    bounce = session.render(10.0, 24.0)

    heard = np.abs(bounce.audio).max(axis=0)
    assert len(bounce.events) > 4
    silent_before = 0
    for event in bounce.events:
        at = round(float(event["run_samples"]))
        if at < 64 or heard[at - 48 : at].max() > 1e-4:
            continue  # the hit before still rings: its tail hides the exact sample
        silent_before += 1
        loud = np.flatnonzero(heard[at - 48 : at + 480] > 2e-4)
        assert len(loud), f"no sound at {at}"
        assert 0 <= loud[0] - 48 <= 48, f"the note at {at} is heard at {at + loud[0] - 48}"
    assert silent_before >= 3


def test_automation_changes_the_notes_as_the_reference_says() -> None:
    seconds, bpm = 16.0, 124.0
    curves = curves_for(40)
    session = Session(RATE, 512)
    session.automate(curves, AUTOMATION)
    bounce = session.render(seconds, bpm)
    expected = expected_notes(curves, seconds, bpm, 512)
    assert len({n[0] % 32 for n in expected}) > 16, "the reference itself plays too little"
    played = notes_of(bounce)
    assert [n[:2] for n in played] == [n[:2] for n in expected]
    # DawDreamer may draw a curve a tick (1/960 beat) earlier or later than it is read here.
    for heard, meant in zip(played, expected, strict=True):
        assert abs(heard[2] - meant[2]) <= 1
        assert abs(heard[3] - meant[3]) < 1e-3


def test_the_same_bounce_twice_is_the_same_audio() -> None:
    def once() -> Bounce:
        session = Session(RATE, 512)
        session.automate(curves_for(20), AUTOMATION)
        session.set(humanise=0.7, wander=0.4)
        return session.render(8.0, 130.0)

    a, b = once(), once()
    assert a.audio.tobytes() == b.audio.tobytes()
    assert notes_of(a) == notes_of(b)
    assert np.abs(a.audio).max() > 0.1


def test_every_block_size_gives_the_same_notes() -> None:
    played = {}
    for size in (1, 64, 480, 512, 8192):
        session = Session(RATE, size)
        session.set(x=0.31, y=0.64, humanise=1.0, groove=0.8, wander=0.5)
        bounce = session.render(6.0, 117.0)
        # The last block of a render stands still: compare what every size plays.
        played[size] = [n for n in notes_of(bounce) if n[3] < 5.7 * 117 / 60]
    assert len(played[512]) > 30
    for size, notes in played.items():
        assert [n[:3] for n in notes] == [n[:3] for n in played[512]], f"block size {size}"
        for n, same in zip(notes, played[512], strict=True):
            assert abs(n[3] - same[3]) < 2e-6, f"block size {size}"


def test_a_bounce_with_the_process_killed_equals_one_without() -> None:
    def bounce(killed: bool) -> Bounce:
        session = Session(RATE, 512)
        session.automate(curves_for(60), AUTOMATION)
        rng, done, kills = random.Random(5), threading.Event(), []

        def kill() -> None:
            while not done.is_set():
                time.sleep(rng.uniform(0.02, 0.25))
                pid = model_process(session)
                if pid and not done.is_set():
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                    kills.append(pid)

        killer = threading.Thread(target=kill)
        if killed:
            killer.start()
        try:
            return session.render(24.0, 120.0)
        finally:
            done.set()
            if killed:
                killer.join()
                assert len(set(kills)) >= 1, "nothing was killed: the test proves nothing"

    undisturbed, disturbed = bounce(False), bounce(True)
    assert notes_of(disturbed) == notes_of(undisturbed)
    assert disturbed.audio.tobytes() == undisturbed.audio.tobytes()


def test_the_default_groove_is_danceable_and_its_level_right() -> None:
    bounce = Session(RATE, 512).render(8.0, 120.0)
    peak = 20 * np.log10(np.abs(bounce.audio).max())
    assert -12 <= peak <= -3
    hits = {(int(e["lane"]), int(e["cell"])) for e in bounce.events}
    kick, snare, clap = 0, 1, 7
    assert (kick, 0) in hits
    for backbeat in (4, 12, 20, 28):
        assert (snare, backbeat) in hits or (clap, backbeat) in hits


def test_thirty_two_instances_share_one_process_and_keep_their_own_patterns() -> None:
    import dawdreamer

    os.environ.setdefault("GROOVEFIELD_PYTHON", __import__("sys").executable)
    before = set(instances(os.getpid()))
    engine = dawdreamer.RenderEngine(RATE, 512)
    plugins = [engine.make_plugin_processor(f"g{i}", str(places.plugin())) for i in range(32)]
    for i, plugin in enumerate(plugins):
        plugin.set_parameter(0, i / 31)
        plugin.set_parameter(1, (i * 7 % 32) / 31)
    mixer = engine.make_add_processor("mix", [1 / 32] * 32)
    engine.load_graph([(p, []) for p in plugins] + [(mixer, [p.get_name() for p in plugins])])
    engine.set_bpm(120)
    engine.render(4.0)

    alive = [i for i in instances(os.getpid()) if i not in before]
    assert len(alive) == 32
    assert len({i.path for i in alive}) == 1
    segment = Segment.open(alive[0].path)
    assert int(segment.server["pid"][0]) > 0
    heard = {
        tuple(round(float(segment.controls[i.slot][axis]), 4) for axis in ("x", "y")) for i in alive
    }
    assert len(heard) == 32

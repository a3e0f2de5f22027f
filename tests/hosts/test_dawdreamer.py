"""The plugin that ships, in DawDreamer: what it plays, hears and repeats."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import soundfile
from console_library import (
    BUILD,
    DIVISIONS,
    TIMES,
    children,
    eventually,
    lives,
    model_processes,
)
from groovefield import places
from groovefield.commands.plugin_state import state_of
from groovefield.commands.session import Bounce, Session
from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES, MELODY_LANE
from groovefield.pattern import Pattern
from groovefield.reference import SCALES, Block, Melody, Overlay, Play, play
from groovefield_bridge.events import EventReader, instances
from groovefield_bridge.segment import Segment
from numpy.typing import NDArray
from overlay_library import written

RATE = 48_000
AUTOMATION = 960  # values a beat
RARE = ("low_tom", "mid_tom", "high_tom", "clap", "rim", "ride", "crash")

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
    reason="the plugin is not built: run build/test",
)


@cache
def decoder() -> Callable[[tuple[float, ...]], Pattern]:
    with resources.as_file(resources.files("groovefield") / "data/default.groovefield") as file:
        default = load_decoder(file)
    return cache(lambda place: default.decode(np.array(place[:8], np.float32), place[8]))


def notes_of(bounce: Bounce) -> list[tuple[int, int, int, float]]:
    """(grid step, lane, velocity, song position) of every note."""
    return sorted(
        (int(e["grid_step"]), int(e["lane"]), int(e["velocity"]), round(float(e["song_beats"]), 6))
        for e in bounce.events
    )


def expected_notes(
    curves: dict[str, NDArray[np.float64]],
    seconds: float,
    bpm: float,
    block_size: int,
    overlay: Overlay | None = None,
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
            style=value("Style") if "Style" in curves else 0.0,
            division=DIVISIONS[round(5 * value("Division"))] if "Division" in curves else 0.0,
            time=TIMES[round(2 * value("Time"))] if "Time" in curves else 1.0,
            rotate=round(128 * value("Rotate")) - 64 if "Rotate" in curves else 0,
            softest=1 + round(126 * value("Velocity floor")) if "Velocity floor" in curves else 1,
            transpose=round(48 * value("Transpose")) - 24 if "Transpose" in curves else 0,
        )
        # The last block of a render stands still.
        playing = start + block_size < total
        laid = overlay or Overlay()
        blocks.append(Block(block_size, playing, beats, bpm, play=now, overlay=laid))
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
        "Style": np.maximum(0, np.sin(at * 0.23)),
    }


def test_the_audio_is_the_kits_own_of_the_record_sample_for_sample(tmp_path: Path) -> None:
    """All lanes, hits over the tails of others: the kit alone is given the record's notes.

    That the kit alone begins each drum at the exact sample, tests/cpp/kit_timing_test.cpp sees.
    """
    session = Session(RATE, 512)
    session.automate(curves_for(40), AUTOMATION)
    session.set(humanise=0.8, groove=0.9, swing=0.3)
    session.set(**{f"density_{lane}": 0.9 for lane in RARE})
    bounce = session.render(16.0, 117.0)
    events = bounce.events
    at = np.round(events["run_samples"]).astype(int)
    assert np.array_equal(at, events["stream_sample"] - events["stream_sample"][0] + at[0])
    counts = np.bincount(events["lane"], minlength=len(LANES))
    assert counts.min() >= 3, dict(zip((lane.id for lane in LANES), counts.tolist(), strict=True))

    notes = zip(at, events["lane"], events["velocity"], strict=True)
    (tmp_path / "notes").write_text("".join(f"{s} {lane} {v}\n" for s, lane, v in notes))
    kit = BUILD / "tests/groovefield_kit_render"
    if not kit.exists():
        pytest.skip(f"{kit} is not built: run build/test")
    subprocess.run([kit, "--notes", tmp_path / "notes", tmp_path / "kit.wav"], check=True)
    alone, _ = soundfile.read(tmp_path / "kit.wav", dtype="float32")
    size = min(len(alone), bounce.audio.shape[1])
    assert size > at[-1]
    apart = np.flatnonzero(np.abs(bounce.audio[:, :size] - alone[:size].T).max(axis=0) > 1e-6)
    if len(apart):
        near = events[np.searchsorted(at, apart[0], "right") - 1]
        pytest.fail(f"from sample {apart[0]} on other audio than the record says, after {near}")


@pytest.mark.parametrize("lines", ["as learned", "changing"])
def test_automation_changes_the_notes_as_the_reference_says(lines: str) -> None:
    seconds, bpm = 16.0, 124.0
    curves = curves_for(40)
    if lines == "changing":
        beats = np.arange(len(curves["X"])) // AUTOMATION
        curves["Division"] = (beats // 3 % 6) / 5
        curves["Time"] = (1 + beats // 5 % 2) / 2
        curves["Rotate"] = (64 + beats // 4 % 9 - 4) / 128
        curves["Velocity floor"] = (beats // 6 % 3) / 3
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


def test_note_mode_under_automation_of_place_and_transpose(tmp_path: Path) -> None:
    """From a state, as a project that is opened and bounced."""
    seconds, bpm = 16.0, 118.0
    curves = curves_for(40)
    beats = np.arange(len(curves["X"])) // AUTOMATION
    curves["Transpose"] = (24 + beats // 8 % 4 * 5 - 5) / 48
    line = (0, None, 2, 4, 7, 0, 3, 5, 1, 6, -2)
    melody = Melody(mode="beside", source=None, key=2, octave=2, channel=3, degrees=line)
    overlay = Overlay(melody=melody)
    state = tmp_path / "state"
    state.write_bytes(state_of({b"OVER": written(overlay)}))
    session = Session(RATE, 512)
    session.plugin.load_state(str(state))
    session.automate(curves, AUTOMATION)
    bounce = session.render(seconds, bpm)
    wanted = expected_notes(curves, seconds, bpm, 512, overlay)
    assert [n[:2] for n in notes_of(bounce)] == [n[:2] for n in wanted]
    tones = bounce.events[bounce.events["lane"] == MELODY_LANE]
    assert len(tones) > 60
    assert set(tones["channel"].tolist()) == {3}
    assert len(set(tones["note"].tolist())) > 12
    # D in octave 2 and its minor pentatonic, as the bar's transposition moves it.
    steps = tones["grid_step"]
    moved = (steps // 4 // 8 % 4 * 5 - 5).astype(int)
    degrees = [line[step % len(line)] for step in steps]
    assert None not in degrees
    scale = SCALES[melody.scale]
    meant = [50 + 12 * (d // 5) + scale[d % 5] + m for d, m in zip(degrees, moved, strict=True)]
    assert np.mean(tones["note"] == meant) > 0.95  # a step is asked for ahead of its line


def test_a_style_is_played_wherever_the_pad_stands() -> None:
    """House has its kick on each beat, jazz hardly ever, at the same four places."""
    with resources.as_file(resources.files("groovefield") / "data/default.groovefield") as file:
        styles = load_decoder(file).styles
    kicks = {}
    for name in ("house", "jazz"):
        on_beats = []
        for x, y in ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)):
            session = Session(RATE, 512)
            session.set(x=x, y=y, style=(styles.index(name) + 1) / len(styles))
            notes = notes_of(session.render(8.0, 120.0))
            on_beats += [step % 4 == 0 for step, lane, _, _ in notes if lane == 0]
            on_beats += [False] * max(0, 16 - on_beats.count(True))  # beats without a kick
        kicks[name] = np.mean(on_beats)
    assert kicks["house"] > 0.8, kicks
    assert kicks["jazz"] < 0.5 * kicks["house"], kicks


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


def test_a_saved_state_plays_the_same_in_a_new_session(tmp_path: Path) -> None:
    """Each of what was set counts: without it other notes are played."""
    file = str(tmp_path / "state")
    values = {"x": 0.82, "y": 0.23, "threshold": 0.35, "style": 0.5, "humanise": 0.8, "seed": 0.3}
    session = Session(RATE, 512)
    session.set(**values)
    saved = session.render(6.0, 124.0)
    session.plugin.save_state(file)

    again = Session(RATE, 512)
    assert notes_of(again.render(6.0, 124.0)) != notes_of(saved)
    again = Session(RATE, 512)
    again.plugin.load_state(file)
    for name, value in values.items():
        kept = again.plugin.get_parameter(again.parameters[name.capitalize()])
        assert kept == pytest.approx(value, abs=1e-3), name
    heard = again.render(6.0, 124.0)
    assert len(heard.events) > 30
    assert notes_of(heard) == notes_of(saved)
    assert heard.audio.tobytes() == saved.audio.tobytes()
    for name in values:
        other = Session(RATE, 512)
        other.plugin.load_state(file)
        other.set(**{name: 0.0})
        assert notes_of(other.render(6.0, 124.0)) != notes_of(saved), name


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


class Killer(threading.Thread):
    """Kills the model process whenever so many notes were recorded as one of ``moments`` says.

    Every second time it kills the next one too, while that is being started.
    """

    def __init__(self, session: Session, moments: Sequence[int]) -> None:
        super().__init__()
        self.slot = Segment.open(session.instance.path).slots[session.instance.slot]
        self.moments = list(moments)
        self.killed: list[int] = []
        self.reached: list[int] = []
        self.over = threading.Event()

    def run(self) -> None:
        for count, moment in enumerate(self.moments):
            if not self._wait(lambda m=moment: self._written() >= m):
                return
            self.reached.append(self._written())
            for _ in range(1 + count % 2):
                if not self._wait(self._kill):
                    return

    def _written(self) -> int:
        record = self.slot["record"]
        return int(record["written"]) - int(record["first"])

    def _kill(self) -> bool:
        for pid in model_processes(os.getpid()):
            if pid not in self.killed and lives(pid):
                os.kill(pid, signal.SIGKILL)
                self.killed.append(pid)
                return True
        return False

    def _wait(self, condition: Callable[[], bool]) -> bool:
        while not condition():
            if self.over.wait(0.0002):
                return False
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_bounce_with_the_process_killed_equals_one_without() -> None:
    seconds = 48.0

    def bounce(moments: Sequence[int]) -> tuple[Bounce, Killer]:
        session = Session(RATE, 512)
        session.automate(curves_for(100), AUTOMATION)
        killer = Killer(session, moments)
        killer.start()
        try:
            return session.render(seconds, 120.0), killer
        finally:
            killer.over.set()
            killer.join()

    undisturbed, _ = bounce([])
    notes = len(undisturbed.events)
    rng = random.Random(5)
    disturbed, killer = bounce(sorted(rng.randrange(int(0.85 * notes)) for _ in range(6)))
    assert len(set(killer.killed)) >= 3 and len(killer.reached) >= 3, "it proves too little"
    assert killer.reached[-1] < notes, "the last was killed after the bounce"
    assert notes_of(disturbed) == notes_of(undisturbed)
    assert disturbed.audio.tobytes() == undisturbed.audio.tobytes()
    # Those killed were waited for, and one lives: no other is left behind.
    eventually(lambda: not set(killer.killed) & set(children(os.getpid())), "their end")
    eventually(lambda: len(model_processes(os.getpid())) == 1, "one model process")


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

    os.environ.setdefault("GROOVEFIELD_PYTHON", sys.executable)
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
    if sys.platform == "linux":
        assert model_processes(os.getpid()) == [int(segment.server["pid"][0])]

    heard = []
    for instance in alive:
        with EventReader(instance) as reader:
            events = reader.read()
        events = events[events["grid_step"] < 32]  # the step at the very end may sound
        played = {(int(e["grid_step"]), int(e["lane"]), int(e["velocity"])) for e in events}
        control = segment.controls[instance.slot]
        at = (float(control["x"]), float(control["y"]))
        # What this instance's own place holds, by the reference.
        curves = {"X": at[0], "Y": at[1], "Threshold": 0.5, "Steps": 31 / 127}
        still = {name: np.array([value]) for name, value in curves.items()}
        wanted = {n[:3] for n in expected_notes(still, 4.0, 120, 512) if n[0] < 32}
        assert len(wanted) > 8
        assert played == wanted, f"the instance at {at}"
        heard.append((at, frozenset(wanted)))
    places_set = {(round(i / 31, 4), round((i * 7 % 32) / 31, 4)) for i in range(32)}
    assert {(round(x, 4), round(y, 4)) for (x, y), _ in heard} == places_set
    assert len({notes for _, notes in heard}) > 16, "the reference itself plays too few patterns"

"""The plugin that ships, in pedalboard: a host without song position, in a Python script."""

from __future__ import annotations

import os
import sys
from typing import Any

import mido
import numpy as np
import pytest
from groovefield import places
from groovefield.field.decoder import default_model, load_decoder
from groovefield.lanes import LANE_INDEX, LANES
from groovefield_bridge.events import EventReader, Instance, instances
from numpy.typing import NDArray

RATE = 48_000
LOW_TOM = LANE_INDEX["low_tom"]
SECONDS = 4.0  # two bars of free run, which is at 120 bpm where the host says no tempo

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
    reason="the plugin is not built: run build/test",
)


def load() -> Any:
    import pedalboard

    os.environ.setdefault("GROOVEFIELD_PYTHON", sys.executable)
    # It strikes a note until it hears it in the mix, with all lanes on outputs of their own: it
    # would wait for the longest time that it may, each time.
    return pedalboard.load_plugin(str(places.plugin()), initialization_timeout=0.2)


def hit(note: int, at: float) -> list[mido.Message]:
    on = mido.Message("note_on", note=note, velocity=110, channel=9, time=at)
    return [on, mido.Message("note_off", note=note, channel=9, time=at + 0.1)]


def loaded() -> tuple[Any, Instance]:
    """A plugin that was prepared, and its place in the shared memory.

    A reset, which each call makes unless told not to, is another instance in pedalboard.
    """
    before = set(instances(os.getpid()))
    plugin = load()
    plugin([], duration=0.1, sample_rate=RATE)
    (instance,) = set(instances(os.getpid())) - before
    return plugin, instance


def free_run(plugin: Any, instance: Instance, rate: int = RATE) -> NDArray[np.void]:
    """The record of some seconds of free run, from its first step on."""
    with EventReader(instance, history=False) as reader:
        plugin.free_run = True
        plugin([], duration=SECONDS, sample_rate=rate, reset=False)
        plugin.free_run = False
        plugin([], duration=0.1, sample_rate=rate, reset=False)
        events = reader.read()
    assert len(events) > 16
    return events


def notes_of(events: NDArray[np.void]) -> list[tuple[int, ...]]:
    fields = ("grid_step", "lane", "note", "velocity", "channel")
    return [tuple(int(e[field]) for field in fields) for e in events]


def first_sound(audio: NDArray[np.float32]) -> int:
    return int(np.flatnonzero(np.abs(audio).max(axis=0) > 1e-5)[0])


def test_notes_sent_to_it_play_its_kit() -> None:
    plugin = load()
    assert plugin.is_instrument
    heard = {}
    for lane in LANES:
        heard[lane.id] = plugin(hit(lane.note, 0.25), duration=1.0, sample_rate=RATE)
        assert abs(first_sound(heard[lane.id]) - RATE // 4) <= 8, lane.id
        assert np.abs(heard[lane.id]).max() > 0.05, lane.id
    power = {name: np.abs(np.fft.rfft(audio[0])) ** 2 for name, audio in heard.items()}
    low = {name: float(each[:80].sum() / each.sum()) for name, each in power.items()}
    assert max(low, key=low.__getitem__) == "kick", low
    assert low["closed_hat"] < low["snare"] < low["kick"]


def test_it_plays_by_itself_where_the_host_has_no_transport() -> None:
    before = set(instances(os.getpid()))
    plugin = load()
    assert {"x", "y", "threshold", "free_run", "density_kick"} <= set(plugin.parameters)
    assert np.abs(plugin([], duration=0.5, sample_rate=RATE)).max() == 0
    (instance,) = set(instances(os.getpid())) - before
    default = load_decoder(default_model())
    with EventReader(instance, history=False) as reader:
        for x, y in ((0.1, 0.1), (0.9, 0.9)):
            plugin.x, plugin.y, plugin.free_run = x, y, True
            audio = plugin([], duration=SECONDS, sample_rate=RATE, reset=False)
            assert np.abs(audio).max() > 0.05
            heard = {(int(e["grid_step"]), int(e["lane"])) for e in reader.read()}
            plugin.free_run = False
            plugin([], duration=1.0, sample_rate=RATE, reset=False)
            reader.read()

            pattern = default.decode(np.array([x, y, *(0.5,) * 6], np.float32))
            lanes, steps = np.nonzero(pattern.probability > 0.5)
            wanted = {(int(s), int(lane)) for s, lane in zip(steps, lanes, strict=True)}
            # Half a beat before the render's end, what is displaced lies within it.
            last = int(SECONDS * 8) - 2
            assert len(wanted) > 8
            assert {n for n in heard if n[0] < last} == {n for n in wanted if n[0] < last}


def test_it_reports_no_latency_and_has_none() -> None:
    plugin, _ = loaded()
    for rate in (44_100, 96_000):
        heard = plugin(hit(36, 0.25), duration=0.5, sample_rate=rate)
        assert plugin.reported_latency_samples == 0
        assert heard.shape[1] == rate // 2
        assert abs(first_sound(heard) - rate // 4) <= 16


def test_one_instance_plays_the_same_at_two_sample_rates() -> None:
    """The same notes at the same moments, and each drum at its own pitch."""
    plugin, instance = loaded()
    plugin.x, plugin.y, plugin.humanise = 0.8, 0.3, 50.0
    low, high, again = (free_run(plugin, instance, rate) for rate in (44_100, 96_000, 44_100))
    assert notes_of(low) == notes_of(high) == notes_of(again)
    seconds = [e["run_samples"] / rate for e, rate in ((low, 44_100), (high, 96_000))]
    # Each is the nearest sample at its rate.
    np.testing.assert_allclose(*seconds, atol=0.51 / 44_100 + 0.51 / 96_000)
    assert (again["run_samples"] == low["run_samples"]).all()

    def ring(rate: int) -> float:
        """Where the power of a low tom that rings lies, in Hz."""
        tom = hit(LANES[LOW_TOM].note, 0.0)
        sound = plugin(tom, duration=0.5, sample_rate=rate, reset=False)
        power = np.abs(np.fft.rfft(sound[0, rate // 10 :], 4 * rate)) ** 2
        return float(power.argmax()) / 4

    assert ring(96_000) == pytest.approx(ring(44_100), rel=0.02)


def test_a_state_in_another_instance_plays_the_same_notes() -> None:
    one, at_one = loaded()
    one.x, one.y, one.threshold, one.humanise, one.seed = 0.85, 0.2, 0.35, 80.0, 77
    one.swing, one.density_ride, one.mute_kick = 62.0, 90.0, True
    wanted = free_run(one, at_one)
    other, at_other = loaded()
    assert notes_of(free_run(other, at_other)) != notes_of(wanted)
    other.raw_state = one.raw_state
    heard = free_run(other, at_other)
    assert notes_of(heard) == notes_of(wanted)
    assert (heard["run_samples"] == wanted["run_samples"]).all()
    assert other.raw_state == one.raw_state


def test_reset_ends_what_rings_and_keeps_what_was_set() -> None:
    plugin, _ = loaded()
    plugin.x, plugin.seed = 0.8, 12

    def rest(reset: bool) -> float:
        """The peak of what a crash leaves for the next block."""
        plugin(hit(LANES[-1].note, 0.0), duration=0.3, sample_rate=RATE, reset=False)
        if reset:
            plugin.reset()
        after = plugin([], duration=0.3, sample_rate=RATE, reset=False)
        return float(np.abs(after).max())

    assert rest(reset=False) > 0.01
    assert rest(reset=True) == 0
    assert plugin.x == pytest.approx(0.8, abs=1e-3)
    assert plugin.seed == 12

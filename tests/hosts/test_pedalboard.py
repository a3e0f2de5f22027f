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
from groovefield.lanes import LANES
from groovefield_bridge.events import EventReader, instances
from numpy.typing import NDArray

RATE = 48_000
SECONDS = 4.0  # two bars of free run, which is at 120 bpm where the host says no tempo

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
    reason="the plugin is not built: run build/test",
)


def load() -> Any:
    import pedalboard

    os.environ.setdefault("GROOVEFIELD_PYTHON", sys.executable)
    return pedalboard.load_plugin(str(places.plugin()))


def hit(note: int, at: float) -> list[mido.Message]:
    on = mido.Message("note_on", note=note, velocity=110, channel=9, time=at)
    return [on, mido.Message("note_off", note=note, channel=9, time=at + 0.1)]


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

"""The outputs of the shipped plugin: the mix, and one for each lane beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from console_library import LANE_IDS, NOTES, ConsoleHost, stopped
from groovefield.lanes import LANES
from numpy.typing import NDArray

KICK, SNARE, CRASH = (LANE_IDS.index(name) for name in ("kick", "snare", "crash"))


def heard(folder: Path, lanes: list[int], on: list[int]) -> NDArray[np.float32]:
    """(samples, channels): each lane struck once by MIDI, with the outputs of some lanes on."""
    folder.mkdir()
    with ConsoleHost(folder, audio=True) as host:
        names = host.do("buses", on=[lane + 1 for lane in on])
        assert names.split(",") == ["Output", *(lane.name for lane in LANES), "Melody"]
        host.prepare(size=512)
        for lane in lanes:
            host.play(stopped(1), midi=[[17, 0x99, NOTES[lane], 100]])
            host.play(stopped(20))
        return host.audio(2 + 2 * len(on))


def test_a_lane_with_an_output_of_its_own_is_there_and_not_in_the_mix(tmp_path: Path) -> None:
    lanes = [KICK, SNARE]
    both = heard(tmp_path / "both", lanes, [])
    assert both.shape[1] == 2
    apart = heard(tmp_path / "apart", lanes, [SNARE, CRASH])
    mix, snare, crash = apart[:, :2], apart[:, 2:4], apart[:, 4:]
    struck = 21 * 512
    assert np.abs(mix[:struck]).max() > 0.1
    assert np.abs(mix[:struck] - both[:struck]).max() == 0
    assert np.flatnonzero(snare.any(axis=1))[0] == struck + 17
    assert np.abs(snare).max() > 0.05
    assert np.abs(mix[struck:] + snare[struck:] - both[struck:]).max() < 1e-4, "bent apart by glue"
    assert not crash.any()

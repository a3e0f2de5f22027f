"""The kit beside real drums: its renders lie in the classes of recorded one-shots."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from development_data import data_root
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]

Floats = NDArray[np.float64]

CLASSES: dict[str, list[str]] = {
    "kick": ["oneshots/kick", "muldjordkit/kick"],
    "snare": ["oneshots/snare", "muldjordkit/snare"],
    "hat": ["oneshots/hat_closed", "muldjordkit/hat_closed"],
    "tom": [
        f"{kit}/tom_{size}"
        for kit in ("oneshots", "muldjordkit")
        for size in ("low", "mid", "high")
    ],
    "cymbal": ["oneshots/other/drum_", "oneshots/other/ride_"],
}
"""Folders of recorded drums (or the beginnings of file names in one), by what they are."""

BELONGS = {
    "kick": "kick",
    "snare": "snare",
    "closed_hat": "hat",
    "low_tom": "tom",
    "mid_tom": "tom",
    "ride": "cymbal",
    "crash": "cymbal",
}
"""Lanes whose class the recordings have; there is no electronic open hat, clap or rim in them."""

EDGES = [20, 70, 110, 160, 240, 450, 900, 1800, 3600, 7200, 16000]


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each lane at three velocities and a groove, from the C++ kit."""
    programs = sorted((ROOT / "build" / "out").glob("**/groovefield_kit_render"))
    if not programs:
        pytest.skip("groovefield_kit_render is not built: run build/test")
    newest = max(programs, key=lambda program: program.stat().st_mtime)
    folder = tmp_path_factory.mktemp("kit")
    subprocess.run([newest, folder], check=True)
    return folder


def read(path: Path) -> tuple[Floats, int]:
    """(samples, channels) from its first sound, and the sample rate."""
    audio, rate = soundfile.read(path, always_2d=True)
    mono = np.abs(audio.mean(axis=1))
    return audio[int(np.argmax(mono > 0.003 * mono.max())) :], int(rate)


def features(path: Path) -> Floats:
    """Ten band levels in dB of the whole and the decay time in thirds of an octave."""
    audio, rate = read(path)
    mono = audio.mean(axis=1)[: 2 * rate]
    power = np.abs(np.fft.rfft(mono, 1 << 17)) ** 2
    hz = np.fft.rfftfreq(1 << 17, 1 / rate)
    bands = [
        power[(hz >= low) & (hz < high)].sum() / power.sum()
        for low, high in itertools.pairwise(EDGES)
    ]
    energy = np.cumsum(mono**2)
    decay = max(float(np.argmax(energy > 0.99 * energy[-1])) / rate, 0.004)
    return np.array(
        [*(max(-45.0, 10 * np.log10(band + 1e-9)) for band in bands), 9 * np.log2(decay)]
    )


def recordings(data: Path, places: list[str]) -> list[Path]:
    return [
        path
        for what in ("*/*.flac", "*.flac")
        for path in sorted(
            path
            for place in places
            for path in (data / place).parent.glob(f"{Path(place).name}{what}")
        )
    ]


@pytest.mark.parametrize("velocity", [70, 100])
def test_each_lane_sounds_like_the_recorded_drums_of_its_name(renders: Path, velocity: int) -> None:
    data = data_root(needs="oneshots")
    recorded = {
        name: [features(path) for path in recordings(data, places)]
        for name, places in CLASSES.items()
    }
    centres = {name: np.mean(rows, axis=0) for name, rows in recorded.items()}
    spread = np.mean([np.std(rows, axis=0) for rows in recorded.values()], axis=0)
    for lane, drum in BELONGS.items():
        sound = features(renders / f"{lane}_{velocity}.wav")
        distance = {
            name: float(np.sqrt(np.mean(((sound - centre) / spread) ** 2)))
            for name, centre in centres.items()
        }
        assert min(distance, key=distance.__getitem__) == drum, (lane, distance)
        # And it is no further from the centre than the recordings of its class reach.
        reach = max(
            float(np.sqrt(np.mean(((row - centres[drum]) / spread) ** 2))) for row in recorded[drum]
        )
        assert distance[drum] < reach, (lane, distance[drum], reach)


def test_the_groove_with_every_lane_keeps_below_full_scale(renders: Path) -> None:
    audio, _ = soundfile.read(renders / "groove.wav")
    peak = 20 * np.log10(np.abs(audio).max())
    assert -12 < peak < -0.5


def test_lanes_are_balanced_as_a_drum_mix_is(renders: Path) -> None:
    """Peaks at full velocity: the kick leads, metal and rim sit under kick and snare."""
    peak = {}
    for path in renders.glob("*_100.wav"):
        audio, _ = soundfile.read(path)
        peak[path.stem.removesuffix("_100")] = 20 * np.log10(np.abs(audio).max())
    assert len(peak) == 11
    assert peak["kick"] == max(peak.values())
    assert peak["kick"] - 4 < peak["snare"] < peak["kick"]
    for lane in ("closed_hat", "open_hat", "ride", "crash"):
        assert peak["kick"] - 10 < peak[lane] < peak["kick"] - 2, (lane, peak)

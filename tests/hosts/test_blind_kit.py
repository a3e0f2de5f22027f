"""The page of pairs as ``groovefield bench blind`` makes it, through the plugin that ships."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from groovefield import places
from groovefield.bench import blind
from groovefield.bench.blind_audio import LEAD, RATE, RING, Kit, loudness
from groovefield.bench.blind_page import decoded
from groovefield.field.decoder import default_model, load_decoder
from groovefield.pattern import Hits

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from small_field import beats
from test_blind import drummers


@pytest.fixture(scope="module", autouse=True)
def _plugin() -> None:
    try:
        places.plugin()
    except places.NotFoundHere as reason:
        pytest.skip(str(reason))


def test_what_the_page_plays_are_the_drawn_windows_through_the_kit(tmp_path: Path) -> None:
    decoder = load_decoder(default_model())
    pairs = blind.draw(decoder, beats(60), drummers(), 1, np.random.default_rng(4))
    said: list[str] = []
    table = blind.write(pairs, tmp_path / "blind.html", said.append)
    assert str(tmp_path / "blind.html") in said[0]
    text = (tmp_path / "blind.html").read_text("utf-8")
    sounds = [decoded(base64.b64decode(s)) for s in re.findall(r'base64,([^"]+)"', text)]
    assert len(sounds) == 6
    clips = [clip for pair in pairs for clip in pair.clips]
    for n, (clip, heard) in enumerate(zip(clips, sounds, strict=True)):
        bpm = pairs[n // 2].bpm
        bars = 2 * 8 * 60 / bpm
        assert heard.shape[1] / RATE == pytest.approx(LEAD + bars + RING, abs=0.01)
        assert 0.05 < np.abs(heard).max() <= 1
        assert np.abs(heard[:, -200:]).max() < 0.01
        _begins_with_its_first_hit(clip, heard, bpm)
        _comes_twice(heard, bars)
    for a, b in zip(sounds[::2], sounds[1::2], strict=True):
        assert abs(loudness(a) - loudness(b)) < 0.5
    rows = {row.name: row for row in table.rows}
    assert rows["pairs"].value == 3
    assert rows["hits by which a pair differs, at most"].met
    assert rows["the page"].value == pytest.approx(len(text.encode()) / 1e6)


def test_hits_sound_as_early_late_and_hard_as_the_window_says() -> None:
    velocity, offset = np.zeros((2, 11, 32), np.float32)
    for step, loud, late in ((0, 1.0, -0.8), (8, 0.3, 0.6), (20, 1.0, 0.0)):
        velocity[1, step], offset[1, step] = loud, late
    heard = Kit().play(Hits(velocity, offset), 100.0)
    level = np.abs(heard).max(0)
    step = 60 / 100 / 4
    peaks = []
    for time in (0, 32):
        for at, late in ((0, -0.8), (8, 0.6), (20, 0.0)):
            expected = round((LEAD + (time + at + late / 2) * step) * RATE)
            assert level[expected - 100 : expected - 1].max() < 0.01  # a sample is rounding
            assert level[expected : expected + 100].max() > 0.02
            peaks.append(level[expected : expected + 2_000].max())
    assert peaks[0] > 2 * peaks[1] and peaks[2] > 2 * peaks[1]
    assert peaks[:3] == pytest.approx(peaks[3:], rel=0.2)


def _begins_with_its_first_hit(clip: blind.Clip, heard: np.ndarray, bpm: float) -> None:
    lanes, steps = np.nonzero(clip.hits.onset)
    step = 60 / bpm / 4
    first = LEAD + float((steps + clip.hits.offset[lanes, steps] / 2).min()) * step
    level = np.abs(heard).max(0)
    began = np.flatnonzero(level > 0.02)[0] / RATE
    assert began == pytest.approx(max(0.0, first), abs=0.01)


def _comes_twice(heard: np.ndarray, bars: float) -> None:
    """The second time is like the first, but for what still rings from it."""
    half, begin = round(bars / 2 * RATE), round((LEAD + 0.5) * RATE)
    first, again = heard[0, begin:half], heard[0, begin + half : 2 * half]
    assert np.corrcoef(first, again)[0, 1] > 0.7

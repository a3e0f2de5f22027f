"""Windows of loops: whole ones from any length that divides or fills the grid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.lanes import LANES
from groovefield.loops.read import RATE, Audio
from groovefield.loops.reading import LoopReading, Override, read_sound
from groovefield.loops.rhythm import load_rhythm, rhythm_windows
from groovefield.loops.windows import load_loop, loop_windows
from groovefield.material.cache import pack, unpack
from groovefield.material.midi_files import MaterialError
from groovefield.material.readers import FileWindows
from groovefield.pattern import Grid
from loops_library import HAT, KICK, SNARE, rock_audio, write_audio


def reading(hits: list[tuple[float, int, float]], beats: float = 8) -> LoopReading:
    """A reading at 120 bpm with (beat, lane, velocity) hits, one an onset."""
    struck = np.zeros((len(hits), len(LANES)), dtype=bool)
    velocity = np.zeros(struck.shape, dtype=np.float32)
    for row, (_, lane, force) in enumerate(hits):
        struck[row, lane], velocity[row, lane] = True, force
    return LoopReading(
        path=Path("made.wav"), seconds=beats / 2, bpm=120.0, confidence=1.0, source="a test",
        beats=beats, start=0.0, exact=True, time=np.array([beat / 2 for beat, _, _ in hits]),
        struck=struck, velocity=velocity, chance=struck.astype(np.float32),
    )  # fmt: skip


def test_hits_land_in_their_cells_with_their_offsets() -> None:
    windows = loop_windows(reading([(0, KICK, 0.9), (1.1, SNARE, 0.5), (4.25, HAT, 0.3)]))
    (hits,) = windows.hits
    assert hits.onset.sum() == 3
    assert hits.velocity[KICK, 0] == pytest.approx(0.9)
    # 0.1 beat after beat 1 is 0.4 of a sixteenth: 0.8 half steps late.
    assert hits.offset[SNARE, 4] == pytest.approx(0.8)
    assert hits.onset[HAT, 17]
    assert hits.bpm == 120


def test_a_hit_just_before_the_end_is_an_early_one_of_the_first_beat() -> None:
    (hits,) = loop_windows(reading([(0.5, HAT, 0.5), (4, HAT, 0.4), (7.95, KICK, 0.9)])).hits
    assert hits.offset[KICK, 0] == pytest.approx(-0.4)


def test_a_hit_in_the_cell_of_a_louder_one_is_counted_and_goes_through_the_cache() -> None:
    roll = [(0.25 * beat, SNARE, 0.9) for beat in range(32)] + [(0.02, SNARE, 0.3)]
    windows = loop_windows(reading(sorted(roll)))
    assert windows.doubled == 1
    kept = FileWindows(windows, Grid(), Grid(), "loop")
    again = unpack(pack(kept, "entry"), "entry", Path("roll.wav"))
    assert again.windows.doubled == 1
    np.testing.assert_array_equal(again.windows.hits[0].velocity, windows.hits[0].velocity)


@pytest.mark.parametrize(("beats", "windows"), [(2, 1), (4, 1), (8, 1), (12, 2), (16, 3), (32, 7)])
def test_half_a_bar_to_eight_make_whole_windows(beats: int, windows: int) -> None:
    random = np.random.default_rng(1)
    hits = [
        (beat + 0.25 * (beat % 3), KICK, float(random.uniform(0.3, 1))) for beat in range(beats)
    ]
    made = loop_windows(reading(hits, beats))
    assert len(made.hits) == windows
    assert all(window.velocity.shape == (11, 32) for window in made.hits)


def test_a_short_loop_is_repeated() -> None:
    (hits,) = loop_windows(reading([(0, KICK, 0.9), (1.5, SNARE, 0.6)], beats=2)).hits
    for repeat in range(4):
        assert np.array_equal(hits.velocity[:, 8 * repeat : 8 * repeat + 8], hits.velocity[:, :8])


def test_equal_bars_are_one_window() -> None:
    hits = [(beat, KICK if beat % 4 == 0 else SNARE, 0.8) for beat in range(16)]
    made = loop_windows(reading(hits, 16))
    assert (len(made.hits), made.repeats) == (1, 2)


def test_a_length_that_fills_no_window_is_refused() -> None:
    with pytest.raises(MaterialError, match=r"made\.wav is 3 beats long"):
        loop_windows(reading([(0, KICK, 0.9)], beats=3))


def test_other_grids() -> None:
    hits = [(0.0, KICK, 0.9), (1 / 3, HAT, 0.4), (2 / 3, HAT, 0.5), (3.0, SNARE, 0.8)]
    (triplets,) = loop_windows(reading(hits, 4), Grid(3, 4)).hits
    assert np.flatnonzero(triplets.onset[HAT]).tolist() == [1, 2]
    assert np.abs(triplets.offset).max() < 1e-5
    (waltz,) = loop_windows(reading(hits, 3), Grid(4, 6)).hits
    assert waltz.onset[KICK, [0, 12]].all()


def test_a_file_becomes_the_pattern_that_was_rendered(tmp_path: Path) -> None:
    file = write_audio(tmp_path / "rock.wav", rock_audio(2, 100))
    (hits,) = load_loop(file, tags={"style": "rock"}).hits
    assert np.flatnonzero(hits.onset[KICK]).tolist() == [0, 8, 16, 24]
    assert np.flatnonzero(hits.onset[SNARE]).tolist() == [4, 12, 20, 28]
    assert hits.onset[HAT, 2::4].all()
    assert hits.tags["style"] == "rock"
    assert hits.tags["file"] == "rock.wav"
    assert np.abs(hits.offset[hits.onset]).max() < 0.2


def test_a_melody_is_one_lane(tmp_path: Path) -> None:
    """Eight plucked notes at 120 bpm, on beats and an off-beat, become a rhythm."""
    beats = [0.0, 1.0, 1.5, 3.0, 4.0, 5.0, 5.5, 7.0]
    audio = np.zeros(4 * RATE, dtype=np.float32)
    for number, beat in enumerate(beats):
        t = np.arange(RATE // 3) / RATE
        pitch = 220 * 2 ** (number % 5 * 3 / 12)
        note = np.sin(2 * np.pi * pitch * t) + 0.5 * np.sin(4 * np.pi * pitch * t)
        note *= np.exp(-8 * t) * np.linspace(1, 0, len(t))
        start = round(beat / 2 * RATE)
        audio[start : start + len(t)] += (note * np.exp(-8 * t) * np.hanning(2 * len(t))[len(t) :])[
            : len(audio) - start
        ]
    file = write_audio(tmp_path / "melody.wav", 0.4 * audio)
    (hits,) = load_rhythm(file, override=Override(bpm=120)).hits
    assert hits.velocity.shape == (1, 32)
    assert np.flatnonzero(hits.onset[0]).tolist() == [round(4 * beat) for beat in beats]
    assert hits.tags["melodic"]


def test_a_rhythm_takes_the_loudest_of_what_sounds() -> None:
    drums = reading([(0, KICK, 0.9), (2, SNARE, 0.5), (4, HAT, 0.2)])
    (hits,) = rhythm_windows(drums).hits
    assert hits.velocity[0, [0, 8, 16]].tolist() == pytest.approx([0.9, 0.5, 0.2])


def test_a_loop_with_a_start_given_is_cut_from_there() -> None:
    late = np.concatenate([np.zeros(RATE // 2, np.float32), rock_audio(2, 120)])
    audio = Audio(Path("late.wav"), late, RATE)
    found = read_sound(audio, Override(bpm=120, start=0.5))
    windows = loop_windows(replace(found, exact=False))
    assert np.flatnonzero(windows.hits[0].onset[KICK]).tolist() == [0, 8, 16, 24]

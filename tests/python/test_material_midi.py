"""A MIDI file is read to the cells, velocities and offsets that were written into it."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.material.drum_maps import GENERAL_MIDI, NOTE_TABLE, ROLAND_TD11, map_for_notes
from groovefield.material.midi_files import MaterialError, hits_windows, read_midi
from groovefield.pattern import Grid
from material_library import rock_bars, write_midi

KICK, SNARE, CLOSED_HAT = 0, 1, 2


def test_a_written_groove_comes_back_cell_for_cell(tmp_path: Path) -> None:
    # A sixteenth is 120 ticks: the snare drags by 24 (0.4 of a half step), the hat rushes by 30.
    notes = [(0, 36, 127), (480 + 24, 38, 100), (720 - 30, 42, 64), (3720, 46, 1)]
    windows = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes)))
    (hits,) = windows.hits
    assert {(int(lane), int(step)) for lane, step in np.argwhere(hits.onset)} == {
        (KICK, 0),
        (SNARE, 4),
        (CLOSED_HAT, 6),
        (LANE_INDEX["open_hat"], 31),
    }
    assert hits.velocity[KICK, 0] == 1.0
    assert hits.velocity[SNARE, 4] == pytest.approx(100 / 127)
    assert hits.velocity[LANE_INDEX["open_hat"], 31] == pytest.approx(1 / 127)
    assert hits.offset[KICK, 0] == 0.0
    assert hits.offset[SNARE, 4] == pytest.approx(0.4)
    assert hits.offset[CLOSED_HAT, 6] == pytest.approx(-0.5)
    assert hits.offset[~hits.onset].any() == False  # noqa: E712 - an array, and all of it
    assert hits.bpm == pytest.approx(120.0)


@pytest.mark.parametrize("ticks_per_beat", [96, 480, 960])
def test_random_grooves_equal_a_note_by_note_reference(tmp_path: Path, ticks_per_beat: int) -> None:
    random = np.random.default_rng(ticks_per_beat)
    bars, step_ticks = 6, ticks_per_beat / 4
    notes = {
        (int(random.integers(0, bars * 4 * ticks_per_beat - step_ticks)), lane.note)
        for lane in LANES
        for _ in range(80)
    }
    written = [(tick, note, int(random.integers(1, 128))) for tick, note in sorted(notes)]
    drums = read_midi(write_midi(tmp_path / "r.mid", written, ticks_per_beat=ticks_per_beat))
    windows = hits_windows(drums)
    assert len(windows.hits) == bars - 1

    cells: dict[tuple[int, int], tuple[int, float]] = {}
    for tick, note, velocity in written:
        step = int(tick / step_ticks + 0.5)
        cell = ([lane.note for lane in LANES].index(note), step)
        if velocity > cells.get(cell, (0, 0.0))[0]:
            cells[cell] = (velocity, 2 * (tick / step_ticks - step))
    for hits in windows.hits:
        first = 16 * hits.tags["bar"]
        inside = {c: v for c, v in cells.items() if first <= c[1] < first + 32}
        assert hits.onset.sum() == len(inside)
        for (lane, step), (velocity, offset) in inside.items():
            assert hits.velocity[lane, step - first] == pytest.approx(velocity / 127)
            # Two hits as loud in one cell: either may be the one kept.
            assert abs(hits.offset[lane, step - first]) <= 1.0
            ties = sum(
                int(t / step_ticks + 0.5) == step and n == LANES[lane].note and v == velocity
                for t, n, v in written
            )
            if ties == 1:
                assert hits.offset[lane, step - first] == pytest.approx(offset, abs=1e-5)
    assert windows.doubled == len(written) - len(cells)


def test_offsets_follow_the_tempo_map_not_the_clock(tmp_path: Path) -> None:
    straight = write_midi(tmp_path / "a.mid", rock_bars(4))
    curve = [(beat * 480, 80.0 + 7 * beat) for beat in range(16)]
    curved = write_midi(tmp_path / "b.mid", rock_bars(4), tempos=curve)
    a, b = hits_windows(read_midi(straight)), hits_windows(read_midi(curved))
    for left, right in zip(a.hits, b.hits, strict=True):
        np.testing.assert_array_equal(left.velocity, right.velocity)
        np.testing.assert_array_equal(left.offset, right.offset)
    # Eight beats, each at its own tempo: their mean pace is the harmonic mean.
    expected = 8 / sum(1 / bpm for _, bpm in curve[:8])
    assert b.hits[0].bpm == pytest.approx(expected, rel=1e-4)
    assert a.hits[0].bpm == pytest.approx(120.0)


def test_a_hit_just_before_the_bar_is_an_early_hit_of_that_bar(tmp_path: Path) -> None:
    notes = [*rock_bars(3), (1920 - 20, 49, 110)]
    first, second = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes))).hits
    crash = LANE_INDEX["crash"]
    assert second.onset[crash, 0]
    assert second.offset[crash, 0] == pytest.approx(-20 / 60)
    assert first.onset[crash, 16] and not first.onset[crash, 15]


def test_half_a_step_belongs_to_the_later_line(tmp_path: Path) -> None:
    notes = [*rock_bars(2), (60, 37, 90)]
    (hits,) = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes))).hits
    assert hits.offset[LANE_INDEX["rim"], 1] == -1.0


def test_of_hits_in_one_cell_the_loudest_is_kept_and_the_rest_counted(tmp_path: Path) -> None:
    notes = [*rock_bars(2), (250, 37, 40), (230, 37, 80), (240, 37, 60)]
    windows = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes)))
    rim = LANE_INDEX["rim"]
    assert windows.doubled == 2
    assert windows.hits[0].velocity[rim, 2] == pytest.approx(80 / 127)
    assert windows.hits[0].offset[rim, 2] == pytest.approx(-10 / 60)


def test_exact_repeats_are_left_out_and_counted(tmp_path: Path) -> None:
    bar = [(tick, note, 80) for tick, note, _ in rock_bars(1)]
    notes = [(tick + 1920 * i, note, velocity) for i in range(8) for tick, note, velocity in bar]
    windows = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes)))
    assert len(windows.hits) == 1
    assert windows.repeats == 6


def test_a_pick_up_and_a_last_crash_are_not_bars(tmp_path: Path) -> None:
    pick_up = [(1800, 38, 60)]
    music = [(tick + 1920, note, velocity) for tick, note, velocity in rock_bars(3)]
    windows = hits_windows(
        read_midi(write_midi(tmp_path / "a.mid", [*pick_up, *music, (4 * 1920, 49, 120)]))
    )
    assert [hits.tags["bar"] for hits in windows.hits] == [1, 2]
    assert windows.outside == 2


def test_windows_with_an_empty_bar_are_left_out(tmp_path: Path) -> None:
    notes = [*rock_bars(2), *((t + 3 * 1920, n, v + 5) for t, n, v in rock_bars(2))]
    windows = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes)))
    assert [hits.tags["bar"] for hits in windows.hits] == [0, 3]
    assert windows.sparse == 2


def test_triplets_and_waltzes_are_other_grids(tmp_path: Path) -> None:
    triplets = [(160 * i, 42, 80) for i in range(24)]
    (hits,) = hits_windows(read_midi(write_midi(tmp_path / "t.mid", triplets)), Grid(3, 8)).hits
    assert hits.onset[CLOSED_HAT].all() and not hits.offset.any()

    waltz = [(480 * i, 36 if i % 3 == 0 else 42, 80 + i) for i in range(9)]
    path = write_midi(tmp_path / "w.mid", waltz, metres=[(0, 3, 4)])
    on_four = hits_windows(read_midi(path))
    assert on_four.hits == [] and on_four.other_metre == 3 and on_four.metres == {"3/4"}
    on_three = hits_windows(read_midi(path), Grid(4, 6))
    assert len(on_three.hits) == 2
    assert list(np.flatnonzero(on_three.hits[0].onset[KICK])) == [0, 12]


def test_a_new_metre_begins_a_new_count_of_bars(tmp_path: Path) -> None:
    # Two bars of 4/4, one of 3/4, two of 4/4: only the two ends hold windows.
    later = 2 * 1920 + 3 * 480
    notes = [
        *rock_bars(2),
        *((2 * 1920 + 480 * i, 51, 90) for i in range(3)),
        *((t + later, n, v - 9) for t, n, v in rock_bars(2)),
    ]
    path = write_midi(
        tmp_path / "m.mid", notes, metres=[(0, 4, 4), (2 * 1920, 3, 4), (later, 4, 4)]
    )
    windows = hits_windows(read_midi(path))
    assert len(windows.hits) == 2
    assert all(list(np.flatnonzero(h.onset[KICK])) == [0, 8, 16, 24] for h in windows.hits)
    assert not any(hits.onset[LANE_INDEX["ride"]].any() for hits in windows.hits)


def test_a_one_bar_loop_is_repeated_to_fill_the_grid(tmp_path: Path) -> None:
    drums = read_midi(write_midi(tmp_path / "a.mid", rock_bars(1)))
    assert hits_windows(drums).hits == []
    (hits,) = hits_windows(drums, repeat_short=True).hits
    np.testing.assert_array_equal(hits.velocity[:, :16], hits.velocity[:, 16:])
    assert list(np.flatnonzero(hits.onset[KICK])) == [0, 8, 16, 24]


def test_notes_with_no_lane_are_counted(tmp_path: Path) -> None:
    notes = [*rock_bars(2), (100, 33, 90), (200, 33, 90), (300, 81, 90)]
    windows = hits_windows(read_midi(write_midi(tmp_path / "a.mid", notes)))
    assert windows.unmapped == {33: 2}
    assert windows.notes == len(notes)


def test_drums_on_another_channel_are_read_and_a_melody_is_not(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "drums.mid", rock_bars(2), channel=0)
    assert len(hits_windows(read_midi(path)).hits) == 1
    melody = [(480 * i, 90 + i, 80) for i in range(8)]
    with pytest.raises(MaterialError, match=r"tune\.mid has no notes on the drum channel"):
        read_midi(write_midi(tmp_path / "tune.mid", melody, channel=0))


def test_only_channel_ten_of_a_song_is_read(tmp_path: Path) -> None:
    drums = mido.MidiFile(str(write_midi(tmp_path / "d.mid", rock_bars(2))))
    bass = mido.MidiFile(str(write_midi(tmp_path / "b.mid", [(0, 40, 90)], channel=1)))
    song = mido.MidiFile(type=1, ticks_per_beat=480)
    song.tracks += [drums.tracks[0], bass.tracks[0]]
    song.save(str(tmp_path / "song.mid"))
    assert len(read_midi(tmp_path / "song.mid").note) == len(rock_bars(2))


def _broken(kind: str, path: Path) -> Path:
    good = write_midi(path, rock_bars(2)).read_bytes()
    header = b"MThd\0\0\0\6\0\1\0\1\1\xe0"
    path.write_bytes(
        {
            "empty": b"",
            "text": b"a list of drums to buy, in plain text",
            "header": good[:9],
            "cut": good[:60],
            "type2": good[:9] + b"\2" + good[10:],
            "frames": good[:12] + b"\xe7\x28" + good[14:],
            "no ticks": good[:12] + b"\0\0" + good[14:],
            "no notes": header + b"MTrk\0\0\0\4\0\xff\x2f\0",
            "rubbish": header + b"MTrk\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff",
        }[kind]
    )
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("empty", "is empty"),
        ("text", "is not a MIDI file"),
        ("header", "header is cut short"),
        ("cut", "is a broken MIDI file"),
        ("type2", "type 2 MIDI file"),
        ("frames", "counts time in film frames"),
        ("no ticks", "is a broken MIDI file: its beats have no ticks"),
        ("no notes", "holds no notes"),
        ("rubbish", "."),
    ],
)
def test_bad_files_end_in_a_sentence_with_name_and_reason(
    tmp_path: Path, kind: str, reason: str
) -> None:
    with pytest.raises(MaterialError) as raised:
        read_midi(_broken(kind, tmp_path / "groove.mid"))
    sentence = str(raised.value)
    assert "groove.mid" in sentence and reason in sentence and sentence.endswith(".")


def test_damaged_files_never_raise_anything_else(tmp_path: Path) -> None:
    good = write_midi(tmp_path / "good.mid", rock_bars(3)).read_bytes()
    random = np.random.default_rng(1)
    path = tmp_path / "bad.mid"
    for _ in range(300):
        data = bytearray(good)
        for place in random.integers(0, len(data), random.integers(1, 6)):
            data[place] = random.integers(0, 256)
        path.write_bytes(bytes(data[: random.integers(1, len(data) + 1)]))
        try:
            for hits in hits_windows(read_midi(path)).hits:
                assert np.isfinite(hits.velocity).all() and (hits.velocity <= 1).all()
                assert (hits.offset >= -1).all() and (hits.offset < 1).all()
        except MaterialError:
            continue


def test_a_note_hours_away_is_refused(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "far.mid", [(0, 36, 90), (200_000_000, 36, 90)])
    with pytest.raises(MaterialError, match=r"far\.mid is too long for a groove"):
        hits_windows(read_midi(path))


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match=r"gone\.mid cannot be read"):
        read_midi(tmp_path / "gone.mid")


def test_every_lane_note_comes_in_on_its_own_lane() -> None:
    numbers = GENERAL_MIDI.lane_numbers()
    assert [int(numbers[lane.note]) for lane in LANES] == list(range(len(LANES)))


def test_the_roland_map_is_the_kits() -> None:
    lanes = {
        "closed_hat": (22, 42, 44),
        "open_hat": (26, 46),
        "ride": (51, 53, 59),
        "crash": (49, 52, 55, 57),
        "low_tom": (43, 58),
        "mid_tom": (45, 47),
        "high_tom": (48, 50),
        "rim": (37,),
        "snare": (38, 40),
        "kick": (35, 36),
    }
    for lane, notes in lanes.items():
        assert {ROLAND_TD11.lanes[note] for note in notes} == {lane}
    assert 58 not in GENERAL_MIDI.lanes
    assert map_for_notes(np.array([36, 58])) is GENERAL_MIDI
    assert map_for_notes(np.array([36, 22])) is ROLAND_TD11


def test_the_table_holds_every_note_of_general_midi_once() -> None:
    notes = [row.note for row in NOTE_TABLE]
    assert len(set(notes)) == len(notes) and set(range(35, 82)) <= set(notes)
    assert all(row.gm in LANE_INDEX or row.gm == "" for row in NOTE_TABLE)

"""What a musician drops is read on one grid, held back by file, and accounted for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import mido
import numpy as np
import pytest
from development_data import data_root
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder
from groovefield.lanes import LANE_INDEX
from groovefield.material.drum_maps import DRUM_RACK, GENERAL_MIDI, DrumMap
from groovefield.material.importing import ImportCancelled, inspect_file, load_paths
from groovefield.material.midi_files import MaterialError, read_midi
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.material.split import groups, split
from groovefield.pattern import Grid
from groovefield.trainer.control import Control
from groovefield.trainer.job import Job
from groovefield.trainer.run import run
from material_library import rock_bars, write_midi

Notes = list[tuple[int, int, int]]


def _quieter(bars: int, by: int) -> Notes:
    return [(tick, note, velocity - by) for tick, note, velocity in rock_bars(bars)]


def _shuffle(bars: int, by: int = 0) -> Notes:
    """Swung eighths, and every triplet of the last beat."""
    notes = []
    for beat in range(4 * bars):
        notes += [(480 * beat, 36, 100 - by), (480 * beat + 320, 42, 70 - by)]
        if beat % 4 == 3:
            notes.append((480 * beat + 160, 38, 60 - by))
    return sorted(notes)


def _waltz(bars: int, by: int = 0) -> Notes:
    return [(480 * i, 36 if i % 3 == 0 else 42, 60 + i - by) for i in range(3 * bars)]


def _tracks(path: Path, *tracks: tuple[str, int, int, Notes]) -> Path:
    """A type 1 file of (name, channel, program, notes)."""
    song = mido.MidiFile(type=1, ticks_per_beat=480)
    for name, channel, program, notes in tracks:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=program))
        written = mido.MidiFile(str(write_midi(path, notes, channel=channel)))
        track += [m for m in written.tracks[0] if m.type in ("note_on", "note_off")]
        song.tracks.append(track)
    song.charset = "utf-8"
    song.save(str(path))
    return path


@pytest.mark.parametrize("name", ["Drums", "Live Hi-Hats", "Batería", "ドラム", "main perc 2"])
def test_without_channel_ten_tracks_named_like_drums_are_the_drums(
    tmp_path: Path, name: str
) -> None:
    tune = [(480 * i, 40 + i, 90) for i in range(8)]
    song = _tracks(tmp_path / "s.mid", (name, 0, 0, rock_bars(2)), ("Drum & Bass line", 1, 0, tune))
    drums = read_midi(song)
    assert drums.rule == "track names"
    assert len(drums.note) == len(rock_bars(2))
    assert len(read_midi(song, "all notes").note) == len(rock_bars(2)) + 8
    with pytest.raises(MaterialError, match=r"s\.mid has no notes on the drum channel"):
        read_midi(song, "channel 10")


def test_channel_ten_comes_before_names_and_either_can_be_asked_for(tmp_path: Path) -> None:
    song = _tracks(tmp_path / "s.mid", ("Drums", 0, 0, rock_bars(3)), ("", 9, 0, rock_bars(2)))
    assert read_midi(song).rule == "channel 10"
    assert len(read_midi(song).note) == len(rock_bars(2))
    assert len(read_midi(song, "track names").note) == len(rock_bars(3))


def test_all_notes_are_drums_only_if_most_are_in_the_active_map(tmp_path: Path) -> None:
    odd = DrumMap("odd", {1: "kick", 2: "snare"})
    notes = [(240 * i, 1 + i % 2, 90) for i in range(32)] + [(240 * i, 90, 80) for i in range(20)]
    clip = write_midi(tmp_path / "clip.mid", sorted(notes), channel=0)
    with pytest.raises(MaterialError, match="the notes it has are not drums"):
        read_midi(clip)
    report = inspect_file(clip, ImportSettings(FileSettings(drum_map=odd)))
    assert (report.rule, report.drum_map, report.unmapped) == ("all notes", "odd", {90: 20})
    assert report.used


def test_a_song_of_other_instruments_is_not_taken_for_drums(tmp_path: Path) -> None:
    bass = [(240 * i, 36 + i % 12, 90) for i in range(32)]
    song = _tracks(tmp_path / "bass.mid", ("", 0, 33, bass))
    report = inspect_file(song)
    assert not report.used and "for other instruments" in report.reason
    assert inspect_file(song, ImportSettings(FileSettings(rule="all notes"))).used


def test_a_drum_racks_pads_are_read_as_its_kits_lay_them_out(tmp_path: Path) -> None:
    toms = [(960 * i, note, 90) for i, note in enumerate((41, 43, 45, 36, 38, 39, 42, 46))]
    report = inspect_file(write_midi(tmp_path / "rack.mid", toms, channel=0))
    assert report.drum_map == "Drum Rack" and report.rule == "all notes"
    assert [DRUM_RACK.lanes[n] for n in (41, 43, 45)] == ["low_tom", "mid_tom", "high_tom"]
    assert inspect_file(write_midi(tmp_path / "gm.mid", toms)).drum_map == GENERAL_MIDI.name
    material = load_paths([tmp_path / "rack.mid"])
    assert material.onset[0, LANE_INDEX["mid_tom"], 8]


def test_a_correction_follows_its_file_and_no_other(tmp_path: Path) -> None:
    first = write_midi(tmp_path / "a.mid", rock_bars(2))
    write_midi(tmp_path / "b.mid", _quieter(2, 10))
    moved = DrumMap("moved", {**GENERAL_MIDI.lanes, 38: "clap"})
    key = inspect_file(first).key
    chosen = ImportSettings(files={key: FileSettings(drum_map=moved)})
    material = load_paths([tmp_path], chosen)
    maps = {file.file: file.drum_map for file in material.report.files}
    assert maps == {"a.mid": "moved", "b.mid": "General MIDI"}
    claps = material.onset[:, LANE_INDEX["clap"]].any(axis=1).tolist()
    assert claps == [True, False]


@pytest.mark.parametrize(
    ("notes", "metre", "grid"),
    [
        (rock_bars(4), (4, 4), Grid(4, 8)),
        (_shuffle(4), (4, 4), Grid(3, 8)),
        (_waltz(4), (3, 4), Grid(4, 6)),
        ([(240 * i, 36 if i % 6 == 0 else 42, 60 + i) for i in range(24)], (6, 8), Grid(4, 6)),
        ([(240 * i, 36 if i % 7 == 0 else 42, 60 + i) for i in range(28)], (7, 8), Grid(4, 7)),
        ([(80 * i, 42, 60 + i % 40) for i in range(96)], (4, 4), Grid(6, 8)),
        # Swung sixteenths are sixteenths with offsets, as an MPC plays them.
        ([(240 * i + d, 42, 60 + i) for i in range(32) for d in (0, 150)], (4, 4), Grid(4, 8)),
    ],
)
def test_a_file_is_laid_on_its_own_grid(
    tmp_path: Path, notes: Notes, metre: tuple[int, int], grid: Grid
) -> None:
    path = write_midi(tmp_path / "a.mid", notes, metres=[(0, *metre)])
    material = load_paths([path])
    assert material.grid == grid and material.report.grid == grid
    assert material.onset.shape[2] == grid.steps
    if grid != Grid(4, 8):
        assert not material.offset.any()


def test_the_grid_of_most_files_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    for i in range(3):
        write_midi(tmp_path / f"shuffle{i}.mid", _shuffle(4, i))
    write_midi(tmp_path / "straight.mid", rock_bars(4))
    write_midi(tmp_path / "waltz.mid", _waltz(4), metres=[(0, 3, 4)])
    write_midi(tmp_path / "quarters.mid", [(480 * i, 36, 60 + i) for i in range(16)])
    material = load_paths([tmp_path])
    assert material.grid == Grid(3, 8)
    used = {file.file for file in material.report.files if file.used}
    # Hits on beats alone lie on any grid.
    assert used == {"shuffle0.mid", "shuffle1.mid", "shuffle2.mid", "quarters.mid"}
    reasons = {file.file: file.reason for file in material.report.refused}
    assert "straight.mid lies on 8 beats in sixteenths" in reasons["straight.mid"]
    assert "waltz.mid" in reasons["waltz.mid"]
    said = " ".join(material.report.sentences())
    assert (
        "8 beats in triplets (24 steps); 2 are on another grid and were left out. Train them"
        in said
    )
    assert "groovefield inspect --remember --grid 3x8 FILE" in said

    forced = load_paths([tmp_path], ImportSettings(FileSettings(grid=Grid(4, 8))))
    assert "straight.mid" in {file.file for file in forced.report.files if file.used}


def test_real_shuffles_are_on_triplets_and_straight_rock_is_not() -> None:
    root = data_root() / "gmd"
    blues = inspect_file(root / "drummer4/session1/6_blues-shuffle_134_beat_4-4.mid")
    funk = inspect_file(root / "drummer1/session1/1_funk_80_beat_4-4.mid")
    assert blues.grid == Grid(3, 8) and funk.grid == Grid(4, 8)
    assert funk.drum_map == "Roland TD-11" and funk.rule == "channel 10"


def test_songs_say_how_their_drums_were_found() -> None:
    material = load_paths([data_root() / "freedoom"])
    rules = {file.rule for file in material.report.files if file.used}
    assert rules == {"channel 10"}
    for file in material.report.refused:
        assert file.file in file.reason and file.reason.endswith("."), file
    json.dumps(material.report.to_json())


def test_files_and_folders_are_read_together_and_a_file_once(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    write_midi(one / "a.mid", rock_bars(3))
    write_midi(two / "a.mid", _quieter(3, 20))
    loose = write_midi(tmp_path / "loose.mid", _quieter(3, 30))
    told: list[tuple[int, int]] = []
    material = load_paths(
        [one, two, loose, one / "a.mid", tmp_path / "gone.mid", tmp_path / "notes.txt"],
        progress=lambda done, of: told.append((done, of)),
    )
    assert [file.file for file in material.report.files if file.used] == [
        "one/a.mid",
        "two/a.mid",
        "loose.mid",
    ]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert {tags["style"] for tags in material.tags} == {"one", "two", ""}
    reasons = [file.reason for file in material.report.refused]
    assert reasons == ["gone.mid is not there.", "notes.txt is not there."]
    with pytest.raises(ImportCancelled):
        load_paths([one], cancel=lambda: True)


def test_styles_come_from_a_table_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    write_midi(tmp_path / "house" / "a.mid", rock_bars(2))
    write_midi(tmp_path / "b.mid", _quieter(2, 20))
    (tmp_path / "info.csv").write_text("filename,genre\nb.mid,techno/dub\n", "utf-8")
    material = load_paths([tmp_path])
    styles = {str(t["file"]): t["style"] for t in material.tags}
    assert styles == {"house/a.mid": "house", "b.mid": "techno"}


def test_copies_are_held_back_together(tmp_path: Path) -> None:
    for i in range(60):
        write_midi(tmp_path / f"{i:02}.mid", _quieter(3, i))
        # The same with a bar more at its end, under another name.
        longer = [*_quieter(3, i), *((t + 3 * 1920, n, v + 3) for t, n, v in _quieter(1, i))]
        write_midi(tmp_path / f"{i:02} longer.mid", longer)
    material = load_paths([tmp_path])
    parts: dict[str, set[str]] = {}
    for tags in material.tags:
        parts.setdefault(str(tags["file"])[:2], set()).add(str(tags["split"]))
    assert all(len(part) == 1 for part in parts.values())
    held_back = sum(part == {"validation"} for part in parts.values())
    assert 1 <= held_back <= 15


def test_the_split_is_by_content_and_from_forty_files_up() -> None:
    def windows(count: int) -> list[list[bytes]]:
        return [[f"{i} {bar}".encode() for bar in range(4)] for i in range(count)]

    assert set(split(windows(39))) == {"train"}
    few, many = split(windows(40)), split(windows(400))
    assert "validation" in few
    assert 20 <= many.count("validation") <= 60
    # More files move none (unless the few had to give one up).
    assert split(windows(100)) == many[:100]
    # Forty copies are one file.
    assert set(split([windows(1)[0]] * 40)) == {"train"}
    same = groups([[b"a", b"b"], [b"c"], [b"b", b"d", b"x"], [b"d", b"e", b"f", b"g", b"h"]])
    assert same[0] == same[2] != same[1] and same[3] not in same[:3]


def test_an_absurd_tempo_is_a_sentence_and_a_fermata_is_not(tmp_path: Path) -> None:
    fast = write_midi(tmp_path / "fast.mid", rock_bars(2), tempos=[(0, 5_000_000)])
    assert inspect_file(fast).reason == "fast.mid states a tempo that no music has."
    zero = write_midi(tmp_path / "zero.mid", rock_bars(2))
    zero.write_bytes(zero.read_bytes().replace(b"\xff\x51\x03\x07\xa1\x20", b"\xff\x51\x03\0\0\0"))
    assert "no music has" in inspect_file(zero).reason
    end = write_midi(tmp_path / "end.mid", rock_bars(4), tempos=[(0, 100), (4 * 1920, 3.6)])
    assert inspect_file(end).windows == 3


def test_every_kind_of_broken_file_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    good = write_midi(tmp_path / "good.mid", rock_bars(3)).read_bytes()
    (tmp_path / "picture.mid").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (tmp_path / "cut.mid").write_bytes(good[:-20])
    (tmp_path / "hole.mid").write_bytes(b"")
    (tmp_path / "鼓 ритм\n🥁.mid").write_bytes(b"MThd")
    os.mkfifo(tmp_path / "pipe.mid")
    (tmp_path / "nowhere.mid").symlink_to(tmp_path / "lost.mid")
    os.truncate(_touch(tmp_path / "huge.mid"), 10 * 2**30)
    if os.fsencode("é") == "é".encode():
        (tmp_path / os.fsdecode(b"\xff\xfe.mid")).write_bytes(good)
    material = load_paths([tmp_path])
    assert len(material) == 2
    reasons = {file.file: file.reason for file in material.report.refused}
    assert "picture.mid is not a MIDI file" in reasons["picture.mid"]
    assert "its track 1 is cut short" in reasons["cut.mid"]
    assert reasons["hole.mid"] == "hole.mid is empty."
    assert reasons["pipe.mid"] == "pipe.mid cannot be read: it is not an ordinary file."
    assert "nowhere.mid cannot be read" in reasons["nowhere.mid"]
    assert "huge.mid cannot be read: 10,240 MB are too much; at most 32 MB" in reasons["huge.mid"]
    assert "鼓 ритм�🥁.mid is a broken MIDI file" in reasons["鼓 ритм�🥁.mid"]
    for reason in reasons.values():
        assert reason.isprintable() and reason.endswith(".")
    json.dumps(material.report.to_json()).encode()


def _touch(path: Path) -> Path:
    path.touch()
    return path


def test_a_folder_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_midi(tmp_path / "a.mid", rock_bars(2))
    closed = tmp_path / "closed"
    closed.mkdir()
    scan = os.scandir

    def refusing(path: Path) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    material = load_paths([tmp_path])
    assert [file.reason for file in material.report.refused] == [
        "The folder closed cannot be read: Permission denied."
    ]


def test_what_the_standard_allows_is_read(tmp_path: Path) -> None:
    good = write_midi(tmp_path / "a.mid", rock_bars(3)).read_bytes()
    expected = load_paths([tmp_path / "a.mid"]).velocity
    forms = {
        "long header": good[:4] + b"\0\0\0\x08" + good[8:14] + b"\0\0" + good[14:],
        "other chunk": good[:14] + b"XFIH\0\0\0\4abcd" + good[14:],
        "bytes after": good + b"\0\0\0",
        "type 0, counts two": good[:10] + b"\0\2" + good[12:],
    }
    for name, data in forms.items():
        path = tmp_path / f"{name}.mid"
        path.write_bytes(data)
        np.testing.assert_array_equal(load_paths([path]).velocity, expected, name)


@pytest.mark.parametrize(
    ("notes", "metre", "grid"),
    [(_shuffle, (4, 4), Grid(3, 8)), (_waltz, (3, 4), Grid(4, 6))],
)
def test_other_grids_train_and_play(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    notes: Callable[[int, int], Notes],
    metre: tuple[int, int],
    grid: Grid,
) -> None:
    for i in range(3):
        write_midi(tmp_path / f"{i}.mid", notes(4, 5 * i), metres=[(0, *metre)])
    out = tmp_path / "m.groovefield"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    run(Job((tmp_path,), out, "m", epochs=40), Control(), lambda event: None)
    decoder = Decoder(modelfile.load(out))
    pattern = decoder.decode(np.full(2, 0.5, np.float32))
    assert pattern.grid == grid and pattern.probability.shape[1] == grid.steps
    played = np.flatnonzero(pattern.probability[LANE_INDEX["kick"]] > 0.5)
    every = grid.steps_per_beat * (1 if metre == (4, 4) else 3)
    np.testing.assert_array_equal(played, np.arange(0, grid.steps, every))

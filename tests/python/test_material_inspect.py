"""``groovefield inspect`` says what is in a file, and remembers what a person corrects."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from groovefield import places
from groovefield.cli import main
from groovefield.material import corrections
from groovefield.material.drum_maps import ROLAND_TD11
from groovefield.material.importing import inspect_file, load_paths
from groovefield.material.midi_files import MaterialError
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.pattern import Grid
from loops_library import rock_audio, write_audio
from material_library import rock_bars, write_midi


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))


def test_what_is_found_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write_midi(tmp_path / "a.mid", [*rock_bars(3), (100, 33, 90)])
    (tmp_path / "b.mid").write_bytes(b"\x89PNG")
    assert main(["inspect", str(good)]) == 0
    said = capsys.readouterr().out
    assert "a.mid: 2 windows of 37 notes; drums by channel 10; map General MIDI" in said
    assert "8 beats in sixteenths" in said and "33 Metronome click (1)" in said
    assert main(["inspect", str(good), str(tmp_path / "b.mid"), "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert first["windows"] == 2 and first["grid"] == {"steps_per_beat": 4, "beats": 8}
    assert first["unmapped"] == {"33": 1} and first["rule"] == "channel 10"
    assert not second["used"] and second["reason"].startswith("b.mid is not a MIDI file")
    assert main(["inspect", str(tmp_path)]) == 0
    assert "1 of 2 files used" in capsys.readouterr().out


def test_another_map_rule_and_grid_can_be_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_midi(tmp_path / "a.mid", rock_bars(4)))
    assert main(["inspect", path, "--map", "td-11", "--grid", "3x8"]) == 0
    said = capsys.readouterr().out
    assert "map Roland TD-11" in said and "8 beats in triplets" in said
    assert main(["inspect", path, "--grid", "3x8", "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["grid"] == {"steps_per_beat": 3, "beats": 8}
    assert main(["inspect", path, "--rule", "track names"]) == 1
    assert "no track that is named like drums" in capsys.readouterr().out
    assert main(["inspect", path, "--map", "cr-78"]) == 1
    assert "neither a drum map" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["inspect", ""], "argument FILE: a name is empty: name a file or a folder"),
        (["train", "--data", ""], "argument --data: a name is empty: name a file or a folder"),
        (["inspect", "--grid", "4x99", "x"], "--grid: a grid has 1 to 128 steps, not 396"),
        (["inspect", "--grid", "4", "x"], "--grid: '4' is not two numbers, such as 4x8"),
    ],
)
def test_a_bad_argument_is_a_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2 and sentence in capsys.readouterr().err


def test_a_correction_is_remembered_wherever_the_file_goes(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    path = write_midi(folder / "a.mid", rock_bars(4))
    write_midi(folder / "b.mid", rock_bars(3))
    assert main(["inspect", str(path), "--map", "td-11", "--remember"]) == 0
    path = path.rename(folder / "moved.mid")
    known = ImportSettings(files=corrections.load())
    maps = {f.file: f.drum_map for f in load_paths([folder], known).report.files}
    assert maps == {"moved.mid": "Roland TD-11", "b.mid": "General MIDI"}
    assert main(["inspect", str(path), "--remember"]) == 0
    assert corrections.load() == {}


def test_corrections_come_back_and_damage_is_a_sentence(tmp_path: Path) -> None:
    key = inspect_file(write_midi(tmp_path / "a.mid", rock_bars(2))).key
    chosen = FileSettings("all notes", ROLAND_TD11, Grid(3, 6), 93.5, 8.0, 0.25,
                          {2: frozenset({"kick", "rim"})})  # fmt: skip
    corrections.remember(key, chosen)
    read = corrections.load()[key]
    assert read.drum_map and dict(read.drum_map.lanes) == dict(ROLAND_TD11.lanes)
    assert read == FileSettings(**{**vars(chosen), "drum_map": read.drum_map})
    good = places.corrections().read_text("utf-8")
    for bad in ("", "[]", good[:-9], good.replace(key, "a" * 63), good.replace("kick", "gong"),
                good.replace("93.5", "NaN"), good.replace("all notes", "some"),
                good.replace('corrections": 1', 'corrections": 9')):  # fmt: skip
        assert bad != good
        places.corrections().write_text(bad, "utf-8")
        with pytest.raises(MaterialError, match=r"corrections\.json .*\."):
            corrections.load()


def test_what_is_said_now_goes_before_what_is_remembered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_midi(tmp_path / "a.mid", rock_bars(4)))
    assert main(["inspect", path, "--map", "td-11", "--remember"]) == 0
    assert main(["inspect", path, "--bpm", "120", "--remember"]) == 0
    (kept,) = corrections.load().values()
    assert kept.bpm == 120 and kept.drum_map and kept.drum_map.name == "Roland TD-11"
    capsys.readouterr()
    assert main(["inspect", path]) == 0
    assert "map Roland TD-11" in capsys.readouterr().out
    assert main(["inspect", path, "--map", "gm"]) == 0
    assert "map General MIDI" in capsys.readouterr().out
    said = ImportSettings(FileSettings(beats=8.0, start=0.0), corrections.load())
    (key,) = said.files
    both = said.of(key)
    assert (both.bpm, both.beats, both.start) == (120, 8, 0) and both.drum_map == kept.drum_map


@pytest.mark.parametrize("value", ["nan", "inf", "0", "-3", "x"])
def test_a_tempo_that_is_none_is_refused_and_locks_nothing(tmp_path: Path, value: str) -> None:
    path = str(write_midi(tmp_path / "a.mid", rock_bars(4)))
    for option in ("--bpm", "--beats"):
        with pytest.raises(SystemExit):
            main(["inspect", path, f"{option}={value}", "--remember"])
    key = inspect_file(path).key
    corrections.remember(key, FileSettings(bpm=93.0))
    before = places.corrections().read_bytes()
    for bad in (FileSettings(bpm=float("nan")), FileSettings(rule="some")):
        with pytest.raises(MaterialError, match=r"corrections\.json was left as it was"):
            corrections.remember(key, bad)
    assert places.corrections().read_bytes() == before


def test_corrections_that_cannot_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    places.corrections().mkdir(parents=True)
    with pytest.raises(MaterialError, match="cannot be written"):
        corrections.save({})
    assert [path.name for path in places.corrections().parent.iterdir()] == ["corrections.json"]


def test_all_files_are_remembered_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_midi(tmp_path / "a.mid", rock_bars(4)))
    files = [path, str(tmp_path / "nothing.mid")]
    assert main(["inspect", *files, "--map", "td-11", "--remember"]) == 1
    assert "nothing.mid cannot be remembered" in capsys.readouterr().err
    assert corrections.load() == {}


def test_a_tempo_for_a_midi_file_is_not_ignored_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_midi(tmp_path / "a.mid", rock_bars(2)))
    assert main(["inspect", path, "--beats", "16", "--bpm", "90"]) == 0
    said = capsys.readouterr()
    assert "--bpm and --beats are for loops" in said.err
    assert "a.mid: 1 window of " in said.out


def test_a_loops_tempo_is_told_with_where_it_is_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_audio(tmp_path / "x.flac", rock_audio(2, 120)))
    assert main(["inspect", path]) == 0
    assert re.search(r"; 120 bpm from its exact length \(\d+ % sure\)", capsys.readouterr().out)
    assert main(["inspect", path, "--bpm", "60"]) == 0
    assert "; 60 bpm from what was given (100 % sure)" in capsys.readouterr().out

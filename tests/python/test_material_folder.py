"""A musician's folder: whatever can be used is, and the rest is named with its reason."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from development_data import data_root
from groovefield.material import gmd, readers
from groovefield.material.dataset import MaterialError, from_hits, join, load_folder
from groovefield.material.importing import load_paths
from groovefield.pattern import Grid, Hits
from material_library import rock_bars, write_midi


def _louder(bars: int, by: int) -> list[tuple[int, int, int]]:
    return [(tick, note, velocity - by) for tick, note, velocity in rock_bars(bars)]


def test_a_folder_of_mixed_files(tmp_path: Path) -> None:
    (tmp_path / "funk").mkdir()
    write_midi(tmp_path / "funk" / "a.mid", rock_bars(4))
    write_midi(tmp_path / "b.MID", _louder(3, 20))
    write_midi(tmp_path / "one bar.midi", _louder(1, 30))
    write_midi(tmp_path / "waltz.mid", rock_bars(3), metres=[(0, 3, 4)])
    write_midi(tmp_path / "copy.mid", rock_bars(4))
    write_midi(tmp_path / "clicks.mid", [(480 * i, 33, 90) for i in range(16)])
    (tmp_path / "list.mid").write_text("kick, snare, hat")
    (tmp_path / "loop.wav").write_bytes(b"RIFF")
    (tmp_path / "zero.wav").touch()
    (tmp_path / "cover.jpg").write_bytes(b"JFIF")
    material = load_folder(tmp_path)

    windows = {file.file: file.windows for file in material.report.files}
    assert windows == {
        "b.MID": 2,
        "clicks.mid": 0,
        "copy.mid": 3,
        "funk/a.mid": 0,
        "list.mid": 0,
        "loop.wav": 0,
        "one bar.midi": 1,
        "waltz.mid": 0,
        "zero.wav": 0,
    }
    assert len(material) == 6
    reasons = " ".join(material.report.sentences())
    assert "list.mid is not a MIDI file" in reasons
    assert "loop.wav cannot be read as audio" in reasons
    assert "waltz.mid is in 3/4, which does not fill the grid." in reasons
    assert "zero.wav is empty." in reasons
    assert (
        "clicks.mid holds no note that is a drum in the map General MIDI: it has only note 33."
        in reasons
    )
    assert "funk/a.mid only repeats windows of other files." in reasons
    assert "1 other file is neither MIDI nor audio" in reasons
    assert "16 notes have no lane: 33 Metronome click (16)." in reasons


def test_an_empty_folder_beside_others_and_links_to_folders_are_named(tmp_path: Path) -> None:
    full, empty, bare = (tmp_path / name for name in ("full", "empty", "bare"))
    for folder in (full, empty, bare):
        folder.mkdir()
    write_midi(full / "a.mid", rock_bars(4))
    (full / "read me.txt").touch()
    (full / "more").symlink_to(empty)
    (full / "circle").symlink_to(full / "circle")
    report = load_paths([full, empty, bare]).report
    assert [file.reason for file in report.refused] == [
        "The folder empty holds no MIDI file and no audio loop.",
        "The folder bare holds no MIDI file and no audio loop.",
    ]
    said = report.sentences()
    assert said[0].startswith("1 of 1 file used: ")  # folders are none
    assert "1 link to a folder is not followed." in said
    assert "2 other files are neither MIDI nor audio and were left alone." in said
    assert report.to_json()["links"] == 1


def test_an_error_of_ours_in_one_file_never_stops_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        write_midi(tmp_path / f"{number}.mid", _louder(4, number))

    def broken(path: Path, *more: Any) -> readers.FileWindows:
        if path.name == "1.mid":
            raise IndexError("list index out of range")
        return readers.read_midi_windows(path, *more)

    kinds = (replace(readers.KINDS[0], read=broken), *readers.KINDS[1:])
    monkeypatch.setattr(readers, "KINDS", kinds)
    report = load_paths([tmp_path]).report
    assert [file.file for file in report.files if file.used] == ["0.mid", "2.mid"]
    assert [file.reason for file in report.refused] == [
        "1.mid could not be read because of an error in Groovefield "
        "(IndexError: list index out of range)."
    ]


def test_the_order_and_the_split_are_the_same_every_time(tmp_path: Path) -> None:
    for i in range(40):
        write_midi(tmp_path / f"{i}.mid", _louder(3, i))
    first, second = load_folder(tmp_path), load_folder(tmp_path)
    assert first.names == second.names
    np.testing.assert_array_equal(first.velocity, second.velocity)
    held_back = {tags["file"] for tags in first.tags if tags["split"] == "validation"}
    assert 1 <= len(held_back) <= 10
    assert len(first.tagged("split", "validation")) == 2 * len(held_back)


def test_with_few_files_nothing_is_held_back(tmp_path: Path) -> None:
    write_midi(tmp_path / "a.mid", rock_bars(4))
    assert {tags["split"] for tags in load_folder(tmp_path).tags} == {"train"}


def test_nothing_usable_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="holds no MIDI file or audio loop that can be used"):
        load_folder(tmp_path)
    (tmp_path / "x.mid").write_bytes(b"")
    with pytest.raises(MaterialError, match=r"can be used\. x\.mid is empty\."):
        load_folder(tmp_path)
    with pytest.raises(MaterialError, match=r"x\.mid is not a folder"):
        load_folder(tmp_path / "x.mid")


def test_a_groove_dataset_is_recognised_by_its_table(tmp_path: Path) -> None:
    name = "drummer1/1_funk_100_beat_4-4.mid"
    (tmp_path / "drummer1").mkdir()
    write_midi(tmp_path / name, rock_bars(4))
    columns = "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,duration,split"
    row = f"drummer1,s1,1,funk/fast,120,beat,4-4,{name},8,validation"
    lost = "drummer1,s1,2,rock,120,beat,4-4,drummer1/lost.mid,8,train"
    (tmp_path / "info.csv").write_text(f"{columns}\n{row}\n{lost}\n")
    material = load_folder(tmp_path)
    assert len(material) == 3
    assert material.tags[0]["style"] == "funk" and material.tags[0]["substyle"] == "funk/fast"
    assert material.tags[0]["split"] == "validation"
    assert material.report.refused[0].reason.startswith("lost.mid cannot be read")

    (tmp_path / "info.csv").write_text(f"{columns}\n{row.replace('120', 'fast')}\n")
    with pytest.raises(MaterialError, match=r"info\.csv is not the Groove MIDI Dataset's table"):
        load_folder(tmp_path)


def test_a_table_that_is_cut_or_names_other_folders_loses_only_those_rows(tmp_path: Path) -> None:
    folder, other = tmp_path / "set", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    write_midi(folder / "a.mid", rock_bars(4))
    write_midi(other / "b.mid", rock_bars(5))
    (folder / "link").symlink_to(other)
    names = ["a.mid", str(other / "b.mid"), "../other/b.mid", "link/b.mid", ""]
    columns = "drummer,session,style,bpm,beat_type,midi_filename,split"
    rows = [f"d,s,rock,120,{kind},{name},train" for kind in ("beat", "fill") for name in names]
    (folder / "info.csv").write_text("\n".join([columns, *rows, "d,s,ro"]))
    material = load_folder(folder)
    assert {tags["file"] for tags in material.tags} == {"a.mid"} and len(material) == 3
    refused = [file.reason for file in material.report.refused]
    assert len(refused) == 9 and all("of info.csv was left out: " in each for each in refused)
    assert refused[1].startswith("Line 4 of info.csv was left out: '../other/b.mid' is no file of")
    assert refused[-1] == "Line 12 of info.csv was left out: it has no bpm."
    assert len(gmd.load_fills(folder)[1]) == 9
    (folder / "info.csv").unlink()
    os.mkfifo(folder / "info.csv")  # nobody writes: whoever opened it would wait for ever
    said = load_folder(folder).report
    assert said.remarks == ["info.csv could not be used for styles: it is not an ordinary file."]


def test_the_real_dataset_comes_with_both_splits() -> None:
    material = load_folder(data_root() / "gmd")
    splits = {tags["split"] for tags in material.tags}
    assert splits == {"train", "validation"}
    assert len(material.tagged("split", "validation")) == 1_786


def test_songs_give_their_drums() -> None:
    material = load_folder(data_root() / "freedoom")
    assert len(material) > 200
    assert material.onset[:, 0].any(axis=1).mean() > 0.7


def test_a_joined_material_gives_each_part_its_share() -> None:
    def part(count: int) -> list[Hits]:
        velocity = np.zeros((11, 32), dtype=np.float32)
        velocity[0, 0] = 1
        return [Hits(velocity, np.zeros_like(velocity), name=str(i)) for i in range(count)]

    joined = join([(from_hits(part(90)), 0.25), (from_hits(part(10)), 0.75)])
    assert joined.weight[:90].sum() == pytest.approx(25)
    assert joined.weight[90:].sum() == pytest.approx(75)
    with pytest.raises(MaterialError, match="no material to join"):
        join([(from_hits([], Grid()), 1.0)])
    other = Hits(np.zeros((11, 16), np.float32), np.zeros((11, 16), np.float32), Grid(4, 4))
    with pytest.raises(MaterialError, match="different grids"):
        from_hits([*part(1), other])

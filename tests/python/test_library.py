"""The library of models: nothing is written over, nothing is lost, everything has a sentence."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield import library, places
from groovefield.cli import main
from groovefield.field import modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield.field.item_names import of_material
from groovefield.library import LibraryError


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty library, where the product looks for it."""
    folder = tmp_path / "Größe 鼓" / "models"
    monkeypatch.setattr(places, "library", lambda: folder)
    return folder


def test_a_model_comes_in_gets_another_name_and_goes_out_again(shelf: Path, tmp_path: Path) -> None:
    entry = library.bring_in(default_model())
    assert entry.path.parent == shelf
    assert entry.patterns > 10_000 and "gmd" in entry.trained_on
    renamed = library.rename(entry, "Café: nuit/jour")
    assert [e.name for e in library.entries()] == ["Café: nuit/jour"]
    assert renamed.path.name == "Café_ nuit_jour.groovefield"
    out = library.take_out(renamed, tmp_path)
    assert load_decoder(out).name == "Café: nuit/jour"
    with pytest.raises(LibraryError, match="is there already"):
        library.take_out(renamed, tmp_path)


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_written_over(shelf: Path) -> None:
    first = library.rename(library.bring_in(default_model()), "mine")
    before = first.path.read_bytes()
    second = library.rename(library.bring_in(first.path), "yours")
    modelfile.save(second.path, replace(modelfile.load(second.path).header, name="mine"),
                   dict(modelfile.load(second.path).tensors))  # fmt: skip
    second = library.read_entry(second.path.rename(shelf / "mine 2.groovefield"))
    assert (first.path.name, second.path.name) == ("mine.groovefield", "mine 2.groovefield")
    assert first.path.read_bytes() == before
    with pytest.raises(LibraryError, match="no model called 'nothing'"):
        library.find("nothing")
    assert library.find("mine 2") == second
    first.path.rename(shelf / "first.groovefield")
    with pytest.raises(LibraryError, match="2 models are called 'mine'; name one by its file"):
        library.find("mine")


def test_a_place_is_claimed_once_and_given_back_when_nothing_is_written(shelf: Path) -> None:
    free = library.free_path("mine")
    with library.claimed(free, "mine") as first, library.claimed(free, "mine") as second:
        assert (first.name, second.name) == ("mine.groovefield", "mine 2.groovefield")
    (shelf / "lost.groovefield").symlink_to(shelf / "nowhere")
    with pytest.raises(KeyboardInterrupt), library.claimed(shelf / "lost.groovefield", "lost"):
        raise KeyboardInterrupt
    assert {path.name for path in shelf.iterdir()} == {
        "mine.groovefield", "mine 2.groovefield", "lost.groovefield"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines"])
def test_a_bad_name_changes_nothing(shelf: Path, name: str) -> None:
    entry = library.bring_in(default_model())
    with pytest.raises(LibraryError, match=r"^A model's name has 1 to 64 bytes"):
        library.rename(entry, name)
    assert library.entries() == [entry]


def test_names_of_devices_and_folders_stay_within_the_library(shelf: Path) -> None:
    for name in ("../../up", "CON", "..", "a\\b", "."):
        path = library.free_path(name)
        assert path.parent == shelf and path.stem.upper() != "CON"


def test_a_damaged_file_is_listed_with_what_is_wrong(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.mkdir(parents=True)
    (shelf / "broken.groovefield").write_bytes(default_model().read_bytes()[:50_000])
    shutil.copy(default_model(), shelf / "good.groovefield")
    assert main(["models"]) == 1
    said = capsys.readouterr().out
    assert "broken.groovefield: it ends within tensor" in said
    assert "lanes; trained on" in said


def test_what_a_file_says_of_itself_cannot_disturb_the_list(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.mkdir(parents=True)
    model = modelfile.load(default_model())
    material = {"\ud800\x1b[2J\ngmd": {"windows": 7}, "z" * 5000: {"windows": 0}}
    header = replace(model.header, training={"material": material})
    modelfile.save(shelf / "odd.groovefield", header, dict(model.tensors))
    (shelf / os.fsdecode(b"\x1b\xff.groovefield")).write_bytes(b"no model")
    assert main(["models"]) == 1
    said = capsys.readouterr().out
    assert "trained on 7 of \ufffd\ufffd[2J\ufffdgmd, 0 of zzz" in said and len(said) < 1000
    assert "\ufffd\ufffd.groovefield: it is not a model" in said
    assert said.replace("\n", "").isprintable()


@pytest.mark.skipif(os.name == "nt", reason="there are no devices and pipes to name")
def test_a_device_or_a_pipe_is_no_model(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.groovefield")
    for path in ("/dev/zero", str(tmp_path / "pipe.groovefield")):
        assert main(["models", "import", path]) == 1
        assert "cannot be read: it is not an ordinary file." in capsys.readouterr().err
    (tmp_path / "huge.groovefield").touch()
    os.truncate(tmp_path / "huge.groovefield", modelfile.FILE_BYTES + 1)
    assert main(["models", "import", str(tmp_path / "huge.groovefield")]) == 1
    assert "at most 64 MB are read" in capsys.readouterr().err
    assert library.entries() == []


def test_the_command_does_it_all(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    assert "There are no models" in capsys.readouterr().out
    text = tmp_path / "text.groovefield"
    text.write_text("no model")
    assert main(["models", "import", str(text), str(default_model())]) == 1  # one of two
    assert "text.groovefield: it is not a model file" in capsys.readouterr().err
    name = library.entries()[0].name
    assert main(["models", "duplicate", name, "second"]) == 0
    assert main(["models", "rename", "second", "third"]) == 0
    assert main(["models", "export", "third", str(tmp_path)]) == 0
    assert (tmp_path / "third.groovefield").exists()
    assert main(["models", "export", "third", str(tmp_path / "v1.2")]) == 0
    assert (tmp_path / "v1.2.groovefield").exists() and not (tmp_path / "v1.2").exists()
    assert main(["models", "delete", "third"]) == 0
    assert [entry.name for entry in library.entries()] == [name]
    assert main(["models", "delete", "third"]) == 1
    assert "no model called 'third'" in capsys.readouterr().err


def test_a_name_that_is_taken_is_refused_and_like_names_are_told_apart(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = library.rename(library.bring_in(default_model()), "Mine")
    second = library.duplicate(first, "other")
    for change in (library.rename, library.duplicate):
        with pytest.raises(LibraryError, match=r"^Mine\.groovefield is called 'Mine' already\.$"):
            change(second, "mINE")
    assert library.rename(first, "mine").name == "mine"  # its own name in other letters
    assert main(["models", "rename", "other", " "]) == 1
    said = capsys.readouterr().err
    assert said == "A model's name has 1 to 64 bytes, all of them printable.\n"

    shutil.copy(library.find("mine").path, shelf / "mine 2.groovefield")
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].strip() for line in lines] == [
        "mine (mine 2.groovefield)", "mine (mine.groovefield)", "other"
    ]  # fmt: skip
    assert "; trained on " in lines[0] and " of gmd" in lines[0]


def test_a_name_that_several_have_picks_none_of_them_but_a_file_does(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = library.rename(library.bring_in(default_model()), "mine")
    shutil.copy(first.path, shelf / "mine 2.groovefield")
    assert main(["models", "delete", "mine"]) == 1  # though one file's stem is that
    assert capsys.readouterr().err == (
        "2 models are called 'mine'; name one by its file: mine 2.groovefield, mine.groovefield.\n"
    )
    assert main(["models", "delete", "mine.groovefield"]) == 0
    assert [entry.path.name for entry in library.entries()] == ["mine 2.groovefield"]


def test_a_model_whose_name_is_taken_comes_in_under_a_free_one(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = library.bring_in(default_model())
    assert main(["models", "import", str(first.path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == (
        f"It is called '{first.name} 2' here: the library has a {first.name!r} already."
    )
    assert [entry.name for entry in library.entries()] == [first.name, f"{first.name} 2"]
    again = load_decoder(Path(said[0]))
    at = np.array([0.3, 0.6], np.float32)
    same = load_decoder(first.path).decode(at).probability
    np.testing.assert_array_equal(again.decode(at).probability, same)


def test_wide_names_are_in_line_and_a_damaged_model_is_not_taken_out(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = library.rename(library.bring_in(default_model()), "鼓と太鼓")
    library.duplicate(first, "ab")
    assert main(["models"]) == 0
    narrow, wide = capsys.readouterr().out.splitlines()
    assert narrow.index("patterns") == wide.index("patterns") + 4
    (shelf / "broken.groovefield").write_bytes(default_model().read_bytes()[:50_000])
    assert main(["models", "export", "broken", str(tmp_path / "out.groovefield")]) == 1
    assert "broken.groovefield: it ends within tensor" in capsys.readouterr().err
    assert not (tmp_path / "out.groovefield").exists()


def test_patterns_of_files_are_said_so_with_where_they_lay() -> None:
    def said(names: list[str], *tags: dict[str, str]) -> str:
        nothing = np.zeros((len(names), 1, 4), np.float32)
        items = of_material(names, list(tags), nothing, nothing)
        return library._trained_on({"material": {"folder": {"windows": 1570}}}, items)

    assert said([]) == "1,570 from files"
    assert said(["beat", "fill"], {}, {}) == "1,570 from beat, fill"
    styles = [{"style": word} for word in ("house", "house", "dub", "soca", "ska", "baião")]
    assert said(["x"] * 6, *styles) == "1,570 from house, baião, dub, ska and 1 more"


def test_a_free_name_is_numbered_and_no_longer_than_a_name_may_be(shelf: Path) -> None:
    assert library.free_name("Mine") == "Mine"
    library.rename(library.bring_in(default_model()), "mine")
    (shelf / "Other.groovefield").touch()  # a model that is being written has no name yet
    assert [library.free_name(name) for name in ("Mine", "Other")] == ["Mine 2", "Other"]
    long = "ö" * 32
    library.rename(library.bring_in(default_model()), long)
    assert library.free_name(long) == "ö" * 31 + " 2"

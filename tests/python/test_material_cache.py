"""What was read once is not read again, and nothing damaged or foreign is believed."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from development_data import data_root
from groovefield import places
from groovefield.material import readers
from groovefield.material.cache import DAMAGED, Cache, pack, unpack
from groovefield.material.dataset import Material
from groovefield.material.drum_maps import DRUM_RACK
from groovefield.material.importing import load_paths
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.pattern import Grid
from hypothesis import given, settings
from hypothesis import strategies as st
from material_library import rock_bars, write_midi


def _folder(tmp_path: Path, count: int, first: int = 0) -> Path:
    folder = tmp_path / "files"
    folder.mkdir(exist_ok=True)
    for i in range(first, first + count):
        notes = [(t + i % 7, n, v - i) for t, n, v in rock_bars(3)]
        write_midi(folder / f"{i}.mid", notes)
    return folder


def _same(a: Material, b: Material) -> None:
    for name in ("onset", "velocity", "offset", "weight", "bpm"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), name)
    assert a.names == b.names and a.tags == b.tags and a.grid == b.grid
    assert a.report.to_json() == b.report.to_json()


def test_files_added_to_a_folder_are_the_only_ones_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 20)
    cache = Cache(tmp_path / "cache")
    load_paths([folder], cache=cache)
    assert (cache.found, cache.missed) == (0, 20)
    _folder(tmp_path, 3, first=20)
    later = Cache(tmp_path / "cache")
    material = load_paths([folder], cache=later)
    assert (later.found, later.missed) == (20, 3)
    _same(material, load_paths([folder]))


def test_the_cache_knows_content_not_names_and_all_that_was_chosen(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    load_paths([folder], cache=Cache(tmp_path / "cache"))
    (folder / "0.mid").rename(folder / "renamed.mid")
    moved = Cache(tmp_path / "cache")
    material = load_paths([folder], cache=moved)
    assert moved.found == 1
    assert material.names[0] == "renamed, bar 1" and material.tags[0]["file"] == "renamed.mid"
    for every in (FileSettings(drum_map=DRUM_RACK), FileSettings(grid=Grid(8, 8)),
                  FileSettings(rule="all notes")):  # fmt: skip
        other = Cache(tmp_path / "cache")
        chosen = load_paths([folder], ImportSettings(every), other)
        assert (other.found, other.missed) == (0, 1)
        _same(chosen, load_paths([folder], ImportSettings(every)))


def test_real_takes_are_the_same_from_the_cache(tmp_path: Path) -> None:
    folder = data_root() / "gmd" / "drummer5"
    fresh = load_paths([folder], cache=Cache(tmp_path / "cache"))
    again = Cache(tmp_path / "cache")
    _same(fresh, load_paths([folder], cache=again))
    assert again.missed == 0 and again.found > 20


def test_it_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    folder = _folder(tmp_path, 2)
    cache = Cache()
    assert cache.folder == places.material_cache()
    load_paths([folder], cache=cache)
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    entries = list(cache.folder.iterdir())
    assert len(entries) == 2
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in entries} == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX's")
def test_a_folder_that_others_may_write_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    files = _folder(tmp_path, 2)
    for name, mode in (("elsewhere", 0o755), ("open", 0o777), ("team", 0o770)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_bytes(b"")
    for place, why in (
        (tmp_path / "link", "it is not a folder"),
        (tmp_path / "open", "other users may write to it"),
        (tmp_path / "team", "other users may write to it"),
        (tmp_path / "file", ""),
        (Path("/dev/null/x"), ""),
    ):
        material = load_paths([files], cache=Cache(place))
        (said,) = material.report.remarks
        assert len(material) > 0
        assert said.startswith(f"What was read is not kept in {place}: {why}")
    for name, mode in (("elsewhere", 0o755), ("open", 0o777), ("team", 0o770)):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode
        assert list((tmp_path / name).iterdir()) == []
    readable = Cache(tmp_path / "elsewhere")  # others may look: the entries are closed to them
    assert load_paths([files], cache=readable).report.remarks == []
    assert len(list(readable.folder.iterdir())) == 2


def test_an_entry_under_the_name_of_another_is_none(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 2)
    expected = load_paths([folder], cache=Cache(tmp_path / "cache"))
    first, second = sorted((tmp_path / "cache").iterdir())
    first.write_bytes(second.read_bytes())
    cache = Cache(tmp_path / "cache")
    _same(load_paths([folder], cache=cache), expected)
    assert (cache.found, cache.missed) == (1, 1)


@pytest.mark.parametrize("head", [b"[" * 100_000, b'{"grid": {"steps_per_beat": 4, "beats": 8},'
                                  b'"own": {"steps_per_beat": 4, "beats": 8}, "windows": [],'
                                  b'"metres": [], "unmapped": [], "counts": [], "details": 0}',
                                  b'{"grid": []}'])  # fmt: skip
def test_an_entry_made_to_disturb_is_read_anew(tmp_path: Path, head: bytes) -> None:
    folder = _folder(tmp_path, 1)
    expected = load_paths([folder], cache=Cache(tmp_path / "cache"))
    (entry,) = (tmp_path / "cache").iterdir()
    body = len(head).to_bytes(4, "little") + bytes(4) + head
    digest = hashlib.sha256(entry.name.encode() + b"\n" + body).digest()
    entry.write_bytes(b"groovefield material\n" + digest + body)
    _same(load_paths([folder], cache=Cache(tmp_path / "cache")), expected)


def test_a_damaged_entry_is_read_anew(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    expected = load_paths([folder], cache=Cache(tmp_path / "cache"))
    (entry,) = (tmp_path / "cache").iterdir()
    good = entry.read_bytes()
    quieter = good[:-8] + bytes([good[-8] ^ 1]) + good[-7:]
    for bad in (
        b"",
        quieter,
        good[:-1],
        good[:100] + b"\0" + good[101:],
        b"\x80\x04.",
        good + b"x",
    ):
        entry.write_bytes(bad)
        cache = Cache(tmp_path / "cache")
        _same(load_paths([folder], cache=cache), expected)
        assert cache.missed == 1
        assert entry.read_bytes() == good


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_entry_with_a_right_hash_and_wrong_content_is_refused(data: st.DataObject) -> None:
    """Whoever could write there could make a hash as well: what is inside must still check."""
    body = bytearray(_entry[len(b"groovefield material\n") + 32 :])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    digest = hashlib.sha256(b"name\n" + bytes(body)).digest()
    entry = b"groovefield material\n" + digest + bytes(body)
    try:
        reading = unpack(entry, "name", Path("x.mid"))
    except DAMAGED:
        return
    for hits in reading.windows.hits:
        assert hits.velocity.shape == (11, reading.grid.steps)
        assert (hits.velocity >= 0).all() and (hits.velocity <= 1).all()
        assert (hits.offset >= -1).all() and (hits.offset < 1).all()


def _made() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        path = write_midi(Path(name) / "a.mid", rock_bars(3))
        return pack(
            readers.read_midi_windows(path, path.read_bytes(), None, FileSettings(), True), "name"
        )


_entry = _made()


def test_the_oldest_entries_go_first(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 4)
    cache = Cache(tmp_path / "cache")
    load_paths([folder], cache=cache)
    entries = sorted((tmp_path / "cache").iterdir())
    for age, entry in enumerate(entries):
        os.utime(entry, (1000 - age, 1000 - age))
    cache.prune(entries[0].stat().st_size + entries[1].stat().st_size)
    assert sorted((tmp_path / "cache").iterdir()) == entries[:2]

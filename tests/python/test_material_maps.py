"""Drum maps that a person edited are saved, read again, and checked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from groovefield.material.drum_maps import MAPS, DrumMap
from groovefield.material.map_files import load_map, named_map, to_json
from groovefield.material.midi_files import MaterialError
from hypothesis import given, settings
from hypothesis import strategies as st


def test_a_map_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    for drum_map in [*MAPS.values(), DrumMap("Мой сет", {0: "kick", 127: "crash"})]:
        (tmp_path / "m.json").write_text(to_json(drum_map), "utf-8")
        read = load_map(tmp_path / "m.json")
        assert read.name == drum_map.name and dict(read.lanes) == dict(drum_map.lanes)
    assert named_map("drum-rack") is MAPS["drum-rack"]
    assert named_map(str(tmp_path / "m.json")).name == "Мой сет"
    assert [p.name for p in tmp_path.iterdir()] == ["m.json"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not readable JSON"),
        ("[1]", "is no drum map"),
        ('{"name": "x"}', "is no drum map"),
        ('{"groovefield drum map": 2}', "reads form 1"),
        ('{"groovefield drum map": 1, "name": "", "notes": {"36": "kick"}}', "needs a name"),
        ('{"groovefield drum map": 1, "name": "x", "notes": {}}', 'has no "notes"'),
        ('{"groovefield drum map": 1, "name": "x", "notes": {"200": "kick"}}', "'200' is no MIDI"),
        ('{"groovefield drum map": 1, "name": "x", "notes": {"-1": "kick"}}', "'-1' is no MIDI"),
        ('{"groovefield drum map": 1, "name": "x", "notes": {"36": "gong"}}', "mapped to 'gong'"),
        ('{"groovefield drum map": 1, "name": "x", "notes": {"36": "kick", "36": "snare"}}',
         "there twice"),
        ("[" * 60_000, "is not readable JSON"),
        ("x" * 70_000, "cannot be read: 70,000 bytes are too much"),
    ],
)  # fmt: skip
def test_what_is_no_map_ends_in_a_sentence(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(MaterialError) as raised:
        load_map(tmp_path / "m.json")
    said = str(raised.value)
    assert said.startswith("m.json") and reason in said and said.endswith(".")
    assert ".." not in said


def test_a_word_or_a_file_that_is_no_map_is_named(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="neither a drum map"):
        named_map("tr-808")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    with pytest.raises(MaterialError, match="not text in UTF-8"):
        load_map(tmp_path / "b.json")
    assert [p.name for p in tmp_path.iterdir()] == ["b.json"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["groovefield drum map", "name", "notes", "x"]), _JSON))
def test_no_json_raises_anything_else(raw: dict[str, object]) -> None:
    from groovefield.material.map_files import from_json

    try:
        to_json(from_json(json.dumps(raw)))
    except MaterialError as error:
        assert str(error).endswith(".")


@pytest.mark.skipif(os.name == "nt", reason="there are no devices and pipes to name")
def test_a_device_or_a_pipe_is_no_map(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", str(tmp_path / "pipe")):
        with pytest.raises(MaterialError, match="cannot be read: it is not an ordinary file"):
            named_map(path)

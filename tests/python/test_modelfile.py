"""Model files: written whole, read back equal, refused in a sentence."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from groovefield.field import modelfile
from groovefield.field.decoder import default_model
from groovefield.field.modelfile import ModelFileError
from hypothesis import given, settings
from hypothesis import strategies as st
from small_field import header, tensors


def changed(change: Any) -> bytes:
    """A model file whose description was changed by a function."""
    raw = json.loads(header().to_json())
    change(raw)
    return modelfile._serialise({"__metadata__": {"groovefield": json.dumps(raw)}}, tensors())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    modelfile.save(path, header(), tensors())
    model = modelfile.load(path)
    assert model.header == header()
    assert set(model.tensors) == set(tensors())
    for name, tensor in tensors().items():
        np.testing.assert_array_equal(model.tensors[name], tensor)


def test_the_safetensors_library_reads_the_same_tensors(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    modelfile.save(path, header(), tensors())
    theirs = safetensors.numpy.load_file(path)
    for name, tensor in tensors().items():
        np.testing.assert_array_equal(theirs[name], tensor)


def test_a_file_that_the_safetensors_library_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.groovefield"
    safetensors.numpy.save_file(tensors(), path, {"groovefield": header().to_json()})
    assert modelfile.load(path).header == header()


def test_the_portable_form_plays_the_same_and_fits_in_a_project(tmp_path: Path) -> None:
    data = modelfile.portable(default_model())
    assert len(data) <= modelfile.PORTABLE_BYTES
    whole, small = modelfile.load(default_model()), modelfile.parse(data)
    assert small.header == whole.header
    kept = {n for n in whole.tensors if n.startswith("decoder.")}
    kept |= {"pad.picture", "pad.carried", "pad.carried_names"}
    assert set(small.tensors) == kept
    for name in kept:
        np.testing.assert_array_equal(small.tensors[name], whole.tensors[name])
    path = tmp_path / "state.groovefield"
    path.write_bytes(data)
    assert modelfile.portable(path) == data


def test_the_committed_model_is_small_credits_its_data_and_executes_nothing() -> None:
    assert default_model().stat().st_size <= 6_000_000
    model = modelfile.load(default_model())
    credits = " ".join(model.header.attribution)
    assert "CC BY 4.0" in credits
    assert "Learning to Groove with Inverse Sequence Transformations" in credits
    decoder = [t.size for n, t in model.tensors.items() if n.startswith("decoder.")]
    assert sum(decoder) <= 800_000
    assert {str(t.dtype) for t in model.tensors.values()} == {"float16", "uint8"}


def test_a_file_that_would_not_be_readable_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    path.write_bytes(b"the old one")
    broken = tensors()
    broken["decoder.onset.bias"] = broken["decoder.onset.bias"] * np.float16(np.nan)
    with pytest.raises(ModelFileError, match="no numbers"):
        modelfile.save(path, header(), broken)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(modelfile.os, "fsync", full)
    with pytest.raises(ModelFileError, match=r"cannot be written: No space left on device\."):
        modelfile.save(tmp_path / "my.groovefield", header(), tensors())
    assert list(tmp_path.iterdir()) == []


def test_a_decoder_too_large_for_a_project_is_refused(tmp_path: Path) -> None:
    big = modelfile.Header("Big", header().lanes, header().grid, 2, {
        "frequencies": 64, "width": 1024, "blocks": 2, "groove": 64,
    })  # fmt: skip
    made = {n: np.zeros(s, np.float16) for n, s in modelfile.decoder_shapes(big).items()}
    made["pad.picture"] = np.zeros((64, 64, 4), np.uint8)
    with pytest.raises(ModelFileError, match="train a smaller one"):
        modelfile.save(tmp_path / "big.groovefield", big, made)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda h: h.update(format=2), "format 2; this version of Groovefield reads up to 1"),
        (lambda h: h.update(format=True), "the format must be a whole number"),
        (lambda h: h.pop("grid"), "the grid is missing"),
        (lambda h: h["grid"].update(beats=64), "more than 128 steps"),
        (lambda h: h.update(lanes=h["lanes"] * 2), "1 to 16 lanes"),
        (lambda h: h["lanes"][1].update(id="kick"), "two of its lanes have the same id"),
        (lambda h: h["lanes"].reverse(), "its lane 1 is 'crash', and must be 'kick'"),
        (lambda h: h["lanes"][2].update(id="cowbell"), "its lane 3 is 'cowbell', and must be"),
        (lambda h: h["lanes"][0].update(note=128), "a lane's note must be a whole number"),
        (lambda h: h["lanes"][0].update(name="x" * 17), "a lane's name must be a text of 1 to 16"),
        (lambda h: h.update(latents=9), "latents must be a whole number from 2 to 8"),
        (lambda h: h.update(name="a\nb"), "the name must be a text"),
        (lambda h: h["decoder"].update(architecture="magic"), "'magic' is not known"),
        (lambda h: h["decoder"]["sizes"].update(width=17), "is (16, 18), not (17, 18)"),
        (lambda h: h["decoder"]["sizes"].update(blocks=2), "blocks.1.up.weight' is missing"),
        (lambda h: h["decoder"]["sizes"].update(width=10**9), "'width' must be a whole number"),
    ],
)  # fmt: skip
def test_a_description_that_does_not_fit_is_refused_in_a_sentence(
    change: Any, sentence: str
) -> None:
    with pytest.raises(ModelFileError) as caught:
        modelfile.parse(changed(change), "odd.groovefield")
    assert str(caught.value).startswith("odd.groovefield: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "too short"),
        (b"RIFF$\x08\x00\x00WAVEfmt ", "not a model file"),
        (b"\x10\x00\x00\x00\x00\x00\x00\x00{", "cut short"),
        (b"\x04\x00\x00\x00\x00\x00\x00\x00[[[[", "not readable JSON"),
        (b"\x02\x00\x00\x00\x00\x00\x00\x00[]", "not a JSON object"),
        (b"\x02\x00\x00\x00\x00\x00\x00\x00{}", "not one of Groovefield's"),
    ],
)
def test_a_file_that_is_something_else_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ModelFileError, match=sentence):
        modelfile.parse(data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.groovefield: cannot be read"):
        modelfile.load(tmp_path / "none.groovefield")


WHOLE = modelfile.serialise(header(), tensors())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_no_truncated_file_is_taken_for_a_model(length: int) -> None:
    with pytest.raises(ModelFileError):
        modelfile.parse(WHOLE[:length])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ModelFileError):
        modelfile.parse(data)
    with pytest.raises(ModelFileError):
        modelfile.parse(len(data).to_bytes(8, "little") + data)


HEADER_END = 8 + int.from_bytes(WHOLE[:8], "little")


@settings(max_examples=600, deadline=None)
@given(st.integers(0, HEADER_END - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_header_loads_or_is_refused_but_never_crashes(at: int, junk: bytes) -> None:
    data = WHOLE[:at] + junk + WHOLE[at + len(junk) :]
    try:
        model = modelfile.parse(data)
    except ModelFileError as error:
        assert str(error).endswith(".")
    else:  # the damage hit a name or a number that may be anything
        assert len(model.header.lanes) == 11


def test_a_description_holds_no_number_that_json_has_not(tmp_path: Path) -> None:
    """The plugin's reader takes JSON at its word; Python's own would take ``Infinity`` too."""
    odd = replace(header(), training={"ratio": math.inf})
    with pytest.raises(ModelFileError, match="its description cannot be written"):
        modelfile.save(tmp_path / "odd.groovefield", odd, tensors())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ModelFileError, match="is not readable JSON"):
        modelfile.parse(changed(lambda raw: raw["training"].update(ratio=math.nan)))


def test_one_byte_that_changed_is_seen_wherever_it_lies(tmp_path: Path) -> None:
    """In the description, the shapes, the weights, the picture and what the portable form drops."""
    whole = modelfile.serialise(header(), {**tensors(), "encoder.more": np.ones(9, np.float16)})
    (tmp_path / "whole.groovefield").write_bytes(whole)
    small = modelfile.portable(tmp_path / "whole.groovefield")
    rng = np.random.default_rng(7)
    for data in (whole, small):
        modelfile.parse(data)
        start = 8 + int.from_bytes(data[:8], "little")
        places = {*rng.integers(start, len(data), 300).tolist(), start, len(data) - 1}
        for at in places:
            bad = bytearray(data)
            bad[at] ^= 1
            with pytest.raises(ModelFileError, match=r"damaged|no numbers|within"):
                modelfile.parse(bytes(bad))
        named = data.replace(header().name.encode(), header().name.swapcase().encode())
        assert named != data
        with pytest.raises(ModelFileError, match="does not fit its checksum"):
            modelfile.parse(named)


def test_a_file_without_checksums_is_still_read() -> None:
    old = changed(lambda raw: None)
    assert b"sha256" not in old
    assert modelfile.parse(old).header.name == header().name

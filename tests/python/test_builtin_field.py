"""The plugin's built-in field is the default model's, and what the C++ side reads of it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from groovefield.cli import main
from groovefield.field.builtin_field import builtin_field
from groovefield.field.decoder import default_model, load_decoder

COMMITTED = Path(__file__).parents[2] / "plugin" / "data" / "builtin_field.bin"


def test_the_committed_field_is_that_of_the_default_model() -> None:
    made = builtin_field(load_decoder(default_model()))
    committed = COMMITTED.read_bytes()
    assert len(made) == len(committed)
    differ = np.frombuffer(made, np.uint8) != np.frombuffer(committed, np.uint8)
    # Another BLAS may round a few values the other way.
    assert differ.mean() < 1e-3, (
        "run: groovefield builtin-field --out plugin/data/builtin_field.bin"
    )


def test_a_place_of_the_file_is_the_models_pattern() -> None:
    data = COMMITTED.read_bytes()
    magic, version, side, lanes, steps, per_beat = struct.unpack_from("<4s5I", data)
    assert (magic, version, side, lanes, steps, per_beat) == (b"GFBF", 2, 16, 11, 32, 4)
    assert list(data[24:35]) == [36, 38, 42, 46, 43, 47, 50, 39, 37, 51, 49]
    assert data[40:56].rstrip(b"\0") == b"Kick"
    decoder = load_decoder(default_model())
    values = np.frombuffer(data, np.uint8, offset=40 + 256).reshape(16, 16, 5, 11, 32)
    x, y = 4, 9
    pattern = decoder.decode(np.array([x / 15, y / 15], np.float32))
    place = values[y, x].astype(np.float32)
    np.testing.assert_array_equal(place[0] >= 128, pattern.probability > 0.5)
    np.testing.assert_allclose(place[0] / 255, pattern.probability, atol=0.0041)
    np.testing.assert_allclose(place[1] / 255, pattern.velocity, atol=0.0021)
    np.testing.assert_allclose(place[2] / 127.5 - 1, pattern.offset, atol=0.0041)
    np.testing.assert_allclose(place[3] / 255, pattern.velocity_spread, atol=0.0021)
    np.testing.assert_allclose(place[4] / 255, pattern.offset_spread, atol=0.0021)


def test_the_command_writes_the_same_file(tmp_path: Path) -> None:
    out = tmp_path / "field.bin"
    assert main(["builtin-field", "--out", str(out)]) == 0
    assert out.read_bytes() == builtin_field(load_decoder(default_model()))


def test_a_model_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "drums.groovefield"
    path.write_text("not a model")
    assert main(["builtin-field", "--model", str(path), "--out", str(tmp_path / "x.bin")]) == 1
    assert "drums.groovefield: it is not a model file" in capsys.readouterr().err
    assert not (tmp_path / "x.bin").exists()

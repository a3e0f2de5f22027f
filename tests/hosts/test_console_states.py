"""States in a host: another model inside, its file nowhere on this machine."""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from console_library import (
    ConsoleHost,
    Note,
    as_notes,
    assert_paired,
    assert_same,
    expected,
    roll,
    stopped,
    with_chunk,
)
from groovefield.field import modelfile
from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES
from groovefield.pattern import Grid, Pattern
from groovefield.reference import Play

SIZES = {"frequencies": 8, "width": 16, "blocks": 1, "groove": 8}


def other_model(path: Path) -> bytes:
    """A small decoder of random numbers: its patterns are nothing like the default's."""
    header = modelfile.Header("Random", LANES, Grid(), 2, SIZES, {"seed": 0}, ("Nobody",))
    numbers = np.random.default_rng(7)
    tensors = {
        name: (numbers.standard_normal(shape) / max(1, shape[-1]) ** 0.5).astype(np.float16)
        for name, shape in modelfile.decoder_shapes(header).items()
    }
    for name in ("velocity_spread", "offset_spread"):
        tensors[f"decoder.{name}"] = numbers.random(len(LANES)).astype(np.float16)
    tensors["pad.picture"] = numbers.integers(0, 256, (64, 64, 4), dtype=np.uint8)
    tensors["pad.items"] = numbers.random((3, 2)).astype(np.float16)
    modelfile.save(path, header, tensors)
    return modelfile.portable(path)


def test_a_state_plays_its_own_model_where_no_file_of_it_is(tmp_path: Path) -> None:
    path, state = tmp_path / "other.groovefield", tmp_path / "state"
    model = other_model(path)
    decoder = load_decoder(path)
    path.unlink()

    @cache
    def pattern_at(position: tuple[float, ...]) -> Pattern:
        return decoder.decode(np.array(position[:8], np.float32))

    elsewhere = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    now = Play(note_length=4.0)
    with ConsoleHost(tmp_path, environment=elsewhere) as host:
        host.prepare(size=512)
        first = roll(4.05, now=now)
        host.play(first)
        before = host.notes()
        assert_same(before, as_notes(expected(first)))
        host.do("save", file=str(state))
        state.write_bytes(with_chunk(state.read_bytes(), b"MODL", zlib.compress(model)))
        sounding: set[int] = set()
        for n in before:
            (sounding.add if n.velocity else sounding.discard)(n.note)
        assert sounding
        host.do("restore", file=str(state))
        host.play(stopped(now=now))
        # The model changed: what sounded is ended at once.
        ends = host.notes()[len(before) :]
        assert ends == [Note(len(first), 0, 0, note) for note in sorted(sounding)]

        begun = host.sync()
        blocks = roll(12, now=now)
        host.play(blocks + stopped(now=now))
        assert_paired(host.notes())
        heard = [replace(n, block=n.block - begun) for n in host.notes()]
        wanted = as_notes(expected(blocks + stopped(now=now), pattern_at))
        assert_same([n for n in heard if n.block >= 0], wanted)
        assert wanted != as_notes(expected(blocks + stopped(now=now)))

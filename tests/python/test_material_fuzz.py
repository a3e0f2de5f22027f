"""Whatever bytes are called .mid, the importer gives good windows or a sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from groovefield.material.importing import inspect_file, load_paths
from groovefield.material.midi_files import MaterialError
from hypothesis import given, settings
from hypothesis import strategies as st
from material_library import rock_bars, write_midi

_PATH = Path(tempfile.mkdtemp()) / "fuzz.mid"
_GOOD = write_midi(_PATH, rock_bars(3), tempos=[(0, 120), (1920, 90)]).read_bytes()
_HEADER = b"MThd\0\0\0\6\0\1\0\1\1\xe0"


def _read(data: bytes) -> None:
    _PATH.write_bytes(data)
    try:
        material = load_paths([_PATH])
    except MaterialError as error:
        assert "fuzz.mid" in str(error) and str(error).endswith(".") and str(error).isprintable()
        assert not inspect_file(_PATH).used
        return
    assert np.isfinite(material.velocity).all() and np.isfinite(material.offset).all()
    assert (material.velocity <= 1).all() and material.onset.any(axis=(1, 2)).all()
    assert (material.offset >= -1).all() and (material.offset < 1).all()
    assert (material.bpm >= 10).all() and (material.bpm <= 1000).all()
    report = inspect_file(_PATH)
    assert report.used and report.sentence().isprintable()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    _read(data)
    _read(_HEADER + b"MTrk" + len(data).to_bytes(4, "big") + data)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), max_size=6),
    st.integers(1, len(_GOOD)),
)
def test_a_file_with_damage(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(_GOOD)
    for place, value in changes:
        data[place] = value
    _read(bytes(data))
    _read(bytes(data[:length]))


_events = st.one_of(
    st.tuples(st.just(0x90), st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)),
    st.tuples(st.just(0x80), st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)),
    st.tuples(st.just(0xB0), st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)),
).map(lambda e: bytes([e[0] | e[1], e[2], e[3]]))
_meta = st.one_of(
    st.binary(min_size=3, max_size=3).map(lambda b: b"\xff\x51\x03" + b),
    st.binary(min_size=4, max_size=4).map(lambda b: b"\xff\x58\x04" + b),
    st.binary(max_size=20).map(lambda b: b"\xff\x03" + bytes([len(b)]) + b),
)
_delta = st.sampled_from([b"\0", b"\x3c", b"\x81\x70", b"\x83\x60", b"\xff\xff\xff\x7f"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_delta, _events | _meta), max_size=60), st.integers(1, 0x7FFF))
def test_any_events(events: list[tuple[bytes, bytes]], division: int) -> None:
    body = b"".join(delta + event for delta, event in events) + b"\0\xff\x2f\0"
    head = _HEADER[:12] + division.to_bytes(2, "big")
    _read(head + b"MTrk" + len(body).to_bytes(4, "big") + body)

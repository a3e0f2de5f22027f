"""Audio files in: every format, what they say of their tempo, and every kind of broken file."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from groovefield.loops.file_tags import stated_in_file, stated_in_name
from groovefield.loops.read import RATE, read_audio
from groovefield.loops.reading import read_loop
from groovefield.material.midi_files import MaterialError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loops_library import rock_audio, with_acid_chunk, write_audio


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_every_format_gives_the_same_loop(tmp_path: Path, suffix: str) -> None:
    file = write_audio(tmp_path / f"beat.{suffix}", rock_audio())
    audio = read_audio(file)
    assert audio.rate == RATE
    assert audio.seconds == pytest.approx(4.0, abs=0.03)
    assert read_loop(file).bpm == pytest.approx(120, rel=0.01)


@pytest.mark.parametrize("rate", [22_050, 48_000, 96_000])
def test_another_rate_keeps_time_and_level(tmp_path: Path, rate: int) -> None:
    seconds = np.arange(rate) / rate
    click = np.where(np.abs(seconds - 0.5) < 0.02, np.sin(2 * np.pi * 1000 * seconds), 0)
    audio = read_audio(write_audio(tmp_path / "click.wav", 0.5 * click.astype(np.float32), rate))
    analysed = audio.analysed
    assert len(analysed) == RATE
    loud = np.flatnonzero(np.abs(analysed) > 0.1) / RATE
    assert loud[0] == pytest.approx(0.48, abs=0.001)
    assert loud[-1] == pytest.approx(0.52, abs=0.001)
    assert np.abs(analysed).max() == pytest.approx(0.5, rel=0.05)


def test_a_stereo_file_is_the_mean_of_its_channels(tmp_path: Path) -> None:
    mono = rock_audio(1)
    both = np.stack([mono, np.zeros_like(mono)], axis=1)
    audio = read_audio(write_audio(tmp_path / "stereo.wav", both))
    assert np.allclose(audio.samples, mono / 2, atol=1e-3)


def test_an_acid_chunk_states_tempo_and_beats(tmp_path: Path) -> None:
    file = with_acid_chunk(write_audio(tmp_path / "a.wav", rock_audio()), 8, 120.0)
    stated = stated_in_file(file)
    assert (stated.bpm, stated.beats) == (120.0, 8.0)
    reading = read_loop(file)
    assert reading.source == "its acid chunk"
    assert (reading.bpm, reading.beats) == (pytest.approx(120.0), 8)


def test_the_chunk_decides_the_octave(tmp_path: Path) -> None:
    file = with_acid_chunk(write_audio(tmp_path / "a.wav", rock_audio()), 4, 60.0)
    assert read_loop(file).bpm == pytest.approx(60.0)


def test_a_vorbis_comment_states_the_tempo(tmp_path: Path) -> None:
    import mutagen

    file = write_audio(tmp_path / "a.flac", rock_audio())
    tags = mutagen.File(str(file))
    tags["BPM"] = "60"
    tags.save()
    assert stated_in_file(file).bpm == 60.0
    assert read_loop(file).source == "its tags"


@pytest.mark.parametrize(
    ("name", "bpm", "beats", "bare"),
    [
        ("amen_136bpm.wav", 136, 0, []),
        ("Break 97.5 BPM 2 bars.aif", 97.5, 8, []),
        ("bpm_174_roll.wav", 174, 0, []),
        ("loop_97_a.wav", 0, 0, [97]),
        ("drums 4beats.wav", 0, 4, []),
        ("909 kit 120.wav", 0, 0, [120]),
        ("take 3.wav", 0, 0, []),
    ],
)
def test_a_name_is_read(name: str, bpm: float, beats: float, bare: list[float]) -> None:
    stated, likely = stated_in_name(name)
    assert (stated.bpm, stated.beats) == (bpm, beats)
    assert likely == bare


def test_a_bare_number_counts_only_if_the_length_agrees(tmp_path: Path) -> None:
    audio = rock_audio(2, 120)
    assert read_loop(write_audio(tmp_path / "loop_120.wav", audio)).source == "its name"
    assert read_loop(write_audio(tmp_path / "loop_107.wav", audio)).source != "its name"


def broken_files(folder: Path) -> dict[str, Path]:
    """One file of every kind that is not a loop."""
    good = write_audio(folder / "good.wav", rock_audio(1)).read_bytes()
    contents = {
        "empty.wav": b"",
        "picture.wav": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "text.flac": b"not audio at all, but words",
        "truncated.wav": good[:30],
        "header.ogg": b"OggS" + bytes(60),
        "riff.wav": b"RIFF" + struct.pack("<I", 4) + b"WAVE",
        "noise.mp3": np.random.default_rng(1).bytes(5_000),
    }
    out = {name: folder / name for name in contents}
    for name, data in contents.items():
        out[name].write_bytes(data)
    out["none.wav"] = folder / "none.wav"
    out["folder.wav"] = folder / "folder.wav"
    out["folder.wav"].mkdir()
    silent = np.zeros(RATE, dtype=np.float32)
    out["silent.wav"] = write_audio(folder / "silent.wav", silent)
    out["zero.wav"] = write_audio(folder / "zero.wav", silent[:0])
    out["short.wav"] = write_audio(folder / "short.wav", rock_audio(1)[: RATE // 8])
    nan = np.full(RATE, np.nan, dtype=np.float32)
    soundfile.write(str(folder / "nan.wav"), nan, RATE, subtype="FLOAT")
    out["nan.wav"] = folder / "nan.wav"
    out["long.flac"] = write_audio(folder / "long.flac", np.zeros(8_000 * 125, np.float32), 8_000)
    return out


def test_every_broken_file_ends_in_a_sentence_that_names_it(tmp_path: Path) -> None:
    for name, file in broken_files(tmp_path).items():
        with pytest.raises(MaterialError) as refused:
            read_loop(file)
        sentence = str(refused.value)
        assert name in sentence, sentence
        assert sentence.endswith("."), sentence
        assert len(sentence) < 300


def test_names_in_any_script_are_read(tmp_path: Path) -> None:
    file = write_audio(tmp_path / "ループ–ударные–🥁 120bpm.wav", rock_audio())
    assert read_loop(file).bpm == pytest.approx(120)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), suffix=st.sampled_from(["wav", "aiff", "flac", "ogg", "mp3"]))
def test_damage_is_read_or_refused_never_worse(
    tmp_path: Path, data: st.DataObject, suffix: str
) -> None:
    good = tmp_path / f"good.{suffix}"
    if not good.exists():
        write_audio(good, rock_audio(0.5))
    raw = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        # The first bytes are the header, where damage hurts most.
        reach = len(raw) if data.draw(st.booleans()) else min(len(raw), 120)
        raw[data.draw(st.integers(0, reach - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(1, len(raw)))] if data.draw(st.booleans()) else raw
    bad = tmp_path / f"bad.{suffix}"
    bad.write_bytes(bytes(raw))
    try:
        reading = read_loop(bad)
    except MaterialError as refused:
        assert "bad" in str(refused)
        return
    assert np.isfinite(reading.bpm)
    assert np.isfinite(reading.velocity).all()
    assert (reading.time >= 0).all()
    assert (reading.time <= reading.seconds).all()

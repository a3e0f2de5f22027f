"""``groovefield bounce``: whole bars, a true tempo map, any model, files kept safe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from groovefield import places
from groovefield.cli import main
from groovefield.commands import bounce_song
from groovefield.commands.bounce_song import TICKS_PER_BEAT, Floats
from groovefield.commands.plugin_state import state_with
from groovefield.commands.session import Bounce, Session
from groovefield.field import modelfile
from groovefield.field.decoder import default_model
from groovefield.lanes import Lane
from groovefield.pattern import Grid

pytestmark = pytest.mark.skipif(
    not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
    reason="the plugin is not built: run build/test",
)


def ramp(low: float, high: float, bars: int) -> Floats:
    return np.linspace(low, high, 4 * bars * TICKS_PER_BEAT)


def beat_times(path: Path, beats: list[float]) -> list[float]:
    """Seconds of song positions by a MIDI file's tempo map."""
    file = mido.MidiFile(path)
    tempo, now, seconds, found = 500_000, 0, 0.0, []
    ticks = [round(beat * file.ticks_per_beat) for beat in beats]
    for message in file.tracks[0]:
        for tick in [t for t in ticks if now <= t < now + message.time]:
            found.append((tick, seconds + (tick - now) * tempo / file.ticks_per_beat / 1e6))
        seconds += message.time * tempo / file.ticks_per_beat / 1e6
        now += message.time
        if message.type == "set_tempo":
            tempo = message.tempo
    found += [(t, seconds + (t - now) * tempo / file.ticks_per_beat / 1e6)
              for t in ticks if t >= now]  # fmt: skip
    at = dict(found)
    return [at[tick] for tick in ticks]


@cache
def bounced(low: float, high: float, bars: int, block: int) -> tuple[Bounce, bounce_song.SongTime]:
    return Session(48_000, block).bounce(bounce_song.walk(bars), ramp(low, high, bars))


@pytest.mark.parametrize(
    ("low", "high", "bars", "block"),
    [(96, 132, 16, 512), (60, 180, 8, 512), (400, 20, 2, 64), (60, 180, 8, 480), (90, 90, 4, 512)],
)
def test_midi_and_wav_keep_together_within_a_millisecond(
    tmp_path: Path, low: float, high: float, bars: int, block: int
) -> None:
    bounce, time = bounced(low, high, bars, block)
    bounce_song.write_midi(bounce.events, time, bars, tmp_path / "groove.mid")
    events = bounce.events
    by_midi = np.array(beat_times(tmp_path / "groove.mid", events["song_beats"].tolist()))
    assert len(events) > 10
    assert np.abs(by_midi - events["run_samples"] / 48_000).max() < 0.001
    (end,) = beat_times(tmp_path / "groove.mid", [4.0 * bars])
    assert end == pytest.approx(float(time.at(4.0 * bars)), abs=0.001)


@pytest.mark.parametrize(
    ("low", "high", "bars", "block"),
    [(174, 174, 1, 512), (96, 132, 16, 512), (60, 180, 8, 480), (120, 120, 2, 4096)],
)
def test_a_bounce_is_its_bars_and_their_ringing(
    low: float, high: float, bars: int, block: int
) -> None:
    bounce, time = bounced(low, high, bars, block)
    assert bounce.events["grid_step"].max() < 16 * bars
    # Nothing of the last bar is missing either: as much sounds as where the song goes on.
    longer, _ = bounced(low, high, bars, 512)
    assert len(bounce.events) == len(longer.events)
    assert bounce.events["grid_step"].max() >= 16 * bars - 2
    tail = bounce.audio[:, round(float(time.at(4.0 * bars)) * 48_000) :]
    assert tail.shape[1] > 480
    assert np.abs(tail[:, -48:]).max() < 1e-4
    assert tail[0, -1] == tail[1, -1] == 0


def test_late_hits_of_the_last_bar_stay_and_early_ones_of_the_next_go(tmp_path: Path) -> None:
    for offset, late in ((0.9, True), (-0.9, False)):
        write_plain_model(tmp_path / "plain.groovefield", offset)
        session = Session(48_000, 512)
        session.load(tmp_path / "plain.groovefield")
        bounce, _ = session.bounce(bounce_song.stay((0.5, 0.5), 1), ramp(120, 120, 1))
        played = bounce.events[bounce.events["lane"] == 0]
        assert sorted(played["grid_step"].tolist()) == list(range(16))
        last = played[played["grid_step"] == 15]["song_beats"][0]
        assert (last > 3.75) == late
        del session


def write_plain_model(path: Path, offset: float, name: str = "Plain") -> None:
    """A model whose only lane strikes every step, so much early or late.

    It has a tensor that the portable form drops.
    """
    sizes = dict.fromkeys(modelfile.LIMITS, 1)
    header = modelfile.Header(name, (Lane("kick", "Boom", 41),), Grid(4, 4), 2, sizes)
    shapes = modelfile.decoder_shapes(header)
    tensors: modelfile.Tensors = {n: np.zeros(shape, np.float16) for n, shape in shapes.items()}
    tensors["decoder.onset.bias"] += np.float16(10)
    tensors["decoder.offset.bias"] += np.float16(np.arctanh(offset))
    tensors["pad.picture"] = np.zeros((64, 64, 4), np.uint8)
    tensors["pad.items"] = np.zeros((1, 2), np.float16)
    modelfile.save(path, header, tensors)


def test_the_command_plays_any_model_at_a_place_with_parameters_set(tmp_path: Path) -> None:
    write_plain_model(tmp_path / "mine.groovefield", 0.0)
    arguments = ["bounce", "--out", str(tmp_path / "out"), "--bars", "2", "--tempo", "100"]
    arguments += ["--model", str(tmp_path / "mine.groovefield"), "--at", "0.2,0.8"]
    assert main([*arguments, "--set", "Swing=66", "--set", "steps=3"]) == 0
    file = mido.MidiFile(tmp_path / "out/groove.mid")
    now, starts = 0, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "note_on":
            assert message.note == 41
            starts.append(now / file.ticks_per_beat)
    even, odd = np.arange(0, 8, 0.5), np.arange(0.25, 8, 0.5) + (2 * 0.66 - 1) / 4
    assert starts == pytest.approx(sorted([*even, *odd]), abs=1e-3)
    assert now == 8 * file.ticks_per_beat  # two bars, for a clip that loops
    tempos = [m.tempo for m in file.tracks[0] if m.type == "set_tempo"]
    assert tempos == [600_000]
    sound, rate = soundfile.read(tmp_path / "out/groove.wav")
    assert len(sound) / rate > 4.8


def test_a_style_is_set_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    styles = modelfile.load(default_model()).header.styles
    assert len(styles) > 3

    def notes(style: str) -> list[tuple[int, int]]:
        out = tmp_path / style.replace(".", "_")
        command = ["bounce", "--out", str(out), "--bars", "2", "--at", "0.5,0.5"]
        assert main([*command, "--set", f"Style={style}"]) == 0
        return [(m.note, m.time) for m in mido.MidiFile(out / "groove.mid").tracks[0]
                if m.type == "note_on"]  # fmt: skip

    assert notes(styles[2]) == notes(f"{3 / len(styles):.6f}") != notes("All")
    assert capsys.readouterr().err == ""
    assert main(["bounce", "--out", str(tmp_path / "no"), "--set", "style=zydeco"]) == 1
    said = capsys.readouterr().err
    assert "The model has no style 'zydeco': its styles are " in said and styles[0] in said


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("motion=Path", "Motion=Path moves nothing: a recorded path would come from a project"),
        ("motion=Points", "Motion=Points moves nothing: points would come from a project"),
        ("Variation=80", "Variation changes nothing: it says how far a take strays"),
    ],
)
def test_what_a_bounce_cannot_play_is_said_and_the_rest_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, sentence: str
) -> None:
    command = ["bounce", "--out", str(tmp_path / "out"), "--bars", "1", "--at", "0.5,0.5"]
    assert main([*command, "--set", setting]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and sentence in said
    assert (tmp_path / "out/groove.mid").exists()


def test_parameters_that_are_set_reach_the_plugin() -> None:
    def hits(threshold: float) -> int:
        settings = {"Mute Kick": 1.0, "Threshold": threshold, "Seed": 7 / 999}
        path = bounce_song.stay((0.6, 0.62), 2)
        bounce, _ = session.bounce(path, ramp(120, 120, 2), settings=settings)
        assert 0 not in bounce.events["lane"]
        return len(bounce.events)

    session = Session(48_000, 512)
    assert hits(0.02) > 2 * hits(0.9) > 0
    seed = session.plugin.get_parameter_text(session.parameters["Seed"])
    assert seed.startswith("7")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "nothing"], "The library has no model called 'nothing'."),
        (["--set", "Swing"], "--set Swing is not NAME=VALUE"),
        (["--set", "Swing=90"], "Swing is 50 to 75 %, not '90'."),
        (["--set", "Groove me=1"], "There is no parameter 'Groove me'"),
        (["--set", "x=1"], "--set x=1: use --at X,Y."),
        (["--block-size", "65536"], "--block-size 65536 is longer than a step"),
        (["--plugin", "/nowhere/x.vst3"], "/nowhere/x.vst3 is not there."),
        (["--plugin", "/etc/passwd"], "/etc/passwd cannot be loaded as a plugin."),
    ],
)
def test_what_cannot_be_leaves_no_folder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["bounce", "--out", str(tmp_path / "a/out"), *arguments]) == 1
    assert sentence in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("flag", "text"), [("--out", ""), ("--at", "2,0"), ("--at", "here")])
def test_odd_words_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["bounce", "--out", "out", flag, text])
    assert not list(tmp_path.iterdir())


def unprivileged() -> list[str]:
    """What to put before a command so that file modes bind it, also for root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is needed to try file modes as root")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def bounce_apart(out: Path, *before: str) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-m", "groovefield.cli", "bounce"]
    command += ["--out", str(out), "--bars", "1"]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="tries Linux's file modes")
@pytest.mark.parametrize("what", ["folder", "file", "directory"])
def test_a_place_that_cannot_be_written_is_said_before_and_nothing_is_lost(
    tmp_path: Path, what: str
) -> None:
    before = unprivileged()
    wav = tmp_path / "groove.wav"
    if what == "directory":
        wav.mkdir()
    else:
        wav.write_bytes(b"an earlier one")
        (tmp_path if what == "folder" else wav).chmod(0o555)
    try:
        run = bounce_apart(tmp_path, *before)
    finally:
        tmp_path.chmod(0o755)
    sentences = {
        "folder": f"--out {tmp_path} cannot be written to: Permission denied.",
        "file": f"{wav} is write-protected: bounce to another folder.",
        "directory": f"{wav} is a folder: move it away, or bounce to another one.",
    }
    assert run.returncode == 1
    assert run.stderr == f"groovefield bounce: {sentences[what]}\n"
    assert "Loading" not in run.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["groove.wav"]
    assert what == "directory" or wav.read_bytes() == b"an earlier one"


def test_a_disk_that_fills_up_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "groove.wav").write_bytes(b"an earlier one")

    def full(*_: object, **__: object) -> None:
        raise soundfile.LibsndfileError(2, "Error opening x: ")

    monkeypatch.setattr(soundfile, "write", full)
    assert main(["bounce", "--out", str(tmp_path), "--bars", "1"]) == 1
    assert f"{tmp_path / 'groove.wav'} cannot be written: " in capfd.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["groove.wav"]
    assert (tmp_path / "groove.wav").read_bytes() == b"an earlier one"

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 1000))
    assert main(["bounce", "--out", str(tmp_path), "--bars", "1"]) == 1
    assert "has 0.0 MB left, and the bounce needs" in capfd.readouterr().err


def test_a_reader_that_goes_away_takes_no_file_along(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "groovefield.cli", "bounce", "--bars", "1"]
    run = subprocess.run(
        [*command, "--out", str(tmp_path)], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert "roken pipe" not in run.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["groove.mid", "groove.png", "groove.wav"]


def test_the_walk_stays_two_bars_and_moves_within_a_beat() -> None:
    path = bounce_song.walk(16)
    moving = np.flatnonzero((np.diff(path["X"]) != 0) | (np.diff(path["Y"]) != 0))
    beat = moving / TICKS_PER_BEAT % 8
    assert beat.min() > 6.7 and beat.max() < 7.76
    places = {
        (round(float(path["X"][bar * 3840]), 3), round(float(path["Y"][bar * 3840]), 3))
        for bar in range(16)
    }
    assert len(places) == len(bounce_song.STATIONS)


def test_the_default_model_can_be_named_by_its_file() -> None:
    session = Session(48_000, 512)
    session.load(default_model())
    again, _ = session.bounce(bounce_song.walk(2), ramp(120, 120, 2))
    first, _ = bounced(120, 120, 2, 512)
    assert again.audio.tobytes() == first.audio.tobytes()


def test_the_portable_form_that_the_plugin_makes_fits_its_checksum(tmp_path: Path) -> None:
    model, state = tmp_path / "whole.groovefield", tmp_path / "state"
    write_plain_model(model, 0.0, "Größe ☃")
    assert modelfile.portable(model) != model.read_bytes()
    state.write_bytes(state_with(model.read_bytes()))  # a state with a whole model file in it
    session = Session(48_000, 512)
    session.plugin.load_state(str(state))
    bounce, _ = session.bounce(bounce_song.stay((0.5, 0.5), 1), ramp(120, 120, 1))
    assert len(bounce.events) == 16  # the process refuses a model that does not fit
    assert set(bounce.events["note"].tolist()) == {41}

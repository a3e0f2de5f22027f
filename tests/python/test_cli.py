"""The command line: quick to answer, and a whole training from MIDI files to a field."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import mido
import pytest
from groovefield import library, places
from groovefield.cli import COMMANDS, main
from groovefield.field.decoder import load_decoder
from groovefield.field.modelfile import load


def write_beat(path: Path, kicks: list[int], sparse: bool = False) -> None:
    """Two bars of 4/4: kicks at the given steps, and if not ``sparse`` a backbeat and eighths."""
    notes = [(s, 36) for s in kicks]
    if not sparse:
        notes += [(s, 38) for s in (4, 12, 20, 28)] + [(s, 42) for s in range(0, 32, 2)]
    events = [(120 * s, 100, n) for s, n in notes] + [(120 * s + 60, 0, n) for s, n in notes]
    track, at = mido.MidiTrack(), 0
    for tick, velocity, note in sorted(events):
        message = mido.Message("note_on", channel=9, note=note, velocity=velocity, time=tick - at)
        track.append(message)
        at = tick
    track.append(mido.MetaMessage("end_of_track", time=32 * 120 - at))
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    file.save(path)


@pytest.fixture
def beats(tmp_path: Path) -> Path:
    folder = tmp_path / "beats"
    folder.mkdir()
    for i in range(6):
        write_beat(folder / f"beat{i}.mid", [0, 16, 2 * i + 1, 17 + 2 * i])
    (folder / "broken.mid").write_bytes(b"MThd then nothing")
    return folder


def training(beats: Path, epochs: int = 100_000) -> list[str]:
    """The command that makes my.groovefield beside the folder of beats."""
    out = beats.parent / "my.groovefield"
    words = ["--data", str(beats), "--out", str(out), "--epochs", str(epochs)]
    return [sys.executable, "-m", "groovefield.cli", "train", *words]


def test_help_names_every_command_and_never_imports_torch() -> None:
    code = (
        "import sys; from groovefield.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('HEAVY' if {'torch', 'numpy'} & set(sys.modules) else 'light')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("light\n")
    for command in COMMANDS:
        assert command in run.stdout


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"groovefield {command}" in capsys.readouterr().out


def test_a_folder_of_midi_files_becomes_a_field(
    beats: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my beats.groovefield"
    assert main(["train", "--data", str(beats), "--out", str(out), "--epochs", "150"]) == 0
    said = capsys.readouterr()
    assert "broken.mid" in said.out  # the bad file is named, and the rest goes on
    assert "s left" in said.err
    decoder = load_decoder(out)
    assert decoder.name == "my beats"
    # At each clip's dot the backbeat that all of them have; between them lie variations.
    for place in load(out).items:
        pattern = decoder.decode(place)
        assert (pattern.probability[1] > 0.5).nonzero()[0].tolist() == [4, 12, 20, 28]
    assert pattern.velocity[1, 4] == pytest.approx(100 / 127, abs=0.1)
    record = load(out).header.training
    assert record["material"]["folder"]["windows"] == 6
    assert record["epochs"] == 150


@pytest.mark.parametrize(
    "words",
    [
        ("--architecture", "tokui-literal"),
        ("--beta", "0"),
        ("--density", "gaussian"),
        ("--latents", "3", "--closeness", "free"),
    ],
)
def test_other_networks_and_losses_train_by_the_same_command(
    words: tuple[str, ...], beats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokui = pytest.importorskip("groovefield.field.tokui")
    monkeypatch.setattr(tokui, "_COPY_STEPS", 20)
    out = tmp_path / "other.groovefield"
    assert main(["train", "--data", str(beats), "--out", str(out), "--epochs", "3", *words]) == 0
    model = load(out)
    assert load_decoder(out).latents == (3 if "--latents" in words else 2)
    assert len(model.items) == 6
    record = model.header.training
    assert record.get("architecture", "") == ("tokui-literal" if len(words[0]) > 10 else "")


def test_with_no_file_named_the_field_goes_to_the_library(
    beats: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(places, "library", lambda: tmp_path / "library")
    assert main(["train", "--data", str(beats), "--epochs", "2"]) == 0
    assert [(e.name, e.patterns) for e in library.entries()] == [("beats", 6)]
    said = capsys.readouterr().out
    assert " of 6 clips exactly.\n" in said
    assert "share of the pad" not in said  # there is one source, which has all of it


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_folder_whose_name_is_no_text_can_be_trained_on(
    beats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "library", lambda: tmp_path / "library")
    folder = str(beats.rename(tmp_path / os.fsdecode(b"\xe9t\xe9")))
    assert main(["train", "--data", folder, "--epochs", "2"]) == 0
    assert [entry.name for entry in library.entries()] == ["\ufffdt\ufffd"]
    out = str(tmp_path / os.fsdecode(b"\xff.groovefield"))
    assert main(["train", "--data", folder, "--epochs", "2", "--out", out]) == 0
    assert "\\udcff.groovefield (" in capsys.readouterr().out
    assert main(["train", "--data", folder, "--name", os.fsdecode(b"\xff")]) == 1
    assert "A model's name has 1 to 64 bytes" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("--architecture", "tokui-repaired")])
def test_ctrl_c_leaves_the_field_of_the_best_epoch_so_far(
    words: tuple[str, ...],
    beats: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from groovefield.commands import train as train_command
    from groovefield.field import tokui

    class Impatient(train_command.tqdm):  # type: ignore[misc]
        def update(self, n: float = 1) -> None:
            super().update(n)
            if self.n == 5:
                raise KeyboardInterrupt

    monkeypatch.setattr(train_command, "tqdm", Impatient)
    monkeypatch.setattr(tokui, "_COPY_STEPS", 20)
    out = tmp_path / "my.groovefield"
    assert main(["train", "--data", str(beats), "--out", str(out), *words]) == 0
    said = capsys.readouterr().out
    assert said.count("finishing the field of epoch 5") == said.lower().count("finishing") == 1
    record = load(out).header.training
    assert record["stopped_early"] is True
    assert record["kept_epoch"] == 5
    assert load_decoder(out).name == "my"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_a_real_ctrl_c_leaves_a_field_that_plays(beats: Path, tmp_path: Path) -> None:
    out = tmp_path / "my.groovefield"
    command = training(beats)
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Where the tests run in a shell's background, Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stderr
        seen = b""
        while not re.search(rb" [1-9]\d*/100000", seen):
            seen += process.stderr.read1(100)  # type: ignore[attr-defined]
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode == 0
    assert load_decoder(out).name == "my"
    assert load(out).header.training["stopped_early"] is True


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_ends_a_program_keeps_the_best_field_however_often_it_comes(
    name: str, beats: Path, tmp_path: Path
) -> None:
    number, out = getattr(signal, name), tmp_path / "my.groovefield"
    command = training(beats)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:
        assert process.stderr and process.stdout
        seen = b""
        while not re.search(rb" [1-9]\d*/100000", seen):
            seen += process.stderr.read1(100)  # type: ignore[attr-defined]
        process.send_signal(number)
        while b"Stopped: finishing the field" not in (line := process.stdout.readline()):
            assert line, "it did not say that it stopped"
        process.send_signal(number)
        assert b"my.groovefield (" in process.stdout.read()
    assert process.returncode == 0
    assert load(out).header.training["stopped_early"] is True
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX")
def test_a_closed_terminal_keeps_the_best_field(beats: Path, tmp_path: Path) -> None:
    """All of it at once: SIGHUP, and nothing can be read or written there any more."""
    out = tmp_path / "my.groovefield"
    keys, terminal = os.openpty()
    command = training(beats)
    code = (
        "import fcntl, os, signal, sys, termios\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        f"os.execv({command[0]!r}, {command!r})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(terminal)
        seen = b""
        os.write(keys, b"audition\n")  # is heard when there is something to keep
        while b"can be heard" not in seen:
            seen += os.read(keys, 100)
        os.close(keys)
    assert process.returncode == 0
    assert load(out).header.training["stopped_early"] is True


@pytest.mark.parametrize("sparse", [False, True])
def test_an_earlier_network_says_what_it_needs(
    sparse: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    clip = tmp_path / "clip.mid"
    write_beat(clip, [0, 16], sparse)
    words = ["--architecture", "tokui-repaired", "--out", str(tmp_path / "my.groovefield")]
    assert main(["train", "--data", str(clip), *words]) == 1
    found = 0 if sparse else 1
    said = f"tokui-repaired needs 2 patterns with more than five hits, and found {found}."
    assert said in capsys.readouterr().err
    assert not (tmp_path / "my.groovefield").exists()


def test_a_mistake_in_the_report_is_not_taken_for_a_closed_terminal() -> None:
    from groovefield.commands.train import _Shown
    from groovefield.trainer import events

    with pytest.raises(ValueError, match="format code"):
        _Shown().say(events.Epoch(1, 2, "much", None, 0.1, 0.1, 1.0))  # type: ignore[arg-type]


@pytest.mark.skipif(os.name != "posix", reason="a pipe that nobody reads, as POSIX has it")
def test_a_report_that_nobody_reads_leaves_the_progress_to_be_seen(
    beats: Path, tmp_path: Path
) -> None:
    nobody, report = os.pipe()
    os.close(nobody)
    run = subprocess.run(training(beats, 30), stdout=report, stderr=subprocess.PIPE)
    os.close(report)
    assert run.returncode == 0
    assert b" 30/30 " in run.stderr
    assert load(tmp_path / "my.groovefield").header.training["kept_epoch"] == 30


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX")
def test_words_at_a_terminal_pause_let_hear_and_finish(beats: Path, tmp_path: Path) -> None:
    out = tmp_path / "my.groovefield"
    keys, terminal = os.openpty()
    command = training(beats)
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout

        def until(text: str) -> str:
            while text not in (line := process.stdout.readline()):
                assert line, f"it ended without saying {text!r}"
            return line

        until("While it trains: pause, resume, finish, cancel, audition (and Enter")
        until("Training on")
        os.write(keys, b"audition\n")
        heard = Path(until("can be heard").split("ends: ")[1].strip())
        assert load_decoder(heard).name == "my"
        os.write(keys, b"p\n")
        until("Paused; r goes on.")
        os.write(keys, b"a\n")
        until("can be heard")
        os.write(keys, b"continue\n")  # which is not to cancel
        until("'continue' is none of pause")
        assert process.poll() is None
        os.write(keys, b"r\na\n")
        until("can be heard")
        os.write(keys, b"finish\n")
        until("my.groovefield (")
    os.close(keys)
    os.close(terminal)
    assert process.returncode == 0 and not heard.exists()
    assert load(out).header.training["stopped_early"] is True


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX")
def test_cancel_at_a_terminal_leaves_no_file(beats: Path, tmp_path: Path) -> None:
    keys, terminal = os.openpty()
    command = training(beats)
    with subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        os.write(keys, b"c\n")
        assert process.stdout and "Cancelled; there is no file." in process.stdout.read()
    os.close(keys)
    os.close(terminal)
    assert process.returncode == 1 and list(tmp_path.glob("*.groovefield")) == []


def test_ctrl_c_while_finishing_leaves_no_file(
    beats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groovefield.field import finishing

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(finishing, "distil", stop)
    out = tmp_path / "my.groovefield"
    assert main(["train", "--data", str(beats), "--out", str(out), "--epochs", "2"]) == 130
    assert [p.name for p in tmp_path.iterdir()] == ["beats"]


def test_a_folder_without_midi_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("no drums here")
    out = tmp_path / "my.groovefield"
    assert main(["train", "--data", str(tmp_path), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert f"{tmp_path} holds no MIDI file or audio loop that can be used." in said
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_found_before_training(
    beats: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "my.groovefield"
    assert main(["train", "--data", str(beats), "--out", str(out)]) == 1
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--bars", "0"], "--bars 0 is not between 1 and 1000."),
        (["--block-size", "0"], "--block-size 0 is not between 1 and 65536."),
        (["--sample-rate", "7"], "--sample-rate 7 is not between 8000 and 384000."),
        (["--tempo", "fast"], "--tempo fast is neither a tempo"),
        (["--plugin", "/nowhere/x.vst3"], "/nowhere/x.vst3 is not there."),
    ],
)
def test_a_bounce_that_cannot_be_is_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["bounce", "--out", str(tmp_path / "out"), *arguments]) == 1
    assert sentence in capfd.readouterr().err


def test_a_file_where_the_bounce_is_to_go_is_found_before_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("mine")
    assert main(["bounce", "--out", str(tmp_path / "taken")]) == 1
    said = capsys.readouterr()
    assert said.err.endswith("taken cannot be a folder: it is a file.\n")
    assert "Bouncing" not in said.out
    assert (tmp_path / "taken").read_text() == "mine"


def test_no_command_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    said = capsys.readouterr().err
    assert said.endswith("a command is missing: groovefield --help lists them\n")
    assert "arguments" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_the_output_is_a_sentence() -> None:
    for words in (["models", "list"], ["parameters"]):
        command = [sys.executable, "-m", "groovefield.cli", *words]
        with Path("/dev/full").open("w") as full:
            run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        assert run.returncode == 1
        assert run.stderr.endswith("could not be read or written: No space left on device.\n")
        assert run.stderr.count("\n") == 1


def test_a_terminal_says_windows_where_clips_have_many(capsys: pytest.CaptureFixture[str]) -> None:
    from groovefield.commands.train import _Shown
    from groovefield.trainer import events

    shown = _Shown()
    shown.say(events.Epoch(1, 1, 1.0, None, 0.1, 0.1, 1.0, 3, 12, 310, 326))
    shown.close()
    told = "plays back 3 of 12 clips exactly (310 of 326 windows), 1 s left"
    assert told in capsys.readouterr().err
    assert events.plays_back(1, 1, 1, 1) == "plays back 1 of 1 clip exactly"


def test_a_log_gets_lines_and_no_carriage_returns(capsys: pytest.CaptureFixture[str]) -> None:
    from groovefield.commands.train import _Shown
    from groovefield.trainer import events

    shown = _Shown()
    for epoch in range(1, 501):
        shown.say(events.Epoch(epoch, 500, 1.0, None, 0.1, 0.1, 1.0))
    shown.close()
    said = capsys.readouterr().err
    assert "\r" not in said
    assert 1 <= said.count("\n") <= 5
    assert "500/500" in said

"""``groovefield doctor``: a good installation, and each way in which it can be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from groovefield import __version__, cli, places
from groovefield.commands import doctor, install
from groovefield.commands.process_trial import ProcessTrial, TrialFailed
from groovefield.field import decoder
from test_install import bundle

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")
Report = Callable[[], tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with Groovefield installed in it."""
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GROOVEFIELD_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    monkeypatch.setenv("GROOVEFIELD_VST3", str(bundle(tmp_path / "built")))
    install.install_plugins(places.plugin_folder())
    install.write_record(places.python_record(), Path(sys.executable))
    return tmp_path


@pytest.fixture
def report(home: Path, capsys: pytest.CaptureFixture[str]) -> Report:
    capsys.readouterr()

    def examine() -> tuple[int, str]:
        code = cli.main(["doctor"])
        return code, capsys.readouterr().out

    return examine


def wrong(report: Report) -> str:
    """The one sentence that is wrong."""
    code, said = report()
    lines = [line for line in said.splitlines() if line.startswith("WRONG")]
    assert code == 1 and len(lines) == 1, said
    return lines[0]


def test_a_good_installation_is_well(report: Report) -> None:
    code, said = report()
    assert code == 0 and "WRONG" not in said
    assert "All is well." in said
    assert "answered with a pattern of" in said


def test_no_plugin(home: Path, report: Report) -> None:
    shutil.rmtree(places.plugin_folder())
    assert "not installed" in wrong(report)


def test_a_plugin_of_another_version(home: Path, report: Report) -> None:
    shutil.rmtree(places.plugin_folder())
    bundle(places.plugin_folder(), version="0.0.9")
    assert "0.0.9" in wrong(report)


def test_a_plugin_with_another_shared_memory(home: Path, report: Report) -> None:
    shutil.rmtree(places.plugin_folder())
    bundle(places.plugin_folder(), layout=1)
    assert "shared memory differently" in wrong(report)


def test_half_a_plugin(home: Path, report: Report) -> None:
    binary = next(places.plugin_folder().glob("*/Contents/*/*.so"))
    binary.write_bytes(binary.read_bytes()[:1_000])
    assert "half of one" in wrong(report)


def test_no_note_of_a_python(home: Path, report: Report) -> None:
    places.python_record().unlink()
    assert "knows no Python" in wrong(report)


@posix
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_note_that_others_may_write(home: Path, report: Report, what: str) -> None:
    note = places.python_record()
    path = note if what == "file" else note.parent
    path.chmod(path.stat().st_mode | 0o020)
    assert f"chmod go-w {path}" in wrong(report)


@posix
def test_a_note_that_is_a_link(home: Path, report: Report) -> None:
    note = places.python_record()
    note.rename(home / "elsewhere")
    note.symlink_to(home / "elsewhere")
    assert "not a plain file" in wrong(report)


@pytest.mark.parametrize("python", ["/no/such/python", "python3", "", "text"])
def test_a_note_of_no_program(home: Path, report: Report, python: str) -> None:
    if python == "text":
        python = str(home / "text")
        Path(python).touch(mode=0o644)
    places.python_record().write_text(f"python={python}\nversion={__version__}\n")
    assert (python or "none") in wrong(report)


def test_a_note_by_another_version(home: Path, report: Report) -> None:
    places.python_record().write_text(f"python={sys.executable}\nversion=0.0.9\n")
    assert "0.0.9" in wrong(report)


def test_a_note_that_is_no_text(home: Path, report: Report) -> None:
    places.python_record().write_bytes(b"\xff\xfe\x00python")
    assert "names the Python none" in wrong(report)


def test_a_python_without_groovefield(home: Path, report: Report) -> None:
    bare = home / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = bare / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    places.python_record().write_text(f"python={python}\nversion={__version__}\n")
    code, said = report()
    assert code == 1 and "cannot import Groovefield" in said and "was not tried" in said


def test_the_variable_comes_first(
    home: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROOVEFIELD_PYTHON", "/no/such/python")
    assert "GROOVEFIELD_PYTHON is /no/such/python" in wrong(report)
    monkeypatch.setenv("GROOVEFIELD_PYTHON", sys.executable)
    places.python_record().unlink()
    assert report()[0] == 0


@posix
def test_a_runtime_folder_open_to_others_is_passed_over(home: Path, report: Report) -> None:
    folder = home / "run/groovefield"
    folder.mkdir(mode=0o755)
    code, said = report()
    assert code == 0 and f"Shared memory lies in {folder}" not in said
    folder.chmod(0o700)
    assert f"Shared memory lies in {folder}" in report()[1]


@posix
def test_no_place_for_shared_memory(
    home: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "open").mkdir()
    (home / "open").chmod(0o755)
    (home / "link").symlink_to(home / "open")
    folders = [home / "open", home / "link", home / "missing/groovefield"]
    monkeypatch.setattr(doctor, "runtime_directories", lambda: folders)
    said = wrong(report)
    assert f"chmod 700 {home / 'open'}" in said and "a link does not count" in said
    assert str(home / "missing") in said


@posix
def test_a_cache_open_to_others(home: Path, report: Report) -> None:
    cache = places.model_cache()
    cache.mkdir(parents=True)
    cache.chmod(0o755)
    assert f"chmod 700 {cache}" in wrong(report)


@posix
def test_files_of_ended_hosts_are_counted(home: Path, report: Report) -> None:
    folder = home / "run/groovefield"
    folder.mkdir(mode=0o700)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (folder / f"groovefield-{ended.pid}-1-{'0' * 16}.shm").touch(0o600)
    (folder / "notes.txt").touch()
    code, said = report()
    assert code == 0 and "1 file of hosts that have ended goes" in said


@posix
def test_another_host_is_told_of_and_not_blamed_on_this_installation(
    home: Path, report: Report
) -> None:
    folder = home / "run/groovefield"
    folder.mkdir(mode=0o700)
    (folder / f"groovefield-{os.getpid()}-1-{'0' * 16}.shm").write_bytes(b"another plugin")
    code, said = report()
    assert f"The host with process number {os.getpid()} runs another plugin" in said
    assert code == 0 and "All is well." in said


def test_a_damaged_default_model(
    home: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = home / "damaged.groovefield"
    damaged.write_bytes(decoder.default_model().read_bytes()[:-100])
    monkeypatch.setattr(doctor, "default_model", lambda: damaged)
    assert "default model is damaged" in wrong(report)


def test_a_process_that_cannot_start_says_why(home: Path) -> None:
    bare = home / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = bare / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with ProcessTrial(python) as trial, pytest.raises(TrialFailed, match="groovefield"):
        trial.start()


def test_the_trial_answers_what_the_decoder_says_and_leaves_nothing() -> None:
    with ProcessTrial(Path(sys.executable)) as trial:
        folder = Path(trial._folder.name)
        trial.start()
        answer = trial.ask(0.25, 0.75)
        again = trial.ask(0.5, 0.1)
        process = trial._process
    pattern = decoder.load_decoder(decoder.default_model())
    latents = doctor_latents(0.25, 0.75)
    assert answer.values[0] == pytest.approx(pattern.decode(latents).probability, abs=1e-4)
    assert (again.values[0] != answer.values[0]).any()
    assert process is not None and process.returncode == 0
    assert not folder.exists()


def doctor_latents(x: float, y: float) -> decoder.Floats:
    import numpy as np

    return np.array([x, y, *[0.5] * 6], np.float32)

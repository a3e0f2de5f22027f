"""``groovefield install``: in a home of its own, with the built plugin where there is one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from groovefield import __version__, cli, places
from groovefield.commands import install
from groovefield.commands.plugin_file import PluginFile, read_plugin
from groovefield_bridge.layout import LAYOUT_HASH

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links are POSIX's")
not_root = pytest.mark.skipif(
    os.name != "nt" and os.getuid() == 0, reason="nothing is forbidden to root"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GROOVEFIELD_PYTHON", "GROOVEFIELD_VST3"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def bundle(folder: Path, version: str = __version__, layout: int = LAYOUT_HASH) -> Path:
    """A bundle with the marker of a plugin and nothing that runs."""
    binary = folder / "Groovefield.vst3/Contents/x86_64-linux/Groovefield.so"
    binary.parent.mkdir(parents=True)
    text = f"groovefield-plugin version={version} layout={layout:016x}\0"
    binary.write_bytes(b"\x7fELF" + bytes(5_000) + text.encode() + bytes(100))
    return folder / "Groovefield.vst3"


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = bundle(tmp_path / "built")
    monkeypatch.setenv("GROOVEFIELD_VST3", str(made))
    return made


def test_the_built_plugin_says_its_version_and_its_layout() -> None:
    try:
        built = places.plugin()
    except places.NotFoundHere as reason:
        pytest.skip(str(reason))
    assert read_plugin(built) == PluginFile(__version__, LAYOUT_HASH)


def test_the_package_has_the_version_of_the_project() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    assert f'\nversion = "{__version__}"\n' in project.read_text()


def test_it_copies_the_plugin_and_notes_this_python(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["install"]) == 0
    installed = places.plugin_folder() / "Groovefield.vst3"
    assert installed.is_relative_to(home)
    assert read_plugin(installed) == PluginFile(__version__, LAYOUT_HASH)
    note = places.python_record()
    assert note.is_relative_to(home)
    assert note.read_text() == f"python={sys.executable}\nversion={__version__}\n"
    said = capsys.readouterr().out
    assert str(installed) in said and sys.executable in said and "MIDI From" in said


@posix
def test_the_note_is_private(home: Path, plugin: Path) -> None:
    note = places.python_record()
    note.parent.mkdir(parents=True, mode=0o777)
    note.parent.chmod(0o777)
    assert cli.main(["install"]) == 0
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert stat.S_IMODE(note.parent.stat().st_mode) == 0o700


def test_a_second_time_it_takes_the_place_of_the_first(home: Path, plugin: Path) -> None:
    assert cli.main(["install"]) == 0
    folder = places.plugin_folder()
    stray = folder / "Groovefield.vst3/Contents/left-over"
    stray.write_text("of an older version")
    assert cli.main(["install"]) == 0
    assert not stray.exists()
    assert [p.name for p in folder.iterdir()] == ["Groovefield.vst3"]


def test_a_folder_can_be_named(home: Path, plugin: Path) -> None:
    assert cli.main(["install", "--plugin-folder", str(home / "of my host")]) == 0
    assert read_plugin(home / "of my host/Groovefield.vst3") is not None
    assert not (places.plugin_folder() / "Groovefield.vst3").exists()


@posix
def test_a_link_in_the_place_is_replaced_and_not_followed(home: Path, plugin: Path) -> None:
    elsewhere = bundle(home / "elsewhere", version="0.0.1")
    folder = places.plugin_folder()
    folder.mkdir(parents=True)
    (folder / "Groovefield.vst3").symlink_to(elsewhere)
    assert cli.main(["install"]) == 0
    assert not (folder / "Groovefield.vst3").is_symlink()
    assert read_plugin(elsewhere) == PluginFile("0.0.1", LAYOUT_HASH)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["install", *arguments]) == 1
    said = capsys.readouterr().err.strip()
    assert said.endswith(".") and "Traceback" not in said
    return said


def test_a_plugin_of_another_version_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GROOVEFIELD_VST3", str(bundle(home / "old", version="0.0.1")))
    said = refusal(capsys)
    assert "0.0.1" in said and __version__ in said and "build/demo" in said
    assert not (places.plugin_folder() / "Groovefield.vst3").exists()


def test_a_plugin_with_another_shared_memory_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GROOVEFIELD_VST3", str(bundle(home / "old", layout=LAYOUT_HASH ^ 1)))
    assert "shared memory differently" in refusal(capsys)


def test_a_bundle_with_no_plugin_is_refused(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plugin / "Contents/x86_64-linux/Groovefield.so").write_bytes(b"no plugin")
    assert "no Groovefield plugin" in refusal(capsys)


def test_a_file_where_the_folder_should_be_is_named(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "file").write_text("in the way")
    assert str(home / "file") in refusal(capsys, "--plugin-folder", str(home / "file"))


def test_the_plugin_is_not_copied_over_itself(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, "--plugin-folder", str(plugin.parent))
    assert "another --plugin-folder" in said and read_plugin(plugin) is not None


@posix
@not_root
def test_a_folder_that_cannot_be_written_is_named(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "closed").mkdir(mode=0o500)
    assert "closed" in refusal(capsys, "--plugin-folder", str(home / "closed"))


@posix
def test_a_failed_swap_leaves_the_old_plugin(
    home: Path, plugin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["install"]) == 0
    installed = places.plugin_folder() / "Groovefield.vst3"
    (installed / "Contents/mine").write_text("the old one")
    rename = Path.rename

    def fails_for_the_new_one(self: Path, target: Path) -> Path:
        if self.name.endswith("-new"):
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_the_new_one)
    assert "No space left" in refusal(capsys)
    assert (installed / "Contents/mine").read_text() == "the old one"
    assert [p.name for p in installed.parent.iterdir()] == ["Groovefield.vst3"]


@posix
def test_a_link_in_place_of_the_notes_folder_is_refused(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = places.python_record().parent
    folder.parent.mkdir(parents=True)
    (home / "elsewhere").mkdir()
    folder.symlink_to(home / "elsewhere")
    assert "link" in refusal(capsys)
    assert not list((home / "elsewhere").iterdir())


def test_a_python_without_groovefield_is_refused(home: Path) -> None:
    bare = home / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    python = bare / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with pytest.raises(install.InstallError, match="cannot import Groovefield"):
        install.check_python(python)


def test_uninstall_removes_what_install_put_there_and_nothing_else(
    home: Path, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["install"]) == 0
    other = places.plugin_folder() / "Other.vst3"
    other.mkdir()
    cache = places.model_cache()
    cache.mkdir(parents=True)
    (cache / ("0" * 64 + ".groovefield")).write_text("a project's")
    (cache / "mine.groovefield").write_text("the user's own")
    assert cli.main(["install", "--uninstall"]) == 0
    assert [p.name for p in places.plugin_folder().iterdir()] == ["Other.vst3"]
    assert [p.name for p in cache.iterdir()] == ["mine.groovefield"]
    assert not places.python_record().exists()
    capsys.readouterr()
    assert cli.main(["install", "--uninstall"]) == 0
    assert "nothing was removed" in capsys.readouterr().out

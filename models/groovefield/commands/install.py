"""``groovefield install``: the plugin to where hosts look, and the note of which Python to start.

The note is the file that ``bridge/shell/find_python.cpp`` reads when ``GROOVEFIELD_PYTHON`` is not
set: ``python=`` with an absolute path. The plugin uses it only if nobody else can write it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from groovefield import __version__, places
from groovefield.commands.plugin_file import read_plugin


class InstallError(RuntimeError):
    """It could not be installed or removed; the message is a sentence that says why."""


@dataclass(frozen=True)
class Copied:
    """One bundle and where it was put."""

    what: str
    place: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield install``."""
    parser.add_argument(
        "--plugin-folder",
        type=Path,
        help=f"where the host looks for VST3 plugins (default {places.plugin_folder()})",
    )
    parser.add_argument("--uninstall", action="store_true", help="remove what was installed")


def run(arguments: argparse.Namespace) -> int:
    """Install or remove; 1 with a sentence when something is wrong."""
    folder = (arguments.plugin_folder or places.plugin_folder()).expanduser().absolute()
    try:
        if arguments.uninstall:
            print(_removed_text(uninstall(folder)))
            return 0
        check_python(Path(sys.executable))
        copied = install_plugins(folder, default=arguments.plugin_folder is None)
        record = write_record(places.python_record(), Path(sys.executable))
    except (InstallError, places.NotFoundHere) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Groovefield {__version__} is installed.")
    for each in copied:
        print(f"  {each.what:<10}{each.place}")
    print(f"  {'Python':<10}{sys.executable}")
    print(f"  {'noted in':<10}{record}")
    print(_how_to_load())
    return 0


# ---------------------------------------------------------------- the plugin


def install_plugins(folder: Path, default: bool = True) -> list[Copied]:
    """Copies the VST3 to ``folder`` and, on macOS, the Audio Units to theirs.

    Raises:
        InstallError: a folder or a file is in the way; nothing of that bundle was changed.
        NotFoundHere: the plugin is not built.
    """
    bundle = places.plugin()
    check_bundle(bundle)
    copied = [Copied("VST3", put_bundle(bundle, folder))]
    if default and sys.platform == "darwin":
        components = places.component_folder()
        copied += [Copied("AU", put_bundle(each, components)) for each in places.components(bundle)]
    return copied


def check_bundle(bundle: Path) -> None:
    """Refuses a plugin that does not fit this package.

    Raises:
        InstallError: it is of another version, or no plugin.
    """
    again = "Build it again: build/demo, or `pip install .` in Groovefield's folder."
    try:
        found = read_plugin(bundle)
    except OSError as error:
        raise InstallError(f"The plugin {bundle} cannot be read: {error.strerror}.") from error
    if found is None:
        raise InstallError(f"{bundle} holds no Groovefield plugin. {again}")
    if misfit := found.misfit():
        raise InstallError(f"The plugin {bundle} {misfit}. {again}")


def put_bundle(bundle: Path, folder: Path) -> Path:
    """Copies a bundle into ``folder``: beside the old one first, then both change places.

    A host never finds half a plugin, and a failure leaves the old one. Returns where it lies.

    Raises:
        InstallError: the folder cannot be made or written.
    """
    target = folder / bundle.name
    try:
        if target.exists() and target.resolve() == bundle.resolve():
            raise InstallError(
                f"{target} is the plugin that would be copied: name another --plugin-folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        # The names do not end in .vst3: no host takes them for plugins.
        fresh = folder / f".groovefield-{secrets.token_hex(4)}-new"
        old = fresh.with_name(fresh.name.replace("-new", "-old"))
        try:
            if bundle.is_dir():
                shutil.copytree(bundle, fresh, symlinks=True)
            else:
                shutil.copy2(bundle, fresh)
            _swap(fresh, target, old)
        finally:
            _remove(fresh)
    except shutil.Error as error:
        raise InstallError(f"{bundle} cannot be copied to {folder}: {error}.") from error
    except OSError as error:
        close = " If a host has the plugin open, close it." if os.name == "nt" else ""
        reason = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        raise InstallError(f"{target} cannot be written ({reason}).{close}") from error
    return target


def _swap(fresh: Path, target: Path, old: Path) -> None:
    present = target.exists() or target.is_symlink()
    if present:
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if present:
            old.rename(target)
        raise
    _remove(old)


def _remove(path: Path) -> bool:
    """Removes a file, a link (not what it leads to) or a folder; False if there is none."""
    if path.is_symlink() or path.is_file():
        path.unlink()
        return True
    if path.is_dir():
        shutil.rmtree(path)
        return True
    return False


# ---------------------------------------------------------------- the Python


def check_python(python: Path) -> None:
    """Refuses a Python that could not run the model process as the plugin starts it.

    ``-I`` leaves out PYTHONPATH and the user's own site-packages.

    Raises:
        InstallError: it has no usable Groovefield.
    """
    if not python.is_absolute() or not str(python).isprintable():
        raise InstallError(f"Python's own path {str(python)!r} cannot be noted for the plugin.")
    if trouble := ask_python(python).trouble:
        raise InstallError(
            f"The plugin could not use this Python: {trouble} "
            "Install Groovefield into a virtual environment (python3 -m venv), not with --user."
        )


@dataclass(frozen=True)
class PythonAnswer:
    """What a Python says of itself when it is started as the plugin starts it."""

    trouble: str = ""
    groovefield: str = ""
    layout: int = 0
    numpy: str = ""


_QUESTION = """
import json, sys
import numpy, safetensors, groovefield, groovefield.serve
from groovefield_bridge.layout import LAYOUT_HASH
print(json.dumps({"groovefield": groovefield.__version__, "layout": LAYOUT_HASH,
                  "numpy": numpy.__version__}))
"""


def ask_python(python: Path) -> PythonAnswer:
    """Starts ``python -I`` and imports what the model process needs."""
    command = [str(python), "-I", "-c", _QUESTION]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd="/", env=clean_environment()
        )
    except OSError as error:
        return PythonAnswer(f"{python} cannot be started: {error.strerror}.")
    except subprocess.TimeoutExpired:
        return PythonAnswer(f"{python} did not answer in a minute.")
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        return PythonAnswer(f"{python} -I cannot import Groovefield ({last}).")
    return PythonAnswer(**json.loads(ran.stdout.splitlines()[-1]))


def clean_environment() -> dict[str, str]:
    """The environment that the plugin gives to the model process: little, and one BLAS thread."""
    posix = "HOME LANG TMPDIR XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME"
    windows = "SYSTEMROOT WINDIR USERPROFILE APPDATA LOCALAPPDATA TEMP TMP"
    threads = "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS VECLIB_MAXIMUM_THREADS"
    kept = (windows if os.name == "nt" else posix).split()
    result = {name: os.environ[name] for name in kept if name in os.environ}
    return {"PATH": "/usr/bin:/bin"} | result | dict.fromkeys(threads.split(), "1")


def write_record(record: Path, python: Path) -> Path:
    """Writes the note of which Python to start: mode 0600 in a folder of mode 0700.

    Raises:
        InstallError: the folder is not the user's own, or cannot be written.
    """
    folder = record.parent
    temporary = ""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir() and not folder.is_symlink():
            folder.mkdir(mode=0o700)
        if folder.is_symlink() or not folder.is_dir():
            raise InstallError(f"{folder} is not a folder (a link does not count): remove it.")
        if os.name != "nt":
            if folder.stat().st_uid != os.getuid():
                raise InstallError(f"The folder {folder} belongs to another user: remove it.")
            folder.chmod(0o700)
        handle, temporary = tempfile.mkstemp(prefix=".python.", dir=folder)  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(f"python={python}\nversion={__version__}\n")
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(record)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InstallError(f"{record} cannot be written: {error.strerror}.") from error
    return record


# ---------------------------------------------------------------- removing


def uninstall(folder: Path) -> list[Path]:
    """Removes the plugin, the note and the cache of models; returns what was there.

    Raises:
        InstallError: something cannot be removed.
    """
    wanted = [folder / places.PLUGIN_NAME, places.python_record()]
    if sys.platform == "darwin":
        wanted += [places.component_folder() / name for name in places.COMPONENT_NAMES]
    cache = places.model_cache()
    if cache.is_dir():
        wanted += [p for p in cache.iterdir() if re.fullmatch(r"[0-9a-f]{64}\.groovefield", p.name)]
    removed = []
    for path in wanted:
        try:
            if _remove(path):
                removed.append(path)
        except OSError as error:
            raise InstallError(f"{path} cannot be removed: {error.strerror}.") from error
    return removed


def _removed_text(removed: list[Path]) -> str:
    if not removed:
        return "Groovefield was not installed: nothing was removed."
    cached = [p for p in removed if p.parent == places.model_cache()]
    lines = [f"Removed {p}" for p in removed if p not in cached]
    if cached:
        lines.append(f"Removed {len(cached)} cached models from {places.model_cache()}")
    lines.append("Your projects keep their patterns. `pip uninstall groovefield` removes the rest.")
    return "\n".join(lines)


# ---------------------------------------------------------------- what to do next


def _how_to_load() -> str:
    text = """
In your DAW: rescan the VST3 plugins, put "Groovefield" on an instrument track and press play;
drag the pad. "Free run" plays while the host stands still.

Its notes also go out as MIDI (output "Kit + MIDI" or "MIDI"), to record them or to play another
drum instrument:
  Live     a MIDI track with "MIDI From" the plugin's track and, below it, "Groovefield"
  Bitwig   a Note Receiver, or a track whose input is the plugin's track
  Reaper   a send from the plugin's track, "Audio: None", "MIDI: All"; or its input "from track"
  Cubase   a MIDI track with the input "Groovefield - MIDI Out"
  Ardour   the plugin track's MIDI out, connected to another MIDI track's in"""
    if sys.platform == "darwin":
        text += """
  Logic    "Groovefield MIDI" among the MIDI effects: an instrument cannot send MIDI there"""
    return text + "\n\n`groovefield doctor` says whether everything fits together."

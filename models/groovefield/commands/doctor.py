"""``groovefield doctor``: what is wrong with an installation, in sentences.

Each check is a function from nothing to one ``Finding``. The exit code is 1 when one of them
found something that keeps the plugin from playing with its model.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from groovefield_bridge import layout
from groovefield_bridge.segment import Segment, SegmentRefused, runtime_directories

from groovefield import __version__, places
from groovefield.commands.install import PythonAnswer, ask_python
from groovefield.commands.plugin_file import PluginFile, read_plugin
from groovefield.commands.process_trial import ProcessTrial, TrialFailed
from groovefield.field.decoder import default_model, load_decoder
from groovefield.field.modelfile import ModelFileError
from groovefield.material.report import count

MEND = "Run: groovefield install"
ROOM_BYTES = 2 * layout.SLOT.size
"""Shared memory that two instances need."""


@dataclass(frozen=True)
class Finding:
    """What a check found: fine or not, and a sentence (for what is wrong, with the cure)."""

    fine: bool
    sentence: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield doctor``."""
    parser.add_argument(
        "--plugin-folder",
        type=Path,
        help=f"where the host looks for VST3 plugins (default {places.plugin_folder()})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check everything; 1 when something is wrong."""
    folder: Path = (arguments.plugin_folder or places.plugin_folder()).expanduser().absolute()
    findings = examine(folder)
    for finding in findings:
        print(f"{'ok     ' if finding.fine else 'WRONG  '}{finding.sentence}")
    wrong = sum(not f.fine for f in findings)
    if wrong:
        print(f"\n{wrong} of {len(findings)} checks found something wrong: see above.")
        return 1
    print("\nAll is well.")
    return 0


def examine(plugin_folder: Path) -> list[Finding]:
    """Every check, in the order in which the parts depend on each other."""
    python, findings = which_python()
    if python is not None:
        answer = ask_python(python)
        findings.append(python_fits(python, answer))
        findings.append(process_answers(python) if not answer.trouble else _not_tried(answer))
    checks: list[Callable[[], Finding]] = [
        lambda: plugin_installed(plugin_folder),
        default_model_loads,
        shared_memory_has_room,
        model_cache_is_private,
    ]
    return findings + [check() for check in checks] + files_of_hosts()


# ---------------------------------------------------------------- Python


def which_python() -> tuple[Path | None, list[Finding]]:
    """The Python that the plugin would start: the rules of ``bridge/shell/find_python.cpp``."""
    named = os.environ.get("GROOVEFIELD_PYTHON", "")
    if named:
        path, trouble = _usable(named), "correct it or unset it."
        if path is None:
            return None, [Finding(False, f"GROOVEFIELD_PYTHON is {named}: no program; {trouble}")]
        return path, [Finding(True, f"GROOVEFIELD_PYTHON names the Python {path}.")]
    record = places.python_record()
    if not os.path.lexists(record):
        return None, [Finding(False, f"The plugin knows no Python ({record} is missing). {MEND}")]
    if refused := refuse_unless_ours(record):
        return None, [Finding(False, f"The note of which Python to start is not used: {refused}")]
    noted = read_record(record)
    path = _usable(noted.get("python", ""))
    if path is None:
        was = noted.get("python", "") or "none"
        return None, [Finding(False, f"{record} names the Python {was}: no program. {MEND}")]
    findings = [Finding(True, f"The plugin starts {path} (noted in {record}).")]
    if noted.get("version") != __version__:
        was = noted.get("version", "an unknown one")
        sentence = f"That note is by version {was}, and this is {__version__}. {MEND}"
        findings.append(Finding(False, sentence))
    return path, findings


def read_record(record: Path) -> dict[str, str]:
    """The lines ``name=value`` of the note; empty if it cannot be read."""
    try:
        lines = record.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def refuse_unless_ours(path: Path) -> str:
    """Why the plugin would not trust a file: a sentence with the cure, or nothing."""
    if os.name == "nt":
        return ""
    for each, wanted in ((path, stat.S_ISREG), (path.parent, stat.S_ISDIR)):
        try:
            facts = each.lstat()
        except OSError as error:
            return f"{each} cannot be read: {error.strerror}. {MEND}"
        if not wanted(facts.st_mode):
            kind = "plain file" if each == path else "folder"
            return f"{each} is not a {kind}; remove it. {MEND}"
        if facts.st_uid not in (os.getuid(), 0):
            return f"{each} belongs to another user; remove it. {MEND}"
        if facts.st_mode & 0o022:
            return f"{each} can be written by other users. Run: chmod go-w {each}"
    return ""


def _usable(text: str) -> Path | None:
    path = Path(text)
    return path if path.is_absolute() and path.is_file() and os.access(path, os.X_OK) else None


def python_fits(python: Path, answer: PythonAnswer) -> Finding:
    """It imports what the model process needs, of this version."""
    if answer.trouble:
        return Finding(False, f"{answer.trouble} {MEND}")
    if answer.groovefield != __version__:
        return Finding(
            False,
            f"{python} has Groovefield {answer.groovefield}, and this is {__version__}. {MEND}",
        )
    if answer.layout != layout.LAYOUT_HASH:
        return Finding(False, f"{python} has another bridge than this one. {MEND}")
    return Finding(True, f"It has Groovefield {answer.groovefield} and numpy {answer.numpy}.")


def _not_tried(answer: PythonAnswer) -> Finding:
    return Finding(False, "The model process was not tried, because that Python cannot run it.")


def process_answers(python: Path) -> Finding:
    """The model process starts and plays a pattern of the default model."""
    try:
        with ProcessTrial(python) as trial:
            ready = trial.start()
            answer = trial.ask(0.5, 0.5)
    except TrialFailed as error:
        return Finding(False, f"The model process of {python} does not play: {error} {MEND}")
    hits = int((answer.values[0] > 0.5).sum())
    if not hits:
        return Finding(False, f"The model process answers with an empty pattern. {MEND}")
    return Finding(
        True,
        f"The model process was ready in {ready:.2f} s and answered with a pattern of {hits} hits.",
    )


# ---------------------------------------------------------------- plugin and model


def plugin_installed(folder: Path) -> Finding:
    """The plugin lies where hosts look, and fits this package."""
    bundle = folder / places.PLUGIN_NAME
    if not bundle.exists():
        return Finding(False, f"The plugin is not installed ({bundle} is missing). {MEND}")
    try:
        found: PluginFile | None = read_plugin(bundle)
    except OSError as error:
        return Finding(False, f"The plugin {bundle} cannot be read: {error.strerror}. {MEND}")
    if found is None:
        return Finding(False, f"{bundle} holds no Groovefield plugin, or half of one. {MEND}")
    if misfit := found.misfit():
        return Finding(False, f"The plugin {bundle} {misfit}. {MEND}")
    return Finding(True, f"The plugin {bundle} is version {found.version}, as this package.")


def default_model_loads() -> Finding:
    """The model that comes with the package can be played."""
    path = default_model()
    if not path.is_file():
        return Finding(False, f"The default model {path} is missing: install Groovefield again.")
    try:
        decoder = load_decoder(path)
    except ModelFileError as error:
        return Finding(False, f"The default model is damaged: {error} Install Groovefield again.")
    lanes, steps = len(decoder.lanes), decoder.grid.steps
    return Finding(True, f'The default model "{decoder.name}" has {lanes} lanes and {steps} steps.')


# ---------------------------------------------------------------- folders


def shared_memory_has_room() -> Finding:
    """One of the folders for shared memory is private and has room, as the plugin wants it."""
    reasons = []
    for folder in runtime_directories():
        refused = _folder_trouble(folder)
        if not refused:
            return Finding(True, f"Shared memory lies in {folder}.")
        reasons.append(refused)
    return Finding(False, "There is no place for shared memory: " + " ".join(reasons))


def _folder_trouble(folder: Path) -> str:
    base = folder
    if os.path.lexists(folder):
        if refused := private_folder_trouble(folder):
            return refused
    else:
        base = folder.parent
    try:
        free = shutil.disk_usage(base).free
    except OSError as error:
        return f"{base} cannot be used: {error.strerror}."
    if not os.access(base, os.W_OK | os.X_OK):
        return f"{base} cannot be written."
    if free < ROOM_BYTES:
        return f"{base} has {free / 1e6:.1f} MB left, and an instance needs {ROOM_BYTES / 2e6:.1f}."
    return ""


def private_folder_trouble(folder: Path) -> str:
    """Why the plugin would not use a folder that exists; empty if it would."""
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode):
        return f"{folder} is not a folder (a link does not count); remove it."
    if os.name == "nt":
        return ""
    if facts.st_uid != os.getuid():
        return f"{folder} belongs to another user; remove it."
    if stat.S_IMODE(facts.st_mode) & 0o777 != 0o700:
        return f"{folder} is open to other users. Run: chmod 700 {folder}"
    return ""


def model_cache_is_private() -> Finding:
    """The folder of the models that projects carry can be used, if it is there already."""
    folder = places.model_cache()
    if not os.path.lexists(folder):
        return Finding(True, f"Models of projects will be kept in {folder}.")
    if refused := private_folder_trouble(folder):
        return Finding(False, f"Models of projects cannot be kept: {refused}")
    return Finding(True, f"Models of projects are kept in {folder}.")


# ---------------------------------------------------------------- hosts


def files_of_hosts() -> list[Finding]:
    """What the hosts that run now say, and the files of those that have ended."""
    findings = []
    stale = 0
    for folder in runtime_directories():
        for file in sorted(folder.glob("groovefield-*.shm")) if folder.is_dir() else []:
            named = re.fullmatch(r"groovefield-(\d+)-\d+-[0-9a-f]{16}\.shm", file.name)
            if named is None:
                continue
            if not _runs(int(named[1])):
                stale += 1
                continue
            findings.append(_host(int(named[1]), file))
    if stale:
        findings.append(
            Finding(
                True,
                f"{count(stale, 'file')} of hosts that have ended "
                f"{'goes' if stale == 1 else 'go'} when the plugin next starts.",
            )
        )
    return findings


def _runs(pid: int) -> bool:
    if os.name == "nt":
        return True  # its file cannot be removed while it lives, nor stay when it ends
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host(pid: int, file: Path) -> Finding:
    try:
        segment = Segment.open(file)
    except SegmentRefused as error:
        return Finding(True, f"The host with process number {pid} runs another plugin: {error}.")
    instances = count(int((segment.controls["in_use"] == 1).sum()), "instance")
    ready = int(segment.server["state"][0]) == 2 and _runs(int(segment.server["pid"][0]))
    message = bytes(segment.server["message"][0]).decode(errors="replace")
    state = message or ("its model process is ready" if ready else "its model process is not ready")
    # That host's own affair, which this installation need not be the cause of: told, not blamed.
    return Finding(True, f"A host (process {pid}) has {instances} open: {state.rstrip('.')}.")

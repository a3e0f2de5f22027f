"""Where things are: the plugin, the per-user files, the developer's data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PLUGIN_NAME = "Groovefield.vst3"


class NotFoundHere(RuntimeError):
    """Something that should be here is not; the message is a sentence with what to do."""


def built_plugin() -> Path:
    """Where ``build/setup`` leaves the plugin in a source tree; it need not be there."""
    tree = Path(__file__).parents[2]
    return tree / "build/out/cmake/Groovefield_artefacts/Release/VST3" / PLUGIN_NAME


def plugin() -> Path:
    """The VST3 bundle: ``GROOVEFIELD_VST3``, inside the installed package, or the build's.

    Raises:
        NotFoundHere: there is none.
    """
    named = os.environ.get("GROOVEFIELD_VST3")
    if named:
        if not Path(named).exists():
            raise NotFoundHere(f"GROOVEFIELD_VST3 names {named}, which is not there.")
        return Path(named)
    for bundle in (Path(__file__).parent / "plugins" / PLUGIN_NAME, built_plugin()):
        if bundle.exists():
            return bundle
    raise NotFoundHere(
        "The plugin is not built: run build/demo, or `pip install .` in Groovefield's folder."
    )


def plugin_folder() -> Path:
    """Where hosts look for a user's VST3 plugins."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library/Audio/Plug-Ins/VST3"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData/Local"))
        return Path(local) / "Programs/Common/VST3"
    return home / ".vst3"


def python_record() -> Path:
    """The per-user file that tells the plugin which Python to start."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "groovefield/python"
    config = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(config) if Path(config).is_absolute() else Path.home() / ".config"
    return base / "groovefield/python"

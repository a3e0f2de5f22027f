"""Where things are: the plugin, the per-user files, the developer's data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PLUGIN_NAME = "Groovefield.vst3"
COMPONENT_NAMES = ("Groovefield.component", "Groovefield MIDI.component")
"""The Audio Units of macOS."""


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


def components(bundle: Path) -> list[Path]:
    """The Audio Units that were built with a VST3 bundle: beside it, or in CMake's folders."""
    products = bundle.parents[3] if len(bundle.parents) > 3 else bundle.parent
    folders = (
        bundle.parent,
        products / "Groovefield_artefacts/Release/AU",
        products / "GroovefieldMidi_artefacts/Release/AU",
    )
    return [f / name for f in folders for name in COMPONENT_NAMES if (f / name).exists()]


def component_folder() -> Path:
    """Where macOS's hosts look for a user's Audio Units."""
    return Path.home() / "Library/Audio/Plug-Ins/Components"


def python_record() -> Path:
    """The per-user file that tells the plugin which Python to start."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "groovefield/python"
    config = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(config) if Path(config).is_absolute() else Path.home() / ".config"
    return base / "groovefield/python"


def model_cache() -> Path:
    """Where the plugin keeps the models that projects carry, for the model process to read."""
    return _cache() / "models"


def quality_cache() -> Path:
    """Where the trainings that ``groovefield bench quality`` compares are kept."""
    return _cache() / "quality"


def material_cache() -> Path:
    """Where files that were read once are kept as windows, by their content."""
    return _cache() / "material"


def _cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "Groovefield/cache"
    cache = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(cache) if Path(cache).is_absolute() else Path.home() / ".cache"
    return base / "groovefield"


def library() -> Path:
    """Where a user's trained models are kept."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library/Application Support/Groovefield/Models"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(home / "AppData/Roaming"))) / "Groovefield/Models"
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if Path(data).is_absolute() else home / ".local/share"
    return base / "groovefield/models"


def corrections() -> Path:
    """The file of what a user corrected by hand in material that was read."""
    return library().parent / "corrections.json"

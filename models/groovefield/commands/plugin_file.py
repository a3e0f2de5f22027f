"""What a built plugin says about itself, read from its file without loading it.

The plugin's binary carries the text ``groovefield-plugin version=0.1.0 layout=<16 digits>``
(``bridge/shell/marker.cpp``): which package it belongs to, and the hash of the shared memory
that it was compiled with.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from pathlib import Path

from groovefield_bridge.layout import LAYOUT_HASH

from groovefield import __version__

_MARKER = re.compile(rb"groovefield-plugin version=([0-9A-Za-z.+-]{1,40}) layout=([0-9a-f]{16})\0")


@dataclass(frozen=True)
class PluginFile:
    """A built plugin: its version and the hash of its shared memory's layout."""

    version: str
    layout: int

    def misfit(self) -> str:
        """Why this Python package cannot serve it, as the end of a sentence; empty if it can."""
        if self.version != __version__:
            return f"is version {self.version}, and this Python package is version {__version__}"
        if self.layout != LAYOUT_HASH:
            return "and this Python package describe the shared memory differently"
        return ""


def read_plugin(bundle: Path) -> PluginFile | None:
    """What the binary in a bundle says; None if no file in it is a Groovefield plugin.

    Raises:
        OSError: the bundle cannot be read.
    """
    files = [bundle] if bundle.is_file() else sorted(bundle.glob("Contents/*/*"))
    for file in files:
        if file.parent.name == "Resources" or not file.is_file() or not file.stat().st_size:
            continue
        with file.open("rb") as content:
            mapped = mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)
            with mapped:
                found = _MARKER.search(mapped)
                if found:
                    return PluginFile(found[1].decode(), int(found[2], 16))
    return None

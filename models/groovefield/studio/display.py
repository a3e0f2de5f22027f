"""Whether a window can be opened here: Qt ends the whole program where it cannot."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

PACKAGES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libegl1 libgl1"
_TRIAL = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


def trouble() -> str:
    """Why no window can be opened, as a sentence; empty if one can."""
    if sys.platform != "linux":
        return ""
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    shown = next((os.environ[name] for name in names if os.environ.get(name)), "")
    if not shown:
        return "The studio needs a desktop: neither DISPLAY nor WAYLAND_DISPLAY is set."
    trial = subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, text=True)
    if trial.returncode == 0:
        return ""
    if missing := _missing_library():
        return (
            f"The studio's window cannot open: {missing}. build/setup installs what is needed; "
            f"on Debian: apt-get install {PACKAGES}"
        )
    said = [line.strip() for line in trial.stderr.splitlines() if line.strip()]
    return f"The studio's window cannot open on {shown}: {said[0] if said else 'no reason given'}"


def _missing_library() -> str:
    """What the loader says of PySide6 or of Qt's plugin for X11; empty if both load."""
    try:
        import PySide6
        import PySide6.QtGui

        folder = Path(PySide6.__path__[0])
        plugin = next(iter(folder.glob("**/platforms/libqxcb.so")), None)
        if plugin is not None:
            ctypes.CDLL(str(plugin))
    except (ImportError, OSError) as error:
        return str(error)
    return ""

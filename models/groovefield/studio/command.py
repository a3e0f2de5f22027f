"""``groovefield studio``: the window to train in and to understand a field."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SWITCH_SECONDS = 0.0005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield studio``."""
    parser.add_argument("files", nargs="*", type=Path, help="material to begin with, or a model")
    parser.add_argument("--model", type=Path, help="model file to look at")
    parser.add_argument("--light", action="store_true", help="light colours, whatever the desktop")
    parser.add_argument("--detached", action="store_true",
                        help="open it, say its process's number as JSON, and end")  # fmt: skip
    parser.add_argument("--announce", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--dark", action="store_true", help="dark colours, whatever the desktop")


def run(arguments: argparse.Namespace) -> int:
    """Open the window; returns when it is closed, or once it is open and nobody's."""
    if arguments.detached:
        from groovefield.studio.detached import open_detached

        return open_detached(_words(arguments))
    for path in arguments.files:
        if not path.exists():
            print(f"{path} is not there.", file=sys.stderr)
            return 1
    if arguments.model is not None and not arguments.model.is_file():
        print(f"{arguments.model} is not there.", file=sys.stderr)
        return 1
    from groovefield.studio import display

    if reason := display.trouble():
        print(reason, file=sys.stderr)
        return 1
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from groovefield.studio.detached import announce
    from groovefield.studio.look import DARK, LIGHT, wear
    from groovefield.studio.window import StudioWindow

    # An import beside the window lets go after so many seconds when the window wants to draw.
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    bright = app.styleHints().colorScheme() == Qt.ColorScheme.Light
    look = LIGHT if arguments.light or (bright and not arguments.dark) else DARK
    wear(app, look)
    window = StudioWindow(look)
    window.take(arguments.files)
    if arguments.model is not None:
        window.open_model(arguments.model)
    window.show()
    if arguments.announce:
        QTimer.singleShot(0, announce)
    return app.exec()


def _words(arguments: argparse.Namespace) -> list[str]:
    """The same command line for another process, wherever that runs."""
    words = [str(path.absolute()) for path in arguments.files]
    if arguments.model is not None:
        words += ["--model", str(arguments.model.absolute())]
    return words + [f"--{look}" for look in ("light", "dark") if getattr(arguments, look)]

"""The command line: ``groovefield COMMAND ...``.

Each command is a module of its own with two functions, ``add_arguments(parser)`` and
``run(arguments) -> exit code``, and one line below. The module is imported only when its
command is called, so that ``groovefield --help`` answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module

from groovefield import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "bounce": ("groovefield.commands.bounce", "bounce a walk over the pad with the real plugin"),
    "train": ("groovefield.commands.train", "train a model on MIDI files and audio loops"),
    "inspect": ("groovefield.commands.inspect", "say what is found in MIDI files and loops"),
    "encode": ("groovefield.commands.encode", "find MIDI files and loops on a model's pad"),
    "models": ("groovefield.commands.models", "list, rename, duplicate and delete your models"),
    "studio": ("groovefield.studio.command", "open a window to train and to understand a field"),
    "install": (
        "groovefield.commands.install",
        "put the plugin where hosts look, and note this Python",
    ),
    "doctor": ("groovefield.commands.doctor", "say what is wrong with the installation"),
    "bench": (
        "groovefield.bench.command",
        "measure the bridge, the sound, bounces and more",
    ),
    "parameters": ("groovefield.commands.parameters", "print what a host can automate"),
    "builtin-field": (
        "groovefield.field.builtin_field",
        "make the built-in field from a model",
    ),
}
"""Name of the command -> its module, and one line for the help."""


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<16}{help}" for name, (_, help) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="groovefield",
        usage="groovefield [-h] [--version] COMMAND ...",
        description="A drum instrument trained on your own grooves and played as a field.",
        epilog="commands:\n" + "\n".join(lines) + "\n\ngroovefield COMMAND --help says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"groovefield {__version__}")
    parser.add_argument("command", metavar="COMMAND", nargs="?", choices=list(COMMANDS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _print_anything() -> None:
    """A file's name may hold what no text can; it is shown by its number, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what it was asked; 1 when it could not, and said why; 130 after Ctrl-C.
    """
    _print_anything()
    known = _parser()
    chosen = known.parse_args(arguments)
    if chosen.command is None:
        known.error("a command is missing: groovefield --help lists them")
    module_name, help = COMMANDS[chosen.command]
    module = import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"groovefield {chosen.command}", description=help)
    module.add_arguments(parser)
    try:
        code = int(module.run(parser.parse_args(chosen.arguments)))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read the output, such as `head`, has had enough
        _listen_no_more()
        return 0
    except OSError as error:  # such as a full disk behind `>`
        _listen_no_more()
        name = f"{error.filename} " if error.filename else "something "
        print(f"groovefield {chosen.command}: {name}could not be read or written: "
              f"{error.strerror or error}.", file=sys.stderr)  # fmt: skip
        return 1


def _listen_no_more() -> None:
    """What is still to be printed would fail again when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())

"""``groovefield parameters``: what a host can automate, printed from the plugin's own table."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from groovefield.bench.table import CannotMeasure, program


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield parameters``."""
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write it there")


def run(arguments: argparse.Namespace) -> int:
    """Print or write; 1 with a sentence when it cannot."""
    try:
        text = table()
        if arguments.markdown is None:
            print(text, end="")
        else:
            arguments.markdown.write_text(text, "utf-8")
    except CannotMeasure as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{arguments.markdown} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def table() -> str:
    """The page docs/parameters.md.

    Raises:
        CannotMeasure: the program that knows the plugin's table is not built.
    """
    command = [str(program("groovefield_parameter_table"))]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

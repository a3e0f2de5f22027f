"""``groovefield parameters``: what a host can automate."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from groovefield.parameters import page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield parameters``."""
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write it there")


def run(arguments: argparse.Namespace) -> int:
    """Print or write; 1 with a sentence when it cannot."""
    if arguments.markdown is None:
        print(page(), end="")
        return 0
    try:
        arguments.markdown.write_text(page(), "utf-8")
    except OSError as error:
        print(f"{arguments.markdown} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    return 0

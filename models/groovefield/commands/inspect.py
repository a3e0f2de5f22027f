"""``groovefield inspect``: what is found in MIDI files and loops, before anything is trained."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from groovefield.lanes import MAX_STEPS
from groovefield.material import corrections
from groovefield.material.drum_maps import MAPS
from groovefield.material.drum_tracks import RULES
from groovefield.material.importing import inspect_file, load_paths
from groovefield.material.map_files import named_map
from groovefield.material.notes import MaterialError
from groovefield.material.report import FileReport
from groovefield.material.settings import FileSettings, ImportSettings
from groovefield.pattern import Grid


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield inspect``."""
    parser.add_argument("files", nargs="+", type=named_path, metavar="FILE",
                        help="MIDI files and loops; a folder is read as one import")  # fmt: skip
    add_choices(parser)
    parser.add_argument("--remember", action="store_true",
                        help="read them so from now on; with no choice, forget it")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def named_path(text: str) -> Path:
    """A path that was named: none is not the current directory. Raises `ArgumentTypeError`."""
    if not text:
        raise argparse.ArgumentTypeError("a name is empty: name a file or a folder")
    return Path(text)


def add_choices(parser: argparse.ArgumentParser) -> None:
    """How a person may say that files are to be read; `chosen` takes them."""
    parser.add_argument("--rule", choices=RULES, default="", help="which notes are the drums")
    parser.add_argument("--map", metavar="MAP", help=f"drum map: {', '.join(MAPS)}, or a file")
    parser.add_argument("--grid", type=_grid, metavar="STEPSxBEATS",
                        help="steps a beat and beats, such as 3x8 for triplets")  # fmt: skip
    parser.add_argument("--bpm", type=_positive, help="a loop's tempo")
    parser.add_argument("--beats", type=_positive, help="how many beats a loop's file holds")


def chosen(arguments: argparse.Namespace) -> FileSettings:
    """What was said by the options of `add_choices`. Raises `MaterialError`."""
    drum_map = named_map(arguments.map) if arguments.map else None
    return FileSettings(arguments.rule, drum_map, arguments.grid, arguments.bpm, arguments.beats)


def say_what_is_for_loops(report: FileReport, arguments: argparse.Namespace) -> None:
    """Nothing that was asked for is ignored in silence."""
    if report.kind == "midi" and (arguments.bpm or arguments.beats):
        print(f"{report.path} is a MIDI file: --bpm and --beats are for loops.", file=sys.stderr)


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _grid(text: str) -> Grid:
    steps, _, beats = text.partition("x")
    if not (steps.isdigit() and beats.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers, such as 4x8")
    grid = Grid(int(steps), int(beats))
    if not 1 <= grid.steps <= MAX_STEPS:
        raise argparse.ArgumentTypeError(f"a grid has 1 to {MAX_STEPS} steps, not {grid.steps}")
    return grid


def run(arguments: argparse.Namespace) -> int:
    """Print a report for each file; 1 when one of them cannot be used."""
    try:
        every = chosen(arguments)
        if arguments.remember:
            _remember(arguments.files, every)
        settings = ImportSettings(every, corrections.load())
    except MaterialError as reason:
        print(reason, file=sys.stderr)
        return 1
    as_json, unused = [], 0
    for path in arguments.files:
        if path.is_dir():
            used, told = _folder(path, settings)
        else:
            report = inspect_file(path, settings)
            say_what_is_for_loops(report, arguments)
            used, told = report.used, (report.to_json(), [report.sentence()])
        unused += not used
        as_json.append(told[0])
        if not arguments.json:
            print("\n".join(told[1]), flush=True)
    if arguments.json:
        print(json.dumps(as_json, indent=2))
    return 1 if unused else 0


def _remember(files: list[Path], every: FileSettings) -> None:
    keys = []
    for path in files:
        keys.append(inspect_file(path).key)
        if not keys[-1]:
            raise MaterialError(
                f"{path} cannot be remembered: it is no file that can be read. "
                "Nothing was remembered."
            )
    corrections.remember_all(keys, every)


def _folder(path: Path, settings: ImportSettings) -> tuple[bool, tuple[object, list[str]]]:
    try:
        report = load_paths([path], settings).report
    except MaterialError as reason:
        return False, ({"file": str(path), "reason": str(reason)}, [str(reason)])
    each = [file.sentence() for file in report.files if file.used]
    return True, (report.to_json(), [*report.sentences(), *each])

"""``groovefield encode``: where on a model's pad a MIDI clip or an audio loop is."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from groovefield import library
from groovefield.commands.inspect import add_choices, chosen, say_what_is_for_loops
from groovefield.field import modelfile, pad
from groovefield.field.decoder import Decoder
from groovefield.field.encode import InStyle, Places, places_of
from groovefield.field.modelfile import ModelFileError
from groovefield.material import corrections
from groovefield.material.cut import hits_from_start
from groovefield.material.dataset import Material, from_hits
from groovefield.material.drum_maps import GENERAL_MIDI
from groovefield.material.grids import words
from groovefield.material.importing import load_paths
from groovefield.material.midi_files import read_midi
from groovefield.material.notes import MaterialError, printable
from groovefield.material.report import count
from groovefield.material.settings import ImportSettings
from groovefield.pattern import Floats

MOST_DOTS = 4096
"""As many as places of the pad: a model with more of them was not trained to play them exactly."""
FEW_LINES = 4
"""So many windows of a file are printed each; of more, the first and the best."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield encode``."""
    parser.description = (
        "Each window of a file gets the place of the pad under which it is likeliest: X, Y, and "
        "the cells that differ there at threshold 0.5. A second place is named where one at least "
        "a quarter of the pad away is nearly as likely. Of a file of more than "
        f"{FEW_LINES} windows the first and the best are printed."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE",
                        help="MIDI files and loops; a folder is read as one import")  # fmt: skip
    parser.add_argument("--model", metavar="NAME_OR_FILE",
                        help="a model of the library, or a file (the default model)")  # fmt: skip
    add_choices(parser)
    parser.add_argument("--style", type=_style, default=0.0, metavar="0..1",
                        help="where the plugin's Style stands (0: the field itself)")  # fmt: skip
    parser.add_argument("--first", type=int, metavar="N",
                        help="only the first N windows of each FILE")  # fmt: skip
    parser.add_argument("--all", action="store_true", help="print every window of a long file")
    parser.add_argument("--pattern", action="store_true",
                        help="each FILE is one pattern, as the plugin writes it")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the places as JSON")


def _style(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Print the places of each file's windows; 1 when one of the files has none."""
    try:
        model = modelfile.load(library.model_file(arguments.model))
        settings = ImportSettings(chosen(arguments), corrections.load())
    except (library.LibraryError, ModelFileError, MaterialError) as reason:
        print(reason, file=sys.stderr)
        if arguments.json:
            print(json.dumps({"reason": str(reason)}))
        return 1
    decoder = Decoder(model)
    dots = np.asarray(model.items, np.float32) if len(model.items) <= MOST_DOTS else None
    field = InStyle(decoder, arguments.style)
    sampled = pad.sample(field)
    told, failed = [], False
    first = sys.maxsize if arguments.first is None else max(arguments.first, 1)
    if not arguments.json:
        print(_of_model(decoder))
    for path in arguments.files:
        try:
            material = (
                _pattern(path, decoder) if arguments.pattern else _read(path, settings, decoder)
            )
        except MaterialError as reason:
            failed = True
            told.append({"file": str(path), "reason": str(reason)})
            print(f"{reason} {_what_helps(reason)}".strip(), file=sys.stderr)
            continue
        for report in material.report.files:
            say_what_is_for_loops(report, arguments)
        material = material.where(np.arange(len(material)) < first)
        found = places_of(field, material, dots, sampled)
        told.append(_as_json(path, material, found, field))
        if not arguments.json:
            every = arguments.all or arguments.first is not None
            print("\n".join(_lines(material, found, every)), flush=True)
    if arguments.json:
        about = {"name": printable(decoder.name), "latents": decoder.latents}
        print(json.dumps({"model": about, "files": told}, indent=2))
    return 1 if failed else 0


def _of_model(decoder: Decoder) -> str:
    return f"On the pad of {decoder.name}:"


class _OtherGridError(MaterialError):
    """Material that does not lie on the model's grid."""

    def __init__(self, path: Path, material: Material, decoder: Decoder) -> None:
        super().__init__(
            f"{printable(path.name)} lies on {words(material.grid)}, the model {decoder.name} on "
            f"{words(decoder.grid)}."
        )
        self.grid = decoder.grid


def _what_helps(reason: MaterialError) -> str:
    """What a person at the command line may do; the plugin has no such choice."""
    if not isinstance(reason, _OtherGridError):
        return ""
    grid = reason.grid
    return f"--grid {grid.steps_per_beat}x{grid.beats} lays it there all the same."


def _read(path: Path, settings: ImportSettings, decoder: Decoder) -> Material:
    """The windows of a file or a folder, on the model's grid where they can lie on it."""
    material = load_paths([path], settings)
    if material.grid == decoder.grid:
        return material
    per_beat = decoder.grid.steps_per_beat
    free = all(
        file.open or file.kind == "loop" or (file.grid and file.grid.steps_per_beat == per_beat)
        for file in material.report.files
        if file.used
    )
    if settings.every.grid is not None or not free:
        raise _OtherGridError(path, material, decoder)
    return load_paths([path], replace(settings, every=replace(settings.every, grid=decoder.grid)))


def _pattern(path: Path, decoder: Decoder) -> Material:
    """What the plugin wrote of a pattern: one window, on the model's grid."""
    hits = hits_from_start(read_midi(path), decoder.grid, GENERAL_MIDI)
    if not hits.onset.any():
        raise MaterialError(f"{printable(path.name)} holds no hit of a drum.")
    return from_hits([hits])


def _as_json(path: Path, material: Material, found: Places, field: InStyle) -> dict[str, Any]:
    """``plays``: the cells struck at the place, of which and of ``hits`` those ``differ``."""
    plays = (field.decode_many(found.latent)[:, 0] > 0.5).sum((1, 2))
    windows = []
    for i, tags in enumerate(material.tags):
        none = found.second_differ[i] < 0
        second = {"place": _rounded(found.second[i]), "differ": int(found.second_differ[i])}
        windows.append({
            "file": tags["file"], "bar": tags["bar"] + 1, "place": _rounded(found.latent[i]),
            "differ": int(found.differ[i]), "hits": int(found.hits[i]),
            "plays": int(plays[i]),
            "log_likelihood": round(float(found.nats[i]), 3), "second": None if none else second,
        })  # fmt: skip
    return {"file": str(path), "report": material.report.to_json(), "windows": windows}


def _rounded(place: Floats) -> list[float]:
    return [round(float(value), 4) for value in place]


def _lines(material: Material, found: Places, every: bool) -> list[str]:
    """The report, then a line a window, or the chief ones, under the sentence of its file."""
    files = np.array([tags["file"] for tags in material.tags])
    lines = material.report.sentences() if len(material.report.files) > 1 else []
    for file in material.report.files:
        if not file.used:
            continue
        lines.append(file.sentence())
        windows = np.flatnonzero(files == file.file).tolist()
        if every or len(windows) <= FEW_LINES:
            lines += [_line(material, found, i) for i in windows]
        else:
            lines += _chief_lines(material, found, windows)
    return lines


def _chief_lines(material: Material, found: Places, windows: list[int]) -> list[str]:
    """The first window, the one that the pad plays most nearly, and how near it comes to all."""
    best = min(windows, key=lambda i: int(found.differ[i]))
    named = sorted({windows[0], best})
    lines = [_line(material, found, i) for i in named]
    if best != windows[0]:
        lines[-1] += " That is the nearest."
    differ = found.differ[windows]
    lines.append(
        f"  and {len(windows) - len(named)} more: {int(differ.min())} to {int(differ.max())} cells "
        f"differ, {int(np.median(differ))} in the middle. --all prints them."
    )
    return lines


def _line(material: Material, found: Places, i: int) -> str:
    said = (
        f"  from bar {material.tags[i]['bar'] + 1}: {_place(found.latent[i])}; "
        f"{count(int(found.hits[i]), 'hit')}, {_differ(int(found.differ[i]))}"
    )
    if found.second_differ[i] >= 0:
        other = _differ(int(found.second_differ[i]))
        said += f"; nearly as likely at {_place(found.second[i])} ({other})"
    return said + "."


def _place(latent: Floats) -> str:
    names = ["X", "Y", *(f"Z{n + 1}" for n in range(2, len(latent)))]
    shown = len(latent) if (latent[2:] != 0.5).any() else 2
    return ", ".join(
        f"{name} {value:.3f}" for name, value in zip(names[:shown], latent[:shown], strict=True)
    )


def _differ(cells: int) -> str:
    return "no cell differs" if cells == 0 else "1 cell differs" if cells == 1 else (
        f"{cells} cells differ")  # fmt: skip

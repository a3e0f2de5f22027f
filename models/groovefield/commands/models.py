"""``groovefield models``: the library of trained models."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import Counter
from pathlib import Path

from groovefield import library, places


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield models``; with none, it lists them."""
    words = parser.add_subparsers(dest="word", metavar="WORD")
    words.add_parser("list", help="name, size and material of each (the default)")
    words.add_parser("where", help="the library's folder")
    for word, help, more in (
        ("rename", "give it another name", "new"),
        ("duplicate", "the same model once more", "new"),
        ("delete", "take its file away", None),
        ("export", "copy it to a file or a folder", "to"),
    ):
        one = words.add_parser(word, help=help)
        one.add_argument("name", help="name of the model, or of its file")
        if more == "new":
            one.add_argument("new", help="the other name")
        if more == "to":
            one.add_argument("to", type=Path, help="file or folder")
    bring = words.add_parser("import", help="copy model files into the library")
    bring.add_argument("files", nargs="+", type=Path)


def run(arguments: argparse.Namespace) -> int:
    """Do it; 1 with a sentence when it cannot be done."""
    try:
        return _run(arguments)
    except library.LibraryError as reason:
        print(reason, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    word = arguments.word or "list"
    if word == "list":
        return _list()
    if word == "where":
        print(places.library())
    elif word == "import":
        return _import(arguments.files)
    elif word == "delete":
        entry = library.find(arguments.name)
        library.delete(entry)
        print(f"Deleted {entry.path}.")
    elif word == "export":
        print(library.take_out(library.find(arguments.name), arguments.to))
    else:
        change = library.rename if word == "rename" else library.duplicate
        print(change(library.find(arguments.name), arguments.new).path)
    return 0


def _list() -> int:
    found = library.entries()
    if not found:
        print(f"There are no models in {places.library()} yet: groovefield train makes one.")
        return 0
    names = Counter(entry.name.casefold() for entry in found)
    # Two of one name are told apart by their files, as `library.find` asks for.
    shown = [
        entry.name if names[entry.name.casefold()] == 1 else f"{entry.name} ({entry.path.name})"
        for entry in found
    ]
    width = max(map(_columns, shown))
    for name, entry in zip(shown, found, strict=True):
        what = entry.problem or (
            f"{entry.patterns:>6,} patterns of {entry.beats} beats, {entry.lanes} lanes"
            + (f"; trained on {entry.trained_on}" if entry.trained_on else "")
        )
        print(f"{name}{' ' * (width - _columns(name))}  {what}")
    return 1 if any(entry.problem for entry in found) else 0


def _columns(text: str) -> int:
    """How wide a terminal shows it: East Asian wide characters take two columns."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _import(files: list[Path]) -> int:
    code = 0
    for file in files:
        try:
            entry = library.bring_in(file)
            print(entry.path)
            had = library.read_entry(file).name
            if entry.name != had:
                print(f"It is called {entry.name!r} here: the library has a {had!r} already.")
        except library.LibraryError as reason:  # the others are brought in all the same
            print(reason, file=sys.stderr)
            code = 1
    return code

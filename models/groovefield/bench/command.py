"""``groovefield bench``: the project's figures, each measured by a command.

A topic is a module of this package with one function, ``measure() -> Table``; one of ``PAGES``
also writes a page for people, where it is told to.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path

from groovefield import places
from groovefield.bench.table import CannotMeasure, Machine, Table, load_now, this_machine
from groovefield.material.gmd import is_gmd

TOPICS = (
    "bridge",
    "decode",
    "audio",
    "editor",
    "bounce",
    "process",
    "pad",
    "groove",
    "import",
    "cold",
)
LONG_TOPICS = ("train", "loops", "blind", "quality", "beta")
"""They take minutes, and are measured only when they are named."""

MODULES = {"import": "importing"}
"""Topics whose word cannot name a module."""

PAGES = {"blind": Path("blind.html"), "beta": Path("beta.png")}
"""Topics that write something for people, and where, if --out does not say: their ``measure``
takes the path."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield bench``."""
    parser.add_argument("topics", nargs="*", metavar="TOPIC", default=["all"],
                        help=f"{', '.join(TOPICS)}, or all of these (the default); minutes "
                        f"each: {', '.join(LONG_TOPICS)}")  # fmt: skip
    pages = ", ".join(f"{file} for {topic}" for topic, file in PAGES.items())
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the page to write ({pages})")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="the data sets' folder, or "
                        "its gmd/ (default: GROOVEFIELD_DATA)")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write them as a page")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when something could not be measured or a limit is not kept."""
    known = (*TOPICS, *LONG_TOPICS, "all")
    unknown = [t for t in arguments.topics if t not in known]
    if unknown:
        print(f"There is no topic {unknown[0]!r}: {', '.join(known)}.", file=sys.stderr)
        return 2
    if arguments.out and not set(PAGES) & set(arguments.topics):
        print(f"--out is for a topic that writes a page: {', '.join(PAGES)}.", file=sys.stderr)
        return 2
    pages = {topic: arguments.out or PAGES[topic] for topic in arguments.topics if topic in PAGES}
    for out in (arguments.json, arguments.markdown, *pages.values()):
        if out is not None and (reason := _cannot_write(out)):
            print(reason, file=sys.stderr)
            return 1
    if arguments.data is not None:
        folder = arguments.data.resolve()
        os.environ["GROOVEFIELD_DATA"] = str(folder.parent if is_gmd(folder) else folder)
    named = (t for topic in arguments.topics for t in (TOPICS if topic == "all" else (topic,)))
    chosen = tuple(dict.fromkeys(named))
    machine = this_machine()
    print(machine.sentence())
    tables, failed = _measure(chosen, pages)
    if failed and not tables:  # why has been said, and what the files hold stays
        return 1
    if arguments.json is not None:
        arguments.json.write_text(as_json(machine, tables) + "\n", "utf-8")
    if arguments.markdown is not None:
        arguments.markdown.write_text(
            as_markdown(machine, tables, " ".join(arguments.topics), arguments.markdown), "utf-8"
        )
    short = [f"{row.name} ({table.topic})" for table in tables for row in table.rows
             if row.met is False]  # fmt: skip
    if short:
        print("\nNot kept: " + "; ".join(short) + ".")
    return 1 if failed or short else 0


def _cannot_write(file: Path) -> str:
    """Why a file cannot be written, as a sentence; empty if it can. What it holds stays."""
    new = not os.path.lexists(file)
    try:
        with file.open("ab"):
            pass
        if new:
            file.unlink()
    except OSError as error:
        return f"{file} cannot be written: {error.strerror}."
    return ""


def _measure(topics: tuple[str, ...], pages: dict[str, Path]) -> tuple[list[Table], bool]:
    tables, failed = [], False
    for topic in topics:
        before = load_now()
        try:
            module = import_module(f"groovefield.bench.{MODULES.get(topic, topic)}")
            table: Table = module.measure(*(pages[topic],) if topic in pages else ())
        except (CannotMeasure, places.NotFoundHere) as reason:
            print(f"\n{topic}: not measured. {reason}", file=sys.stderr)
            failed = True
            continue
        tables.append(replace(table, load=(before, load_now())))
        print(tables[-1].as_text(), flush=True)
    return tables, failed


def as_json(machine: Machine, tables: list[Table]) -> str:
    """The figures for another program."""
    return json.dumps(
        {"machine": asdict(machine), "tables": [t.as_json() for t in tables]}, indent=2
    )


def as_markdown(machine: Machine, tables: list[Table], topics: str, file: Path) -> str:
    """A page, docs/benchmarks.md or another."""
    head = (
        "# Benchmarks\n\n"
        f"Written by `groovefield bench {topics} --markdown {file}`; every number is from\n"
        f"that command. One topic alone: `groovefield bench {tables[0].topic}`.\n\n"
        f"{machine.sentence()}\n"
    )
    return head + "".join(f"\n{table.as_markdown()}\n" for table in tables)

"""Measures of a drum machine, written as markdown tables, read as two-bar windows.

The tables are those of `montoyamoraga/drum-machine-patterns` (MIT): a title (``### Funk 3``), a
line ``4/4, quarter note 94-118``, then measures A and B and a break, a row a drum with an X a
hit. The row AC accents whatever sounds in its column. A measure is played twice; a break is
played after its measure A, as it is meant. Measures of twelve steps are triplets (three a
beat): they fit another grid than sixteenths and are loaded on that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.material.midi_files import MaterialError
from groovefield.pattern import Floats, Grid, Hits

FILE_NAME = "patterns.md"
ACCENT, NORMAL = 1.0, 0.8

_LANES = {
    "BD": "kick",
    "SD": "snare",
    "CH": "closed_hat",
    "OH": "open_hat",
    "LT": "low_tom",
    "MT": "mid_tom",
    "HT": "high_tom",
    "CP": "clap",
    "RS": "rim",
    "CB": "rim",  # the cowbell goes where the drum maps put it
}
_RIDE_HITS = 3
"""A cymbal (CY) struck this often in one bar keeps time as a ride; less often it is a crash."""

_TITLE = re.compile(r"^### (?P<name>.+?)\s*$")
_MEASURE = re.compile(r"^#### (?P<name>.+?)\s*$")
_TEMPO = re.compile(r"^(?P<metre>\d+/\d+)(?:, quarter note ?(?P<low>\d+)?(?:-(?P<high>\d+))?)?")


@dataclass(frozen=True)
class Measure:
    """One bar as written. ``velocity`` is (lanes, 16 or 12)."""

    title: str
    name: str
    bpm: float
    velocity: Floats
    line: int

    @property
    def steps(self) -> int:
        """Steps of its bar."""
        return int(self.velocity.shape[1])

    @property
    def style(self) -> str:
        """The title without its number."""
        return re.sub(r"\s*\d+$", "", self.title).lower()


def load_on_grid(path: Path | str, grid: Grid) -> tuple[list[Hits], int]:
    """Every measure whose bar divides the grid, and how many do not. Raises `MaterialError`.

    ``Grid(4, 8)`` takes the measures of sixteen steps, ``Grid(3, 8)`` those of twelve.
    """
    hits, left_out = [], 0
    bar_steps = grid.steps_per_beat * 4
    first_of_title: dict[str, Measure] = {}
    for measure in read_measures(path):
        first_of_title.setdefault(measure.title, measure)
        if measure.steps != bar_steps or grid.steps % bar_steps != 0:
            left_out += 1
            continue
        bars = [measure.velocity] * (grid.steps // bar_steps)
        kind = _kind(measure)
        before = first_of_title[measure.title]
        if kind == "break" and before.steps == bar_steps:
            bars[:-1] = [before.velocity] * (len(bars) - 1)
        velocity = np.concatenate(bars, axis=1)
        hits.append(
            Hits(
                velocity=velocity,
                offset=np.zeros_like(velocity),
                grid=grid,
                bpm=measure.bpm,
                name=f"{measure.title}, {measure.name.lower()}",
                tags={
                    "source": "drum machine",
                    "file": FILE_NAME,
                    "style": measure.style,
                    "kind": kind,
                    "split": "train",
                },
            )
        )
    return hits, left_out


def read_measures(path: Path | str) -> list[Measure]:
    """Every table of the file, in its order. `path` is the file or its folder."""
    path = Path(path)
    path = path / FILE_NAME if path.is_dir() else path
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MaterialError(f"{path} cannot be read: {error}.") from error
    measures = list(_measures(lines))
    if not measures:
        raise MaterialError(f"{path} holds no drum machine table.")
    return measures


def _measures(lines: list[str]) -> Iterator[Measure]:
    title, name, bpm = "", "", 120.0
    number = 0
    while number < len(lines):
        line = lines[number]
        if match := _TITLE.match(line):
            title, bpm = match["name"], 120.0
        elif match := _MEASURE.match(line):
            name = match["name"]
        elif match := _TEMPO.match(line):
            low = float(match["low"] or bpm)
            bpm = (low + float(match["high"] or low)) / 2
        elif line.startswith("|Drum|"):
            start = number
            while number + 1 < len(lines) and lines[number + 1].startswith("|"):
                number += 1
            yield Measure(title, name, bpm, _table(lines[start : number + 1], start), start + 1)
        number += 1


def _table(lines: list[str], first_line: int) -> Floats:
    """Velocity (lanes, steps) of a table; its header and its rule are the first two lines."""
    steps = len(_cells(lines[0])) - 1
    velocity = np.zeros((len(LANES), steps), dtype=np.float32)
    accented = np.zeros(steps, dtype=bool)
    for row, line in enumerate(lines[2:], first_line + 3):
        drum, *cells = _cells(line)
        struck = np.array([cell.upper() == "X" for cell in cells])
        if len(struck) != steps:
            raise MaterialError(f"{FILE_NAME}, line {row}: {len(struck)} steps, not {steps}.")
        if drum == "AC":
            accented = struck
            continue
        if drum == "CY":
            lane = "ride" if struck.sum() >= _RIDE_HITS else "crash"
        elif drum in _LANES:
            lane = _LANES[drum]
        else:
            raise MaterialError(f"{FILE_NAME}, line {row}: {drum!r} is no drum of the machine.")
        velocity[LANE_INDEX[lane], struck] = NORMAL
    return np.where((velocity > 0) & accented, np.float32(ACCENT), velocity)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _kind(measure: Measure) -> str:
    """measure, break (after a measure) or ending (after everything)."""
    if measure.title == "Endings":
        return "ending"
    return "break" if measure.name == "Break" else "measure"

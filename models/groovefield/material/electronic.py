"""Electronic grooves written for this project: the text files beside it, read as windows.

One file a style, in `data/electronic_<style>.txt`. A file holds phrases written by hand (a
kick line, a backbeat, the cymbals, percussion) and then a table with one line a pattern: its
tempo, its swing, and the phrase it takes from each of the four sections. So the patterns are
chosen combinations of written phrases, none drawn at random.

A phrase is a name and rows of two bars of sixteenths, one row a lane::

    loose     OH  ..x...x...x...x.|..x...x...x..x..
              CH  x..-x..-x..-x..-|x..-x..-x..-x..o

``|*`` repeats the first bar. In a row ``.`` is silence, ``-`` a ghost, ``o`` soft, ``x``
normal, ``X`` an accent; ``<`` and ``>`` are normal, a third of a step early and late, so that
``x>.<`` is a triplet of eighths. The head of a file has its ``style``, the steps of its
``backbeat`` and the lanes that may play it, and ``push LANE MS``: how many milliseconds a
lane sits behind (or, negative, ahead of) the grid.

The swing of a pattern, 50-75 %, is where the second sixteenth of each pair falls, as in the
player; it is written into the offsets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.material.midi_files import MaterialError
from groovefield.pattern import Floats, Grid, Hits

DATA = Path(__file__).parents[1] / "data"
GRID = Grid(4, 8)
SECTIONS = ("kick", "back", "hats", "perc")

LANE_CODES: dict[str, int] = {
    code: LANE_INDEX[lane]
    for code, lane in (
        ("BD", "kick"),
        ("SD", "snare"),
        ("CH", "closed_hat"),
        ("OH", "open_hat"),
        ("LT", "low_tom"),
        ("MT", "mid_tom"),
        ("HT", "high_tom"),
        ("CP", "clap"),
        ("RS", "rim"),
        ("RD", "ride"),
        ("CR", "crash"),
    )
}
"""The two letters that drum machines print on their panels."""

ACCENT = 1.0
_LEVELS = {"-": 0.35, "o": 0.6, "x": 0.8, "<": 0.8, ">": 0.8, "X": ACCENT}
_THIRD_OF_A_STEP = {"<": -2 / 3, ">": 2 / 3}  # in half steps

_EASE = np.array([0.0, 0.06, 0.03, 0.08])
_EASE_BY_BEAT = np.array([0.0, 0.01, 0.005, 0.015])
"""How much softer than the beat a hand strikes the sixteenths between, and the weaker beats."""


@dataclass(frozen=True)
class Style:
    """One file: its style, the steps and lanes of its backbeat, its patterns."""

    name: str
    backbeat_steps: tuple[int, ...]
    backbeat_lanes: tuple[int, ...]
    hits: tuple[Hits, ...]


@dataclass
class _Phrase:
    """Velocity, and what `<` and `>` add to the offset, (lanes, 32)."""

    velocity: Floats = field(default_factory=lambda: _empty())
    offset: Floats = field(default_factory=lambda: _empty())


@dataclass
class _File:
    """A file as it is being read."""

    style: str = ""
    backbeat_steps: tuple[int, ...] = ()
    backbeat_lanes: tuple[int, ...] = ()
    push_ms: Floats = field(default_factory=lambda: np.zeros(len(LANES), dtype=np.float32))
    phrases: dict[str, dict[str, _Phrase]] = field(
        default_factory=lambda: {section: {} for section in SECTIONS}
    )
    hits: list[Hits] = field(default_factory=list)


def load_electronic(folder: Path = DATA) -> list[Hits]:
    """Every written pattern, style by style. Raises `MaterialError` naming file and line."""
    return [hits for style in load_styles(folder) for hits in style.hits]


def load_styles(folder: Path = DATA) -> list[Style]:
    """Every style file of a folder, by file name. Raises `MaterialError`."""
    files = sorted(folder.glob("electronic_*.txt"))
    if not files:
        raise MaterialError(f"{folder} holds no electronic_*.txt.")
    return [read_style(file) for file in files]


def read_style(path: Path) -> Style:
    """Read one style file. Raises `MaterialError` naming file, line and reason."""
    read, section, phrase = _File(), "", ""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MaterialError(f"{path.name} cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            if words[0].startswith("["):
                section = words[0].strip("[]")
                if section not in (*SECTIONS, "patterns"):
                    raise ValueError(f"there is no section {words[0]}")
            elif section == "":
                _read_head(read, words)
            elif section == "patterns":
                read.hits.append(_combine(read, words, path.name))
            else:
                # A row that begins with white space belongs to the phrase above it.
                phrase = phrase if line[0].isspace() else words.pop(0)
                _read_row(read.phrases[section].setdefault(phrase, _Phrase()), words)
        except (ValueError, KeyError, IndexError) as error:
            reason = error.args[0] if error.args else error
            raise MaterialError(f"{path.name}, line {number}: {reason}.") from error
    return Style(read.style, read.backbeat_steps, read.backbeat_lanes, tuple(read.hits))


def _read_head(read: _File, words: list[str]) -> None:
    match words:
        case ["style", *name] if name:
            read.style = " ".join(name)
        case ["backbeat", *rest] if "on" in rest:
            on = rest.index("on")
            read.backbeat_steps = tuple(int(step) for step in rest[:on])
            read.backbeat_lanes = tuple(_lane(code) for code in rest[on + 1 :])
        case ["push", code, milliseconds]:
            read.push_ms[_lane(code)] = float(milliseconds)
        case _:
            raise ValueError(f"the head has style, backbeat and push, not {' '.join(words)!r}")


def _read_row(phrase: _Phrase, words: list[str]) -> None:
    code, row = words
    lane = _lane(code)
    first, second = row.split("|")
    row = first + (first if second == "*" else second)
    if len(row) != GRID.steps or len(first) != GRID.steps // 2:
        raise ValueError(f"a bar has 16 sixteenths, not {len(first)} and {len(second)}")
    for step, mark in enumerate(row):
        if mark == ".":
            continue
        if mark not in _LEVELS:
            raise ValueError(f"{mark!r} is no mark of a row")
        phrase.velocity[lane, step] = _LEVELS[mark]
        phrase.offset[lane, step] = _THIRD_OF_A_STEP.get(mark, 0.0)


def _combine(read: _File, words: list[str], file: str) -> Hits:
    """One line of the table: bpm, swing, a phrase (or -) from each section."""
    if len(words) != 2 + len(SECTIONS):
        raise ValueError("a pattern is bpm, swing and a phrase for " + ", ".join(SECTIONS))
    bpm, swing = float(words[0]), float(words[1])
    if not (40 <= bpm <= 240 and 50 <= swing < 75):
        raise ValueError(f"{bpm:g} bpm with {swing:g} % swing is out of range")
    velocity, offset = _empty(), _empty()
    for section, name in zip(SECTIONS, words[2:], strict=True):
        if name == "-":
            continue
        if name not in read.phrases[section]:
            raise ValueError(f"there is no phrase {name!r} in [{section}]")
        phrase = read.phrases[section][name]
        louder = phrase.velocity > velocity
        velocity = np.where(louder, phrase.velocity, velocity)
        offset = np.where(louder, phrase.offset, offset)
    return Hits(
        velocity=_by_hand(velocity),
        offset=_with_feel(velocity, offset, bpm, swing, read.push_ms),
        grid=GRID,
        bpm=bpm,
        name=f"{read.style} {len(read.hits) + 1}",
        tags={
            "source": "electronic",
            "file": file,
            "style": read.style,
            "swing": swing,
            "phrases": dict(zip(SECTIONS, words[2:], strict=True)),
            "split": "train",
        },
    )


def _by_hand(velocity: Floats) -> Floats:
    """Ease what is no accent by 0-9.5 %: most between the beats, least on them."""
    step = np.arange(GRID.steps)
    ease = _EASE[step % 4] + _EASE_BY_BEAT[step // 4 % 4]
    eased = velocity * (1.0 - ease)
    return np.where(velocity < ACCENT, eased, velocity).astype(np.float32)


def _with_feel(
    velocity: Floats, offset: Floats, bpm: float, swing: float, push_ms: Floats
) -> Floats:
    """Offsets in half steps: the row's own, swing on odd sixteenths, each lane's push."""
    half_step_ms = 60_000.0 / bpm / GRID.steps_per_beat / 2
    # Displaced by (swing - 50) / 50 of a step, which is twice that in half steps.
    swung = np.where(np.arange(GRID.steps) % 2 == 1, (swing - 50.0) / 25.0, 0.0)
    total = np.where(offset != 0, offset, swung) + push_ms[:, None] / half_step_ms
    return np.where(velocity > 0, np.clip(total, -1.0, 0.999), 0.0).astype(np.float32)


def _lane(code: str) -> int:
    if code not in LANE_CODES:
        raise ValueError(f"{code!r} is no lane; there are {', '.join(LANE_CODES)}")
    return LANE_CODES[code]


def _empty() -> Floats:
    return np.zeros((len(LANES), GRID.steps), dtype=np.float32)

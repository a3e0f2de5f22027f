"""What a training job tells while it runs: frozen dataclasses, each one line of JSON.

The line is an object whose ``event`` is the class's name in small letters and whose other
keys are the class's fields. The plugin reads the same lines; add fields, never change them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Reading:
    """Files read so far; ``of`` is 0 while they are still being counted."""

    done: int
    of: int


@dataclass(frozen=True)
class Gathered:
    """The material is read: how many patterns to train on, how many held back, the report."""

    patterns: int
    held_back: int
    beats: int
    report: list[str]


@dataclass(frozen=True)
class Epoch:
    """After an epoch. Nats a pattern for ``loss`` and ``validation`` (None: nothing held back);
    root mean squares for ``velocity`` (0..1) and ``offset`` (half steps). ``exact`` of ``clips``
    would be played back exactly now, ``exact_windows`` of ``windows``; None where it was not looked
    at."""

    epoch: int
    epochs: int
    loss: float
    validation: float | None
    velocity: float
    offset: float
    seconds_left: float
    exact: int | None = None
    clips: int | None = None
    exact_windows: int | None = None
    windows: int | None = None


@dataclass(frozen=True)
class Paused:
    """The job waits for the word ``resume``."""


@dataclass(frozen=True)
class Finishing:
    """Training is over at ``epoch``; the field is being calibrated and measured, and ``share``
    (0..1) of that is done."""

    epoch: int
    early: bool
    share: float = 0.0


@dataclass(frozen=True)
class Field:
    """A field that can be played: the file named. ``final`` is False for one heard on the way."""

    path: str
    epoch: int
    final: bool


@dataclass(frozen=True)
class Done:
    """The model is written; ``lines`` say what was measured, for a person."""

    path: str
    lines: list[str]


@dataclass(frozen=True)
class Failed:
    """Nothing was written; the sentence says why."""

    sentence: str


@dataclass(frozen=True)
class Cancelled:
    """Nothing was written, as was asked."""


Event = Reading | Gathered | Epoch | Paused | Finishing | Field | Done | Failed | Cancelled

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind
    for kind in (Reading, Gathered, Epoch, Paused, Finishing, Field, Done, Failed, Cancelled)
}


def plays_back(exact: int, clips: int, exact_windows: int | None, windows: int | None) -> str:
    """``plays back 3 of 12 clips exactly (310 of 326 windows)``: the windows where clips have
    more than one."""
    said = f"plays back {exact} of {clips} {'clip' if clips == 1 else 'clips'} exactly"
    return said if windows in (None, clips) else f"{said} ({exact_windows} of {windows} windows)"


def to_json(event: Event) -> str:
    """One line, without its end."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)})


def from_json(line: str) -> Event | None:
    """The event of a line; None for a line that is none, or one of a newer version."""
    try:
        raw = json.loads(line)
        kind = _KINDS[raw.pop("event")]
        event: Event = kind(**raw)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    return event

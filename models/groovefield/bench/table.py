"""What a benchmark gives: rows of figures with the conditions under which they were taken."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from groovefield import __version__


class CannotMeasure(RuntimeError):
    """What is to be measured is not there; the message is a sentence with what to do."""


@dataclass(frozen=True)
class Row:
    """One figure. ``limit`` is what it should reach; ``at_least`` says from which side."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def cells(self) -> tuple[str, str, str, str]:
        """Name, value with its unit, the limit, and whether it is kept."""
        if self.limit is None:
            return self.name, f"{figure(self.value)} {self.unit}", "", ""
        sign = "at least" if self.at_least else "at most"
        limit = f"{sign} {figure(self.limit)} {self.unit}"
        return self.name, f"{figure(self.value)} {self.unit}", limit, "yes" if self.met else "NO"


@dataclass(frozen=True)
class Matrix:
    """Figures of several things side by side; NaN where a thing has no such figure."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]

    def cells(self) -> list[tuple[str, ...]]:
        """The head, then the rows."""
        body = [
            (name, *("-" if np.isnan(value) else figure(value) for value in values))
            for name, values in self.rows
        ]
        return [("", *self.columns), *body]


@dataclass(frozen=True)
class Table:
    """A topic's figures, the conditions in words, and the load when they were taken."""

    topic: str
    title: str
    conditions: tuple[str, ...]
    rows: tuple[Row, ...]
    load: tuple[float, float] = (0.0, 0.0)
    """One-minute load average before and after."""
    note: str = ""
    matrices: tuple[Matrix, ...] = ()

    def as_text(self) -> str:
        """For a terminal."""
        lines = []
        for matrix in self.matrices:
            lines += ["", matrix.title, *_columns(matrix.cells()), ""]
        lines += _columns([row.cells() for row in self.rows])
        return "\n".join(["", self.title, *lines, *_wrapped(self._conditions())])

    def as_markdown(self) -> str:
        """For docs/benchmarks.md."""
        limited = any(row.limit is not None for row in self.rows)
        head = ["figure", "measured", *(["wanted", "kept"] if limited else [])]
        lines = [f"## {self.title}", ""]
        for matrix in self.matrices:
            first, *rest = map(_bar, matrix.cells())
            lines += [matrix.title, "", first, _bar(["---"] * (len(matrix.columns) + 1)), *rest, ""]
        lines += [_bar(head), _bar(["---"] * len(head))]
        lines += [_bar(row.cells()[: len(head)]) for row in self.rows]
        lines += ["", "\n".join(_wrapped(self._conditions()))]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        result = asdict(self)
        for matrix in result["matrices"]:  # JSON has no NaN
            matrix["rows"] = [
                [name, [None if np.isnan(value) else value for value in values]]
                for name, values in matrix["rows"]
            ]
        for row, kept in zip(result["rows"], self.rows, strict=True):
            row["met"] = kept.met
        return result

    def _conditions(self) -> str:
        before, after = self.load
        load = "" if after < 0 else f"Load average {before:.2f} before, {after:.2f} after."
        return " ".join([*self.conditions, self.note, load]).replace("  ", " ").strip()


@dataclass(frozen=True)
class Machine:
    """Where and when the figures were taken."""

    processor: str
    cores: int
    system: str
    python: str
    packages: dict[str, str]
    groovefield: str = __version__
    when: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))

    def sentence(self) -> str:
        """The whole of it in one sentence."""
        packages = ", ".join(f"{name} {version}" for name, version in self.packages.items())
        return (
            f"{self.processor}, {self.cores} cores, {self.system}, Python {self.python}, "
            f"{packages}, Groovefield {self.groovefield}; {self.when}."
        )


def this_machine() -> Machine:
    """The machine that this runs on."""
    packages = {}
    for name in ("numpy", "dawdreamer", "python-osc"):
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return Machine(
        _processor(), os.cpu_count() or 1, _system(), platform.python_version(), packages
    )


def _processor() -> str:
    facts: dict[str, str] = {}
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text().splitlines():
            name, _, value = line.partition(":")
            facts.setdefault(name.strip(), value.strip())
    if "model name" not in facts:
        return platform.processor() or platform.machine()
    clock = facts.get("cpu MHz", "")
    return facts["model name"] + (f" at {float(clock) / 1000:.2f} GHz" if clock else "")


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = f"{platform.system()} {platform.release()}"
    return f"{name} ({platform.machine()})"


def load_now() -> float:
    """The load average of the last minute; -1 where the system has none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else -1.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0..1) of the values do not exceed."""
    return float(np.quantile(np.asarray(values), share, method="higher"))


def figure(value: float) -> str:
    """A number as a person reads it: three digits, without an exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}" if abs(value) < 10_000 else f"{value:,.0f}"
    digits = 2 - int(np.floor(np.log10(abs(value))))
    text = f"{value:.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def program(name: str) -> Path:
    """One of the C++ programs that ``build/test`` builds.

    Raises:
        CannotMeasure: it is not built.
    """
    named = os.environ.get("GROOVEFIELD_PROGRAMS")
    folder = Path(named) if named else Path(__file__).parents[3] / "build/out/cmake/tests"
    file = folder / (name + (".exe" if sys.platform == "win32" else ""))
    if not file.exists():
        raise CannotMeasure(
            f"The program {name} is not in {folder}: build/test builds it, or name its folder "
            "by GROOVEFIELD_PROGRAMS."
        )
    return file


def _bar(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _columns(cells: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells under each other."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _wrapped(text: str, width: int = 98) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line] if line else lines

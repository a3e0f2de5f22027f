"""How long ``build/demo`` took, by stage, as it noted it itself."""

from __future__ import annotations

from pathlib import Path

from groovefield.bench.table import CannotMeasure, Row, Table


def measure() -> Table:
    """Reads ``build/out/demo-stages``, which the last ``build/demo`` left.

    Raises:
        CannotMeasure: it was never run in this tree, or nothing was left for it to do.
    """
    file = Path(__file__).parents[3] / "build/out/demo-stages"
    if not file.exists():
        raise CannotMeasure(f"{file} is not there: run build/demo.")
    stages = [line.rsplit(" ", 1) for line in file.read_text().splitlines() if " " in line]
    there = [_words(name) for name, took in stages if took == "there"]
    rows = [Row(_words(name), float(took), "s") for name, took in stages if took != "there"]
    if not rows:
        raise CannotMeasure(f"{file} holds no stage: run build/demo.")
    rows.append(Row("together", sum(row.value for row in rows), "s"))
    condition = "The stages of the last build/demo in this tree."
    if there:
        condition += f" There already: {', '.join(there)}."
    return Table("cold", "build/demo, seconds by stage", (condition,), tuple(rows))


def _words(name: str) -> str:
    return name.replace("-", " ")

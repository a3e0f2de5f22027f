"""How long ``build/demo`` took, by stage, as it noted it itself."""

from __future__ import annotations

from pathlib import Path

from groovefield.bench.table import CannotMeasure, Row, Table


def measure() -> Table:
    """Reads ``build/out/stages``, which the last ``build/demo`` left.

    Raises:
        CannotMeasure: it was never run in this tree.
    """
    file = Path(__file__).parents[3] / "build/out/stages"
    if not file.exists():
        raise CannotMeasure(f"{file} is not there: run build/demo.")
    stages = [line.rsplit(" ", 1) for line in file.read_text().splitlines() if " " in line]
    rows = [Row(name.replace("-", " "), float(seconds), "s") for name, seconds in stages]
    rows.append(Row("together", sum(row.value for row in rows), "s"))
    conditions = (
        "The stages of the last build/demo in this tree; what was there already took no time.",
    )
    return Table("cold", "build/demo, seconds by stage", conditions, tuple(rows))

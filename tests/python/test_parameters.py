"""``groovefield parameters``: the table as Python knows it, the plugin's own, and the page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from groovefield import cli, parameters
from groovefield.bench.table import CannotMeasure, program

ROOT = Path(__file__).parents[2]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("| \n").split("|")]


def test_the_table_is_the_plugins_own() -> None:
    try:
        command = [str(program("groovefield_parameter_table"))]
    except CannotMeasure as error:
        pytest.skip(str(error))
    printed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    rows = [cells(row) for row in printed.splitlines()]
    ours = [row for row in parameters.page().splitlines() if re.match(r"\| \d+ ", row)]
    without = [cells(row)[1:3] + cells(row)[4:] for row in ours]
    assert without == rows
    assert len(rows) == 55


def test_the_page_and_the_command_are_the_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = (ROOT / "docs/parameters.md").read_text("utf-8")
    assert page == parameters.page(), "run: groovefield parameters --markdown docs/parameters.md"
    assert cli.main(["parameters"]) == 0
    assert capsys.readouterr().out == page
    assert cli.main(["parameters", "--markdown", str(tmp_path / "nowhere/page.md")]) == 1
    said = capsys.readouterr().err
    assert said.endswith("nowhere/page.md cannot be written: No such file or directory.\n")


def test_knobs_with_another_name_say_their_parameter() -> None:
    source = (ROOT / "plugin/editor/controls.cpp").read_text("utf-8")
    found = re.findall(r'knob \("(\w+)", "([^"]+)"|getParameter \("(\w+)"\), "([^"]+)"', source)
    knobs = {a or c: b or d for a, b, c, d in found}
    assert len(knobs) >= 12
    for id, shown in knobs.items():
        parameter = parameters.find(id)
        assert shown == (parameter.knob or parameter.name).split(",")[0]


@pytest.mark.parametrize(
    ("name", "text", "normalised"),
    [("Steps", "32", 31 / 127), ("swing", "62.5 %", 0.5), ("OUTPUT", "midi", 0.5),
     ("mute kick", "on", 1.0), ("note_length", "400", 1.0), ("Output level", "-60", 0.0)],
)  # fmt: skip
def test_values_are_read_in_their_unit(name: str, text: str, normalised: float) -> None:
    assert parameters.find(name).normalised(text) == pytest.approx(normalised)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [("steps", "many", "Steps is 1 to 128 steps, not 'many'."),
     ("swing", "nan", "Swing is 50 to 75 %, not 'nan'."),
     ("output", "1", "Output is Kit, MIDI, Kit + MIDI, not '1'."),
     ("tempo", "1", "There is no parameter 'tempo'")],
)  # fmt: skip
def test_what_is_no_value_is_said(name: str, text: str, sentence: str) -> None:
    with pytest.raises(parameters.BadValue, match=re.escape(sentence)):
        parameters.find(name).normalised(text)

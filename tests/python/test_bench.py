"""``groovefield bench``: small runs of the real things.

No test here has an upper bound on a time: that is the benchmark's own work.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

import pytest
from groovefield import cli
from groovefield.bench import audio, bridge, cold, command, decode, editor, osc, process
from groovefield.bench.table import CannotMeasure, Row, Table, figure, percentile, program

ROOT = Path(__file__).parents[2]


def needs(name: str) -> None:
    try:
        program(name)
    except CannotMeasure as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0172, "0.0172"),
        (1.0, "1"),
        (9.96, "9.96"),
        (87.44, "87.4"),
        (449537, "449,537"),
    ],
)
def test_figures_have_three_digits(value: float, text: str) -> None:
    assert figure(value) == text


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile(list(range(101)), 0.99) == 99
    assert percentile([1, 1000], 0.99) == 1000


def test_a_limit_holds_from_its_own_side() -> None:
    assert Row("p50", 0.25, "ms", 0.25).met and not Row("p50", 0.26, "ms", 0.25).met
    assert Row("bounce", 100, "times", 100, True).met
    assert not Row("bounce", 99, "times", 100, True).met
    assert Row("hits", 1, "").met is None


def test_a_limit_that_is_not_kept_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    slow = Table("decode", "Decoding", ("A condition.",), (Row("p50", 3.0, "ms", 2.0),))
    monkeypatch.setattr(decode, "measure", lambda: slow)
    files = ["--json", str(tmp_path / "f.json"), "--markdown", str(tmp_path / "f.md")]
    assert cli.main(["bench", "decode", *files]) == 1
    said = capsys.readouterr().out
    assert "Not kept: p50 (decode)" in said and "A condition." in said
    read = json.loads((tmp_path / "f.json").read_text())
    assert read["machine"]["cores"] >= 1
    assert read["tables"][0]["rows"][0] == {
        "name": "p50", "value": 3.0, "unit": "ms", "limit": 2.0, "at_least": False, "met": False,
    }  # fmt: skip
    assert "| p50 | 3 ms | at most 2 ms | NO |" in (tmp_path / "f.md").read_text()


def test_an_unknown_topic_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "everything"]) == 2
    assert "everything" in capsys.readouterr().err


def test_what_cannot_be_measured_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("GROOVEFIELD_PROGRAMS", str(tmp_path))
    assert cli.main(["bench", "audio"]) == 1
    assert "groovefield_audio_bench" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_found_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(decode, "measure", lambda: pytest.fail("it was measured"))
    (tmp_path / "folder").mkdir()
    for bad in (tmp_path / "folder", tmp_path / "none/f.json", Path("/proc/groovefield.json")):
        good = tmp_path / "good.md"
        good.write_text("mine")
        assert cli.main(["bench", "decode", "--markdown", str(good), "--json", str(bad)]) == 1
        assert f"{bad} cannot be written: " in capsys.readouterr().err
        assert good.read_text() == "mine"


def test_where_nothing_can_be_measured_the_page_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("GROOVEFIELD_DATA", raising=False)
    page, figures = tmp_path / "page.md", tmp_path / "figures.json"
    for file in (page, figures):
        file.write_text("mine")
    assert cli.main(["bench", "train", "--markdown", str(page), "--json", str(figures)]) == 1
    assert "train: not measured. GROOVEFIELD_DATA is not set" in capsys.readouterr().err
    assert page.read_text() == figures.read_text() == "mine"


def test_a_model_process_that_does_not_start_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    needs("groovefield_bridge_host")
    pytest.importorskip("pythonosc", reason="python-osc is not installed")
    monkeypatch.setattr(bridge.sys, "executable", "/bin/false")
    assert cli.main(["bench", "bridge"]) == 1
    assert "bridge: not measured." in capsys.readouterr().err


def test_decoding_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "REQUESTS", 20)
    rows = {row.name: row.value for row in decode.measure().rows}
    assert 0 < rows["at 1 kHz, p50"] <= rows["at 1 kHz, p99"]
    assert 0 < rows["numbers in the model file's decoder"] <= 800_000


def test_the_bridge_is_measured_against_osc(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("groovefield_bridge_host")
    pytest.importorskip("pythonosc", reason="python-osc is not installed")
    monkeypatch.setattr(bridge, "REQUESTS", 200)
    monkeypatch.setattr(bridge, "OSC_REQUESTS", 50)
    rows = {row.name: row.value for row in bridge.measure().rows}
    # Whatever the machine does meanwhile, text over UDP through two interpreters is slower.
    assert rows["OSC's p50 over ours, transport alone"] > 1
    assert rows["with decoding, p50"] > 0


def test_the_osc_side_returns_as_many_numbers_as_earlier_instruments_sent() -> None:
    pytest.importorskip("pythonosc", reason="python-osc is not installed")
    assert len(osc.osc_times(10, decoding=True)) == 10
    assert (osc.SENT, osc.RETURNED) == (16, 864)


def test_the_audio_thread_is_measured() -> None:
    needs("groovefield_audio_bench")
    found = audio.timed("kit", 4.0, paced=False)
    assert found["blocks"] == 4 * 48_000 // 64 and found["notes"] >= 10
    assert 0 < found["share"] < 1
    assert audio.timed("idle", 1.0, paced=False)["notes"] == 0


def test_the_model_process_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("groovefield_bridge_host")
    monkeypatch.setattr(process, "STARTS", 1)
    monkeypatch.setattr(process, "INSTANCES", 3)
    monkeypatch.setattr(process, "IDLE_SECONDS", 0.5)
    rows = {row.name: row.value for row in process.measure().rows}
    assert rows["resident with 3 instances"] > rows["of that its own (not shared)"] > 1
    assert rows["idle, share of a core"] >= 0
    if sys.platform == "linux":
        assert rows["resident with 3 instances"] < 200


def test_the_editor_and_the_state_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("groovefield_editor_bench")
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not shutil.which("xvfb-run"):
        pytest.skip("xvfb-run is not there")
    monkeypatch.setattr(editor, "SECONDS", 0.3)
    table = editor.measure()
    assert all(math.isfinite(row.value) and row.value > 0 for row in table.rows), table.rows
    assert [row.unit for row in table.rows] == ["ms"] * 12 + ["%"] * 7 + ["MB"] * 2 + ["ms"] * 2
    rows = {row.name: row.value for row in table.rows}
    assert len(rows) == len(table.rows)
    for scale in ("100", "200", "300"):
        for what in ("a frame, reading what plays", "a frame, all drawn"):
            assert rows[f"{what} at {scale} %, p50"] <= rows[f"{what} at {scale} %, p99"]
    assert rows["a state"] < rows["a state, with edits, locks and takes"]
    assert all(row.met for row in table.rows if row.unit == "MB")
    assert "0.3 s each" in table.conditions[0]


def test_the_stages_of_the_demo_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = tmp_path / "models/groovefield/bench/cold.py"
    monkeypatch.setattr(cold, "__file__", str(module))
    with pytest.raises(CannotMeasure, match="build/demo"):
        cold.measure()
    (tmp_path / "build/out").mkdir(parents=True)
    (tmp_path / "build/out/demo-stages").write_text(
        "system-packages there\npython-packages there\nplugin 200\nbounce 2\n"
    )
    table = cold.measure()
    rows = [(row.name, row.value) for row in table.rows]
    assert rows == [("plugin", 200), ("bounce", 2), ("together", 202)]
    assert "There already: system packages, python packages." in table.conditions[0]


def test_every_topic_is_a_module_that_measures() -> None:
    for topic in (*command.TOPICS, *command.LONG_TOPICS):
        module = command.MODULES.get(topic, topic)
        assert callable(import_module(f"groovefield.bench.{module}").measure), topic

"""What a user reads of the model process's state, where it is so.

The other cases are in ``test_lifecycle.py``, beside what happens in them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bridge_library import Host, eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def stand_in(home: Path, program: str) -> str:
    """A Python that runs ``program`` in place of the model process."""
    (home / "program.py").write_text(program)
    python = home / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} {home}/program.py\n")
    python.chmod(0o755)
    return str(python)


def comes_to_say(host: Host, sentence: str) -> None:
    """Waits until the first client's sentence is this one; the failure names the one it is."""
    if not eventually(lambda: host.do("client_sentence 0") == sentence):
        assert host.do("client_sentence 0") == sentence


def test_an_instance_that_asked_for_no_process_says_what_plays(tmp_path: Path) -> None:
    with Host(tmp_path) as host:
        host.do("open 1")
        said = host.do("client_sentence 0")
        assert said == "The built-in field plays; no model process was asked for."


def test_a_start_a_bounce_without_answer_and_a_start_that_takes_too_long(tmp_path: Path) -> None:
    starting = "The model process is being started."
    python = stand_in(tmp_path, "import time; time.sleep(600)")
    with Host(tmp_path, GROOVEFIELD_PYTHON=python) as host:
        host.do("acquire")
        host.do("open 2")
        assert host.do("client_sentence 0") == starting
        host.do("offline 0 1")
        assert host.do("ask 0 0.5 0.5 0") == "none"  # after 10 s
        assert host.do("expired 0") == "yes"
        late = "A pattern did not come within 10 s while rendering: the last one was used. "
        assert host.do("client_sentence 0") == late + starting
        assert host.do("client_sentence 1") == starting  # it did not render
        slow = "The model process did not get ready in 15 s and is started again; "
        comes_to_say(host, late + slow + "run: groovefield doctor")


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (
            "import os; os.kill(os.getpid(), 11)",
            "The model process was ended by signal 11 and is started again.",
        ),
        (
            "raise SystemExit(0)",
            "The model process ended and is started again; "
            "if that goes on, run: groovefield doctor",
        ),
        (
            "raise SystemExit('ImportError: half of it is missing')",
            "The model process failed (ImportError: half of it is missing); "
            "run: groovefield install",
        ),
        (
            "raise SystemExit('groovefield: The disk is full; make room.')",
            "The disk is full; make room.",
        ),
    ],
    ids=["signal", "end", "failure", "its own words"],
)
def test_why_it_ended(program: str, sentence: str, tmp_path: Path) -> None:
    with Host(tmp_path, GROOVEFIELD_PYTHON=stand_in(tmp_path, program)) as host:
        host.do("acquire")
        host.do("open 1")
        comes_to_say(host, sentence)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("python3", 'names the Python "python3", which is not an absolute path'),
        (
            "/nowhere/python",
            "names the Python /nowhere/python, which is not there or cannot be run",
        ),
    ],
)
def test_a_python_that_cannot_be_started(named: str, sentence: str, tmp_path: Path) -> None:
    with Host(tmp_path, GROOVEFIELD_PYTHON=named) as host:
        host.do("acquire")
        host.do("open 1")
        comes_to_say(host, f"GROOVEFIELD_PYTHON {sentence}; correct it or unset it.")


def test_a_model_that_is_not_what_the_project_named(tmp_path: Path) -> None:
    digest = "cd" * 32
    models = tmp_path / "cache/groovefield/models"
    with Host(tmp_path) as host:
        host.start(2)
        models.mkdir(parents=True, exist_ok=True)
        (models / f"{digest}.groovefield").write_bytes(b"something else")
        host.do(f"model 0 {digest}")
        assert host.do("ask 0 0.5 0.5 500") == "none"
        said = host.do("client_sentence 0")
        path = models / f"{digest}.groovefield"
        assert (
            said
            == f"The model {path} was changed since it was stored: load it again in the plugin."
        )
        # The other instance plays on.
        assert host.do("ask 1 0.5 0.5 20000").startswith("pattern")

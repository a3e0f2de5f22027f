"""What other people's checks of plugins say of the built VST3: Steinberg's and pluginval.

They are no part of the project, and nothing here installs them: a program is taken from
``GROOVEFIELD_VALIDATOR`` or ``GROOVEFIELD_PLUGINVAL``, else from the path.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console_library import PLUGIN
from x_screen import running_screen

SEED = "20261121"

pytestmark = pytest.mark.skipif(
    not PLUGIN.exists(), reason="the plugin is not built: run build/test"
)


def found(name: str, variable: str) -> str:
    """The program; skips the test when there is none."""
    program = os.environ.get(variable) or shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name} to check the plugin: {variable} may name one")
    assert shutil.which(program), f"{variable} names {program}, which cannot be run"
    return program


def said(command: list[str], home: Path, **more: str) -> str:
    """What a check says of the plugin and itself; it must end, and end well."""
    own = {"XDG_RUNTIME_DIR": str(home), "GROOVEFIELD_PYTHON": sys.executable}
    home.chmod(0o700)
    done = subprocess.run(
        [*command, str(PLUGIN)], env={**os.environ, **own, **more},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("extensive", [False, True])
def test_steinbergs_validator_finds_nothing(extensive: bool, tmp_path: Path) -> None:
    program = found("validator", "GROOVEFIELD_VALIDATOR")
    words = said([program, *(["-e"] if extensive else [])], tmp_path)
    result = re.search(r"Result: (\d+) tests passed, (\d+) tests failed", words)
    assert result, words
    passed, failed = (int(number) for number in result.groups())
    assert failed == 0 and passed >= (400 if extensive else 40), words


def test_pluginval_is_content_at_its_strictest(tmp_path: Path) -> None:
    program = found("pluginval", "GROOVEFIELD_PLUGINVAL")
    with running_screen() as display:
        # JUCE asks for a desktop's settings; a bare screen has nobody who answers.
        settings = shutil.which("xsettingsd")
        daemon = subprocess.Popen(
            [settings, "-c", os.devnull], env={**os.environ, "DISPLAY": display},
            stderr=subprocess.DEVNULL,
        ) if settings else None  # fmt: skip
        try:
            words = said(
                [program, "--validate-in-process", "--strictness-level", "10",
                 "--random-seed", SEED, "--timeout-ms", "300000", "--validate"],
                tmp_path, DISPLAY=display,
            )  # fmt: skip
        finally:
            if daemon:
                daemon.terminate()
                daemon.wait()
    assert "Strictness level: 10" in words
    # The last of the strictest, and those that need a screen.
    for test in ("Editor", "Open editor whilst processing", "Plugin state restoration",
                 "Fuzz parameters"):  # fmt: skip
        assert f"Completed tests in pluginval / {test}" in words, f"{test} was left out: {words}"
    assert words.strip().endswith("SUCCESS") and "!!!" not in words, words

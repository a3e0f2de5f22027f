"""The wheel that ``pip install .`` makes: the plugin is inside, and plays from there.

Not among the tests that run side by side: it configures build/out/cmake anew, where build/setup
has just compiled the plugin, so that nothing is compiled twice. build/test runs it last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from groovefield import places

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    """Runs to its end, without what would name another plugin or package; what it printed."""
    mine = ("GROOVEFIELD_", "PYTHON", "VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(mine)}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_carries_the_plugin_and_bounces_with_it(tmp_path: Path) -> None:
    pytest.importorskip("scikit_build_core", reason="scikit-build-core is not installed")
    built = places.built_plugin()
    if not built.exists():
        pytest.skip(f"{built} is not built: run build/test")
    pip = (sys.executable, "-m", "pip")
    there = ("-C", f"build-dir={ROOT / 'build/out/cmake'}")
    run(*pip, "wheel", ROOT, "--no-deps", "--no-build-isolation", *there, "-w", tmp_path, cwd=ROOT)
    (wheel,) = tmp_path.glob("groovefield-*.whl")
    with zipfile.ZipFile(wheel) as files:
        names = set(files.namelist())
        for path in (p for p in built.rglob("*") if p.is_file()):
            name = f"groovefield/plugins/{built.name}/{path.relative_to(built).as_posix()}"
            assert files.read(name) == path.read_bytes(), name
    assert {"groovefield/data/default.groovefield", "groovefield_bridge/layout.py"} <= names
    assert not [n for n in names if n.startswith(("models", "bridge/", "tests"))]

    # An environment of its own, which has the dependencies but no other Groovefield.
    home = tmp_path / "env"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    python = home / "bin/python"
    (site,) = home.glob("lib/*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(ours) + "\n")
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    asked = "from groovefield import places; print(places.plugin())"
    assert run(python, "-c", asked, cwd=tmp_path).strip() == str(
        site / "groovefield/plugins" / built.name
    )
    said = run(home / "bin/groovefield", "bounce", "--bars", "2", "--out", "demo", cwd=tmp_path)
    assert "notes" in said
    assert (tmp_path / "demo/groove.wav").stat().st_size > 100_000

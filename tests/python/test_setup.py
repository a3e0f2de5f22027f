"""What ``build/setup`` and CMake's files promise."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NINJA = ROOT / "build/out/cmake/build.ninja"


def test_changed_data_is_built_in_anew_without_configuring_by_hand() -> None:
    """JUCE makes the plugin's data when CMake configures: each of its files must cause that."""
    if not NINJA.exists():
        pytest.skip("the plugin is not built: run build/test")
    again = re.search(r"^build build\.ninja[^:]*: RERUN_CMAKE.*$", NINJA.read_text(), re.MULTILINE)
    assert again
    listed = (ROOT / "plugin/CMakeLists.txt").read_text().partition("set(data_files")[2]
    names = [Path(name).name for name in listed.partition(")")[0].split()]
    assert "default.groovefield" in names and len(names) == 5
    for name in names:
        assert f"/{name}" in again[0], f"{name} can change unseen"


@pytest.mark.skipif(sys.platform != "linux", reason="Debian's packages")
def test_the_setup_installs_every_library_that_qts_x11_plugin_links() -> None:
    pyside = pytest.importorskip("PySide6", exc_type=ImportError)
    plugin = next(iter(Path(pyside.__path__[0]).glob("**/platforms/libqxcb.so")), None)
    if plugin is None or not shutil.which("ldd"):
        pytest.skip("there is no such plugin or no ldd")
    said = subprocess.run(["ldd", plugin], capture_output=True, text=True, check=True).stdout
    assert "not found" not in said, "build/setup's window_packages lack something"
    setup = (ROOT / "build/setup").read_text()
    for library in re.findall(r"(libxcb-[a-z-]+|libxkbcommon-x11)\.so", said):
        if library not in ("libxcb-shm", "libxcb-render", "libxcb-util", "libxcb-glx"):
            assert library in setup, f"{library} is linked and not installed by name"

"""A host closes the plugin: the library really leaves it, and nothing of ours stays behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console_library import PLUGIN, children, eventually, program
from groovefield_bridge.events import segments

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def is_mapped(pid: int) -> bool:
    return "/Groovefield.so" in Path(f"/proc/{pid}/maps").read_text()


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.mark.parametrize("with_editor", [False, True])
def test_a_closed_plugin_leaves_the_host(with_editor: bool) -> None:
    plugin = Path(os.environ.get("GROOVEFIELD_VST3", PLUGIN))
    if not plugin.exists():
        pytest.skip(f"{plugin} is not built: run build/test")
    command = [program("groovefield_unload_host"), plugin]
    if with_editor:
        if shutil.which("xvfb-run") is None:
            pytest.skip("xvfb-run is not there")
        command = ["xvfb-run", "-a", *command, "editor"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "GROOVEFIELD_PYTHON": sys.executable},
    ) as host:  # fmt: skip
        assert host.stdin and host.stdout
        pid = int(host.stdout.readline())
        for _ in range(2):
            assert host.stdout.readline() == "playing\n"
            assert is_mapped(pid)
            assert len(segments(pid)) == 1
            eventually(lambda: len(children(pid)) == 1, "a model process")
            (model_process,) = children(pid)
            assert threads(pid) > 1
            print("", file=host.stdin, flush=True)

            # The supervisor was to linger for ten seconds: closing the library joined it, and it
            # had waited for the process. A thread left without its code would have crashed.
            assert host.stdout.readline() == "closed\n"
            assert not is_mapped(pid), "the library is still there"
            assert threads(pid) == 1
            assert children(pid) == []
            assert not Path(f"/proc/{model_process}").exists()
            assert segments(pid) == []
            print("", file=host.stdin, flush=True)
        assert host.wait(60) == 0

"""The exchange with the model process: by the plugin's own client, and by UDP with OSC.

The shell's side is C++ (``tests/cpp/bridge_host_program.cpp`` drives the client that the plugin
uses), the other side the real model process. For the transport alone the same process and loop
answer with a pattern that is there already. OSC is python-osc on both ends, as earlier
instruments of this kind were linked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from groovefield.bench.decode import RATE
from groovefield.bench.osc import osc_times
from groovefield.bench.table import CannotMeasure, Row, Table, percentile, program

REQUESTS = 20_000
OSC_REQUESTS = 2_000


def measure() -> Table:
    """Round trips at 1 kHz, with the decoding and without, and the same over OSC.

    Raises:
        CannotMeasure: the C++ program is not built, or python-osc is not installed.
    """
    rows = []
    medians = {}
    for decoding in (True, False):
        ours = bridge_times(REQUESTS, decoding)
        theirs = osc_times(OSC_REQUESTS, decoding)
        what = "with decoding" if decoding else "transport alone"
        limits = (0.25, 1.0) if decoding else (None, None)
        rows += [
            Row(f"{what}, p50", ours["p50"] / 1000, "ms", limits[0]),
            Row(f"{what}, p99", ours["p99"] / 1000, "ms", limits[1]),
            Row(f"{what}, p99.9", ours["p99.9"] / 1000, "ms"),
            Row(f"the same over UDP and OSC, {what}, p50", percentile(theirs, 0.5) * 1000, "ms"),
            Row(f"the same over UDP and OSC, {what}, p99", percentile(theirs, 0.99) * 1000, "ms"),
        ]
        medians[what] = percentile(theirs, 0.5) * 1e6 / ours["p50"]
    rows += [Row(f"OSC's p50 over ours, {w}", ratio, "times") for w, ratio in medians.items()]
    conditions = (
        f"{REQUESTS:,} requests at {RATE:.0f} Hz from one instance, the answer looked for without "
        f"rest; OSC: {OSC_REQUESTS:,} requests, at most {RATE:.0f} a second.",
        "There go 16 floats (8 latents and the model's hash for ours), back come 864 by OSC and a "
        "whole pattern of five arrays (1,760 floats with 11 lanes) by ours.",
    )
    return Table("bridge", "Request to pattern, round trip", conditions, tuple(rows))


def bridge_times(requests: int, decoding: bool) -> dict[str, float]:
    """Microseconds: p50, p90, p99, p99.9 and max of so many round trips."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(sys.executable) if decoding else _transport_python(Path(folder))
        with BridgeHost(python) as host:
            host.start(instances=1)
            host.say("bench 0 500 1000")  # the caches fill
            words = host.say(f"bench 0 {requests} {RATE:.0f}").split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2], strict=True)}


def _transport_python(folder: Path) -> Path:
    """A program that stands in for Python and starts the same loop with a stored pattern."""
    script = folder / "python"
    script.write_text(
        "#!/bin/sh\nshift 3\n"  # -I -m groovefield.serve
        f'exec "{sys.executable}" -I -m groovefield.bench.transport "$@"\n'
    )
    script.chmod(0o700)
    return script


class BridgeHost:
    """The C++ program that does with the bridge what a plugin does, told by lines."""

    def __init__(self, python: Path) -> None:
        environment = os.environ | {"GROOVEFIELD_PYTHON": str(python)}
        self._process = subprocess.Popen(
            [str(program("groovefield_bridge_host"))], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1, env=environment,
        )  # fmt: skip

    def __enter__(self) -> BridgeHost:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def start(self, instances: int) -> None:
        """Starts the model process and opens instances."""
        for line in ("acquire", f"open {instances}", "ready 15000"):
            said = self.say(line)
        if said != "yes":
            raise CannotMeasure(self.say("sentence"))

    def say(self, line: str) -> str:
        """Sends a command; returns its answer.

        Raises:
            CannotMeasure: the program has ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise CannotMeasure("The program has no standard streams.")
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            said = self._process.stdout.readline()
        except OSError:
            said = ""
        if not said:
            raise CannotMeasure(f"The program ended when it was told {line!r}.")
        return said.strip()

"""What the model process costs: to start, in memory, and while nobody asks."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from groovefield.bench.bridge import BridgeHost
from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.commands.process_trial import ProcessTrial

STARTS = 5
INSTANCES = 32
IDLE_SECONDS = 25.0


def measure() -> Table:
    """Starts it a few times, then asks from 32 instances and leaves it alone.

    Raises:
        CannotMeasure: the C++ program is not built, or the system does not tell.
    """
    ready = [_ready_seconds() for _ in range(STARTS)]
    with BridgeHost(Path(sys.executable)) as host:
        host.start(INSTANCES)
        for i in range(INSTANCES):
            host.say(f"ask {i} {i / INSTANCES} {1 - i / INSTANCES} 2000")
        pid = int(host.say("pid"))
        time.sleep(2)
        before, begun = _cpu_seconds(pid), time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (_cpu_seconds(pid) - before) / (time.monotonic() - begun)
        resident, own = _memory(pid)
    rows = [
        Row("start to ready, the median", statistics.median(ready), "s", 0.5),
        Row("start to ready, the slowest", max(ready), "s"),
        Row(f"resident with {INSTANCES} instances", resident, "MB", 80),
        Row("of that its own (not shared)", own, "MB"),
        Row("idle, share of a core", 100 * share, "%", 0.2),
    ]
    conditions = (
        f"{STARTS} starts; {INSTANCES} instances in one host, each asked once; then "
        f"{IDLE_SECONDS:.0f} s in which nobody asks.",
    )
    return Table("process", "The model process", conditions, tuple(rows))


def _ready_seconds() -> float:
    with ProcessTrial(Path(sys.executable)) as trial:
        return trial.start()


def _cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, of all its threads."""
    if sys.platform == "linux":
        return time.clock_gettime(~pid << 3 | 2)  # the kernel's number for that process's own clock
    used = _ps(pid, "time=")
    seconds = 0.0
    for part in used.replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes resident, and those shared with nobody."""
    if sys.platform == "linux":
        facts: dict[str, float] = {}
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value = line.split(":")
            facts[name] = float(value.split()[0]) * 1024 / 1e6
        return facts["Rss"], facts["Private_Clean"] + facts["Private_Dirty"]
    resident = float(_ps(pid, "rss=")) * 1024 / 1e6
    return resident, resident


def _ps(pid: int, what: str) -> str:
    if sys.platform == "win32":
        raise CannotMeasure("Processes are not measured on Windows.")
    ran = subprocess.run(["ps", "-o", what, "-p", str(pid)], capture_output=True, text=True)
    return ran.stdout.strip()

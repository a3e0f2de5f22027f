"""The console host (``console_host.cpp``) from Python: scripts out, MIDI and audio back.

A script is a list of the reference's own blocks, so that what the plugin sends can be held
against what ``groovefield.reference.play`` says of the very same blocks.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pytest
from groovefield.field.decoder import default_model, load_decoder
from groovefield.lanes import LANES
from groovefield.pattern import Pattern
from groovefield.reference import Block, Message, Play, play
from groovefield_bridge.events import EventReader, instances, segments
from groovefield_bridge.segment import Segment
from numpy.typing import NDArray

BUILD = Path(__file__).parents[2] / "build/out/cmake"
PLUGIN = BUILD / "Groovefield_artefacts/Release/VST3/Groovefield.vst3"
READY = 2  # the state of a model process that answers
RATE = 48000.0
NOTES = [lane.note for lane in LANES]
LANE_IDS = [lane.id for lane in LANES]

DIVISIONS = (0.0, 2.0, 3.0, 4.0, 6.0, 8.0)
TIMES = (0.5, 1.0, 2.0)
CHANGES = ("at once", "beat", "bar", "cycle")

RANGES: dict[str, tuple[float, float, float]] = {
    # The parameter's range in its own unit, and what that unit is in the player's.
    "threshold": (0, 1, 1), "groove": (0, 200, 0.01), "swing": (50, 75, 0.01),
    "velocity_amount": (0, 200, 0.01), "humanise": (0, 100, 0.01), "wander": (0, 100, 0.01),
    "note_length": (1, 400, 0.01), "motion_size": (0, 200, 0.01), "variation": (0, 100, 0.01),
    "fill_amount": (0, 100, 0.01),
}  # fmt: skip


def program(name: str) -> Path:
    """A built test program; skips the test when there is none."""
    path = BUILD / "hosts" / name
    if not path.exists():
        pytest.skip(f"{path} is not built: run build/test")
    return path


# --- parameters ----------------------------------------------------------------------------------


def normalised(now: Play) -> dict[str, float]:
    """The host's values, 0..1 by parameter ID."""
    values = {
        name: now.position[i] for i, name in enumerate(["x", "y", *(f"z{n}" for n in range(3, 9))])
    }
    for name, (low, high, unit) in RANGES.items():
        identifier = "velocity" if name == "velocity_amount" else name
        values[identifier] = (getattr(now, name) / unit - low) / (high - low)
    values["steps"] = (now.steps - 1) / 127
    values["seed"] = now.seed / 999
    values["style"] = now.style
    values["motion"] = ("off", "path", "points").index(now.motion) / 2
    values["motion_speed"] = (0.25, 0.5, 1.0, 2.0, 4.0).index(now.motion_speed) / 4
    values["fill"] = (0, 1, 2, 4, 8, 16).index(now.fill_bars) / 5
    values["division"] = DIVISIONS.index(now.division) / 5
    values["time"] = TIMES.index(now.time) / 2
    values["rotate"] = (now.rotate + 64) / 128
    values["velocity_floor"] = (now.softest - 1) / 126
    values["change"] = CHANGES.index(now.change) / 3
    values["transpose"] = (now.transpose + 24) / 48
    for lane, name in enumerate(LANE_IDS):
        values[f"mute_{name}"] = float(now.mute[lane])
        values[f"density_{name}"] = now.density[lane]
    return values


def as_seen(now: Play) -> Play:
    """The same values after their way through the host's 32-bit normalised numbers."""

    def through(value: float, low: float, high: float, unit: float) -> float:
        f = np.float32
        share = f((value / unit - low) / (high - low))
        return float(f(low) + f(high - low) * share) * unit

    return replace(
        now,
        position=tuple(float(np.float32(v)) for v in now.position),
        density=tuple(through(d, 0, 100, 0.01) for d in now.density),
        style=float(np.float32(now.style)),
        **{name: through(getattr(now, name), *range_) for name, range_ in RANGES.items()},  # type: ignore[arg-type]
    )


# --- states --------------------------------------------------------------------------------------


def with_chunk(state: bytes, name: bytes, body: bytes) -> bytes:
    """The state with another content of one of its chunks, or one more (processor/state.h)."""
    out, at, there = state[:8], 8, False
    while at < len(state):
        found, size, checksum = struct.unpack_from("<4sII", state, at)
        kept = state[at + 12 : at + 12 + size]
        if zlib.crc32(kept) != checksum:
            break  # what the VST3 wrapper adds
        at += 12 + size
        if found == name:
            kept, there = body, True
        out += struct.pack("<4sII", found, len(kept), zlib.crc32(kept)) + kept
    return out if there else out + struct.pack("<4sII", name, len(body), zlib.crc32(body)) + body


# --- what should be heard ------------------------------------------------------------------------


@cache
def default_pattern(position: tuple[float, ...]) -> Pattern:
    """The default model's pattern at a position and style, decoded by the package itself."""
    return _default_decoder().decode(np.array(position[:8], np.float32), position[8])


@cache
def _default_decoder() -> Any:
    return load_decoder(default_model())


@dataclass(frozen=True, order=True)
class Note:
    """A MIDI message: velocity 0 is a note off."""

    block: int
    sample: int
    velocity: int
    note: int
    channel: int = 10


def expected(
    blocks: Sequence[Block],
    pattern_at: Callable[[tuple[float, ...]], Pattern] = default_pattern,
) -> list[Message]:
    """What the reference plays of a script."""
    return play([replace(b, play=as_seen(b.play)) for b in blocks], pattern_at, NOTES, RATE)


def as_notes(messages: Iterable[Message]) -> list[Note]:
    """Messages in their order; offs at the same sample are in the order of their notes."""
    found = [Note(m.block, m.sample, m.velocity, m.note, m.channel) for m in messages]
    return in_order(found)


def in_order(found: list[Note]) -> list[Note]:
    """Offs that follow each other at one sample may come in any order; nothing else may."""
    out: list[Note] = []
    for note in found:
        at = len(out)
        while (
            note.velocity == 0
            and at > 0
            and (out[at - 1].block, out[at - 1].sample, out[at - 1].velocity)
            == (note.block, note.sample, 0)
            and (out[at - 1].note, out[at - 1].channel) > (note.note, note.channel)
        ):
            at -= 1
        out.insert(at, note)
    return out


def assert_same(heard: list[Note], wanted: list[Note]) -> None:
    for i, (a, b) in enumerate(zip(heard, wanted, strict=False)):
        assert a == b, f"message {i} of {len(wanted)}: {a} came out, the reference says {b}"
    assert len(heard) == len(wanted)


def assert_paired(heard: Sequence[Note], open_at_end: bool = False) -> None:
    """Every note on has its off before the same note sounds again, and none is left sounding."""
    sounding: set[tuple[int, int]] = set()
    for note in heard:
        key = (note.note, note.channel)
        if note.velocity:
            assert key not in sounding, f"{note} is struck while it sounds"
            sounding.add(key)
        else:
            assert key in sounding, f"{note} ends nothing"
            sounding.remove(key)
    assert open_at_end or not sounding, f"left sounding: {sounding}"


# --- transports ----------------------------------------------------------------------------------


def roll(
    beats: float,
    *,
    start: float = 0.0,
    size: int | Sequence[int] = 512,
    bpm: float = 120.0,
    loop: tuple[float, float] | None = None,
    now: Play | Callable[[int], Play] = Play(),  # noqa: B008 - a frozen value
) -> list[Block]:
    """Blocks of a host that plays on from ``start`` for some beats, wrapping at the loop's end."""
    sizes = [size] if isinstance(size, int) else list(size)
    out: list[Block] = []
    position, played = start, 0.0
    while played < beats:
        samples = sizes[len(out) % len(sizes)]
        values = now(len(out)) if callable(now) else now
        out.append(Block(samples, True, position, bpm, loop, False, values))
        span = samples * bpm / 60 / RATE
        position += span
        played += span
        if loop and position >= loop[1] > position - span:
            position -= loop[1] - loop[0]
    return out


def stopped(count: int = 1, size: int = 512, at: float = 0.0, now: Play = Play()) -> list[Block]:  # noqa: B008
    return [Block(size, False, at, 120.0, None, False, now)] * count


# --- the host ------------------------------------------------------------------------------------


class ConsoleHost:
    """A running host with the plugin loaded. Use it as a context manager."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str | None] | None = None, audio: bool = False
    ) -> None:
        if not PLUGIN.exists():
            pytest.skip(f"{PLUGIN} is not built: run build/test")
        self.midi_file = folder / "out.txt"
        self.audio_file = folder / "out.f32"
        given: dict[str, str | None] = {**os.environ, "GROOVEFIELD_PYTHON": sys.executable}
        # Where no display is named JUCE goes to the first, which may be another test's and end
        # with it: on one that is not there the host has no screen.
        given["DISPLAY"] = ":4711"
        given.update(environment or {})
        command = [str(program("groovefield_console_host")), str(self.midi_file)]
        self.process = subprocess.Popen(
            command + ([str(self.audio_file)] if audio else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1 << 16,
            env={k: v for k, v in given.items() if v is not None},
        )  # fmt: skip
        self.pid = self.process.pid
        self._values: dict[str, float] = {}
        self.do("load", plugin=str(PLUGIN))

    def __enter__(self) -> ConsoleHost:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None and kind is None:
            self._send({"do": "quit"})
            assert self.process.stdin
            self.process.stdin.close()
            assert self.process.wait(60) == 0
        self.process.kill()
        self.process.wait()

    def _send(self, what: Mapping[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")

    def do(self, command: str, **what: Any) -> str:
        """One command and its answer."""
        self._send({"do": command, **what})
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, f"the host ended (code {self.process.poll()}) at {command}"
        assert not answer.startswith("error"), answer
        return answer

    def prepare(self, offline: bool = True, size: int = 8192, rate: float = RATE) -> None:
        self.do("prepare", rate=rate, size=size, offline=offline)

    def play(self, blocks: Iterable[Block], pace: bool = False, **more: Any) -> None:
        """Has the host play the blocks; it may be still at it afterwards (see ``sync``).

        ``more`` goes into every block: ``set`` (parameters by ID), ``midi``, ``bypass``, ``sleep``.
        """
        extra = more.pop("set", {})
        for block in blocks:
            line: dict[str, Any] = {
                "block": block.samples, "playing": block.playing, "bpm": block.bpm, **more,
            }  # fmt: skip
            if block.position is not None:
                line["ppq"] = block.position
            if block.loop:
                line["loop"] = block.loop
            values = {**normalised(block.play), "free_run": float(block.free_run), **extra}
            changed = {k: v for k, v in values.items() if self._values.get(k) != v}
            self._values.update(changed)
            if changed:
                line["set"] = changed
            if pace:
                line["pace"] = True
            self._send(line)

    def forget(self) -> None:
        """What the parameters are is not known any more: the next block sets them all."""
        self._values.clear()

    def sync(self) -> int:
        """Waits until all was played; the number of blocks so far."""
        return int(self.do("sync"))

    def notes(self, since: int = 0) -> list[Note]:
        """The MIDI that came out so far, from a block on."""
        self.sync()
        out = []
        for line in self.midi_file.read_text().splitlines():
            if int(line.split(" ", 1)[0]) < since:
                continue
            block, sample, status, note, velocity = map(int, line.split())
            kind, channel = status & 0xF0, (status & 0x0F) + 1
            assert kind in (0x90, 0x80), f"no note: {line}"
            out.append(Note(block, sample, velocity if kind == 0x90 else 0, note, channel))
        return in_order(out)

    def audio(self, channels: int = 2) -> NDArray[np.float32]:
        """(samples, channels) of what sounded so far; two for each output that is on."""
        self.sync()
        return np.fromfile(self.audio_file, "<f4").reshape(-1, channels)

    def reader(self) -> EventReader:
        """A reader of the plugin's event record; the plugin is prepared."""
        (instance,) = instances(self.pid)
        return EventReader(instance)

    def model_process(self) -> int:
        """The model process's number; 0 while there is none."""
        found = children(self.pid)
        return found[0] if found else 0

    def wait_for_process(self, besides: int = 0) -> int:
        """Waits until a model process answers; its number."""

        def is_there() -> bool:
            for path in segments(self.pid):
                server = Segment.open(path).server
                if int(server["state"][0]) == READY and int(server["pid"][0]) != besides:
                    return self.model_process() not in (0, besides)
            return False

        eventually(is_there, "a model process")
        time.sleep(0.1)  # its "ready" goes to the supervisor by a pipe
        return self.model_process()


class Follower(threading.Thread):
    """Reads the event record while the host plays, as a companion window would."""

    def __init__(self, reader: EventReader) -> None:
        super().__init__()
        self.reader = reader
        self.found: list[NDArray[np.void]] = []
        self._stop_now = threading.Event()

    def run(self) -> None:
        with self.reader:
            while not self._stop_now.is_set():
                self.found.append(self.reader.read())
                time.sleep(0.01)
            self.found.append(self.reader.read())

    def finish(self) -> NDArray[np.void]:
        """All notes, oldest first; none was lost."""
        self._stop_now.set()
        self.join()
        assert self.reader.lost == 0
        return np.concatenate(self.found)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """A process's own; one that has ended and was not waited for counts too. Linux alone tells."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # that thread has just ended
            found += [int(child) for child in task.read_text().split()]
    return found


def model_processes(pid: int) -> list[int]:
    """The model processes among a host's children."""
    return [child for child in children(pid) if "groovefield" in command_line(child)]


def lives(pid: int) -> bool:
    """False too for a process that has ended and waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what}: not within {seconds} s"
        time.sleep(0.02)


assert {f.name for f in fields(Play)} >= set(RANGES)

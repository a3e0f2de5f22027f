"""Ardour, headless: the plugin plays, loops, is recorded onto another track, and is exported."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile
from console_library import READY, eventually, expected, roll
from groovefield import places
from groovefield.reference import Play
from groovefield_bridge.events import EventReader, instances
from groovefield_bridge.segment import Segment
from numpy.typing import NDArray

ARDOUR = Path("/usr/lib/ardour7")
SCRIPT = Path(__file__).parent / "ardour/session.lua"
SUPERCLOCKS = 282_240_000  # a second
RATE, BPM = 48_000, 120.0
TICK = 1 / 1920  # what Ardour rounds a time to, in beats

pytestmark = [
    pytest.mark.skipif(
        shutil.which("ardour7-lua") is None, reason="Ardour 7 is not installed: apt install ardour"
    ),
    pytest.mark.skipif(
        not os.environ.get("GROOVEFIELD_VST3") and not places.built_plugin().exists(),
        reason="the plugin is not built: run build/test",
    ),
]


@dataclass(frozen=True)
class Take:
    """What one run of Ardour left: the plugin's own record and the MIDI it recorded."""

    events: NDArray[np.void]
    recorded: list[tuple[float, int, int]]  # (beats since the record began, note, velocity)


class Studio:
    """Ardour with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.session = home / "session"
        runtime = home / "run"
        runtime.mkdir(mode=0o700)
        plugins = home / ".vst3"
        shutil.copytree(places.plugin(), plugins / places.PLUGIN_NAME)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(runtime),
            "GROOVEFIELD_PYTHON": sys.executable,
            "GF_SESSION": str(self.session),
        }
        scanner = {
            **self.environment,
            "LD_LIBRARY_PATH": str(ARDOUR),
            "ARDOUR_DATA_PATH": "/usr/share/ardour7",
            "ARDOUR_CONFIG_PATH": "/etc/ardour7",
            "ARDOUR_DLL_PATH": str(ARDOUR),
        }
        command = [ARDOUR / "ardour-vst3-scanner", "-f", plugins / places.PLUGIN_NAME]
        said = subprocess.run(command, env=scanner, capture_output=True, text=True, timeout=60)
        assert "Found Plugin: Groovefield" in said.stdout + said.stderr

    def roll(
        self, seconds: float, loop: bool, monkeypatch: pytest.MonkeyPatch, **values: float
    ) -> Take:
        monkeypatch.setenv("XDG_RUNTIME_DIR", self.environment["XDG_RUNTIME_DIR"])
        before = set(self.session.rglob("*.mid"))
        go = self.home / f"go-{len(before)}"
        extra = {"GF_SECONDS": str(seconds), "GF_LOOP": "1" if loop else "0", "GF_GO": str(go)}
        extra["GF_SET"] = " ".join(f"{name}={value}" for name, value in values.items())
        with subprocess.Popen(
            ["ardour7-lua", SCRIPT],
            env=self.environment | extra,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as ardour:
            assert ardour.stdout
            said = self._until(ardour, "READY")
            events = self._follow(ardour, go)
            said += ardour.stdout.read()
            assert ardour.wait(timeout=30) == 0 and "DONE" in said, said
        takes = set(self.session.rglob("*.mid")) - before
        assert len(takes) == 1, f"{len(takes)} takes were recorded: {said}"
        return Take(events, recorded_notes(takes.pop()))

    def _until(self, ardour: subprocess.Popen[str], word: str) -> str:
        assert ardour.stdout
        said = ""
        for line in ardour.stdout:
            said += line
            if word in line:
                return said
        raise AssertionError(f"Ardour ended before {word}: {said}")

    def _follow(self, ardour: subprocess.Popen[str], go: Path) -> NDArray[np.void]:
        """Lets Ardour roll once the model process answers; all that is played until it ends."""
        alive = instances(ardour.pid)
        assert alive, "the plugin in Ardour has no shared memory"
        server = Segment.open(alive[-1].path).server
        eventually(lambda: int(server["state"][0]) == READY, "the model process")
        with EventReader(alive[-1], history=False) as reader:
            go.touch()
            return self._rest(reader, ardour)

    def _rest(self, reader: EventReader, ardour: subprocess.Popen[str]) -> NDArray[np.void]:
        parts = []
        until = time.monotonic() + 300.0
        over = False
        while not over:
            assert time.monotonic() < until, "Ardour does not come to its end"
            # What is read after that is the rest. A program that leaves without closing its
            # plugins is there until somebody has asked for its end.
            over = reader.ended or ardour.poll() is not None
            parts.append(reader.read())
            time.sleep(0.02)
        assert reader.lost == 0
        return np.concatenate(parts)

    def export(self, to: Path) -> tuple[NDArray[np.void], NDArray[np.float64]]:
        """The session loaded by another program and exported: the plugin's record, the audio."""
        command = ["ardour7-export", "-s", str(RATE), "-o", to, self.session, "groove"]
        with subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as ardour:
            eventually(lambda: bool(instances(ardour.pid)), "the plugin in the export")
            with EventReader(instances(ardour.pid)[-1]) as reader:
                events = self._rest(reader, ardour)
            assert ardour.stdout
            said = ardour.stdout.read()
            # All written, Ardour 7.3's exporter now and then aborts while it takes its own export
            # graph apart ("double free", in ExportGraphBuilder): so it does with sessions that
            # hold no plugin at all (5 of 120). All that follows must hold either way.
            assert ardour.wait(timeout=30) in (0, -signal.SIGABRT), said
        assert not re.search("error", said, re.IGNORECASE), said
        audio, _ = soundfile.read(to)
        return events, audio

    def announce_loop(self, start_seconds: float, end_seconds: float) -> None:
        """Writes the loop into the session's file, where Ardour keeps it."""
        file = self.session / "groove.ardour"
        text = file.read_text()
        location = (
            f'<Location id="99991" name="Loop" start="a{int(start_seconds * SUPERCLOCKS)}" '
            f'end="a{int(end_seconds * SUPERCLOCKS)}" flags="IsAutoLoop" locked="0" timestamp="0"/>'
        )
        assert "<Locations>" in text
        file.write_text(text.replace("<Locations>", "<Locations>" + location, 1))


def recorded_notes(path: Path) -> list[tuple[float, int, int]]:
    file = mido.MidiFile(path)
    now, out = 0, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            out.append((now / file.ticks_per_beat, message.note, message.velocity))
    return out


def same_notes(take: Take) -> None:
    """The recorded notes are the record's, at the same distances from one another."""
    sent = [(int(e["note"]), int(e["velocity"])) for e in take.events]
    got = [(note, velocity) for _, note, velocity in take.recorded]
    assert len(sent) > 20
    # Notes at the same sample may be stored in another order.
    assert sorted(got) == sorted(sent)
    seconds = np.sort(take.events["stream_sample"] - take.events["stream_sample"].min()) / RATE
    beats = np.sort([at for at, _, _ in take.recorded])
    error = (beats - beats[0]) - seconds * BPM / 60
    # Ardour keeps each time as the nearest of its ticks: two of them are off by one tick at most.
    assert np.abs(error - np.median(error)).max() < TICK + 1e-9


def test_ardour_plays_records_loops_and_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = Studio(tmp_path)

    straight = studio.roll(6.0, False, monkeypatch)
    same_notes(straight)
    grid = straight.events["grid_step"] * 2 / straight.events["steps_per_two_beats"]
    assert np.abs(straight.events["song_beats"] - grid).max() < 0.25
    per_cell = list(zip(straight.events["grid_step"], straight.events["lane"], strict=True))
    assert len(set(per_cell)) == len(per_cell), "a cell sounded twice"

    studio.announce_loop(1.0, 2.5)  # beats 2 to 5
    # From the second half bar on the model process has answered, on a busy machine too.
    last = int(straight.events["grid_step"].max())
    fields = ("grid_step", "lane", "note", "velocity")
    heard = {tuple(int(e[name]) for name in fields) for e in straight.events}
    wanted = {(m.grid_step, m.lane, m.note, m.velocity) for m in expected(roll(16)) if m.velocity}
    assert last > 32
    assert {n for n in heard if 8 <= n[0] < last} == {n for n in wanted if 8 <= n[0] < last}

    looped = studio.roll(8.0, True, monkeypatch)
    same_notes(looped)
    inside = looped.events["grid_step"]
    assert inside.min() >= 8 and inside.max() < 20
    # Every pass but the first and the last holds each cell once: counts differ by at most two.
    cells, counts = np.unique(np.stack([inside, looped.events["lane"]]), axis=1, return_counts=True)
    assert cells.shape[1] > 5
    assert counts.min() >= 3 and counts.max() - counts.min() <= 1

    _, audio = studio.export(tmp_path / "out.wav")
    assert np.abs(audio).max() > 0.05, "the export is silent"


def test_ardour_keeps_what_was_set_in_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X and Y are set, the session saved, loaded anew and exported: it plays what it did."""
    studio = Studio(tmp_path)
    place = (0.875, 0.25, *(0.5,) * 6)
    played = studio.roll(6.0, False, monkeypatch, X=place[0], Y=place[1])
    exported, audio = studio.export(tmp_path / "out.wav")
    assert np.abs(audio).max() > 0.05, "the export is silent"

    def cells(events: Iterable[Any]) -> set[tuple[int, ...]]:
        fields = ("grid_step", "lane", "note", "velocity")
        return {tuple(int(e[name]) for name in fields) for e in events}

    def wanted(now: Play) -> set[tuple[int, ...]]:
        messages = [m for m in expected(roll(16, now=now)) if m.velocity]
        return {(m.grid_step, m.lane, m.note, m.velocity) for m in messages}

    # Live the model process has answered by the second bar, on a busy machine too; an export waits.
    last = int(played.events["grid_step"].max())
    end = min(last, int(exported["grid_step"].max()))
    assert end > 32
    there, middle = wanted(Play(position=place)), wanted(Play())
    for heard, begin in ((cells(played.events), 16), (cells(exported), 0)):
        within = {n for n in heard if begin <= n[0] < end}
        assert within == {n for n in there if begin <= n[0] < end}
        assert within != {n for n in middle if begin <= n[0] < end}

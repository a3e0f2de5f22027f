"""The standalone on a screen, played by mouse and keyboard: real X events, and what comes of them.

Its sound goes to ALSA's device that takes everything and makes nothing, so that it runs anywhere.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mido
import pytest
from console_library import BUILD, NOTES, children, eventually, lives, program
from groovefield.lanes import LANES
from groovefield_bridge.events import EventReader, instances
from x_screen import Hands, running_screen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

STANDALONE = BUILD / "Groovefield_artefacts/Release/Standalone/Groovefield"
KICK, LOW_TOM = NOTES[0], NOTES[4]
SILENT_SOUND = 'pcm.!default { type null hint { show on description "Nothing" } }\n'
ALPHABET = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
"""JUCE's own: six bits a letter, the lowest first."""

PRESETS = json.loads((Path(__file__).parents[2] / "plugin/data/presets.json").read_text())

Box = tuple[float, float, float, float]


def bytes_of(text: str) -> bytes:
    """What JUCE wrote as "size.letters"."""
    size, letters = text.split(".", 1)
    number = {letter: i for i, letter in enumerate(ALPHABET)}
    out = bytearray()
    for at in range(0, len(letters), 4):
        four = sum(number[letter] << 6 * i for i, letter in enumerate(letters[at : at + 4]))
        out += four.to_bytes(3, "little")
    return bytes(out[: int(size)])


def chunks_of(state: bytes) -> dict[str, bytes]:
    """A state's parts by their names (the form is in processor/state.h)."""
    assert state[:4] == b"GFST"
    found, at = {}, 8
    while at < len(state):
        name, size = state[at : at + 4].decode(), int.from_bytes(state[at + 4 : at + 8], "little")
        body = state[at + 12 : at + 12 + size]
        assert zlib.crc32(body) == int.from_bytes(state[at + 8 : at + 12], "little")
        found[name] = body
        at += 12 + size
    return found


class Standalone:
    """The running program, its editor's places, and hands on it."""

    def __init__(self, folder: Path, screen: str, places: dict[str, Box]) -> None:
        self.places = places
        self.files = folder / "files"
        self.files.mkdir(exist_ok=True)
        (folder / ".asoundrc").write_text(SILENT_SOUND)
        self.settings = folder / ".config/Groovefield.settings"
        self.process = subprocess.Popen(
            [STANDALONE],
            env={**os.environ, "DISPLAY": screen, "HOME": str(folder), "TMPDIR": str(self.files),
                 "XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache"),
                 "GROOVEFIELD_PYTHON": sys.executable},
        )  # fmt: skip
        self.hands = Hands(screen)
        eventually(lambda: self.hands.widest_window()[2] > 900, "the window")
        eventually(lambda: len(instances(self.process.pid)) == 1, "the sound's start")
        eventually(lambda: len(children(self.process.pid)) == 1, "a model process")
        time.sleep(2)  # it has drawn itself, and the model has answered
        x, y, width, height = self.hands.widest_window()
        # The window's frame is equally wide at the left, at the right and below.
        _, _, own_width, own_height = places["Groovefield"]
        self.frame = (width - own_width) / 2
        self.origin = (x + self.frame, y + height - own_height - self.frame)
        self.window = (x, y, width, height)

    def at(self, name: str, across: float = 0.5, up: float = 0.5) -> tuple[float, float]:
        """A place of the screen within what has that name, from its lower left corner."""
        x, y, width, height = self.places[name]
        return (self.origin[0] + x + across * width, self.origin[1] + y + (1 - up) * height)

    def cell(self, lane: str, step: int) -> tuple[float, float]:
        return self.at(f"Row {lane}", (step + 0.5) / 32)

    def click(self, name: str) -> None:
        self.hands.click(*self.at(name))

    def pattern(self) -> set[tuple[int, int]]:
        """(note, step) of the file that is made by dragging the pattern out."""
        (name,) = (name for name in self.places if "pattern out as a MIDI file" in name)
        # Where there is no window: over its own it would be dropped again.
        self.hands.drag(self.at(name), (8, 8))
        eventually(lambda: bool(list(self.files.rglob("*.mid"))), "the file")
        # The file is there just before the drag begins. A press before its end would be no click:
        # the program takes the pointer's release by the drag for a move away from what was pressed.
        time.sleep(0.3)
        eventually(self.hands.pointer_is_free, "the drag's end")
        newest = max(self.files.rglob("*.mid"), key=lambda file: file.stat().st_mtime)
        file, now, found = mido.MidiFile(newest), 0, set()
        for message in mido.merge_tracks(file.tracks):
            now += message.time
            if message.type == "note_on" and message.velocity:
                found.add((message.note, round(now / file.ticks_per_beat * 4)))
        newest.unlink()
        return found

    def close(self) -> dict[str, bytes]:
        """By the window's button, as a user does; the state that is kept."""
        x, y, width, _ = self.window
        self.hands.click(x + width - 20, y + 16)
        eventually(lambda: not lives(self.process.pid) or self.process.poll() is not None, "end")
        kept = ElementTree.parse(self.settings).find("VALUE[@name='filterState']")
        assert kept is not None
        return chunks_of(bytes_of(kept.attrib["val"]))


Start = Callable[[], Standalone]


@contextmanager
def standalone(folder: Path) -> Iterator[Start]:
    """Starts the program, as often as it is asked, on one screen and in one home."""
    if not STANDALONE.exists():
        pytest.skip(f"{STANDALONE} is not built: run build/test")
    with running_screen() as screen:
        subprocess.run(
            [str(program("groovefield_editor_shots")), str(folder), "places"],
            env={**os.environ, "DISPLAY": screen}, check=True,
        )  # fmt: skip
        places = json.loads((folder / "places.json").read_text())
        started: list[Standalone] = []

        def start() -> Standalone:
            started.append(Standalone(folder, screen, places))
            return started[-1]

        try:
            yield start
        finally:
            for running in started:
                running.hands.close()
                running.process.kill()
                running.process.wait()


def of(lane: int, pattern: set[tuple[int, int]]) -> set[int]:
    return {step for note, step in pattern if note == lane}


def test_the_pad_an_edit_a_lock_undo_and_the_file_that_is_dragged_out(tmp_path: Path) -> None:
    with standalone(tmp_path) as start:
        app = start()
        hands = app.hands
        hands.drag(app.at("Pad", 0.5, 0.5), app.at("Pad", 0.25, 0.75))
        time.sleep(1)
        first = app.pattern()
        assert len(first) > 8

        # An edit: a hit where there was none; undo takes it back, redo brings it again.
        step = next(s for s in range(3, 30) if s not in of(LOW_TOM, first))
        hands.click(*app.cell("Low tom", step))
        assert app.pattern() == first | {(LOW_TOM, step)}
        hands.key("z", "Control_L")
        assert app.pattern() == first
        hands.key("z", "Control_L", "Shift_L")
        edited = app.pattern()
        assert edited == first | {(LOW_TOM, step)}

        # A locked lane stays as it is while the pad moves, and the edit does.
        app.click("Lock Kick")
        hands.drag(app.at("Pad", 0.25, 0.75), app.at("Pad", 0.8, 0.3))
        for _ in range(5):  # the keyboard moves it finely from there
            hands.key("Left", "Shift_L")
        time.sleep(1.5)
        moved = app.pattern()
        assert of(KICK, moved) == of(KICK, first)
        assert step in of(LOW_TOM, moved)
        assert {hit for hit in moved if hit[0] != KICK} != {h for h in edited if h[0] != KICK}

        # What it plays is in its record.
        (instance,) = instances(app.process.pid)
        with EventReader(instance) as reader:
            app.click("Play")
            eventually(lambda: reader.read().size > 0, "notes")
            time.sleep(0.5)
            heard = reader.read()
            assert KICK in set(heard["note"].tolist())
            app.click("Play")

        state = app.close()
        again = start()  # as it was left
        assert again.pattern() == moved
        again.close()
    values = {
        each.attrib["id"]: float(each.attrib["value"])
        for each in ElementTree.fromstring(state["PARM"].decode()).iter("PARAM")
    }
    assert values["x"] == pytest.approx(0.8 - 5 * 0.002, abs=0.004)
    assert values["y"] == pytest.approx(0.3, abs=0.004)
    assert len(state["OVER"]) > 100


def test_call_outs_have_the_keyboard(tmp_path: Path) -> None:
    """A preset is searched and chosen, then a drum's volume turned, without a click inside."""
    with standalone(tmp_path) as start:
        app = start()
        hands = app.hands
        app.click("Presets")
        time.sleep(1)
        for letter in "dembow":
            hands.key(letter)
        hands.key("Return")
        time.sleep(1)
        hands.key("Escape")
        time.sleep(0.5)
        app.click("Sound and notes of Rim")
        time.sleep(1)
        for _ in range(12):
            hands.key("Up")
        hands.key("Escape")
        time.sleep(0.5)
        state = app.close()
    assert state["PRST"][1:].rstrip(b"\0").decode() == "Dembow"
    voices = [struct.unpack_from("<5fi", state["KITS"], 4 + 24 * drum) for drum in range(11)]
    preset = next(p for p in PRESETS if p["name"] == "Dembow")
    was = preset.get("kit", {}).get("rim", {}).get("level", 0.0)
    assert voices[8][0] == pytest.approx(was + 1.2, abs=0.05)
    others = [preset.get("kit", {}).get(lane.id, {}).get("level", 0.0) for lane in LANES]
    assert [v[0] for v in voices[:8]] == pytest.approx(others[:8], abs=0.05)

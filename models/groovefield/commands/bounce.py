"""Bouncing the real plugin: the VST3 in DawDreamer, with the notes from its own event record."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from groovefield_bridge.events import EventReader, Instance, instances
from numpy.typing import NDArray

from groovefield import places

Floats = NDArray[np.float64]

TICKS_PER_BEAT = 960
SAMPLE_RATE = 48_000
BLOCK_SIZE = 512
BEATS_PER_BAR = 4


class BounceFailed(RuntimeError):
    """The plugin could not be bounced; the message says why."""


@dataclass(frozen=True)
class Bounce:
    """What came out: ``audio`` (2, samples) float32 and ``events``, the record (layout.EVENT)."""

    audio: NDArray[np.float32]
    events: NDArray[np.void]
    sample_rate: int
    seconds_taken: float

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return float(self.audio.shape[1]) / self.sample_rate


class Session:
    """One DawDreamer engine with one Groovefield in it.

    DawDreamer runs every processor ever made in an engine, so there is one of each here. The
    model process is started with this Python unless the environment names another.
    """

    def __init__(
        self,
        sample_rate: int = SAMPLE_RATE,
        block_size: int = BLOCK_SIZE,
        plugin: Path | None = None,
    ) -> None:
        import dawdreamer

        os.environ.setdefault("GROOVEFIELD_PYTHON", sys.executable)
        before = set(instances(os.getpid()))
        self.sample_rate = sample_rate
        self.engine = dawdreamer.RenderEngine(sample_rate, block_size)
        path = plugin or places.plugin()
        try:
            self.plugin = self.engine.make_plugin_processor("groovefield", str(path))
        except RuntimeError as error:
            there = "cannot be loaded as a plugin" if path.exists() else "is not there"
            raise BounceFailed(f"{path} {there}.") from error
        self.engine.load_graph([(self.plugin, [])])
        new = [i for i in instances(os.getpid()) if i not in before]
        if len(new) != 1:
            raise BounceFailed(
                f"{path} made {len(new)} instances instead of one in the shared memory: "
                "`groovefield doctor` says more."
            )
        self.instance: Instance = new[0]
        self.parameters: dict[str, int] = {}
        for description in self.plugin.get_parameters_description():
            self.parameters.setdefault(description["name"], description["index"])

    def set(self, **values: float) -> None:
        """Sets parameters, normalised 0..1, by their names with ``_`` for spaces, any case."""
        for name, value in values.items():
            self.plugin.set_parameter(self._index(name), float(value))

    def automate(self, curves: Mapping[str, Floats], per_beat: int) -> None:
        """Draws parameters along the song: arrays of normalised values, ``per_beat`` a beat."""
        for name, curve in curves.items():
            data = np.asarray(curve, np.float32)
            if not self.plugin.set_automation(self._index(name), data, ppqn=per_beat):
                raise BounceFailed(f"the plugin's parameter {name!r} takes no automation")

    def render(self, seconds: float, bpm: float | Floats = 120.0) -> Bounce:
        """Plays from song position 0 for a number of seconds.

        Args:
            seconds: length of the audio.
            bpm: the tempo, or an array of tempos, ``TICKS_PER_BEAT`` a beat.
        """
        if isinstance(bpm, np.ndarray):
            self.engine.set_bpm(bpm, ppqn=TICKS_PER_BEAT)
        else:
            self.engine.set_bpm(bpm)

        parts: list[NDArray[np.void]] = []
        with EventReader(self.instance, history=False) as reader:
            done = threading.Event()

            def follow() -> None:
                while not done.is_set():
                    parts.append(reader.read())
                    time.sleep(0.01)

            follower = threading.Thread(target=follow)
            follower.start()
            started = time.perf_counter()
            try:
                self.engine.render(seconds)
            finally:
                taken = time.perf_counter() - started
                done.set()
                follower.join()
            parts.append(reader.read())
            if reader.lost:
                raise BounceFailed(f"{reader.lost} notes of the event record were lost")
        audio = np.asarray(self.engine.get_audio(), np.float32)
        return Bounce(audio, np.concatenate(parts), self.sample_rate, taken)

    def _index(self, name: str) -> int:
        wanted = name.replace("_", " ").lower()
        for known, index in self.parameters.items():
            if known.lower() == wanted:
                return index
        raise BounceFailed(f"the plugin has no parameter called {name!r}")


def seconds_of(bpm: Floats) -> float:
    """The length of a tempo curve with ``TICKS_PER_BEAT`` values a beat."""
    return float(np.sum(60.0 / bpm / TICKS_PER_BEAT))


def write_midi(events: NDArray[np.void], path: Path) -> None:
    """Writes the event record as a MIDI file: notes where they sounded, and the tempo map.

    Note lengths are those planned; a note struck again ends where it is struck again.
    """
    order = np.argsort(events["song_beats"], kind="stable")
    messages: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
    bpm = 0.0
    sounding: dict[tuple[int, int], int] = {}
    ends: list[tuple[int, int, int, int]] = []
    for event in events[order]:
        start = round(float(event["song_beats"]) * TICKS_PER_BEAT)
        if abs(float(event["bpm"]) - bpm) > 1e-3:
            bpm = float(event["bpm"])
            tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))
            messages.append((start if messages else 0, 0, tempo))
        note, channel = int(event["note"]), int(event["channel"]) - 1
        length = max(1, round(float(event["length_beats"]) * TICKS_PER_BEAT))
        earlier = sounding.get((note, channel))
        if earlier is not None and ends[earlier][0] > start:
            ends[earlier] = (start, *ends[earlier][1:])
        sounding[(note, channel)] = len(ends)
        ends.append((start + length, note, channel, start))
        velocity = int(event["velocity"])
        on = mido.Message("note_on", note=note, velocity=velocity, channel=channel)
        messages.append((start, 2, on))
    for end, note, channel, start in ends:
        off = mido.Message("note_off", note=note, channel=channel)
        # A note cut at its own tick still ends after it began.
        messages.append((end, 1 if end > start else 3, off))

    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("track_name", name="Groovefield"))
    track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    now = 0
    for tick, _, message in sorted(messages, key=lambda m: m[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    file.save(path)


# --- the command -------------------------------------------------------------------------------


def demo_path(beats: int, per_beat: int) -> dict[str, Floats]:
    """A walk over the whole pad: from the middle out to the four corners and back."""
    stations = np.array(
        [(0.5, 0.5), (0.5, 0.5), (0.08, 0.1), (0.08, 0.9), (0.92, 0.9), (0.92, 0.1), (0.5, 0.5)]
    )
    at = np.linspace(0, len(stations) - 1, beats * per_beat)
    index = np.minimum(at.astype(int), len(stations) - 2)
    along = at - index
    eased = (along * along * (3 - 2 * along))[:, None]
    points = stations[index] + (stations[index + 1] - stations[index]) * eased
    return {"X": points[:, 0], "Y": points[:, 1]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--bars", type=int, default=16, help="length in bars of 4/4 (16)")
    parser.add_argument(
        "--tempo", default="96-132", help="tempo in bpm, or a ramp such as 96-132 (the default)"
    )
    parser.add_argument("--sample-rate", type=int, default=SAMPLE_RATE)
    parser.add_argument("--block-size", type=int, default=BLOCK_SIZE)
    parser.add_argument("--plugin", type=Path, help="the VST3 (the installed or built one)")


def _tempo_curve(text: str, ticks: int) -> Floats:
    try:
        ends = [float(part) for part in text.split("-")]
    except ValueError:
        ends = []
    if len(ends) not in (1, 2) or not all(20 <= bpm <= 400 for bpm in ends):
        raise BounceFailed(f"--tempo {text} is neither a tempo from 20 to 400 bpm nor a ramp a-b.")
    return np.linspace(ends[0], ends[-1], ticks)


def run(arguments: argparse.Namespace) -> int:
    """Bounces a walk over the pad. Returns 0, or 1 with a sentence on stderr."""
    try:
        _bounce(arguments)
    except (BounceFailed, places.NotFoundHere, OSError) as error:
        print(f"groovefield bounce: {error}", file=sys.stderr)
        return 1
    return 0


def _make_folder(out: Path) -> None:
    """Before the bounce, which would be in vain without it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if out.is_file() else error.strerror
        raise BounceFailed(f"--out {out} cannot be a folder: {reason}.") from error


def _bounce(arguments: argparse.Namespace) -> None:
    import soundfile

    from groovefield.commands.bounce_picture import draw

    for name, value, (low, high) in (
        ("bars", arguments.bars, (1, 1000)),
        ("block-size", arguments.block_size, (1, 65_536)),
        ("sample-rate", arguments.sample_rate, (8_000, 384_000)),
    ):
        if not low <= value <= high:
            raise BounceFailed(f"--{name} {value} is not between {low} and {high}.")
    _make_folder(arguments.out)
    beats = arguments.bars * BEATS_PER_BAR
    bpm = _tempo_curve(arguments.tempo, beats * TICKS_PER_BEAT)
    path = demo_path(beats, TICKS_PER_BEAT)

    print("Loading the plugin in DawDreamer ...", flush=True)
    session = Session(arguments.sample_rate, arguments.block_size, arguments.plugin)
    session.automate(path, TICKS_PER_BEAT)
    print(f"Bouncing {arguments.bars} bars ...", flush=True)
    bounce = session.render(seconds_of(bpm), bpm)
    if not len(bounce.events):
        raise BounceFailed("the plugin played no note: `groovefield doctor` says what is wrong.")

    out: Path = arguments.out
    soundfile.write(out / "groove.wav", bounce.audio.T, bounce.sample_rate, subtype="PCM_24")
    write_midi(bounce.events, out / "groove.mid")
    print("Drawing ...", flush=True)
    draw(bounce.events, path, TICKS_PER_BEAT, out / "groove.png")

    peak = 20 * np.log10(max(1e-9, float(np.abs(bounce.audio).max())))
    rate = bounce.seconds / bounce.seconds_taken
    print(
        f"\n{len(bounce.events)} notes, {bounce.seconds:.1f} s, peak {peak:.1f} dBFS, "
        f"{rate:.0f} times faster than real time.\n\n"
        f"  {out / 'groove.wav'}   the plugin's kit\n"
        f"  {out / 'groove.mid'}   the notes it sent, with micro-timing and tempo map\n"
        f"  {out / 'groove.png'}   the path on the pad and what it played\n\n"
        f"To play it in a DAW: run `groovefield install` (it copies {places.plugin().name} to\n"
        f"{places.plugin_folder()}), rescan plugins, and put Groovefield on an instrument track."
    )

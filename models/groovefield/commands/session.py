"""Bouncing the real plugin: the VST3 in DawDreamer, with the notes from its own event record."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from groovefield_bridge.events import EventReader, Instance, instances
from numpy.typing import NDArray

from groovefield import places
from groovefield.commands import bounce_song
from groovefield.commands.bounce_song import BEATS_PER_BAR, TICKS_PER_BEAT, Floats
from groovefield.commands.plugin_state import state_with
from groovefield.field import modelfile

SAMPLE_RATE = 48_000
BLOCK_SIZE = 512


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
        self.block_size = block_size
        self.engine = dawdreamer.RenderEngine(sample_rate, block_size)
        self.path = path = plugin or places.plugin()
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

    def load(self, model: Path) -> None:
        """Makes the plugin play a model file; parameters go back to their defaults.

        Raises:
            ModelFileError: it cannot be used.
        """
        state = state_with(modelfile.portable(model))
        handle, name = tempfile.mkstemp(prefix="groovefield-state-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(state)
            self.plugin.load_state(name)
        finally:
            Path(name).unlink()

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

    def bounce(
        self, path: Mapping[str, Floats], bpm: Floats, steps_per_beat: int = 4,
        settings: Mapping[str, float] | None = None,
    ) -> tuple[Bounce, bounce_song.SongTime]:  # fmt: skip
        """Plays whole bars along a path over the pad, then lets the drums ring out.

        Args:
            path: X and Y along the song, ``TICKS_PER_BEAT`` values a beat.
            bpm: the tempo, likewise; its length is the song's.
            steps_per_beat: of the model's grid.
            settings: normalised values by the parameters' names.
        """
        bars = len(bpm) // (BEATS_PER_BAR * TICKS_PER_BEAT)
        tail = round(bounce_song.LONGEST_TAIL * bpm[-1] / 60 + 1) * TICKS_PER_BEAT
        settings = settings or {}
        curves = {**path, **bounce_song.end_curves(bars, steps_per_beat, settings)}
        drawn = {name.lower() for name in curves}
        self.set(**{n.replace(" ", "_"): v for n, v in settings.items() if n.lower() not in drawn})
        self.automate({n: bounce_song.held(c, tail) for n, c in curves.items()}, TICKS_PER_BEAT)
        time = bounce_song.song_time(bpm, self.sample_rate, self.block_size)
        seconds = float(time.at(bars * BEATS_PER_BAR))
        whole = self.render(seconds + bounce_song.LONGEST_TAIL, bounce_song.held(bpm, tail))
        audio = bounce_song.ring_out(whole.audio, round(seconds * self.sample_rate))
        return Bounce(audio, whole.events, self.sample_rate, whole.seconds_taken), time

"""Windows as sound: the plugin's own kit, given notes; and how loud they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groovefield.bench.table import CannotMeasure
from groovefield.commands.session import BounceFailed, Session
from groovefield.lanes import LANES
from groovefield.pattern import Hits

RATE, BLOCK = 48_000, 512
TIMES = 2
"""A window is heard so often."""

LEAD = 0.1
"""Seconds before the first bar line, for hits that are early."""

RING = 1.2
"""Seconds after the last bar, the second half of which fades."""

WANTED, CEILING = -18.0, -1.0
"""Loudness of a clip in LUFS, and the highest peak in dBFS, before which it gives way."""

Audio = NDArray[np.float32]


class Kit:
    """The plugin with its pad silent, played by notes.

    Raises:
        CannotMeasure: the plugin is not there or cannot be loaded.
    """

    def __init__(self) -> None:
        try:
            self._session = Session(RATE, BLOCK)
        except BounceFailed as error:
            raise CannotMeasure(str(error)) from error
        self._session.set(threshold=1.0)

    def play(self, hits: Hits, bpm: float) -> Audio:
        """(2, samples): a window ``TIMES`` times at a tempo, and its end."""
        plugin, step = self._session.plugin, 60 / bpm / hits.grid.steps_per_beat
        plugin.clear_midi()
        for time in range(TIMES):
            for lane, cell in np.argwhere(hits.onset).tolist():
                late = float(hits.offset[lane, cell]) / 2
                at = LEAD + (time * hits.grid.steps + cell + late) * step
                loud = min(127, max(1, round(127 * float(hits.velocity[lane, cell]))))
                plugin.add_midi_note(LANES[lane].note, loud, max(0.0, at), 0.05)
        seconds = LEAD + TIMES * hits.grid.steps * step + RING
        played = self._session.render(seconds + 0.1, bpm).audio[:, : round(seconds * RATE)]
        fade = round(RING / 2 * RATE)
        played[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
        return played


def matched(clips: list[Audio]) -> list[Audio]:
    """The same clips at one loudness: ``WANTED``, or less where a peak would pass ``CEILING``."""
    peaks = [20 * np.log10(float(np.abs(clip).max())) - loudness(clip) for clip in clips]
    level = min(WANTED, CEILING - max(peaks))
    return [np.asarray(c * 10 ** ((level - loudness(c)) / 20), np.float32) for c in clips]


def loudness(audio: Audio) -> float:
    """Of (2, samples) at ``RATE`` in LUFS: as ITU-R BS.1770-4 weighs it, without its gates.

    Raises:
        CannotMeasure: it is silent.
    """
    spectrum = np.abs(np.fft.rfft(audio.astype(np.float64))) ** 2
    spectrum[:, 1:-1] *= 2
    weighed = (spectrum * _weights(audio.shape[1])).sum() / audio.shape[1] ** 2
    if not weighed > 0:
        raise CannotMeasure("The plugin's kit was silent: `groovefield doctor` may say why.")
    return float(-0.691 + 10 * np.log10(weighed))


def _weights(samples: int) -> NDArray[np.float64]:
    """The power of its two filters at 48 kHz: a shelf for the head, and a high-pass."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(samples))
    shelf = np.polyval((1.19839281085285, -2.69169619938638, 1.53512485958697), z) / np.polyval(
        (0.73248077421585, -1.69065929318241, 1.0), z
    )
    high = np.polyval((1.0, -2.0, 1.0), z) / np.polyval(
        (0.99007225036621, -1.99004745483398, 1.0), z
    )
    return np.asarray(np.abs(shelf * high) ** 2)

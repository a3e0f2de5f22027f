"""What made-up drums are put together from: noise in a band, and numbers drawn by octaves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groovefield.loops.read import RATE

Wave = NDArray[np.float64]
Random = np.random.Generator


def quick_length(samples: int) -> int:
    """The next length whose Fourier transform is quick: a power of two, or one and a half."""
    power = 1 << max(1, int(np.ceil(np.log2(max(2, samples)))))
    return 3 * power // 4 if 3 * power // 4 >= samples else power


def seconds(length: float) -> Wave:
    """The time of each sample of a sound that lasts so long."""
    return np.asarray(np.arange(int(length * RATE)) / RATE)


def between(random: Random, low: float, high: float) -> float:
    """Anywhere between two values, each octave as likely as another."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def band_noise(random: Random, samples: int, low: float, high: float) -> Wave:
    """Noise between two frequencies, its edges 24 dB an octave, root mean square about 1/3."""
    size = quick_length(samples)
    frequency = np.fft.rfftfreq(size, 1 / RATE) + 1e-3
    shape = 1 / np.sqrt((1 + (low / frequency) ** 8) * (1 + (frequency / high) ** 8))
    first = int(random.integers(len(_phases()) - len(frequency)))
    spectrum = shape.astype(np.float32) * _phases()[first : first + len(frequency)]
    out = np.fft.irfft(spectrum, size)[:samples].astype(np.float64)
    return np.asarray(out / (3 * out.std() + 1e-12))


@lru_cache(maxsize=1)
def _phases() -> NDArray[np.complex64]:
    """Numbers of length 1 at random angles, to take stretches of: making them anew is slow."""
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 1 << 20)
    return np.asarray(np.exp(1j * angles), dtype=np.complex64)

"""Audio files in, as mono samples, with the tempo that the file itself states.

libsndfile reads them (WAV, AIFF, FLAC, OGG, MP3). A file that is broken, empty, silent, too
short or too long is refused with a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from groovefield.material.midi_files import MaterialError

AUDIO_SUFFIXES = (".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".mp3")
"""What is read, by the end of its name."""

RATE = 44_100
"""Samples a second that everything is analysed at."""

LONGEST_SECONDS = 120.0
"""Eight bars at 16 bpm; what is longer is a song, not a loop."""

SHORTEST_SECONDS = 0.01

_LOWEST_RATE, _HIGHEST_RATE = 4_000, 768_000
_MOST_CHANNELS = 64
_SILENCE = 1e-5
_BLOCK_FRAMES = 65_536


@dataclass(frozen=True)
class Audio:
    """A file's sound: ``samples`` (frames,) mono, float32, at ``rate`` frames a second."""

    path: Path
    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """Its exact length."""
        return len(self.samples) / self.rate

    @cached_property
    def analysed(self) -> NDArray[np.float32]:
        """The samples at the rate of the analysis."""
        return self.at_rate(RATE)

    def at_rate(self, rate: int) -> NDArray[np.float32]:
        """The samples at another rate, band limited."""
        if rate == self.rate:
            return self.samples
        return _resampled(self.samples, self.rate, rate)


def read_audio(path: Path | str) -> Audio:
    """Read a file, its channels averaged. Raises `MaterialError`."""
    path = Path(path)
    try:
        with soundfile.SoundFile(str(path)) as file:
            _check(path, file)
            samples = _mono(path, file)
            rate = int(file.samplerate)
    except MaterialError:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, MemoryError) as error:
        # libsndfile's errors are RuntimeErrors; a folder or a missing file is one as well.
        raise MaterialError(f"{path.name} cannot be read as audio: {_reason(error)}.") from error
    if len(samples) < SHORTEST_SECONDS * rate:
        raise MaterialError(
            f"{path.name} holds {len(samples) / rate:.3f} s of sound, too little to hear."
        )
    if not np.isfinite(samples).all():
        raise MaterialError(f"{path.name} holds samples that are no numbers.")
    peak = float(np.abs(samples).max())
    if peak < _SILENCE:
        raise MaterialError(f"{path.name} is silent.")
    if peak > 1e6:
        raise MaterialError(f"{path.name} holds samples of {peak:.3g} times full scale.")
    return Audio(path, samples, rate)


def _check(path: Path, file: soundfile.SoundFile) -> None:
    if not _LOWEST_RATE <= file.samplerate <= _HIGHEST_RATE:
        raise MaterialError(f"{path.name} claims {file.samplerate} samples a second.")
    if not 1 <= file.channels <= _MOST_CHANNELS:
        raise MaterialError(f"{path.name} claims {file.channels} channels.")


def _mono(path: Path, file: soundfile.SoundFile) -> NDArray[np.float32]:
    """Read in blocks, so that a header's claim of a length never asks for its memory."""
    limit = int(LONGEST_SECONDS * file.samplerate)
    blocks, frames = [], 0
    while True:
        block = file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)
        if len(block) == 0:
            break
        blocks.append(block.mean(axis=1))
        frames += len(block)
        if frames > limit:
            raise MaterialError(
                f"{path.name} is longer than {LONGEST_SECONDS:.0f} s, which is no loop."
            )
    if not blocks:
        raise MaterialError(f"{path.name} holds no sound.")
    return np.concatenate(blocks).astype(np.float32)


def _resampled(samples: NDArray[np.float32], rate: int, to: int) -> NDArray[np.float32]:
    """By the Fourier transform, with silence at both ends so that they do not meet."""
    pad = rate // 10
    padded = np.concatenate([np.zeros(pad), samples, np.zeros(pad)])
    # Lengths that keep the ratio exact and are quick to transform: whole blocks of each rate.
    common = int(np.gcd(rate, to))
    step_in, step_out = rate // common, to // common
    blocks = -(-len(padded) // step_in)
    padded = np.pad(padded, (0, blocks * step_in - len(padded)))
    spectrum = np.fft.rfft(padded)
    out_length = blocks * step_out
    bins = out_length // 2 + 1
    out_spectrum = np.zeros(bins, dtype=complex)
    kept = min(bins, len(spectrum))
    out_spectrum[:kept] = spectrum[:kept]
    out = np.fft.irfft(out_spectrum, out_length) * (out_length / len(padded))
    start = round(pad * to / rate)
    return out[start : start + round(len(samples) * to / rate)].astype(np.float32)


def _reason(error: BaseException) -> str:
    text = str(error).strip().rstrip(".")
    return (text.rsplit(": ", 1)[-1] or type(error).__name__)[:160]

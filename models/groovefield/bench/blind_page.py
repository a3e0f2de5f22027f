"""The page on which people judge pairs of grooves: one file, with all that it plays in it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from groovefield.bench.blind_audio import RATE, Audio
from groovefield.bench.table import CannotMeasure

TEMPLATE = Path(__file__).with_name("blind.html")


@dataclass(frozen=True)
class Spoken:
    """A pair as the page has it: the MP3 of A and of B, what they are, and where they are from."""

    audio: tuple[bytes, bytes]
    kinds: tuple[str, str]
    origins: tuple[str, str]


def compressed(audio: Audio) -> bytes:
    """(2, samples) as MP3, which every browser plays.

    Raises:
        CannotMeasure: this system's libsndfile writes none (before 1.1).
    """
    if "MP3" not in soundfile.available_formats():
        raise CannotMeasure("libsndfile here writes no MP3: 1.1 or newer is needed.")
    out = io.BytesIO()
    soundfile.write(out, audio.T, RATE, format="MP3")
    return out.getvalue()


def decoded(audio: bytes) -> Audio:
    """MP3 as (2, samples) again: what a listener hears."""
    samples, _ = soundfile.read(io.BytesIO(audio), dtype="float32", always_2d=True)
    return np.asarray(samples.T, np.float32)


def page(pairs: Sequence[Spoken]) -> str:
    """The whole page.

    What the clips are stands in it in base 64 alone, so that nobody reads it by accident.
    """
    sounds = [
        f'<audio preload="none" data-pair="{n}" data-which="{which}" '
        f'src="data:audio/mpeg;base64,{base64.b64encode(audio).decode()}"></audio>'
        for n, pair in enumerate(pairs)
        for which, audio in zip("AB", pair.audio, strict=True)
    ]
    key = [{"kinds": pair.kinds, "origins": pair.origins} for pair in pairs]
    secret = base64.b64encode(json.dumps(key).encode()).decode()
    text = TEMPLATE.read_text("utf-8")
    return text.replace("<!-- sounds -->", "\n".join(sounds)).replace("<!-- key -->", secret)

"""Decoding alone: from a place on the pad to the numbers of a pattern, in this process."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from groovefield.bench.table import Row, Table, percentile
from groovefield.field.decoder import ARRAYS, Decoder, default_model, load_decoder
from groovefield.pattern import Floats

REQUESTS = 5_000
RATE = 1_000.0


def measure() -> Table:
    """Decodes one after the other, and again at 1 kHz (the caches are colder then)."""
    decoder = load_decoder(default_model())
    places = np.random.default_rng(0).random((REQUESTS, decoder.latents), np.float32)
    quick, paced = decode_times(decoder, places, None), decode_times(decoder, places, RATE)
    threads = os.environ.get("OMP_NUM_THREADS", "as numpy chooses")
    rows = [
        Row("at 1 kHz, p50", percentile(paced, 0.5) * 1e6, "us"),
        Row("at 1 kHz, p99", percentile(paced, 0.99) * 1e6, "us"),
        Row("one after the other, p50", percentile(quick, 0.5) * 1e6, "us"),
        Row("one after the other, p99", percentile(quick, 0.99) * 1e6, "us"),
        Row("numbers in the model file's decoder", _parameters(default_model()), ""),
    ]
    condition = f"{REQUESTS} random places, numpy, BLAS threads: {threads}."
    return Table("decode", "Decoding one pattern", (condition,), tuple(rows))


def decode_times(decoder: Decoder, places: Floats, rate: float | None) -> list[float]:
    """Seconds of each decoding; ``rate`` a second, or as fast as it goes."""
    cells = ARRAYS * len(decoder.lanes) * decoder.grid.steps
    out = np.empty(cells, np.float32)
    taken = []
    next_at = time.perf_counter()
    for place in places:
        if rate is not None:
            next_at += 1 / rate
            time.sleep(max(0.0, next_at - time.perf_counter()))
        begun = time.perf_counter()
        decoder.decode_into(place, out)
        taken.append(time.perf_counter() - begun)
    return taken


def _parameters(path: Path) -> float:
    from groovefield.field import modelfile

    tensors = modelfile.load(path).tensors
    return float(sum(t.size for n, t in tensors.items() if n.startswith("decoder.")))

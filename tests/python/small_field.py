"""Small material and models for the tests of the field."""

from __future__ import annotations

import numpy as np
from groovefield.field import modelfile
from groovefield.lanes import LANES
from groovefield.material.dataset import Material, from_hits
from groovefield.pattern import Grid, Hits

SIZES = {"frequencies": 8, "width": 16, "blocks": 1, "groove": 8}


def header(
    latents: int = 2, name: str = "Small", spread: int = 0, styles: tuple[str, ...] = ()
) -> modelfile.Header:
    """``spread`` 0 is one spread a lane, as the first files have it."""
    sizes = {**SIZES, "spread": spread} if spread else SIZES
    return modelfile.Header(name, LANES, Grid(), latents, sizes, {"seed": 0}, ("Nobody",), styles)


def tensors(
    latents: int = 2, seed: int = 0, spread: int = 0, styles: tuple[str, ...] = ()
) -> modelfile.Tensors:
    """Random tensors of a small decoder, with a picture and three items."""
    rng = np.random.default_rng(seed)
    shapes = modelfile.decoder_shapes(header(latents, spread=spread, styles=styles))
    made: modelfile.Tensors = {
        name: (rng.standard_normal(shape) / max(1, shape[-1]) ** 0.5).astype(np.float16)
        for name, shape in shapes.items()
    }
    for name in ("velocity_spread", "offset_spread") if not spread else ():
        made[f"decoder.{name}"] = rng.random(len(LANES)).astype(np.float16)
    made["pad.picture"] = rng.integers(0, 256, (64, 64, 4), dtype=np.uint8)
    made["pad.items"] = rng.random((3, latents)).astype(np.float16)
    return made


def beats(count: int = 12, seed: int = 0) -> Material:
    """Different two-bar beats: a steady backbeat, and kicks and hats drawn at random."""
    rng = np.random.default_rng(seed)
    windows = []
    for i in range(count):
        velocity = np.zeros((len(LANES), 32), np.float32)
        velocity[0, rng.random(32) < 0.3] = 0.9
        velocity[0, 0] = 1.0
        velocity[1, 4::8] = 0.8
        velocity[2, rng.random(32) < 0.5] = rng.uniform(0.3, 0.9)
        offset = np.where(velocity > 0, rng.uniform(-0.5, 0.5), 0).astype(np.float32)
        windows.append(Hits(velocity, offset, name=f"beat {i}", tags={"source": "test"}))
    return from_hits(windows)

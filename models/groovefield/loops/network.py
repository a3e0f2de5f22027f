"""The small networks that listen: layers of numbers from a file, run by numpy alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

Floats = NDArray[np.float32]

DATA = Path(__file__).parents[1] / "data"
TEMPO_FILE = DATA / "loops_tempo.safetensors"
"""What `python -m groovefield.loops.training` wrote; the tempo's judge hears no kit."""


def fold_file(fold: str = "all") -> Path:
    """The weights trained on one fold's kits; those in use are trained on all."""
    return DATA / ("loops.safetensors" if fold == "all" else f"loops_{fold}.safetensors")


@dataclass(frozen=True)
class Layers:
    """Standardised inputs, then dense layers with ReLU between them."""

    mean: Floats
    scale: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def __call__(self, inputs: Floats) -> Floats:
        """(items, inputs) to (items, outputs)."""
        out: Floats = np.clip((inputs - self.mean) * self.scale, -6, 6)
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            out = out @ weight + bias
            if i < last:
                out = np.maximum(out, 0)
        return out


@dataclass(frozen=True)
class Listener:
    """The networks that read a loop, and the thresholds found beside them.

    ``detector`` gives a logit a frame, ``refiner`` an onset's place in milliseconds after the
    supposed one, ``lanes`` a logit and ``velocity`` 0..1 for each lane, ``tempo`` a logit for a
    beat.
    """

    detector: Layers
    refiner: Layers
    lanes: Layers
    velocity: Layers
    tempo: Layers
    onset_threshold: float
    lane_thresholds: Floats


def load_listener(file: Path | None = None) -> Listener:
    """Read a file of weights (the ones in use, by default); the same file is read once."""
    return _load(file or fold_file())


@lru_cache(maxsize=8)
def _load(path: Path) -> Listener:
    nets, facts = _layers_of(path)
    tempo, _ = _layers_of(TEMPO_FILE)
    return Listener(
        detector=nets["detector"],
        refiner=nets["refiner"],
        lanes=nets["lanes"],
        velocity=nets["velocity"],
        tempo=tempo["tempo"],
        onset_threshold=float(facts["onset_threshold"]),
        lane_thresholds=np.array(facts["lane_thresholds"], dtype=np.float32),
    )


def _layers_of(path: Path) -> tuple[dict[str, Layers], dict[str, Any]]:
    with safe_open(str(path), framework="numpy") as file:
        names = list(file.keys())
        tensors = {name: file.get_tensor(name).astype(np.float32) for name in names}
        facts = json.loads((file.metadata() or {}).get("facts", "{}"))
    nets = {}
    for name in {key.split(".")[0] for key in tensors}:
        count = sum(key.startswith(f"{name}.weight") for key in tensors)
        nets[name] = Layers(
            tensors[f"{name}.mean"],
            tensors[f"{name}.scale"],
            tuple(tensors[f"{name}.weight{i}"] for i in range(count)),
            tuple(tensors[f"{name}.bias{i}"] for i in range(count)),
        )
    return nets, facts

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

from groovefield.loops.context import Namer, Namers
from groovefield.loops.velocity import Measure

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
    """The networks that read a loop.

    ``detector`` gives a logit a frame, ``refiner`` an onset's place in milliseconds after the
    supposed one, ``namer`` a logit and a velocity 0..1 for each onset and lane, ``tempo`` a
    logit for a beat. ``measure`` puts right the velocities of the drums that stand out. Above
    ``onset_threshold`` (a chance) the detector holds an onset possible.
    """

    detector: Layers
    refiner: Layers
    namer: Namers
    tempo: Layers
    onset_threshold: float
    measure: Measure | None = None


def load_listener(file: Path | None = None) -> Listener:
    """Read a file of weights (the ones in use, by default); the same file is read once."""
    return _load(file or fold_file())


@lru_cache(maxsize=8)
def _load(path: Path) -> Listener:
    tensors, facts = _tensors_of(path)
    named = [dict(tensors[name]) for name in sorted(tensors) if name.startswith("namer")]
    return Listener(
        detector=_layers(tensors["detector"]),
        refiner=_layers(tensors["refiner"]),
        namer=Namers(tuple(Namer(one.pop("mean"), one.pop("scale"), one) for one in named)),
        tempo=load_tempo_judge(),
        onset_threshold=float(facts["onset_threshold"]),
        measure=Measure(tensors["measure"]["apart"]) if "measure" in tensors else None,
    )


def load_tempo_judge() -> Layers:
    """The network that judges tempos; it is the same for every listener."""
    return _layers(_tensors_of(TEMPO_FILE)[0]["tempo"])


def _tensors_of(path: Path) -> tuple[dict[str, dict[str, Floats]], dict[str, Any]]:
    """A file's tensors by network and name, and the facts kept beside them."""
    tensors: dict[str, dict[str, Floats]] = {}
    with safe_open(str(path), framework="numpy") as file:
        for key in file.keys():  # noqa: SIM118 - the file is no mapping
            network, name = key.split(".", 1)
            tensors.setdefault(network, {})[name] = file.get_tensor(key).astype(np.float32)
        facts = json.loads((file.metadata() or {}).get("facts", "{}"))
    return tensors, facts


def _layers(tensors: dict[str, Floats]) -> Layers:
    count = sum(name.startswith("weight") for name in tensors)
    return Layers(
        tensors["mean"],
        tensors["scale"],
        tuple(tensors[f"weight{i}"] for i in range(count)),
        tuple(tensors[f"bias{i}"] for i in range(count)),
    )


def named_tensors(network: Layers | Namer | Measure) -> dict[str, Floats]:
    """A network's tensors under the names they have in a file."""
    if isinstance(network, Measure):
        return dict(vars(network))
    out = {"mean": network.mean, "scale": network.scale}
    if isinstance(network, Namer):
        return {**out, **network.tensors}
    for i, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        out[f"weight{i}"], out[f"bias{i}"] = weight, bias
    return out

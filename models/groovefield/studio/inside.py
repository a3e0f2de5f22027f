"""The way of a place through the network, layer by layer, as numbers.

What `field.decoder` folds into its weights for speed is written out here: the same tensors, one
step at a time, so that each can be looked at. A test holds the two together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groovefield.field.modelfile import ModelFile
from groovefield.pattern import Floats


@dataclass(frozen=True)
class Layer:
    """One layer's name, what it does in a few words, and its activity (any shape)."""

    name: str
    meaning: str
    activity: Floats


def _norm(x: Floats) -> Floats:
    centred = x - x.mean()
    out: Floats = centred / np.sqrt(np.mean(centred * centred) + np.float32(1e-5))
    return out


def _gelu(x: Floats) -> Floats:
    out: Floats = 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return out


def _linear(tensors: dict[str, Floats], name: str, x: Floats) -> Floats:
    out: Floats = tensors[f"{name}.weight"] @ x + tensors[f"{name}.bias"]
    return out


class Inside:
    """A model opened up. Not fast: for looking, not for playing."""

    def __init__(self, model: ModelFile) -> None:
        header = model.header
        self._shape = (len(header.lanes), header.grid.steps)
        self._blocks = header.sizes["blocks"]
        self._latents = header.latents
        self._styles = len(header.styles)
        self._tensors: dict[str, Floats] = {
            name.removeprefix("decoder."): tensor.astype(np.float32)
            for name, tensor in model.tensors.items()
            if name.startswith("decoder.")
        }

    def layers(self, latent: Floats, style: float = 0.0) -> list[Layer]:
        """Every layer at a place (at least as many values as latents, each 0..1) in a style.

        The last is the onset probability, (lanes, steps).
        """
        t = self._tensors
        z = np.clip(np.asarray(latent, np.float32)[: self._latents], 0, 1)
        angle = 2 * np.float32(math.pi) * (t["frequencies"] @ z)
        waves = np.concatenate((np.sin(angle), np.cos(angle)))
        found = [Layer("Place", ", ".join(f"{value:.2f}" for value in z[:3]), z)]
        found.append(Layer("Close-up", "the place, coarse to fine", waves))
        x = _linear(t, "embed", np.concatenate((waves, 2 * z - 1))) + self._added("trunk", style)
        found.append(Layer("Mix 1", "all of that, weighed", x))
        for i in range(self._blocks):
            x = x + _linear(t, f"blocks.{i}.down", _gelu(_linear(t, f"blocks.{i}.up", _norm(x))))
            found.append(Layer(f"Mix {i + 2}", "weighed once more", x))
        logits = _linear(t, "onset", _norm(x)) + self._added("heads", style)
        logits = logits.reshape(self._shape) + t["lane_bias"][:, None]
        probability = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return [*found, Layer("Chance", "how likely each hit is", probability)]

    def _added(self, to: str, style: float) -> Floats:
        """What a style adds to the trunk or the onsets: between two styles, their mix."""
        cells = math.prod(self._shape)
        rows = self._tensors[f"style_{to}"] if self._styles else np.zeros((1, 1), np.float32)
        rows = rows[:, :cells] if to == "heads" else rows
        rows = np.concatenate((np.zeros_like(rows[:1]), rows))
        below, part = divmod(min(style, 1.0) * self._styles, 1)
        at = int(below)
        out: Floats = (1 - part) * rows[at] + part * rows[min(at + 1, len(rows) - 1)]
        return out.astype(np.float32)

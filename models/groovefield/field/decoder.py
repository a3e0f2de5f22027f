"""The decoder that plays: a position on the pad becomes a pattern, in numpy alone.

It computes ``network.Decoder`` (the same tensors, the same arithmetic) without torch, whose
import costs seconds and hundreds of megabytes. One pattern is a chain of matrix-vector
products into buffers that exist already, on one thread: about a tenth of a millisecond.

    angle    = 2 pi * frequencies @ z
    x        = embed(sin angle, cos angle, 2 z - 1)
    x        = x + down(gelu(up(norm x)))                for each block
    h        = norm x
    onset    = sigmoid(onset h + lane bias)
    g        = gelu(groove_in h)
    velocity = sigmoid(velocity g),   offset = tanh(offset g)
    spreads  = sigmoid(spread (spread_in h))             or one number a lane, in older files

A style adds a vector of its own to what embed gives, and to what the sigmoids and tanh of onset,
velocity and offset are of; between two styles it is the mix of theirs.

``gelu`` is the tanh form; ``norm`` takes the mean away and divides by sqrt(variance + 1e-5).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.field import modelfile
from groovefield.field.modelfile import ModelFile
from groovefield.lanes import Lane
from groovefield.pattern import Floats, Grid, Pattern

ARRAYS = 5
"""probability, velocity, offset, velocity spread, offset spread, packed in this order."""

_ONE, _HALF = np.float32(1), np.float32(0.5)
_GELU = np.float32(math.sqrt(2 / math.pi))
_GELU_CUBE = np.float32(0.044715 * math.sqrt(2 / math.pi))
_BELOW_ONE = np.float32(1 - 2**-24)
"""The largest float32 below 1: offsets lie in [-1, 1)."""


def _gelu_twice(x: Floats, scratch: Floats) -> None:
    """x := 2 gelu(x) = x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), in place."""
    np.multiply(x, x, out=scratch)
    scratch *= _GELU_CUBE
    scratch += _GELU
    scratch *= x
    np.tanh(scratch, out=scratch)
    scratch += _ONE
    x *= scratch


def _centred(array: Floats) -> Floats:
    """The same layer, its outputs (axis 0) with their mean taken away."""
    out: Floats = array - array.mean(0, dtype=np.float64).astype(np.float32)
    return out


def _style_rows(weights: dict[str, Floats], cells: int, width: int) -> Floats:
    """(styles + 1, width + 3 * cells): no style, then each; what is added to trunk and heads."""
    if "style_trunk" not in weights:
        return np.zeros((0, width + 3 * cells), np.float32)
    trunk, heads = weights["style_trunk"], weights["style_heads"].copy()
    heads[:, : 2 * cells] *= _HALF  # the halves of the sigmoids
    rows = np.concatenate((trunk - trunk.mean(1, keepdims=True), heads), axis=1)
    return np.concatenate((np.zeros_like(rows[:1]), rows))


class Decoder:
    """A model ready to play. Not for two threads at once: its buffers are shared."""

    def __init__(self, model: ModelFile) -> None:
        header = model.header
        self.name: str = header.name
        self.lanes: tuple[Lane, ...] = header.lanes
        self.grid: Grid = header.grid
        self.latents: int = header.latents
        self.picture: NDArray[np.uint8] = model.picture
        w = {
            n.removeprefix("decoder."): t.astype(np.float32)
            for n, t in model.tensors.items()
            if n.startswith("decoder.")
        }
        n_lanes, steps, width = len(header.lanes), header.grid.steps, header.sizes["width"]
        self._cells = header.cells
        self._frequencies = w["frequencies"] * np.float32(2 * math.pi)
        # What can be worked out beforehand is worked out here. x is kept at mean 0 by centring
        # what is added to it, so that norm x is x times one number; the halves of gelu and
        # sigmoid are in the weights.
        self._embed = _centred(w["embed.weight"]), _centred(w["embed.bias"])
        self._blocks = [
            (
                w[f"blocks.{i}.up.weight"],
                w[f"blocks.{i}.up.bias"],
                _centred(w[f"blocks.{i}.down.weight"]) * _HALF,
                _centred(w[f"blocks.{i}.down.bias"]),
            )
            for i in range(header.sizes["blocks"])
        ]
        onset_bias = w["onset.bias"] + np.repeat(w["lane_bias"], steps)
        self._onset = w["onset.weight"] * _HALF, onset_bias * _HALF
        self._groove_in = w["groove_in.weight"], w["groove_in.bias"]
        # One product for both heads: a sigmoid is (1 + tanh of the half) / 2.
        self._groove = (
            np.concatenate((w["velocity.weight"] * _HALF, w["offset.weight"])) * _HALF,
            np.concatenate((w["velocity.bias"] * _HALF, w["offset.bias"])),
        )
        self._spread: tuple[Floats, Floats] | None = None
        if "spread" in header.sizes:
            # Nothing bends between the two layers, so the halves can be in the second.
            self._spread_in = w["spread_in.weight"]
            self._spread = w["spread.weight"] * _HALF, w["spread.bias"] * _HALF
            self._s = np.zeros(header.sizes["spread"], np.float32)
        else:
            spreads = np.concatenate((w["velocity_spread"], w["offset_spread"]))
            self._spreads: Floats = np.repeat(spreads, steps)
        self.styles: tuple[str, ...] = header.styles
        self._styles = _style_rows(w, header.cells, width)
        self._style, self._mixed = (np.zeros(self._styles.shape[1], np.float32) for _ in range(2))
        self._shape = (ARRAYS, n_lanes, steps)

        f = header.sizes["frequencies"]
        self._z = np.zeros(self.latents, np.float32)
        self._angle = np.zeros(f, np.float32)
        self._features = np.zeros(2 * f + self.latents, np.float32)
        self._width = width
        self._x, self._t, self._u = (np.zeros(width, np.float32) for _ in range(3))
        self._g, self._g2 = (np.zeros(header.sizes["groove"], np.float32) for _ in range(2))

    def decode_into(self, latent: Floats, out: Floats, style: float = 0.0) -> None:
        """Write the pattern at ``latent`` to ``out``.

        ``latent`` has at least ``latents`` values, each 0..1 (a value outside is moved to the
        nearest inside, one that is no number to the middle); ``out`` is float32 of at least
        5 * lanes * steps, packed as ``ARRAYS`` says. ``style`` 0 is the field of all styles; from
        there to 1 the others follow at equal distances, and between two of them is their mix.
        """
        z, f, cells = self._z, len(self._angle), self._cells
        np.maximum(latent[: self.latents], 0, out=z)
        np.minimum(z, 1, out=z)
        if math.isnan(z @ z):
            z[np.isnan(z)] = 0.5
        np.dot(self._frequencies, z, out=self._angle)
        features = self._features
        np.sin(self._angle, out=features[:f])
        np.cos(self._angle, out=features[f : 2 * f])
        z *= 2
        z -= _ONE
        features[2 * f :] = z

        x, t, u = self._x, self._t, self._u
        np.dot(self._embed[0], features, out=x)
        x += self._embed[1]
        styled = self._mix(style)
        if styled:
            x += self._style[: self._width]
        for up, up_bias, down, down_bias in self._blocks:
            np.dot(up, x, out=t)
            t *= self._norm(x)
            t += up_bias
            _gelu_twice(t, u)
            np.dot(down, t, out=u)
            x += u
            x += down_bias
        x *= self._norm(x)

        onset = out[:cells]
        np.dot(self._onset[0], x, out=onset)
        onset += self._onset[1]
        if styled:
            onset += self._style[self._width : self._width + cells]
        np.dot(self._groove_in[0], x, out=self._g)
        self._g += self._groove_in[1]
        _gelu_twice(self._g, self._g2)
        groove = out[cells : 3 * cells]
        np.dot(self._groove[0], self._g, out=groove)
        groove += self._groove[1]
        if styled:
            groove += self._style[self._width + cells :]
        curved = out[: 3 * cells]
        spreads = out[3 * cells : 5 * cells]
        if self._spread is None:
            spreads[:] = self._spreads
        else:
            np.dot(self._spread_in, x, out=self._s)
            np.dot(self._spread[0], self._s, out=spreads)
            spreads += self._spread[1]
            curved = out[: 5 * cells]
        np.tanh(curved, out=curved)
        sigmoids = out[: 2 * cells]
        sigmoids *= _HALF
        sigmoids += _HALF
        offset = out[2 * cells : 3 * cells]
        np.minimum(offset, _BELOW_ONE, out=offset)
        if self._spread is not None:
            spreads *= _HALF
            spreads += _HALF

    def _mix(self, style: float) -> bool:
        """Put what a style adds into ``_style``; False where it adds nothing."""
        count = len(self.styles)
        if count == 0 or not style > 0:
            return False
        at = min(style, 1.0) * count
        below = min(int(at), count - 1)
        np.multiply(self._styles[below], np.float32(1 - (at - below)), out=self._style)
        np.multiply(self._styles[below + 1], np.float32(at - below), out=self._mixed)
        self._style += self._mixed
        return True

    def _norm(self, x: Floats) -> np.float32:
        """What norm multiplies an x of mean 0 by: 1 / sqrt(variance + 1e-5)."""
        return np.float32(1 / math.sqrt(float(x @ x) / self._width + 1e-5))

    def decode(self, latent: Floats, style: float = 0.0) -> Pattern:
        """The pattern at ``latent`` (at least ``latents`` values, 0..1)."""
        out = np.empty(ARRAYS * self._cells, np.float32)
        self.decode_into(np.asarray(latent, np.float32), out, style)
        a = out.reshape(self._shape)
        return Pattern(a[0], a[1], a[2], a[3], a[4], self.grid)

    def decode_many(self, latents: Floats, style: float = 0.0) -> Floats:
        """(n, latents) -> (n, 5, lanes, steps): the five arrays of each position."""
        latents = np.asarray(latents, np.float32)
        out = np.empty((len(latents), ARRAYS * self._cells), np.float32)
        for position, row in zip(latents, out, strict=True):
            self.decode_into(position, row, style)
        return out.reshape(len(latents), *self._shape)


def load_decoder(path: Path) -> Decoder:
    """The decoder of a model file, whole or portable.

    Raises:
        ModelFileError: the file cannot be used; the message says why.
    """
    return Decoder(modelfile.load(path))


def default_model() -> Path:
    """The model file that comes with Groovefield."""
    return Path(__file__).parents[1] / "data" / "default.groovefield"

"""The network: from a position on the pad to a groove, and back.

The decoder is the field. A position of ``latents`` numbers in 0..1 becomes Fourier features,
then a short residual trunk, then three heads:

    position (n, latents) -> features (n, 2 * frequencies + latents) -> trunk (n, width)
        -> onset logits     (n, lanes, steps)
        -> velocity, offset (n, lanes, steps), through a narrow layer on a *detached* trunk,
           so that accents and timing read the field without bending it
        -> their spreads    (n, lanes, steps) each, fitted afterwards (``groove.py``)

A style (``styles.py``, fitted afterwards too) adds a vector to what enters the trunk, and one to
each of the three heads.

With two latents there is no encoder in front of it while it trains (``posterior.py``);
``PlaceEncoder`` learns afterwards what a search of the pad answers, so that a pattern is found at
once. With more latents a ``LatentEncoder`` is trained with the decoder.

``groovefield.field.decoder`` computes the same ``Decoder`` in numpy; the names of the tensors are
those of the model file (``docs/model-format.md``).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groovefield.field.modelfile import ModelFile

_ROUGH, _FINE = 2.0, 0.25
"""Cycles over the pad's side, for two latents and for more."""


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes of the decoder.

    ``frequencies`` directions on the pad with a standard deviation of ``roughness`` cycles over
    its whole side: the higher, the finer the detail that the field can hold; 0 is what suits the
    latents, since of many each needs little. ``spread`` is the
    rank of the spreads of velocity and offset; 0 is one spread a lane, as older files have it.
    ``styles``: how many it has.
    """

    lanes: int = 11
    steps: int = 32
    latents: int = 2
    frequencies: int = 64
    width: int = 192
    blocks: int = 2
    groove: int = 64
    spread: int = 16
    roughness: float = 0.0
    styles: int = 0

    @property
    def cells(self) -> int:
        """Lanes times steps."""
        return self.lanes * self.steps

    def sizes(self) -> dict[str, int]:
        """The whole numbers that the model file keeps (not lanes and steps: see its header)."""
        keep = ("frequencies", "width", "blocks", "groove", *(("spread",) if self.spread else ()))
        return {k: v for k, v in asdict(self).items() if k in keep}


class Shift(NamedTuple):
    """What a style adds: to what enters the trunk (width,), and to the heads (cells,) each."""

    trunk: Tensor
    onset: Tensor
    velocity: Tensor
    offset: Tensor


class Block(nn.Module):
    """x + W gelu(V norm(x)); the norm has no weights of its own, V's do the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(n, width) -> (n, width)."""
        h = F.layer_norm(x, x.shape[-1:])
        out: Tensor = x + self.down(F.gelu(self.up(h), approximate="tanh"))
        return out


class Decoder(nn.Module):
    """Position -> onset logits, velocities 0..1, offsets -1..1.

    ``lane_bias`` (lanes,) is added to the onset logits after training, so that at threshold 0.5
    each lane's mean hits over the pad are those of the material. ``style_trunk`` (styles, width)
    and ``style_heads`` (styles, 3 * cells: onset, velocity, offset) have a row for each style.
    """

    frequencies: Tensor
    lane_bias: Tensor
    velocity_spread: Tensor
    offset_spread: Tensor
    style_trunk: Tensor
    style_heads: Tensor

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        c = self.config = config
        roughness = c.roughness or (_ROUGH if c.latents == 2 else _FINE)
        self.register_buffer("frequencies", roughness * torch.randn(c.frequencies, c.latents))
        self.embed = nn.Linear(2 * c.frequencies + c.latents, c.width)
        self.blocks = nn.ModuleList(Block(c.width) for _ in range(c.blocks))
        self.onset = nn.Linear(c.width, c.cells)
        self.groove_in = nn.Linear(c.width, c.groove)
        self.velocity = nn.Linear(c.groove, c.cells)
        self.offset = nn.Linear(c.groove, c.cells)
        self.register_buffer("lane_bias", torch.zeros(c.lanes))
        if c.spread:
            self.spread_in = nn.Linear(c.width, c.spread, bias=False)
            self.spread = nn.Linear(c.spread, 2 * c.cells)
            nn.init.zeros_(self.spread.weight)
            nn.init.constant_(self.spread.bias, -1.5)  # 0.18, until it is taught
        else:
            self.register_buffer("velocity_spread", torch.zeros(c.lanes))
            self.register_buffer("offset_spread", torch.zeros(c.lanes))
        self.register_buffer("style_trunk", torch.zeros(c.styles, c.width))
        self.register_buffer("style_heads", torch.zeros(c.styles, 3 * c.cells))

    def set_styles(self, trunk: Tensor, heads: Tensor) -> None:
        """Give it styles: a row for each in both."""
        self.config = replace(self.config, styles=len(trunk))
        self.style_trunk, self.style_heads = trunk, heads

    def shift(self, style: float) -> Shift | None:
        """What is added at a style: 0 is none of them, 1 the last one; between two their mix."""
        count = self.config.styles
        if count == 0 or style <= 0:
            return None
        at = min(style, 1.0) * count
        below = min(int(at), count - 1)
        rows = torch.cat((self.style_trunk, self.style_heads), dim=1)
        rows = torch.cat((torch.zeros_like(rows[:1]), rows))
        mix = torch.lerp(rows[below], rows[below + 1], at - below)
        cells = self.config.cells
        return Shift(*torch.split(mix, [self.config.width, cells, cells, cells]))

    def trunk(self, position: Tensor, shift: Shift | None = None) -> Tensor:
        """(n, latents) -> (n, width)."""
        angle = (2 * math.pi) * (position @ self.frequencies.T)  # (n, frequencies)
        features = torch.cat((angle.sin(), angle.cos(), 2 * position - 1), dim=1)
        x = self.embed(features)
        if shift is not None:
            x = x + shift.trunk
        for block in self.blocks:
            x = block(x)
        return F.layer_norm(x, x.shape[-1:])

    def logits(self, trunk: Tensor, shift: Shift | None = None) -> Tensor:
        """(n, width) -> (n, cells)."""
        out: Tensor = self.onset(trunk) + self.lane_bias.repeat_interleave(self.config.steps)
        return out if shift is None else out + shift.onset

    def groove(self, trunk: Tensor, shift: Shift | None = None) -> tuple[Tensor, Tensor]:
        """(n, width) -> velocity (n, cells), offset (n, cells)."""
        h = F.gelu(self.groove_in(trunk.detach()), approximate="tanh")
        velocity, offset = self.velocity(h), self.offset(h)
        if shift is not None:
            velocity, offset = velocity + shift.velocity, offset + shift.offset
        return velocity.sigmoid(), offset.tanh()

    def spreads(self, trunk: Tensor) -> tuple[Tensor, Tensor]:
        """(n, width) -> standard deviations of velocity and of offset, each (n, cells)."""
        if self.config.spread:
            both = self.spread(self.spread_in(trunk)).sigmoid()
        else:
            lanes = torch.cat((self.velocity_spread, self.offset_spread))
            both = lanes.repeat_interleave(self.config.steps).repeat(len(trunk), 1)
        velocity, offset = both.chunk(2, dim=1)
        return velocity, offset

    def forward(self, position: Tensor, style: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
        """(n, latents) -> logits, velocity, offset, each (n, lanes, steps)."""
        shape = (len(position), self.config.lanes, self.config.steps)
        shift = self.shift(style)
        h = self.trunk(position, shift)
        velocity, offset = self.groove(h, shift)
        return self.logits(h, shift).view(shape), velocity.view(shape), offset.view(shape)

    def parameter_count(self) -> int:
        """How many numbers the decoder is, buffers included."""
        return sum(p.numel() for p in self.state_dict().values())


def decoder_of(model: ModelFile) -> Decoder:
    """The decoder that a model file holds, in torch."""
    header = model.header
    config = DecoderConfig(
        lanes=len(header.lanes),
        steps=header.grid.steps,
        latents=header.latents,
        styles=len(header.styles),
        **{"spread": 0, **header.sizes},
    )
    decoder = Decoder(config)
    prefix = "decoder."
    state = {
        n.removeprefix(prefix): torch.from_numpy(t.astype(np.float32))
        for n, t in model.tensors.items()
        if n.startswith(prefix)
    }
    for name in ("style_trunk", "style_heads"):  # only of a model with styles
        state.setdefault(name, getattr(decoder, name))
    decoder.load_state_dict(state)
    return decoder.eval()


class _Reader(nn.Module):
    """Onsets (n, cells) -> ``outputs`` numbers (n, outputs), through blocks like the decoder's."""

    def __init__(self, cells: int, outputs: int, width: int = 256, blocks: int = 2) -> None:
        super().__init__()
        self.embed = nn.Linear(cells, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.out = nn.Linear(width, outputs)

    def forward(self, onset: Tensor) -> Tensor:
        """(n, cells) of 0 and 1 -> (n, outputs)."""
        x = self.embed(onset)
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.out(F.layer_norm(x, x.shape[-1:]))
        return out


class PlaceEncoder(nn.Module):
    """Onsets -> a place on the pad, chosen among ``side`` x ``side``, learned from the search.

    A pattern may be at home in two places, and between them it is not: so the encoder gives each
    place a score, and does not reckon one place out.
    """

    def __init__(self, cells: int, side: int = 48) -> None:
        super().__init__()
        self.reach = 1.5 / side
        self.reader = _Reader(cells, side * side)
        at = (torch.arange(side, dtype=torch.float32) + 0.5) / side
        y, x = torch.meshgrid(at, at, indexing="ij")
        self.register_buffer("places", torch.stack((x.reshape(-1), y.reshape(-1)), dim=1))

    def scores(self, onset: Tensor) -> Tensor:
        """(n, cells) -> (n, side * side), of which the softmax is the share of each place."""
        out: Tensor = self.reader(onset)
        return out

    def forward(self, onset: Tensor) -> Tensor:
        """(n, cells) -> (n, 2), 0..1: the mean of the best place and those next to it, by their
        shares."""
        places, scores = self.get_buffer("places"), self.scores(onset)
        best = places[scores.argmax(1)]
        near = ((places - best[:, None]).abs() < self.reach).all(2)
        share = scores.masked_fill(~near, -torch.inf).softmax(1)
        return share @ places


class LatentEncoder(nn.Module):
    """Onsets -> a position in three to eight latents, trained with the decoder."""

    def __init__(self, cells: int, latents: int) -> None:
        super().__init__()
        self.reader = _Reader(cells, 2 * latents, width=384)

    def posterior(self, onset: Tensor) -> tuple[Tensor, Tensor]:
        """(n, cells) -> mean and log-variance (n, latents), before the normal distribution
        function makes positions of them."""
        mean, log_variance = self.reader(onset).chunk(2, dim=1)
        return mean, log_variance - 1.5

    def forward(self, onset: Tensor) -> Tensor:
        """(n, cells) -> (n, latents), 0..1: the middle of the posterior."""
        place: Tensor = torch.special.ndtr(self.posterior(onset)[0])
        return place


Encoder = PlaceEncoder | LatentEncoder

"""The network: from a position on the pad to a groove, and back.

The decoder is the field. A position of ``latents`` numbers in 0..1 becomes Fourier features,
then a short residual trunk, then three heads:

    position (n, latents) -> features (n, 2 * frequencies + latents) -> trunk (n, width)
        -> onset logits     (n, lanes, steps)
        -> velocity, offset (n, lanes, steps), through a narrow layer on a *detached* trunk,
           so that accents and timing read the field without bending it
        -> their spreads    (n, lanes, steps) each, fitted afterwards (``groove.py``)

There is no encoder in front of it while it trains: ``training.py`` asks every position of a
grid how likely it makes a pattern and takes the exact posterior (a generative topographic map,
Bishop, Svensen & Williams 1998, with a network in place of its linear basis). ``Encoder`` is
distilled afterwards from that search, so that a pattern is found on the pad at once.

``groovefield.field.decoder`` computes the same ``Decoder`` in numpy; the names of the tensors are
those of the model file (``docs/model-format.md``).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groovefield.field.modelfile import ModelFile


@dataclass(frozen=True)
class DecoderConfig:
    """Sizes of the decoder.

    ``frequencies`` directions on the pad with a standard deviation of ``roughness`` cycles over
    its whole side: the higher, the finer the detail that the field can hold. ``spread`` is the
    rank of the spreads of velocity and offset; 0 is one spread a lane, as older files have it.
    """

    lanes: int = 11
    steps: int = 32
    latents: int = 2
    frequencies: int = 64
    width: int = 192
    blocks: int = 2
    groove: int = 64
    spread: int = 16
    roughness: float = 2.0

    @property
    def cells(self) -> int:
        """Lanes times steps."""
        return self.lanes * self.steps

    def sizes(self) -> dict[str, int]:
        """The whole numbers that the model file keeps (not the lanes and steps: see its header)."""
        keep = ("frequencies", "width", "blocks", "groove", *(("spread",) if self.spread else ()))
        return {k: v for k, v in asdict(self).items() if k in keep}


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
    each lane's mean hits over the pad are those of the material.
    """

    frequencies: Tensor
    lane_bias: Tensor
    velocity_spread: Tensor
    offset_spread: Tensor

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        c = self.config = config
        self.register_buffer("frequencies", c.roughness * torch.randn(c.frequencies, c.latents))
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

    def trunk(self, position: Tensor) -> Tensor:
        """(n, latents) -> (n, width)."""
        angle = (2 * math.pi) * (position @ self.frequencies.T)  # (n, frequencies)
        features = torch.cat((angle.sin(), angle.cos(), 2 * position - 1), dim=1)
        x = self.embed(features)
        for block in self.blocks:
            x = block(x)
        return F.layer_norm(x, x.shape[-1:])

    def logits(self, trunk: Tensor) -> Tensor:
        """(n, width) -> (n, cells)."""
        out: Tensor = self.onset(trunk) + self.lane_bias.repeat_interleave(self.config.steps)
        return out

    def groove(self, trunk: Tensor) -> tuple[Tensor, Tensor]:
        """(n, width) -> velocity (n, cells), offset (n, cells)."""
        h = F.gelu(self.groove_in(trunk.detach()), approximate="tanh")
        return self.velocity(h).sigmoid(), self.offset(h).tanh()

    def spreads(self, trunk: Tensor) -> tuple[Tensor, Tensor]:
        """(n, width) -> standard deviations of velocity and of offset, each (n, cells)."""
        if self.config.spread:
            both = self.spread(self.spread_in(trunk)).sigmoid()
        else:
            lanes = torch.cat((self.velocity_spread, self.offset_spread))
            both = lanes.repeat_interleave(self.config.steps).repeat(len(trunk), 1)
        velocity, offset = both.chunk(2, dim=1)
        return velocity, offset

    def forward(self, position: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, latents) -> logits, velocity, offset, each (n, lanes, steps)."""
        shape = (len(position), self.config.lanes, self.config.steps)
        h = self.trunk(position)
        velocity, offset = self.groove(h)
        return self.logits(h).view(shape), velocity.view(shape), offset.view(shape)

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
        **{"spread": 0, **header.sizes},
    )
    decoder = Decoder(config)
    state = {n: torch.from_numpy(t.astype(np.float32)) for n, t in model.tensors.items()}
    prefix = "decoder."
    decoder.load_state_dict(
        {n.removeprefix(prefix): t for n, t in state.items() if n.startswith(prefix)}
    )
    return decoder.eval()


class Encoder(nn.Module):
    """Onsets (n, lanes * steps) -> position (n, latents), learned from the search's answers."""

    def __init__(self, cells: int, latents: int, width: int = 128) -> None:
        super().__init__()
        self.first = nn.Linear(cells, width)
        self.second = nn.Linear(width, width)
        self.last = nn.Linear(width, latents)

    def forward(self, onset: Tensor) -> Tensor:
        """(n, lanes * steps) of 0 and 1 -> (n, latents), 0..1."""
        h = F.gelu(self.first(onset), approximate="tanh")
        h = F.gelu(self.second(F.layer_norm(h, h.shape[-1:])), approximate="tanh")
        out: Tensor = self.last(F.layer_norm(h, h.shape[-1:])).sigmoid()
        return out

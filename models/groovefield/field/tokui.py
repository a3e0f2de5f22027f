"""The network of M4L.RhythmVAE, to train and to compare with.

Nao Tokui: "Towards democratizing music production with AI: Design of Variational Autoencoder-based
Rhythm Generator as a DAW plugin", arXiv:2004.01525. Three vectors in (onset 0/1, velocity 0..1,
time shift -1..1, empty cells 0 in each), two latents, three vectors out:

    encoder   each vector: Dense 512, BN, LeakyReLU 0.3; the three joined: the same; mean and
              log-variance
    decoder   Dense 512, BN, LeakyReLU; three heads, each the same and a Dense: sigmoid, sigmoid,
              tanh
    loss      sum BCE(onset) + 2.5 sum SE(velocity) + 5 sum SE(shift) + KL, mean over the batch

``tokui-literal`` is what it does: its batch normalisation never normalises (a learned scale and
shift, divided by sqrt(1.001)), and velocity and shift are taught in empty cells too.
``tokui-repaired`` normalises, and counts velocity and shift only where there is a hit.

Its latents have a normal prior and no borders. The pad's square is laid over them by the prior's
quantiles, from half a percent to all but half a percent, so that each part of the pad is as
likely. ``as_decoder`` writes what the pad plays into a decoder of Groovefield's, whose file a
plugin plays.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from groovefield.field.network import Decoder, DecoderConfig
from groovefield.field.training import Losses, TrainingError
from groovefield.field.windows import Windows, lattice, pad_grid
from groovefield.material.dataset import Material
from groovefield.material.report import count

LITERAL, REPAIRED = "tokui-literal", "tokui-repaired"
ARCHITECTURES = (LITERAL, REPAIRED)

FEWEST_ONSETS = 6
"""Windows with fewer are not trained on."""
_WIDTH, _EPOCHS, _BATCH, _RATE = 512, 150, 64, 1e-3
_VELOCITY, _SHIFT = 2.5, 5.0
_EDGE = 0.005
_EPSILON = 1e-3  # Keras' batch normalisation
_KERAS_MOMENTUM = 0.01  # 1 - 0.99: torch counts the other way


class _NeverNormalising(nn.Module):
    """Batch normalisation that keeps its first statistics: mean 0, variance 1."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """(n, width) -> (n, width)."""
        return x * (self.scale / math.sqrt(1 + _EPSILON)) + self.shift


class Tokui(nn.Module):
    """The whole network; ``cells`` is lanes times steps."""

    def __init__(self, cells: int, latents: int = 2, repaired: bool = True) -> None:
        super().__init__()
        self.latents, self.repaired = latents, repaired
        self.inputs = nn.ModuleList(self._layer(cells, _WIDTH) for _ in range(3))
        self.joined = self._layer(3 * _WIDTH, _WIDTH)
        self.mean, self.log_variance = nn.Linear(_WIDTH, latents), nn.Linear(_WIDTH, latents)
        self.first = self._layer(latents, _WIDTH)
        self.heads = nn.ModuleList(
            nn.Sequential(self._layer(_WIDTH, _WIDTH), nn.Linear(_WIDTH, cells)) for _ in range(3)
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def _layer(self, wide: int, out: int) -> nn.Sequential:
        norm: nn.Module = _NeverNormalising(out)
        if self.repaired:
            norm = nn.BatchNorm1d(out, eps=_EPSILON, momentum=_KERAS_MOMENTUM)
        return nn.Sequential(nn.Linear(wide, out), norm, nn.LeakyReLU(0.3))

    def encode(self, onset: Tensor, velocity: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
        """Three of (n, cells) -> mean and log-variance (n, latents)."""
        parts = [layer(x) for layer, x in zip(self.inputs, (onset, velocity, shift), strict=True)]
        h = self.joined(torch.cat(parts, dim=1))
        return self.mean(h), self.log_variance(h)

    def decode(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, latents) -> onset logits, velocity 0..1, shift -1..1, each (n, cells)."""
        h = self.first(z)
        onset, velocity, shift = (head(h) for head in self.heads)
        return onset, velocity.sigmoid(), shift.tanh()

    def at(self, position: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """``decode`` for places on the pad (n, latents), 0..1."""
        share = _EDGE + (1 - 2 * _EDGE) * position
        return self.decode(math.sqrt(2) * torch.erfinv(2 * share - 1))


def fit(
    material: Material,
    architecture: str,
    seed: int = 0,
    epochs: int = 0,
    latents: int = 2,
    told: Callable[[int, int, Losses], None] = lambda epoch, epochs, losses: None,
    tick: Callable[[], None] = lambda: None,
) -> Tokui:
    """Train as M4L.RhythmVAE does: Adam 1e-3, batches of 64, 150 epochs (``epochs`` if given).

    ``told`` is called after each epoch and ``tick`` before each batch. Five sixths of the windows
    are trained on; the others, which it only watches, are left out. KeyboardInterrupt ends the
    training with the network as it is, which it has no measure to choose an earlier one by.

    Raises:
        TrainingError: too few windows have more than five hits: none, or one to normalise by.
        KeyboardInterrupt: it came before the first epoch was over.
    """
    repaired = architecture == REPAIRED
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    windows = Windows(material)
    busy = torch.nonzero(windows.onset.sum(1) >= FEWEST_ONSETS)[:, 0]
    if len(busy) < (needed := 2 if repaired else 1):
        raise TrainingError(
            f"{architecture} needs {count(needed, 'pattern')} with more than five hits, "
            f"and found {len(busy)}."
        )
    index = busy[torch.randperm(len(busy))]
    if len(index) >= 6:
        index = index[: 5 * len(index) // 6]
    model = Tokui(windows.onset.shape[1], latents, repaired)
    optimiser = torch.optim.Adam(model.parameters(), _RATE, eps=1e-7, fused=True)
    epochs, epoch = epochs or _EPOCHS, 1
    try:
        for epoch in range(1, epochs + 1):
            total, steps = torch.zeros(3), 0
            model.train()
            for part in torch.split(index[torch.randperm(len(index))], _BATCH):
                if len(part) < 2 and len(index) > 1:
                    continue  # one window has no variance to normalise by
                tick()
                loss, parts = _loss(model, windows, part)
                optimiser.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                total, steps = total + parts, steps + 1
            told(epoch, epochs, Losses(*(total / max(steps, 1)).tolist()))
    except KeyboardInterrupt:
        if epoch == 1:
            raise
    return model.eval()


def _loss(model: Tokui, windows: Windows, index: Tensor) -> tuple[Tensor, Tensor]:
    """The loss of a batch; and nats of the onsets, squared errors a hit (detached)."""
    onset, velocity, offset = windows.onset[index], windows.velocity[index], windows.offset[index]
    mean, log_variance = model.encode(onset, velocity, offset)
    z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
    logits, guess, shift = model.decode(z)
    struck = F.binary_cross_entropy_with_logits(logits, onset, reduction="none").sum(1).mean()
    counted = onset if model.repaired else torch.ones_like(onset)
    errors = [
        (counted * (a - b) ** 2).sum(1).mean() for a, b in ((guess, velocity), (shift, offset))
    ]
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    loss = struck + _VELOCITY * errors[0] + _SHIFT * errors[1] + kl
    hits = onset.sum(1).mean()
    return loss, torch.stack((struck, errors[0] / hits, errors[1] / hits)).detach()


_COPY_STEPS, _COPY_RATE = 1500, 6e-3
_TELL_EVERY = 10


def as_decoder(
    model: Tokui, config: DecoderConfig, seed: int, tell: Callable[[float], None] = lambda _: None
) -> Decoder:
    """A decoder of Groovefield's taught to play what the network plays all over the pad.

    ``tell`` is told now and then which share of it is done.

    Its own decoder takes more room than a project has (rule 16 of the design: 2 MB), and this way
    whatever plays a model file plays this one too.
    """
    torch.manual_seed(seed)
    decoder = Decoder(config)
    optimiser = torch.optim.AdamW(decoder.parameters(), _COPY_RATE, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _COPY_RATE, total_steps=_COPY_STEPS)
    for step in range(_COPY_STEPS):
        if step % _TELL_EVERY == 0:
            tell(step / _COPY_STEPS)
        place = lattice(24, config.latents)
        with torch.no_grad():
            logits, velocity, shift = model.at(place)
        trunk = decoder.trunk(place)
        groove = decoder.groove(trunk)
        loss = F.binary_cross_entropy_with_logits(decoder.logits(trunk), logits.sigmoid())
        loss = loss + F.mse_loss(groove[0], velocity) + F.mse_loss(groove[1], shift)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return decoder.eval()


@torch.no_grad()
def cells_apart(model: Tokui, decoder: Decoder) -> float:
    """Cells by which the two differ at threshold 0.5, the mean over a 64 x 64 pad."""
    place = pad_grid(model.latents)
    ours = decoder.logits(decoder.trunk(place)) > 0
    return float(((model.at(place)[0] > 0) != ours).sum(1).float().mean())

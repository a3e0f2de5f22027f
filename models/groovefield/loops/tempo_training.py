"""Training the judge of tempos, on scores as they would be heard: no audio is rendered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.loops import renders, tempo
from groovefield.loops.network import Layers
from groovefield.loops.renders import Score

Floats = NDArray[np.float32]

_LENGTHS = (0.5, 1, 2, 4, 8)
_HIDDEN = 32
_EPOCHS = 40
_BATCH = 64
_RIGHT_TEMPO = 0.005
_RIGHT_BEATS = 0.25
_LONGEST_AROUND = 0.5


@dataclass(frozen=True)
class Case:
    """Candidates of one loop: (candidates, features), and which of them are right."""

    rows: Floats
    right: NDArray[np.bool_]


def train_tempo(data: Path) -> Layers:
    """The judge, from the training split's scores with hits missed, shifted and misheard."""
    torch.manual_seed(0)
    random = np.random.default_rng(3)
    cases = [case for score in _scores(data) if (case := _case(score, random)) is not None]
    everything = np.concatenate([case.rows for case in cases])
    mean, scale = everything.mean(axis=0), 1 / (everything.std(axis=0) + 1e-2)
    most = max(len(case.rows) for case in cases)
    rows = np.zeros((len(cases), most, len(mean)), dtype=np.float32)
    used, right = np.zeros((2, len(cases), most), dtype=bool)
    for i, case in enumerate(cases):
        count = len(case.rows)
        rows[i, :count] = np.clip((case.rows - mean) * scale, -6, 6)
        used[i, :count], right[i, :count] = True, case.right
    net = torch.nn.Sequential(
        torch.nn.Linear(len(mean), _HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.15),
        torch.nn.Linear(_HIDDEN, 1),
    )
    _fit(net, torch.from_numpy(rows), torch.from_numpy(used), torch.from_numpy(right))
    dense = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    return Layers(
        mean,
        scale.astype(np.float32),
        tuple(layer.weight.detach().numpy().T.copy() for layer in dense),
        tuple(layer.bias.detach().numpy() for layer in dense),
    )


def _fit(net: torch.nn.Module, rows: torch.Tensor, used: torch.Tensor, right: torch.Tensor) -> None:
    """Make the right candidates' share of the chances grow."""
    batches = len(rows) // _BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=3e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=_EPOCHS * batches)
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(rows))[: batches * _BATCH].view(-1, _BATCH):
            logit = net(rows[batch])[..., 0].masked_fill(~used[batch], -1e9)
            good = logit.masked_fill(~right[batch], -1e9)
            loss = (torch.logsumexp(logit, 1) - torch.logsumexp(good, 1)).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    net.eval()


def _scores(data: Path) -> list[Score]:
    scores = []
    for seed in (10, 11, 12):
        scores += renders.gmd_scores(data / "gmd", "train", lengths=_LENGTHS, seed=seed)
    machine = renders.drum_machine_scores(data / "drum_machine_patterns", 0)
    return scores + machine * 4 + [_first_half(score) for score in machine] * 3


def _first_half(score: Score) -> Score:
    kept = score.time < score.seconds / 2
    return replace(
        score,
        beats=score.beats / 2,
        time=score.time[kept],
        lane=score.lane[kept],
        velocity=score.velocity[kept],
    )


def _case(score: Score, random: np.random.Generator) -> Case | None:
    """One score at another tempo, cut exactly or with something around it; None if no
    candidate is right."""
    score = score.at_tempo(float(np.clip(score.bpm * 2 ** random.normal(0, 0.12), 66, 184)))
    time, chance, velocity = _heard(score, random)
    if len(time) < 3:
        return None
    kind = random.choice(["exact", "before", "after", "tail"], p=[0.45, 0.15, 0.15, 0.25])
    around = 0.0 if kind == "exact" else random.uniform(0.02, _LONGEST_AROUND)
    before = around if kind == "before" else 0.0
    seconds = score.seconds + around
    last = score.seconds + (around if kind == "tail" else 0.0)
    # A dry sound may have died away before its end.
    stop = min(last, time[-1] + random.uniform(0.1, 0.8)) if random.random() < 0.5 else last
    span = tempo.Span(seconds, float(time[0]) + before, stop + before)
    hits = tempo.hits_of(time + before, chance, velocity)
    found = tempo.candidates(hits, span)
    beat, turn = 60 / score.bpm, min(4.0, score.beats)
    right = np.array(
        [
            abs(b.period / beat - 1) < _RIGHT_TEMPO
            and abs(((b.phase - before) / beat + 0.5) % turn - 0.5) < _RIGHT_BEATS
            for b in found
        ]
    )
    if not right.any():
        return None
    return Case(np.stack([tempo.features(hits, span, b) for b in found]), right)


def _heard(score: Score, random: np.random.Generator) -> tuple[NDArray[np.float64], Floats, Floats]:
    """A score's events as a listener might give them: soft ones missed, lanes mistaken."""
    events = [
        event
        for event in renders.events(score)
        if random.random() > (0.06 if max(event.velocity.values()) > 0.3 else 0.24)
    ]
    time = np.array([event.time for event in events])
    chance = np.zeros((len(events), len(LANES)), dtype=np.float32)
    velocity = np.zeros_like(chance)
    for row, event in enumerate(events):
        for true, force in event.velocity.items():
            lane = true if random.random() > 0.12 else int(random.integers(len(LANES)))
            chance[row, lane] = random.uniform(0.5, 1)
            velocity[row, lane] = np.clip(force + random.normal(0, 0.1), 0.05, 1)
    return np.sort(np.maximum(time + random.normal(0, 0.001, len(time)), 0)), chance, velocity

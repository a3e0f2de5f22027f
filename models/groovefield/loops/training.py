"""Training the networks that listen, on renders whose hits are known.

    python -m groovefield.loops.training --data DATA tempo all

writes `loops_tempo.safetensors` and `loops.safetensors` into the package's data (`all` takes
some ten minutes). `oneshots` and `muldjordkit` train on the kits of that folder alone, for
`groovefield bench loops` to measure on the other.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from groovefield.lanes import LANES
from groovefield.loops import kits, renders, spectrum
from groovefield.loops.kits import Source, draw_kit, stable_seed
from groovefield.loops.network import DATA, Layers, fold_file
from groovefield.loops.tempo_training import train_tempo

Floats = NDArray[np.float32]

FOLDS = ("oneshots", "muldjordkit", "all")
_LOOPS = {"oneshots": 1_200, "muldjordkit": 1_200, "all": 1_600}
_LOOPS_A_KIT = 5
_NEAR_SECONDS = 0.03
_JITTER_SECONDS = 0.003
_REFINER_SECONDS = 0.010
_VALIDATION_SHARE = 0.08
_ONSET_THRESHOLD = 0.45
_BATCH = 256


@dataclass(frozen=True)
class Examples:
    """What one set of renders gives: features (float16) and what they should say.

    ``frames`` with ``near`` (seconds to the nearest event), ``onsets`` with ``velocity``
    (onsets, lanes; 0 for none), ``fine`` with ``late`` (milliseconds to the true onset);
    ``loop`` is the render that an onset is of.
    """

    frames: NDArray[np.float16]
    near: Floats
    onsets: NDArray[np.float16]
    velocity: Floats
    fine: NDArray[np.float16]
    late: Floats
    loop: NDArray[np.int64]


def sources(fold: str, data: Path) -> list[tuple[Source, float]]:
    """Where a fold's kits are drawn from, with their shares."""
    made = kits.made_up()
    if fold == "oneshots":
        return [(kits.oneshots(data / "oneshots", 0), 1.0), (made, 1.0)]
    kit = kits.muldjordkit(data / "muldjordkit")
    if fold == "muldjordkit":
        return [(kit, 1.0), (made, 3.0)]
    return [(kits.oneshots(data / "oneshots"), 2.0), (kit, 1.0), (made, 1.0)]


def examples(fold: str, data: Path, loops: int) -> Examples:
    """Render the fold's loops at random tempos and look at them."""
    random = np.random.default_rng(stable_seed("loops", fold))
    drawn = sources(fold, data)
    scores = renders.gmd_scores(data / "gmd", "train", lengths=(1, 2, 2), seed=1)
    scores += renders.drum_machine_scores(data / "drum_machine_patterns", 0) * 4
    parts: list[tuple[NDArray[np.floating], ...]] = []
    kit = draw_kit(drawn, random, changed=True)
    for number in range(loops):
        if number % _LOOPS_A_KIT == 0:
            kit = draw_kit(drawn, random, changed=True)
        score = scores[int(random.integers(len(scores)))].for_kit(kit)
        bpm = float(np.clip(score.bpm * 2 ** random.uniform(-0.4, 0.4), 60, 220))
        score = score.at_tempo(bpm)
        if len(score.time) >= 3:
            audio = renders.roughen(renders.render(score, kit), random)
            parts.append(_look(audio, score, random, len(parts)))
        if number % 200 == 199:
            print(f"{number + 1} of {loops} loops rendered", flush=True)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Examples(*columns)


def _look(
    audio: Floats, score: renders.Score, random: np.random.Generator, number: int
) -> tuple[NDArray[np.floating], ...]:
    """One render's features, in the order of `Examples`."""
    events = renders.events(score)
    time = np.array([event.time for event in events])
    sound = spectrum.levelled(audio)
    at = spectrum.frame_times(len(sound))
    near = np.abs(at[:, None] - time[None, :]).min(axis=1)
    # Half of the frames near an event and an eighth of the others say as much as all.
    chosen = np.flatnonzero(random.random(len(at)) < np.where(near < _NEAR_SECONDS, 0.5, 0.12))
    levels = spectrum.frame_levels(sound)
    # A detected onset is a little off its time; a lane is to be heard all the same.
    off = np.where(random.random(len(time)) < 0.5, 0, random.normal(0, _JITTER_SECONDS, len(time)))
    early = random.uniform(-_REFINER_SECONDS, _REFINER_SECONDS, len(time))
    velocity = np.zeros((len(events), len(LANES)), dtype=np.float32)
    for row, event in enumerate(events):
        velocity[row, list(event.velocity)] = list(event.velocity.values())
    return (
        spectrum.frame_features(levels, chosen).astype(np.float16),
        near[chosen].astype(np.float32),
        spectrum.onset_features(sound, time + off).astype(np.float16),
        velocity,
        spectrum.fine_features(sound, time + early).astype(np.float16),
        (-1000 * early).astype(np.float32),
        np.full(len(events), number),
    )


def fit(
    inputs: NDArray[np.float16],
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    sizes: Sequence[int],
    rows: NDArray[np.int64],
    *,
    epochs: int,
    drop: float = 0.1,
    noise: float = 0.05,
) -> Layers:
    """Train dense layers on some rows; `loss` takes the outputs and the rows' numbers."""
    mean = inputs.astype(np.float32).mean(axis=0)
    scale = 1 / (inputs.astype(np.float32).std(axis=0) + 1e-2)
    layers: list[torch.nn.Module] = []
    for before, after in zip([inputs.shape[1], *sizes[:-1]], sizes, strict=True):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU(), torch.nn.Dropout(drop)]
    net = torch.nn.Sequential(*layers[:-2])
    batches = len(rows) // _BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=epochs * batches)
    data, middle, factor = torch.from_numpy(inputs), torch.from_numpy(mean), torch.from_numpy(scale)
    for _ in range(epochs):
        order = torch.from_numpy(rows)[torch.randperm(len(rows))]
        for batch in order[: batches * _BATCH].view(-1, _BATCH):
            seen = torch.clamp((data[batch].float() - middle) * factor, -6, 6)
            value = loss(net(seen + noise * torch.randn_like(seen)), batch)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    dense = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    return Layers(
        mean,
        scale.astype(np.float32),
        tuple(layer.weight.detach().numpy().T.copy() for layer in dense),
        tuple(layer.bias.detach().numpy() for layer in dense),
    )


def train(seen: Examples) -> tuple[dict[str, Layers], Floats]:
    """The networks by name, and each lane's threshold (a logit) found on held-out renders."""
    torch.manual_seed(0)
    cross = torch.nn.functional.binary_cross_entropy_with_logits
    frame = spectrum.HOP / 44_100
    target = torch.from_numpy(np.clip(1.5 - seen.near / frame, 0, 1).astype(np.float32))
    late = torch.from_numpy(seen.late)
    velocity = torch.from_numpy(seen.velocity)
    struck = (velocity > 0).float()
    cut = np.quantile(seen.loop, 1 - _VALIDATION_SHARE)
    rows, held = np.flatnonzero(seen.loop <= cut), np.flatnonzero(seen.loop > cut)

    def velocity_loss(out: torch.Tensor, i: torch.Tensor) -> torch.Tensor:
        return 5 * ((out - velocity[i]) ** 2 * struck[i]).sum() / struck[i].sum()

    lanes = len(LANES)
    nets = {
        "detector": fit(seen.frames, lambda o, i: cross(o[:, 0], target[i]), (28, 12, 1),
                        np.arange(len(seen.frames)), epochs=7),
        "refiner": fit(seen.fine, lambda o, i: (o[:, 0] - late[i]).abs().mean(), (32, 16, 1),
                       rows, epochs=15, drop=0.0),
        "lanes": fit(seen.onsets, lambda o, i: cross(o, struck[i]), (56, 40, lanes), rows,
                     epochs=22, drop=0.15),
        "velocity": fit(seen.onsets, velocity_loss, (32, lanes), rows, epochs=15, noise=0.1),
    }  # fmt: skip
    logit = nets["lanes"](seen.onsets[held].astype(np.float32))
    return nets, _thresholds(logit, seen.velocity[held] > 0)


def _thresholds(logit: Floats, struck: NDArray[np.bool_]) -> Floats:
    """For each lane the threshold with the best F1, not far from even chances."""
    tried = np.linspace(-1.5, 1.0, 26)
    over = logit[:, :, None] > tried
    both = (over & struck[:, :, None]).sum(axis=0)
    f1 = 2 * both / np.maximum(over.sum(axis=0) + struck.sum(axis=0)[:, None], 1)
    best: Floats = tried[f1.argmax(axis=1)].astype(np.float32)
    print("F1 of the lanes, held out:", dict(zip([lane.id for lane in LANES],
          f1.max(axis=1).round(2).tolist(), strict=True)))  # fmt: skip
    return best


def save(file: Path, nets: dict[str, Layers], facts: dict[str, object]) -> None:
    """Write networks as fp16 with what is needed beside them."""
    tensors = {}
    for name, net in nets.items():
        tensors[f"{name}.mean"], tensors[f"{name}.scale"] = net.mean, net.scale
        for i, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
            tensors[f"{name}.weight{i}"], tensors[f"{name}.bias{i}"] = weight, bias
    half = {name: np.ascontiguousarray(t, dtype=np.float16) for name, t in tensors.items()}
    save_file(half, str(file), metadata={"facts": json.dumps(facts), "trained_on": TRAINED_ON})


TRAINED_ON = (
    "Groove MIDI Dataset (CC BY 4.0, Gillick et al., ICML 2019), 200 Drum Machine Patterns (MIT), "
    "played by one-shots (CC0) and by the Muldjord kit (CC BY 4.0, drum samples provided by "
    "DrumGizmo.org)"
)


def main() -> None:
    """Train what is named."""
    parser = argparse.ArgumentParser(description="Train the networks that listen to loops.")
    parser.add_argument("--data", type=Path, required=True, help="the development data's folder")
    parser.add_argument("parts", nargs="+", choices=("tempo", *FOLDS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for part in arguments.parts:
        if part == "tempo":
            save(DATA / "loops_tempo.safetensors", {"tempo": train_tempo(arguments.data)}, {})
            continue
        nets, thresholds = train(examples(part, arguments.data, _LOOPS[part]))
        facts = {"onset_threshold": _ONSET_THRESHOLD, "lane_thresholds": thresholds.tolist()}
        save(fold_file(part), nets, facts)
        print(f"{fold_file(part).name} written", flush=True)


if __name__ == "__main__":
    main()

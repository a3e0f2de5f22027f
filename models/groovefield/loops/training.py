"""Training the networks that listen, on renders whose hits are known.

    python -m groovefield.loops.training --data DATA tempo all

writes `loops_tempo.safetensors` and `loops.safetensors` into the package's data (`all` takes
three quarters of an hour of an undisturbed core, each of the others twice that with `--kept`;
3 GB). `oneshots` and `muldjordkit` train on the kits of that folder alone, for `groovefield bench
loops` to measure on the other. With `--keep-detector` the detector and the refiner that are there
stay, with `--measure-only` all networks, and only `velocity.Measure` is fitted anew. What the
namers hear is kept in the folder that `--kept` names, so that a training that was broken off goes
on there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from groovefield.lanes import LANES
from groovefield.loops import spectrum
from groovefield.loops.context import Namer, Namers, Pulse
from groovefield.loops.context_training import Loop, train_namer
from groovefield.loops.kept import Hearings, keep, read
from groovefield.loops.kits import EVEN, MILD, TAME, Manner, stable_seed
from groovefield.loops.matching import nearest
from groovefield.loops.network import (
    DATA,
    Layers,
    Listener,
    fold_file,
    load_listener,
    load_tempo_judge,
    named_tensors,
)
from groovefield.loops.onsets import LIKELY, find_onsets, hear
from groovefield.loops.read import RATE
from groovefield.loops.tempo_training import train_tempo
from groovefield.loops.training_renders import Rendered, rendered
from groovefield.loops.velocity import Measure
from groovefield.loops.velocity_training import Named, fit_measure

Floats = NDArray[np.float32]

FOLDS = ("oneshots", "muldjordkit", "all")
_BLOCK_LOOPS, _HELD_LOOPS = 300, 130


@dataclass(frozen=True)
class Course:
    """What a namer hears: so many blocks of loops in each manner, and how many times; and the
    number that its chances are drawn by."""

    blocks: tuple[tuple[Manner, int], ...]
    epochs: int
    seed: int = 0

    def each(self) -> list[tuple[Manner, int]]:
        """Every block: its manner and its number; a few of each manner come first."""
        blocks = [(manner, number) for manner, count in self.blocks for number in range(count)]
        return sorted(blocks, key=lambda block: block[1])


_LONG = ((MILD, 46), (TAME, 46))
_COURSES = {
    "oneshots": (Course(_LONG, 12, seed=1), Course(_LONG, 12, seed=32)),
    "muldjordkit": (Course(_LONG, 12, seed=31), Course(_LONG, 12, seed=33)),
    "all": (Course(((MILD, 33), (TAME, 32)), 10, seed=41),),
}
"""For each fold those of its namers. The first loops of all, as many as `_HELD_LOOPS`, none hears:
by them it is seen whether one alone names better than their mean."""

_DETECTOR_BLOCKS = 12
_MEASURE_LOOPS = 500

_DETECTOR_SIZES = (128, 64, 1)
_NEAR_SECONDS = 0.03
_JITTER_SECONDS = 0.002
_REFINER_SECONDS = 0.010
_POSSIBLE = 0.06
"""The detector's chance from which on an onset is held possible."""

_METHOD = 2
"""To be raised where renders, onsets or their features change: nothing older that is kept is then
taken for it."""

_BATCH = 256


def train_detector(loops: list[Rendered], random: np.random.Generator) -> tuple[Layers, Layers]:
    """The detector of onsets and the refiner of their places."""
    frames, near, fine, late = [], [], [], []
    for loop in loops:
        sound = loop.sound()
        at = spectrum.frame_times(len(sound))
        away = np.abs(at[:, None] - loop.time[None, :]).min(axis=1)
        # Half of the frames near an event and an eighth of the others say as much as all.
        share = np.where(away < _NEAR_SECONDS, 0.5, 0.12)
        chosen = np.flatnonzero(random.random(len(at)) < share)
        levels = spectrum.frame_levels(sound)
        frames.append(spectrum.frame_features(levels, chosen).astype(np.float16))
        near.append(away[chosen])
        early = random.uniform(-_REFINER_SECONDS, _REFINER_SECONDS, len(loop.time))
        fine.append(spectrum.fine_features(sound, loop.time + early).astype(np.float16))
        late.append(-1000 * early)
    frame = spectrum.HOP / RATE
    chance = np.clip(1.5 - np.concatenate(near) / frame, 0, 1).astype(np.float32)
    target, shift = torch.from_numpy(chance), torch.from_numpy(np.concatenate(late)).float()
    cross = torch.nn.functional.binary_cross_entropy_with_logits
    detector = fit(np.concatenate(frames), lambda o, i: cross(o[:, 0], target[i]), _DETECTOR_SIZES,
                   epochs=7)  # fmt: skip
    refiner = fit(np.concatenate(fine), lambda o, i: (o[:, 0] - shift[i]).abs().mean(),
                  (32, 16, 1), epochs=15, drop=0.0)  # fmt: skip
    return detector, refiner


def fit(
    inputs: NDArray[np.float16],
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    sizes: Sequence[int],
    *,
    epochs: int,
    drop: float = 0.1,
    noise: float = 0.05,
) -> Layers:
    """Train dense layers; `loss` takes the outputs and the rows' numbers."""
    mean = inputs.astype(np.float32).mean(axis=0)
    scale = 1 / (inputs.astype(np.float32).std(axis=0) + 1e-2)
    layers: list[torch.nn.Module] = []
    for before, after in zip([inputs.shape[1], *sizes[:-1]], sizes, strict=True):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU(), torch.nn.Dropout(drop)]
    net = torch.nn.Sequential(*layers[:-2])
    batches = len(inputs) // _BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=epochs * batches)
    data, middle, factor = torch.from_numpy(inputs), torch.from_numpy(mean), torch.from_numpy(scale)
    for _ in range(epochs):
        order = torch.randperm(len(inputs))
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


def train(
    fold: str, data: Path, detecting: Listener | None = None, kept: Path | None = None
) -> Listener:
    """All that listens but the tempo's judge.

    The detector and the refiner of ``detecting`` stay, if it is given.
    """
    torch.manual_seed(0)
    courses = _COURSES[fold]
    if detecting is None:
        blocks = courses[0].each()[:_DETECTOR_BLOCKS]
        loops = [loop for block in blocks for loop in _drawn(fold, data, *block)]
        random = np.random.default_rng(stable_seed("looks", fold))
        detecting = _detecting(loops[_HELD_LOOPS:], random)
    namers: list[Namer] = []
    for number, course in enumerate(courses):
        hearings = [h for b in course.each() for h in _heard(fold, data, detecting, *b, kept)]
        held = hearings[:_HELD_LOOPS]
        namers.append(train_namer(hearings[_HELD_LOOPS:], course.seed, course.epochs))
        print(f"{fold}: namer {number + 1} trained on {len(hearings)} loops", flush=True)
    return with_measure(with_namers(detecting, namers, held), fold, data)


def _drawn(fold: str, data: Path, manner: Manner, number: int) -> list[Rendered]:
    """A block of the fold's loops."""
    return rendered(fold, data, _BLOCK_LOOPS, f"chunk{number}", manner=manner)


def _heard(
    fold: str, data: Path, listener: Listener, manner: Manner, number: int, kept: Path | None
) -> list[Hearings]:
    """What is heard of a block; from the folder where it is kept, if it is there."""
    file = kept and kept / f"{fold} {manner.name} {number} {_ears(listener)}.npz"
    if file and file.exists():
        return read(file)
    random = np.random.default_rng(stable_seed("looks", fold, number))
    loops = _drawn(fold, data, manner, number)
    heard = [hear_for_training(loop, listener, random) for loop in loops]
    if file:
        keep(file, heard)
    return heard


def _ears(listener: Listener) -> str:
    """What is heard depends on it: `_METHOD` and the networks that find onsets, in few letters."""
    digest = hashlib.sha256(f"{_METHOD} {listener.onset_threshold}".encode())
    for network in (listener.detector, listener.refiner):
        for tensor in named_tensors(network).values():
            digest.update(np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()[:12]


def _detecting(loops: list[Rendered], random: np.random.Generator) -> Listener:
    """A listener that finds what may begin and names nothing yet."""
    detector, refiner = train_detector(loops, random)
    return Listener(detector, refiner, Namers(()), load_tempo_judge(), _POSSIBLE)


def with_namers(listener: Listener, namers: Sequence[Namer], held: Sequence[Hearings]) -> Listener:
    """The listener with its namers, or with one alone where their mean names no better what was
    held out."""
    true = [loop for loop, _, _ in held]
    tried = [*(Namers((namer,)) for namer in namers), Namers(tuple(namers))]
    namer = max(tried, key=lambda n: _lanes_right(n, true))
    right = _lanes_right(namer, true)
    print(f"{len(namer.each)} namers, F1 of all lanes, held out: {right:.3f}", flush=True)
    return replace(listener, namer=namer)


def with_measure(listener: Listener, fold: str, data: Path) -> Listener:
    """The listener with its measure of velocities fitted on loops that it never heard."""
    listener = replace(listener, measure=None)
    fresh = rendered(fold, data, _MEASURE_LOOPS, "fresh", manner=EVEN)
    return replace(listener, measure=fit_measure([_named(loop, listener) for loop in fresh]))


def _named(loop: Rendered, listener: Listener) -> Named:
    sound = loop.sound()
    heard = hear(sound, listener)
    pairs, true = nearest(heard.time, loop.time), np.zeros_like(heard.velocity)
    true[pairs[:, 0]] = loop.velocity[pairs[:, 1]]
    features = _half_floats(sound, heard.time).astype(np.float32)
    return Named(features, heard.struck, heard.velocity, true)


def hear_for_training(loop: Rendered, listener: Listener, random: np.random.Generator) -> Hearings:
    """A render's true events (half of them a little off), what the detector is sure of, and all
    that it holds possible."""
    sound, pulse = loop.sound(), Pulse(loop.beat, 0.0)
    off = random.normal(0, _JITTER_SECONDS, len(loop.time)) * (random.random(len(loop.time)) < 0.5)
    time = np.sort(loop.time + off)
    found, chance = find_onsets(sound, listener)
    velocity = np.zeros((len(found), len(LANES)), dtype=np.float32)
    pairs = nearest(found, loop.time)
    velocity[pairs[:, 0]] = loop.velocity[pairs[:, 1]]
    seen, sure = _half_floats(sound, found), chance > LIKELY
    taken = seen[sure]
    if sure.any():
        taken = spectrum.among_others(taken.astype(np.float32), found[sure]).astype(np.float16)
    return (
        Loop(_half_floats(sound, time), time, loop.velocity, pulse),
        Loop(taken, found[sure], velocity[sure], pulse),
        Loop(seen, found, velocity, pulse, chance),
    )


def _half_floats(sound: Floats, time: NDArray[np.float64]) -> NDArray[np.float16]:
    if len(time) == 0:
        return np.zeros((0, 0), dtype=np.float16)
    return spectrum.onset_features(sound, time).astype(np.float16)


def _lanes_right(namer: Namers, held: list[Loop]) -> float:
    """F1 of all lanes at even chances, each onset's place in the bar known."""
    logit = [namer(loop.features.astype(np.float32), loop.time, loop.pulse)[0] for loop in held]
    struck = np.concatenate([loop.velocity for loop in held]) > 0
    over = np.concatenate(logit) > 0
    return float(2 * (over & struck).sum() / (over.sum() + struck.sum()))


def save(
    file: Path, nets: Mapping[str, Layers | Namer | Measure], facts: Mapping[str, float]
) -> None:
    """Write networks as fp16 with what is needed beside them."""
    half = {
        f"{network}.{name}": np.ascontiguousarray(tensor, dtype=np.float16)
        for network, net in nets.items()
        for name, tensor in named_tensors(net).items()
    }
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
    parser.add_argument("--keep-detector", action="store_true", help="name anew, find as before")
    parser.add_argument("--measure-only", action="store_true", help="keep the networks")
    parser.add_argument("--kept", type=Path, help="where to keep what they hear")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for part in arguments.parts:
        if part == "tempo":
            save(DATA / "loops_tempo.safetensors", {"tempo": train_tempo(arguments.data)}, {})
            continue
        trained = (
            with_measure(load_listener(fold_file(part)), part, arguments.data)
            if arguments.measure_only
            else train(
                part,
                arguments.data,
                load_listener(fold_file(part)) if arguments.keep_detector else None,
                arguments.kept,
            )
        )
        nets = {name: getattr(trained, name) for name in ("detector", "refiner", "measure")}
        nets |= {f"namer{i}": namer for i, namer in enumerate(trained.namer.each)}
        save(fold_file(part), nets, {"onset_threshold": trained.onset_threshold})
        print(f"{fold_file(part).name} written", flush=True)


if __name__ == "__main__":
    main()

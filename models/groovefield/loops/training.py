"""Training the networks that listen, on renders whose hits are known.

    python -m groovefield.loops.training --data DATA tempo all

writes `loops_tempo.safetensors` and `loops.safetensors` into the package's data (`all` takes
some ten minutes of an undisturbed core and 2 GB). `oneshots` and `muldjordkit` train on the
kits of that folder alone, for `groovefield bench loops` to measure on the other. With
`--measure-only` the networks that are there stay, and only `velocity.Measure` is fitted anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops import kits, renders, spectrum
from groovefield.loops.context import Namer
from groovefield.loops.context_training import Loop, train_namer
from groovefield.loops.kits import Source, draw_kit, stable_seed
from groovefield.loops.matching import f1, match
from groovefield.loops.network import (
    DATA,
    Layers,
    Listener,
    fold_file,
    load_listener,
    named_tensors,
)
from groovefield.loops.onsets import find_onsets, name_lanes
from groovefield.loops.read import RATE
from groovefield.loops.tempo_training import train_tempo
from groovefield.loops.velocity import Measure
from groovefield.loops.velocity_training import Named, fit_measure

Floats = NDArray[np.float32]

FOLDS = ("oneshots", "muldjordkit", "all")
_LOOPS = 2_000
_DETECTOR_LOOPS = 1_000
_MEASURE_LOOPS = 400
_NEAR_SECONDS = 0.03
_JITTER_SECONDS = 0.002
_REFINER_SECONDS = 0.010
_HELD_SHARE = 0.06
_MACHINE_SHARE = 0.3
_BATCH = 256
_LEAST_HELD = 40
"""Hits of a lane among the held-out renders for a threshold of its own."""

_RECASTS = (("snare", "clap", 0.07), ("snare", "rim", 0.03), ("closed_hat", "ride", 0.05),
            ("ride", "closed_hat", 0.05))  # fmt: skip
"""From lane, to lane, in what share of the loops: what drummers' takes have too little of."""


@dataclass(frozen=True)
class Rendered:
    """A render (int16, full scale) with its events: (events,) seconds, (events, lanes) velocity,
    0 for none."""

    audio: NDArray[np.int16]
    time: NDArray[np.float64]
    velocity: Floats

    def sound(self) -> Floats:
        """As the listeners take it."""
        return spectrum.levelled((self.audio / 32_767).astype(np.float32))


def sources(fold: str, data: Path) -> list[tuple[Source, float]]:
    """Where a fold's kits are drawn from, with their shares."""
    made = kits.made_up()
    if fold == "oneshots":
        return [(kits.oneshots(data / "oneshots", 0), 1.0), (made, 1.0)]
    kit = kits.muldjordkit(data / "muldjordkit")
    if fold == "muldjordkit":
        return [(kit, 1.0), (made, 3.0)]
    return [(kits.oneshots(data / "oneshots"), 2.0), (kit, 1.0), (made, 1.0)]


def rendered(fold: str, data: Path, loops: int, *drawn_for: str) -> list[Rendered]:
    """The fold's loops at random tempos, each on a kit of its own: kits are what there are too
    few of. Other words ``drawn_for`` give other loops."""
    random = np.random.default_rng(stable_seed(*drawn_for, "loops", fold))
    drawn = sources(fold, data)
    played = renders.gmd_scores(data / "gmd", "train", lengths=(1, 1, 2), seed=1)
    machine = renders.drum_machine_scores(data / "drum_machine_patterns", 0)
    out = []
    for number in range(loops):
        scores = machine if random.random() < _MACHINE_SHARE else played
        score = _recast(scores[int(random.integers(len(scores)))], random)
        lanes = {LANES[lane].id for lane in score.lane}
        kit = draw_kit(drawn, random, changed=True, lanes=lanes)
        bpm = float(np.clip(score.bpm * 2 ** random.uniform(-0.4, 0.4), 60, 220))
        score = score.for_kit(kit).at_tempo(bpm)
        if len(score.time) >= 3:
            audio = renders.roughen(renders.render(score, kit), random)
            out.append(_kept(audio, score))
        if number % 200 == 199:
            print(f"{fold}: {number + 1} of {loops} loops rendered", flush=True)
    return out


def _recast(score: renders.Score, random: np.random.Generator) -> renders.Score:
    lane, drawn = score.lane.copy(), random.random()
    for before, after, share in _RECASTS:
        if 0 <= drawn < share:
            lane[score.lane == LANE_INDEX[before]] = LANE_INDEX[after]
        drawn -= share
    return replace(score, lane=lane)


def _kept(audio: Floats, score: renders.Score) -> Rendered:
    events = renders.events(score)
    velocity = np.zeros((len(events), len(LANES)), dtype=np.float32)
    for row, event in enumerate(events):
        velocity[row, list(event.velocity)] = list(event.velocity.values())
    full = audio / (np.abs(audio).max() + 1e-9) * 32_767
    return Rendered(full.astype(np.int16), np.array([event.time for event in events]), velocity)


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
    detector = fit(np.concatenate(frames), lambda o, i: cross(o[:, 0], target[i]), (48, 24, 1),
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


def train(fold: str, data: Path) -> Listener:
    """All that listens but the tempo's judge, with the thresholds found on held-out renders."""
    torch.manual_seed(0)
    random = np.random.default_rng(stable_seed("looks", fold))
    loops = rendered(fold, data, _LOOPS)
    held = round(len(loops) * _HELD_SHARE)
    detector, refiner = train_detector(loops[held:][:_DETECTOR_LOOPS], random)
    untold = Namer(np.zeros(0, np.float32), np.zeros(0, np.float32), {})
    listener = Listener(detector, refiner, untold, detector, 0.5, np.zeros(len(LANES), np.float32))
    listener = replace(listener, onset_threshold=_onset_threshold(loops[:held], listener))
    print(f"{fold}: detector trained, threshold {listener.onset_threshold:.2f}", flush=True)
    pairs = [_heard_twice(loop, listener, random) for loop in loops]
    namer = train_namer(pairs[held:])
    thresholds = _lane_thresholds(namer, [true for true, _ in pairs[:held]])
    return with_measure(replace(listener, namer=namer, lane_thresholds=thresholds), fold, data)


def with_measure(listener: Listener, fold: str, data: Path) -> Listener:
    """The listener with its measure of velocities fitted on loops that it never heard."""
    listener = replace(listener, measure=None)
    fresh = rendered(fold, data, _MEASURE_LOOPS, "fresh")
    return replace(listener, measure=fit_measure([_named(loop, listener) for loop in fresh]))


def _named(loop: Rendered, listener: Listener) -> Named:
    sound = loop.sound()
    found, strength = find_onsets(sound, listener)
    heard = name_lanes(sound, found, strength, listener)
    pairs, true = match(found, loop.time), np.zeros_like(heard.velocity)
    true[pairs[:, 0]] = loop.velocity[pairs[:, 1]]
    features = _half_floats(sound, found).astype(np.float32)
    return Named(features, heard.struck, heard.velocity, true)


def _heard_twice(
    loop: Rendered, listener: Listener, random: np.random.Generator
) -> tuple[Loop, Loop]:
    """A render's true events (half of them a little off), and what the detector finds."""
    sound = loop.sound()
    off = random.normal(0, _JITTER_SECONDS, len(loop.time)) * (random.random(len(loop.time)) < 0.5)
    time = np.sort(loop.time + off)
    found, _ = find_onsets(sound, listener)
    velocity = np.zeros((len(found), len(LANES)), dtype=np.float32)
    pairs = match(found, loop.time)
    velocity[pairs[:, 0]] = loop.velocity[pairs[:, 1]]
    return (
        Loop(_half_floats(sound, time), time, loop.velocity),
        Loop(_half_floats(sound, found), found, velocity),
    )


def _half_floats(sound: Floats, time: NDArray[np.float64]) -> NDArray[np.float16]:
    if len(time) == 0:
        return np.zeros((0, 0), dtype=np.float16)
    return spectrum.onset_features(sound, time).astype(np.float16)


def _onset_threshold(loops: list[Rendered], listener: Listener) -> float:
    """The threshold with the best F1 over held-out renders."""
    tried = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
    counts = np.zeros((len(tried), 3))
    for loop in loops:
        sound = loop.sound()
        for i, threshold in enumerate(tried):
            found, _ = find_onsets(sound, replace(listener, onset_threshold=threshold))
            counts[i] += len(match(found, loop.time)), len(found), len(loop.time)
    return tried[int(np.argmax([f1(*row) for row in counts]))]


def _lane_thresholds(namer: Namer, held: list[Loop]) -> Floats:
    """For each lane the threshold (a logit) with the best F1, not far from even chances."""
    logit = np.concatenate([namer(loop.features.astype(np.float32), loop.time)[0] for loop in held])
    struck = np.concatenate([loop.velocity for loop in held]) > 0
    tried = np.linspace(-1.0, 1.0, 21)
    over = logit[:, :, None] > tried
    both = (over & struck[:, :, None]).sum(axis=0)
    f1s = 2 * both / np.maximum(over.sum(axis=0) + struck.sum(axis=0)[:, None], 1)
    found = tried[f1s.argmax(axis=1)] * (struck.sum(axis=0) >= _LEAST_HELD)
    print("F1 of the lanes, held out:", dict(zip([lane.id for lane in LANES],
          f1s.max(axis=1).round(2).tolist(), strict=True)))  # fmt: skip
    return np.asarray(found, dtype=np.float32)


def save(
    file: Path, nets: Mapping[str, Layers | Namer | Measure], facts: dict[str, object]
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
    parser.add_argument("--measure-only", action="store_true", help="keep the networks")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for part in arguments.parts:
        if part == "tempo":
            save(DATA / "loops_tempo.safetensors", {"tempo": train_tempo(arguments.data)}, {})
            continue
        trained = (
            with_measure(load_listener(fold_file(part)), part, arguments.data)
            if arguments.measure_only
            else train(part, arguments.data)
        )
        nets = {
            name: getattr(trained, name) for name in ("detector", "refiner", "namer", "measure")
        }
        facts = {
            "onset_threshold": trained.onset_threshold,
            "lane_thresholds": trained.lane_thresholds.tolist(),
        }
        save(fold_file(part), nets, facts)
        print(f"{fold_file(part).name} written", flush=True)


if __name__ == "__main__":
    main()

"""The loops that listeners are trained on: renders of patterns, each on a kit of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops import kits, renders, spectrum
from groovefield.loops.kits import MILD, Manner, Source, draw_kit, stable_seed

Floats = NDArray[np.float32]

_MACHINE_SHARE = 0.3

_RECASTS = (("snare", "clap", 0.07), ("snare", "rim", 0.03), ("closed_hat", "ride", 0.05),
            ("ride", "closed_hat", 0.05))  # fmt: skip
"""From lane, to lane, in what share of the loops: what drummers' takes have too little of."""


@dataclass(frozen=True)
class Rendered:
    """A render (int16, full scale) with its events: (events,) seconds, (events, lanes) velocity,
    0 for none. ``beat`` is the seconds of a beat; a bar begins at 0."""

    audio: NDArray[np.int16]
    time: NDArray[np.float64]
    velocity: Floats
    beat: float

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


def rendered(
    fold: str, data: Path, loops: int, *drawn_for: str, manner: Manner = MILD
) -> list[Rendered]:
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
        kit = draw_kit(drawn, random, changed=True, lanes=lanes, manner=manner)
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
    time = np.array([event.time for event in events])
    return Rendered(full.astype(np.int16), time, velocity, 60.0 / score.bpm)

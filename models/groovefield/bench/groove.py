"""What the default model knows of how drummers stray: held-out likelihood, and what is drawn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from groovefield.bench.pad import data_folder
from groovefield.bench.table import Row, Table
from groovefield.field import modelfile, pad
from groovefield.field.decoder import Decoder, default_model
from groovefield.material.dataset import Material, default_material, load_gmd
from groovefield.pattern import Floats
from groovefield.reference import Overlay, Play, strike

PLACES_DRAWN = 3_000
FEWEST_HITS = 500
"""A lane with fewer hits among those drawn says nothing about its deviation."""

Cells = NDArray[np.bool_]


def measure() -> Table:
    """Finds the validation split on the pad, and draws at the material's places.

    Raises:
        CannotMeasure: the data is not there.
    """
    root = data_folder()
    held_out = load_gmd(root / "gmd", "validation")
    material = default_material(root)
    model = modelfile.load(default_model())
    decoder = Decoder(model)
    known_places = len(model.items) == len(material)
    items = model.items if known_places else _found(decoder, material)
    rng = np.random.default_rng(0)
    chance = material.weight.astype(np.float64) / material.weight.sum(dtype=np.float64)
    index = rng.choice(len(material), PLACES_DRAWN, p=chance)
    some = material.where(np.isin(np.arange(len(material)), index))
    known = decoder.decode_many(items[np.unique(index)])
    played = decoder.decode_many(_found(decoder, held_out))
    rows = []
    for name, value, spread, unseen, trained in (
        ("velocity", 1, 3, held_out.velocity, some.velocity),
        ("offset", 2, 4, held_out.offset, some.offset),
    ):
        error = unseen - played[:, value]
        lane = _lane_spreads(known[:, spread], some.onset)
        residual = _lane_spreads(trained - known[:, value], some.onset)
        rows += _likelihoods(name, error, played[:, spread], (lane, residual), held_out.onset)
    rows += _drawn(decoder, items[index], material, index)
    conditions = (
        f"The default model; {len(held_out)} windows of the validation split of gmd, each at the "
        "place of a 64 x 64 pad under which its onsets are likeliest; every hit counts once. Their "
        "onsets chose the epoch that was kept; their velocities and offsets nothing.",
        f"Drawn: {PLACES_DRAWN} places of the training material, humanise 100 %, each with a seed "
        f"and a cycle of its own; lanes with {FEWEST_HITS} hits or more.",
    )
    return Table("groove", "Groove as a distribution", conditions, tuple(rows))


def _found(decoder: Decoder, material: Material) -> Floats:
    """(n, latents): where a search of the pad finds each window."""
    grid = pad.places(latents=decoder.latents)
    probability = decoder.decode_many(grid)[:, 0].reshape(len(grid), -1)
    best = pad.best_places(probability, material.onset.reshape(len(material), -1))
    found: Floats = grid[best]
    return found


def _lane_spreads(values: Floats, onset: Cells) -> Floats:
    """(lanes, 1): the root mean square of (n, lanes, steps) over each lane's hits."""
    total = np.where(onset, values.astype(np.float64) ** 2, 0).sum((0, 2))
    hits = np.maximum(onset.sum((0, 2)), 1)
    spread: Floats = np.sqrt(np.maximum(total / hits, 1e-6)).astype(np.float32)
    return spread[:, None]


def log_likelihood(error: Floats, spread: Floats) -> float:
    """Nats a hit, of errors under normal distributions of mean 0."""
    wide = spread.astype(np.float64)
    likely = -np.log(wide) - np.square(error / wide) / 2
    return float(np.mean(likely)) - 0.5 * math.log(2 * math.pi)


def _likelihoods(
    name: str, error: Floats, cells: Floats, lanes: tuple[Floats, Floats], onset: Cells
) -> list[Row]:
    """How likely the held-out hits are by a spread a cell, and by one a lane."""
    own = log_likelihood(error[onset], cells[onset])
    as_wide, as_trained = (
        log_likelihood(error[onset], np.broadcast_to(s, error.shape)[onset]) for s in lanes
    )
    inside = float((np.abs(error) <= cells)[onset].mean())
    return [
        Row(f"{name}: log-likelihood of a held-out hit, its cell's spread", own, "nats"),
        Row(f"{name}: the same, one spread a lane as wide on average", as_wide, "nats"),
        Row(f"{name}: the same, a lane's spread about the trained means", as_trained, "nats"),
        Row(f"{name}: gain over the better of the two", own - max(as_wide, as_trained), "nats",
            0.0, True),
        Row(f"{name}: true values within one spread", inside, "", 0.60, True),
        Row(f"{name}: the same, not more than", inside, "", 0.76),
    ]  # fmt: skip


def _drawn(
    decoder: Decoder, places: Floats, material: Material, index: NDArray[np.intp]
) -> list[Row]:
    """Deviations of what is played at places of the material, beside the material's own."""
    lanes = len(decoder.lanes)
    drawn: list[list[float]] = [[] for _ in range(lanes)]
    together: list[tuple[float, float]] = []
    steps = decoder.grid.steps
    for n, place in enumerate(places):
        pattern = decoder.decode(place)
        play = Play(humanise=1.0, seed=n % 1000)
        for step in range(steps):
            strays = []
            for lane in np.flatnonzero(pattern.probability[:, step] > 0.5).tolist():
                at = (n // 1000 * 7 + 1) * steps + step
                struck = strike(pattern, Overlay(), play, lane, at)
                if struck is not None:
                    drawn[lane].append(2 * struck[0])
                    away = 2 * struck[0] - float(pattern.offset[lane, step])
                    strays.append(away / float(pattern.offset_spread[lane, step]))
            together += [(a, b) for i, a in enumerate(strays) for b in strays[:i]]
    rows, furthest = [], 0.0
    for lane in range(lanes):
        on = material.onset[index, lane]
        if len(drawn[lane]) < FEWEST_HITS or on.sum() < FEWEST_HITS:
            continue
        ratio = float(np.std(drawn[lane]) / np.std(material.offset[index, lane][on]))
        furthest = max(furthest, abs(ratio - 1))
        name = decoder.lanes[lane].name
        rows.append(Row(f"deviation of drawn offsets, {name}, of the data's", ratio, "times"))
    rows.append(Row("the lane furthest from the data's", 100 * furthest, "%", 20))
    pairs = np.array(together)
    shared = float((pairs[:, 0] * pairs[:, 1]).mean() / (pairs**2).mean())
    rows.append(Row("what two lanes struck together share of a drawn offset", shared, ""))
    return rows

"""The networks of the comparison: trained once, kept, and asked as the others are.

A training is named by a ``Trial``. Its answers, not its weights, are kept in the cache, under
what it was trained on, how, and the program text that did it: a second comparison takes seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from groovefield import field, places
from groovefield.material.dataset import fold_to_nine
from groovefield.quality.protocol import Sets, fold_groove, fold_probability
from groovefield.quality.scores import Bank

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 64
DEFAULT = "groovefield"
_OURS = (
    "network", "windows", "posterior", "smoothness", "training", "finishing", "character"
)  # fmt: skip
"""The modules of ``field`` on which the answers of the default recipe depend."""


@dataclass(frozen=True)
class Trial:
    """One training: ``DEFAULT`` or one of Tokui's, and what differs from the recipe.

    ``neighbour_cells`` 0 is the recipe's own, and so are ``epochs`` 0; ``beta`` and ``density``
    as in ``TrainingConfig``.
    """

    architecture: str = DEFAULT
    seed: int = 0
    latents: int = 2
    neighbour_cells: float = 0.0
    beta: float = 1.0
    density: str = "bernoulli"
    epochs: int = 0


@dataclass(frozen=True)
class Answers:
    """``pad``: what each place of it plays. ``encoded``: one pattern for each that was asked,
    where the encoder finds it."""

    pad: Bank
    encoded: Bank


def answers(trials: Iterable[Trial], sets: Sets) -> Iterator[tuple[Trial, Answers]]:
    """Train what is not in the cache, on every core; in the order in which they are ready."""
    missing: dict[Trial, Path] = {}
    folder = places.quality_cache()
    folder.mkdir(parents=True, exist_ok=True)
    for trial in trials:
        file = folder / f"{_key(trial, sets)}.npz"
        if file.exists():
            yield trial, _read(file)
        else:
            missing[trial] = file
    if not missing:
        return
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        waiting = {pool.submit(_train_into, t, sets, file): t for t, file in missing.items()}
        for done in as_completed(waiting):
            done.result()
            yield waiting[done], _read(missing[waiting[done]])


def _key(trial: Trial, sets: Sets) -> str:
    """Of everything that the answers depend on."""
    usual = asdict(Trial())
    unusual = {k: v for k, v in asdict(trial).items() if v != usual[k]}
    digest = hashlib.sha256(json.dumps(unusual, sort_keys=True).encode())
    for material in (sets.train, sets.asked):
        for array in (material.onset, material.velocity, material.offset, material.weight):
            digest.update(np.ascontiguousarray(array).tobytes())
    room = Path(field.__file__).parent
    for name in _OURS if trial.architecture == DEFAULT else ("tokui",):
        digest.update((room / f"{name}.py").read_bytes())
    return digest.hexdigest()[:32]


_ARRAYS = ("probability", "velocity", "offset", "trained")


def _train_into(trial: Trial, sets: Sets, file: Path) -> None:
    """In a process of its own: train, ask, keep the answers."""
    pad, encoded = _ask(trial, sets) if trial.architecture == DEFAULT else _ask_tokui(trial, sets)
    arrays = {
        f"{name}_{array}": getattr(bank, array)
        for name, bank in (("pad", pad), ("encoded", encoded))
        for array in _ARRAYS
        if getattr(bank, array) is not None
    }
    whole = file.with_suffix(f".{os.getpid()}.part")
    with whole.open("wb") as out:
        np.savez(out, **arrays)
    whole.replace(file)


def _read(file: Path) -> Answers:
    with np.load(file, allow_pickle=False) as kept:
        pad, encoded = (
            {array: kept[f"{name}_{array}"] for array in _ARRAYS if f"{name}_{array}" in kept}
            for name in ("pad", "encoded")
        )
    return Answers(Bank(**pad, side=SIDE), Bank(**encoded))


def _ask(trial: Trial, sets: Sets) -> tuple[Bank, Bank]:
    """The default recipe: trained in eleven lanes, its answers folded to nine."""
    import torch

    from groovefield.field import finishing, training
    from groovefield.field.character import by_character
    from groovefield.field.network import DecoderConfig
    from groovefield.field.windows import TrainingConfig, Windows, pad_grid, suited

    recipe = TrainingConfig(
        epochs=trial.epochs, seed=trial.seed, beta=trial.beta, density=trial.density
    )
    if trial.neighbour_cells:
        recipe = replace(recipe, neighbour_cells=trial.neighbour_cells)
    recipe = suited(recipe, trial.latents)
    lanes, steps = sets.train.onset.shape[1:]
    network = DecoderConfig(lanes=lanes, steps=steps, latents=trial.latents)
    fit = training.fit(sets.train, None, recipe, network, by_character(sets.train, trial.latents))
    finishing.calibrate(fit.decoder, sets.train)
    encoder = fit.encoder or finishing.distil(fit.decoder, Windows(sets.train), trial.seed)
    shape = (-1, lanes, steps)

    @torch.no_grad()
    def bank(place: Tensor) -> Bank:
        trunk = fit.decoder.trunk(place)
        velocity, offset = fit.decoder.groove(trunk)
        played, trained = fit.decoder.logits(trunk).sigmoid(), fit.decoder.onset(trunk).sigmoid()
        p, v, o, t = (x.numpy().reshape(shape) for x in (played, velocity, offset, trained))
        return Bank(
            fold_probability(p), fold_groove(v, p), fold_groove(o, p), 0, fold_probability(t)
        )

    whole = torch.from_numpy(sets.asked.onset.reshape(len(sets.asked), -1))
    with torch.no_grad():
        place = encoder(whole.float())
    return bank(pad_grid(trial.latents)), bank(place)


def _ask_tokui(trial: Trial, sets: Sets) -> tuple[Bank, Bank]:
    """Tokui's networks have nine lanes; their encoder reads velocities and shifts too."""
    import torch

    from groovefield.field import tokui
    from groovefield.field.windows import Windows, pad_grid

    train = fold_to_nine(sets.train)
    model = tokui.fit(train, trial.architecture, trial.seed, trial.epochs, trial.latents)
    shape = (-1, *train.onset.shape[1:])
    asked = Windows(sets.truth)
    with torch.no_grad():
        mean, _ = model.encode(asked.onset, asked.velocity, asked.offset)
        banks = []
        for logits, velocity, offset in (model.at(pad_grid(trial.latents)), model.decode(mean)):
            arrays = (logits.sigmoid(), velocity, offset)
            a, b, c = (x.numpy().reshape(shape) for x in arrays)
            banks.append(Bank(a, b, c))
    return banks[0], banks[1]

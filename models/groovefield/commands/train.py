"""``groovefield train``: MIDI files become a model file.

Training has a progress bar with the losses and the time left. Ctrl-C ends it with the best
field so far; a second one, or one before the first epoch is over, leaves no file.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from groovefield.field.modelfile import ModelFileError
from groovefield.lanes import LANES
from groovefield.material.midi_files import MaterialError

if TYPE_CHECKING:
    from groovefield.field.training import Arrangement, Fit, Progress, TrainingConfig
    from groovefield.material.dataset import Material


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield train``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with MIDI files")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")
    parser.add_argument("--name", help="name of the model (default: that of the file)")
    parser.add_argument("--epochs", type=_positive, help="passes over the data")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same model (default 0)")
    parser.add_argument("--latents", type=int, default=2, choices=range(2, 9), metavar="2..8")
    parser.add_argument(
        "--default",
        action="store_true",
        help="make the default model; --data is then the folder that holds gmd/ and "
        "drum_machine_patterns/",
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Train and write; 1 with a sentence when something is wrong."""
    try:
        return _run(arguments)
    except (MaterialError, ModelFileError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    out: Path = arguments.out
    if not out.parent.is_dir():
        raise ModelFileError(f"{out} cannot be written: there is no folder {out.parent}.")
    print("Reading the material ...", flush=True)
    train, validation, arrangement = _material(arguments)
    for line in train.report.sentences():
        print(line)
    # torch takes seconds to import: only now, when there is something to train on.
    from groovefield.field import finishing, training
    from groovefield.field.network import DecoderConfig

    config = training.TrainingConfig(seed=arguments.seed, epochs=arguments.epochs or 0)
    lanes, steps = train.onset.shape[1:]
    network = DecoderConfig(lanes=lanes, steps=steps, latents=arguments.latents)
    count = len(train.names)
    print(f"Training on {count} patterns of {train.grid.beats} beats.", flush=True)
    fit = _fit(training.fit, train, validation, config, network, arrangement)
    if fit.stopped:
        print(f"Stopped: finishing the field of epoch {fit.epoch} (Ctrl-C again: no file).")
    done = finishing.finish(fit, train, validation, config)
    name = arguments.name or out.stem[:64]
    record = _record(train, validation, fit, config)
    attribution = _attribution(train)
    finishing.write(out, done, name, LANES[:lanes], train.grid, record, attribution)
    print(done.pad.table(tuple(lane.name for lane in LANES[:lanes])))
    for key, value in done.figures["share_of_pad"].items():
        print(f"{'share of the pad, ' + key:<44}{100 * value:.0f} %")
    for key, value in done.figures.get("validation", {}).items():
        print(f"{'validation, ' + key.replace('_', ' '):<44}{value}")
    print(f"{out} ({out.stat().st_size / 1e6:.1f} MB)")
    return 0


def _material(arguments: argparse.Namespace) -> tuple[Material, Material, Arrangement | None]:
    """What to train on, what to hold back, and where the patterns would rather live."""
    from groovefield.material.dataset import load_folder

    if arguments.default:
        from groovefield.field.arrangement import default_field

        return default_field(arguments.data, arguments.latents)
    material = load_folder(arguments.data)
    train, validation = material.tagged("split", "train"), material.tagged("split", "validation")
    if len(train) == 0:
        raise MaterialError(f"{arguments.data} has no patterns to train on.")
    return train, validation, None


def _fit(
    fit: Any,
    train: Material,
    validation: Material,
    config: TrainingConfig,
    network: Any,
    arrangement: Arrangement | None,
) -> Fit:
    """Train behind a progress bar, whose own clock gives the time left."""
    with tqdm(unit=" epochs", dynamic_ncols=True) as bar:

        def show(progress: Progress) -> None:
            bar.total = progress.epochs
            shown = progress.validation or progress.training
            bar.set_postfix_str(
                f"loss {progress.training.onset:.2f}"
                + (f", validation {shown.onset:.2f}" if progress.validation else "")
                + f", velocity {shown.velocity**0.5:.3f}, offset {shown.offset**0.5:.3f}"
                + f", {progress.seconds_left:.0f} s left",
                refresh=False,
            )
            bar.update(1)

        result: Fit = fit(train, validation, config, network, arrangement, show)
        return result


def _record(
    train: Material, validation: Material, fit: Fit, config: TrainingConfig
) -> dict[str, Any]:
    """What the model file says about how it was made."""
    sources: dict[str, dict[str, float]] = {}
    total = float(train.weight.sum())
    for tags, weight in zip(train.tags, train.weight, strict=True):
        source = sources.setdefault(str(tags.get("source", "folder")), {"windows": 0, "share": 0})
        source["windows"] += 1
        source["share"] += float(weight) / total
    for source in sources.values():
        source["share"] = round(source["share"], 4)
    return {
        "material": sources,
        "held_back_windows": len(validation),
        "config": asdict(config),
        "seed": config.seed,
        "epochs": fit.epochs,
        "kept_epoch": fit.epoch,
        "stopped_early": fit.stopped,
    }


_CREDITS = {
    "gmd": "Groove MIDI Dataset, CC BY 4.0: Jon Gillick, Adam Roberts, Jesse Engel, Douglas Eck "
    'and David Bamman, "Learning to Groove with Inverse Sequence Transformations", ICML 2019.',
    "drum machine": "drum-machine-patterns, MIT: Aarón Montoya-Moraga, after "
    "René-Pierre Bardet, 200 Drum Machine Patterns.",
}


def _attribution(material: Material) -> tuple[str, ...]:
    """The credits that the material's licences ask for."""
    found = {tags.get("source") for tags in material.tags}
    return tuple(text for source, text in _CREDITS.items() if source in found)

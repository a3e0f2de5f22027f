"""The job itself: read the material, train, finish, write, and tell about it on the way."""

from __future__ import annotations

import contextlib
import copy
import os
import re
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groovefield import library
from groovefield.field.modelfile import ModelFileError
from groovefield.lanes import LANES
from groovefield.material.midi_files import MaterialError
from groovefield.material.report import count
from groovefield.trainer import events
from groovefield.trainer.control import CancelTraining, Control
from groovefield.trainer.job import Job, JobError, check

if TYPE_CHECKING:
    from groovefield.field.closeness import Recipe
    from groovefield.field.finishing import Finished
    from groovefield.field.network import Decoder
    from groovefield.field.training import Fit, Progress
    from groovefield.field.windows import Arrangement
    from groovefield.material.dataset import Material

Say = Callable[[events.Event], None]

CANNOT = (JobError, MaterialError, ModelFileError, library.LibraryError)
"""What `run` raises when it cannot do the job; each message is a sentence."""


def run(job: Job, control: Control, say: Say) -> None:
    """Do the job; every event is told to ``say``, on this thread.

    The model goes to ``job.out``; in the library never over another, so look at ``Done.path``.

    Raises:
        JobError, MaterialError, ModelFileError, LibraryError: it cannot be done; nothing is
            written.
        CancelTraining: it was cancelled; nothing is written.
        KeyboardInterrupt: stopped before the first epoch was over; nothing is written.
    """
    check(job)
    _sweep(job.out.parent)
    say(events.Reading(0, 0))
    train, held_back, arrangement = gather(job, control, say)
    say(events.Gathered(len(train), len(held_back), train.grid.beats, train.report.sentences()))
    # torch takes seconds to import: only now, when there is something to train on.
    from groovefield.field import finishing

    plan, told = _plan(job, train, held_back, arrangement), -1.0

    def tell(epoch: int, stopped: bool, share: float) -> None:
        nonlocal told
        if control.cancelled:
            raise CancelTraining
        if (now := round(share, 2)) > told:
            told = now
            say(events.Finishing(epoch, stopped, now))

    fit = _fit(job, plan, held_back, control, say, tell)
    begun = max(0.0, told)
    tell(fit.epoch, fit.stopped, begun)  # not all that is finished tells of it soon
    done = finishing.finish(
        fit, train, held_back, plan.config,
        lambda share: tell(fit.epoch, fit.stopped, begun + (1 - begun) * share),
    )  # fmt: skip
    if control.cancelled:
        raise CancelTraining
    lanes = LANES[: train.onset.shape[1]]
    record = _record(job, train, held_back, fit, plan)
    with _place(job) as out:
        name = library.free_name(job.name) if library.holds(out) else job.name
        finishing.write(out, done, name, lanes, train.grid, record, _attribution(train))
        _name_items(out, train)
    say(events.Field(str(out), fit.epoch, True))
    summary = _summary(done, tuple(lane.name for lane in lanes), out)
    summary[-1:-1] = remarks(plan.word, done.figures["plays_back"], fit)
    say(events.Done(str(out), summary))


def _place(job: Job) -> contextlib.AbstractContextManager[Path]:
    """Where the model is written: another training may have taken its place in the library."""
    if library.holds(job.out):
        return library.claimed(job.out, job.name)
    return contextlib.nullcontext(job.out)


def _name_items(out: Path, train: Material) -> None:
    """Write beside the items' places what each is called, and which of them a project carries."""
    from groovefield.field import carried_items, fills, item_names, modelfile

    names = item_names.of_material(train.names, train.tags, train.velocity, train.offset)
    model = modelfile.load(out)
    if len(names) == len(model.items):
        carried = carried_items.tensors(model.items, names, fills.of_items(model))
        modelfile.add_tensors(out, names.tensors() | carried)


def gather(job: Job, control: Control, say: Say) -> tuple[Material, Material, Arrangement | None]:
    """What to train on, what to hold back, and where the patterns would rather live."""
    from groovefield.material import corrections
    from groovefield.material.cache import Cache
    from groovefield.material.importing import ImportCancelled, load_paths
    from groovefield.material.settings import ImportSettings

    if job.default:
        from groovefield.field.arrangement import default_field

        return default_field(job.sources[0], job.latents)
    try:
        material = load_paths(
            job.sources,
            ImportSettings(files=corrections.load()),
            Cache(),
            progress=_telling(say),
            cancel=lambda: control.ending,
        )
    except ImportCancelled:
        raise (CancelTraining if control.cancelled else KeyboardInterrupt) from None
    train, validation = material.tagged("split", "train"), material.tagged("split", "validation")
    if len(train) == 0:
        raise MaterialError(f"{job.sources[0]} has no patterns to train on.")
    return train, validation, None


def _telling(say: Say) -> Callable[[int, int], None]:
    """Tell of files read, ten times a second at most."""
    told = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told > 0.1 or done == of:
            told = time.monotonic()
            say(events.Reading(done, of))

    return progress


def _plan(
    job: Job, train: Material, held_back: Material, arrangement: Arrangement | None
) -> Recipe:
    from groovefield.field.closeness import Recipe, recipe
    from groovefield.field.network import DecoderConfig
    from groovefield.field.windows import TrainingConfig

    config = TrainingConfig(seed=job.seed, epochs=job.epochs, beta=job.beta, density=job.density)
    if job.default:
        lanes, steps = train.onset.shape[1:]
        network = DecoderConfig(lanes=lanes, steps=steps, latents=job.latents)
        return Recipe("", train, train, config, network, arrangement)
    word = job.closeness or ("close" if len(held_back) else "exact")
    return recipe(train, word, config, job.latents, len(held_back) > 0)


Tell = Callable[[int, bool, float], None]
"""Told of finishing: the epoch, whether somebody stopped there, the share that is done."""

_FIRST_SHARE = 0.5
"""Of finishing, what has to be done before the decoder is as it will be."""


def _fit(
    job: Job, plan: Recipe, held_back: Material, control: Control, say: Say, tell: Tell
) -> Fit:
    from groovefield.field import training

    train = plan.originals
    if job.architecture:
        return _fit_tokui(job, plan, control, say, tell)
    hearing = _hearing(job.out)
    latest: Progress | None = None

    def epoch(progress: Progress) -> None:
        nonlocal latest
        latest = progress
        say(_told(progress))
        if control.take_audition():
            hear(progress)

    def hear(progress: Progress) -> None:
        _audition(progress.decoder, train, job.name, hearing)
        say(events.Field(str(hearing), progress.epoch, False))

    def tick() -> None:
        now = latest
        control.tick(lambda: say(events.Paused()), (lambda: hear(now)) if now else None)

    try:
        return training.fit(
            plan.material, held_back, plan.config, plan.network, plan.arrangement,
            epoch, tick, plan.originals,
            lambda share: tell(latest.epoch if latest else 0, True, _FIRST_SHARE * share),
        )  # fmt: skip
    finally:
        hearing.unlink(missing_ok=True)


_HEARING = re.compile(r"\..*\.(\d{1,10})-[0-9a-f]{32}\.hearing\.groovefield")
_A_DAY = 86_400


def _hearing(out: Path) -> Path:
    """Where a training's field is heard from: no other training of that name has it, and the
    process's number tells `_sweep` whose it is."""
    return out.with_name(f".{out.stem[:40]}.{os.getpid()}-{uuid.uuid4().hex}.hearing.groovefield")


def _sweep(folder: Path) -> None:
    """Take away what trainings that were killed left to be heard; no living process's.

    Nor what is younger than a day: in a container or on another machine that shares the folder
    numbers of processes are others.
    """
    for path in folder.glob(".*.hearing.groovefield"):
        made = _HEARING.fullmatch(path.name)
        with contextlib.suppress(OSError):
            if made and not _lives(int(made[1])) and time.time() - path.stat().st_mtime > _A_DAY:
                path.unlink()


def _lives(process: int) -> bool:
    if sys.platform == "win32":  # there a signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def _fit_tokui(job: Job, plan: Recipe, control: Control, say: Say, tell: Tell) -> Fit:
    """The network of an earlier system, and then a decoder that plays what it plays."""
    from groovefield.field import tokui
    from groovefield.field.training import Fit, Losses, TrainingError

    begun, last, of = time.monotonic(), 0, 0

    def tick() -> None:
        control.tick(lambda: say(events.Paused()))

    def told(epoch: int, epochs: int, losses: Losses) -> None:
        nonlocal last, of
        last, of = epoch, epochs
        left = (time.monotonic() - begun) / epoch * (epochs - epoch)
        roots = losses.velocity**0.5, losses.offset**0.5
        say(events.Epoch(epoch, epochs, losses.onset, None, *roots, left, None, None))

    try:
        model = tokui.fit(
            plan.originals, job.architecture, job.seed, job.epochs, job.latents, told, tick
        )
    except TrainingError as reason:
        raise JobError(str(reason)) from reason
    decoder = tokui.as_decoder(
        model, plan.network, job.seed, lambda share: tell(last, last < of, _FIRST_SHARE * share)
    )
    return Fit(decoder, last, of, last < of, None)


def _told(progress: Progress) -> events.Epoch:
    shown, back = progress.validation or progress.training, progress.plays_back
    return events.Epoch(
        progress.epoch,
        progress.epochs,
        progress.training.onset,
        progress.validation.onset if progress.validation else None,
        shown.velocity**0.5,
        shown.offset**0.5,
        progress.seconds_left,
        **(asdict(back) if back else {}),
    )


def _audition(decoder: Decoder, train: Material, name: str, out: Path) -> None:
    """Write the field as it is now in its portable form; the one in training stays as it is."""
    from groovefield.field import finishing, training

    heard = copy.deepcopy(decoder)
    training.round_to_half(heard)
    finishing.calibrate(heard, train)
    finishing.write_portable(out, heard, name, LANES[: train.onset.shape[1]], train.grid)


def _summary(done: Finished, lanes: tuple[str, ...], out: Path) -> list[str]:
    lines = done.pad.table(lanes).splitlines()
    shares = done.figures["share_of_pad"]
    for key, value in shares.items() if len(shares) > 1 else ():  # one has all of it
        whose = "your own files" if key == library.FOLDER else key
        lines.append(f"{'share of the pad, ' + whose:<44}{100 * value:.0f} %")
    for key, (anywhere, styled) in done.figures.get("styles", {}).items():
        lines.append(
            f"{'style, pad next to ' + key + ' patterns':<44}"
            f"{100 * styled:.0f} % ({100 * anywhere:.0f} % without)"
        )
    for key, value in done.figures.get("validation", {}).items():
        lines.append(f"{'validation, ' + key.replace('_', ' '):<44}{value}")
    said = events.plays_back(**done.figures["plays_back"])
    lines.append(f"{said[0].upper()}{said[1:]}.")
    return [*lines, f"{out} ({out.stat().st_size / 1e6:.1f} MB)"]


def remarks(word: str, played: dict[str, int], fit: Fit) -> list[str]:
    """What to do when a field that was to be exact is not."""
    if word != "exact" or played["exact"] >= played["clips"] or fit.dots is None:
        return []
    if fit.stopped:
        return [f"It was stopped at epoch {fit.epoch} of {fit.epochs}."]
    had = count(fit.epoch, "epoch")
    return [f"More epochs (--epochs) bring more of them: this field had {had}."]


def _record(
    job: Job, train: Material, validation: Material, fit: Fit, plan: Recipe
) -> dict[str, Any]:
    """What the model file says about how it was made."""
    sources: dict[str, dict[str, float]] = {}
    total = float(train.weight.sum())
    for tags, weight in zip(train.tags, train.weight, strict=True):
        source = sources.setdefault(
            str(tags.get("source", library.FOLDER)), {"windows": 0, "share": 0}
        )
        source["windows"] += 1
        source["share"] += float(weight) / total
    for source in sources.values():
        source["share"] = round(source["share"], 4)
    return {
        "material": sources,
        "held_back_windows": len(validation),
        "closeness": plan.word,
        **({"architecture": job.architecture} if job.architecture else {}),
        "variations": len(plan.material) - len(plan.originals),
        "config": asdict(plan.config),
        "seed": plan.config.seed,
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

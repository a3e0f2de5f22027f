"""What training takes: seconds an epoch, from clips to a field, and a pattern's wait meanwhile.

Real jobs in the process that the plugin starts (``groovefield.trainer``), on MIDI files written
from windows of the Groove MIDI Dataset. It takes some minutes: ``groovefield bench train``.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import mido
import numpy as np

from groovefield.bench.bridge import bridge_times
from groovefield.bench.pad import data_folder
from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.field import modelfile, pad
from groovefield.lanes import LANES
from groovefield.material.dataset import Material, load_folder, load_gmd
from groovefield.pattern import Hits
from groovefield.trainer import events
from groovefield.trainer.client import TrainingProcess
from groovefield.trainer.job import CLOSENESS, Job

EPOCHS = ((200, 40), (1_000, 20), (10_000, 3))
"""Patterns, and epochs that are timed of them."""

HEARD_AFTER = 0.1
"""The part of training after which a field is asked for, to be heard on the way."""

EXACT_WITHIN = 10.0
"""Seconds, from the start of the job, in which twelve clips should be exact."""

REQUESTS = 5_000


def measure() -> Table:
    """Trains on patterns, on twelve clips to each closeness, and on a thousand files.

    Raises:
        CannotMeasure: the data or the C++ program is not there.
    """
    material = load_gmd(data_folder() / "gmd", "train")
    rows = [_epochs(material, patterns, epochs) for patterns, epochs in EPOCHS]
    alone = bridge_times(REQUESTS, decoding=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for closeness in CLOSENESS:
            rows += _twelve(folder, material, closeness)
        thousand = write_clips(folder / "thousand", material, 1_000)
        job = Job((thousand,), folder / "thousand.groovefield", "thousand")
        told, meanwhile = _follow(job, latency=True)
    if meanwhile is None:
        raise CannotMeasure("The training on a thousand files ended before a pattern was timed.")
    rows += [
        Row("1,000 files: read and cut into windows", told.gathered, "s"),
        Row(f"1,000 files: to a field, after {HEARD_AFTER:.0%} of training", told.heard, "s"),
        Row("1,000 files: to the finished field", told.done, "s"),
        Row("pattern latency alone, p50", alone["p50"] / 1000, "ms"),
        Row("pattern latency alone, p99", alone["p99"] / 1000, "ms"),
        Row("pattern latency while training, p50", meanwhile["p50"] / 1000, "ms"),
        Row("pattern latency while training, p99", meanwhile["p99"] / 1000, "ms"),
    ]
    conditions = (
        "One thread. Patterns and clips are windows of gmd's train split; clips and files are "
        "two-bar MIDI files, one of each of as many takes as there are; times of jobs are from the "
        "start of the training process, its imports and the reading included.",
        f"Latency: {REQUESTS:,} requests at 1 kHz through the real model process, alone and during "
        "the training on 1,000 files.",
    )
    return Table("train", "Training", conditions, tuple(rows))


def _epochs(material: Material, patterns: int, epochs: int) -> Row:
    """Seconds of a hundred epochs, from a few; the closeness is the one such a set gets."""
    from groovefield.field import training
    from groovefield.field.closeness import recipe
    from groovefield.field.windows import TrainingConfig

    some = material.where(np.arange(len(material)) % (len(material) // patterns) == 0)
    some = some.where(np.arange(len(some)) < patterns)
    plan = recipe(some, "close", TrainingConfig())
    config = replace(plan.config, epochs=epochs)
    begun = time.monotonic()
    training.fit(some, config=config, network=plan.network)
    taken = time.monotonic() - begun
    return Row(f"100 epochs of {patterns:,} patterns", 100 * taken / epochs, "s")


def spread_out(material: Material, count: int) -> list[Hits]:
    """``count`` windows, of as many different takes as there are."""
    takes: dict[str, list[int]] = {}
    for i, tags in enumerate(material.tags):
        takes.setdefault(str(tags["file"]), []).append(i)
    chosen: list[int] = []
    for turn in range(len(material)):
        for windows in takes.values():
            if turn < len(windows):
                chosen.append(windows[(len(windows) // 2 + turn) % len(windows)])
        if len(chosen) >= count:
            break
    step = len(chosen) / count
    return [material.hits(chosen[int(i * step)]) for i in range(count)]


def write_clips(folder: Path, material: Material, count: int) -> Path:
    """A folder of so many two-bar MIDI files."""
    folder.mkdir()
    for n, hits in enumerate(spread_out(material, count)):
        write_clip(folder / f"clip {n:04}.mid", hits)
    return folder


def _write_on_one_grid(folder: Path, material: Material, count: int) -> None:
    """So many clips that are trained on together: of those of drummers some are in triplets."""
    write_clips(folder, material, 2 * count)
    used = [file.file for file in load_folder(folder).report.files if file.used][:count]
    for path in folder.iterdir():
        if path.name not in used:
            path.unlink()


def write_clip(path: Path, hits: Hits) -> None:
    """One window as a MIDI file; it begins with an empty bar, so that early hits have room."""
    per_beat, per_step = 1920, 1920 / hits.grid.steps_per_beat
    begin = per_beat * hits.grid.beats // 2
    messages = []
    for lane, step in np.argwhere(hits.onset).tolist():
        late = float(hits.offset[lane, step]) / 2
        tick = round(begin + (step + late) * per_step)
        velocity = max(1, round(127 * float(hits.velocity[lane, step])))
        note = {"note": LANES[lane].note, "channel": 9}
        messages.append((tick, mido.Message("note_on", velocity=velocity, **note)))
        messages.append((tick + 60, mido.Message("note_off", **note)))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(hits.bpm))])
    now = 0
    for tick, message in sorted(messages, key=lambda m: m[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    file = mido.MidiFile(type=0, ticks_per_beat=per_beat)
    file.tracks.append(track)
    file.save(str(path))


@dataclass
class Told:
    """Seconds from the start of a job until it told something."""

    gathered: float = 0.0
    first_epoch: float = 0.0
    finishing: float = 0.0
    heard: float = 0.0
    done: float = 0.0


def _follow(job: Job, latency: bool = False) -> tuple[Told, dict[str, float] | None]:
    """Runs a job, asks to hear it on the way, and times patterns meanwhile.

    Raises:
        CannotMeasure: the job failed.
    """
    told, begun, asked = Told(), time.monotonic(), False
    meanwhile: dict[str, float] | None = None
    with TrainingProcess(job) as process:
        while (event := process.next()) is not None:
            now = time.monotonic() - begun
            match event:
                case events.Gathered():
                    told.gathered = now
                case events.Epoch():
                    told.first_epoch = told.first_epoch or now
                    if not asked and event.epoch >= HEARD_AFTER * event.epochs:
                        process.say("audition")
                        asked = True
                case events.Field() if not event.final:
                    told.heard = now
                    if latency:
                        meanwhile = bridge_times(REQUESTS, decoding=True)
                case events.Finishing():
                    told.finishing = now
                case events.Done():
                    told.done = now
                case events.Failed():
                    raise CannotMeasure(event.sentence)
                case _:
                    pass
    return told, meanwhile


def _twelve(folder: Path, material: Material, closeness: str) -> list[Row]:
    """Twelve clips to one closeness: what it takes, and what it means."""
    clips = folder / "twelve"
    if not clips.exists():
        _write_on_one_grid(clips, material, 12)
    out = folder / f"{closeness}.groovefield"
    told, _ = _follow(Job((clips,), out, closeness, closeness=closeness))
    what = f"12 clips, {closeness}"
    rows = [
        Row(f"{what}: to the first playable field", told.heard, "s"),
        Row(f"{what}: training alone", told.finishing - told.gathered, "s"),
        Row(f"{what}: to the finished field", told.done, "s",
            EXACT_WITHIN if closeness == "exact" else None),
    ]  # fmt: skip
    return rows + _meaning(what, out, clips, closeness == "exact")


def _meaning(what: str, out: Path, clips: Path, exact: bool) -> list[Row]:
    """A finished field beside the clips that it was trained on."""
    from groovefield.field.decoder import Decoder

    model = modelfile.load(out)
    decoder, onset = Decoder(model), load_folder(clips).onset
    at_dots = decoder.decode_many(model.items)[:, 0] > 0.5
    on = pad.sample(decoder) > 0.5
    played = model.header.training["figures"]["plays_back"]
    return [
        Row(f"{what}: played back exactly, of {played['clips']}", played["exact"], "clips",
            played["clips"] if exact else None, True),
        Row(f"{what}: cells that a dot misses", float((at_dots != onset).sum((1, 2)).mean()), ""),
        Row(f"{what}: cells that differ between neighbours", pad.neighbour_cells(on), ""),
        Row(f"{what}: places more than four cells from every clip",
            100 * pad.strangers(on, onset), "%"),
    ]  # fmt: skip

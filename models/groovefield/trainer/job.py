"""What is to be trained: a `Job`, and its form as JSON."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LATENTS = range(2, 9)
MOST_EPOCHS = 1_000_000
CLOSENESS = ("exact", "close", "free")
ARCHITECTURES = ("tokui-literal", "tokui-repaired")
DENSITIES = ("bernoulli", "gaussian")
MOST_BETA = 4.0
NAME_BYTES = 64
ROOM = 8_000_000
"""Bytes that a disk must have free for the field and one that is heard on the way."""
MOST_SEED = 2**63 - 1


class JobError(ValueError):
    """A job that cannot be done as it is written; the message is a sentence."""


@dataclass(frozen=True)
class Job:
    """What to train and where to write it.

    ``sources`` are files and folders; ``epochs`` 0 means until it stops improving. ``default``
    makes the default model: the one source is then the folder of its data sets. ``closeness`` is
    one of `CLOSENESS`; none means exact where nothing is held back (below 40 files), else close.
    ``architecture`` is Groovefield's own, or one of `ARCHITECTURES` to compare it with. ``beta``,
    0 to 4, is how warm the posterior is, and ``density`` what an onset is (``TrainingConfig``).
    """

    sources: tuple[Path, ...]
    out: Path
    name: str
    epochs: int = 0
    seed: int = 0
    latents: int = 2
    default: bool = False
    closeness: str = ""
    architecture: str = ""
    beta: float = 1.0
    density: str = DENSITIES[0]

    def to_json(self) -> str:
        """One line, read again by `from_json`."""
        return json.dumps(
            {
                "sources": [str(path) for path in self.sources],
                "out": str(self.out),
                "name": self.name,
                "epochs": self.epochs,
                "seed": self.seed,
                "latents": self.latents,
                "default": self.default,
                "closeness": self.closeness,
                "architecture": self.architecture,
                "beta": self.beta,
                "density": self.density,
            }
        )


def check(job: Job) -> None:
    """Find what is wrong before anything long begins.

    Raises:
        JobError: nothing to train on, a place that cannot be written, or a number out of range.
    """
    if not job.sources:
        raise JobError("There is nothing to train on: no file and no folder is named.")
    if not any(source.exists() for source in job.sources):  # the report names some that are not
        raise JobError(f"{job.sources[0]} is not there.")
    if not job.out.parent.is_dir():
        raise JobError(f"{job.out} cannot be written: there is no folder {job.out.parent}.")
    if job.out.is_dir():
        raise JobError(f"{job.out} cannot be written: it is a folder.")
    if job.out.exists() and not _may_go(job.out):
        raise JobError(f"{job.out.absolute()} is there and is no model: name another file.")
    try:
        # What mode bits do not tell: a full disk, a folder such as /proc.
        with tempfile.TemporaryFile(dir=job.out.parent) as trial:
            trial.write(b"0")
        disk = shutil.disk_usage(job.out.parent)
    except OSError as error:
        raise JobError(f"{job.out.absolute()} cannot be written: {error.strerror}.") from error
    if disk.total and disk.free < ROOM:  # a network drive that does not know says 0
        raise JobError(
            f"{job.out.absolute()} cannot be written: its disk has {disk.free / 1e6:.1f} MB free, "
            f"and a training needs {ROOM / 1e6:.0f} MB."
        )
    if not job.name.isprintable() or not 0 < len(job.name.encode()) <= NAME_BYTES:
        raise JobError(f"A model's name has 1 to {NAME_BYTES} bytes, all of them printable.")
    if not 0 <= job.epochs <= MOST_EPOCHS:
        raise JobError(f"{job.epochs} epochs cannot be trained: 1 to {MOST_EPOCHS} can.")
    if not 0 <= job.seed <= MOST_SEED:
        raise JobError(f"A seed is a whole number from 0 to {MOST_SEED}.")
    if job.closeness not in ("", *CLOSENESS):
        raise JobError(f"A field is exact, close or free, not {job.closeness[:20]!r}.")
    if job.latents not in LATENTS:
        raise JobError(f"A field has 2 to 8 latents, not {job.latents}.")
    if job.architecture not in ("", *ARCHITECTURES):
        raise JobError(f"There is no architecture {job.architecture[:20]!r}.")
    if not 0 <= job.beta <= MOST_BETA:
        raise JobError(f"Beta is a number from 0 to {MOST_BETA:g}, not {job.beta}.")
    if job.density not in DENSITIES:
        raise JobError(f"A density is {' or '.join(DENSITIES)}, not {job.density[:20]!r}.")


def _may_go(path: Path) -> bool:
    """Whether what is there is a model, or in the library, where nothing is written over."""
    from groovefield import library
    from groovefield.field.modelfile import ModelFileError, load

    if library.holds(path):
        return True
    try:
        load(path)
    except ModelFileError:
        return False
    return True


def from_json(text: str) -> Job:
    """The job of one line of JSON.

    Raises:
        JobError: it is no job; the sentence says why.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise JobError("The job is not readable JSON.") from None
    if not isinstance(raw, dict):
        raise JobError("The job is not a JSON object.")
    sources = raw.get("sources")
    if not isinstance(sources, list) or not all(isinstance(s, str) for s in sources):
        raise JobError("The job's sources must be a list of paths.")
    return Job(
        sources=tuple(Path(source) for source in sources),
        out=Path(_text(raw, "out")),
        name=_text(raw, "name"),
        epochs=_whole(raw, "epochs", 0),
        seed=_whole(raw, "seed", 0),
        latents=_whole(raw, "latents", 2),
        default=raw.get("default") is True,
        closeness=_text(raw, "closeness") if raw.get("closeness") else "",
        architecture=_text(raw, "architecture") if raw.get("architecture") else "",
        beta=_number(raw, "beta", 1.0),
        density=_text(raw, "density") if raw.get("density") else DENSITIES[0],
    )


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise JobError(f"The job's {key} must be a text.")
    return value


def _number(raw: dict[str, Any], key: str, missing: float) -> float:
    value = raw.get(key, missing)
    if type(value) not in (int, float):
        raise JobError(f"The job's {key} must be a number.")
    return float(value)


def _whole(raw: dict[str, Any], key: str, missing: int) -> int:
    value = raw.get(key, missing)
    if type(value) is not int:
        raise JobError(f"The job's {key} must be a whole number.")
    return value

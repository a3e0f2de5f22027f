"""The Groove MIDI Dataset: human drumming on a Roland TD-11, with styles and a split.

Gillick, Roberts, Engel, Eck, Bamman: "Learning to Groove with Inverse Sequence
Transformations", ICML 2019; CC BY 4.0. `info.csv` names each file with its style, tempo,
metre, whether it is a beat or a fill, and its split. Beats become windows of the field. Fills
have a median length under four beats, so they are no windows: `load_fills` keeps them as bars.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groovefield.material.drum_maps import ROLAND_TD11
from groovefield.material.midi_files import MaterialError, Windows, hits_windows, read_midi
from groovefield.pattern import Grid

SPLITS = ("train", "validation", "test")
_COLUMNS = ("drummer", "session", "style", "bpm", "beat_type", "midi_filename", "split")


@dataclass(frozen=True)
class GmdFile:
    """One row of `info.csv`. ``style`` is the whole path, e.g. ``jazz/funk``."""

    file: str
    drummer: str
    session: str
    style: str
    bpm: float
    beat: bool
    metre: str
    split: str

    @property
    def tags(self) -> dict[str, Any]:
        """Tags of its windows; ``style`` is the first word of the style's path."""
        return {
            "source": "gmd",
            "file": self.file,
            "style": self.style.split("/")[0],
            "substyle": self.style,
            "drummer": self.drummer,
            "session": self.session,
            "split": self.split,
        }


def is_gmd(folder: Path) -> bool:
    """Whether a folder is laid out as the dataset is: an `info.csv` with its columns."""
    try:
        with (folder / "info.csv").open(newline="", encoding="utf-8") as file:
            return set(_COLUMNS) <= set(next(csv.reader(file), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def read_info(folder: Path | str) -> list[GmdFile]:
    """The rows of `info.csv`, in its order. Raises `MaterialError`."""
    info = Path(folder) / "info.csv"
    try:
        with info.open(newline="", encoding="utf-8") as file:
            return [_row(row) for row in csv.DictReader(file)]
    except OSError as error:
        raise MaterialError(f"{info} cannot be read: {error.strerror or error}.") from error
    except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
        raise MaterialError(
            f"{info} is not the Groove MIDI Dataset's table: {error!r} in a row."
        ) from error


def beat_windows(folder: Path | str, row: GmdFile, grid: Grid | None = None) -> Windows:
    """The windows of one beat file. Raises `MaterialError`."""
    drums = read_midi(Path(folder) / row.file)
    return hits_windows(drums, grid, ROLAND_TD11, tags=row.tags)


def load_fills(
    folder: Path | str, split: str = "train", steps_per_beat: int = 4
) -> tuple[Windows, list[str]]:
    """The 4/4 fills of a split as single bars, and a sentence for each file refused.

    A fill may begin or end anywhere in its bar, so bars are kept as they are; a bar with a
    single hit (the crash that ends most fills) is not one.
    """
    out, refused = Windows(), []
    for row in select(read_info(folder), split, beat=False):
        if row.metre != "4-4":
            refused.append(f"{row.file} is in {row.metre.replace('-', '/')}, not in 4/4.")
            continue
        try:
            drums = read_midi(Path(folder) / row.file)
        except MaterialError as error:
            refused.append(str(error))
            continue
        bars = hits_windows(
            drums, Grid(steps_per_beat, 4), ROLAND_TD11, whole_bars=False, tags=row.tags
        )
        out.hits += [hits for hits in bars.hits if hits.onset.sum() > 1]
        out.notes += bars.notes
        out.unmapped += bars.unmapped
        out.doubled += bars.doubled
        out.repeats += bars.repeats
    return out, refused


def select(rows: Iterable[GmdFile], split: str | None, *, beat: bool) -> list[GmdFile]:
    """Rows of one split (of all, with None) that are beats, or that are fills."""
    if split is not None and split not in SPLITS:
        raise MaterialError(f"There is no split {split!r}; there are {', '.join(SPLITS)}.")
    return [row for row in rows if row.beat == beat and split in (None, row.split)]


def _row(row: dict[str, str]) -> GmdFile:
    return GmdFile(
        file=row["midi_filename"],
        drummer=row["drummer"],
        session=row["session"],
        style=row["style"],
        bpm=float(row["bpm"]),
        beat=row["beat_type"] == "beat",
        metre=row.get("time_signature") or "4-4",
        split=row["split"],
    )

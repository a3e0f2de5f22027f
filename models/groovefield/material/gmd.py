"""The Groove MIDI Dataset: human drumming on a Roland TD-11, with styles and a split.

Gillick, Roberts, Engel, Eck, Bamman: "Learning to Groove with Inverse Sequence
Transformations", ICML 2019; CC BY 4.0. `info.csv` names each file with its style, tempo,
metre, whether it is a beat or a fill, and its split. Beats become windows of the field. Fills
have a median length under four beats, so they are no windows: `load_fills` keeps them as bars.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groovefield.files import read_ordinary
from groovefield.material.drum_maps import ROLAND_TD11
from groovefield.material.midi_files import MaterialError, Windows, hits_windows, read_midi
from groovefield.material.notes import printable
from groovefield.pattern import Grid

SPLITS = ("train", "validation", "test")
_MOST_TABLE_BYTES = 16 * 1024 * 1024
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
        return set(_COLUMNS) <= set(next(csv.reader(read_table(folder)), []))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def read_table(folder: Path) -> io.StringIO:
    """The text of a folder's `info.csv`, for a csv reader. Raises OSError, UnicodeDecodeError."""
    text = read_ordinary(folder / "info.csv", _MOST_TABLE_BYTES).decode("utf-8-sig")
    return io.StringIO(text, newline="")


def read_info(folder: Path | str, refused: list[str] | None = None) -> list[GmdFile]:
    """The rows of `info.csv`, in its order; ``refused`` gets a sentence for each left out.

    A row is left out that is cut short or that names a file outside the folder. Raises
    `MaterialError` when the table cannot be read, or none of its rows.
    """
    folder = Path(folder)
    info, rows, left_out = folder / "info.csv", [], []
    try:
        inside = folder.resolve()
        table = csv.DictReader(read_table(folder))
        for row in table:
            try:
                rows.append(_row(row, inside))
            except (KeyError, ValueError, OSError, RuntimeError) as error:
                left_out.append(f"Line {table.line_num} of info.csv was left out: {error}.")
    except OSError as error:
        raise MaterialError(f"{info} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MaterialError(f"{info} is not the Groove MIDI Dataset's table: {error}.") from error
    if left_out and not rows:
        raise MaterialError(f"{info} is not the Groove MIDI Dataset's table: {left_out[0]}")
    if refused is not None:
        refused += left_out
    return rows


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
    out = Windows()
    refused: list[str] = []
    for row in select(read_info(folder, refused), split, beat=False):
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


def _row(row: dict[str, str | None], folder: Path) -> GmdFile:
    """A row of the table in that folder (resolved). Raises ValueError, OSError, RuntimeError."""
    values = {column: row.get(column) for column in _COLUMNS}
    for column, value in values.items():
        if value is None:
            raise ValueError(f"it has no {column}")
    text = {column: str(value) for column, value in values.items()}
    return GmdFile(
        file=_inside(folder, text["midi_filename"]),
        drummer=text["drummer"],
        session=text["session"],
        style=text["style"],
        bpm=float(text["bpm"]),
        beat=text["beat_type"] == "beat",
        metre=row.get("time_signature") or "4-4",
        split=text["split"],
    )


def _inside(folder: Path, file: str) -> str:
    """A file's name, if it lies in the folder, whatever links there are on the way."""
    path = Path(file)
    outside = path.is_absolute() or path.drive or ".." in path.parts
    if not path.name or outside or not (folder / path).resolve().is_relative_to(folder):
        raise ValueError(f"{printable(file)[:80]!r} is no file of this folder")
    return file

"""Material: what a field is trained on, as arrays, with a report of where it came from.

`load_folder` reads whatever a musician has; `default_material` is what the default model is
trained on; `load_gmd` gives one split of the Groove MIDI Dataset. Reading never stops at a bad
file: the report says which were refused and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX, LANES
from groovefield.material import gmd
from groovefield.material.collector import Collector
from groovefield.material.drum_machine import load_on_grid
from groovefield.material.electronic import load_electronic
from groovefield.material.midi_files import MaterialError, Windows
from groovefield.material.report import FileReport, Report
from groovefield.pattern import Grid, Hits

GMD_SHARE, DRUM_MACHINE_SHARE, ELECTRONIC_SHARE = 0.5, 0.12, 0.38
"""Shares of the default model's pad. The dance music is nearly all in the last of them."""


@dataclass(frozen=True)
class Material:
    """N windows as arrays of (N, lanes, steps), with a name, tags and a weight each.

    ``onset`` bool; ``velocity`` 0..1 and ``offset`` in half steps [-1, 1), both float32 and
    0 where there is no hit; ``bpm`` (N,) float32; ``weight`` (N,) float32 with mean 1: how
    much of the pad a window is worth.
    """

    onset: NDArray[np.bool_]
    velocity: NDArray[np.float32]
    offset: NDArray[np.float32]
    weight: NDArray[np.float32]
    bpm: NDArray[np.float32]
    names: list[str]
    tags: list[dict[str, Any]]
    grid: Grid
    report: Report = field(default_factory=Report)

    def __len__(self) -> int:
        return len(self.names)

    def where(self, keep: NDArray[Any] | Sequence[bool]) -> Material:
        """The windows where `keep` (N,) is true; the weights are scaled to mean 1 again."""
        index = np.flatnonzero(np.asarray(keep, dtype=bool))
        weight = self.weight[index]
        return Material(
            onset=self.onset[index],
            velocity=self.velocity[index],
            offset=self.offset[index],
            weight=weight / weight.mean() if len(index) else weight,
            bpm=self.bpm[index],
            names=[self.names[i] for i in index],
            tags=[self.tags[i] for i in index],
            grid=self.grid,
            report=self.report,
        )

    def tagged(self, key: str, value: Any) -> Material:
        """The windows whose tag `key` is `value`, e.g. ``tagged("split", "validation")``."""
        return self.where([tags.get(key) == value for tags in self.tags])

    def hits(self, index: int) -> Hits:
        """One window again as hits."""
        return Hits(
            velocity=self.velocity[index],
            offset=self.offset[index],
            grid=self.grid,
            bpm=float(self.bpm[index]),
            name=self.names[index],
            tags=self.tags[index],
        )


def from_hits(
    hits: Sequence[Hits], grid: Grid | None = None, report: Report | None = None
) -> Material:
    """Stack windows of one grid, all of weight 1. `grid` is needed for an empty list."""
    grid = grid or (hits[0].grid if hits else Grid())
    if any(window.grid != grid for window in hits):
        raise MaterialError("Windows of different grids cannot be one material.")
    shape = (len(hits), len(LANES), grid.steps)
    velocity = np.zeros(shape, dtype=np.float32)
    offset = np.zeros(shape, dtype=np.float32)
    for i, window in enumerate(hits):
        velocity[i], offset[i] = window.velocity, window.offset
    return Material(
        onset=velocity > 0,
        velocity=velocity,
        offset=offset,
        weight=np.ones(len(hits), dtype=np.float32),
        bpm=np.array([window.bpm for window in hits], dtype=np.float32),
        names=[window.name for window in hits],
        tags=[window.tags for window in hits],
        grid=grid,
        report=report or Report(),
    )


def join(parts: Sequence[tuple[Material, float]]) -> Material:
    """One material from several, each worth its share of the whole, whatever its size."""
    parts = [(part, share) for part, share in parts if len(part) > 0]
    if not parts:
        raise MaterialError("There is no material to join.")
    total = sum(share for _, share in parts)
    count = sum(len(part) for part, _ in parts)
    weight = [
        part.weight * (share / total * count / part.weight.sum(dtype=np.float64))
        for part, share in parts
    ]
    report = parts[0][0].report
    for part, _ in parts[1:]:
        report = report.merged(part.report)
    return Material(
        onset=np.concatenate([part.onset for part, _ in parts]),
        velocity=np.concatenate([part.velocity for part, _ in parts]),
        offset=np.concatenate([part.offset for part, _ in parts]),
        weight=np.concatenate(weight).astype(np.float32),
        bpm=np.concatenate([part.bpm for part, _ in parts]),
        names=[name for part, _ in parts for name in part.names],
        tags=[tags for part, _ in parts for tags in part.tags],
        grid=parts[0][0].grid,
        report=report,
    )


def load_gmd(path: Path | str, split: str | None = "train", grid: Grid | None = None) -> Material:
    """The beats of one split of the Groove MIDI Dataset (of all splits, with None)."""
    folder, grid = Path(path), grid or Grid()
    collector = Collector()
    left_out: list[str] = []
    rows = gmd.read_info(folder, left_out)
    for reason in left_out:
        collector.refuse("info.csv", reason)
    for row in gmd.select(rows, split, beat=True):
        try:
            windows = gmd.beat_windows(folder, row, grid)
        except MaterialError as error:
            collector.refuse(row.file, str(error))
            continue
        collector.add(row.file, windows)
    return from_hits(collector.hits, grid, collector.report)


def load_folder(path: Path | str, grid: Grid | None = None) -> Material:
    """Every file under a folder that can be read, as windows of one grid.

    Without a grid the one that most files ask for is taken. `importing.load_paths` does it, and
    more. Raises `MaterialError` only when nothing in the folder can be used.
    """
    from groovefield.material.importing import load_paths
    from groovefield.material.settings import FileSettings, ImportSettings

    if not Path(path).is_dir():
        raise MaterialError(f"{path} is not a folder.")
    return load_paths([path], ImportSettings(FileSettings(grid=grid)))


def load_electronic_material() -> Material:
    """The electronic patterns that the project carries."""
    return _from_source("electronic patterns", load_electronic())


def load_drum_machine(path: Path | str, grid: Grid | None = None) -> Material:
    """The drum machine measures that fit the grid; endings, which are no grooves, left out."""
    hits, left_out = load_on_grid(path, grid or Grid())
    material = _from_source(
        "drum machine patterns", [h for h in hits if h.tags["kind"] != "ending"]
    )
    if left_out:
        reason = f"{left_out} drum machine measures have another number of steps than the grid."
        material.report.files.append(FileReport(f"{Path(path).name}, other grids", 0, reason))
    return material


def default_material(data_root: Path | str) -> Material:
    """What the default model is trained on; `data_root` holds the two data sets' folders.

    The weights give the human drumming one half of the pad and the machines the other.
    """
    root = Path(data_root)
    return join(
        [
            (load_gmd(root / "gmd", "train"), GMD_SHARE),
            (load_drum_machine(root / "drum_machine_patterns"), DRUM_MACHINE_SHARE),
            (load_electronic_material(), ELECTRONIC_SHARE),
        ]
    )


def _from_source(name: str, hits: list[Hits]) -> Material:
    collector = Collector()
    collector.add(name, Windows(hits, notes=sum(int(h.onset.sum()) for h in hits)))
    return from_hits(collector.hits, hits[0].grid if hits else None, collector.report)


NINE_LANE_FOLD = {"ride": "rim", "crash": "clap"}


def fold_to_nine(material: Material) -> Material:
    """The first nine lanes, as earlier systems have: ride in the rim, crash in the clap.

    The pedal hat is in the closed hat already. Where both lanes strike, the louder is kept.
    """
    velocity, offset = material.velocity.copy(), material.offset.copy()
    for source, target in NINE_LANE_FOLD.items():
        a, b = LANE_INDEX[source], LANE_INDEX[target]
        louder = velocity[:, a] > velocity[:, b]
        velocity[:, b] = np.where(louder, velocity[:, a], velocity[:, b])
        offset[:, b] = np.where(louder, offset[:, a], offset[:, b])
    velocity, offset = velocity[:, :9], offset[:, :9]
    return replace(material, onset=velocity > 0, velocity=velocity, offset=offset)

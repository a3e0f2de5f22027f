"""What reading a musician's folder takes: a thousand MIDI files, with and without the cache."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from groovefield.bench.pad import data_folder
from groovefield.bench.table import Row, Table
from groovefield.material.cache import Cache
from groovefield.material.dataset import Material
from groovefield.material.importing import load_paths

FILES, ADDED = 1_000, 10
REPEATS = 5
LIMIT_SECONDS = 2.0


def measure() -> Table:
    """Reads a thousand files of the Groove MIDI Dataset and of whole songs, then ten more.

    Raises:
        CannotMeasure: the data is not there.
    """
    root = data_folder()
    takes = sorted(root.glob("gmd/drummer*/**/*.mid"))
    songs = sorted(root.glob("freedoom/*.mid"))
    files = [*takes, *songs][: FILES + ADDED]
    with tempfile.TemporaryDirectory() as name:
        folder, cached = Path(name) / "files", Path(name) / "cache"
        _copy(files[:FILES], folder)
        plain = [_timed(folder) for _ in range(REPEATS)]
        fills = _timed(folder, Cache(cached))
        again = [_timed(folder, Cache(cached)) for _ in range(REPEATS)]
        _copy(files[FILES:], folder / "added")
        cache = Cache(cached)
        added = _timed(folder, cache)
    material = plain[0][1]
    report = material.report
    seconds = [each[0] for each in plain]
    return Table(
        "import",
        f"Reading {FILES:,} MIDI files",
        (
            f"{len(takes)} files of the Groove MIDI Dataset (beats and fills, without its table) "
            f"and {FILES - len(takes)} songs in one folder, just written, so read from memory: "
            f"{report.notes:,} drum notes, {len(material):,} windows of {material.grid.steps} "
            f"steps from {sum(f.used for f in report.files)} files. Python and its packages are "
            f"loaded before. Medians of {REPEATS}.",
            f"After {ADDED} files more: {cache.found} readings were in the cache, {cache.missed} "
            "were not.",
        ),
        (
            Row("found, parsed, cut into windows, on one grid", median(seconds), "s",
                LIMIT_SECONDS),
            Row("the same, the quickest", min(seconds), "s"),
            Row("the same, processor time alone", median(each[2] for each in plain), "s"),
            Row("the same, writing the cache", fills[0], "s"),
            Row("again, from the cache", median(each[0] for each in again), "s"),
            Row(f"again with {ADDED} files more", added[0], "s"),
        ),
    )  # fmt: skip


def _timed(folder: Path, cache: Cache | None = None) -> tuple[float, Material, float]:
    """Seconds that passed, what was read, seconds of the processor."""
    begin, used = time.perf_counter(), time.process_time()
    material = load_paths([folder], cache=cache)
    return time.perf_counter() - begin, material, time.process_time() - used


def _copy(files: list[Path], folder: Path) -> None:
    for file in files:
        to = folder / file.parent.parent.name / file.parent.name / file.name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)

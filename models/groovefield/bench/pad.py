"""The default model's pad beside the material that it was trained on."""

from __future__ import annotations

import os
from pathlib import Path

from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.field import pad
from groovefield.field.decoder import default_model, load_decoder


def measure() -> Table:
    """Samples 64 x 64 places and counts.

    Raises:
        CannotMeasure: the data is not there.
    """
    from groovefield.material.dataset import default_material

    material = default_material(data_folder())
    decoder = load_decoder(default_model())
    found = pad.measure(
        pad.sample(decoder), material.onset, material.weight, decoder.grid.steps_per_beat
    )
    rows = [
        Row("places with 3 hits or more", 100 * found.playing, "%", 99, True),
        Row("distinct patterns of 4,096", found.distinct, "", 2_500, True),
        Row("patterns pairwise 8 cells or more apart", found.apart, "", 400, True),
        Row("cells that differ between neighbours", found.neighbours, "", 8),
        Row("mean hits of a pattern", found.hits, ""),
        Row("mean hits, of the material's", found.hits_ratio, "times"),
    ]
    names = [lane.name for lane in decoder.lanes]
    rows += [
        Row(f"hits of {n}, of the material's", r, "times")
        for n, r in zip(names, found.lane_ratio, strict=True)
    ]
    rows += [
        Row(f"share of hits on step {i + 1} of the beat, of the material's", r, "times")
        for i, r in enumerate(found.beat_ratio)
    ]
    rows.append(Row("furthest of these from the material's", 100 * found.worst_ratio(), "%", 25))
    condition = f"{len(material.onset)} patterns of what it was trained on, threshold 0.5."
    return Table("pad", "The default model's pad", (condition,), tuple(rows))


def data_folder() -> Path:
    """The folder of the training data, which GROOVEFIELD_DATA names.

    Raises:
        CannotMeasure: it is not named, or not there.
    """
    named = os.environ.get("GROOVEFIELD_DATA")
    if not named:
        raise CannotMeasure("GROOVEFIELD_DATA is not set: let it name the folder with gmd in it.")
    if not (Path(named) / "gmd").is_dir():
        raise CannotMeasure(f"GROOVEFIELD_DATA names {named}, which holds no gmd.")
    return Path(named).resolve()

"""Where a field plays fills, and that what a project carries says so."""

from __future__ import annotations

import numpy as np
from groovefield.field import carried_items, fills, modelfile
from groovefield.field.decoder import Decoder, default_model
from groovefield.lanes import LANES
from groovefield.pattern import Grid
from test_carried_items import names_of, places

SNARE, HIGH_TOM = (next(i for i, lane in enumerate(LANES) if lane.id == which)
                   for which in ("snare", "high_tom"))  # fmt: skip


def groove() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Four times two bars with a backbeat."""
    struck = np.zeros((4, len(LANES), 32), np.bool_)
    struck[:, SNARE, 4::8] = True
    return struck


def test_a_fill_is_more_snare_and_toms_after_the_last_bars_first_beat() -> None:
    struck = groove()
    struck[1, HIGH_TOM, 24:28] = True
    struck[2, SNARE, 16:20] = True  # on the first beat: no fill
    struck[3, HIGH_TOM, [8, 9, 10, 11, 24, 25, 26, 27]] = True  # in both bars: the groove
    assert fills.ends_in_fill(struck, LANES, Grid(4, 8)).tolist() == [False, True, False, False]
    triplets = np.zeros((4, len(LANES), 24), np.bool_)
    triplets[1, HIGH_TOM, 18:22] = True
    triplets[2, HIGH_TOM, 12:15] = True
    assert fills.ends_in_fill(triplets, LANES, Grid(3, 8)).tolist() == [False, True, False, False]


def test_fills_are_named_and_carried_however_many_items_there_are() -> None:
    at = places(5000)
    marks = np.zeros(5000, np.bool_)
    marks[100:110] = True
    made = carried_items.tensors(at, names_of([f"beat {i}.mid" for i in range(5000)]), marks)
    back, names = carried_items.read(made)
    found = {names.title(i): back[i] for i in range(len(back)) if "fill" in names.title(i)}
    assert sorted(found) == [f"fill in beat {i}.mid" for i in range(100, 110)]
    assert all((found[f"fill in beat {i}.mid"] == at[i]).all() for i in range(100, 110))
    assert len(back) <= carried_items.MOST_ITEMS
    # The rest is as it was: only the last of the order gave way.
    plain, _ = carried_items.read(
        carried_items.tensors(at, names_of([f"beat {i}.mid" for i in range(5000)]))
    )
    assert (back[:200] == plain[:200]).all()


def test_the_default_model_carries_fills_all_over_the_pad_that_its_field_plays() -> None:
    model = modelfile.load(default_model())
    back, names = carried_items.read(model.tensors)
    at = back[[names.title(i).startswith(carried_items.FILL) for i in range(len(back))]]
    assert len(at) >= carried_items.MOST_FILLS
    decoder = Decoder(model)
    played = decoder.decode_many(at)[:, 0] > 0.5
    assert fills.ends_in_fill(played, decoder.lanes, decoder.grid).all()
    assert (at.max(0) - at.min(0) > 0.7).all()

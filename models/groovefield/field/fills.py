"""Where a field plays fills: the windows of its material that end in one, as the field plays them.

Drummers end every few bars in a fill, so that windows of two bars have fills of themselves, most
of them in the second bar. Nothing names them; they are heard in what the field plays where such a
window lies: more snare and toms in the last bar than in the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import Lane
from groovefield.pattern import Grid

if TYPE_CHECKING:
    from groovefield.field.modelfile import ModelFile

DRUMS = ("snare", "low_tom", "mid_tom", "high_tom")
MORE = 4
"""Hits that a fill has more on these drums than the same beats of the bar before."""

_AT_ONCE = 512


def ends_in_fill(
    struck: NDArray[np.bool_], lanes: tuple[Lane, ...], grid: Grid
) -> NDArray[np.bool_]:
    """(n, lanes, steps) of two bars each -> (n,): whether the second bar is a fill.

    Its first beat does not count: a fill begins after it, and the plugin plays it so.
    """
    if grid.steps % 2:
        return np.zeros(len(struck), np.bool_)
    bar, beat = grid.steps // 2, grid.steps_per_beat
    drums = struck[:, [i for i, lane in enumerate(lanes) if lane.id in DRUMS]]
    before, after = drums[:, :, beat:bar].sum((1, 2)), drums[:, :, bar + beat :].sum((1, 2))
    return np.asarray(after >= before + MORE)


def of_items(model: ModelFile) -> NDArray[np.bool_]:
    """(items,): at which of a model's items its field plays a fill, at threshold 0.5."""
    from groovefield.field.decoder import Decoder

    decoder, items = Decoder(model), np.asarray(model.items, np.float32)
    found = np.zeros(len(items), np.bool_)
    for first in range(0, len(items), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        struck = decoder.decode_many(items[part])[:, 0] > 0.5
        found[part] = ends_in_fill(struck, decoder.lanes, decoder.grid)
    return found

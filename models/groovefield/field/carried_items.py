"""The items that a project carries: dots for the map in the plugin, with a name each.

A whole model file says of every window of the material where it lies and what it is called
(``item_names.py``). A project has little room, so that the portable form has a selection of them
in two tensors of its own: ``pad.carried`` (n, latents), F16, and ``pad.carried_names``, a JSON text
in UTF-8 of the form that ``pad.names`` has, its names cut to a file's name without its folder.

They come in an order in which every beginning is spread over the pad as widely as can be, so that
who has room for 200 dots draws the first 200. Material that is given dots of its own
(``dots.MOST_WINDOWS`` at most) is carried whole.

Where the field plays a fill (``fills.py``) the name says so, "fill in ...": the plugin goes there
for its fills. Some of these are carried in any case.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from groovefield.field import item_names
from groovefield.field.item_names import ItemNames, NamesError
from groovefield.pattern import Floats

if TYPE_CHECKING:
    from pathlib import Path

PLACES, NAMES = "pad.carried", "pad.carried_names"
MOST_ITEMS = 2_000
MOST_COMPRESSED = 60 * 1024
"""Bytes that both tensors may take when they are compressed, as they are in a project."""
MOST_TEXT = 256 * 1024
LONGEST = 40
"""Characters of a name; of a longer one both ends are kept."""
MOST_FILLS = 32
"""As many as the plugin uses (``plugin/player/overlay.h``)."""
FILL = "fill in "
"""What the name of an item begins with where the field plays a fill."""


def spread_order(places: Floats, most: int) -> NDArray[np.int64]:
    """At most ``most`` of (n, latents) places: each the farthest from all before it.

    The first is the one nearest to the middle. Of places that coincide the later come last.
    """
    count = min(most, len(places))
    order = np.zeros(count, np.int64)
    away = np.full(len(places), np.inf)
    at = int(((places - 0.5) ** 2).sum(1).argmin()) if count else 0
    for i in range(count):
        order[i] = at
        away = np.minimum(away, ((places - places[at]) ** 2).sum(1))
        away[at] = -1.0
        at = int(away.argmax())
    return order


def tensors(
    items: Floats, names: ItemNames, fills: NDArray[np.bool_] | None = None
) -> dict[str, NDArray[Any]]:
    """The two tensors for (n, latents) items; none where they have no names.

    ``fills`` (n,) says which of them are fills. Fewer are taken where their names would need more
    than their room.
    """
    if len(names) != len(items) or len(items) == 0:
        return {}
    if fills is None:
        fills = np.zeros(len(items), np.bool_)
    most = MOST_ITEMS
    while True:
        made = _tensors(items, names, _chosen(items, fills, most), fills)
        data = made[PLACES].tobytes() + made[NAMES].tobytes()
        if len(zlib.compress(data)) <= MOST_COMPRESSED and made[NAMES].size <= MOST_TEXT:
            return made
        most = min(most, len(items)) * 7 // 8


def _chosen(items: Floats, fills: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """At most ``most`` items, spread; fills that are not among them take the place of the last."""
    order = spread_order(items, most)
    at = np.flatnonzero(fills)
    wanted = at[spread_order(items[at], min(MOST_FILLS, most))]
    missing = wanted[~np.isin(wanted, order)]
    if len(missing) == 0:
        return order
    can_go = np.flatnonzero(~np.isin(order, wanted))[-len(missing) :]
    order[can_go] = missing
    return order


def _tensors(
    items: Floats, names: ItemNames, order: NDArray[np.int64], fills: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    called: dict[str, int] = {}
    labels: dict[str, int] = {}
    titles = [FILL * bool(fills[i]) + short(names.names[names.name[i]]) for i in order]
    name = [called.setdefault(title, len(called)) for title in titles]
    label = [labels.setdefault(short(names.labelled(int(i))), len(labels)) for i in order]
    form = {"names": list(called), "labels": list(labels), "name": name, "label": label,
            "bar": [names.bar[i] for i in order]}  # fmt: skip
    text = json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()
    return {PLACES: items[order].astype(np.float16), NAMES: np.frombuffer(text, np.uint8)}


def short(name: str) -> str:
    """A name without its folder, and without its middle where it is long."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or name
    if len(last) <= LONGEST:
        return last
    end = LONGEST // 3
    return f"{last[: LONGEST - end - 1]}…{last[-end:]}"


def check(found: Mapping[str, NDArray[Any]], latents: int) -> None:
    """Raises:
    NamesError: a model's carried items do not fit each other, or the pad.
    """
    places, text = found.get(PLACES), found.get(NAMES)
    if places is None and text is None:
        return
    good = places is not None and text is not None and places.dtype == np.float16
    if places is None or text is None or not good or places.ndim != 2:
        raise NamesError("the items that a project carries have no places or no names.")
    if places.shape[1] != latents or len(places) > MOST_ITEMS:
        raise NamesError("the items that a project carries are too many, or not of this pad.")
    if not ((places >= 0) & (places <= 1)).all():
        raise NamesError("the items that a project carries are not within the pad.")
    if text.size > MOST_TEXT:
        raise NamesError(f"the names that a project carries take {text.size} bytes of {MOST_TEXT}.")
    read(found)


def read(found: Mapping[str, NDArray[Any]]) -> tuple[Floats, ItemNames]:
    """Places (n, latents) and names of a model's carried items; none where it has none.

    Raises:
        NamesError: the names are damaged.
    """
    places, text = found.get(PLACES), found.get(NAMES)
    if places is None or text is None:
        return np.zeros((0, 2), np.float32), ItemNames()
    keys = np.zeros((len(places), item_names.KEY_BYTES), np.uint8)
    names = item_names.from_tensors({item_names.NAMES: text, item_names.KEYS: keys}, len(places))
    return places.astype(np.float32), names


def add(path: Path) -> None:
    """Give a model file that names its items those that a project carries; all else stays.

    Raises:
        ModelFileError: it cannot be used, or the result would be larger than a project's room.
    """
    from groovefield.field import fills, modelfile

    model = modelfile.load(path)
    modelfile.add_tensors(path, tensors(model.items, model.names, fills.of_items(model)))

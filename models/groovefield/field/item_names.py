"""What the items of a model are called: which window of the material each dot on the map is.

A whole model file keeps them in two tensors beside the items' places; the portable form, which
projects carry, has neither, but a selection of its own (``carried_items.py``). ``pad.names`` is a
JSON text in UTF-8, each name and label once::

    {"names": [...], "labels": [...], "name": [0, 0, 1], "label": [0, 0, 0], "bar": [0, 1, -1]}

The last three have an entry for each item: indices, and the bar of a file that the window begins
at (-1: none). ``pad.keys`` (items, 8) is the beginning of the SHA-256 of each window's cells, by
which the window is found again in material that is still there, whatever its file is called now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.pattern import Floats

NAMES, KEYS = "pad.names", "pad.keys"
MOST_BYTES = 4 * 1024 * 1024
LONGEST = 200
"""Characters of a name or a label; a longer one is cut at its front, where paths are alike."""
NO_LABEL = "no label"
KEY_BYTES = 8
LAST_BAR = 1_000_000


class NamesError(ValueError):
    """Names that cannot be used; the message is a sentence."""


@dataclass(frozen=True, eq=False)
class ItemNames:
    """Names and labels, each once; ``name``, ``label`` and ``bar`` (items,) point at them.

    ``keys`` (items, 8).
    """

    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    name: tuple[int, ...] = ()
    label: tuple[int, ...] = ()
    bar: tuple[int, ...] = ()
    keys: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, KEY_BYTES), np.uint8))

    def __len__(self) -> int:
        return len(self.name)

    def title(self, item: int) -> str:
        """What to call an item; empty where the model has no names."""
        if not 0 <= item < len(self.name):
            return ""
        bar = self.bar[item]
        named = self.names[self.name[item]]
        return f"{named}, bar {bar + 1}" if bar >= 0 else named

    def labelled(self, item: int) -> str:
        """An item's style or folder; empty where there is none."""
        return self.labels[self.label[item]] if 0 <= item < len(self.label) else ""

    @cached_property
    def by_size(self) -> list[tuple[str, int]]:
        """Labels with how many items have them, the most first."""
        counts = np.bincount(np.array(self.label, np.int64), minlength=len(self.labels))
        order = sorted(range(len(self.labels)), key=lambda i: (-counts[i], self.labels[i]))
        return [(self.labels[i], int(counts[i])) for i in order if counts[i]]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The two tensors; none where the names would take more than their room."""
        form = {"names": self.names, "labels": self.labels, "name": self.name,
                "label": self.label, "bar": self.bar}  # fmt: skip
        text = json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()
        if not self.name or len(text) > MOST_BYTES:
            return {}
        return {NAMES: np.frombuffer(text, np.uint8), KEYS: self.keys}


def of_material(
    names: list[str], tags: list[dict[str, Any]], velocity: Floats, offset: Floats
) -> ItemNames:
    """The names of windows; ``velocity`` and ``offset`` (windows, lanes, steps).

    A window of a file that was cut at its bars is called after the file, any other by its own
    name; its label is its style, or where it is from.
    """
    all_names: dict[str, int] = {}
    all_labels: dict[str, int] = {}
    name, label, bar = [], [], []
    for own, tag in zip(names, tags, strict=True):
        at = tag.get("bar", -1)
        known = "file" in tag and isinstance(at, int) and 0 <= at <= LAST_BAR
        called = _printable(str(tag["file"]) if known else own) or "window"
        kind = _printable(str(tag.get("style") or tag.get("source") or "")) or NO_LABEL
        name.append(all_names.setdefault(called, len(all_names)))
        label.append(all_labels.setdefault(kind, len(all_labels)))
        bar.append(int(at) if known else -1)
    keys = np.frombuffer(b"".join(keys_of(velocity, offset)), np.uint8).reshape(-1, KEY_BYTES)
    return ItemNames(
        tuple(all_names), tuple(all_labels), tuple(name), tuple(label), tuple(bar), keys
    )


def key_of(velocity: Floats, offset: Floats) -> bytes:
    """The same for windows that are the same to a listener; (lanes, steps) each."""
    return keys_of(velocity[None], offset[None])[0]


def keys_of(velocity: Floats, offset: Floats) -> list[bytes]:
    """`key_of` each of (windows, lanes, steps)."""
    from groovefield.material.cut import rounded  # only who looks for originals waits for it

    cells = rounded(velocity, offset).swapaxes(0, 1)
    return [hashlib.sha256(window.tobytes()).digest()[:KEY_BYTES] for window in cells]


def from_tensors(tensors: Mapping[str, NDArray[Any]], items: int) -> ItemNames:
    """Read and check them; nothing where the model has none.

    Raises:
        NamesError: they are damaged or do not fit the items.
    """
    text, keys = tensors.get(NAMES), tensors.get(KEYS)
    if text is None and keys is None:
        return ItemNames()
    good = text is not None and text.dtype == np.uint8 and text.ndim == 1
    good = good and keys is not None and keys.dtype == np.uint8
    if text is None or keys is None or not good or keys.shape != (items, KEY_BYTES):
        raise NamesError("the names of its items are not one for each item.")
    if text.size > MOST_BYTES:
        raise NamesError(f"the names of its items take {text.size} bytes of {MOST_BYTES}.")
    try:
        raw = json.loads(text.tobytes().decode("utf-8"))
        names, labels = _texts(raw["names"]), _texts(raw["labels"])
        name = _numbers(raw["name"], items, 0, len(names) - 1)
        label = _numbers(raw["label"], items, 0, len(labels) - 1)
        bar = _numbers(raw["bar"], items, -1, LAST_BAR)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NamesError("the names of its items are damaged.") from None
    return ItemNames(names, labels, name, label, bar, keys)


def _texts(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(
        isinstance(each, str) and 0 < len(each) <= LONGEST and each.isprintable() for each in raw
    ):
        raise ValueError("no names")
    return tuple(raw)


def _numbers(raw: Any, count: int, low: int, high: int) -> tuple[int, ...]:
    if not isinstance(raw, list) or len(raw) != count:
        raise ValueError("no indices")
    if not all(type(each) is int and low <= each <= high for each in raw):
        raise ValueError("no indices")
    return tuple(raw)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)[-LONGEST:]

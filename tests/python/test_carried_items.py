"""The items that a project carries: spread over the pad, named, bounded, refused where damaged."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groovefield.field import carried_items, item_names, modelfile
from groovefield.field.decoder import default_model
from groovefield.field.modelfile import ModelFileError
from groovefield.pattern import Floats
from small_field import header, tensors


def names_of(names: list[str], label: str = "house") -> item_names.ItemNames:
    count = len(names)
    keys = np.zeros((count, item_names.KEY_BYTES), np.uint8)
    return item_names.ItemNames(
        tuple(names), (label,), tuple(range(count)), (0,) * count, (-1,) * count, keys
    )


def places(count: int, latents: int = 2) -> Floats:
    """As the file keeps them."""
    drawn = np.random.default_rng(3).random((count, latents)).astype(np.float16)
    return drawn.astype(np.float32)


def test_few_items_are_all_carried_by_name_and_label() -> None:
    at = places(3)
    made = carried_items.tensors(at, names_of(["a/b/one.mid", "c\\two.wav", "three"]))
    back, names = carried_items.read(made)
    for i in range(3):
        original = int(np.flatnonzero((at == back[i]).all(1))[0])
        assert names.title(i) == ["one.mid", "two.wav", "three"][original]
        assert names.labelled(i) == "house"


def test_a_long_name_keeps_both_its_ends() -> None:
    short = carried_items.short("folder/" + "a" * 50 + " take 7.mid")
    assert len(short) == carried_items.LONGEST
    assert short.startswith("aaaa") and short.endswith("take 7.mid")


def test_every_beginning_is_spread_over_the_pad() -> None:
    at = places(5000)
    order = carried_items.spread_order(at, 400)
    assert len(set(order.tolist())) == 400
    for count in (25, 100, 400):
        chosen = at[order[:count]]
        # No corner of the pad is farther from a chosen item than an even lattice would leave it.
        reach = np.sqrt(((at[:, None] - chosen[None]) ** 2).sum(2).min(1).max())
        assert reach < 1.2 / count**0.5
    # Items in one place: each is there, those apart come first.
    twice = np.concatenate((at[:2], at[:2]))
    assert {tuple(at[i % 2]) for i in carried_items.spread_order(twice, 2)} == {
        tuple(at[0]), tuple(at[1])
    }  # fmt: skip
    assert sorted(carried_items.spread_order(twice, 9).tolist()) == [0, 1, 2, 3]


def test_many_items_with_long_names_stay_within_their_room() -> None:
    rng = np.random.default_rng(1)
    names = [bytes(rng.integers(97, 123, 40, dtype=np.uint8)).decode() for _ in range(4000)]
    made = carried_items.tensors(places(4000, 8), names_of(names))
    data = made["pad.carried"].tobytes() + made["pad.carried_names"].tobytes()
    assert len(zlib.compress(data)) <= carried_items.MOST_COMPRESSED
    assert 500 < len(made["pad.carried"]) < carried_items.MOST_ITEMS


def test_a_project_carries_them_and_the_sum_covers_them(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    more = carried_items.tensors(
        tensors()["pad.items"].astype(np.float32), names_of(["a", "b", "c"])
    )
    modelfile.save(path, header(), tensors() | more)
    data = modelfile.portable(path)
    carried, names = carried_items.read(modelfile.parse(data).tensors)
    assert sorted(names.title(i) for i in range(3)) == ["a", "b", "c"]
    assert {tuple(p) for p in carried} == {tuple(p) for p in modelfile.load(path).items}
    model = modelfile.parse(data)
    np.testing.assert_array_equal(model.items, carried)
    assert model.names.title(0) == names.title(0)
    bad = bytearray(data)
    bad[data.index(b'"names":["') + 10] ^= 1
    with pytest.raises(ModelFileError, match="does not fit its checksum"):
        modelfile.parse(bytes(bad))


def test_items_without_names_are_not_carried() -> None:
    assert carried_items.tensors(places(3), item_names.ItemNames()) == {}
    assert carried_items.tensors(places(0), item_names.ItemNames()) == {}


def _with(**changed: Any) -> modelfile.Tensors:
    made = carried_items.tensors(places(3), names_of(["a", "b", "c"]))
    form = {**json.loads(made["pad.carried_names"].tobytes()), **changed}
    text = np.frombuffer(json.dumps(form).encode(), np.uint8)
    return tensors() | made | {"pad.carried_names": text}


def _without(name: str) -> modelfile.Tensors:
    return {key: value for key, value in _with().items() if key != name}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (_without("pad.carried"), "no places or no names"),
        (_without("pad.carried_names"), "no places or no names"),
        (_with() | {"pad.carried": np.zeros((3, 3), np.float16)}, "not of this pad"),
        (_with() | {"pad.carried": np.zeros((2001, 2), np.float16)}, "too many"),
        (_with() | {"pad.carried": np.full((3, 2), np.nan, np.float16)}, "not within the pad"),
        (_with() | {"pad.carried": np.full((3, 2), 1.5, np.float16)}, "not within the pad"),
        (_with() | {"pad.carried": np.zeros((3, 2), np.uint8)}, "no places or no names"),
        (_with() | {"pad.carried_names": np.zeros(2**18 + 1, np.uint8)}, "take 262145 bytes"),
        (_with(name=[0, 1, 3]), "are damaged"),
        (_with(bar=[0, 1]), "are damaged"),
        (_with(labels=[]), "are damaged"),
    ],
)
def test_damaged_ones_are_refused_in_a_sentence(
    tmp_path: Path, made: modelfile.Tensors, said: str
) -> None:
    with pytest.raises(ModelFileError, match=f"my.groovefield: .*{said}"):
        modelfile.save(tmp_path / "my.groovefield", header(), made)


def test_the_default_model_carries_items_of_all_its_kinds() -> None:
    model = modelfile.load(default_model())
    carried, names = carried_items.read(model.tensors)
    assert len(carried) == carried_items.MOST_ITEMS
    known = {tuple(place) for place in model.items.tolist()}
    assert all(tuple(place) in known for place in carried.tolist())
    assert {"house", "techno", "jazz", "funk"} <= {label for label, _ in names.by_size}

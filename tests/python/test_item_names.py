"""What the items of a model are called: kept whole, found again, refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groovefield.field import item_names, modelfile
from groovefield.field.decoder import default_model
from groovefield.field.modelfile import ModelFileError
from small_field import beats, header, tensors


def named(count: int = 3) -> modelfile.Tensors:
    """The small field's tensors with names for its three items."""
    material = beats(count)
    tags: list[dict[str, Any]] = [{"file": "Größe/beat.mid", "bar": n, "style": "house"}
                                  for n in range(count - 1)]  # fmt: skip
    names = item_names.of_material(
        material.names, [*tags, {"source": "electronic"}], material.velocity, material.offset
    )
    return tensors() | names.tensors()


def test_names_come_back_and_stay_out_of_projects(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    modelfile.save(path, header(), named())
    found = modelfile.load(path).names
    titles = ["Größe/beat.mid, bar 1", "Größe/beat.mid, bar 2", "beat 2"]
    assert [found.title(i) for i in range(3)] == titles
    assert [found.labelled(i) for i in range(3)] == ["house", "house", "electronic"]
    assert found.by_size == [("house", 2), ("electronic", 1)]
    first = beats(3)
    assert found.keys[1].tobytes() == item_names.key_of(first.velocity[1], first.offset[1])
    assert len({row.tobytes() for row in found.keys}) == 3
    carried = modelfile.parse(modelfile.portable(path))
    assert len(carried.names) == 0
    assert carried.names.title(0) == ""
    modelfile.save(tmp_path / "without.groovefield", header(), tensors())
    assert modelfile.load(tmp_path / "without.groovefield").names.title(1) == ""


def test_names_added_later_leave_what_plays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "my.groovefield"
    modelfile.save(path, header(), tensors())
    before = modelfile.load(path)
    more = {name: tensor for name, tensor in named().items() if name not in tensors()}
    modelfile.add_tensors(path, more)
    after = modelfile.load(path)
    assert after.header == before.header
    assert set(after.tensors) == set(before.tensors) | {"pad.names", "pad.keys"}


def test_unprintable_and_endless_names_are_written_so_that_they_are_read() -> None:
    material = beats(2)
    tags: list[dict[str, Any]] = [{"file": "a\nb" + 500 * "x", "bar": 0}, {"file": "", "bar": 0}]
    made = item_names.of_material(["", ""], tags, material.velocity, material.offset)
    back = item_names.from_tensors(made.tensors(), 2)
    assert back.title(0) == 200 * "x" + ", bar 1"
    assert back.title(1) == "window, bar 1"


def _changed(change: Callable[[dict[str, Any]], object]) -> modelfile.Tensors:
    made = named()
    form = json.loads(made["pad.names"].tobytes())
    change(form)
    made["pad.names"] = np.frombuffer(json.dumps(form).encode(), np.uint8)
    return made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (_changed(lambda f: f["name"].append(0)), "are damaged"),
        (_changed(lambda f: f.update(name=[0, 0, 9])), "are damaged"),
        (_changed(lambda f: f.update(bar=[0, 0, True])), "are damaged"),
        (_changed(lambda f: f.update(names=["a\nb", "c"])), "are damaged"),
        (_changed(lambda f: f.update(labels=["x" * 201, "c"])), "are damaged"),
        (_changed(lambda f: f.pop("label")), "are damaged"),
        (named() | {"pad.names": np.full(9, 255, np.uint8)}, "are damaged"),
        (named() | {"pad.names": np.full(99_999, ord("["), np.uint8)}, "are damaged"),
        (named() | {"pad.keys": np.zeros((2, 8), np.uint8)}, "not one for each item"),
        (named() | {"pad.names": np.zeros(4, np.float16)}, "not one for each item"),
        (named() | {"pad.names": np.zeros(2**22 + 1, np.uint8)}, "take 4194305 bytes"),
    ],
)
def test_names_that_do_not_fit_are_refused_in_a_sentence(
    tmp_path: Path, made: modelfile.Tensors, said: str
) -> None:
    with pytest.raises(ModelFileError, match=f"my.groovefield: the names of its items .*{said}"):
        modelfile.save(tmp_path / "my.groovefield", header(), made)


def test_the_default_model_names_its_items() -> None:
    model = modelfile.load(default_model())
    assert len(model.names) == len(model.items)
    named = {label for label, _ in model.names.by_size}
    assert {"house", "techno", "jazz", "funk"} <= named

"""The figures of a pad, on pads whose figures are known, and on the default one."""

from __future__ import annotations

import numpy as np
import pytest
from development_data import data_root
from groovefield.field import modelfile, pad
from groovefield.field.decoder import default_model, load_decoder


def toy_pad() -> np.ndarray:
    """(4, 4, 2, 8): column x plays the first x steps of lane 0; rows are equal."""
    p = np.zeros((4, 4, 2, 8), np.float32)
    for x in range(4):
        p[:, x, 0, :x] = 0.9
    return p


def test_the_figures_of_a_pad_that_can_be_counted_by_hand() -> None:
    onset = np.zeros((1, 2, 8), bool)
    onset[0, 0, :3] = True
    figures = pad.measure(toy_pad(), onset, np.ones(1, np.float32), 4)
    assert figures.places == 16
    assert figures.playing == 0.25  # only the last column has three hits
    assert figures.distinct == 4
    assert figures.apart == 1
    assert figures.neighbours == 0.5  # one cell along x, none along y
    assert figures.hits == 1.5
    assert figures.hits_ratio == 0.5
    assert figures.lane_ratio[0] == 0.5
    assert np.isnan(figures.lane_ratio[1])
    np.testing.assert_allclose(figures.beat_ratio[:3], [1.5, 1.0, 0.5])
    assert "distinct patterns" in figures.table(("Kick", "Snare"))


def test_weights_decide_what_the_material_is() -> None:
    onset = np.zeros((2, 2, 8), bool)
    onset[0, 0, :2] = True
    onset[1, 0, :6] = True
    light = pad.measure(toy_pad(), onset, np.array([1, 0], np.float32), 4)
    heavy = pad.measure(toy_pad(), onset, np.array([0, 1], np.float32), 4)
    assert light.hits_ratio == 0.75
    assert heavy.hits_ratio == 0.25


def test_greedy_choice_keeps_patterns_that_are_apart() -> None:
    onset = np.zeros((4, 32), bool)
    onset[1, :7] = True  # 7 from the first: too near
    onset[2, :8] = True  # 8 from the first: apart
    onset[3, 8:16] = True  # 8 from the first, 16 from the third
    assert pad.greedy_apart(onset) == 3


def test_average_precision_of_known_rankings() -> None:
    truth = np.array([True, False, True, False])
    assert pad.average_precision(np.array([0.9, 0.1, 0.8, 0.2], np.float32), truth) == 1.0
    worst = pad.average_precision(np.array([0.1, 0.9, 0.2, 0.8], np.float32), truth)
    assert worst == pytest.approx((1 / 3 + 2 / 4) / 2)
    tied = pad.average_precision(np.full(4, 0.5, np.float32), truth)
    assert tied == 0.5  # one threshold: precision is the share of hits


def test_search_finds_the_place_that_plays_a_pattern() -> None:
    p = np.where(toy_pad() > 0, 0.99, 0.01).astype(np.float32)
    onset = np.zeros((2, 2, 8), bool)
    onset[0, 0, :3] = True
    onset[1, 0, :1] = True
    assert (pad.best_places(p.reshape(16, 16), onset.reshape(2, 16)) % 4).tolist() == [3, 1]
    figures = pad.search(p, onset)
    assert figures.average_precision == 1.0
    assert figures.f1 == 1.0


@pytest.fixture(scope="module")
def default_places() -> np.ndarray:
    """(64, 64, lanes, steps) of the default model."""
    return pad.sample(load_decoder(default_model()))


def test_the_default_pad_is_playable_varied_and_smooth(default_places: np.ndarray) -> None:
    middle = default_places[32, 32][None] > 0.5  # in place of material: no figure here is of it
    figures = pad.measure(default_places, middle, np.ones(1, np.float32), 4)
    assert figures.places == 4096
    assert figures.playing >= 0.99
    assert figures.distinct >= 2500
    assert figures.apart >= 400
    assert figures.neighbours <= 8


def test_the_default_pad_is_like_its_material(default_places: np.ndarray) -> None:
    from groovefield.material.dataset import default_material

    material = default_material(data_root())
    decoder = load_decoder(default_model())
    figures = pad.measure(
        default_places, material.onset, material.weight, material.grid.steps_per_beat
    )
    print(figures.table(tuple(lane.name for lane in decoder.lanes)))
    assert figures.worst_ratio() <= 0.25
    sources = [tags["source"] for tags in material.tags]
    shares = pad.shares(default_places, material.onset, material.weight, sources)
    assert 0.4 <= shares["electronic"] + shares["drum machine"] <= 0.6


def test_a_pad_is_shared_by_what_is_found_on_it() -> None:
    p = np.where(toy_pad() > 0, 0.99, 0.01).astype(np.float32)
    onset = np.zeros((3, 2, 8), bool)
    onset[1, 0, :2] = True
    onset[2, 0, :3] = True
    shares = pad.shares(p, onset, np.ones(3, np.float32), ["a", "b", "b"])
    # Columns 0 and 1 are nearest to silence (column 1 by half), 2 and 3 to the others.
    assert shares["a"] + shares["b"] == pytest.approx(1)
    assert 0.25 < shares["a"] < 0.5
    swapped = pad.shares(p, onset, np.ones(3, np.float32), ["b", "a", "a"])
    assert swapped["b"] == pytest.approx(shares["a"])


def test_the_default_model_records_its_own_figures(default_places: np.ndarray) -> None:
    recorded = modelfile.load(default_model()).header.training["figures"]["pad"]
    on = default_places > 0.5
    assert recorded["hits"] == pytest.approx(on.sum((2, 3)).mean(), abs=0.01)
    assert recorded["neighbours"] == pytest.approx(pad.neighbour_cells(on), abs=0.01)

"""Facts of the real data, read through the loaders: the reading is wrong if one moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from development_data import data_root
from groovefield.lanes import LANE_INDEX
from groovefield.material import gmd
from groovefield.material.dataset import Material, default_material, fold_to_nine, load_gmd
from groovefield.material.drum_machine import load_on_grid, read_measures
from groovefield.material.drum_maps import ROLAND_TD11
from groovefield.material.midi_files import MaterialError, read_midi
from groovefield.pattern import Grid

KICK, SNARE = LANE_INDEX["kick"], LANE_INDEX["snare"]
RIDE, CRASH, CLAP, RIM = (LANE_INDEX[lane] for lane in ("ride", "crash", "clap", "rim"))


@pytest.fixture(scope="module")
def train() -> Material:
    return load_gmd(data_root() / "gmd", "train")


@pytest.fixture(scope="module")
def default() -> Material:
    return default_material(data_root())


def test_the_table_of_the_groove_dataset() -> None:
    rows = gmd.read_info(data_root() / "gmd")
    assert len(rows) == 969
    assert sum(row.beat for row in rows) == 374
    assert len(gmd.select(rows, "validation", beat=True)) == 43
    assert len(gmd.select(rows, "train", beat=True)) == 331
    with pytest.raises(MaterialError, match="There is no split 'all'"):
        gmd.select(rows, "all", beat=True)


def test_every_note_of_the_groove_dataset_has_a_lane() -> None:
    folder = data_root() / "gmd"
    numbers = ROLAND_TD11.lane_numbers()
    lanes = np.zeros(11, dtype=int)
    pedal = 0
    for row in gmd.read_info(folder):
        drums = read_midi(folder / row.file)
        assert drums.ticks_per_beat == 480
        assert drums.tempos[0][1] == pytest.approx(row.bpm, abs=0.01)
        assert (numbers[drums.note] >= 0).all()
        lanes += np.bincount(numbers[drums.note], minlength=11)
        pedal += int((drums.note == 44).sum())
    assert lanes.sum() == 376_325
    assert lanes[CLAP] == 0
    assert (lanes[RIDE] + lanes[CRASH]) / lanes.sum() == pytest.approx(0.13, abs=0.005)
    assert pedal / lanes.sum() == pytest.approx(0.12, abs=0.005)


def test_windows_of_the_train_split(train: Material) -> None:
    assert len(train) == 14_856
    assert train.onset.shape == (14_856, 11, 32)
    assert train.velocity.dtype == train.offset.dtype == np.float32
    assert {tags["split"] for tags in train.tags} == {"train"}
    assert train.report.unmapped.total() == 0
    # People play these: a quarter of the hits is over a quarter of a sixteenth off the grid.
    offsets = train.offset[train.onset]
    assert (np.abs(offsets) > 0.5).mean() == pytest.approx(0.25, abs=0.02)
    assert offsets.min() >= -1 and offsets.max() < 1
    assert train.report.doubled / train.report.notes == pytest.approx(0.066, abs=0.005)
    assert train.onset[:, KICK, 0].mean() > 0.7


def test_train_and_validation_share_no_file(train: Material) -> None:
    validation = load_gmd(data_root() / "gmd", "validation")
    assert len(validation) == 1_786
    files = {tags["file"] for tags in validation.tags}
    assert len(files) == 40 and files.isdisjoint(tags["file"] for tags in train.tags)


def test_refused_files_say_why(train: Material) -> None:
    reasons = [file.reason for file in train.report.refused]
    assert len(reasons) == 29
    assert sum("is in 3/4, which does not fill the grid" in reason for reason in reasons) == 4
    assert all(reason.endswith(".") for reason in reasons)
    waltzes = load_gmd(data_root() / "gmd", "train", Grid(4, 6))
    assert {tags["file"].split("_")[-1] for tags in waltzes.tags} == {"3-4.mid"}


def test_fills_are_kept_as_bars() -> None:
    fills, refused = gmd.load_fills(data_root() / "gmd")
    assert len(fills.hits) > 500 and refused == []
    assert all(hits.grid == Grid(4, 4) and hits.onset.sum() > 1 for hits in fills.hits)
    toms = [hits.onset[4:7].any() for hits in fills.hits]
    assert np.mean(toms) > 0.3


def test_nine_lanes_hold_the_cymbals(train: Material) -> None:
    nine = fold_to_nine(train)
    assert nine.onset.shape[1] == 9
    np.testing.assert_array_equal(nine.onset[:, RIM], train.onset[:, RIM] | train.onset[:, RIDE])
    np.testing.assert_array_equal(nine.onset[:, CLAP], train.onset[:, CRASH])
    np.testing.assert_array_equal(
        nine.velocity[:, RIM], np.maximum(train.velocity[:, RIM], train.velocity[:, RIDE])
    )


def test_drum_machine_measures() -> None:
    folder = data_root() / "drum_machine_patterns"
    hits, left_out = load_on_grid(folder, Grid(4, 8))
    assert (len(hits), left_out) == (173, 27)
    triplets, others = load_on_grid(folder, Grid(3, 8))
    assert (len(triplets), others) == (27, 173)
    assert all(h.onset.sum() > 0 and not h.offset.any() for h in hits + triplets)
    levels = np.unique(np.concatenate([h.velocity.ravel() for h in hits]))
    assert levels == pytest.approx([0.0, 0.8, 1.0])


def test_a_measure_is_the_table_that_is_printed() -> None:
    first = load_on_grid(data_root() / "drum_machine_patterns", Grid(4, 8))[0][0]
    assert first.name == "Rock 1, measure a" and first.bpm == 125.5
    assert list(np.flatnonzero(first.onset[KICK])) == [0, 6, 8, 16, 22, 24]
    assert list(np.flatnonzero(first.onset[SNARE])) == [4, 12, 20, 28]
    assert (first.velocity[SNARE, [4, 12]] == 1.0).all()  # AC in their column
    assert first.velocity[KICK, 0] == pytest.approx(0.8)


def test_a_break_is_played_after_its_measure() -> None:
    hits, _ = load_on_grid(data_root() / "drum_machine_patterns", Grid(4, 8))
    measure, break_ = hits[0], hits[2]
    assert break_.tags["kind"] == "break"
    np.testing.assert_array_equal(break_.velocity[:, :16], measure.velocity[:, :16])
    assert break_.onset[LANE_INDEX["high_tom"], 16:].sum() == 5


def test_a_damaged_table_names_its_line(tmp_path: Path) -> None:
    table = "### Funk 1\n\n|Drum|01|02|\n|----|--|--|\n|BD  | X|  |\n|ZZ  | X|  |\n"
    (tmp_path / "patterns.md").write_text(table)
    with pytest.raises(MaterialError, match="line 6: 'ZZ' is no drum of the machine"):
        read_measures(tmp_path)


def test_half_of_the_default_pad_is_machines(default: Material) -> None:
    assert default.weight.mean() == pytest.approx(1.0, abs=1e-4)
    share = {
        source: default.weight[[tags["source"] == source for tags in default.tags]].sum()
        / default.weight.sum()
        for source in ("gmd", "drum machine", "electronic")
    }
    assert share["gmd"] == pytest.approx(0.5, abs=1e-3)
    assert share["electronic"] > 0.3
    assert not any(tags["split"] == "validation" for tags in default.tags)


def test_the_default_material_has_claps_and_a_kick_on_one(default: Material) -> None:
    weight = default.weight / default.weight.sum()
    assert (default.onset[:, KICK, 0] * weight).sum() > 0.8
    assert (default.onset[:, CLAP].any(axis=1) * weight).sum() > 0.15
    assert len(set(default.names)) > 0.9 * len(default)


def test_parts_of_a_material_keep_their_order_and_mean_weight(default: Material) -> None:
    house = default.tagged("style", "house")
    assert len(house) == 48
    assert house.weight.mean() == pytest.approx(1.0)
    hits = house.hits(3)
    np.testing.assert_array_equal(hits.onset, house.onset[3])
    assert hits.name == "house 4"

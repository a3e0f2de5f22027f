"""The comparison: what is asked, the rivals, the scores, and a training that is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.bench.table import Matrix, Row, Table
from groovefield.material.dataset import Material, fold_to_nine, join
from groovefield.quality import protocol, rivals
from groovefield.quality.protocol import Sets
from groovefield.quality.scores import Bank, pad_scores, score, search
from small_field import beats


def windows(count: int, seed: int = 0) -> Material:
    """Beats with the tags that the data set has: six windows a file, two files a session."""
    material = beats(count, seed=seed)
    tags = [
        {"file": f"f{i // 6}", "bar": i % 6, "session": f"s{i // 12}", "source": "gmd"}
        for i in range(count)
    ]
    return replace(material, tags=tags)


def test_windows_asked_for_do_not_overlap() -> None:
    kept = protocol.without_overlap(windows(24))
    assert [(t["file"], t["bar"]) for t in kept.tags] == [
        (f"f{f}", bar) for f in range(4) for bar in (0, 2, 4)
    ]


def test_either_of_two_lanes_strikes_when_they_are_folded() -> None:
    probability = np.zeros((1, 11, 32), np.float32)
    probability[0, 8, 3], probability[0, 9, 3] = 0.5, 0.6  # rim, ride
    probability[0, 7, 5], probability[0, 10, 5] = 0.25, 0.5  # clap, crash
    folded = protocol.fold_probability(probability)
    assert folded.shape == (1, 9, 32)
    assert folded[0, 8, 3] == pytest.approx(0.8)
    assert folded[0, 7, 5] == pytest.approx(0.625)
    value = np.zeros((1, 11, 32), np.float32)
    value[0, 8, 3], value[0, 9, 3] = 0.1, 0.9
    assert protocol.fold_groove(value, probability)[0, 8, 3] == pytest.approx(0.9)


def test_a_look_up_plays_what_it_was_trained_on_and_chance_does_not() -> None:
    train = fold_to_nine(windows(48))
    known = score(search(rivals.look_up(train), train), train)
    assert known.f1 == known.f1_files == 1.0
    assert known.velocity == pytest.approx(0, abs=1e-4)
    assert known.offset == pytest.approx(0, abs=1e-4)
    chance = score(search(rivals.drawn_cells(train, 0), train), train)
    perturbed = score(search(rivals.perturbed(train, 0), train), train)
    assert chance.f1 < perturbed.f1 < 1.0


def test_means_of_clusters_find_what_they_are_the_means_of() -> None:
    train = fold_to_nine(windows(48))
    assert score(search(rivals.k_means(train, 0), train), train).f1 > 0.98


def test_a_wider_neighbourhood_makes_a_smoother_map_that_finds_less() -> None:
    train = fold_to_nine(windows(96))
    fine, smooth = (rivals.self_organising_map(train, sigma, 0) for sigma in (1.0, 6.0))
    assert pad_scores(smooth, 4).neighbours < pad_scores(fine, 4).neighbours
    assert score(search(smooth, train), train).f1 < score(search(fine, train), train).f1


def test_an_offset_error_is_in_milliseconds_of_the_windows_own_tempo() -> None:
    asked = fold_to_nine(windows(6))
    late = Bank(asked.onset.astype(np.float32), asked.velocity, asked.offset + np.float32(0.5))
    # Half of half a sixteenth at the material's tempo.
    expected = float((0.5 * 30_000 / (asked.bpm * 4)).mean())
    assert score(late, asked).offset == pytest.approx(expected, rel=0.05)


def test_axes_are_correlated_with_what_they_mean() -> None:
    probability = np.zeros((64, 64, 9, 32), np.float32)
    for x in range(64):
        probability[:, x, 2, : x // 2] = 1  # more hits to the right
    bank = Bank(probability.reshape(4096, 9, 32), *np.zeros((2, 4096, 9, 32), np.float32), 64)
    scores = pad_scores(bank, 4)
    assert scores.density[0] > 0.99
    assert abs(scores.density[1]) < 0.01
    assert scores.distinct == 32


def test_a_matrix_is_printed_with_what_is_missing() -> None:
    matrix = Matrix("Both", ("a", "b"), (("one", (0.5, float("nan"))), ("two", (2.0, 3.0))))
    table = Table("t", "T", (), (Row("r", 1.0, ""),), matrices=(matrix,))
    assert "one  0.5  -" in table.as_text()
    assert "| one | 0.5 | - |" in table.as_markdown()
    assert table.as_json()["matrices"][0]["rows"][0] == ["one", [0.5, None]]


@pytest.mark.parametrize("architecture", ["groovefield", "tokui-literal", "tokui-repaired"])
def test_a_training_is_kept_and_found_again(
    architecture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from groovefield.quality import fields

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sets = Sets("beats", windows(36), windows(12, seed=0))
    trial = fields.Trial(architecture, epochs=60)
    ((_, first),) = fields.answers([trial], sets)
    assert score(search(first.pad, sets.truth), sets.truth).f1 > 0.5
    assert first.encoded.probability.shape == (12, 9, 32)
    monkeypatch.setattr(fields, "_train_into", None)  # there is nothing left to train
    ((_, again),) = fields.answers([trial], sets)
    assert np.array_equal(first.pad.probability, again.pad.probability)
    other = replace(sets, train=join([(windows(36), 1.0), (windows(6, seed=5), 1.0)]))
    with pytest.raises((AttributeError, TypeError)):  # other material is another training
        list(fields.answers([trial], other))


def test_accents_and_timing_choose_among_the_same_hits() -> None:
    asked = fold_to_nine(windows(6))
    right = rivals.look_up(asked)
    plain = Bank(right.probability, np.full_like(right.velocity, 0.5), np.zeros_like(right.offset))
    for first, second in ((plain, right), (right, plain)):
        both = Bank(*(
            np.concatenate((getattr(first, name), getattr(second, name)))
            for name in ("probability", "velocity", "offset")
        ))  # fmt: skip
        assert score(search(both, asked), asked).velocity == pytest.approx(0, abs=1e-4)

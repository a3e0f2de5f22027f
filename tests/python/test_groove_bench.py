"""What the benches of groove and training count, on cases known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groovefield.bench import command, groove, train
from groovefield.material.dataset import from_hits, load_folder
from small_field import beats


def test_a_spread_that_fits_is_likelier_than_one_that_does_not() -> None:
    error = np.random.default_rng(0).normal(0, 0.2, 20_000).astype(np.float32)
    fits = groove.log_likelihood(error, np.full_like(error, 0.2))
    # The entropy of a normal distribution: log(s sqrt(2 pi e)).
    assert fits == pytest.approx(-np.log(0.2 * np.sqrt(2 * np.pi * np.e)), abs=0.02)
    for wrong in (0.1, 0.4):
        assert groove.log_likelihood(error, np.full_like(error, wrong)) < fits - 0.1


def test_a_clip_that_was_written_is_read_back_the_same(tmp_path: Path) -> None:
    material = beats(4)
    for n in range(4):
        train.write_clip(tmp_path / f"{n}.mid", material.hits(n))
    read = load_folder(tmp_path)
    assert len(read) == 4
    np.testing.assert_array_equal(read.onset, material.onset)
    np.testing.assert_allclose(read.velocity, material.velocity, atol=0.5 / 127 + 1e-6)
    np.testing.assert_allclose(read.offset, material.offset, atol=0.005)


def test_clips_are_of_different_takes_while_there_are_any() -> None:
    hits = [beats(12).hits(i) for i in range(12)]
    for i, h in enumerate(hits):
        h.tags.update(file=f"{i // 3}", bar=i % 3)
    chosen = train.spread_out(from_hits(hits), 4)
    assert {h.tags["file"] for h in chosen} == {"0", "1", "2", "3"}


def test_long_topics_are_measured_only_when_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[str] = []

    def measure(topics: tuple[str, ...], pages: dict[str, Path]) -> tuple[list[object], bool]:
        measured.extend(topics)
        return [], False

    monkeypatch.setattr(command, "_measure", measure)
    from groovefield.cli import main

    assert main(["bench"]) == 0
    assert "train" not in measured
    assert "groove" in measured
    assert main(["bench", "train"]) == 0
    assert measured[-1] == "train"

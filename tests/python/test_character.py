"""Axes that mean something, further latents, the Gaussian density, earlier networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groovefield.cli import main
from groovefield.trainer import job
from small_field import beats

torch = pytest.importorskip("torch")

from groovefield.field import finishing, tokui, training, windows  # noqa: E402
from groovefield.field.character import by_character, off_beat  # noqa: E402
from groovefield.field.network import DecoderConfig  # noqa: E402
from groovefield.field.windows import TrainingConfig, Windows, log_likelihood  # noqa: E402

SMALL = DecoderConfig(frequencies=32, width=64, blocks=1, groove=16)


def test_dense_windows_wish_to_live_on_the_right_and_those_off_the_beat_above() -> None:
    material = beats(40)
    wishes = by_character(material, 3)
    hits, off = material.onset.sum((1, 2)), off_beat(material.onset, 4)
    assert np.corrcoef(wishes.home[:, 0], hits)[0, 1] > 0.95
    left = off - np.polyval(np.polyfit(hits, off, 1), hits)
    assert np.corrcoef(wishes.home[:, 1], left)[0, 1] > 0.8
    assert (wishes.home[:, 2] == 0.5).all()
    assert (wishes.pull[:, 2] == 0).all()


def test_a_field_that_was_laid_out_is_denser_on_the_right() -> None:
    material = beats(120)
    config = TrainingConfig(steps=300, side=16, batch=60)
    fit = training.fit(material, None, config, SMALL, by_character(material, 2))
    on = finishing.probabilities(fit.decoder) > 0.5
    x = np.tile(np.arange(64), 64)
    assert np.corrcoef(on.sum((2, 3)).ravel(), x)[0, 1] > 0.5


def test_with_more_latents_the_encoder_finds_each_window() -> None:
    material = beats(12)
    network = DecoderConfig(frequencies=32, width=64, blocks=1, groove=16, latents=4)
    fit = training.fit(material, None, TrainingConfig(steps=600, batch=12), network)
    done = finishing.finish(fit, material, None, TrainingConfig())
    onset = Windows(material).onset
    with torch.no_grad():
        place = done.encoder(onset)
        played = done.decoder.logits(done.decoder.trunk(place)) > 0
    assert place.shape == (12, 4)
    assert float((played != (onset > 0)).sum(1).float().mean()) < 4


def test_under_the_gaussian_density_the_nearest_place_is_the_likeliest() -> None:
    onset = torch.tensor([[1.0, 0.0, 1.0]])
    logits = torch.tensor([[3.0, -3.0, 3.0], [3.0, 3.0, -3.0], [0.0, 0.0, 0.0]])
    likely = log_likelihood(onset, logits, windows.GAUSSIAN)[0]
    apart = ((onset - logits.sigmoid()) ** 2).sum(1) / (2 * windows.ONSET_ERROR**2)
    assert torch.allclose(likely, -apart, atol=1e-5)
    assert likely.argmax() == 0


def test_the_job_and_the_training_know_the_same_words() -> None:
    assert job.DENSITIES == windows.DENSITIES
    assert job.ARCHITECTURES == tokui.ARCHITECTURES


@pytest.mark.parametrize("architecture", tokui.ARCHITECTURES)
def test_an_earlier_network_learns_and_a_decoder_plays_it(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokui, "_COPY_STEPS", 150)
    material = beats(24)
    model = tokui.fit(material, architecture, epochs=600)
    decoder = tokui.as_decoder(model, DecoderConfig(), 0)
    assert tokui.cells_apart(model, decoder) < 6  # it copies ten times as long outside tests
    onset, velocity, offset = (
        getattr(Windows(material), x) for x in ("onset", "velocity", "offset")
    )
    with torch.no_grad():
        played = model.decode(model.encode(onset, velocity, offset)[0])[0] > 0
    chance = (onset.mean(0) > 0.5).expand_as(onset)
    assert (played != (onset > 0)).sum() < (chance != (onset > 0)).sum()


def test_numbers_out_of_range_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "x.groovefield")
    for words in (("--beta", "4.5"), ("--beta", "-1"), ("--beta", "nan")):
        assert main(["train", "--data", str(tmp_path), "--out", out, *words]) == 1
        assert "Beta is a number from 0 to 4" in capsys.readouterr().err
    assert not Path(out).exists()

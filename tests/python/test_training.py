"""Training: it learns, repeats itself, honours validation, and can be stopped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_field import beats

torch = pytest.importorskip("torch")

from groovefield.field import finishing, pad, training  # noqa: E402
from groovefield.field.network import DecoderConfig  # noqa: E402
from groovefield.field.training import Progress, TrainingError  # noqa: E402
from groovefield.field.windows import (  # noqa: E402
    Arrangement,
    TrainingConfig,
    Windows,
    lattice,
    pad_grid,
)

SMALL = DecoderConfig(frequencies=32, width=64, blocks=1, groove=16)
QUICK = TrainingConfig(steps=400, side=16, batch=16)


@pytest.fixture(scope="module")
def twelve() -> finishing.Finished:
    """A field of twelve beats, finished."""
    fit = training.fit(beats(12), config=QUICK, network=SMALL)
    return finishing.finish(fit, beats(12), None, QUICK)


def test_a_pad_of_twelve_beats_plays_all_twelve(twelve: finishing.Finished) -> None:
    found = pad.search(finishing.probabilities(twelve.decoder), beats(12).onset)
    assert found.f1 > 0.95
    assert twelve.pad.playing == 1.0


def test_accents_and_timing_are_learned(twelve: finishing.Finished) -> None:
    """Hats have one velocity a beat and offsets one value: both are found where it lives."""
    material = beats(12)
    with torch.no_grad():
        _, velocity, offset = twelve.decoder(twelve.items)
    on = material.onset
    assert np.abs(velocity.numpy() - material.velocity)[on].mean() < 0.1
    assert np.abs(offset.numpy() - material.offset)[on].mean() < 0.15


def test_mean_hits_of_each_lane_are_the_materials(twelve: finishing.Finished) -> None:
    ratio = np.array(twelve.pad.lane_ratio)
    np.testing.assert_allclose(ratio[:3], 1, atol=0.05)
    silent = finishing.probabilities(twelve.decoder)[:, :, 3:]
    assert not (silent > 0.5).any()


def test_one_spread_a_lane_is_what_the_means_leave_over(twelve: finishing.Finished) -> None:
    material = beats(12)
    decoder = finishing.Decoder(replace(SMALL, spread=0))
    decoder.load_state_dict(twelve.decoder.state_dict(), strict=False)
    finishing.measure_spreads(decoder, Windows(material), twelve.items)
    with torch.no_grad():
        _, velocity, _ = decoder(twelve.items)
    error = (velocity.numpy() - material.velocity)[:, 2][material.onset[:, 2]]
    spread = float(decoder.velocity_spread[2])
    assert spread == pytest.approx(float(np.sqrt((error**2).mean())), abs=1e-3)


def test_the_weights_are_fp16_already(twelve: finishing.Finished) -> None:
    for module in (twelve.decoder, twelve.encoder):
        for tensor in module.state_dict().values():
            assert torch.equal(tensor, tensor.half().float())


def test_the_same_seed_gives_the_same_field_and_another_another() -> None:
    config = replace(QUICK, steps=20)
    fields = [
        training.fit(beats(12), config=replace(config, seed=s), network=SMALL).decoder.state_dict()
        for s in (3, 3, 4)
    ]
    assert all(torch.equal(fields[0][k], fields[1][k]) for k in fields[0])
    assert not torch.equal(fields[0]["onset.weight"], fields[2]["onset.weight"])


def test_velocity_counts_only_where_there_is_a_hit() -> None:
    material = beats(4)
    windows = Windows(material)
    guess = torch.full((4, 352), 0.5)
    share, index = torch.eye(4), torch.arange(4)
    error, _ = training.groove_errors(share, windows, index, (guess, guess))
    hits = material.velocity[material.onset]
    assert error.item() == pytest.approx(float(((hits - 0.5) ** 2).mean()), rel=1e-4)
    silent = torch.where(windows.onset > 0, guess, torch.tensor(0.9))
    again, _ = training.groove_errors(share, windows, index, (silent, silent))
    assert again.item() == pytest.approx(error.item(), rel=1e-5)


def test_the_decoder_kept_is_the_one_that_does_best_on_what_was_held_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    curve = [9.0, 5.0, 3.0, 4.0, 6.0]
    weights = []

    def evaluate(decoder: torch.nn.Module, windows: Windows, encoder: None) -> training.Losses:
        weights.append(decoder.state_dict()["onset.weight"].clone())
        return training.Losses(curve[len(weights) - 1], 0.0, 0.0)

    monkeypatch.setattr(training, "evaluate", evaluate)
    fit = training.fit(beats(12), beats(3, seed=9), replace(QUICK, epochs=5), SMALL)
    assert fit.epoch == 3
    assert fit.validation == training.Losses(3.0, 0.0, 0.0)
    assert torch.equal(fit.decoder.state_dict()["onset.weight"], weights[2])


def test_losses_on_held_back_windows_fall_while_it_learns() -> None:
    seen: list[Progress] = []
    training.fit(beats(12), beats(12, seed=9), QUICK, SMALL, progress=seen.append)
    first, last = seen[0].validation, seen[-1].validation
    assert first and last
    assert last.onset < 0.7 * first.onset
    assert seen[-1].seconds_left == 0


def test_an_anchored_window_is_played_where_it_was_anchored() -> None:
    material = beats(12)
    home = np.full((12, 2), 0.5, np.float32)
    pull = np.zeros((12, 2), np.float32)
    home[5], pull[5] = (1.0, 0.0), 4000
    wish = Arrangement(home, pull, np.array([5]), 1.0)
    fit = training.fit(material, config=QUICK, network=SMALL, arrangement=wish)
    with torch.no_grad():
        logits, _, _ = fit.decoder(torch.tensor([[1.0, 0.0]]))
    assert int(((logits[0] > 0).numpy() != material.onset[5]).sum()) <= 2


def test_each_window_is_drawn_as_often_as_its_weight_says() -> None:
    material = replace(beats(4), weight=np.array([2, 1, 0.5, 0.5], np.float32))
    windows = Windows(material)
    torch.manual_seed(0)
    counts = torch.zeros(4)
    for _ in range(100):
        for index, _ in windows.batches(3):
            counts += torch.bincount(index, minlength=4)
    np.testing.assert_allclose(counts / 100, material.weight, atol=0.15)


def test_ctrl_c_after_an_epoch_keeps_the_best_field_so_far() -> None:
    def stop(progress: Progress) -> None:
        if progress.epoch == 3:
            raise KeyboardInterrupt

    fit = training.fit(beats(12), config=QUICK, network=SMALL, progress=stop)
    assert fit.stopped
    assert fit.epoch == 3
    assert torch.isfinite(fit.decoder.onset.weight).all()


def test_ctrl_c_before_an_epoch_is_over_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training._Trainer, "batch", stop)
    with pytest.raises(KeyboardInterrupt):
        training.fit(beats(12), config=QUICK, network=SMALL)


def test_nothing_to_train_on_is_a_sentence() -> None:
    with pytest.raises(TrainingError, match="no patterns"):
        training.fit(beats(0), config=QUICK, network=SMALL)


@pytest.mark.parametrize("latents", [3, 8])
def test_more_latents_train_and_finish(latents: int) -> None:
    network = replace(SMALL, latents=latents)
    config = replace(QUICK, steps=10)
    fit = training.fit(beats(12), config=config, network=network)
    done = finishing.finish(fit, beats(12), None, config)
    assert done.items.shape == (12, latents)


def test_x_and_y_are_the_latents_that_change_most() -> None:
    torch.manual_seed(0)
    decoder = finishing.Decoder(replace(SMALL, latents=4))
    with torch.no_grad():
        decoder.frequencies *= torch.tensor([0.1, 1.0, 0.3, 3.0])
        decoder.embed.weight[:, 2 * 32 :] = torch.tensor([0.1, 0.2, 0.3, 0.4])
        place = torch.rand(5, 4)
        before = decoder.logits(decoder.trunk(place))
        finishing.order_latents(decoder)
        after = decoder.logits(decoder.trunk(place[:, [3, 1, 2, 0]]))
    torch.testing.assert_close(before, after)


def test_places_of_a_lattice_cover_the_pad_once_each() -> None:
    place = lattice(8, 2)
    cell = (place * 8).long()
    assert len({tuple(c.tolist()) for c in cell}) == 64
    grid = pad_grid(3)
    assert grid[0].tolist() == [0, 0, 0.5]
    assert grid[63].tolist() == [1, 0, 0.5]
    np.testing.assert_allclose(grid.numpy(), pad.places(64, 3), atol=1e-6)

"""The network: its sizes, and that grooves read the field without bending it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from groovefield.field.modelfile import Header, decoder_shapes  # noqa: E402
from groovefield.field.network import Decoder, DecoderConfig, LatentEncoder, PlaceEncoder  # noqa: E402
from groovefield.lanes import LANES  # noqa: E402
from groovefield.pattern import Grid  # noqa: E402


@pytest.mark.parametrize("latents", range(2, 9))
def test_the_default_decoder_is_small_and_takes_any_number_of_latents(latents: int) -> None:
    decoder = Decoder(DecoderConfig(latents=latents))
    assert decoder.parameter_count() <= 800_000
    logits, velocity, offset = decoder(torch.rand(5, latents))
    assert logits.shape == velocity.shape == offset.shape == (5, 11, 32)
    assert 0 <= velocity.min() <= velocity.max() <= 1
    assert -1 <= offset.min() <= offset.max() <= 1


def test_its_tensors_are_those_of_the_model_file() -> None:
    config = DecoderConfig(latents=3)
    header = Header("x", LANES, Grid(), 3, config.sizes())
    mine = {
        f"decoder.{n}": tuple(t.shape) for n, t in Decoder(config).state_dict().items() if t.numel()
    }  # no styles yet
    assert mine == decoder_shapes(header)


def test_accents_and_timing_do_not_reach_the_trunk() -> None:
    decoder = Decoder(DecoderConfig())
    trunk = decoder.trunk(torch.rand(4, 2))
    velocity, offset = decoder.groove(trunk)
    (velocity.sum() + offset.sum()).backward()
    assert decoder.embed.weight.grad is None
    assert decoder.velocity.weight.grad is not None


def test_encoders_answer_within_the_field() -> None:
    onset = (torch.rand(20, 352) < 0.2).float()
    for encoder, latents in ((PlaceEncoder(352), 2), (LatentEncoder(352, 3), 3)):
        place = encoder(onset)
        assert place.shape == (20, latents)
        assert 0 <= place.min() <= place.max() <= 1

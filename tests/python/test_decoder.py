"""The numpy decoder plays what torch computes, and the default model is something to play."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from groovefield.field import modelfile
from groovefield.field.decoder import Decoder, default_model, load_decoder
from small_field import header, tensors

BACKBEAT = [4, 12, 20, 28]


@pytest.fixture(scope="module")
def default() -> Decoder:
    return load_decoder(default_model())


STYLES = ("dub", "house", "trap")


@pytest.mark.parametrize("style", [0.0, 1 / 3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("spread", [0, 4])
def test_styles_are_torchs_and_mix_between_their_names(
    tmp_path: Path, spread: int, style: float
) -> None:
    torch = pytest.importorskip("torch")
    from groovefield.field.network import decoder_of

    path = tmp_path / "styles.groovefield"
    styled = tensors(spread=spread, styles=STYLES)
    modelfile.save(path, header(spread=spread, styles=STYLES), styled)
    network, decoder = decoder_of(modelfile.load(path)), load_decoder(path)
    place = np.random.default_rng(1).random((200, 2), np.float32)
    with torch.no_grad():
        logits, velocity, offset = network(torch.from_numpy(place), style)
    played = decoder.decode_many(place, style)
    theirs = (logits.sigmoid(), velocity, offset)
    for mine, torchs in zip(played.swapaxes(0, 1), theirs, strict=False):
        np.testing.assert_allclose(mine, torchs.numpy(), atol=1e-4, rtol=0)
    plain = tmp_path / "plain.groovefield"
    modelfile.save(
        plain, header(spread=spread), {n: t for n, t in styled.items() if "style" not in n}
    )
    without = load_decoder(plain).decode_many(place, style)
    assert (np.array_equal(played, without)) == (style == 0)


def test_half_way_between_two_styles_lies_between_them(tmp_path: Path) -> None:
    path = tmp_path / "styles.groovefield"
    styled = tensors(spread=4, styles=STYLES)
    for name in ("decoder.style_trunk",):  # what enters the trunk does not come out in a line
        styled[name] = np.zeros_like(styled[name])
    modelfile.save(path, header(spread=4, styles=STYLES), styled)
    decoder = load_decoder(path)
    place = np.random.default_rng(1).random((50, 2), np.float32)

    def logits(style: float) -> np.ndarray:
        p = decoder.decode_many(place, style)[:, 0].astype(np.float64)
        return np.log(p / (1 - p))

    np.testing.assert_allclose(logits(0.5), (logits(1 / 3) + logits(2 / 3)) / 2, atol=1e-3)
    np.testing.assert_allclose(logits(0.25), (logits(0) + 3 * logits(1 / 3)) / 4, atol=1e-3)
    for bad in (float("nan"), -1.0):
        assert np.array_equal(decoder.decode_many(place, bad), decoder.decode_many(place, 0))
    assert np.array_equal(decoder.decode_many(place, 9.0), decoder.decode_many(place, 1.0))


@pytest.mark.parametrize("spread", [0, 4])
@pytest.mark.parametrize("latents", [2, 3, 8])
def test_a_thousand_patterns_are_torchs_to_a_ten_thousandth(
    tmp_path: Path, latents: int, spread: int
) -> None:
    torch = pytest.importorskip("torch")
    from groovefield.field.network import decoder_of

    path = tmp_path / "my.groovefield"
    modelfile.save(path, header(latents, spread=spread), tensors(latents, spread=spread))
    if latents == 2 and spread == 0:
        path = default_model()
    network = decoder_of(modelfile.load(path))
    place = np.random.default_rng(1).random((1000, latents), np.float32)
    with torch.no_grad():
        logits, velocity, offset = network(torch.from_numpy(place))
        spreads = network.spreads(network.trunk(torch.from_numpy(place)))
    played = load_decoder(path).decode_many(place).reshape(1000, 5, -1)
    theirs = (logits.sigmoid(), velocity, offset, *spreads)
    for mine, torchs in zip(played.swapaxes(0, 1), theirs, strict=True):
        np.testing.assert_allclose(mine, torchs.reshape(1000, -1).numpy(), atol=1e-4, rtol=0)


def test_playing_does_not_import_torch() -> None:
    code = (
        "import sys; from groovefield.field.decoder import *; load_decoder(default_model());"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_values_are_within_their_ranges(default: Decoder) -> None:
    places = np.random.default_rng(2).random((500, 2), np.float32)
    probability, velocity, offset, spread, offset_spread = default.decode_many(places).swapaxes(
        0, 1
    )
    for array in (probability, velocity, spread, offset_spread):
        assert array.min() >= 0
        assert array.max() <= 1
    assert offset.min() >= -1
    assert offset.max() < 1


def test_decode_into_writes_the_pattern_and_nothing_beyond_it(default: Decoder) -> None:
    out = np.full(5 * 11 * 32 + 100, 7, np.float32)
    latent = np.array([0.3, 0.6, 0, 0, 0, 0, 0, 0], np.float32)
    default.decode_into(latent, out)
    pattern = default.decode(latent)
    np.testing.assert_array_equal(out[:352].reshape(11, 32), pattern.probability)
    np.testing.assert_array_equal(out[4 * 352 : 5 * 352].reshape(11, 32), pattern.offset_spread)
    assert (out[5 * 352 :] == 7).all()


def test_a_position_outside_the_pad_is_moved_inside(default: Decoder) -> None:
    def probability(x: float, y: float) -> np.ndarray:
        return default.decode(np.array([x, y], np.float32)).probability

    np.testing.assert_array_equal(probability(-3, 0.2), probability(0, 0.2))
    np.testing.assert_array_equal(probability(0.2, np.inf), probability(0.2, 1))
    np.testing.assert_array_equal(probability(np.nan, 0.2), probability(0.5, 0.2))


def hits(decoder: Decoder, x: float, y: float) -> np.ndarray:
    return decoder.decode(np.array([x, y], np.float32)).probability > 0.5


def test_the_middle_of_the_default_pad_is_something_to_dance_to(default: Decoder) -> None:
    on = hits(default, 0.5, 0.5)
    ids = [lane.id for lane in default.lanes]
    assert on[ids.index("kick"), [0, 16]].all()
    assert (on[ids.index("snare")] | on[ids.index("clap")])[BACKBEAT].all()
    hats = on[ids.index("closed_hat")] | on[ids.index("open_hat")]
    assert hats.sum() >= 8


def test_the_corners_of_the_default_pad_are_four_different_styles(default: Decoder) -> None:
    techno, rock, trap, jazz = (hits(default, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)))
    kick, snare, closed_hat, clap, ride = 0, 1, 2, 7, 9
    assert techno[kick, ::4].all()  # four on the floor
    assert rock[snare, BACKBEAT].all()
    assert not rock[kick, ::4].all()
    assert (trap[snare] | trap[clap])[[8, 24]].all()  # half time
    assert not (trap[snare] | trap[clap])[BACKBEAT].any()
    assert trap[closed_hat].sum() >= 14
    assert jazz[ride, ::4].all()
    assert not jazz[snare, BACKBEAT].all()
    corners = [techno, rock, trap, jazz]
    for i, a in enumerate(corners):
        for b in corners[:i]:
            assert (a != b).sum() >= 16

"""Labels of the material become styles: the whole pad plays one; without them nothing changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.field.decoder import Decoder
from groovefield.field.modelfile import MAX_STYLES, ModelFile, ModelFileError, parse, serialise
from groovefield.lanes import LANES
from groovefield.material.dataset import Material, from_hits
from groovefield.pattern import Hits
from small_field import header, tensors

torch = pytest.importorskip("torch")

from groovefield.field import finishing, styles, training  # noqa: E402
from groovefield.field.network import DecoderConfig  # noqa: E402
from groovefield.field.windows import TrainingConfig  # noqa: E402

SMALL = DecoderConfig(frequencies=32, width=96, blocks=1, groove=32, spread=8)

KICK, SNARE, HAT, RIM = 0, 1, 2, 8
EPOCHS, SIDE = 400, 16


def beat(rng: np.random.Generator, style: str) -> Hits:
    """House has a kick on each beat and loud hats between them; rock neither."""
    velocity = np.zeros((len(LANES), 32), np.float32)
    order = np.random.default_rng(9).permutation(16)  # the more, the more of the same
    velocity[HAT, 1 + 2 * order[: rng.integers(17)]] = 0.5
    velocity[RIM, 1 + 2 * order[::-1][: rng.integers(17)]] = 0.5
    velocity[SNARE, 4::8] = 0.8
    if style == "house":
        velocity[KICK, ::4] = 1.0
        velocity[HAT, 2::4] = 0.9
    else:
        velocity[KICK, 0::16] = 1.0
        velocity[KICK, 10::16] = 0.6
        velocity[HAT, 2::4] = 0.0
    offset = np.where(velocity > 0, 0.3 if style == "house" else -0.3, 0).astype(np.float32)
    return Hits(velocity, offset, name=style, tags={"source": "test", "style": style})


@pytest.fixture(scope="module")
def material() -> Material:
    rng = np.random.default_rng(0)
    return from_hits([beat(rng, "house" if i % 3 else "rock") for i in range(60)])


def trained(material: Material) -> tuple[finishing.Finished, Decoder]:
    config = TrainingConfig(epochs=EPOCHS, side=SIDE)
    fit = training.fit(material, config=config, network=SMALL)
    done = finishing.finish(fit, material, None, config)
    tensors = finishing._portable_tensors(done.decoder)
    head = finishing._header(done.decoder, "Two", LANES, material.grid)
    return done, Decoder(ModelFile(replace(head, styles=done.styles), tensors))


@pytest.fixture(scope="module")
def field(material: Material) -> tuple[finishing.Finished, Decoder]:
    return trained(material)


def played(decoder: Decoder, style: float) -> np.ndarray:
    places = np.random.default_rng(1).random((300, 2), np.float32)
    return decoder.decode_many(places, style)


def at(decoder: Decoder, name: str) -> float:
    return (decoder.styles.index(name) + 1) / len(decoder.styles)


def test_the_whole_pad_plays_the_style(field: tuple[finishing.Finished, Decoder]) -> None:
    _, decoder = field
    house, rock = (played(decoder, at(decoder, name)) for name in ("house", "rock"))
    on_every_beat = [(p[:, 0, KICK, ::4] > 0.5).all(1).mean() for p in (house, rock)]
    assert on_every_beat[0] > 0.95
    assert on_every_beat[1] < 0.05
    between = [(p[:, 0, HAT, 2::4] > 0.5).mean() for p in (house, rock)]
    assert between[0] > 0.9 > 0.1 > between[1]
    # Its timing too: house lies behind the beat, rock before it.
    assert np.median(house[:, 2, KICK, 0]) > 0.15
    assert np.median(rock[:, 2, KICK, 0]) < -0.15
    # And what else there is to play is still there: from no rim to many of them.
    rims = (house[:, 0, RIM] > 0.5).sum(1)
    assert rims.min() <= 4 and rims.max() >= 12
    assert len({p.tobytes() for p in house[:, 0] > 0.5}) > 50


def test_between_two_styles_one_becomes_the_other(
    field: tuple[finishing.Finished, Decoder],
) -> None:
    _, decoder = field
    first, second = (played(decoder, s)[:, 0] > 0.5 for s in (0.5, 1.0))
    way = np.array([
        ((played(decoder, s)[:, 0] > 0.5) != first).sum() for s in np.linspace(0.5, 1, 6)
    ])  # fmt: skip
    assert (np.diff(way) >= 0).all()
    assert 0 < way[2] < way[-1] == (first != second).sum()


def test_without_a_style_the_field_is_what_it_is_without_labels(
    material: Material, field: tuple[finishing.Finished, Decoder]
) -> None:
    bare = replace(material, tags=[{"source": "test", "style": ""} for _ in material.tags])
    done, decoder = trained(bare)
    assert done.styles == () == decoder.styles
    assert np.array_equal(played(decoder, 0), played(field[1], 0))
    assert np.array_equal(played(decoder, 1), played(decoder, 0))
    assert done.figures["pad"] == field[0].figures["pad"]


def test_its_figures_say_how_much_of_the_pad_a_style_takes(
    field: tuple[finishing.Finished, Decoder],
) -> None:
    done, _ = field
    without, within = np.array([done.figures["styles"][name] for name in done.styles]).T
    assert without.sum() == pytest.approx(1, abs=1e-3)
    assert (within > 0.95).all()


def test_labels_that_become_styles(material: Material) -> None:
    rng = np.random.default_rng(2)
    many = from_hits(
        [
            Hits(h.velocity, h.offset, name="x", tags={"style": f"style {i % 20:02}\x07"})
            for i, h in enumerate(beat(rng, "rock") for _ in range(79))
        ]
        + [beat(rng, "once")]
    )
    labels = styles.labelled(many)
    assert len(labels.names) == MAX_STYLES
    assert "once" not in labels.names  # one window is no style
    assert all(name.isprintable() for name in labels.names)
    counted = [(labels.of_window == i).sum() for i in range(MAX_STYLES)]
    assert min(counted) >= 3
    alone = from_hits([beat(rng, "rock") for _ in range(9)])
    assert styles.labelled(alone).names == ()  # nothing to choose between


def test_more_latents_have_styles_too(material: Material) -> None:
    config = TrainingConfig(epochs=4)
    fit = training.fit(material, config=config, network=DecoderConfig(latents=4))
    done = finishing.finish(fit, material, None, config)
    assert sorted(done.styles) == ["house", "rock"]


@pytest.mark.parametrize(
    "names, sentence",
    [
        (("a",) * 2, "same name"),
        (tuple(f"s{i}" for i in range(17)), "at most 16"),
        (("",), "a style's name"),
        (("x\x00",), "a style's name"),
        (("x" * 49,), "a style's name"),
    ],
)
def test_a_file_with_odd_styles_is_refused(names: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ModelFileError, match=sentence):
        parse(serialise(header(styles=names), tensors(styles=names)))


def test_styles_without_their_tensors_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="style_trunk"):
        parse(serialise(header(styles=("a", "b")), tensors()))
    with pytest.raises(ModelFileError, match="no known decoder"):
        parse(serialise(header(), tensors(styles=("a", "b"))))

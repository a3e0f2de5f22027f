"""The spreads: what repeats within a take, and what the field makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.field import groove, modelfile
from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES
from groovefield.material.dataset import Material, from_hits
from groovefield.pattern import Grid, Hits
from small_field import header, tensors

KICK, SNARE, HAT = 0, 1, 2


def take(name: str, bars: int, loose: float, seed: int = 0, grid: Grid | None = None) -> list[Hits]:
    """A beat played bar after bar, its offsets and velocities drawn; windows overlap by a bar."""
    grid = grid or Grid()
    rng = np.random.default_rng(seed)
    bar = groove.bar_steps(grid)
    velocity = np.zeros((bars, len(LANES), bar), np.float32)
    velocity[:, KICK, 0] = 0.9
    velocity[:, SNARE, bar // 2] = 0.8
    velocity[:, HAT] = 0.5
    on = velocity > 0
    velocity = np.where(on, velocity + 0.3 * loose * rng.standard_normal(on.shape), 0)
    offset = np.where(on, 0.2 + loose * rng.standard_normal(on.shape), 0)
    velocity, offset = np.clip(velocity, 0, 1), np.clip(offset, -1, 0.99)

    def window(array: np.ndarray, b: int) -> np.ndarray:
        return np.concatenate((array[b], array[b + 1]), axis=1).astype(np.float32)

    return [
        Hits(window(velocity, b), window(offset, b), grid, 120.0, f"{name}, bar {b + 1}",
             {"source": "test", "file": name, "bar": b})
        for b in range(bars - 1)
    ]  # fmt: skip


def test_bars_of_overlapping_windows_count_once() -> None:
    material = from_hits(take("a", 5, 0.1) + take("b", 3, 0.1))
    found = list(groove.takes(material))
    assert [len(t.bars) for t in found] == [5, 3]
    assert found[0].bars == ((0, 0), (0, 1), (1, 1), (2, 1), (3, 1))


def test_a_cell_that_repeats_often_has_the_spread_of_its_take() -> None:
    tight, loose = take("tight", 60, 0.03), take("loose", 60, 0.3, seed=1)
    cells = np.sqrt(groove.repeats(from_hits(tight + loose)).cells[1])
    assert cells[0, HAT, 3] == pytest.approx(0.03, rel=0.35)
    assert cells[-1, HAT, 3] == pytest.approx(0.3, rel=0.35)


def test_a_cell_that_hardly_repeats_has_the_pooled_spread_of_its_lane_and_place() -> None:
    hits = take("long", 80, 0.2)
    lonely = take("short", 2, 0.2, seed=5)
    found = groove.repeats(from_hits(hits + lonely))
    pooled = found.pooled[1, HAT, 3]
    assert np.sqrt(pooled) == pytest.approx(0.2, rel=0.15)
    assert found.cells[1, -1, HAT, 3] == pytest.approx(pooled, rel=0.5)
    # A place where nothing was ever struck has its lane's, and a silent lane everybody's.
    assert np.sqrt(found.cells[1, 0, KICK, 3]) == pytest.approx(0.2, rel=0.3)
    assert np.sqrt(found.cells[1, 0, 8, 0]) == pytest.approx(0.2, rel=0.3)


def test_a_bar_repeated_to_fill_the_grid_is_no_evidence() -> None:
    (one,) = take("clip", 2, 0.3)
    twice = replace(
        one,
        velocity=np.tile(one.velocity[:, :16], 2),
        offset=np.tile(one.offset[:, :16], 2),
        tags={"source": "test"},
    )
    found = groove.repeats(from_hits([twice]))
    np.testing.assert_allclose(np.sqrt(found.cells[1]), groove.TYPICAL[1], rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(found.cells[0]), groove.TYPICAL[0], rtol=1e-5)


def test_spreads_are_widened_until_drawn_hits_vary_as_much_as_the_material() -> None:
    hits = [h for i in range(6) for h in take(f"{i}", 20, 0.1, seed=i)]
    shifted = []
    for h in hits:
        moved = h.offset + 0.12 * (int(h.tags["file"]) - 2.5)
        offset = np.where(h.velocity > 0, moved.clip(-1, 0.99), 0).astype(np.float32)
        shifted.append(replace(h, offset=offset))
    material = from_hits(shifted)
    flat = np.stack((material.velocity, np.where(material.onset, 0.2, 0))).astype("f4")
    widened = groove.scaled(groove.repeats(material), material, flat)
    hat = material.onset[:, HAT]
    drawn = np.sqrt(widened.cells[1][:, HAT][hat].mean())
    assert drawn == pytest.approx(material.offset[:, HAT][hat].std(), rel=0.05)
    # Where the means say it all there is nothing to widen.
    known = np.stack((material.velocity, material.offset))
    same = groove.scaled(groove.repeats(material), material, known)
    np.testing.assert_allclose(same.cells, groove.repeats(material).cells, rtol=1e-6)


def two_takes() -> Material:
    """A tight beat and, with a clap where the other has a snare, a loose one."""
    tight = take("tight", 40, 0.03)
    loose = [
        replace(h, velocity=h.velocity[SWAP], offset=h.offset[SWAP])
        for h in take("loose", 40, 0.25, seed=1)
    ]
    return from_hits(tight + loose)


SWAP = [5, 7, 10, 3, 4, 0, 6, 1, 8, 9, 2]
"""Kick to mid tom, snare to clap, hat to crash: the loose beat has other lanes."""


@pytest.mark.parametrize("grid", [Grid(4, 8), Grid(3, 8), Grid(4, 6), Grid(4, 3)])
def test_any_grid_has_bars(grid: Grid) -> None:
    hits = take("a", 12, 0.1, grid=grid) if grid.beats % 2 == 0 else []
    if not hits:
        assert groove.bar_steps(grid) == grid.steps
        return
    found = groove.repeats(from_hits(hits))
    assert found.cells.shape == (2, 11, len(LANES), grid.steps)
    assert np.sqrt(found.cells[1, 0, HAT, 1]) == pytest.approx(0.1, rel=0.5)


def test_the_field_learns_the_spread_of_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    from groovefield.field import spreads
    from groovefield.field.network import Decoder, DecoderConfig

    torch.manual_seed(0)
    material = two_takes()
    decoder = Decoder(DecoderConfig(frequencies=16, width=32, blocks=1, groove=8, spread=4))
    place = torch.zeros(len(material), 2)
    place[len(material) // 2 :] = 1.0
    known = np.stack((material.velocity, material.offset))
    monkeypatch.setattr(spreads, "_means", lambda *_: known)  # so that nothing is widened
    spreads.fit(decoder, material, place)
    with torch.no_grad():
        _, offset = decoder.spreads(decoder.trunk(torch.tensor([[0.0, 0.0], [1.0, 1.0]])))
    offset = offset.view(2, len(LANES), 32)
    assert float(offset[0, HAT, :].mean()) == pytest.approx(0.03, rel=0.35)
    assert float(offset[1, SWAP.index(HAT), :].mean()) == pytest.approx(0.25, rel=0.25)


def test_a_file_keeps_a_spread_for_each_cell_and_older_files_play_on(tmp_path: Path) -> None:
    new = tmp_path / "new.groovefield"
    modelfile.save(new, header(spread=4), tensors(spread=4))
    spread = load_decoder(new).decode(np.array([0.2, 0.8], np.float32)).offset_spread
    assert np.unique(spread).size > 300

    old = tmp_path / "old.groovefield"
    modelfile.save(old, header(), tensors())
    spread = load_decoder(old).decode(np.array([0.2, 0.8], np.float32)).offset_spread
    assert all(np.unique(row).size == 1 for row in spread)

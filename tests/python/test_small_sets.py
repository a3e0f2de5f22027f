"""Small sets: from one clip up, each clip's dot plays it back, and the pad still moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES
from groovefield.material import augment
from groovefield.material.dataset import Material, from_hits
from groovefield.pattern import Grid, Hits, Pattern
from groovefield.reference import Block, Message, Play, play

torch = pytest.importorskip("torch")

from groovefield.field import closeness, finishing, modelfile, pad, training  # noqa: E402
from groovefield.field.dots import Dots, PlaysBack, half_step_ms  # noqa: E402

WALTZ, TRIPLETS, SIXTHS = Grid(4, 6), Grid(3, 8), Grid(6, 4)


def clip(grid: Grid, seed: int, bpm: float = 120.0) -> Hits:
    """A groove of a grid, with accents and timing of its own in every cell."""
    rng = np.random.default_rng(seed)
    on = np.zeros((len(LANES), grid.steps), np.bool_)
    bar = grid.steps // 2
    on[0, [0, bar]] = True
    on[0] |= rng.random(grid.steps) < 0.15
    on[1, bar // 2 :: bar] = True
    on[2, :: 1 + seed % 3] = True
    velocity = np.where(on, rng.uniform(0.2, 1, on.shape), 0).astype(np.float32)
    offset = np.where(on, rng.uniform(-0.6, 0.6, on.shape), 0).astype(np.float32)
    return Hits(velocity, offset, grid, bpm, f"clip {seed}", {"source": "test"})


def clips(grid: Grid, count: int) -> Material:
    return from_hits([clip(grid, i, 90 + 7 * i) for i in range(count)])


def trained(material: Material, word: str, path: Path) -> finishing.Finished:
    """A field trained and written as ``groovefield train`` does it."""
    plan = closeness.recipe(material, word, training.TrainingConfig())
    fit = training.fit(plan.material, None, plan.config, plan.network, plan.arrangement,
                       originals=plan.originals)  # fmt: skip
    done = finishing.finish(fit, material, None, plan.config)
    finishing.write(path, done, "mine", LANES, material.grid, {})
    return done


def played_exactly(path: Path, material: Material) -> int:
    """Windows that the numpy decoder plays back exactly at the dots of a model file."""
    decoder, items = load_decoder(path), modelfile.load(path).items
    assert decoder.grid == material.grid
    ms = half_step_ms(material.grid, material.bpm)
    count = 0
    for i in range(len(material)):
        pattern = decoder.decode(items[i])
        on = material.onset[i]
        velocity_off = np.abs(pattern.velocity - material.velocity[i])[on]
        offset_off = np.abs(pattern.offset - material.offset[i])[on] * ms[i]
        same = bool(((pattern.probability > 0.5) == on).all())
        count += same and velocity_off.max() <= 2 / 127 and offset_off.max() <= 2.0
    return count


def test_twelve_clips_are_all_played_back_exactly(tmp_path: Path) -> None:
    material = clips(Grid(), 12)
    done = trained(material, "exact", tmp_path / "a.groovefield")
    assert played_exactly(tmp_path / "a.groovefield", material) == 12
    assert PlaysBack(**done.figures["plays_back"]) == PlaysBack(12, 12, 12, 12)
    assert done.pad.playing == 1.0
    # Dots keep apart, so that each can be found on the map.
    away = torch.cdist(done.items, done.items) + torch.eye(12)
    assert float(away.min()) > 0.05


@pytest.mark.parametrize("stop", [2, 6, 30, 250])
def test_a_long_training_that_is_ended_early_is_as_exact_and_as_smooth_as_a_whole_one(
    stop: int,
) -> None:
    material = clips(Grid(), 12)
    plan = closeness.recipe(material, "exact", training.TrainingConfig())
    ticks, shares = iter(range(1, 100_000)), []

    def tick() -> None:
        if next(ticks) == stop:
            raise KeyboardInterrupt

    def fit(epochs: int) -> finishing.Finished:
        config = replace(plan.config, epochs=epochs)
        made = training.fit(material, None, config, plan.network, tick=tick,
                            settling=shares.append)  # fmt: skip
        return finishing.finish(made, material, None, config)

    ended, whole = fit(100_000), fit(0)
    assert PlaysBack(**ended.figures["plays_back"]) == PlaysBack(12, 12, 12, 12)
    assert ended.pad.neighbours < 1.4 * whole.pad.neighbours
    assert shares[0] == 0 and shares == sorted(shares) and 100 < len(shares) <= plan.config.steps


def test_one_clip_sits_on_a_pad_that_moves(tmp_path: Path) -> None:
    material = clips(Grid(), 1)
    done = trained(material, "exact", tmp_path / "one.groovefield")
    assert played_exactly(tmp_path / "one.groovefield", material) == 1
    assert done.pad.distinct >= 100
    assert len(done.items) == 1
    assert PlaysBack(**done.figures["plays_back"]) == PlaysBack(1, 1, 1, 1)
    probability = finishing.probabilities(done.decoder)
    hits = (probability > 0.5).sum((2, 3))
    x = np.tile(np.linspace(0, 1, 64), (64, 1))
    assert np.corrcoef(x.ravel(), hits.ravel())[0, 1] > 0.4  # sparse left, dense right


@pytest.mark.parametrize("grid", [WALTZ, TRIPLETS, SIXTHS])
def test_other_metres_and_triplets_train_and_play(grid: Grid, tmp_path: Path) -> None:
    material = clips(grid, 4)
    trained(material, "exact", tmp_path / "g.groovefield")
    assert played_exactly(tmp_path / "g.groovefield", material) == 4
    decoder = load_decoder(tmp_path / "g.groovefield")
    there = decoder.decode(modelfile.load(tmp_path / "g.groovefield").items[2])
    struck = notes_of(there, grid)
    wanted = {(lane, step) for lane, step in np.argwhere(material.onset[2]).tolist()}
    assert {(m.lane, m.grid_step) for m in struck} == wanted


def notes_of(pattern: Pattern, grid: Grid) -> list[Message]:
    """One cycle of a pattern as the reference plays it, begun a little before song position 0."""
    position = -1 / 16
    rate, bpm, size = 48_000.0, 120.0, 512
    blocks = []
    while position < grid.beats + 1.5 / grid.steps_per_beat:
        blocks.append(Block(size, True, position, bpm, play=Play(steps=grid.steps)))
        position += size * bpm / 60 / rate
    notes = [lane.note for lane in LANES]
    on = [m for m in play(blocks, lambda _: pattern, notes, rate) if m.velocity]
    return [m for m in on if 0 <= m.grid_step < grid.steps]


@pytest.fixture(scope="module")
def three_words() -> dict[str, finishing.Finished]:
    material, done = clips(Grid(), 12), {}
    for word in closeness.WORDS:
        plan = closeness.recipe(material, word, training.TrainingConfig())
        fit = training.fit(plan.material, None, plan.config, plan.network, originals=material)
        done[word] = finishing.finish(fit, material, None, plan.config)
    return done


def test_closeness_means_something(three_words: dict[str, finishing.Finished]) -> None:
    material = clips(Grid(), 12)
    back = {w: done.figures["plays_back"]["exact"] for w, done in three_words.items()}
    assert back["exact"] == 12
    assert back["free"] < back["close"] <= back["exact"]
    missed, new = {}, {}
    for word, done in three_words.items():
        on = finishing.probabilities(done.decoder) > 0.5
        new[word] = pad.strangers(on, material.onset)
        with torch.no_grad():
            at_dots = done.decoder(done.items)[0].numpy() > 0
        missed[word] = (at_dots != material.onset).sum((1, 2)).mean()
    assert missed["exact"] == 0
    assert missed["close"] <= 1
    assert new["free"] > new["exact"] + 0.1


def test_few_windows_get_variations_that_leave_them_as_they_are() -> None:
    few = clips(Grid(), 3)
    plan = closeness.recipe(few, "exact", training.TrainingConfig())
    assert len(plan.material) == 3 + closeness.FEW_VARIATIONS
    np.testing.assert_array_equal(plan.material.velocity[:3], few.velocity)
    np.testing.assert_array_equal(plan.material.offset[:3], few.offset)
    assert plan.material.weight.mean() == pytest.approx(1, abs=1e-5)
    assert plan.material.weight[:3].sum() == pytest.approx(0.5 * len(plan.material), rel=1e-5)
    assert all(t.get("variation") for t in plan.material.tags[3:])
    many = closeness.recipe(clips(Grid(), 8), "exact", training.TrainingConfig())
    assert len(many.material) == 8
    freely = closeness.recipe(clips(Grid(), 8), "free", training.TrainingConfig())
    assert len(freely.material) > 8


def test_variations_are_grooves_and_no_two_are_alike() -> None:
    material = augment.vary(clips(Grid(), 2), 60, 0.5, seed=1)
    assert len(material) == 62
    on = material.onset
    assert (on.sum((1, 2)) >= augment.FEWEST_HITS).all()
    assert material.velocity.max() <= 1
    assert (material.velocity[on] > 0).all()
    assert (material.offset[~on] == 0).all()
    assert len({v.tobytes() for v in material.velocity}) == 62
    again = augment.vary(clips(Grid(), 2), 60, 0.5, seed=1)
    np.testing.assert_array_equal(again.velocity, material.velocity)


def test_each_way_of_varying_does_what_it_says() -> None:
    rng = np.random.default_rng(0)
    hits, other = clip(Grid(), 0), clip(Grid(), 1)
    cells = (hits.velocity, hits.offset)
    on = hits.onset
    dropped = augment.drop_lane(cells, rng)[0] > 0
    assert sorted((dropped != on).any(1).nonzero()[0]) in ([0], [1], [2])
    borrowed = augment.borrow_lane(cells, (other.velocity, other.offset), rng)
    lane = int((borrowed[0] != cells[0]).any(1).nonzero()[0][0])
    np.testing.assert_array_equal(borrowed[0][lane], other.velocity[lane])
    for _ in range(5):
        turned = augment.rotate(cells, Grid(), rng)[0]
        assert np.count_nonzero(turned) == np.count_nonzero(cells[0])
    thinner = augment.thin(cells, rng)[0]
    assert 0 < np.count_nonzero(thinner) < np.count_nonzero(cells[0])
    gone = cells[0][on & (thinner == 0)]
    assert gone.max() <= thinner[thinner > 0].min() + 0.05  # the quietest go
    sparse = (np.where(np.arange(32) % 4 == 0, cells[0], 0), cells[1])
    thicker = augment.thicken(sparse, Grid(), rng)[0]
    assert (thicker[sparse[0] > 0] == sparse[0][sparse[0] > 0]).all()
    assert np.count_nonzero(thicker) > np.count_nonzero(sparse[0])
    stressed = augment.accent(cells, Grid(), rng)[0]
    np.testing.assert_array_equal(stressed > 0, on)
    assert not np.array_equal(stressed, cells[0])


def test_a_single_hit_cannot_be_varied_and_still_trains(tmp_path: Path) -> None:
    velocity = np.zeros((len(LANES), 32), np.float32)
    velocity[0, 0] = 0.7
    lonely = from_hits([Hits(velocity, velocity * 0, name="one", tags={"source": "test"})])
    trained(lonely, "exact", tmp_path / "one.groovefield")
    assert played_exactly(tmp_path / "one.groovefield", lonely) == 1


def test_a_clip_of_several_windows_counts_when_all_of_them_are_exact() -> None:
    windows = [replace(clip(Grid(), i), tags={"source": "test", "file": f"{i // 2}", "bar": i % 2})
               for i in range(4)]  # fmt: skip
    dots = Dots(from_hits(windows))
    dots.place = torch.zeros(4, 2)
    good = np.array([True, True, True, False])
    dots.exact = lambda *_: good  # type: ignore[method-assign, misc, assignment]
    assert dots.plays_back(None) == PlaysBack(1, 2, 3, 4)  # type: ignore[arg-type]


def test_forty_files_hold_a_tenth_back_and_fewer_none(tmp_path: Path) -> None:
    from groovefield.material.dataset import load_folder
    from material_library import write_midi

    for n in range(60):
        notes = [(480 * beat, 36, 100) for beat in range(8)] + [(240 * n % 3840, 38, 90)]
        notes += [(3600, 42, 40 + n)]
        write_midi(tmp_path / f"{n:02}.mid", notes)
        if n == 38:
            assert not len(load_folder(tmp_path).tagged("split", "validation"))
    assert len(load_folder(tmp_path).tagged("split", "validation")) > 0


@pytest.mark.parametrize(
    ("metre", "ticks", "grid"),
    [((3, 4), 120, Grid(4, 6)), ((6, 8), 120, Grid(4, 6)), ((4, 4), 160, Grid(3, 8))],
)
def test_a_folder_in_another_metre_trains_and_is_played_back(
    metre: tuple[int, int], ticks: int, grid: Grid, tmp_path: Path
) -> None:
    """3/4, 6/8 and triplets, from MIDI files to a model file, as ``groovefield train`` does it."""
    from groovefield.material.dataset import load_folder
    from groovefield.trainer.control import Control
    from groovefield.trainer.job import Job
    from groovefield.trainer.run import run
    from material_library import write_midi

    folder = tmp_path / "clips"
    folder.mkdir()
    for n in range(3):
        hits = clip(grid, n)
        notes = [
            (step * ticks + n, LANES[lane].note, round(127 * float(hits.velocity[lane, step])))
            for lane, step in np.argwhere(hits.onset).tolist()
        ]
        write_midi(folder / f"{n}.mid", notes, metres=[(0, *metre)])
    run(Job((folder,), tmp_path / "a.groovefield", "a"), Control(), lambda _: None)
    material = load_folder(folder)
    assert material.grid == grid
    assert len(material) >= 3
    assert played_exactly(tmp_path / "a.groovefield", material) == len(material)
    record = modelfile.load(tmp_path / "a.groovefield").header.training
    assert record["closeness"] == "exact"
    every = len(material)
    assert PlaysBack(**record["figures"]["plays_back"]) == PlaysBack(3, 3, every, every)

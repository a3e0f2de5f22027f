"""Onsets named together: the network that plays is the one that was trained, and what it sees."""

from __future__ import annotations

import numpy as np
import pytest
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops import context, kits, onsets, renders, spectrum
from groovefield.loops.context import Namer, gaps, unlikeness
from groovefield.loops.kits import draw_kit, made_up
from groovefield.loops.made_sounds import make_sound, quick_length
from groovefield.loops.network import load_listener
from loops_library import HAT, KICK, SNARE, kit, rock

FEATURES = int(spectrum.OWN_COLUMNS.max()) + 40


def an_untrained_namer(seed: int = 0) -> tuple[object, Namer]:
    """The same random network for torch and for numpy."""
    torch = pytest.importorskip("torch")
    from groovefield.loops.context_training import Attending

    torch.manual_seed(seed)
    net = Attending(FEATURES).eval()
    with torch.no_grad():
        for block in net.blocks:
            block.by_time.normal_()
    random = np.random.default_rng(seed)
    mean = random.normal(size=FEATURES).astype(np.float32)
    scale = random.uniform(0.5, 2, FEATURES).astype(np.float32)
    tensors = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    return net, Namer(mean, scale, tensors)


def test_what_numpy_runs_is_what_torch_trained() -> None:
    """Two loops of different lengths in one batch: the filling changes nothing."""
    from groovefield.loops.context_training import Loop, _batched

    net, namer = an_untrained_namer()
    random = np.random.default_rng(1)
    loops = [
        Loop(
            random.normal(size=(count, FEATURES)).astype(np.float16),
            np.sort(random.uniform(0, 4, count)),
            np.zeros((count, len(LANES)), dtype=np.float32),
        )
        for count in (9, 23)
    ]
    seen, kinds, apart, _, real = _batched(loops, namer.mean, namer.scale)
    logit, velocity = net(seen, kinds, apart, real)  # type: ignore[operator]
    for i, loop in enumerate(loops):
        ours = namer(loop.features.astype(np.float32), loop.time)
        n = len(loop.time)
        assert np.allclose(ours[0], logit[i, :n].detach().numpy(), atol=1e-4)
        assert np.allclose(ours[1], velocity[i, :n].detach().numpy(), atol=1e-4)


def test_when_a_loop_begins_changes_no_name_and_its_other_onsets_do() -> None:
    _, namer = an_untrained_namer()
    random = np.random.default_rng(2)
    features = random.normal(size=(12, FEATURES)).astype(np.float32)
    time = np.sort(random.uniform(0, 4, 12))
    here = namer(features, time)[0]
    assert np.allclose(here, namer(features, time + 3.0)[0], atol=1e-4)
    assert not np.allclose(here[:6], namer(features[:6], time[:6])[0], atol=1e-2)


def test_gaps_tell_before_from_after() -> None:
    kinds = gaps(np.array([0.0, 0.05, 0.3, 9.0]))
    assert kinds.diagonal().tolist() == [0] * 4
    upper, lower = kinds[np.triu_indices(4, 1)], kinds.T[np.triu_indices(4, 1)]
    assert not set(upper) & set(lower)
    assert kinds.max() < context.GAPS and len(set(upper)) >= 4


def test_the_same_drum_is_like_itself_and_unlike_another() -> None:
    score = rock(2)
    sound = spectrum.levelled(renders.render(score, kit()))
    time = np.unique(score.time)
    apart = unlikeness(spectrum.onset_features(sound, time))
    kicks, snares = np.flatnonzero(np.arange(16) % 4 == 0), np.flatnonzero(np.arange(16) % 4 == 2)
    within = apart[np.ix_(kicks, kicks)]
    assert within.max() < apart[np.ix_(kicks, snares)].min()


def test_a_loop_of_one_onset_is_named() -> None:
    sound = spectrum.levelled(renders.render(rock(2), kit())[:15_000])
    heard = onsets.name_lanes(sound, np.zeros(1), np.ones(1, np.float32), load_listener())
    assert heard.struck.shape == (1, len(LANES)) and heard.struck.any()


def test_no_onsets_are_no_lanes() -> None:
    sound = spectrum.levelled(np.zeros(10_000, dtype=np.float32))
    heard = onsets.name_lanes(sound, np.zeros(0), np.zeros(0, np.float32), load_listener())
    assert heard.struck.shape == (0, len(LANES))


def test_quiet_and_loud_files_read_alike() -> None:
    audio = renders.render(rock(2), kit())
    listener = load_listener()
    loud, quiet = onsets.listen(audio, listener), onsets.listen(audio * 0.01, listener)
    assert np.allclose(loud.time, quiet.time, atol=1e-4)
    assert np.array_equal(loud.struck, quiet.struck)


@pytest.mark.parametrize("lane", [lane.id for lane in LANES])
def test_made_up_sounds_are_sounds(lane: str) -> None:
    random = np.random.default_rng(LANE_INDEX[lane])
    for _ in range(25):
        sound = make_sound(lane, random)
        assert np.isfinite(sound).all() and np.abs(sound).max() == pytest.approx(1)
        assert len(sound) <= 3.1 * 44_100
        assert np.abs(sound[: 44_100 // 20]).max() > 0.3


def test_only_the_lanes_asked_for_are_drawn() -> None:
    drawn = draw_kit([(made_up(), 1.0)], np.random.default_rng(0), changed=True,
                     lanes={"kick", "clap"})  # fmt: skip
    assert set(drawn.layers) == {"kick", "clap"}


def test_transforms_are_of_quick_lengths() -> None:
    for samples in (1, 2, 3, 1000, 4097, 100_000):
        size = quick_length(samples)
        assert samples <= size <= max(4, 1.5 * samples + 1)
        assert size & (size - 1) == 0 or (size % 3 == 0 and (size // 3) & (size // 3 - 1) == 0)


def test_a_roughened_render_keeps_its_length_and_place() -> None:
    """No effect of the training moves an attack: its labels would lie."""
    one = renders.Score("", 120, 4, np.array([1.0]), np.array([SNARE]), np.array([0.9]))
    dry = renders.render(one, kit())
    for seed in range(30):
        out = renders.roughen(dry, np.random.default_rng(seed))
        assert len(out) == len(dry) and np.isfinite(out).all()
        before = np.abs(out[: 44_100 - 200]).max()
        assert np.abs(out[44_100 : 44_100 + 2_000]).max() > 3 * before


def test_drums_are_told_apart_on_kits_made_up_anew() -> None:
    """Kick, snare and hat of a plain beat on eight kits, by the weights in use."""
    right = np.zeros(3)
    for seed in range(8):
        audio = renders.finish(renders.render(rock(2), kit(100 + seed)), "dry")
        sound = spectrum.levelled(audio)
        time = np.unique(rock(2).time)
        heard = onsets.name_lanes(sound, time, np.ones(16, np.float32), load_listener())
        beat = np.arange(16) % 4
        right += [heard.struck[beat == 0, KICK].mean(), heard.struck[beat == 2, SNARE].mean(),
                  heard.struck[beat % 2 == 1, HAT].mean()]  # fmt: skip
    assert (right / 8 > 0.75).all(), right / 8


def test_an_unknown_machine_is_no_part_of_a_fold() -> None:
    """The halves of the one-shots share no sound but where a class has a single one."""
    from development_data import data_root

    folder = data_root() / "oneshots"
    first, second = kits.oneshots(folder, 0), kits.oneshots(folder, 1)
    for lane in first.sounds.keys() & second.sounds.keys():
        shared = {s.tobytes() for s in first.sounds[lane]} & {
            s.tobytes() for s in second.sounds[lane]
        }
        assert not shared or len(first.sounds[lane]) == len(second.sounds[lane]) == 1

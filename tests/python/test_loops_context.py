"""Onsets named together: the network that plays is the one that was trained, and what it sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops import context, kept, kits, onsets, renders, spectrum, tempo
from groovefield.loops.context import Namer, Namers, Pulse, gaps, unlikeness
from groovefield.loops.context_training import Loop
from groovefield.loops.kits import EVEN, MILD, MIX_DB, TAME, Source, draw_kit, made_up
from groovefield.loops.made_parts import quick_length
from groovefield.loops.made_sounds import make_sound, reshaped
from groovefield.loops.made_struck import STRUCK
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
            pulse,
            chance,
        )
        for count, pulse, chance in (
            (9, Pulse(0.48, 0.1), None),
            (23, None, random.uniform(0, 1, 23).astype(np.float32)),
        )
    ]
    seen, beside, kinds, apart, _, real, _ = _batched(loops, namer.mean, namer.scale)
    torchs = net(seen, beside, kinds, apart, real)  # type: ignore[operator]
    for i, loop in enumerate(loops):
        n = len(loop.time)
        ours = namer(loop.features.astype(np.float32), loop.time, loop.pulse, loop.chance)
        for mine, theirs in zip(ours, torchs, strict=True):
            assert np.allclose(mine, theirs[i, :n].detach().numpy(), atol=1e-4)


def test_when_a_loop_begins_changes_no_name_and_its_other_onsets_do() -> None:
    _, namer = an_untrained_namer()
    random = np.random.default_rng(2)
    features = random.normal(size=(12, FEATURES)).astype(np.float32)
    time = np.sort(random.uniform(0, 4, 12))
    here = namer(features, time)[0]
    assert np.allclose(here, namer(features, time + 3.0)[0], atol=1e-4)
    assert not np.allclose(here[:6], namer(features[:6], time[:6])[0], atol=1e-2)


def test_a_place_in_the_bar_is_the_same_in_every_bar_and_at_no_other_beat() -> None:
    pulse = Pulse(0.5, 0.2)
    bar = 4 * pulse.period
    time = 0.2 + np.array([0.0, bar, 3 * bar, 0.5, 0.125, 0.5 / 3])
    places = context.told(time, pulse, None)
    assert np.allclose(places[0], places[:3], atol=1e-4)
    for other in places[3:]:
        assert np.abs(other - places[0]).max() > 0.5
    assert not context.told(time, None, None).any()


def test_what_is_told_of_the_bar_changes_names() -> None:
    _, namer = an_untrained_namer()
    random = np.random.default_rng(3)
    features = random.normal(size=(8, FEATURES)).astype(np.float32)
    time = np.arange(8) * 0.25
    untold, told = namer(features, time)[0], namer(features, time, Pulse(0.5, 0.0))[0]
    assert not np.allclose(untold, told, atol=1e-2)
    moved = namer(features, time, Pulse(0.5, 0.5))[0]
    assert not np.allclose(told, moved, atol=1e-2)


def test_several_namers_answer_with_their_mean() -> None:
    first, second = (an_untrained_namer(seed)[1] for seed in (0, 1))
    random = np.random.default_rng(4)
    features = random.normal(size=(8, FEATURES)).astype(np.float32)
    asked = (features, np.arange(8) * 0.25, Pulse(0.5, 0.0), np.full(8, 0.4, np.float32))
    answers = first(*asked), second(*asked)
    for mean, one, other in zip(Namers((first, second))(*asked), *answers, strict=True):
        assert not np.allclose(one, other, atol=0.1)
        assert np.allclose(mean, (one + other) / 2, atol=1e-5)


def test_the_beat_is_sought_once_for_a_loop() -> None:
    """And what is said of it is what the onsets are named by."""
    asked = []

    def beat_of(hits: tempo.Hits) -> tempo.Beat:
        asked.append(len(hits.time))
        return tempo.Beat(0.5, 0.0)

    audio = renders.finish(renders.render(rock(2), kit()), "dry")
    heard = onsets.listen(audio, load_listener(), beat_of)
    assert asked == [len(heard.time)]
    told = onsets.listen(audio, load_listener(), lambda hits: tempo.Beat(0.5, 0.0)).chance
    lost = onsets.listen(audio, load_listener(), lambda hits: None).chance
    assert np.array_equal(heard.chance, told)
    assert np.abs(told - lost).max() > 0.005


def test_onsets_among_fewer_others_are_heard_as_if_alone() -> None:
    """What is left of the possible onsets has the features that it would have had."""
    sound = spectrum.levelled(renders.render(rock(2), kit()))
    time = np.unique(rock(2).time)
    every, kept = spectrum.onset_features(sound, time), np.arange(len(time)) % 3 != 1
    alone = spectrum.onset_features(sound, time[kept])
    assert np.allclose(spectrum.among_others(every[kept], time[kept]), alone, atol=1e-5)
    assert not np.allclose(every[kept], alone, atol=1e-2)


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


def test_what_happens_to_a_sound_leaves_its_attack_where_it_is() -> None:
    """Held, swelling, dirty or twice: it begins within the milliseconds of an onset."""
    random = np.random.default_rng(4)
    t = np.arange(22_050) / 44_100
    plain = np.sin(2 * np.pi * 180 * t) * np.exp(-t / 0.08)
    changed = 0
    for _ in range(60):
        out = reshaped(plain, random)
        changed += len(out) != len(plain) or not np.allclose(out, plain)
        assert np.isfinite(out).all() and len(out) >= 441
        assert np.abs(out[: 44_100 // 100]).max() > 0.05 * np.abs(out).max()
    assert 20 < changed < 60


def test_only_the_lanes_asked_for_are_drawn() -> None:
    drawn = draw_kit([(made_up(), 1.0)], np.random.default_rng(0), changed=True,
                     lanes={"kick", "clap"})  # fmt: skip
    assert set(drawn.layers) == {"kick", "clap"}


def test_a_kit_is_drawn_in_its_manner() -> None:
    """An even mix lies as that of the kits measured on, a mild one up to 5 dB off."""
    off: dict[str, list[float]] = {"even": [], "mild": []}
    for name, manner in (("even", EVEN), ("mild", MILD)):
        for seed in range(40):
            random = np.random.default_rng(seed)
            drawn = draw_kit([(made_up(), 1.0)], random, changed=True, lanes={"kick", "rim"},
                             manner=manner)  # fmt: skip
            off[name] += [20 * np.log10(drawn.level[i]) - MIX_DB[i] for i in ("kick", "rim")]
    assert 1.5 < np.abs(off["even"]).max() <= 2
    assert 3 < np.abs(off["mild"]).max() <= 5


def test_a_tame_kit_leaves_half_of_its_made_up_sounds_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed: list[kits.Sound] = []

    def noting(sound: kits.Sound, _: np.random.Generator, __: float | None) -> kits.Sound:
        changed.append(sound)
        return sound

    monkeypatch.setattr(kits, "_changed", noting)
    for manner, least, most in ((MILD, 40, 40), (TAME, 10, 30)):
        changed.clear()
        for seed in range(40):
            draw_kit([(made_up(), 1.0)], np.random.default_rng(seed), changed=True,
                     lanes={"kick"}, manner=manner)  # fmt: skip
        assert least <= len(changed) <= most, manner.name


def test_the_toms_of_a_changed_kit_stay_in_order() -> None:
    t = np.arange(22_050) / 44_100
    toms = {"low_tom": 90, "mid_tom": 120, "high_tom": 170}
    sounds = {
        name: ((np.sin(2 * np.pi * pitch * t) * np.exp(-t / 0.2)).astype(np.float32),)
        for name, pitch in toms.items()
    }
    lowest = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        drawn = draw_kit([(Source("toms", sounds), 1.0)], random, changed=True)
        pitch = [
            np.abs(np.fft.rfft(drawn.layers[name][0], 1 << 16)).argmax() * 44_100 / (1 << 16)
            for name in toms
        ]
        assert pitch[0] < pitch[1] < pitch[2], (seed, pitch)
        lowest.append(pitch[0])
    assert min(lowest) < 75 and max(lowest) > 105, "kits are tuned apart"


def test_what_is_struck_sounds_at_once_and_rings_as_its_kind_does() -> None:
    """Each recipe: finite, there within 50 ms; rides and crashes ring on, closed hats do not."""
    random = np.random.default_rng(4)
    rings: dict[str, float] = {}
    for lane, recipe in STRUCK.items():
        after = []
        for _ in range(12):
            sound = recipe(random)
            assert np.isfinite(sound).all() and np.abs(sound).max() > 0, lane
            assert np.abs(sound[:2_205]).max() > 0.1 * np.abs(sound).max(), lane
            late = sound[11_025:13_230]
            after.append(np.sqrt((late**2).mean()) if len(late) else 0.0)
        rings[lane] = float(np.median(after))
    assert min(rings["ride"], rings["crash"]) > 5 * rings["closed_hat"]
    assert rings["open_hat"] > 2 * rings["closed_hat"]


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
    """Kick, snare and hat of a plain beat on many kits, by the weights in use."""
    right = np.zeros(3)
    for seed in range(24):
        audio = renders.finish(renders.render(rock(2), kit(100 + seed)), "dry")
        sound = spectrum.levelled(audio)
        time = np.unique(rock(2).time)
        heard = onsets.name_lanes(sound, time, np.ones(16, np.float32), load_listener())
        beat = np.arange(16) % 4
        right += [heard.struck[beat == 0, KICK].mean(), heard.struck[beat == 2, SNARE].mean(),
                  heard.struck[beat % 2 == 1, HAT].mean()]  # fmt: skip
    assert (right / 24 > [0.9, 0.65, 0.85]).all(), right / 24


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


def test_what_namers_hear_is_kept_as_plain_arrays(tmp_path: Path) -> None:
    random = np.random.default_rng(3)

    def loop(pulse: Pulse | None, *, chance: bool) -> Loop:
        count = int(random.integers(1, 9))
        return Loop(
            random.random((count, 5)).astype(np.float16), np.sort(random.random(count)),
            random.random((count, len(LANES))).astype(np.float32), pulse,
            random.random(count).astype(np.float32) if chance else None,
        )  # fmt: skip

    beat = Pulse(0.5, 0.125)
    heard = [
        (loop(beat, chance=False), loop(None, chance=False), loop(beat, chance=True))
        for _ in range(3)
    ]
    file = tmp_path / "kept.npz"
    kept.keep(file, heard)
    again = kept.read(file)
    assert len(again) == len(heard)
    for one, other in zip(sum(heard, ()), sum(again, ()), strict=True):
        assert other.pulse == one.pulse
        assert (other.chance is None) == (one.chance is None)
        for name in (
            "features",
            "time",
            "velocity",
            *(["chance"] if one.chance is not None else []),
        ):
            mine, theirs = getattr(one, name), getattr(other, name)
            assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs), name
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]

    # Objects would have to be run to be read: they are refused.
    np.savez(file, loops=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        kept.read(file)


def test_what_one_detector_heard_is_not_taken_for_what_another_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from groovefield.loops import training

    drawn: list[object] = []

    def draw(*block: object) -> list[object]:
        drawn.append(block)
        return []

    monkeypatch.setattr(training, "_drawn", draw)
    listener = load_listener()
    sharper = replace(
        listener, detector=replace(listener.detector, mean=listener.detector.mean + 1)
    )
    for hears in (listener, sharper, listener, replace(listener, onset_threshold=0.5)):
        assert training._heard("all", tmp_path, hears, kits.MILD, 7, tmp_path) == []
    assert len(drawn) == 3  # but not for the one that had heard it already
    monkeypatch.setattr(training, "_METHOD", training._METHOD + 1)
    training._heard("all", tmp_path, listener, kits.MILD, 7, tmp_path)
    assert len(drawn) == 4

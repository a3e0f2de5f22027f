"""Loops read: what is heard of renders whose hits are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from development_data import data_root
from groovefield.bench.loops import STATED_BPM
from groovefield.loops import kits, onsets, renders, spectrum, tempo
from groovefield.loops.context import Floats, Namers
from groovefield.loops.matching import f1, match, nearest, rank_correlation
from groovefield.loops.network import fold_file, load_listener
from groovefield.loops.read import RATE, Audio, read_audio
from groovefield.loops.reading import Override, read_loop, read_sound
from groovefield.material.midi_files import MaterialError
from loops_library import HAT, KICK, SNARE, kit, rock, rock_audio, write_audio


def hidden(audio: np.ndarray) -> Audio:
    return Audio(Path("hidden.wav"), audio.astype(np.float32), RATE)


def test_the_onsets_of_a_plain_beat_are_found_to_two_milliseconds() -> None:
    reading = read_sound(hidden(rock_audio()))
    true = np.arange(16) * 0.25
    pairs = match(reading.time, true)
    assert len(pairs) == 16
    assert len(reading.time) <= 17
    errors = np.abs(reading.time[pairs[:, 0]] - true[pairs[:, 1]])
    assert np.median(errors) < 0.002


def test_kick_snare_and_hat_are_told_apart() -> None:
    reading = read_sound(hidden(rock_audio()))
    for i, j in match(reading.time, np.arange(16) * 0.25):
        struck = reading.struck[i]
        if j % 4 == 0:
            assert struck[KICK] and not struck[SNARE]
        elif j % 4 == 2:
            assert struck[SNARE] and not struck[KICK]
        else:
            assert struck[HAT]


def test_a_late_backbeat_stays_late() -> None:
    """Micro-timing is kept: the hat of the beat is first, so hats are left out here."""
    score = rock(2, 120, late_ms=20)
    lane = score.lane != HAT
    only = renders.Score("", 120, 8, score.time[lane], score.lane[lane], score.velocity[lane])
    reading = read_sound(hidden(renders.render(only, kit())), Override(bpm=120))
    snares = reading.time[reading.struck[:, SNARE]]
    late = (snares + 0.25) % 0.5 - 0.25
    assert np.median(late) == pytest.approx(0.020, abs=0.004)


def test_louder_is_louder() -> None:
    """Hats between the beats, every other one soft."""
    score = rock(4)
    between = np.flatnonzero((score.lane == HAT) & (np.round(score.time / 0.25) % 2 == 1))
    velocity = score.velocity.copy()
    velocity[between] = np.resize([0.9, 0.4], len(between))
    score = renders.Score("", 120, 16, score.time, score.lane, velocity)
    reading = read_sound(hidden(renders.render(score, kit())))
    pairs = match(reading.time, score.time[between])
    assert len(pairs) == len(between)
    said, true = reading.velocity[pairs[:, 0], HAT], velocity[between][pairs[:, 1]]
    assert said[true == 0.9].min() > said[true == 0.4].max()


@pytest.mark.parametrize(("bars", "bpm"), [(0.5, 97), (1, 126), (2, 90), (4, 120), (8, 140)])
def test_the_tempo_of_an_exact_cut_is_exact(bars: float, bpm: float) -> None:
    reading = read_sound(hidden(rock_audio(bars, bpm)))
    assert reading.bpm == pytest.approx(bpm, rel=0.001)
    assert reading.bars == bars
    assert reading.exact


@pytest.mark.parametrize("where", [0, 1])
def test_silence_around_a_loop_is_no_part_of_it(where: int) -> None:
    silence = np.zeros(round(0.3 * RATE), dtype=np.float32)
    parts = [rock_audio(2, 110)]
    parts.insert(where, silence)
    reading = read_sound(hidden(np.concatenate(parts)))
    assert min(abs(reading.bpm / 110 * f - 1) for f in (0.5, 1, 2)) < 0.005


def test_a_plain_loop_is_surer_of_its_tempo_than_hits_anywhere() -> None:
    plain = read_sound(hidden(rock_audio(2, 110))).confidence
    random = np.random.default_rng(4)
    time = np.sort(random.uniform(0, 4.1, 12))
    strewn = renders.Score("", 120, 8.2, time, np.full(12, SNARE), random.uniform(0.4, 1, 12))
    lost = read_sound(hidden(renders.render(strewn, kit()))).confidence
    assert 0.6 < plain <= 0.9
    assert 0 <= lost < plain - 0.15


def test_a_person_is_believed() -> None:
    audio = hidden(rock_audio(2, 120))
    by_bpm = read_sound(audio, Override(bpm=60))
    assert (by_bpm.bpm, by_bpm.beats, by_bpm.confidence) == (pytest.approx(60), 4, 1.0)
    assert read_sound(audio, Override(beats=16)).bpm == pytest.approx(240)
    lanes = read_sound(audio, Override(lanes={0: frozenset({"clap", "crash"})}))
    assert lanes.lanes(0) == {"clap", "crash"}
    for given, sentence in ((Override(bpm=-3), r": -3 bpm is no tempo\."),
                            (Override(beats=0.0), r": 0 beats is no length\."),
                            (Override(bpm=90, beats=16), r": 16 beats at 90 bpm last 10\.67 s, and "
                             r"the file 4\.00 s; say one of them\.")):  # fmt: skip
        with pytest.raises(MaterialError, match=sentence):
            read_sound(audio, given)
    for wrong in (Override(bpm=-1), Override(lanes={0: frozenset({"gong"})}),
                  Override(lanes={999: frozenset()})):  # fmt: skip
        with pytest.raises(MaterialError, match=r"hidden\.wav"):
            read_sound(audio, wrong)


def test_noise_without_an_onset_is_refused_or_read() -> None:
    hum = 0.1 * np.sin(np.arange(2 * RATE) * 0.01)
    try:
        reading = read_sound(hidden(hum))
    except MaterialError as refused:
        assert "hidden.wav" in str(refused)
    else:
        assert len(reading.time) < 4


def test_matching_uses_each_onset_once() -> None:
    pairs = match(np.array([0.0, 0.01, 0.5]), np.array([0.005, 0.03, 0.9]))
    assert pairs.tolist() == [[0, 0], [1, 1]]
    assert f1(2, 3, 3) == pytest.approx(2 / 3)
    assert rank_correlation(np.array([1.0, 2, 2, 3]), np.array([2.0, 4, 4, 9])) == pytest.approx(1)


def test_the_nearest_of_several_places_is_the_true_one() -> None:
    """A weak place 20 ms before a hit is none of it, though nothing else is there to match."""
    heard, true = np.array([0.48, 0.501, 0.53, 0.9]), np.array([0.5, 0.531])
    assert nearest(heard, true).tolist() == [[1, 0], [2, 1]]
    assert nearest(heard[:1], true).tolist() == [[0, 0]]
    assert nearest(heard[3:], true).shape == (0, 2)
    assert nearest(np.zeros(0), true).shape == nearest(heard, np.zeros(0)).shape == (0, 2)


def test_of_two_places_that_lie_too_close_the_surer_stays() -> None:
    time, sure = np.array([0.5, 0.48, 0.53, 0.515]), np.array([0.9, 0.1, 0.8, 0.3], np.float32)
    kept, strength = onsets.well_apart(time, sure)
    assert kept.tolist() == [0.5, 0.53] and strength.tolist() == sure[[0, 2]].tolist()


def test_a_flam_of_26_ms_is_two_onsets() -> None:
    """Both strokes are possible places, each found where it is."""
    score = rock(4)
    late = np.flatnonzero(score.lane == SNARE)
    early = score.time[late] - 0.026
    flam = replace(
        score,
        time=np.append(score.time, early),
        lane=np.append(score.lane, score.lane[late]),
        velocity=np.append(score.velocity, 0.6 * score.velocity[late]),
    )
    audio = renders.finish(renders.render(flam, kit()), "dry")
    possible, _ = onsets.find_onsets(spectrum.levelled(audio), load_listener())
    strokes = np.sort(np.concatenate([early, score.time[late]]))
    assert len(nearest(possible, strokes, within=0.008)) >= len(strokes) - 1


def test_hits_within_25_ms_are_one_event() -> None:
    time = np.array([0.0, 0.02, 0.03, 0.5])
    score = renders.Score("", 120, 4, time, np.array([0, 1, 2, 0]), np.array([0.5, 0.9, 0.4, 0.7]))
    events = renders.events(score)
    assert [event.time for event in events] == [0.0, 0.03, 0.5]
    assert events[0].velocity == {0: 0.5, 1: 0.9}


def test_candidates_hold_the_true_tempo() -> None:
    counts = {n: 60 / period for n, period in tempo.exact_candidates(60 / 126 * 4)}
    assert counts[4] == pytest.approx(126)


def test_the_weights_are_small_and_say_what_they_are_of() -> None:
    from safetensors import safe_open

    folder = fold_file().parent
    files = sorted(folder.glob("loops*.safetensors"))
    assert sum(file.stat().st_size for file in files) < 5_500_000
    with safe_open(str(fold_file()), framework="numpy") as file:
        trained = file.metadata()["trained_on"]
    assert "DrumGizmo" in trained and "CC BY 4.0" in trained
    namers = load_listener().namer.each
    assert 1 <= len(namers) <= 3
    assert all(namer.tensors["out.bias"].shape == (2 * 11 + 1,) for namer in namers)


def test_reading_a_loop_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, groovefield.loops.windows; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_acoustic_kit_is_heard() -> None:
    """By the fold that never heard it: loops played by people and by a machine."""
    data = data_root()
    source = kits.muldjordkit(data / "muldjordkit")
    played = renders.gmd_scores(data / "gmd", "validation", lengths=(2,), seed=5)[:8:2]
    machine = renders.drum_machine_scores(data / "drum_machine_patterns", 1)[:8:2]
    listener = load_listener(fold_file("oneshots"))
    found = heard = true = 0
    for number, score in enumerate(played + machine):
        drawn = kits.draw_kit([(source, 1.0)], np.random.default_rng(number), changed=False)
        score = score.for_kit(drawn)
        got = onsets.listen(renders.finish(renders.render(score, drawn), "dry"), listener)
        time = np.array([event.time for event in renders.events(score)])
        found += len(match(got.time, time))
        heard, true = heard + len(got.time), true + len(time)
    assert f1(found, heard, true) > 0.88


def test_the_loops_with_a_stated_tempo_are_read() -> None:
    folder = data_root() / "loops"
    right = 0
    for name, bpm in STATED_BPM.items():
        audio = read_audio(folder / f"{name}.flac")
        right += abs(read_sound(hidden(audio.at_rate(RATE))).bpm / bpm - 1) < 0.005
    assert right >= 6


def test_a_file_reads_as_its_samples_do(tmp_path: Path) -> None:
    audio = rock_audio()
    reading = read_loop(write_audio(tmp_path / "x.flac", audio))
    assert reading.sentence().startswith("x.flac: 120.0 bpm from its exact length")
    assert np.allclose(reading.time, read_sound(hidden(audio)).time, atol=1e-3)


def test_a_second_burst_is_no_onset() -> None:
    """A snare that comes twice 40 ms apart on every backbeat is one sound, and a place where the
    detector alone holds an onset possible."""
    drawn, late, listener = kit(), round(0.04 * RATE), load_listener()
    snare = drawn.layers["snare"][0]
    twice = np.pad(snare, (0, late)) + 0.9 * np.pad(snare, (late, 0))
    sound = (twice / np.abs(twice).max()).astype(np.float32)
    doubled = replace(drawn, layers={**drawn.layers, "snare": (sound,)})
    audio = renders.finish(renders.render(rock(4), doubled), "dry")
    possible, _ = onsets.find_onsets(spectrum.levelled(audio), listener)
    assert len(possible) >= 40
    heard = onsets.listen(audio, listener)
    assert len(match(heard.time, np.arange(32) * 0.25)) == len(heard.time) == 32


def test_what_is_no_drum_keeps_the_onsets_of_the_detector() -> None:
    """A 3D printer's stepping motors: half at least of what the detector is sure of stays, and a
    small part of the rest that it holds possible."""
    listener = load_listener()
    audio = read_audio(data_root() / "loops" / "loop_3d_printer.flac").analysed
    possible, chance = onsets.find_onsets(spectrum.levelled(audio), listener)
    heard = onsets.listen(audio, listener).time
    sure = possible[chance > onsets.LIKELY]
    assert len(sure) >= 10 and len(possible) > 120
    assert len(nearest(heard, sure, 0.001)) >= 0.5 * len(sure)
    assert len(heard) < 0.3 * len(possible)


def test_where_the_namer_denies_all_the_word_of_the_detector_stands() -> None:
    class Denying(Namers):
        def hear(self, features: Floats, *beside: Any) -> tuple[Floats, Floats, Floats]:
            logit, velocity, begins = super().hear(features, *beside)
            return logit, velocity, np.full_like(begins, -9)

    listener, audio = load_listener(), rock_audio(2)
    deaf = replace(listener, namer=Denying(listener.namer.each))
    heard = onsets.listen(audio, deaf).time
    assert len(match(heard, np.arange(16) * 0.25)) >= 14

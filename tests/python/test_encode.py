"""Patterns are found on the pad where it plays them, from arrays and from files."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groovefield.bench.train import write_clip
from groovefield.cli import main
from groovefield.field import modelfile, pad
from groovefield.field.decoder import Decoder, default_model, load_decoder
from groovefield.field.encode import FAR, places_of
from groovefield.field.modelfile import ModelFile
from groovefield.material.dataset import from_hits
from groovefield.pattern import Grid, Hits
from material_library import rock_bars, write_midi
from small_field import beats, header, tensors


@pytest.fixture(scope="module")
def default() -> Decoder:
    return load_decoder(default_model())


def played(decoder: Decoder, *place: float) -> Hits:
    """What the pad plays at a place, as a window."""
    pattern = decoder.decode(np.array(place, np.float32))
    on = pattern.probability > 0.5
    return Hits(
        np.where(on, np.maximum(pattern.velocity, 0.05), 0).astype(np.float32),
        np.where(on, pattern.offset * 0.5, 0).astype(np.float32),
        decoder.grid,
    )


def test_what_the_pad_plays_at_a_place_is_found_there(default: Decoder) -> None:
    """Most of 40 places drawn at random give back every cell, at the place itself."""
    rng = np.random.default_rng(3)
    wanted = rng.random((40, 2)).astype(np.float32)
    windows = from_hits([played(default, *place) for place in wanted.tolist()])
    onset = windows.onset
    found = places_of(default, windows)
    assert len(found) == 40
    assert (found.hits == onset.sum((1, 2))).all()
    assert np.median(found.differ) == 0 and found.differ.mean() < 2
    apart = np.abs(found.latent - wanted).max(1)
    assert np.median(apart) < 0.015
    # The number is what anybody counts who plays the place that was given.
    again = np.stack([default.decode(p).probability > 0.5 for p in found.latent])
    assert ((again != onset).sum((1, 2)) == found.differ).all()


def test_places_between_those_of_the_pad_are_nearer(default: Decoder) -> None:
    windows = from_hits([played(default, (i + 0.5) / 63, 0.4) for i in range(0, 60, 6)])
    onset = windows.onset
    sampled = pad.sample(default)
    every = sampled.reshape(4096, -1)
    coarse = every[pad.best_places(every, onset.reshape(len(onset), -1))]
    wrong = ((coarse > 0.5) != onset.reshape(len(onset), -1)).sum(1)
    found = places_of(default, windows, sampled=sampled)
    assert found.differ.sum() < wrong.sum() / 2


class Twice:
    """A pad whose right half plays what its left half does, a little less surely."""

    def __init__(self, decoder: Decoder, quieter: bool = False) -> None:
        self._quieter = quieter
        self.lanes, self.grid, self.latents = decoder.lanes, decoder.grid, 2
        self._decoder = decoder

    def decode_many(self, latents: np.ndarray) -> np.ndarray:
        left = np.asarray(latents, np.float32).copy()
        right = left[:, 0] >= 0.5
        left[:, 0] = left[:, 0] % 0.5
        out = self._decoder.decode_many(left)
        out[right, 0] = 0.5 + 0.99 * (out[right, 0] - 0.5)
        if self._quieter:
            out[right, 1] *= 0.5
        return out


def test_a_second_place_is_named_only_where_it_is_nearly_as_likely(default: Decoder) -> None:
    twice = Twice(default)
    window = from_hits([played(default, 10 / 63, 0.5)])
    found = places_of(twice, window)  # type: ignore[arg-type]
    assert found.latent[0, 0] < 0.5
    assert abs(found.second[0] - found.latent[0])[0] >= FAR
    assert found.second[0] == pytest.approx(found.latent[0] + [0.5, 0], abs=0.02)
    assert found.second_differ[0] <= found.differ[0] + 1
    alone = places_of(default, window)
    assert alone.second_differ[0] == -1 and np.isnan(alone.second).all()


def test_lanes_that_only_one_of_both_has_are_silent_in_the_other() -> None:
    decoder = Decoder(ModelFile(header(4), tensors(4)))
    onset = np.random.default_rng(0).random((3, 12, 32)) < 0.3
    windows = replace(beats(3), onset=onset, velocity=onset.astype(np.float32))
    found = places_of(decoder, windows)
    assert found.latent.shape == (3, 4)
    there = np.stack([decoder.decode(p).probability > 0.5 for p in found.latent])
    more = onset[:, 11].sum(1)  # a lane that the model has not: none of its hits is played
    assert (found.differ == (there != onset[:, :11]).sum((1, 2)) + more).all()
    with pytest.raises(ValueError, match="24 steps"):
        places_of(decoder, replace(windows, onset=onset[:, :, :24]))


@pytest.mark.parametrize("latents", [3, 8])
def test_all_latents_are_searched(latents: int) -> None:
    """Patterns from anywhere are found where the slice in the middle has nothing like them."""
    decoder = Decoder(ModelFile(header(latents), tensors(latents)))
    wanted = np.random.default_rng(5).random((6, latents)).astype(np.float32)
    windows = from_hits([played(decoder, *place) for place in wanted.tolist()])
    flat = windows.onset.reshape(6, -1)
    sampled = pad.sample(decoder)
    every = sampled.reshape(4096, -1) > 0.5
    in_the_slice = (every[:, None] != flat[None]).sum(2).min(0)
    found = places_of(decoder, windows, sampled=sampled)
    assert (found.latent >= 0).all() and (found.latent <= 1).all()
    assert found.differ.sum() < in_the_slice.sum() / 15
    again = np.stack([decoder.decode(p).probability > 0.5 for p in found.latent])
    assert ((again != windows.onset).sum((1, 2)) == found.differ).all()
    once_more = places_of(decoder, windows, sampled=sampled)
    assert (once_more.latent == found.latent).all()


def test_a_dot_is_taken_before_a_place_that_plays_only_the_same_cells(default: Decoder) -> None:
    """A second dot plays the same cells with other accents, a third one other cells."""
    twice = Twice(default, quieter=True)
    window = from_hits([played(default, 10 / 63, 0.5)])
    dots = np.array([[10 / 63 + 0.5, 0.5], [10 / 63, 0.5], [0.3, 0.9]], np.float32)
    for order in ([0, 1, 2], [2, 1, 0]):
        found = places_of(twice, window, dots[order])  # type: ignore[arg-type]
        assert (found.latent[0] == dots[1]).all() and found.differ[0] == 0
        # The second place is as far from the dot as it is from any other.
        assert found.second_differ[0] < 0 or np.abs(found.second - found.latent).max() >= FAR
    # One that plays it worse than another place is not.
    found = places_of(default, window, dots[2:])
    assert found.latent[0] == pytest.approx([10 / 63, 0.5], abs=0.02)


def test_a_clip_gives_its_place(
    tmp_path: Path, default: Decoder, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.mid"
    write_clip(path, played(default, 0.25, 0.75))
    assert main(["encode", str(path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("On the pad of Default:") and "clip.mid: 1 window" in said
    assert main(["encode", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (window,) = told["files"][0]["windows"]
    assert window["place"] == pytest.approx([0.25, 0.75], abs=0.02)
    assert window["differ"] <= 1 < window["hits"]
    x, y = window["place"]
    assert f"from bar {window['bar']}: X {x:.3f}, Y {y:.3f}; {window['hits']} hits, " in said


def test_bad_files_and_models_are_sentences_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(write_midi(tmp_path / "good.mid", rock_bars(3)))
    (tmp_path / "bad.mid").write_bytes(b"\x89PNG")
    assert main(["encode", str(tmp_path / "bad.mid"), good]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("bad.mid is not a MIDI file") and "good.mid: 2 windows" in told.out
    assert main(["encode", good, "--model", "Nobody's"]) == 1
    assert 'no model called "Nobody\'s"' in capsys.readouterr().err
    assert main(["encode", str(tmp_path / "none.mid")]) == 1
    assert "none.mid" in capsys.readouterr().err


def test_another_grid_is_refused_unless_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shuffled eighths lie on triplets, and the default model on sixteenths."""
    notes = [(beat * 480 + part * 160, 42, 80) for beat in range(16) for part in (0, 2)]
    notes += [(beat * 480, 36, 90) for beat in range(16)]
    path = str(write_midi(tmp_path / "shuffle.mid", notes))
    assert main(["encode", path]) == 1
    said = capsys.readouterr().err
    assert "8 beats in triplets" in said and "--grid 4x8" in said
    assert main(["encode", path, "--grid", "4x8"]) == 0
    triplets = modelfile.Header(
        "Threes", header().lanes, Grid(3, 8), 3, header().sizes, {"seed": 0}, ("Nobody",)
    )
    rng = np.random.default_rng(1)
    made = {
        name: rng.standard_normal(shape).astype(np.float16) * np.float16(0.2)
        for name, shape in modelfile.decoder_shapes(triplets).items()
    }
    for name in ("velocity_spread", "offset_spread"):
        made[f"decoder.{name}"] = np.full(11, 0.1, np.float16)
    made["pad.picture"] = np.zeros((64, 64, 4), np.uint8)
    modelfile.save(tmp_path / "threes.groovefield", triplets, made)
    capsys.readouterr()
    assert main(["encode", path, "--model", str(tmp_path / "threes.groovefield")]) == 0
    assert "On the pad of Threes:" in capsys.readouterr().out
    # Hits on the beats alone, and loops, lie on any division of the beat.
    beats_only = [(beat * 480, note, 90) for beat in range(16) for note in (36, 42)]
    path = str(write_midi(tmp_path / "beats.mid", beats_only))
    assert main(["encode", path, "--model", str(tmp_path / "threes.groovefield")]) == 0
    assert "8 beats in triplets" not in capsys.readouterr().err


def test_the_reason_that_another_program_reads_names_no_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = [(beat * 480 + part * 160, 42, 80) for beat in range(16) for part in (0, 2)]
    path = write_midi(tmp_path / "shuffle.mid", notes)
    assert main(["encode", str(path), "--json"]) == 1
    told = capsys.readouterr()
    (file,) = json.loads(told.out)["files"]
    assert file["reason"].endswith("the model Default on 8 beats in sixteenths (32 steps).")
    assert told.err == f"{file['reason']} --grid 4x8 lays it there all the same.\n"


def test_only_the_first_windows_are_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write_midi(tmp_path / "long.mid", rock_bars(5)))
    assert main(["encode", path, "--json"]) == 0
    (whole,) = json.loads(capsys.readouterr().out)["files"]
    assert main(["encode", path, "--json", "--first", "1"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert len(whole["windows"]) > 1
    assert file["windows"] == whole["windows"][:1]
    assert file["report"]["files"][0]["windows"] == len(whole["windows"])


def test_of_a_long_file_the_first_and_the_nearest_window_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # From the fifth bar on a busy one, so that windows differ in how near the pad comes to them.
    odd = [(16 * 480 + i * 120, 41 + i % 5, 90) for i in range(64)]
    path = str(write_midi(tmp_path / "long.mid", sorted(rock_bars(12) + odd)))
    assert main(["encode", path, "--all"]) == 0
    every = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  from bar")]
    assert main(["encode", path, "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    differ = [window["differ"] for window in file["windows"]]
    assert len(every) == len(differ) > 6 and min(differ) < max(differ)
    assert main(["encode", path]) == 0
    said = capsys.readouterr().out.splitlines()
    chief = [line.removesuffix(" That is the nearest.") for line in said if "from bar" in line]
    assert chief == [every[i] for i in sorted({0, differ.index(min(differ))})]
    assert said[-1].startswith(
        f"  and {len(every) - len(chief)} more: {min(differ)} to {max(differ)} cells differ, "
    )
    assert main(["encode", path, "--first", "5"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if "from bar" in line] == every[:5]


def test_a_pattern_is_read_from_its_start_with_its_empty_bar(
    tmp_path: Path, default: Decoder, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a clip it has no window, or another: its first bar is empty, its second ends early."""
    notes = [(8 * 240, 36, 100), (8 * 240 + 480, 38, 90), (9 * 240 + 480, 42, 70)]
    path = write_midi(tmp_path / "late.mid", notes)
    portable = tmp_path / "portable"
    portable.write_bytes(modelfile.portable(default_model()))
    command = ["encode", str(path), "--json", "--pattern", "--model", str(portable)]
    assert main(command) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    (window,) = file["windows"]
    assert window["hits"] == 3 and window["bar"] == 1
    there = default.decode(np.array(window["place"], np.float32)).probability > 0.5
    wanted = np.zeros_like(there)
    wanted[0, 16] = wanted[1, 20] = wanted[2, 22] = True
    assert window["plays"] == there.sum()
    assert window["differ"] == (there != wanted).sum()
    empty = str(write_midi(tmp_path / "empty.mid", [(0, 100, 90)]))
    assert main(["encode", empty, "--pattern"]) == 1
    assert "empty.mid" in capsys.readouterr().err


def test_the_package_is_a_command(tmp_path: Path) -> None:
    """The plugin starts it so, and hears what it prints."""
    path = write_midi(tmp_path / "a.mid", rock_bars(2))
    command = [sys.executable, "-I", "-m", "groovefield", "encode", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env={})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == {"name": "Default", "latents": 2}


def test_nothing_waits_for_torch(tmp_path: Path) -> None:
    path = write_midi(tmp_path / "a.mid", rock_bars(2))
    program = (
        "import sys; from groovefield.cli import main\n"
        f"code = main(['encode', {str(path)!r}])\n"
        "sys.exit(2 if 'torch' in sys.modules else code)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_clip_is_looked_for_in_the_style_that_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    styles = ("House", "Dub")
    model = tmp_path / "styled.groovefield"
    modelfile.save(model, header(styles=styles), tensors(styles=styles))
    decoder = load_decoder(model)
    pattern = decoder.decode(np.array([0.3, 0.6], np.float32), 0.75)
    on = pattern.probability > 0.5
    clip = tmp_path / "clip.mid"
    velocity = np.where(on, 0.7, 0).astype(np.float32)
    write_clip(clip, Hits(velocity, np.zeros_like(velocity), decoder.grid))
    differ = {}
    for style in ("0", "0.75"):
        command = ["encode", str(clip), "--model", str(model), "--json", "--style", style]
        assert main([*command, "--first", "1"]) == 0
        (window,) = json.loads(capsys.readouterr().out)["files"][0]["windows"]
        there = decoder.decode(np.array(window["place"], np.float32), float(style))
        assert window["plays"] == (there.probability > 0.5).sum()
        differ[style] = window["differ"]
    assert 5 * differ["0.75"] < differ["0"], differ
    for odd in ("2", "nan", "House"):
        with pytest.raises(SystemExit):
            main(["encode", str(clip), "--style", odd])
        assert f"{odd!r} is not a number from 0 to 1" in capsys.readouterr().err

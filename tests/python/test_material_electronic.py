"""The written patterns are many, different from one another, and true to their styles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from groovefield.lanes import LANE_INDEX
from groovefield.material.electronic import (
    DATA,
    SECTIONS,
    Style,
    load_electronic,
    load_styles,
    read_style,
)
from groovefield.material.midi_files import MaterialError
from groovefield.pattern import Grid, Hits

KICK, SNARE, CLOSED, OPEN = 0, 1, 2, 3
CLAP, RIM, RIDE = LANE_INDEX["clap"], LANE_INDEX["rim"], LANE_INDEX["ride"]
HITS = load_electronic()
STYLES = {style.name: style for style in load_styles()}
BACKBEAT = {
    "house": (4, 12, 20, 28),
    "disco": (4, 12, 20, 28),
    "garage": (4, 12, 20, 28),
    "electro": (4, 12, 20, 28),
    "hip hop": (4, 12, 20, 28),
    "drum and bass": (4, 12, 20),  # the second bar may displace its last snare, as the amen does
    "breakbeat": (4, 12, 20),
    "trap": (8, 24),
    "dubstep": (8, 24),
}


def test_there_are_over_three_hundred() -> None:
    assert len(HITS) >= 300
    assert all(hits.grid == Grid(4, 8) and hits.velocity.shape == (11, 32) for hits in HITS)
    for name in ("house", "techno", "trap", "drum and bass", "garage", "breakbeat"):
        assert len(STYLES[name].hits) >= 40
    assert len({hits.name for hits in HITS}) == len(HITS)


def test_any_two_differ_by_four_cells_and_most_by_many() -> None:
    cells = np.stack([hits.onset.ravel() for hits in HITS]).astype(np.int32)
    apart = cells @ (1 - cells).T
    apart = apart + apart.T
    np.fill_diagonal(apart, 999)
    i, j = np.unravel_index(apart.argmin(), apart.shape)
    assert apart.min() >= 4, f"{HITS[i].name} and {HITS[j].name} differ by {apart.min()} cells"
    assert np.median(apart.min(axis=1)) >= 10


def test_every_pattern_has_its_kick_on_one() -> None:
    assert [hits.name for hits in HITS if not hits.onset[KICK, 0]] == []


@pytest.mark.parametrize("name", BACKBEAT)
def test_the_backbeat_is_where_the_style_has_it(name: str) -> None:
    assert STYLES[name].backbeat_steps == BACKBEAT[name]
    for hits in STYLES[name].hits:
        loudest = np.maximum(hits.velocity[SNARE], hits.velocity[CLAP])
        for step in BACKBEAT[name]:
            assert loudest[step] > 0.7, f"{hits.name} has no backbeat on step {step}"


def test_four_on_the_floor_and_dembow() -> None:
    for name in ("house", "disco"):
        for hits in STYLES[name].hits:
            assert hits.onset[KICK, :28:4].all(), hits.name
    for hits in STYLES["dembow"].hits:
        three_three_two = hits.onset[[SNARE, RIM]].any(axis=0)
        assert three_three_two[[6, 14, 22, 30]].all(), hits.name


def test_house_opens_its_hats_between_the_kicks() -> None:
    between = [
        hits.onset[[OPEN, CLOSED, RIDE]].any(axis=0)[2::4].mean() for hits in STYLES["house"].hits
    ]
    opened = [hits.onset[OPEN, 2::4].mean() > 0.7 for hits in STYLES["house"].hits]
    assert min(between) > 0.5 and np.mean(opened) > 0.4


def test_techno_rides_and_trap_rolls() -> None:
    rides = [hits.onset[RIDE].sum() >= 8 for hits in STYLES["techno"].hits]
    assert sum(rides) >= 10
    # Three hats in a row of sixteenths, or triplets a third of a step off the grid.
    rolls = []
    for hits in STYLES["trap"].hits:
        hats = hits.onset[CLOSED]
        run = (hats[:-2] & hats[1:-1] & hats[2:]).any()
        triplet = (np.abs(hits.offset[CLOSED]) > 0.6).sum() >= 2
        rolls.append(run or triplet)
    assert np.mean(rolls) > 0.6


def test_the_second_bar_answers_the_first() -> None:
    answers = [(hits.onset[:, :16] != hits.onset[:, 16:]).any() for hits in HITS]
    assert np.mean(answers) > 0.75


def test_open_and_closed_hat_never_strike_together() -> None:
    assert [h.name for h in HITS if (h.onset[OPEN] & h.onset[CLOSED]).any()] == []


def test_garage_swings_by_what_its_table_says() -> None:
    for hits in STYLES["garage"].hits:
        swing = hits.tags["swing"]
        assert 56 <= swing <= 64
        kicks = hits.onset[KICK]  # no push on the kick: its offset is the swing alone
        odd = np.arange(32) % 2 == 1
        np.testing.assert_allclose(hits.offset[KICK, kicks & odd], (swing - 50) / 25, atol=1e-6)
        np.testing.assert_allclose(hits.offset[KICK, kicks & ~odd], 0.0, atol=1e-6)


def test_a_late_snare_is_late_by_its_milliseconds() -> None:
    for hits in STYLES["hip hop"].hits:
        half_step_ms = 60_000 / hits.bpm / 8
        assert hits.offset[SNARE, 4] * half_step_ms == pytest.approx(9.0, abs=0.01)


def test_triplets_are_thirds_of_a_beat() -> None:
    hits = next(h for h in STYLES["footwork"].hits if h.tags["phrases"]["hats"] == "trip")
    steps = np.flatnonzero(hits.onset[CLOSED, :4])
    beats = (steps + hits.offset[CLOSED, steps] / 2) / 4
    np.testing.assert_allclose(beats, [0, 1 / 3, 2 / 3], atol=1e-6)


def test_velocities_are_accents_normals_and_ghosts() -> None:
    struck = np.concatenate([hits.velocity[hits.onset] for hits in HITS])
    assert struck.max() == 1.0
    assert 0.1 < (struck == 1.0).mean() < 0.35
    assert 0.04 < (struck < 0.4).mean() < 0.25
    for hits in HITS:
        assert len(np.unique(hits.velocity[hits.onset])) >= 4, hits.name
    # Never eased by more than a tenth: a normal stays a normal.
    levels = np.array([0.35, 0.6, 0.8, 1.0])
    eased = 1 - struck / levels[np.searchsorted(levels, struck - 1e-6)]
    assert eased.max() < 0.1


def test_every_phrase_that_is_written_is_used() -> None:
    for path in DATA.glob("electronic_*.txt"):
        used: Counter[str] = Counter()
        for hits in read_style(path).hits:
            used.update(f"{s} {hits.tags['phrases'][s]}" for s in SECTIONS)
        section = ""
        for line in path.read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif section in SECTIONS and line[:1].isalnum():
                assert used[f"{section} {line.split()[0]}"] > 0, f"{path.name}: {line}"


HEAD = "style test\nbackbeat 4 12 on SD\npush SD 5\n"
PHRASES = "[kick]\nfour BD X...x...X...x...|*\n[back]\n[hats]\n[perc]\n"


def _read(tmp_path: Path, text: str) -> Style:
    path = tmp_path / "electronic_test.txt"
    path.write_text(text)
    return read_style(path)


def test_a_row_is_what_it_looks_like(tmp_path: Path) -> None:
    text = HEAD + "[kick]\na BD X..-....o.....x.|....x>.<........\n[patterns]\n120 50 a - - -\n"
    (hits,) = _read(tmp_path, text).hits
    assert isinstance(hits, Hits)
    assert list(np.flatnonzero(hits.onset[KICK])) == [0, 3, 8, 14, 20, 21, 23]
    assert hits.velocity[KICK, 0] == 1.0
    assert hits.velocity[KICK, 3] == pytest.approx(0.35 * (1 - 0.08))
    assert list(hits.offset[KICK, [20, 21, 23]]) == pytest.approx([0, 2 / 3, -2 / 3])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "[kick]\nfour BD X...x...|*\n", "line 5: a bar has 16 sixteenths"),
        (HEAD + "[kick]\nfour ZZ X...x...X...x...|*\n", "line 5: 'ZZ' is no lane"),
        (HEAD + "[kick]\nfour BD X...y...X...x...|*\n", "line 5: 'y' is no mark"),
        (HEAD + PHRASES + "[patterns]\n120 50 five - - -\n", "line 10: there is no phrase 'five'"),
        (HEAD + PHRASES + "[patterns]\n120 80 four - - -\n", "120 bpm with 80 % swing"),
        (HEAD + PHRASES + "[patterns]\n120 50 four\n", "a pattern is bpm, swing"),
        (HEAD + "[tuba]\n", "there is no section"),
        ("stile test\n", "line 1: the head has style"),
    ],
)
def test_a_mistake_is_named_by_its_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(MaterialError) as raised:
        _read(tmp_path, text)
    assert "electronic_test.txt" in str(raised.value) and reason in str(raised.value)

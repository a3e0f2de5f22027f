"""Wander: how far a position strays, by what is heard of it, and by no formula of its own.

Each place along an axis plays another velocity, so that the notes of the C++ player, and of the
reference, say where the song is at each step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import player_library
import pytest
from groovefield.pattern import Floats, Grid, Pattern
from groovefield.reference import Block, Play, play

RATE, SIZE, BPM = 48_000.0, 6000, 120.0
PLACES = 127
STEPS_A_TURN = 8
"""Wander takes a new turn every two beats; the grid has four steps a beat."""

Heard = Callable[[Play, int, int], Floats]
"""What was played, from a step of the song on, for so many turns -> the place at each step."""


def place_patterns() -> list[Pattern]:
    """Place i of the axis strikes each step at velocity i + 1."""
    ones = np.ones((1, 32), "f4")
    return [Pattern(ones, ones * (i + 1) / 127, ones * 0, ones * 0, ones * 0, Grid(4, 8))
            for i in range(PLACES)]  # fmt: skip


PATTERNS = place_patterns()


def script(now: Play, first: int, turns: int) -> list[Block]:
    beats = SIZE * BPM / 60 / RATE
    count = int(turns * STEPS_A_TURN / 4 / beats)
    return [Block(SIZE, True, first / 4 + i * beats, BPM, play=now) for i in range(count)]


def by_the_player(now: Play, first: int, turns: int) -> Floats:
    notes = player_library.play(script(now, first, turns), PATTERNS, RATE)
    return np.array([(n.velocity - 0.5) / PLACES for n in notes if n.velocity], "f4")


def by_the_reference(axis: int) -> Heard:
    def heard(now: Play, first: int, turns: int) -> Floats:
        def there(position: tuple[float, ...]) -> Pattern:
            return PATTERNS[min(PLACES - 1, int(position[axis] * PLACES))]

        notes = play(script(now, first, turns), there, [36], RATE)
        return np.array([(n.velocity - 0.5) / PLACES for n in notes if n.velocity], "f4")

    return heard


def at(place: float, wander: float, seed: int = 0) -> Play:
    return Play(position=(place, place, *(0.5,) * 6), wander=wander, seed=seed)


WHO = pytest.mark.parametrize(
    "heard", [by_the_player, by_the_reference(0), by_the_reference(1)],
    ids=["player", "reference, X", "reference, Y"],
)  # fmt: skip


@WHO
@pytest.mark.parametrize("wander", [0.1, 0.4, 1.0])
def test_it_stays_within_its_radius_and_uses_it(heard: Heard, wander: float) -> None:
    """Up to half the pad at 100 %, to both sides, and half of that at about every second turn."""
    radius, rounding = 0.5 * wander, 1 / PLACES
    turns, seeds = 24, range(12)
    paths = np.stack([heard(at(0.5, wander, seed), 0, turns) - 0.5 for seed in seeds])
    assert paths.shape[1] >= turns * STEPS_A_TURN - 1
    assert np.abs(paths).max() <= radius + rounding
    assert paths.max() > 0.85 * radius and paths.min() < -0.85 * radius

    drawn = paths[:, ::STEPS_A_TURN]
    far = np.abs(drawn) > 0.5 * radius
    assert (far.sum(1) >= turns / 6).all(), "one that hardly strays"
    assert 0.35 < far.mean() < 0.65
    assert 0.4 < (drawn > 0).mean() < 0.6
    # A smooth path: from one edge to the other takes a turn.
    assert np.abs(np.diff(paths)).max() < 2 * radius * 1.6 / STEPS_A_TURN + rounding


@WHO
@pytest.mark.parametrize("place", [0.03, 0.2, 0.9])
def test_it_turns_back_at_the_edge_of_the_pad(heard: Heard, place: float) -> None:
    path = np.concatenate([heard(at(place, 0.8, seed), 0, 24) for seed in range(4)])
    assert np.abs(path - place).max() <= 0.4 + 1 / PLACES
    inward = (path - place) * (1 if place < 0.5 else -1)
    assert inward.max() > 0.3
    assert np.mean(np.minimum(path, 1 - path) < 1 / PLACES) < 0.1, "it sticks to the edge"


@WHO
def test_it_is_the_same_wherever_the_song_is_begun_and_another_for_each_seed(heard: Heard) -> None:
    whole = heard(at(0.5, 1.0, 7), 0, 16)
    later = heard(at(0.5, 1.0, 7), 64, 8)
    np.testing.assert_array_equal(later, whole[64 : 64 + len(later)])
    other = heard(at(0.5, 1.0, 8), 0, 16)
    assert np.abs(np.corrcoef(whole, other)[0, 1]) < 0.6
    still = heard(at(0.5, 0.0, 7), 0, 4)
    assert len(set(still.tolist())) == 1 and still[0] == pytest.approx(0.5, abs=1 / PLACES)


def test_x_and_y_stray_apart() -> None:
    paths = [by_the_reference(axis)(at(0.5, 1.0, 3), 0, 24) for axis in (0, 1)]
    assert np.abs(np.corrcoef(*paths)[0, 1]) < 0.6

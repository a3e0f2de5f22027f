"""How hits stray when humanise draws them: drummers drift together and repeat themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from groovefield.pattern import Grid, Pattern
from groovefield.reference import (
    OFFSET_STRAY,
    VELOCITY_STRAY,
    Overlay,
    Play,
    Stray,
    strayed,
    strike,
)

STRAYS = [OFFSET_STRAY, VELOCITY_STRAY]
SEEDS = range(120)


def stretch(stray: Stray, seed: int, lane: int, steps: int = 256) -> np.ndarray:
    """The draws of a lane along eight cycles of 32 sixteenths."""
    return np.array([strayed(stray, seed, lane, n, 32, 4) for n in range(steps)])


def table(stray: Stray) -> np.ndarray:
    """(seeds, 3 lanes, 256 steps)."""
    return np.array([[stretch(stray, s, lane) for lane in range(3)] for s in SEEDS])


@pytest.mark.parametrize("stray", STRAYS)
def test_draws_have_mean_0_and_variance_1(stray: Stray) -> None:
    drawn = table(stray)
    assert drawn.mean() == pytest.approx(0, abs=0.06)
    assert drawn.var() == pytest.approx(1, abs=0.08)
    assert sum(stray.shares) == pytest.approx(1)


@pytest.mark.parametrize("stray", STRAYS)
def test_two_lanes_struck_together_share_drift_and_place(stray: Stray) -> None:
    drawn = table(stray)
    together = (drawn[:, 0] * drawn[:, 1]).mean() / drawn.var()
    assert together == pytest.approx(stray.shares[1] + stray.shares[2], abs=0.07)


@pytest.mark.parametrize("stray", STRAYS)
def test_the_next_cycle_repeats_the_players_manner_but_not_the_hit(stray: Stray) -> None:
    drawn = table(stray)
    # Two cycles on, the drift (four beats) has forgotten itself.
    again = (drawn[:, :, :-64] * drawn[:, :, 64:]).mean() / drawn.var()
    assert again == pytest.approx(stray.shares[2] + stray.shares[3], abs=0.07)
    assert not np.allclose(drawn[0, 0, :32], drawn[0, 0, 32:64])


def test_the_drift_moves_slowly_and_is_everybodys() -> None:
    drift = replace(OFFSET_STRAY, shares=(0.0, 1.0, 0.0, 0.0))
    a, b = stretch(drift, 5, 0), stretch(drift, 5, 9)
    np.testing.assert_array_equal(a, b)
    assert np.abs(np.diff(a)).max() < 0.6
    assert a.std() > 0.5
    late = np.array([strayed(drift, 5, 0, n, 32, 4) for n in range(-64, 0)])
    assert abs(late[-1] - a[0]) < 0.6  # through song position 0, too


def test_another_seed_is_another_player() -> None:
    assert abs(np.corrcoef(stretch(OFFSET_STRAY, 1, 0), stretch(OFFSET_STRAY, 2, 0))[0, 1]) < 0.35


def one_cell(spread: float) -> Pattern:
    full = np.full((2, 32), 1.0, np.float32)
    return Pattern(full, full * 0.5, full * 0.25, full * spread, full * spread, Grid())


def test_humanise_0_plays_the_mean_and_half_draws_half() -> None:
    pattern = one_cell(0.1)
    mean = [strike(pattern, Overlay(), Play(), 1, n) for n in range(64)]
    assert set(mean) == {(0.125, 64)}
    half, full = (
        [strike(pattern, Overlay(), Play(humanise=h, seed=3), 1, n) for n in range(64)]
        for h in (0.5, 1.0)
    )
    for n, (a, b) in enumerate(zip(half, full, strict=True)):
        assert a
        assert b
        assert b[0] - 0.125 == pytest.approx(2 * (a[0] - 0.125))
        assert b[0] - 0.125 == pytest.approx(0.05 * strayed(OFFSET_STRAY, 3, 1, n, 32, 4))


def test_a_cell_draws_the_same_whatever_was_asked_before() -> None:
    straight = stretch(VELOCITY_STRAY, 7, 2)
    backwards = [strayed(VELOCITY_STRAY, 7, 2, n, 32, 4) for n in reversed(range(256))]
    np.testing.assert_array_equal(straight, backwards[::-1])

"""How well a loop was heard: onsets matched one to one, lanes and velocities counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def match(
    heard: NDArray[np.float64], true: NDArray[np.float64], within: float = 0.025
) -> NDArray[np.int64]:
    """(pairs, 2) indices of heard and true times, each used once, as many as can be.

    Both are in order, so giving each true time the earliest heard one left is optimal.
    """
    pairs = []
    i = j = 0
    while i < len(heard) and j < len(true):
        if heard[i] < true[j] - within:
            i += 1
        elif heard[i] > true[j] + within:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def nearest(
    heard: NDArray[np.float64], true: NDArray[np.float64], within: float = 0.025
) -> NDArray[np.int64]:
    """(pairs, 2) indices of heard and true times, each used once, the closest first: which of
    several places that were heard is the true one, where `match` asks only how many."""
    apart = np.abs(heard[:, None] - true[None, :])
    pairs: list[tuple[int, int]] = []
    for flat in np.argsort(apart, axis=None, kind="stable"):
        i, j = divmod(int(flat), len(true))
        if apart[i, j] > within:
            break
        if not any(i == a or j == b for a, b in pairs):
            pairs.append((i, j))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def f1(hits: float, heard: float, true: float) -> float:
    """The harmonic mean of precision and recall; 0 where there is nothing."""
    return 2 * hits / (heard + true) if heard + true else 0.0


def rank_correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Spearman's, ties at their mean rank; nan where one of them does not vary."""
    x, y = _ranks(a), _ranks(b)
    if len(x) < 2 or x.std() == 0 or y.std() == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    out: NDArray[np.float64] = mean_rank[which]
    return out

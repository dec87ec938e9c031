"""Runs of words that a head marks by B (begins) and I (goes on)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dateline.encode.model import Floats

O, B, I = 0, 1, 2  # noqa: E741  columns of such a head
OUTSIDE = np.array([1, 0, 0], np.float32)  # the odds of a word that nobody is to mark

Run = tuple[int, int]  # words [first, end)


def means(rows: Floats, runs: Sequence[Run]) -> Floats:
    """The mean of each run's rows [runs, numbers], of rows [words, numbers]."""
    if not runs:
        return rows[:0]
    first, end = np.array(runs).T
    opens = np.cumsum(end - first) - (end - first)
    words = np.arange((end - first).sum()) + np.repeat(first - opens, end - first)
    return np.asarray(np.add.reduceat(rows[words], opens, 0) / (end - first)[:, None], np.float32)


def likely(odds: Floats, closes: NDArray[np.bool_], least: float, longest: int, within: Run | None = None) -> list[tuple[Run, float]]:
    """The runs of up to `longest` words that are at least as probable as `least`, and their probabilities, by length and place.

    A run's probability is that its first word begins it, the others go on and the word after does not, each by itself; it ends with a word
    that `closes` one. Runs may overlap; those that begin in `within` are taken (all, if None).
    """
    outside, begins, goes_on = odds.T
    inside = begins + goes_on * np.concatenate([[1.0], outside[:-1]])
    if within:
        inside[: within[0]] = inside[within[1] :] = 0
    stops = np.concatenate([1 - goes_on[1:], [1.0]]) * closes
    found: list[tuple[Run, float]] = []
    for length in range(1, min(longest, len(odds)) + 1):
        if length > 1:
            inside = inside[:-1] * goes_on[length - 1 :]
        score = inside * stops[length - 1 :]
        found += [((first, first + length), float(score[first])) for first in np.flatnonzero(score >= least).tolist()]
    return found


def apart(found: list[tuple[Run, float]]) -> list[Run]:
    """The runs that no likelier one overlaps, the likeliest first."""
    kept: list[Run] = []
    taken: set[int] = set()
    for run, _ in sorted(found, key=lambda x: (-x[1], x[0])):
        if taken.isdisjoint(range(*run)):
            taken.update(range(*run))
            kept.append(run)
    return kept

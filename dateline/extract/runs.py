"""Runs of words that a head marks by B (begins) and I (goes on)."""

from __future__ import annotations

import numpy as np

from dateline.encode.model import Floats

O, B, I = 0, 1, 2  # noqa: E741  columns of such a head
OUTSIDE = np.array([1, 0, 0], np.float32)  # the odds of a word that nobody is to mark

Run = tuple[int, int]  # words [first, end)


def likely(odds: Floats, least: float, longest: int, within: Run | None = None) -> list[tuple[Run, float]]:
    """The runs of up to `longest` words that are at least as probable as `least`, and their probabilities, by length and place.

    A run's probability is that its first word begins it, the others go on and the word after does not, each by itself. Runs may overlap;
    those that begin in `within` are taken (all, if None).
    """
    outside, begins, goes_on = odds.T
    inside = begins + goes_on * np.concatenate([[1.0], outside[:-1]])
    if within:
        inside[: within[0]] = inside[within[1] :] = 0
    stops = np.concatenate([1 - goes_on, [1.0]])
    found: list[tuple[Run, float]] = []
    for length in range(1, min(longest, len(odds)) + 1):
        if length > 1:
            inside = inside[:-1] * goes_on[length - 1 :]
        score = inside * stops[length:]
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

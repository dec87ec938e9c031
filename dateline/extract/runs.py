"""Runs of words that a head marks by B (begins) and I (goes on)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

B, I = 1, 2  # noqa: E741  columns of such a head, after O

Run = tuple[int, int]  # words [first, end)


def runs(tags: NDArray[np.int64], within: Run | None = None) -> list[Run]:
    """The runs that begin in `within` (all, if None), in order. An I after an O begins one too."""
    starts = np.flatnonzero((tags == B) | ((tags == I) & (np.concatenate([[0], tags[:-1]]) == 0)))
    if within:
        starts = starts[(starts >= within[0]) & (starts < within[1])]
    found = []
    for first in starts.tolist():
        end = first + 1
        while end < len(tags) and tags[end] == I:
            end += 1
        found.append((first, end))
    return found

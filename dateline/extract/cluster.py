"""Grouping by pairwise probabilities: average linkage, which resists chains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clusters(same: NDArray[np.float32], threshold: float) -> list[list[int]]:
    """Groups of rows, joined while the mean probability between two groups is at least `threshold`.

    `same` is symmetric [n, n]. Average linkage (Sokal & Michener 1958). Groups and their members in ascending order.
    """
    groups = [[i] for i in range(len(same))]
    total = np.array(same, np.float64)
    np.fill_diagonal(total, -np.inf)
    size = np.ones(len(same))
    while len(groups) > 1:
        mean = total / np.outer(size, size)
        a, b = sorted(divmod(int(np.argmax(mean)), len(groups)))
        if mean[a, b] < threshold:
            break
        total[a] += total[b]
        total[:, a] += total[:, b]
        total[a, a] = -np.inf
        size[a] += size[b]
        groups[a] += groups[b]
        total, size = np.delete(np.delete(total, b, 0), b, 1), np.delete(size, b)
        del groups[b]
    return sorted(sorted(g) for g in groups)

"""Grouping by pairwise probabilities: average linkage, which resists chains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clusters(same: NDArray[np.float32], threshold: float) -> list[list[int]]:
    """Groups of rows, joined while the mean probability between two groups is at least `threshold`.

    `same` is symmetric [n, n]. Average linkage (Sokal & Michener 1958). Groups and their members in ascending order.
    Raises nothing; n = 0 gives no group.
    """
    # A mean can reach the threshold only where some pair does, so that what no pair connects is grouped apart: small and fast.
    return sorted(group for part in _connected(same >= threshold) for group in _linked(same, part, threshold))


def both_ways(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of pairs, read from the earlier to the later [n, n], as a symmetric matrix with an empty diagonal."""
    forward = np.triu(scores, 1)
    return np.asarray(forward + forward.T, np.float32)


def _connected(near: NDArray[np.bool_]) -> list[list[int]]:
    """The connected components of a symmetric relation."""
    left, parts = set(range(len(near))), []
    while left:
        todo, part = [left.pop()], []
        while todo:
            at = todo.pop()
            part.append(at)
            found = left.intersection(np.flatnonzero(near[at]).tolist())
            left -= found
            todo += found
        parts.append(sorted(part))
    return parts


def _linked(same: NDArray[np.float32], part: list[int], threshold: float) -> list[list[int]]:
    """The groups of one component."""
    groups = [[i] for i in part]
    total = same[np.ix_(part, part)].astype(np.float64)
    size = np.ones(len(part))  # 0: joined to another
    mean = total.copy()
    np.fill_diagonal(mean, -np.inf)
    while True:
        a, b = sorted(divmod(int(np.argmax(mean)), len(part)))
        if mean[a, b] < threshold:
            return [sorted(g) for g in groups if g]
        total[a] += total[b]
        total[:, a] = total[a]
        size[a], size[b] = size[a] + size[b], 0
        groups[a], groups[b] = groups[a] + groups[b], []
        mean[b] = mean[:, b] = -np.inf
        mean[a] = mean[:, a] = np.where(size > 0, total[a] / np.maximum(size[a] * size, 1), -np.inf)
        mean[a, a] = -np.inf

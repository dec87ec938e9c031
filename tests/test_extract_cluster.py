"""Grouping by pairwise probabilities, against a slow and plain version of the same definition."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dateline.extract.cluster import clusters


def plainly(same: np.ndarray, threshold: float) -> list[list[int]]:
    """Average linkage by its definition: join the two groups with the highest mean while it reaches the threshold."""
    groups = [[i] for i in range(len(same))]
    while len(groups) > 1:
        a, b = max(itertools.combinations(groups, 2), key=lambda pair: same[np.ix_(*pair)].mean())
        if same[np.ix_(a, b)].mean() < threshold:
            break
        groups = [g for g in groups if g not in (a, b)] + [sorted(a + b)]
    return sorted(groups)


@given(st.integers(0, 9), st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_groups_are_those_of_the_definition(n: int, seed: int, threshold: float) -> None:
    half = np.triu(np.random.default_rng(seed).random((n, n)), 1)
    same = (half + half.T).astype(np.float32)
    assert clusters(same, threshold) == plainly(same.astype(np.float64), threshold)


def test_a_chain_is_not_one_group() -> None:
    same = np.zeros((4, 4), np.float32)
    for i in range(3):
        same[i, i + 1] = same[i + 1, i] = 0.9
    assert clusters(same, 0.5) == [[0, 1], [2, 3]]

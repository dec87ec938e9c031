"""Scores of pairs by event and participant, against slow and plain versions; likely runs of words; where an event's place is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.extract.pairs import best_by_event
from dateline.extract.places import placed
from dateline.extract.roles import Pairs
from dateline.extract.runs import B, I, O, apart, likely, means
from dateline.records import span_of


def parted(numbers: int, seed: int) -> list[list[int]]:
    """The numbers in random groups, none empty."""
    draw = np.random.default_rng(seed)
    owner = draw.integers(0, max(1, numbers // 2), numbers)
    return [np.flatnonzero(owner == k).tolist() for k in np.unique(owner)]


@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 10_000))
def test_maxima_are_those_of_the_definition(triggers: int, mentions: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(-3, 4, (triggers, mentions)).astype(np.float32)  # few values, so that some are equal
    events, people = parted(triggers, seed), parted(mentions, seed + 1)
    pairs = Pairs(events, people, scores.shape)
    most = pairs.max(scores)
    t, m = pairs.argmax(scores)
    for e, of_event in enumerate(events):
        for p, of_person in enumerate(people):
            here = {(a, b): scores[a, b] for a in of_event for b in of_person}
            assert most[e, p] == max(here.values())
            assert (t[e, p], m[e, p]) == next(k for k in sorted(here) if here[k] == most[e, p])
    assert pairs.of_event(scores[:, 0]).tolist() == [scores[e, 0].max() for e in events]
    assert np.array_equal(best_by_event(scores, events), np.stack([scores[e].max(0) for e in events]))


def test_sums_and_bests_by_trigger_are_those_of_the_definition() -> None:
    scores = np.array([[1, 5, 2], [3, 0, 4]], np.float32)
    pairs = Pairs([[0, 1]], [[0, 2], [1]], scores.shape)
    assert pairs.sum(scores).tolist() == [[10, 5]]
    assert pairs.by_trigger(scores).tolist() == [[2, 5], [4, 0]]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 4)), max_size=5))
def test_means_are_those_of_the_definition(found: list[tuple[int, int]]) -> None:
    rows, runs = np.random.default_rng(1).normal(size=(12, 3)).astype(np.float32), [(first, first + length) for first, length in found]
    slow = np.array([rows[first:end].mean(0) for first, end in runs]).reshape(-1, 3)
    assert means(rows, runs) == pytest.approx(slow, abs=1e-5)


@given(st.integers(0, 6), st.integers(0, 10_000))
def test_likely_runs_are_those_of_the_definition(words: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    odds, closes = draw.dirichlet([1, 1, 1], words).astype(np.float32), draw.random(words) < 0.8
    slow = {}
    for first in range(words):
        for end in range(first + 1, min(words, first + 4) + 1):
            begins = odds[first, B] + odds[first, I] * (odds[first - 1, O] if first else 1)
            slow[first, end] = closes[end - 1] * begins * odds[first + 1 : end, I].prod() * (1 - odds[end, I] if end < words else 1)
    found = dict(likely(odds, closes, 0.1, 4))
    assert found == pytest.approx({run: p for run, p in slow.items() if p >= 0.1}, abs=1e-5)
    assert set(dict(likely(odds, closes, 0.1, 4, (1, 3)))) == {run for run in found if 1 <= run[0] < 3}


def test_of_runs_that_overlap_the_likelier_one_stays() -> None:
    assert apart([((0, 3), 0.4), ((2, 4), 0.5), ((0, 2), 0.3), ((5, 6), 0.1)]) == [(2, 4), (0, 2), (5, 6)]


def test_a_place_is_stated_in_the_sentence_of_its_event_and_inferred_elsewhere() -> None:
    text = "Police held nine in Lyon. A march followed."
    sentences = [span_of(text, 0, 25), span_of(text, 26, 43)]
    lyon, held, march = span_of(text, 20, 24), span_of(text, 7, 11), span_of(text, 28, 33)
    assert placed(lyon, (held,), sentences).basis == "stated"
    assert placed(lyon, (march,), sentences).basis == "inferred"
    assert placed(lyon, (march, held), sentences).basis == "stated"
    assert placed(lyon, (march,), sentences).name == "Lyon"

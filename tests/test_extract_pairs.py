"""Scores of pairs by event and participant, against slow and plain versions; runs of B and I; where an event's place is told."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dateline.extract.pairs import best_by_event
from dateline.extract.places import placed
from dateline.extract.roles import Pairs
from dateline.extract.runs import runs
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


def test_a_run_begins_at_b_and_at_an_i_after_an_o() -> None:
    tags = np.array([2, 2, 0, 1, 1, 2, 0, 0, 2])
    assert runs(tags) == [(0, 2), (3, 4), (4, 6), (8, 9)]
    assert runs(tags, (3, 5)) == [(3, 4), (4, 6)], "those that begin there, whole"
    assert runs(np.zeros(0, np.int64)) == []


def test_a_place_is_stated_in_the_sentence_of_its_event_and_inferred_elsewhere() -> None:
    text = "Police held nine in Lyon. A march followed."
    sentences = [span_of(text, 0, 25), span_of(text, 26, 43)]
    lyon, held, march = span_of(text, 20, 24), span_of(text, 7, 11), span_of(text, 28, 33)
    assert placed(lyon, (held,), sentences).basis == "stated"
    assert placed(lyon, (march,), sentences).basis == "inferred"
    assert placed(lyon, (march, held), sentences).basis == "stated"
    assert placed(lyon, (march,), sentences).name == "Lyon"

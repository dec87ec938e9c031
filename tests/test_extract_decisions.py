"""What counts as an event, and how probable it is said to be."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dateline.encode.model import ModelError
from dateline.extract import confidence
from dateline.extract.decisions import Decisions
from dateline.extract.triggers import Trigger

MENTION = (0.5, -1.2)
NOTHING = {"AID": 0.0, "AGREE": 0.0}
WEIGHTS = dict.fromkeys(confidence.SIGNS, 0.0) | {"constant": 0.0, "score": 1.0}


def text_of(words: int) -> Any:
    return SimpleNamespace(words=SimpleNamespace(starts=np.arange(words) * 100))


@pytest.mark.parametrize("event", [0.2, 0.5, 0.9])
def test_the_least_logit_has_just_the_probability_from_which_a_word_names_an_event(event: float) -> None:
    decisions = Decisions(event=event, mention=MENTION)
    assert confidence.of_mention(decisions.least, MENTION) == pytest.approx(event, abs=1e-4)
    assert confidence.of_mention(decisions.least - 0.1, MENTION) < event


def test_without_weights_an_event_is_as_probable_as_its_likeliest_word() -> None:
    groups = [[Trigger(0, 1, "AID", 1.0), Trigger(3, 4, "AID", 4.0)], [Trigger(1, 2, "AID", 2.0)]]
    found = confidence.of_events(groups, text_of(5), MENTION, {}, NOTHING)
    assert found.tolist() == pytest.approx([confidence.of_mention(4.0, MENTION), confidence.of_mention(2.0, MENTION)])


@pytest.mark.parametrize(
    ("sign", "likelier"),
    [
        ("later", [Trigger(9, 10, "AID", 1.0)]),
        ("mentions", [Trigger(0, 1, "AID", 1.0), Trigger(1, 2, "AID", 0.0)]),
        ("score", [Trigger(0, 1, "AID", 3.0)]),
    ],
)
def test_each_sign_of_an_event_counts_by_its_weight(sign: str, likelier: list[Trigger]) -> None:
    plain = [Trigger(0, 1, "AID", 1.0)]
    one, other = (confidence.of_events([group], text_of(10), MENTION, WEIGHTS | {sign: 1.0}, NOTHING)[0] for group in (plain, likelier))
    assert other > one


def test_events_of_one_type_speak_for_each_other_and_a_type_has_its_own_weight() -> None:
    groups = [[Trigger(0, 1, "AID", 1.0)], [Trigger(2, 3, "AID", 1.0)], [Trigger(4, 5, "AGREE", 1.0)]]
    aid, _, agree = confidence.of_events(groups, text_of(10), MENTION, WEIGHTS | {"alike": 1.0}, NOTHING)
    assert aid > agree
    aid, _, agree = confidence.of_events(groups, text_of(10), MENTION, WEIGHTS | {"AGREE": 1.0}, NOTHING)
    assert aid < agree


def test_what_a_passage_is_about_speaks_for_events_of_that_type() -> None:
    groups = [[Trigger(0, 1, "AID", 1.0)], [Trigger(2, 3, "AGREE", 1.0)]]
    aid, agree = confidence.of_events(groups, text_of(10), MENTION, WEIGHTS | {"about": 1.0}, {"AID": -0.1, "AGREE": -2.3})
    assert aid > agree


def test_what_a_passage_is_about_is_told_from_the_scores_of_all_its_words() -> None:
    by_highest = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.5, 0.0]]  # two types: highest scores, words, constant
    by_words = [[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    logits = np.array([[5.0, 3.0], [-9.0, 3.0], [-9.0, 3.0]], np.float32)
    assert np.exp(confidence.about(logits, by_highest)).tolist() == pytest.approx([0.924, 0.076], abs=0.001)  # odds of e ** 2.5 to 1
    assert np.exp(confidence.about(logits, by_words)).tolist() == pytest.approx([0.26, 0.74], abs=0.01)  # one word to three
    assert confidence.about(logits, []).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "wrong", [{"event": 0.0}, {"event": 1.0}, {"mention": [0.0, 1.0]}, {"confidence": {"score": 1.0}}, {"about": [[1.0]]}]
)
def test_decisions_by_which_nothing_can_be_told_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="decisions"):
        Decisions.of({"decisions": wrong})

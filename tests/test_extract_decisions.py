"""What counts: a mention of an event by its own confidence."""

import pytest

from dateline.encode.model import ModelError
from dateline.extract.assemble import confidence
from dateline.extract.decisions import Decisions
from dateline.extract.triggers import Trigger


@pytest.mark.parametrize("event", [0.2, 0.5, 0.9])
def test_the_least_logit_has_just_the_confidence_from_which_a_mention_counts(event: float) -> None:
    decisions = Decisions(event=event, confidence=(0.5, -1.2))
    at = decisions.least
    assert confidence([Trigger(0, 1, "AID", at)], decisions) == pytest.approx(event, abs=1e-4)
    assert confidence([Trigger(0, 1, "AID", at - 0.1)], decisions) < event


@pytest.mark.parametrize("wrong", [{"event": 0.0}, {"event": 1.0}, {"confidence": [0.0, 1.0]}])
def test_decisions_by_which_nothing_can_be_told_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="decisions"):
        Decisions.of({"decisions": wrong})

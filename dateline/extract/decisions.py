"""The thresholds and weights by which scores become fields. They come with the model, fitted on texts that set no weights of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from dateline.encode.model import ModelError
from dateline.records import SectionKind


@dataclass(frozen=True)
class Decisions:
    """Probabilities from which a thing counts, and what makes an event's confidence.

    A word is a trigger from `trigger` on; an event counts from confidence `event` on. Confidence is the logistic of
    `confidence` = (weight, constant) on the logit of the event's best trigger.
    """

    trigger: float = 0.5
    event: float = 0.5
    mode: float = 0.5
    link: float = 0.5
    figure: float = 0.5
    same_event: float = 0.5
    same_people: float = 0.5
    confidence: tuple[float, float] = (1.0, 0.0)
    sections: tuple[SectionKind, ...] = ("headline", "body")  # those that yield events: not the model's, but the user's

    @classmethod
    def of(cls, card: dict[str, Any]) -> Decisions:
        """The decisions in a model's card, defaults where it has none. Raises ModelError."""
        try:
            return msgspec.convert(card.get("decisions", {}), cls)
        except msgspec.ValidationError as error:
            raise ModelError(f"model.json, decisions: {error}") from None

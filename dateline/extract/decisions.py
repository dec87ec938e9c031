"""The thresholds and weights by which scores become fields. They come with the model, fitted on texts that set no weights of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dateline.encode.model import ModelError
from dateline.extract.confidence import SIGNS
from dateline.records import SectionKind


@dataclass(frozen=True)
class Decisions:
    """Probabilities from which a thing counts, and what makes an event's confidence.

    A word names an event from probability `event` on, by itself (`mention`: weight and constant on its logit), whether it stands alone or
    names what others name too. `confidence`: the weights by which an event's signs say how probable it is, one of which is what the passage
    is `about`, by weights of its own (both: `dateline.extract.confidence`).
    """

    event: float = 0.5
    mode: float = 0.5
    link: float = 0.5
    figure: float = 0.5
    place: float = 0.5
    template: float = 0.5
    filler: float = 0.5
    same_event: float = 0.5
    same_people: float = 0.5
    mention: tuple[float, float] = (1.0, 0.0)
    confidence: dict[str, float] = field(default_factory=dict)
    about: tuple[tuple[float, ...], ...] = ()
    sections: tuple[SectionKind, ...] = ("headline", "body")  # those that yield events: not the model's, but the user's

    @property
    def least(self) -> float:
        """The logit from which a word names an event."""
        weight, constant = self.mention
        return (math.log(self.event / (1 - self.event)) - constant) / weight

    @classmethod
    def of(cls, card: dict[str, Any]) -> Decisions:
        """The decisions in a model's card, defaults where it has none. Raises ModelError."""
        try:
            found = msgspec.convert(card.get("decisions", {}), cls)
        except msgspec.ValidationError as error:
            raise ModelError(f"model.json, decisions: {error}") from None
        if not 0 < found.event < 1 or found.mention[0] <= 0:
            raise ModelError("model.json, decisions: `event` must lie between 0 and 1, and the weight in `mention` above 0")
        if found.confidence and not {*SIGNS, "constant"} <= set(found.confidence):
            raise ModelError(f"model.json, decisions: `confidence` must have weights for {', '.join(SIGNS)} and constant")
        if any(2 * len(row) + 1 != len(found.about) for row in found.about):
            raise ModelError("model.json, decisions: `about` must have two rows for each type and one more, and a column for each type")
        return found

"""The thresholds by which scores become fields. They come with the model, fitted on reports that set no weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Decisions:
    """Probabilities from which a thing counts; `confidence` is (slope, intercept) of the calibration on a logit."""

    trigger: float = 0.5
    mode: float = 0.5
    link: float = 0.5
    figure: float = 0.5
    same_event: float = 0.5
    same_people: float = 0.5
    confidence: tuple[float, float] = (1.0, 0.0)

    @classmethod
    def of(cls, card: dict[str, Any]) -> Decisions:
        """The decisions in a model's card, defaults where it has none."""
        return msgspec.convert(card.get("decisions", {}), cls)

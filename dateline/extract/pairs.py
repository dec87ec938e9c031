"""The encoder's scores of pairs: a word that names an event with a mention, a place or a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from dateline.encode.model import Encoding, Floats, Model


class Stretch(Protocol):
    """A run of words [first, end)."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...


def scored(triggers: Sequence[Stretch], found: Sequence[Stretch], encoding: Encoding, model: Model) -> dict[str, Floats]:
    """How each of the found stands to each trigger: relation → raw scores [triggers, found]."""
    left, right = encoding.heads["left"], encoding.heads["right"]
    sides = [right[x.first : x.end].mean(0) for x in found]
    apart = np.array([x.first for x in found], np.int64)[None] - np.array([t.first for t in triggers], np.int64)[:, None]
    return model.relate(left[[t.first for t in triggers]], np.stack(sides) if sides else right[:0], apart)


def best_by_event(scores: Floats, events: Sequence[Sequence[int]]) -> Floats:
    """[…, triggers, found] → [events, …, found], the best of each event's triggers."""
    return np.stack([scores[..., rows, :].max(-2) for rows in events]) if len(events) else scores[..., :0, :]

"""The encoder's scores of pairs: a word that names an event with a mention, a place or a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dateline.encode.model import Encoding, Floats, Model, probability
from dateline.extract.cluster import both_ways
from dateline.extract.runs import means


class Stretch(Protocol):
    """A run of words [first, end)."""

    @property
    def first(self) -> int: ...
    @property
    def end(self) -> int: ...


def scored(triggers: Sequence[Stretch], found: Sequence[Stretch], encoding: Encoding, model: Model, relations: Sequence[str]) -> Floats:
    """How each of the found stands to each trigger: raw scores [relations, triggers, found]."""
    left = encoding.heads["left"][_first(triggers)]
    return model.relate(left, _side("right", found, encoding), _first(found)[None] - _first(triggers)[:, None], relations)


def same(found: Sequence[Stretch], encoding: Encoding, model: Model, relation: str) -> Floats:
    """How probably two of the found, in text order, are one by a relation [found, found], read from the earlier to the later."""
    left, right = (_side(side, found, encoding) for side in ("left", "right"))
    return both_ways(probability(model.relate(left, right, _first(found)[None] - _first(found)[:, None], [relation])[0]))


def _side(side: str, found: Sequence[Stretch], encoding: Encoding) -> Floats:
    return means(encoding.heads[side], [(x.first, x.end) for x in found])


def _first(found: Sequence[Stretch]) -> NDArray[np.int64]:
    return np.array([x.first for x in found], np.int64)


def best_by_event(scores: Floats, events: Sequence[Sequence[int]]) -> Floats:
    """[…, triggers, found] → [events, …, found], the best of each event's triggers."""
    return np.stack([scores[..., rows, :].max(-2) for rows in events]) if len(events) else scores[..., :0, :]

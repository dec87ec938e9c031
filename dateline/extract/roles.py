"""Which part each participant has in each event: a second stage over the encoder's scores.

The encoder scores a word that names an event and a mention as a pair, each pair for itself. Here one row for each event and each
participant also says how the participant does beside the others, in other events, and what stands between; small trees judge the rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dateline.encode.model import Floats, Model, shares
from dateline.extract.participants import PRONOUNS
from dateline.extract.runs import means
from dateline.extract.scene import Scene

Ints = NDArray[np.int64]

BEFORE = ("by", "of", "against", "on", "at", "in", "to", "with", "from", "for", "and", "between", "as")  # words that may open a mention
NOWHERE = -10.0  # the score in other events, where there are none
HALF = -0.5  # a raw score that speaks for a part
FEWEST = -5.0  # a participant whose best score in an event is lower has no part in it, and is not judged


def judge(scene: Scene, model: Model) -> Floats:
    """How probably each participant has each role in each event [events, participants, roles]."""
    odds = np.zeros((len(scene.events), len(scene.people), len(scene.scores)), np.float32)
    if scene.people:
        found, which = signs(scene, model)
        if len(found):
            odds[which] = model.roles.run(None, {"signs": found})[0][:, 1:]
    return odds


def signs(scene: Scene, model: Model) -> tuple[Floats, tuple[Ints, Ints]]:
    """Rows of signs [n, signs], and the events and participants that they are of [n], [n]."""
    types, kinds = model.card["heads"]["type"], model.card["heads"]["kind"]
    encoding, words = scene.encoding, scene.encoding.words
    at_t, at_m = np.array([t.first for t in scene.triggers]), np.array([m.first for m in scene.mentions])
    gaps = at_m[None] - at_t[:, None]
    pairs = Pairs(scene.events, scene.people, gaps.shape)
    t, m = pairs.argmax(scene.scores.max(0))  # [events, people]: the pair that scores highest
    near_t, near_m = pairs.argmax(-np.abs(gaps))  # and the closest
    by_role = np.stack([pairs.max(s) for s in scene.scores], -1)  # [events, people, roles]
    over_all = by_role.max(-1)
    events, people = np.nonzero(over_all >= FEWEST)
    if not len(events):
        return np.zeros((0, 0), np.float32), (events, people)
    ordered = np.sort(by_role, 1)
    second = ordered[:, -2] if ordered.shape[1] > 1 else ordered[:, -1]
    rank = (-by_role).argsort(1).argsort(1)
    most = np.sort(over_all, 0)
    others = most[-2] if len(most) > 1 else np.full(len(scene.people), NOWHERE)
    elsewhere = np.where(over_all == most[-1], others, most[-1])  # [events, people]: the best in another event

    # What mentions in a trigger's sentence score, and how many triggers speak for a participant: in a long report some pair always scores.
    together = scene.sentence[at_t][:, None] == scene.sentence[at_m][None]
    close_by = [pairs.max(np.where(together, s, np.float32(NOWHERE))) for s in scene.scores]
    beside = pairs.sum(together.astype(np.float32))
    by_trigger = pairs.by_trigger(scene.scores.max(0))  # [events' triggers, people]
    sizes = np.array(pairs.sizes[0])[:, None]
    speak_for = np.add.reduceat((by_trigger > HALF).astype(np.float32), pairs.by_event, 0)
    mean = np.add.reduceat(by_trigger, pairs.by_event, 0) / sizes

    span = shares(encoding.heads["span"])
    parse = shares(encoding.heads["dependency"])
    pronoun = np.array([encoding.said(x.first, x.end) in PRONOUNS for x in scene.mentions])
    opening = [encoding.said(x.first - 1, x.first) if x.first else "" for x in scene.mentions]
    opened = np.array([[o == b for b in BEFORE] for o in opening])
    begins = span[at_m, 1]
    inside = 1 - means(span[:, :1], [(x.first, x.end) for x in scene.mentions])[:, 0]
    length = np.array([x.end - x.first for x in scene.mentions])
    kind = np.eye(len(kinds))[[kinds.index(x.kind) for x in scene.mentions]]
    head = parse[[x.end - 1 for x in scene.mentions]]
    logit = np.array([x.logit for x in scene.triggers])
    type_of = np.eye(len(types))[[types.index(scene.triggers[e[0]].type) for e in scene.events]]
    alone = np.array([pronoun[p].all() for p in scene.people])

    t, m, near_t, near_m = (x[events, people] for x in (t, m, near_t, near_m))
    gap, near_gap = gaps[t, m], gaps[near_t, near_m]
    low, high = np.minimum(at_t[t], at_m[m]), np.maximum(at_t[t], at_m[m])

    def between(at: Ints) -> Ints:
        return np.asarray(np.searchsorted(at, high) - np.searchsorted(at, low, "right"))

    apart = np.minimum(np.abs(scene.sentence[at_m[m]] - scene.sentence[at_t[t]]), 4) * np.where(gap > 0, 1, -1)
    near_apart = np.minimum(np.abs(scene.sentence[at_m[near_m]] - scene.sentence[at_t[near_t]]), 4)
    columns = [
        scene.scores[:, near_t, near_m].T,
        scene.scores[:, t, m].T,
        *(c[events, people] for c in close_by),
        beside[events, people],
        mean[events, people],
        speak_for[events, people],
        (speak_for / sizes)[events, people],
        by_role[events, people],
        by_role[events, people] - ordered[events, -1],
        by_role[events, people] - second[events],
        np.minimum(rank[events, people], 6),
        over_all[events, people] - elsewhere[events, people],
        (over_all > 0).sum(0)[people] - (over_all[events, people] > 0),
        (over_all > -1).sum(1)[events],
        np.sign(gap) * np.log1p(np.abs(gap)),
        np.sign(near_gap) * np.log1p(np.abs(near_gap)),
        apart,
        near_apart,
        np.clip(between(at_m), 0, 8),
        np.clip(between(np.sort(at_t)), 0, 5),
        np.array([len(p) for p in scene.people])[people],
        np.array([len(e) for e in scene.events])[events],
        alone[people],
        pronoun[m],
        length[m],
        begins[m],
        inside[m],
        logit[t],
        pairs.of_event(logit)[events],
        scene.sentence[at_m[m]],
        at_m[m] / len(words),
        kind[m],
        type_of[events],
        opened[m],
        head[m],
        parse[at_t[t]],
    ]
    return np.concatenate([np.reshape(c, (len(events), -1)).astype(np.float32) for c in columns], 1), (events, people)


class Pairs:
    """Maxima over the pairs of a trigger and a mention, by event and participant."""

    def __init__(self, events: list[list[int]], people: list[list[int]], shape: tuple[int, int]):
        self.triggers, self.mentions = np.concatenate(events), np.concatenate(people)
        self.by_event, self.by_person = (np.cumsum([0, *map(len, x)][:-1]) for x in (events, people))
        self.sizes = [len(e) for e in events], [len(p) for p in people]
        self.number = np.arange(shape[0] * shape[1]).reshape(shape)[np.ix_(self.triggers, self.mentions)]
        self.width = shape[1]

    def max(self, scores: Floats) -> Floats:
        """[triggers, mentions] → [events, people]."""
        return self._reduce(np.maximum, scores[np.ix_(self.triggers, self.mentions)])

    def sum(self, values: Floats) -> Floats:
        """[triggers, mentions] → [events, people]."""
        return self._reduce(np.add, values[np.ix_(self.triggers, self.mentions)])

    def by_trigger(self, scores: Floats) -> Floats:
        """[triggers, mentions] → [triggers in the order of their events, people], the highest of each participant's mentions."""
        return np.asarray(np.maximum.reduceat(scores[np.ix_(self.triggers, self.mentions)], self.by_person, 1))

    def argmax(self, scores: Floats) -> tuple[Ints, Ints]:
        """[triggers, mentions] → the trigger and the mention of each event's and participant's highest pair, the first of equals."""
        best = np.repeat(np.repeat(self.max(scores), self.sizes[0], 0), self.sizes[1], 1)
        equal = scores[np.ix_(self.triggers, self.mentions)] == best
        number = self._reduce(np.minimum, np.where(equal, self.number, self.number.max() + 1)).astype(np.int64)
        return number // self.width, number % self.width

    def of_event(self, values: Floats) -> Floats:
        """[triggers] → the highest of each event's."""
        return np.maximum.reduceat(values[self.triggers], self.by_event)

    def _reduce(self, how: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(how.reduceat(how.reduceat(values, self.by_event, 0), self.by_person, 1))

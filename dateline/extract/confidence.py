"""How probably an event is right: few signs, their weights learned, on reports that set none of the encoder's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dateline.encode.model import Encoding, Floats, probability
from dateline.extract.triggers import Trigger

# What is read of an event beside its type, and why: a type that the passage tells of again and again is likelier meant; what comes first
# is likelier the news; among many events each is the less likely; and what all the words together are about is likelier told.
SIGNS = ("score", "later", "mentions", "alike", "events", "about")
FEW = 0.01  # words, so that a type that none names has a logarithm too


def of_mention(logit: float, weights: tuple[float, float]) -> float:
    """How probably a word names an event, by itself: the logistic of (weight, constant) on its logit."""
    return float(probability(weights[0] * logit + weights[1]))


def about(logits: Floats, weights: Sequence[Sequence[float]]) -> Floats:
    """What a passage is about, by its words' scores [words, types]: the logarithm of each type's share [types].

    `weights` [2 * types + 1, types]: of what is `seen`, and a constant. None at all: nothing is known, and all are 0.
    """
    if not weights:
        return np.zeros(logits.shape[1], np.float32)
    found = seen(logits) @ np.array(weights[:-1], np.float32) + np.array(weights[-1], np.float32)
    return np.asarray(found - np.logaddexp.reduce(found), np.float32)


def seen(logits: Floats) -> Floats:
    """What is read of words [words, types]: each type's highest score, and the logarithm of how many words name it [2 * types]."""
    return np.concatenate([logits.max(0), np.log(probability(logits).sum(0) + FEW)])


def of_events(
    groups: Sequence[Sequence[Trigger]],
    encoding: Encoding,
    mention: tuple[float, float],
    weights: Mapping[str, float],
    subject: Mapping[str, float],
) -> Floats:
    """How probably each event of a passage, given by its triggers, is right [events].

    `weights` has one for each of SIGNS, "constant", and one for each type; none at all: an event is as probable as its best trigger.
    `subject`: what the passage is `about`, by type.
    """
    if not weights:
        return np.array([of_mention(max(t.logit for t in group), mention) for group in groups], np.float32)
    found = signs(groups, encoding, mention, subject) @ np.array([weights[name] for name in SIGNS], np.float32)
    return np.asarray(probability(found + [weights["constant"] + weights.get(group[0].type, 0.0) for group in groups]))


def signs(groups: Sequence[Sequence[Trigger]], encoding: Encoding, mention: tuple[float, float], subject: Mapping[str, float]) -> Floats:
    """[events, SIGNS] of a passage's events."""
    logit = np.array([max(t.logit for t in group) for group in groups])
    sure = probability(mention[0] * logit + mention[1])
    kind = np.array([group[0].type for group in groups])
    alike = (kind[:, None] == kind[None]) @ sure - sure
    start = np.array([encoding.words.starts[group[0].first] for group in groups])
    columns = [
        mention[0] * logit + mention[1],
        np.log1p(start / 100),
        np.log([min(len(group), 5) for group in groups]),
        np.log1p(alike),
        np.full(len(groups), math.log1p(float(sure.sum()))),
        np.array([subject[group[0].type] for group in groups]),
    ]
    return np.stack(columns, 1).astype(np.float32)

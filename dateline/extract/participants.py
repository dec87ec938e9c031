"""Who takes part: spans, which of them are one participant, and the roles that they have in an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.encode.model import Encoding, Floats, Model, shares
from dateline.extract import numbers
from dateline.extract.cluster import clusters
from dateline.extract.pairs import same
from dateline.extract.runs import OUTSIDE, apart, likely, means
from dateline.extract.tellers import Told
from dateline.records import Count, Participant, ParticipantKind, Span, span_of

PRONOUNS = frozenset(
    "he him his she her hers it its they them their theirs who whom which that we us our i me my you your those these".split()
)
CLOSE = 0.5  # of the score of a participant's best mention, from which on another may stand for it in an event
LEAST = 0.1  # probability from which a run of words is a mention; what has no part in an event is told later
LONGEST = 30  # words of a mention
DETERMINERS = 2  # words before a number that opens a mention: "the other three men"
COUNTED = frozenset(("person", "group", "organisation"))  # kinds whose number is a number of people


@dataclass(frozen=True)
class Mention:
    """A run of words [first, end) that names somebody or something in an event, its kind, and its number in the passage."""

    number: int
    first: int
    end: int
    kind: ParticipantKind


def mentions(encoding: Encoding, kinds: list[ParticipantKind], told: Told, passage: tuple[int, int]) -> list[Mention]:
    """The mentions that begin in a passage, in order: of the likely runs of words that are `told`, those that no likelier one overlaps."""
    odds = np.where(told[:, None], shares(encoding.heads["span"]), OUTSIDE)
    found = sorted(apart(likely(odds, encoding.words.closes, LEAST, LONGEST, passage)))
    best = means(encoding.heads["kind"], found).argmax(1).tolist()
    return [Mention(n, first, end, kinds[k]) for n, ((first, end), k) in enumerate(zip(found, best, strict=True))]


def one_and_the_same(found: list[Mention], encoding: Encoding, model: Model, threshold: float) -> list[list[int]]:
    """The numbers of each participant's mentions: equal words (pronouns aside), or held for the same by the encoder."""
    odds = same(found, encoding, model, "same_people")
    said: dict[str, list[int]] = {}
    for i, mention in enumerate(found):
        said.setdefault(_plain(encoding, mention), []).append(i)
    for words, rows in said.items():
        if words and words not in PRONOUNS:
            odds[np.ix_(rows, rows)] = 1
    np.fill_diagonal(odds, 0)
    return clusters(odds, threshold)


def _plain(encoding: Encoding, mention: Mention) -> str:
    """A mention's words, lower-cased, without an article or possessive before them."""
    words = encoding.said(mention.first, mention.end).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an", "its", "his", "her", "their") else words)


def of_event(
    found: list[Mention], people: list[list[int]], encoding: Encoding, roles: list[str], threshold: float, odds: Floats, near: Floats
) -> tuple[Participant, ...]:
    """An event's participants, each in its likeliest role.

    `odds` [people, roles] are their probabilities, `near` [mentions] how probably each mention has any part in the event.
    """
    made = []
    for ms, by_role in zip(people, odds, strict=True):
        if by_role.sum() >= threshold:
            close = [found[m] for m in ms if near[m] >= near[ms].max() * CLOSE]
            made.append(_participant(roles[int(by_role.argmax())], close, [found[m] for m in ms], encoding))
    return tuple(sorted(made, key=lambda p: (roles.index(p.role), p.span.start)))


def _participant(role: str, near: list[Mention], everywhere: list[Mention], encoding: Encoding) -> Participant:
    """One participant: the fullest of the mentions near the event, with all its mentions in the report."""
    fullest = max(near, key=lambda m: (_plain(encoding, m) not in PRONOUNS, m.end - m.first, -m.first))
    whole = encoding.span(fullest.first, fullest.end)
    return Participant(
        role=role,
        span=whole,
        mentions=tuple(encoding.span(m.first, m.end) for m in everywhere),
        kind=fullest.kind,
        count=_count(encoding.text, whole, fullest.kind),
    )


def _count(text: str, whole: Span, kind: ParticipantKind) -> Count | None:
    """How many a mention says that it is: a number that opens it ("the other three men"), for people only."""
    bounds = numbers.read(whole.text) if kind in COUNTED else None
    if not bounds or len(whole.text[: bounds.start].split()) > DETERMINERS:
        return None
    return Count(low=bounds.low, high=bounds.high, span=span_of(text, whole.start + bounds.start, whole.start + bounds.end))

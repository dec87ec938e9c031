"""Who takes part: spans, which of them are one participant, and the roles that they have in an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Floats, Model, probability
from dateline.extract import numbers
from dateline.extract.cluster import both_ways, clusters
from dateline.extract.decisions import Decisions
from dateline.extract.triggers import Told, Trigger
from dateline.records import Count, Participant, ParticipantKind, Span, span_of

B, I = 1, 2  # noqa: E741  columns of the head `span`
PRONOUNS = frozenset(
    "he him his she her hers it its they them their theirs who whom which that we us our i me my you your those these".split()
)
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
    """The mentions that begin in a passage, in order, from the encoder's B and I words among those that are `told`."""
    tags = np.where(told, encoding.heads["span"].argmax(-1), 0)
    starts = np.flatnonzero((tags == B) | ((tags == I) & (np.concatenate([[0], tags[:-1]]) == 0)))
    starts = starts[(starts >= passage[0]) & (starts < passage[1])]
    found: list[Mention] = []
    for first in starts.tolist():
        end = first + 1
        while end < len(tags) and tags[end] == I:
            end += 1
        kind = kinds[int(encoding.heads["kind"][first:end].mean(0).argmax())]
        found.append(Mention(len(found), first, end, kind))
    return found


def one_and_the_same(found: list[Mention], encoding: Encoding, model: Model, decisions: Decisions) -> list[int]:
    """For each mention the number of its participant: equal words (pronouns aside), or held for the same by the encoder."""
    if not found:
        return []
    left, right = (np.stack([encoding.heads[side][m.first : m.end].mean(0) for m in found]) for side in ("left", "right"))
    at = np.array([m.first for m in found])
    apart = at[None] - at[:, None]
    same = both_ways(probability(model.relate(left, right, apart)["same_people"]))
    said = [_plain(encoding, m) for m in found]
    for i, words in enumerate(said):
        for k in range(i):
            if words and words == said[k] and words not in PRONOUNS:
                same[i, k] = same[k, i] = 1
    owner = [0] * len(found)
    for number, group in enumerate(clusters(same, decisions.same_people)):
        for i in group:
            owner[i] = number
    return owner


def _plain(encoding: Encoding, mention: Mention) -> str:
    """A mention's words, lower-cased, without an article or possessive before them."""
    words = encoding.text[encoding.words.starts[mention.first] : encoding.words.ends[mention.end - 1]].lower().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an", "its", "his", "her", "their") else words)


def linked(triggers: list[Trigger], found: list[Mention], encoding: Encoding, model: Model) -> dict[str, Floats]:
    """How probably each mention has each relation with each trigger: relation → [triggers, mentions]."""
    left = np.stack([encoding.heads["left"][t.first] for t in triggers])
    right = np.stack([encoding.heads["right"][m.first : m.end].mean(0) for m in found])
    apart = np.array([[m.first - t.first for m in found] for t in triggers])
    return {name: probability(scores) for name, scores in model.relate(left, right, apart).items()}


def of_event(
    rows: list[int],
    links: dict[str, Floats],
    found: list[Mention],
    owner: list[int],
    encoding: Encoding,
    codebook: Codebook,
    threshold: float,
) -> tuple[Participant, ...]:
    """An event's participants: `rows` are its triggers' rows in `links`. Each participant has its likeliest role."""
    roles = [r for r in links if r in codebook.roles]
    if not roles:
        return ()
    best = np.stack([links[r][rows].max(0) for r in roles])  # [roles, mentions]
    said: dict[int, tuple[float, str, list[Mention]]] = {}
    for m in found:
        role = int(best[:, m.number].argmax())
        score = float(best[role, m.number])
        if score >= threshold:
            before = said.get(owner[m.number], (0.0, "", []))
            said[owner[m.number]] = (max(before[0], score), roles[role] if score > before[0] else before[1], [*before[2], m])
    made = [_participant(role, near, [m for m in found if owner[m.number] == who], encoding) for who, (_, role, near) in said.items()]
    return tuple(sorted(made, key=lambda p: (roles.index(p.role), p.span.start)))


def _participant(role: str, near: list[Mention], everywhere: list[Mention], encoding: Encoding) -> Participant:
    """One participant: the fullest of the mentions near the event, with all its mentions in the report."""
    words = encoding.words

    def span(m: Mention) -> Span:
        return span_of(encoding.text, int(words.starts[m.first]), int(words.ends[m.end - 1]))

    fullest = max(near, key=lambda m: (_plain(encoding, m) not in PRONOUNS, m.end - m.first, -m.first))
    whole = span(fullest)
    return Participant(
        role=role,
        span=whole,
        mentions=tuple(span(m) for m in everywhere),
        kind=fullest.kind,
        count=_count(encoding.text, whole, fullest.kind),
    )


def _count(text: str, whole: Span, kind: ParticipantKind) -> Count | None:
    """How many a mention says that it is: a number that opens it ("the other three men"), for people only."""
    bounds = numbers.read(whole.text) if kind in COUNTED else None
    if not bounds or len(whole.text[: bounds.start].split()) > DETERMINERS:
        return None
    return Count(low=bounds.low, high=bounds.high, span=span_of(text, whole.start + bounds.start, whole.start + bounds.end))

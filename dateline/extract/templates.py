"""Codebooks whose event is a template: all that a report tells of one incident type, with those who fill its slots (MUC-4).

The encoder scores each word for each slot and each type. Runs of words that may fill a slot, those of the same words as one, are
candidates; small trees judge them by their scores, by where and how often they stand, and beside the report's other candidates.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Floats, Model, probability, shares
from dateline.encode.words import SHAPES
from dateline.extract import tellers
from dateline.extract.decisions import Decisions
from dateline.extract.runs import Run, runs
from dateline.extract.sentences import holding, sentences
from dateline.extract.tellers import Told
from dateline.records import Event, Participant, ParticipantKind, Report, Span, span_of

PUNCTUATION = SHAPES.index("punctuation")
OUTSIDE, BEGINS, GOES_ON = 0, 1, 2  # columns of a slot in the head
NEAR = 12  # words on either side of a candidate that are looked at
LEAST = 0.15  # probability from which a word may belong to a filler: the trees judge what comes of it


@dataclass(frozen=True)
class Candidate:
    """One who, or what, may fill a slot: all mentions [first, end) of it, the surest first, and their scores."""

    role: str
    said: str
    mentions: tuple[Run, ...]
    scores: tuple[float, ...]

    @property
    def words(self) -> list[int]:
        return [w for run in self.mentions for w in range(*run)]


def events(report: Report, encoding: Encoding, model: Model, codebook: Codebook, decisions: Decisions) -> tuple[Event, ...]:
    """One event for each incident type of the codebook that the report tells of, in the order of the words that say so most."""
    told = tellers.told(report, encoding, decisions.sections)
    if not told.any():
        return ()
    by_type = incident_types(encoding, model, codebook, told)
    sure = {name: float(scores.max()) for name, scores in by_type.items()}
    kept = {name: _named_at(name, encoding, model, codebook, told) for name, p in sure.items() if p >= decisions.template}
    if not kept:
        return ()
    found = candidates(encoding, model, codebook, told)
    odds = judge(found, encoding, model, codebook, by_type)
    fillers: dict[str, list[Candidate]] = {name: [] for name in kept}
    for candidate, p in zip(found, odds.tolist(), strict=True):
        if p >= decisions.filler:
            fillers[max(kept, key=lambda name: by_type[name][candidate.words].mean())].append(candidate)
    parts = sentences(report.text)
    made = [_event(report, encoding, model, codebook, name, at, sure[name], fillers[name], parts) for name, at in kept.items()]
    return tuple(sorted(made, key=lambda e: e.trigger.start))


def incident_types(encoding: Encoding, model: Model, codebook: Codebook, told: Told) -> dict[str, Floats]:
    """How probably each told word speaks of each incident type: type → [words]."""
    head = codebook.heads["type"]
    usable = told & (encoding.words.shapes != PUNCTUATION)
    scores = np.where(usable[:, None], probability(encoding.heads[head]), np.float32(0))
    return {name: scores[:, i] for i, name in enumerate(model.card["heads"][head]) if name in codebook.types}


def _named_at(name: str, encoding: Encoding, model: Model, codebook: Codebook, told: Told) -> int:
    """The word that names such an incident most: its type is read from the whole report, most of all from those who fill its slots."""
    score = np.where(told, probability(encoding.heads["type"].max(-1)), np.float32(0))
    like = [
        probability(encoding.heads[head][:, labels.index(label)])
        for head, labels in model.card["heads"].items()
        for label in codebook.types[name].like
        if head in ("type", "mode") and label in labels
    ]
    return int((score * np.max(like, axis=0) if like else score).argmax())


def candidates(encoding: Encoding, model: Model, codebook: Codebook, told: Told) -> list[Candidate]:
    """What may fill slots, by role and place."""
    made = []
    for role in codebook.roles:
        odds = _slot(encoding, model, codebook, role)
        tags = np.where(told & (odds[:, OUTSIDE] < 1 - LEAST), np.where(odds[:, BEGINS] >= odds[:, GOES_ON], BEGINS, GOES_ON), OUTSIDE)
        by_words: dict[str, list[tuple[float, Run]]] = {}
        for run in runs(tags):
            by_words.setdefault(_said(encoding, run), []).append((float((1 - odds[slice(*run), OUTSIDE]).mean()), run))
        for said, mentions in by_words.items():
            ordered = sorted(mentions, key=lambda m: (-m[0], m[1]))
            made.append(Candidate(role, said, tuple(run for _, run in ordered), tuple(score for score, _ in ordered)))
    return made


def judge(found: list[Candidate], encoding: Encoding, model: Model, codebook: Codebook, by_type: dict[str, Floats]) -> Floats:
    """How probably each candidate fills its slot [candidates]."""
    if not found:
        return np.zeros(0, np.float32)
    return np.asarray(model.fillers.run(None, {"signs": signs(found, encoding, model, codebook, by_type)})[0][:, 1])


def signs(found: list[Candidate], encoding: Encoding, model: Model, codebook: Codebook, by_type: dict[str, Floats]) -> Floats:
    """Rows of signs [candidates, signs]."""
    roles = list(codebook.roles)
    inside = {role: 1 - _slot(encoding, model, codebook, role)[:, OUTSIDE] for role in roles}
    phrase, parse = shares(encoding.heads["phrase"]), shares(encoding.heads["dependency"])
    mention = 1 - shares(encoding.heads["span"])[:, OUTSIDE]
    kind = shares(encoding.heads["kind"])
    assault = encoding.heads["type"][:, model.card["heads"]["type"].index("ASSAULT")]
    n = len(encoding.words)
    rows = []
    for c in found:
        rivals = [x for x in found if x.role == c.role and x is not c]
        best = max((x.scores[0] for x in rivals), default=0.0)
        better = [x for x in rivals if x.scores[0] > c.scores[0]]
        tokens = set(c.said.split())
        shared = max((len(tokens & set(x.said.split())) / len(tokens) for x in better), default=0.0)
        first, end = c.mentions[0]
        near = slice(max(0, first - NEAR), end + NEAR)
        rows.append(
            [
                c.scores[0],
                float(np.mean(c.scores)),
                c.scores[0] - best,
                len(c.mentions),
                len(better),
                len(rivals),
                shared,
                any(c.said in x.said for x in rivals),
                any(x.said in c.said for x in rivals),
                len(tokens),
                min(run[0] for run in c.mentions) / n,
                n,
                *(max(float(inside[role][slice(*run)].mean()) for run in c.mentions) for role in roles),
                *(float(role == c.role) for role in roles),
                *(float(scores.max()) for scores in by_type.values()),
                *(float(scores[c.words].mean()) for scores in by_type.values()),
                *(float(scores[near].max()) for scores in by_type.values()),
                float(assault[near].max()),
                float(mention[first:end].mean()),
                float(phrase[first, BEGINS]),
                *kind[first:end].mean(0),
                *parse[end - 1],
            ]
        )
    return np.array(rows, np.float32)


def _slot(encoding: Encoding, model: Model, codebook: Codebook, role: str) -> Floats:
    """How probably each word stands outside of a slot's fillers, begins one, goes on [words, 3]."""
    head = codebook.heads["role"]
    first = model.card["heads"][head].index(f"{role}/O")
    return shares(encoding.heads[head][:, first : first + 3])


def _kind(candidate: Candidate, encoding: Encoding, kinds: list[ParticipantKind], may_be: tuple[ParticipantKind, ...]) -> ParticipantKind:
    """The likeliest of the kinds that one in this slot may be."""
    scores = encoding.heads["kind"][candidate.words].mean(0)
    return max(may_be, key=lambda kind: float(scores[kinds.index(kind)]))


def _said(encoding: Encoding, run: Run) -> str:
    """A run's words, lower-cased."""
    return encoding.text[encoding.words.starts[run[0]] : encoding.words.ends[run[1] - 1]].lower()


def _event(
    report: Report,
    encoding: Encoding,
    model: Model,
    codebook: Codebook,
    name: str,
    at: int,
    sure: float,
    found: list[Candidate],
    parts: list[Span],
) -> Event:
    """The event of a template: its type, the word that says it most, and its fillers as participants."""
    words = encoding.words

    def span(run: Run) -> Span:
        return span_of(report.text, int(words.starts[run[0]]), int(words.ends[run[1] - 1]))

    trigger = span((at, at + 1))
    kinds = model.card["heads"]["kind"]
    who = tuple(
        Participant(
            role=c.role,
            span=span(c.mentions[0]),
            mentions=tuple(span(m) for m in sorted(c.mentions)),
            kind=_kind(c, encoding, kinds, codebook.kinds.get(c.role, tuple(kinds))),
        )
        for c in found
    )
    key = f"{report.sha256} {report.id} {model.card['digests']['model.onnx']} {codebook.digest} {name}"
    event_id = hashlib.sha256(key.encode()).hexdigest()[:16]
    return Event(
        id=event_id,
        incident=event_id,
        type=name,
        quad=codebook.types[name].quad,
        trigger=trigger,
        triggers=(trigger,),
        participants=who,
        section=tellers.section_at(report, trigger.start),
        evidence=holding(parts, [trigger, *(p.span for p in who)]),
        confidence=round(sure, 4),
    )

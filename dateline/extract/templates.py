"""Codebooks whose event is a template: all that a report tells of one incident type, with those who fill its slots (MUC-4).

The encoder scores each word for each slot and each type. Runs of words that may fill a slot, those of the same words as one, are
candidates; small trees judge them by their scores, by where and how often they stand, and beside the report's other candidates.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Floats, Model, probability, shares
from dateline.encode.words import SHAPES
from dateline.extract import tellers
from dateline.extract.decisions import Decisions
from dateline.extract.runs import OUTSIDE, B, I, O, Run, apart, likely
from dateline.extract.sentences import holding, sentences
from dateline.extract.tellers import Told
from dateline.records import Event, Participant, ParticipantKind, Report, Span

PUNCTUATION = SHAPES.index("punctuation")
NEAR = 12  # words on either side of a candidate that are looked at
NAMES = 0.5  # probability from which a word beside the one that names an incident most names it too
LEAST = 0.05  # probability from which a run of words may be a filler: the trees judge what comes of it
LONGEST = 14  # words of a filler
NAMES_AN_EVENT = 0.3  # probability from which a word may name an event of the default codebook
TRIGGERS = 8  # of these, the closest ones that are looked at
NO_PART = -10.0  # score of a part in no event
RIVALS = 20  # of the better candidates for a slot, those that a candidate is compared with


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
    for candidate in chosen(found, odds, decisions.filler):
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


def _named_at(name: str, encoding: Encoding, model: Model, codebook: Codebook, told: Told) -> Run:
    """The words that name such an incident most: its type is read from the whole report, most of all from those who fill its slots."""
    score = np.where(told, probability(encoding.heads["type"].max(-1)), np.float32(0))
    like = [
        probability(encoding.heads[head][:, labels.index(label)])
        for head, labels in model.card["heads"].items()
        for label in codebook.types[name].like
        if head in ("type", "mode") and label in labels
    ]
    at = int((score * np.max(like, axis=0) if like else score).argmax())
    first, end = at, at + 1
    while first > 0 and score[first - 1] >= NAMES:  # "blew up"
        first -= 1
    while end < len(score) and score[end] >= NAMES:
        end += 1
    return first, end


def candidates(encoding: Encoding, model: Model, codebook: Codebook, told: Told) -> list[Candidate]:
    """What may fill slots, by role, the surest first. They may overlap."""
    made = []
    for role in codebook.roles:
        odds = np.where(told[:, None], _slot(encoding, model, codebook, role), OUTSIDE)
        by_words: dict[str, list[tuple[float, Run]]] = {}
        for run, score in likely(odds, encoding.words.closes, LEAST, LONGEST):
            by_words.setdefault(encoding.said(*run), []).append((score, run))
        of_role = []
        for said, mentions in by_words.items():
            ordered = sorted(mentions, key=lambda m: (-m[0], m[1]))
            of_role.append(Candidate(role, said, tuple(run for _, run in ordered), tuple(score for score, _ in ordered)))
        made += sorted(of_role, key=lambda c: (-c.scores[0], c.mentions[0]))
    return made


def judge(found: list[Candidate], encoding: Encoding, model: Model, codebook: Codebook, by_type: dict[str, Floats]) -> Floats:
    """How probably each candidate fills its slot [candidates]."""
    if not found:
        return np.zeros(0, np.float32)
    return np.asarray(model.fillers.run(None, {"signs": signs(found, encoding, model, codebook, by_type)})[0][:, 1])


def signs(found: list[Candidate], encoding: Encoding, model: Model, codebook: Codebook, by_type: dict[str, Floats]) -> Floats:
    """Rows of signs [candidates, signs]: of each by itself, then beside the better ones for its slot."""
    alone = _alone(found, encoding, model, codebook, by_type)
    beside = [_beside(list(rivals), encoding, model) for _, rivals in groupby(found, lambda c: c.role)]  # candidates come by role
    return np.concatenate([alone, np.concatenate(beside), _in_events(found, encoding, model)], 1)


def _alone(found: list[Candidate], encoding: Encoding, model: Model, codebook: Codebook, by_type: dict[str, Floats]) -> Floats:
    """How sure the encoder is of a candidate, where it stands, of what kind its words are."""
    roles, n = list(codebook.roles), len(encoding.words)
    slots = {role: _slot(encoding, model, codebook, role) for role in roles}
    phrase, parse, span, kind = (shares(encoding.heads[head]) for head in ("phrase", "dependency", "span", "kind"))
    inside = {role: 1 - odds[:, O] for role, odds in slots.items()}
    assault = encoding.heads["type"][:, model.card["heads"]["type"].index("ASSAULT")]
    most = [float(scores.max()) for scores in by_type.values()]
    rows = []
    for c in found:
        (first, end), at = c.mentions[0], c.words
        near = slice(max(0, first - NEAR), end + NEAR)
        rows.append(
            [
                c.scores[0],
                float(np.mean(c.scores)),
                float(np.sum(c.scores)),
                len(c.mentions),
                end - first,
                min(run[0] for run in c.mentions) / n,
                n,
                float(slots[c.role][first, B]),
                float(inside[c.role][first - 1]) if first else 0.0,
                float(inside[c.role][end]) if end < n else 0.0,
                *(max(float(inside[role][slice(*run)].mean()) for run in c.mentions) for role in roles),
                *(float(role == c.role) for role in roles),
                *most,
                *(float(scores[at].mean()) for scores in by_type.values()),
                *(float(scores[near].max()) for scores in by_type.values()),
                float(assault[near].max()),
                float(1 - span[first:end, O].mean()),
                float(span[first, B]),
                float(span[end, I]) if end < n else 0.0,
                float(phrase[first, B]),
                float(phrase[first, I]),
                float(phrase[end, I]) if end < n else 0.0,
                *kind[first:end].mean(0),
                *parse[first],
                *parse[end - 1],
            ]
        )
    return np.array(rows, np.float32)


def _beside(rivals: list[Candidate], encoding: Encoding, model: Model) -> Floats:
    """A slot's candidates, the surest first, each beside the first of those that are surer."""
    left, right = (np.stack([encoding.heads[side][slice(*c.mentions[0])].mean(0) for c in rivals]) for side in ("left", "right"))
    first = np.array([c.mentions[0][0] for c in rivals])
    same = probability(model.relate(left[:RIVALS], right, first[None] - first[:RIVALS, None], ["same_people"])[0])
    rows = []
    for i, c in enumerate(rivals):
        better, tokens = rivals[: min(i, RIVALS)], set(c.said.split())
        clear = [k for k, x in enumerate(better) if not _overlap(c, x)]
        rows.append(
            [
                c.scores[0] - rivals[0].scores[0],
                i,
                len(rivals),
                max((len(tokens & set(better[k].said.split())) / len(tokens) for k in clear), default=0.0),
                any(c.said in better[k].said for k in clear),
                any(better[k].said in c.said for k in clear),
                max((x.scores[0] for x in better if _overlap(c, x)), default=0.0),
                max((float(same[k, i]) for k in clear), default=0.0),
                max((x.scores[0] for x in rivals[i + 1 : i + 1 + RIVALS] if _overlap(c, x)), default=0.0),
            ]
        )
    return np.array(rows, np.float32)


def _in_events(found: list[Candidate], encoding: Encoding, model: Model) -> Floats:
    """How the default codebook's heads see a candidate: its part in the events whose words stand closest [candidates, relations]."""
    named = np.flatnonzero(probability(encoding.heads["type"].max(-1)) >= NAMES_AN_EVENT)
    rows = []
    for c in found:
        first, end = c.mentions[0]
        close = named[np.argsort(np.abs(named - first), kind="stable")[:TRIGGERS]]
        right = encoding.heads["right"][first:end].mean(0)[None]
        if len(close):
            rows.append(model.relate(encoding.heads["left"][close], right, first - close[:, None], model.card["roles"]).max((1, 2)))
        else:
            rows.append(np.full(len(model.card["roles"]), NO_PART, np.float32))
    return np.array(rows, np.float32)


def _overlap(a: Candidate, b: Candidate) -> bool:
    """Whether the surest mentions of two candidates share words."""
    return a.mentions[0][0] < b.mentions[0][1] and b.mentions[0][0] < a.mentions[0][1]


def chosen(found: list[Candidate], odds: Floats, least: float) -> list[Candidate]:
    """The candidates that are probable enough; of those for one slot that overlap, the likelier one."""
    kept: list[Candidate] = []
    probable = [(c, p) for c, p in zip(found, odds.tolist(), strict=True) if p >= least]
    for _, of_role in groupby(probable, lambda pair: pair[0].role):
        rivals = {c.mentions[0]: (c, p) for c, p in of_role}
        kept += [rivals[run][0] for run in apart([(run, p) for run, (_, p) in rivals.items()])]
    return kept


def _slot(encoding: Encoding, model: Model, codebook: Codebook, role: str) -> Floats:
    """How probably each word stands outside of a slot's fillers, begins one, goes on [words, 3]."""
    head = codebook.heads["role"]
    first = model.card["heads"][head].index(f"{role}/O")
    return shares(encoding.heads[head][:, first : first + 3])


def _kind(candidate: Candidate, encoding: Encoding, kinds: list[ParticipantKind], may_be: tuple[ParticipantKind, ...]) -> ParticipantKind:
    """The likeliest of the kinds that one in this slot may be."""
    scores = encoding.heads["kind"][candidate.words].mean(0)
    return max(may_be, key=lambda kind: float(scores[kinds.index(kind)]))


def _event(
    report: Report,
    encoding: Encoding,
    model: Model,
    codebook: Codebook,
    name: str,
    at: Run,
    sure: float,
    found: list[Candidate],
    parts: list[Span],
) -> Event:
    """The event of a template: its type, the words that say it most, and its fillers as participants."""
    trigger = encoding.span(*at)
    kinds = model.card["heads"]["kind"]
    who = tuple(
        Participant(
            role=c.role,
            span=encoding.span(*c.mentions[0]),
            mentions=tuple(encoding.span(*m) for m in sorted(c.mentions)),
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

"""Encoding → events: the whole of the extraction on one screen."""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Model, probability
from dateline.extract import figures, participants, status
from dateline.extract.decisions import Decisions
from dateline.extract.sentences import holding, passages, sentences
from dateline.extract.triggers import Told, Trigger, find, same_happenings
from dateline.records import Event, Figure, Participant, Report, SectionKind, Span, span_of

NEWS = ("headline", "body")  # the sections in which the outlet itself tells

# Words that are read as one whole: pairs are scored within a passage, so that a book costs no more a word than a report. Longer reports
# are few; in these, mentions on either side of a cut are not joined.
PASSAGE = 2000


def events(report: Report, encoding: Encoding, model: Model, codebook: Codebook, decisions: Decisions) -> tuple[Event, ...]:
    """The events of a report, in the order of their first mention."""
    heads = model.card["heads"]
    told = _told(report, encoding, decisions.sections)
    triggers = find(encoding, heads["type"], codebook, told, decisions.least)
    if not triggers:
        return ()
    parts = sentences(report.text)
    make = partial(_event, report, encoding, model, codebook, decisions, parts)
    sure = partial(confidence, decisions=decisions)
    out: list[Event] = []
    for passage in passages(encoding.words.starts.tolist(), parts, PASSAGE):
        here = [t for t in triggers if passage[0] <= t.first < passage[1]]
        joined = same_happenings(here, encoding, model, decisions)
        groups = [g for j in joined for g in _by_teller(j, report, encoding)]
        if groups:
            found = participants.mentions(encoding, heads["kind"], told, passage)
            owner = participants.one_and_the_same(found, encoding, model, decisions)
            links = participants.linked(here, found, encoding, model) if found else {}
            rows = {t: i for i, t in enumerate(here)}
            who = [participants.of_event([rows[t] for t in g], links, found, owner, encoding, codebook, decisions.link) for g in groups]
            numbers = figures.find(encoding, heads["figure"], told, passage)
            out += map(make, groups, map(sure, groups), who, figures.by_event(numbers, groups, encoding, model, decisions.figure))
    return tuple(out)


def confidence(group: list[Trigger], decisions: Decisions) -> float:
    """How probably an event, given by its triggers, is right: calibrated on reports that set no weight."""
    weight, constant = decisions.confidence
    return round(float(probability(weight * max(t.logit for t in group) + constant)), 4)


def _told(report: Report, encoding: Encoding, kinds: tuple[SectionKind, ...]) -> Told:
    """Which words stand in a section that yields events (all, where no sections are known)."""
    if not report.sections:
        return np.ones(len(encoding.words), np.bool_)
    told = np.zeros(len(encoding.words), np.bool_)
    for section in report.sections:
        if section.kind in kinds:
            first, end = encoding.words.at(section.start, section.end)
            told[first:end] = True
    return told


def _by_teller(group: list[Trigger], report: Report, encoding: Encoding) -> list[list[Trigger]]:
    """Mentions of a happening, apart by who tells: the article, or a kind of section beside it. A reader's word is no report's."""
    tellers: dict[SectionKind, list[Trigger]] = {}
    for trigger in group:
        kind = _section(report, int(encoding.words.starts[trigger.first]))
        tellers.setdefault("body" if kind in NEWS else kind, []).append(trigger)
    return list(tellers.values())


def _section(report: Report, at: int) -> SectionKind:
    return next((s.kind for s in report.sections if s.start <= at < s.end), "body")


def _event(
    report: Report,
    encoding: Encoding,
    model: Model,
    codebook: Codebook,
    decisions: Decisions,
    parts: list[Span],
    group: list[Trigger],
    sure: float,
    who: tuple[Participant, ...],
    counted: tuple[Figure, ...],
) -> Event:
    """One event of its triggers, participants and figures."""
    w = encoding.words
    spans = tuple(span_of(report.text, int(w.starts[t.first]), int(w.ends[t.end - 1])) for t in group)
    state, cue = status.of_event(group, encoding, model.card["heads"]["status"])
    kind = group[0].type
    modes = _modes(group, encoding, model.card["heads"]["mode"], codebook, decisions.mode)
    # The same report, model and codebook give the same id.
    key = f"{report.sha256} {report.id} {model.card['digests']['model.onnx']} {codebook.digest} {kind} {spans[0].start}"
    event_id = hashlib.sha256(key.encode()).hexdigest()[:16]
    rests_on = [*spans, *(p.span for p in who), *(f.span for f in counted), *([cue] if cue else [])]
    return Event(
        id=event_id,
        incident=event_id,
        type=kind,
        modes=modes,
        mode=modes[0] if modes else None,
        quad=codebook.types[kind].quad,
        status=state,
        status_cue=cue,
        trigger=spans[0],
        triggers=spans,
        participants=who,
        figures=counted,
        section=_section(report, spans[0].start),
        evidence=holding(parts, rests_on),
        confidence=sure,
    )


def _modes(group: list[Trigger], encoding: Encoding, labels: list[str], codebook: Codebook, threshold: float) -> tuple[str, ...]:
    """The modes of the event's type that its triggers score at least `threshold` for, the likeliest first."""
    kind = group[0].type
    scores = np.stack([encoding.heads["mode"][t.first : t.end].max(0) for t in group]).max(0)
    likely = {label.split("/")[1]: float(probability(scores[i])) for i, label in enumerate(labels) if label.startswith(kind + "/")}
    kept = [m for m in likely if m in codebook.types[kind].modes and likely[m] >= threshold]
    return tuple(sorted(kept, key=lambda m: -likely[m]))

"""Encoding → events: the whole of the extraction on one screen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Floats, Model, probability
from dateline.extract import codes, figures, participants, places, status, tellers, templates
from dateline.extract.decisions import Decisions
from dateline.extract.pairs import Stretch, best_by_event, scored
from dateline.extract.roles import judge
from dateline.extract.scene import Scene, scenes
from dateline.extract.sentences import holding, sentences
from dateline.extract.triggers import Trigger
from dateline.records import Event, Figure, Participant, Report, Span, span_of


def events(report: Report, encoding: Encoding, model: Model, codebook: Codebook, decisions: Decisions) -> tuple[Event, ...]:
    """The events of a report, in the order of their first mention."""
    if codebook.unit == "template":
        return templates.events(report, encoding, model, codebook, decisions)
    parts = sentences(report.text)
    make = partial(_event, report, encoding, model, codebook, decisions, parts)
    out: list[Event] = []
    for scene in scenes(report, encoding, model, codebook, decisions, parts):
        groups = [scene.group(event) for event in range(len(scene.events))]
        sure = [round(p, 4) for p in scene.sure]
        made = map(make, groups, sure, _who(scene, model, codebook, decisions), *_where_and_how_many(scene, model, decisions))
        out += codes.coded(tuple(made), codebook)  # by passage: each event is read beside the others
    return tuple(out)


def _who(scene: Scene, model: Model, codebook: Codebook, decisions: Decisions) -> list[tuple[Participant, ...]]:
    """Each event's participants."""
    named = [role for role in model.card["roles"] if role in codebook.roles]
    odds = judge(scene, model)[:, :, [model.card["roles"].index(role) for role in named]]
    close = probability(best_by_event(scene.scores, scene.events).max(1))
    who = partial(participants.of_event, scene.mentions, scene.people, scene.encoding, named, decisions.link)
    return list(map(who, odds, close))


def _where_and_how_many(scene: Scene, model: Model, decisions: Decisions) -> tuple[list[Span | None], list[tuple[Figure, ...]]]:
    """The words of each event's place, and its figures."""

    def odds(found: Sequence[Stretch], relation: str) -> Floats:
        by_pair = scored(scene.triggers, found, scene.encoding, model, [relation])[0]
        return np.asarray(probability(best_by_event(by_pair, scene.events)))

    sites = places.sites(scene.encoding, scene.told, scene.passage)
    numbers = figures.find(scene.encoding, model.card["heads"]["figure"], scene.told, scene.passage)
    return (
        places.by_event(sites, odds(sites, "place"), scene.encoding, decisions.place),
        figures.by_event(numbers, odds(numbers, "figure"), decisions.figure),
    )


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
    where: Span | None,
    counted: tuple[Figure, ...],
) -> Event:
    """One event of its triggers, participants and figures."""
    w = encoding.words
    spans = tuple(span_of(report.text, int(w.starts[t.first]), int(w.ends[t.end - 1])) for t in group)
    state, cue = status.of_event(group, encoding, model.card["heads"]["status"])
    kind = group[0].type
    modes = _modes(group, encoding, model.card["heads"][codebook.heads["mode"]], codebook, decisions.mode)
    # The same report, model and codebook give the same id.
    key = f"{report.sha256} {report.id} {model.card['digests']['model.onnx']} {codebook.digest} {kind} {spans[0].start}"
    event_id = hashlib.sha256(key.encode()).hexdigest()[:16]
    rests_on = [*spans, *(p.span for p in who), *(f.span for f in counted), *(x for x in (cue, where) if x)]
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
        place=places.placed(where, spans, parts) if where else None,
        figures=counted,
        section=tellers.section_at(report, spans[0].start),
        evidence=holding(parts, rests_on),
        confidence=sure,
    )


def _modes(group: list[Trigger], encoding: Encoding, labels: list[str], codebook: Codebook, threshold: float) -> tuple[str, ...]:
    """The modes of the event's type that its triggers score at least `threshold` for, the likeliest first."""
    kind = group[0].type
    scores = np.stack([encoding.heads[codebook.heads["mode"]][t.first : t.end].max(0) for t in group]).max(0)
    likely = {label.split("/")[1]: float(probability(scores[i])) for i, label in enumerate(labels) if label.startswith(kind + "/")}
    kept = [m for m in likely if m in codebook.types[kind].modes and likely[m] >= threshold]
    return tuple(sorted(kept, key=lambda m: -likely[m]))

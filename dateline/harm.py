"""The contract's harm rules, applied to every record where it leaves the pipeline. No option turns them off.

- Persons: a person has no canonical name here. (A later row of a user's actor table, with a public office and its
  dates, may give one; nothing else may.) The words of the report stay in the record's spans, for review; columns and
  lists of participants, which can be sorted and joined, leave them out.
- People in flight: where a report has an event with a participant of sector REF, or of context migration or asylum, or
  speaks of people in flight at all, no place of its record is finer than the municipality. In doubt yes, and for the
  whole record: two events of one report may share a place.
- Comments: what stands in a reader's comment names nobody in the record.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dateline.records import CodedReport, Event, Participant, Place, Report, Source, Span, Toponym

IN_FLIGHT_SECTORS = frozenset({"REF"})
IN_FLIGHT_CONTEXTS = frozenset({"migration", "asylum"})

# A report with one of these counts even where no sector or context was coded. Stems, since in doubt it does.
IN_FLIGHT_WORDS = re.compile(
    r"asyl|refug|réfugi|migra|migré|stowaway|undocumented|illegal (?:alien|entrant|entry)|clandestin|sans[- ]papiers"
    r"|small boats?\b|rubber boats?\b|boat people|dingh(?:y|ies)\b|cross(?:ed|ing|ings)? the (?:channel|border|strait|mediterranean|river)"
    r"|border[- ]cross|channel crossing|displac|idps?\b|fled\b|flee(?:s|ing)?\b|exiles?\b|exiled\b|deport|expelled (?:migrants?|families)"
    r"|push[- ]?back|smuggl|traffick|stateless|repatriat|resettle|unaccompanied|castaway|rohingya|\bjungle\b",
    re.IGNORECASE,
)

# What a place may at most be: of a place's precision, and of a toponym's GeoNames feature.
TOWN_OR_WIDER = frozenset({"city", "admin2", "admin1", "country", "region"})
TOWN_FEATURES = frozenset({"P.PPL", "P.PPLA", "P.PPLA2", "P.PPLA3", "P.PPLA4", "P.PPLA5", "P.PPLC", "P.PPLG"})
TOWN_DIGITS = 1  # decimals of a coordinate: about 11 km, the width of a municipality

# Claimants that are bodies, not persons: only these keep a canonical name.
NAMED_SOURCES = frozenset({"party", "authority", "media"})


def guard(coded: CodedReport) -> CodedReport:
    """The record as it may leave the pipeline. Guarding twice changes nothing more."""
    sensitive = in_flight(coded)
    report = coded.report
    events = tuple(_event(e, report, sensitive) for e in coded.events)
    return replace(
        coded,
        events=events,
        places=tuple(map(coarse_toponym, coded.places)) if sensitive else coded.places,
        entities=tuple(e for e in coded.entities if not _commented(report, e.span)),
        attributions=tuple(replace(a, source=None) if _commented(report, a.source) else a for a in coded.attributions),
    )


def in_flight(coded: CodedReport) -> bool:
    """Whether a report concerns people in flight, in doubt yes."""
    return (
        any(p.sector in IN_FLIGHT_SECTORS for e in coded.events for p in e.participants)
        or any(not IN_FLIGHT_CONTEXTS.isdisjoint(e.contexts) for e in coded.events)
        or IN_FLIGHT_WORDS.search(f"{coded.report.title or ''}\n{coded.report.text}") is not None
    )


def listed(participant: Participant) -> str | None:
    """A participant's words as a column or list may show them: None where it is, or may be, a person."""
    return None if _may_be_person(participant) else participant.span.text


def unnamed(participant: Participant) -> Participant:
    """The participant without a canonical name where it is, or may be, a person."""
    return replace(participant, name=None) if _may_be_person(participant) else participant


def coarse_place(place: Place) -> Place | None:
    """The place at the municipality or wider. What is finer becomes its division or country, and None where neither is known."""
    if place.precision in TOWN_OR_WIDER:
        return replace(place, lat=_rounded(place.lat), lon=_rounded(place.lon))
    if place.admin1:
        return Place(name=place.admin1, country=place.country, admin1=place.admin1, precision="admin1", basis=place.basis)
    return Place(name=place.country, country=place.country, precision="country", basis=place.basis) if place.country else None


def coarse_toponym(place: Toponym) -> Toponym:
    """The toponym at the municipality: anything that is no town or division keeps its words only."""
    if place.feature in TOWN_FEATURES or (place.feature or "").startswith("A."):
        return replace(place, lat=_rounded(place.lat), lon=_rounded(place.lon))
    return replace(place, geonameid=None, lat=None, lon=None)


def _event(event: Event, report: Report, sensitive: bool) -> Event:
    told = [p for p in event.participants if event.section == "comment" or not _commented(report, p.span)]
    return replace(
        event,
        participants=tuple(_participant(p, report) for p in told),
        source=_source(event.source, report),
        figures=tuple(replace(f, source=_source(f.source, report)) for f in event.figures),
        place=coarse_place(event.place) if event.place and sensitive else event.place,
    )


def _participant(participant: Participant, report: Report) -> Participant:
    """The participant, no person named, and no name from a comment."""
    count = participant.count
    participant = replace(participant, count=replace(count, source=_source(count.source, report)) if count else None)
    return replace(participant, name=None) if _commented(report, participant.span) else unnamed(participant)


def _source(source: Source | None, report: Report) -> Source | None:
    """A claimant without a canonical name where it may be a person, or comments."""
    if source and (source.kind not in NAMED_SOURCES or _commented(report, source.span)):
        return replace(source, name=None)
    return source


def _may_be_person(participant: Participant) -> bool:
    return participant.kind in ("person", None)


def _commented(report: Report, span: Span | None) -> bool:
    return span is not None and any(s.kind == "comment" and s.start <= span.start < s.end for s in report.sections)


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, TOWN_DIGITS)

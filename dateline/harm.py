"""The contract's harm rules, applied to every record where it leaves the pipeline. No option turns them off.

- Persons: a person has no canonical name here. (A later row of a user's actor table, with a public office and its
  dates, may give one; nothing else may.) The words of the report stay in the record's spans, for review; lists and
  tables, which can be sorted and joined, leave them out.
- People in flight: where an event has a participant of sector REF, or is of context migration or asylum, no
  coordinate of the record is finer than the municipality, the report's own places included. In doubt yes.
- Comments: those who comment have no name in any output.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dateline.records import CodedReport, Event, Participant, Place, Section, Source, Toponym

IN_FLIGHT_SECTORS = frozenset({"REF"})
IN_FLIGHT_CONTEXTS = frozenset({"migration", "asylum"})

# In doubt yes: an event whose participants or evidence speak of people in flight counts even where no sector or
# context was coded.
IN_FLIGHT_WORDS = re.compile(
    r"\b(?:asylum|refugees?|migrants?|im?migrants?|emigrants?|stowaways?|undocumented|illegals?|clandestines?|small boats?|dingh(?:y|ies)"
    r"|displaced (?:people|persons|families)|deport\w*|pushbacks?|push-backs?|smuggl\w+|border[- ]cross\w+|channel crossings?)\b",
    re.IGNORECASE,
)

# What is finer than a municipality: of a place's precision, and of a GeoNames feature class or code.
FINER_THAN_TOWN = frozenset({"site"})
TOWN_FEATURES = frozenset({"P.PPL", "P.PPLA", "P.PPLA2", "P.PPLA3", "P.PPLA4", "P.PPLA5", "P.PPLC", "P.PPLG"})
TOWN_DIGITS = 1  # decimals of a coordinate: about 11 km, the width of a municipality


def guard(coded: CodedReport) -> CodedReport:
    """The record as it may leave the pipeline. Guarding twice changes nothing more."""
    sensitive = [e for e in coded.events if in_flight(e)]
    ids = {e.id for e in sensitive}
    events = tuple(_event(e, coded.report.sections, e.id in ids) for e in coded.events)
    places = tuple(map(coarse_toponym, coded.places)) if sensitive or _speaks_of_flight(coded.report.text) else coded.places
    return replace(coded, events=events, places=places)


def in_flight(event: Event) -> bool:
    """Whether an event concerns people in flight, in doubt yes."""
    return (
        any(p.sector in IN_FLIGHT_SECTORS for p in event.participants)
        or not IN_FLIGHT_CONTEXTS.isdisjoint(event.contexts)
        or any(_speaks_of_flight(s.text) for p in event.participants for s in (p.span, *p.mentions))
        or any(_speaks_of_flight(s.text) for s in event.evidence)
    )


def _speaks_of_flight(text: str) -> bool:
    return IN_FLIGHT_WORDS.search(text) is not None


def _event(event: Event, sections: tuple[Section, ...], sensitive: bool) -> Event:
    return replace(
        event,
        participants=tuple(unnamed(p) for p in event.participants),
        source=_source(event.source, sections),
        figures=tuple(replace(f, source=_source(f.source, sections)) for f in event.figures),
        place=coarse_place(event.place) if event.place and sensitive else event.place,
    )


def unnamed(participant: Participant) -> Participant:
    """The participant without a canonical name where it is, or may be, a person."""
    return replace(participant, name=None) if participant.kind in ("person", None) else participant


def listed(participant: Participant) -> str | None:
    """A participant's words as a list or table may show them: None where it is, or may be, a person."""
    return None if participant.kind in ("person", None) else participant.span.text


def _source(source: Source | None, sections: tuple[Section, ...]) -> Source | None:
    """A claim's source without the name of somebody who comments."""
    commented = source and source.span and any(s.kind == "comment" and s.start <= source.span.start < s.end for s in sections)
    return replace(source, name=None) if source and commented else source


def coarse_place(place: Place) -> Place:
    """The place at the municipality: a finer one keeps its country and division, not its name, id or point."""
    if place.precision in FINER_THAN_TOWN or place.precision is None:
        return replace(place, geonameid=None, lat=None, lon=None, precision=None if place.precision is None else "city")
    return replace(place, lat=_rounded(place.lat), lon=_rounded(place.lon))


def coarse_toponym(place: Toponym) -> Toponym:
    """The toponym at the municipality: anything that is no town or division keeps its words only."""
    if place.feature in TOWN_FEATURES or (place.feature or "").startswith("A."):
        return replace(place, lat=_rounded(place.lat), lon=_rounded(place.lon))
    return replace(place, geonameid=None, lat=None, lon=None)


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, TOWN_DIGITS)

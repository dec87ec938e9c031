"""The records of the output contract, schema 1: frozen dataclasses, read and written as JSON.

Offsets are Unicode code points into `Report.text`, end exclusive, so that
`report.text[span.start:span.end] == span.text` for every span. What a report does not say is None,
never "", 0,0 or a guess. Reading checks types, spans and vocabularies, and a `RecordError` names the field
and, for JSON Lines, the line.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

SCHEMA: Literal[1] = 1

SectionKind = Literal["body", "headline", "dateline", "caption", "comment", "boilerplate"]
Status = Literal["occurred", "ongoing", "planned", "threatened", "demanded", "denied", "hypothetical"]
ParticipantKind = Literal["person", "group", "organisation", "state", "place", "object"]
FigureOf = Literal["participants", "arrested", "killed", "injured", "abducted", "displaced", "released"]
TimePrecision = Literal["minute", "hour", "day", "week", "month", "season", "year"]
PlacePrecision = Literal["site", "city", "admin2", "admin1", "country", "region"]
Basis = Literal["stated", "inferred"]
SourceKind = Literal["party", "authority", "witness", "media", "other"]


class RecordError(ValueError):
    """A record that does not keep the contract; the message names the field and, where there is one, the line."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a report's text: `text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of the text and what it is on the page."""

    kind: SectionKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One text as it came in. `found` says how a field was found; a field absent there was given by the user."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    found: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose claim something is, and the words that say so (`cue`)."""

    name: str | None = None
    kind: SourceKind | None = None
    span: Span | None = None
    cue: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many people a participant stands for. `high` None: open ("at least 12"); `low` None: "up to 40"."""

    low: int | None
    high: int | None
    span: Span
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One who takes part in an event: its fullest mention and all mentions of it in the report."""

    role: str
    span: Span
    mentions: tuple[Span, ...]
    kind: ParticipantKind | None = None
    name: str | None = None
    country: str | None = None
    sector: str | None = None
    count: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that the report gives for an outcome of an event."""

    of: FigureOf
    low: int | None
    high: int | None
    span: Span
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """When an event happened: ISO 8601, both ends included."""

    start: str | None
    end: str | None
    precision: TimePrecision
    basis: Basis
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an event happened. Latitude and longitude are WGS 84 degrees."""

    name: str
    geonameid: int | None = None
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    admin1: str | None = None
    precision: PlacePrecision | None = None
    basis: Basis = "stated"
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what to whom, when, where, how many, and according to whom."""

    id: str
    incident: str
    type: str
    trigger: Span
    triggers: tuple[Span, ...]
    evidence: tuple[Span, ...]
    confidence: float
    modes: tuple[str, ...] = ()
    mode: str | None = None
    quad: str | None = None
    contexts: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    status: Status = "occurred"
    status_cue: Span | None = None
    participants: tuple[Participant, ...] = ()
    figures: tuple[Figure, ...] = ()
    time: Time | None = None
    place: Place | None = None
    source: Source | None = None
    section: SectionKind = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """A place name in the text; `geonameid` and coordinates are None where the gazetteer lacks it."""

    span: Span
    name: str
    geonameid: int | None = None
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    admin1: str | None = None
    feature: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timex:
    """A time expression with its TIMEX3 type and value."""

    span: Span
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who says what: `content` is the longest piece, `pieces` are all; `source` None where the text names none."""

    source: Span | None
    cue: Span | None
    content: Span
    pieces: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A name in the text and its kind."""

    span: Span
    kind: ParticipantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedReport:
    """One report with all that was coded from it: the record that stages, users and benchmarks share."""

    report: Report
    events: tuple[Event, ...] = ()
    places: tuple[Toponym, ...] = ()
    times: tuple[Timex, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    entities: tuple[Entity, ...] = ()
    loaded: tuple[Span, ...] = ()
    schema: Literal[1] = SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One input that was not coded: where it stands, at which step it failed, why, and what to do about it.

    `input` is the file (or "-"), `where` the line or record within it, `report` the report's id where it has one.
    """

    input: str
    step: str
    error: str
    advice: str
    where: str | None = None
    report: str | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(CodedReport)


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8, 64 hex digits (a lone surrogate counts as its three bytes)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def span_of(text: str, start: int, end: int) -> Span:
    return Span(text[start:end], start, end)


def to_json(record: Any) -> bytes:
    """One record as JSON, on one line."""
    return _encoder.encode(record)


def from_json(line: bytes | str, where: str | None = None) -> CodedReport:
    """A coded report from its JSON, checked. Raises RecordError; `where` ("coded.jsonl line 3") goes into it."""
    try:
        coded = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(f"{where + ': ' if where else ''}{error}") from None
    broken = next(broken_spans(coded), None)
    if broken:
        raise RecordError(f"{where + ': ' if where else ''}{broken}")
    return coded


def broken_spans(coded: CodedReport) -> Iterator[str]:
    """Each span that does not hold its words, as a sentence that names its field."""
    text = coded.report.text
    for path, span in spans(coded):
        if not 0 <= span.start <= span.end or text[span.start : span.end] != span.text:
            there = text[max(span.start, 0) : max(span.end, 0)]
            yield f"`$.{path}` says {span.text!r} at {span.start}:{span.end}, the report has {there!r}"


def spans(record: Any, path: str = "") -> Iterator[tuple[str, Span]]:
    """Every span in a record with the path of its field."""
    if isinstance(record, Span):
        yield path, record
    elif dataclasses.is_dataclass(record) and not isinstance(record, Report):
        for f in dataclasses.fields(record):
            yield from spans(getattr(record, f.name), f"{path}.{f.name}" if path else f.name)
    elif isinstance(record, tuple):
        for i, item in enumerate(record):
            yield from spans(item, f"{path}[{i}]")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a coded report."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(CodedReport)
    return msgspec.json.decode(msgspec.json.encode(schema))  # type: ignore[no-any-return]  # defaults as JSON has them


if __name__ == "__main__":
    import json

    print(json.dumps(json_schema(), indent=2))

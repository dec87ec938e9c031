"""Record → rows: what the tables of a part hold, one schema and one function each. Imports pyarrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from dateline import harm
from dateline.records import CodedReport, Event, Failure, Figure, Participant, Source, Span

Row = dict[str, Any]

TEXT = pa.string()
TEXTS = pa.list_(pa.string())
WHOLE = pa.int64()
REAL = pa.float64()
MOMENT = pa.timestamp("us", tz="UTC")

REPORTS = pa.schema(
    {
        "id": TEXT,
        "sha256": TEXT,
        "title": TEXT,
        "published": TEXT,
        "outlet": TEXT,
        "url": TEXT,
        "language": TEXT,
        "coded_at": MOMENT,
        "events": WHOLE,
        "run": TEXT,
        "part": TEXT,
        "record": TEXT,
    }
)

EVENTS = pa.schema(
    {
        "id": TEXT,
        "incident": TEXT,
        "report": TEXT,
        "type": TEXT,
        "mode": TEXT,
        "modes": TEXTS,
        "quad": TEXT,
        "contexts": TEXTS,
        "codes": TEXT,
        "status": TEXT,
        "confidence": REAL,
        "trigger": TEXT,
        "trigger_start": WHOLE,
        "trigger_end": WHOLE,
        "evidence": TEXTS,
        "section": TEXT,
        "actors": TEXTS,
        "recipients": TEXTS,
        "targets": TEXTS,
        "instruments": TEXTS,
        "source_name": TEXT,
        "source_kind": TEXT,
        "source_start": WHOLE,
        "source_end": WHOLE,
        "time_start": TEXT,
        "time_end": TEXT,
        "time_precision": TEXT,
        "time_basis": TEXT,
        "place_name": TEXT,
        "geonameid": WHOLE,
        "country": TEXT,
        "admin1": TEXT,
        "lat": REAL,
        "lon": REAL,
        "place_precision": TEXT,
        "place_basis": TEXT,
        "published": TEXT,
        "outlet": TEXT,
        "url": TEXT,
        "title": TEXT,
        "language": TEXT,
        "run": TEXT,
        "part": TEXT,
    }
)

PARTICIPANTS = pa.schema(
    {
        "event": TEXT,
        "report": TEXT,
        "role": TEXT,
        "words": TEXT,
        "words_start": WHOLE,
        "words_end": WHOLE,
        "mentions": TEXTS,
        "kind": TEXT,
        "name": TEXT,
        "country": TEXT,
        "sector": TEXT,
        "count_low": WHOLE,
        "count_high": WHOLE,
        "count": TEXT,
        "count_source_name": TEXT,
        "count_source_kind": TEXT,
        "count_source_start": WHOLE,
        "count_source_end": WHOLE,
        "run": TEXT,
        "part": TEXT,
    }
)

FIGURES = pa.schema(
    {
        "event": TEXT,
        "report": TEXT,
        "of": TEXT,
        "low": WHOLE,
        "high": WHOLE,
        "words": TEXT,
        "words_start": WHOLE,
        "words_end": WHOLE,
        "source_name": TEXT,
        "source_kind": TEXT,
        "source_start": WHOLE,
        "source_end": WHOLE,
        "run": TEXT,
        "part": TEXT,
    }
)

FAILURES = pa.schema(
    {
        "invocation": TEXT,
        "failed_at": MOMENT,
        "input": TEXT,
        "where": TEXT,
        "report": TEXT,
        "step": TEXT,
        "error": TEXT,
        "advice": TEXT,
        "run": TEXT,
        "part": TEXT,
    }
)

# The tables of a part, and the column that says which report a row is from. `reports` comes last: `forget`
# takes a report out of them in this order, so that its row goes when all else of it is gone.
SCHEMAS = {"figures": FIGURES, "participants": PARTICIPANTS, "events": EVENTS, "failures": FAILURES, "reports": REPORTS}
REPORT_COLUMN = {name: "id" if name == "reports" else "report" for name in SCHEMAS}


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded report as it waits for its part: the record, the same as JSON, and when it was coded."""

    record: CodedReport
    json: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A failure as it waits for its part."""

    failure: Failure
    at: datetime


def tables(coded: Iterable[Coded], failed: Iterable[Failed], run: str, part: str, invocation: str) -> dict[str, pa.Table]:
    """All tables of one part, by name. Each row says its run and part, which is what `current.parquet` is joined by."""
    coded = list(coded)
    records = [one.record for one in coded]
    rows: dict[str, Iterator[Row]] = {
        "reports": map(report_row, coded),
        "events": (event_row(record, event) for record in records for event in record.events),
        "participants": (
            participant_row(record, event, participant)
            for record in records
            for event in record.events
            for participant in event.participants
        ),
        "figures": (figure_row(record, event, figure) for record in records for event in record.events for figure in event.figures),
        "failures": (failure_row(one, invocation) for one in failed),
    }
    place = {"run": run, "part": part}
    return {name: pa.Table.from_pylist([row | place for row in rows[name]], schema=schema) for name, schema in SCHEMAS.items()}


def report_row(coded: Coded) -> Row:
    report = coded.record.report
    return {
        "id": report.id,
        "sha256": report.sha256,
        "title": report.title,
        "published": report.published,
        "outlet": report.outlet,
        "url": report.url,
        "language": report.language,
        "coded_at": coded.at,
        "events": len(coded.record.events),
        "record": coded.json,
    }


def event_row(record: CodedReport, event: Event) -> Row:
    report, time, place = record.report, event.time, event.place
    return {
        "id": event.id,
        "incident": event.incident,
        "report": report.id,
        "type": event.type,
        "mode": event.mode,
        "modes": event.modes,
        "quad": event.quad,
        "contexts": event.contexts,
        # Which codes there are is up to the codebook, so they are no columns: JSON, {"acled": "Peaceful protest"}.
        "codes": json.dumps(event.codes, ensure_ascii=False, sort_keys=True) if event.codes else None,
        "status": event.status,
        "confidence": event.confidence,
        "trigger": event.trigger.text,
        "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end,
        "evidence": [span.text for span in event.evidence],
        "section": event.section,
        # Persons are left out of these. Roles that a user's codebook adds are in participants.parquet.
        "actors": words_in_role(event, "actor"),
        "recipients": words_in_role(event, "recipient"),
        "targets": words_in_role(event, "target"),
        "instruments": words_in_role(event, "instrument"),
        **source_columns("source", event.source),
        "time_start": time and time.start,
        "time_end": time and time.end,
        "time_precision": time and time.precision,
        "time_basis": time and time.basis,
        "place_name": place and place.name,
        "geonameid": place and int64(place.geonameid),
        "country": place and place.country,
        "admin1": place and place.admin1,
        "lat": place and place.lat,
        "lon": place and place.lon,
        "place_precision": place and place.precision,
        "place_basis": place and place.basis,
        "published": report.published,
        "outlet": report.outlet,
        "url": report.url,
        "title": report.title,
        "language": report.language,
    }


def participant_row(record: CodedReport, event: Event, participant: Participant) -> Row:
    count = participant.count
    return {
        "event": event.id,
        "report": record.report.id,
        "role": participant.role,
        "words": harm.listed(participant),
        "words_start": participant.span.start,
        "words_end": participant.span.end,
        "mentions": [span.text for span in participant.mentions] if harm.listed(participant) is not None else None,
        "kind": participant.kind,
        "name": participant.name,
        "country": participant.country,
        "sector": participant.sector,
        "count_low": count and int64(count.low),
        "count_high": count and int64(count.high),
        "count": count and harm.listed(participant) and count.span.text,
        **source_columns("count_source", count.source if count else None),
    }


def figure_row(record: CodedReport, event: Event, figure: Figure) -> Row:
    return {
        "event": event.id,
        "report": record.report.id,
        "of": figure.of,
        "low": int64(figure.low),
        "high": int64(figure.high),
        "words": figure.span.text,
        "words_start": figure.span.start,
        "words_end": figure.span.end,
        **source_columns("source", figure.source),
    }


def failure_row(failed: Failed, invocation: str) -> Row:
    failure = failed.failure
    return {
        "invocation": invocation,
        "failed_at": failed.at,
        "input": utf8(failure.input),
        "where": utf8(failure.where),
        "report": utf8(failure.report),
        "step": utf8(failure.step),
        "error": utf8(failure.error),
        "advice": utf8(failure.advice),
    }


def failure_of(row: Row) -> Failure:
    return Failure(**{column: row[column] for column in ("input", "where", "report", "step", "error", "advice")})


def source_columns(prefix: str, source: Source | None) -> Row:
    """Whose claim it is: the name, the kind, and where the report's words for it stand; who claims may be a person, so not the words."""
    span: Span | None = source.span if source else None
    return {
        f"{prefix}_name": source and source.name,
        f"{prefix}_kind": source and source.kind,
        f"{prefix}_start": span and span.start,
        f"{prefix}_end": span and span.end,
    }


def words_in_role(event: Event, role: str) -> list[str]:
    """The words of the participants of a role, but of persons: a table can be sorted and joined by its columns."""
    return [words for p in event.participants if p.role == role and (words := harm.listed(p)) is not None]


def int64(value: int | None) -> int | None:
    """A number as a column can hold it. "a googol of protesters" stays whole in the record, and is null here."""
    return value if value is not None and -(2**63) <= value < 2**63 else None


def utf8(text: str | None) -> str | None:
    """A failure's text as a column can hold it: a file name that is no valid UTF-8 gets its odd bytes spelled out."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()

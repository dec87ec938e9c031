"""The harm rules hold for every record that leaves the pipeline, and nothing turns them off."""

import inspect
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from strategies import coded_reports

from dateline import harm, pipeline
from dateline.publish import terminal
from dateline.records import CodedReport, Event, Participant, Place, Report, Section, Source, Toponym, span_of
from dateline.store import Dataset, RunInfo

TEXT = "Jean Dupont said that forty refugees camped in Rue Mollien, Calais. A reader: so what."


def event(**known: object) -> Event:
    trigger = span_of(TEXT, TEXT.index("camped"), TEXT.index("camped") + 6)
    base = {"id": "e", "incident": "e", "type": "PROTEST", "trigger": trigger, "triggers": (trigger,), "evidence": (), "confidence": 0.5}
    return Event(**(base | known))  # type: ignore[arg-type]


def participant(words: str, **known: object) -> Participant:
    span = span_of(TEXT, TEXT.index(words), TEXT.index(words) + len(words))
    return Participant(role="actor", span=span, mentions=(span,), **known)  # type: ignore[arg-type]


def guarded(*events: Event, **known: object) -> CodedReport:
    return harm.guard(CodedReport(report=Report(id="r", text=TEXT), events=events, **known))  # type: ignore[arg-type]


SITE = Place(name="Rue Mollien", geonameid=1, lat=50.95123, lon=1.85456, country="FRA", precision="site")
TOWN = Place(name="Calais", geonameid=3029162, lat=50.9519, lon=1.8563, country="FRA", precision="city")


@pytest.mark.parametrize("kind", ["person", None])
def test_a_person_has_no_canonical_name_but_keeps_the_words(kind: str | None) -> None:
    (said,) = guarded(event(participants=(participant("Jean Dupont", kind=kind, name="Jean Dupont"),))).events
    assert said.participants[0].name is None
    assert said.participants[0].span.text == "Jean Dupont"


def test_an_organisation_keeps_its_name() -> None:
    (said,) = guarded(event(participants=(participant("Calais", kind="organisation", name="Ville de Calais"),))).events
    assert said.participants[0].name == "Ville de Calais"


@pytest.mark.parametrize(
    "known",
    [
        {"participants": (participant("forty", sector="REF"),)},
        {"contexts": ("migration",)},
        {"contexts": ("economic", "asylum")},
        {"participants": (participant("forty refugees"),)},  # in doubt yes: no sector was coded
        {"evidence": (span_of(TEXT, 0, 67),)},
    ],
)
def test_people_in_flight_are_placed_no_finer_than_the_municipality(known: dict[str, object]) -> None:
    toponym = Toponym(span=SITE.span or span_of(TEXT, 46, 57), name="Rue Mollien", geonameid=1, lat=50.95123, lon=1.85456, feature="R.ST")
    town = replace(toponym, name="Calais", geonameid=3029162, feature="P.PPL")
    out = guarded(event(place=SITE, **known), replace(event(), id="other", place=TOWN), places=(toponym, town))
    place = out.events[0].place
    assert place is not None
    assert (place.lat, place.lon, place.geonameid, place.precision) == (None, None, None, "city")
    assert place.country == "FRA"
    street, city = out.places
    assert (street.lat, street.lon, street.geonameid) == (None, None, None)
    assert (city.lat, city.lon) == (51.0, 1.9)


def test_other_events_keep_their_places() -> None:
    quiet = CodedReport(report=Report(id="r", text="Farmers met."), events=(replace(event(), place=SITE),), places=())
    assert harm.guard(quiet).events[0].place == SITE


def test_who_comments_has_no_name() -> None:
    at = TEXT.index("A reader")
    source = Source(name="reader77", kind="other", span=span_of(TEXT, at, at + 8))
    section = Section(kind="comment", start=at, end=len(TEXT))
    coded = CodedReport(report=Report(id="r", text=TEXT, sections=(section,)), events=(event(source=source),))
    (said,) = harm.guard(coded).events
    assert said.source is not None
    assert said.source.name is None


@given(coded_reports())
def test_guarding_holds_for_any_record_and_twice_is_once(record: CodedReport) -> None:
    out = harm.guard(record)
    assert harm.guard(out) == out
    assert out.report == record.report
    for e in out.events:
        assert all(p.name is None for p in e.participants if p.kind in ("person", None))
        if harm.in_flight(e) and e.place:
            assert e.place.precision != "site"


def test_there_is_no_switch() -> None:
    assert list(inspect.signature(harm.guard).parameters) == ["coded"]
    assert "harm.guard(" in inspect.getsource(pipeline.code_reports)
    assert not {"harm", "guard", "unsafe"} & set(inspect.signature(pipeline.Settings).parameters)


def test_lists_and_tables_leave_persons_out(tmp_path: Path) -> None:
    people = (participant("Jean Dupont", kind="person"), participant("forty", kind="group"), participant("A reader", kind=None))
    coded = guarded(event(participants=people, evidence=()))
    cells = terminal.row(coded.report, coded.events[0])
    assert "Dupont" not in "".join(cells)
    assert "forty" in "".join(cells)
    with Dataset.open(tmp_path / "d", create=True).start(RunInfo(model="m", codebook="c", codebook_name="n")) as rows:
        rows.add(coded)
    for table in ("events", "participants", "figures"):
        (file,) = (tmp_path / "d").glob(f"runs/*/part-*/{table}.parquet")
        said = str(pq.read_table(file, partitioning=None).to_pylist())
        assert "Dupont" not in said
        assert "A reader" not in said
        assert "forty" in said or table == "figures"

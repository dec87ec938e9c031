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
from dateline.records import (
    Attribution,
    CodedReport,
    Count,
    Entity,
    Event,
    Figure,
    Participant,
    Place,
    Report,
    Section,
    Source,
    Toponym,
    span_of,
    to_json,
)
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
    ("text", "known"),
    [
        ("Forty men camped.", {"participants": (participant("forty", sector="REF"),)}),
        ("Forty men camped.", {"contexts": ("migration",)}),
        ("Forty men camped.", {"contexts": ("economic", "asylum")}),
        ("Forty refugees camped.", {}),  # in doubt yes: nothing was coded
    ],
)
def test_people_in_flight_are_placed_no_finer_than_the_municipality(text: str, known: dict[str, object]) -> None:
    """For the whole record: another event of the report may have the same place."""
    toponym = Toponym(span=span_of(text, 0, 5), name="Rue Mollien", geonameid=1, lat=50.95123, lon=1.85456, feature="R.ST")
    town = replace(toponym, name="Calais", geonameid=3029162, feature="P.PPL")
    events = (event(place=SITE, **known), replace(event(), id="b", place=SITE), replace(event(), id="c", place=TOWN))
    out = harm.guard(CodedReport(report=Report(id="r", text=text), events=events, places=(toponym, town)))
    for said in out.events[:2]:
        assert said.place == Place(name="FRA", country="FRA", precision="country")
    assert out.events[2].place == replace(TOWN, lat=51.0, lon=1.9)
    street, city = out.places
    assert (street.lat, street.lon, street.geonameid) == (None, None, None)
    assert (city.lat, city.lon) == (51.0, 1.9)


def test_a_finer_place_becomes_its_division_or_its_country_or_nothing() -> None:
    assert harm.coarse_place(replace(SITE, admin1="Hauts-de-France")) == Place(
        name="Hauts-de-France", country="FRA", admin1="Hauts-de-France", precision="admin1"
    )
    assert harm.coarse_place(replace(SITE, country=None)) is None
    assert harm.coarse_place(replace(TOWN, precision=None, country=None)) is None


@pytest.mark.parametrize(
    "words",
    "immigration,migration,displaced person,internally displaced,IDPs,fled the war,exiles,boat people,rubber boat,unaccompanied minors,"
    "crossed the Channel,Rohingya camp,the Jungle,stateless,repatriated,resettlement,trafficking,réfugiés,sans-papiers,émigrés,"
    "asylum seekers,refugee camp,migrants,deported,pushbacks,smugglers,dinghy,border crossing".split(","),
)
def test_words_of_flight_are_known(words: str) -> None:
    assert harm.in_flight(CodedReport(report=Report(id="r", text=f"They said: {words} at the gate.")))


def test_other_events_keep_their_places() -> None:
    quiet = CodedReport(report=Report(id="r", text="Farmers met."), events=(replace(event(), place=SITE),), places=())
    assert harm.guard(quiet).events[0].place == SITE


@pytest.mark.parametrize(("kind", "name"), [("witness", None), ("other", None), (None, None), ("authority", "the prefecture")])
def test_a_claimant_who_may_be_a_person_has_no_canonical_name(kind: str | None, name: str | None) -> None:
    source = Source(name="the prefecture", kind=kind, span=span_of(TEXT, 0, 11))  # type: ignore[arg-type]
    counted = participant("forty", kind="group", count=Count(low=40, high=40, span=span_of(TEXT, 22, 27), source=source))
    figure = Figure(of="participants", low=40, high=40, span=span_of(TEXT, 22, 27), source=source)
    (said,) = guarded(event(source=source, participants=(counted,), figures=(figure,))).events
    assert said.source is not None
    assert said.source.name == name
    assert said.figures[0].source == said.source
    assert said.participants[0].count is not None
    assert said.participants[0].count.source == said.source


def test_who_comments_is_nowhere_in_the_record() -> None:
    at = TEXT.index("A reader")
    span = span_of(TEXT, at, at + 8)
    source = Source(name="reader77", kind="authority", span=span)
    section = Section(kind="comment", start=at, end=len(TEXT))
    reader = Participant(role="actor", span=span, mentions=(span,), kind="organisation", name="reader77")
    coded = CodedReport(
        report=Report(id="r", text=TEXT, sections=(section,)),
        events=(event(source=source, participants=(reader,)), event(section="comment", participants=(reader,))),
        entities=(Entity(span=span, kind="organisation"),),
        attributions=(Attribution(source=span, cue=None, content=span, pieces=(span,)),),
    )
    out = harm.guard(coded)
    assert b"reader77" not in to_json(out)
    assert out.events[0].participants == ()
    assert out.entities == ()
    assert out.attributions[0].source is None


@given(coded_reports())
def test_guarding_holds_for_any_record_and_twice_is_once(record: CodedReport) -> None:
    out = harm.guard(record)
    assert harm.guard(out) == out
    assert out.report == record.report
    for e in out.events:
        assert all(p.name is None for p in e.participants if p.kind in ("person", None))
        if harm.in_flight(record) and e.place:
            assert e.place.precision in harm.TOWN_OR_WIDER
            assert all(x is None or x == round(x, 1) for x in (e.place.lat, e.place.lon))


def test_there_is_no_switch() -> None:
    assert list(inspect.signature(harm.guard).parameters) == ["coded"]
    assert "harm.guard(" in inspect.getsource(pipeline.code_reports)
    assert not {"harm", "guard", "unsafe"} & set(inspect.signature(pipeline.Settings).parameters)


def test_lists_and_tables_leave_persons_out(tmp_path: Path) -> None:
    people = (participant("Jean Dupont", kind="person"), participant("forty", kind="group"), participant("A reader", kind=None))
    numbered = replace(people[0], count=Count(low=1, high=1, span=people[0].span))
    coded = guarded(event(participants=(numbered, *people[1:]), source=Source(kind="witness", span=people[0].span)))
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

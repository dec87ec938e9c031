"""Record → part → record is identity, whatever is in the record; and what the flat tables say of it."""

from __future__ import annotations

import tempfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_kit import RUN, code, coded, failure

from dateline.records import (
    Attribution,
    CodedReport,
    Count,
    Entity,
    Event,
    Failure,
    Figure,
    Participant,
    Place,
    Report,
    Section,
    Source,
    Time,
    Timex,
    Toponym,
    digest,
    span_of,
)
from dateline.store import Dataset

# Any text but lone surrogates, which no reader lets through; NUL, line ends and signs beyond the BMP are in.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe_text = st.none() | texts
reals = st.floats(allow_nan=False, allow_infinity=False)
wholes = st.integers(-(2**63), 2**63 - 1)
json_values = st.recursive(st.none() | st.booleans() | wholes | reals | texts, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=4)  # fmt: skip # noqa: E501


def few(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


@st.composite
def coded_reports(draw):
    """Any coded report: its spans are stretches of its text, empty ones too."""
    text = draw(texts)
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda ends: span_of(text, min(ends), max(ends)))
    maybe_span = st.none() | spans
    sources = st.builds(Source, name=maybe_text, kind=st.none() | st.sampled_from(["party", "witness"]), span=maybe_span, cue=maybe_span)
    counts = st.builds(Count, low=st.none() | wholes, high=st.none() | wholes, span=spans, source=st.none() | sources)
    participants = st.builds(
        Participant,
        role=st.sampled_from(["actor", "recipient", "target", "instrument", "bystander"]),
        span=spans,
        mentions=few(spans),
        kind=st.none() | st.sampled_from(["person", "group"]),
        name=maybe_text,
        country=maybe_text,
        sector=maybe_text,
        count=st.none() | counts,
    )
    figures = st.builds(
        Figure,
        of=st.sampled_from(["killed", "arrested"]),
        low=st.none() | wholes,
        high=st.none() | wholes,
        span=spans,
        source=st.none() | sources,
    )
    times = st.builds(
        Time, start=maybe_text, end=maybe_text, precision=st.just("day"), basis=st.sampled_from(["stated", "inferred"]), span=maybe_span
    )
    places = st.builds(
        Place, name=texts, geonameid=st.none() | wholes, lat=st.none() | reals, lon=st.none() | reals, country=maybe_text, span=maybe_span
    )
    events = st.builds(
        Event,
        id=texts,
        incident=texts,
        type=texts,
        trigger=spans,
        triggers=few(spans),
        evidence=few(spans),
        confidence=reals,
        modes=few(texts),
        mode=maybe_text,
        quad=maybe_text,
        contexts=few(texts),
        codes=st.dictionaries(texts, texts, max_size=2),
        status=st.sampled_from(["occurred", "denied"]),
        status_cue=maybe_span,
        participants=few(participants),
        figures=few(figures),
        time=st.none() | times,
        place=st.none() | places,
        source=st.none() | sources,
    )
    report = Report(
        id=draw(texts),
        text=text,
        title=draw(maybe_text),
        published=draw(maybe_text),
        language=draw(maybe_text),
        found=draw(st.dictionaries(texts, texts, max_size=1)),
        sha256=digest(text),
        extra=draw(st.dictionaries(texts, json_values, max_size=2)),
        sections=draw(few(st.builds(Section, kind=st.just("body"), start=wholes, end=wholes))),
    )
    return CodedReport(
        report=report,
        events=draw(few(events)),
        places=draw(few(st.builds(Toponym, span=spans, name=texts, lat=st.none() | reals))),
        times=draw(few(st.builds(Timex, span=spans, type=st.just("DATE"), value=texts))),
        attributions=draw(few(st.builds(Attribution, source=maybe_span, cue=maybe_span, content=spans, pieces=few(spans)))),
        entities=draw(few(st.builds(Entity, span=spans, kind=st.just("person")))),
        loaded=draw(few(spans)),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(coded_reports(), max_size=6, unique_by=lambda r: r.report.id))
def test_what_goes_in_comes_out(made):
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset.open(folder, create=True)
        code(dataset, *made)
        assert list(dataset.reports()) == sorted(made, key=lambda r: r.report.id)
        for one in made:
            assert dataset.report(one.report.id) == one
        assert dataset.events().num_rows == sum(len(one.events) for one in made)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.builds(Failure, input=texts, step=texts, error=texts, advice=texts, where=maybe_text, report=maybe_text), max_size=5))
def test_failures_come_out_in_order(made):
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset.open(folder, create=True)
        with dataset.start(RUN) as run:
            for one in made:
                run.add(one)
        assert list(dataset.failures()) == made


def only_part(path, table):
    import pyarrow.parquet as pq

    [file] = path.glob(f"runs/*/part-*/{table}.parquet")
    return pq.read_table(file, partitioning=None)


def test_participants_and_figures_are_keyed_by_event_and_report(tmp_path):
    dataset = Dataset.open(tmp_path / "d", create=True)
    code(dataset, coded("a"))
    crowd, bridge = only_part(dataset.path, "participants").to_pylist()
    assert (crowd["event"], crowd["report"], crowd["role"], crowd["words"]) == ("e-a", "a", "actor", "About 130 activists")
    assert (crowd["count_low"], crowd["count_high"], crowd["count"]) == (120, 140, "130")
    assert bridge["count_low"] is bridge["count"] is bridge["name"] is None
    [figure] = only_part(dataset.path, "figures").to_pylist()
    assert (figure["event"], figure["of"], figure["low"], figure["high"], figure["source_kind"]) == (
        "e-a",
        "arrested",
        14,
        None,
        "authority",
    )


def test_columns_keep_their_types_where_all_is_null(tmp_path):
    dataset = Dataset.open(tmp_path / "d", create=True)
    with dataset.start(RUN) as run:
        run.add(failure())
    for table, column, kind in [("events", "lat", "double"), ("reports", "coded_at", "timestamp[us, tz=UTC]"), ("figures", "low", "int64")]:
        assert str(only_part(dataset.path, table).schema.field(column).type) == kind


def test_a_number_beyond_64_bits_is_null_in_the_table_and_whole_in_the_record(tmp_path):
    dataset = Dataset.open(tmp_path / "d", create=True)
    report = coded("a")
    vast = Figure(of="participants", low=2**63, high=2**63 - 1, span=report.events[0].trigger)
    code(dataset, CodedReport(report=report.report, events=(Event(
        id="e", incident="i", type="T", trigger=vast.span, triggers=(), evidence=(), confidence=1.0, figures=(vast,)),)))  # fmt: skip
    [row] = only_part(dataset.path, "figures").to_pylist()
    assert (row["low"], row["high"]) == (None, 2**63 - 1)
    assert dataset.report("a").events[0].figures == (vast,)

"""Hypothesis strategies for the records: any coded report that keeps the contract."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from dateline import records as r

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
MAYBE_WORDS = st.none() | WORDS
NUMBER = st.none() | st.integers(0, 10**6)


def one_of(vocabulary: object) -> st.SearchStrategy:
    return st.sampled_from(get_args(vocabulary))


@st.composite
def spans(draw: st.DrawFn, text: str) -> r.Span:
    start = draw(st.integers(0, len(text)))
    return r.span_of(text, start, draw(st.integers(start, len(text))))


@st.composite
def events(draw: st.DrawFn, text: str) -> r.Event:
    span = spans(text)
    source = st.none() | st.builds(
        r.Source, name=MAYBE_WORDS, kind=st.none() | one_of(r.SourceKind), span=st.none() | span, cue=st.none() | span
    )
    participant = st.builds(
        r.Participant,
        role=st.sampled_from(("actor", "recipient", "target", "instrument")),
        span=span,
        mentions=st.lists(span, max_size=3).map(tuple),
        kind=st.none() | one_of(r.ParticipantKind),
        name=MAYBE_WORDS,
        country=st.none() | st.sampled_from(("FRA", "KEN")),
        sector=st.none() | st.sampled_from(("CVL", "REF", "COP")),
        count=st.none() | st.builds(r.Count, low=NUMBER, high=NUMBER, span=span, source=source),
    )
    degrees = st.none() | st.floats(-90, 90)
    place = st.builds(
        r.Place,
        name=WORDS,
        geonameid=NUMBER,
        lat=degrees,
        lon=degrees,
        country=st.none() | st.just("FRA"),
        precision=st.none() | one_of(r.PlacePrecision),
        basis=one_of(r.Basis),
        span=st.none() | span,
    )
    return draw(
        st.builds(
            r.Event,
            id=WORDS,
            incident=WORDS,
            type=st.sampled_from(("PROTEST", "ASSAULT", "COERCE")),
            trigger=span,
            triggers=st.lists(span, max_size=3).map(tuple),
            evidence=st.lists(span, max_size=3).map(tuple),
            confidence=st.floats(0, 1),
            contexts=st.lists(st.sampled_from(("migration", "economic")), max_size=2).map(tuple),
            status=one_of(r.Status),
            status_cue=st.none() | span,
            participants=st.lists(participant, max_size=3).map(tuple),
            figures=st.lists(st.builds(r.Figure, of=one_of(r.FigureOf), low=NUMBER, high=NUMBER, span=span, source=source), max_size=2).map(
                tuple
            ),
            time=st.none()
            | st.builds(
                r.Time, start=MAYBE_WORDS, end=MAYBE_WORDS, precision=one_of(r.TimePrecision), basis=one_of(r.Basis), span=st.none() | span
            ),
            place=st.none() | place,
            source=source,
            section=one_of(r.SectionKind),
        )
    )


@st.composite
def coded_reports(draw: st.DrawFn) -> r.CodedReport:
    text = draw(WORDS)
    span = spans(text)
    degrees = st.none() | st.floats(-90, 90)
    report = st.builds(
        r.Report,
        id=WORDS,
        text=st.just(text),
        title=MAYBE_WORDS,
        published=st.none() | st.dates().map(str),
        found=st.dictionaries(WORDS, WORDS, max_size=2),
        sha256=st.just(r.digest(text)),
        extra=st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS, max_size=2),
        sections=st.lists(st.builds(r.Section, kind=one_of(r.SectionKind), start=st.just(0), end=st.just(len(text))), max_size=2).map(
            tuple
        ),
    )
    toponym = st.builds(
        r.Toponym, span=span, name=WORDS, lat=degrees, lon=degrees, feature=st.none() | st.sampled_from(("P.PPL", "S.BLDG", "A.ADM1"))
    )
    return draw(
        st.builds(
            r.CodedReport,
            report=report,
            events=st.lists(events(text), max_size=3).map(tuple),
            places=st.lists(toponym, max_size=2).map(tuple),
            loaded=st.lists(span, max_size=2).map(tuple),
        )
    )

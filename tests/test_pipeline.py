"""The flow from reports to coded reports: lazy, in order, and one bad report harms no other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import codebook as codebooks
from dateline import pipeline
from dateline.codebook import CodebookError
from dateline.encode.model import ModelError
from dateline.extract import assemble
from dateline.pipeline import Settings, batches, code
from dateline.records import CodedReport, Failure, Report, Section, broken_spans, digest, to_json

STORY = (
    "LIMA, May 3 - Police fired tear gas at some 300 striking miners who had blocked the road to La Oroya for a week. "
    "At least twelve miners were injured, the union said. The interior minister denied that officers had used rubber bullets "
    "and called on the union to end the blockade. The union rejected the call and threatened a general strike."
)

SMALL = """
name = "mine"
version = "1"
roles = {actor = "does it"}
types = {PROTEST = {quad = "material conflict", definition = "people in the street"}}
"""


def report(text: str, **known: object) -> Report:
    return Report(id=digest(text)[:16], text=text, sha256=digest(text), **known)  # type: ignore[arg-type]


def coded(*items: Report | Failure, workers: int = 1) -> list[CodedReport | Failure]:
    return list(code(items, workers=workers))


@pytest.fixture(scope="module")
def story() -> CodedReport:
    (out,) = coded(report(STORY))
    assert isinstance(out, CodedReport)
    return out


def test_a_story_has_its_events(story: CodedReport) -> None:
    types = {e.type for e in story.events}
    assert {"PROTEST", "ASSAULT", "REQUEST", "REJECT", "THREATEN"} <= types


def test_every_field_points_at_characters_of_the_report(story: CodedReport) -> None:
    assert not list(broken_spans(story))
    for event in story.events:
        assert event.triggers[0] == event.trigger
        assert event.evidence
        assert all(p.span in p.mentions for p in event.participants)
        assert (event.status_cue is None) == (event.status == "occurred")
        assert event.mode == (event.modes[0] if event.modes else None)
        assert 0 < event.confidence < 1


def test_a_field_whose_stage_comes_later_is_null_or_empty(story: CodedReport) -> None:
    assert (story.places, story.times, story.attributions, story.entities, story.loaded) == ((), (), (), (), ())
    assert all((e.time, e.source, e.contexts) == (None, None, ()) for e in story.events)
    assert all(e.place is None or e.place.lat is None for e in story.events)
    assert all(e.incident == e.id for e in story.events)


def test_an_event_has_the_words_of_its_place(story: CodedReport) -> None:
    said = {e.place.span.text for e in story.events if e.place and e.place.span}
    assert any("La Oroya" in words for words in said), said


def test_where_people_are_in_flight_no_place_is_told() -> None:
    """As long as nothing says how fine a place is, none leaves the pipeline."""
    (out,) = coded(
        report("CALAIS, May 3 - Police arrested nine migrants at the ferry port of Calais on Friday and attacked a camp in Marck.")
    )
    assert isinstance(out, CodedReport)
    assert out.events
    assert all(e.place is None for e in out.events)


BOMBING = (
    "BOGOTA, 12 May 1989 - Guerrillas of the National Liberation Army blew up the Cano Limon oil pipeline with dynamite yesterday "
    "and killed two policemen. In a separate attack, gunmen kidnapped a cattle rancher near Arauca."
)


def test_a_codebook_of_templates_gives_one_event_for_each_incident_type() -> None:
    (out,) = code([report(BOMBING)], Settings(codebook="muc4"), workers=1)
    assert isinstance(out, CodedReport)
    assert not list(broken_spans(out))
    by_type = {e.type: e for e in out.events}
    assert len(by_type) == len(out.events)
    assert {"bombing", "kidnapping"} <= set(by_type)
    roles = {p.role for e in out.events for p in e.participants}
    assert {"Target"} < roles <= set(codebooks.load("muc4").roles)
    assert roles & {"PerpInd", "PerpOrg"}, "guerrillas of an organisation: the coders name the one, the other or both"
    assert all(p.span in p.mentions for e in out.events for p in e.participants)
    assert all(p.kind in codebooks.load("muc4").kinds[p.role] for e in out.events for p in e.participants)
    words = {e.trigger.text for e in out.events}
    assert words & {"blew up", "killed", "attack"}, "what names an event is the trigger"
    assert "kidnapped" in words


def test_a_codebook_whose_head_the_model_lacks_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    for heads, said in (('type = "weather"\nmode = "mode"', "no head weather"), ('type = "type"', "scores the mode")):
        file.write_text(f"{SMALL}[heads]\n{heads}\n")
        with pytest.raises(CodebookError, match=said):
            next(code([report("Rain.")], Settings(codebook=str(file))))


def test_a_mapping_of_another_codebook_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    (tmp_path / "mine.cameo.csv").write_text("type,modes,when,code\nASSAULT,,,18\n")
    with pytest.raises(CodebookError, match="cameo has types that it lacks: ASSAULT"):
        next(code([report("Rain.")], Settings(codebook=str(tmp_path / "mine.toml"))))


def test_the_same_report_gives_the_same_record(story: CodedReport) -> None:
    others = [report(f"{STORY} ({n})") for n in range(5)]
    again = next(c for c in coded(*others[:3], report(STORY), *others[3:]) if isinstance(c, CodedReport) and c.report == story.report)
    assert [e.id for e in again.events] == [e.id for e in story.events]
    assert [e.triggers for e in again.events] == [e.triggers for e in story.events]


def test_two_texts_of_one_id_have_events_of_different_ids() -> None:
    first, second = (Report(id="same", text=t, sha256=digest(t)) for t in (STORY, STORY + " It rained."))
    ids = [{e.id for e in c.events} for c in coded(first, second) if isinstance(c, CodedReport)]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_workers_change_nothing_but_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH_CHARACTERS", 800)
    items = [report(f"{STORY} ({n})") for n in range(7)] + [Failure(input="x", step="read", error="e", advice="a"), report("")]
    assert [to_json(c) for c in coded(*items, workers=2)] == [to_json(c) for c in coded(*items)]


def test_one_bad_report_is_a_failure_beside_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = assemble.events

    def events(r: Report, *rest: object) -> tuple[object, ...]:
        if "bad" in r.text:
            raise ZeroDivisionError("odd")
        return honest(r, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(assemble, "events", events)
    good, bad, after = coded(report(STORY), report("bad"), report(f"{STORY} ."))
    assert isinstance(good, CodedReport)
    assert isinstance(after, CodedReport)
    assert isinstance(bad, Failure)
    assert bad.step == "code"
    assert bad.report == report("bad").id
    assert "ZeroDivisionError: odd" in bad.error


def test_a_report_that_takes_too_long_is_a_failure_beside_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = assemble.events

    def events(r: Report, *rest: object) -> tuple[object, ...]:
        while "slow" in r.text:
            pass
        return honest(r, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(assemble, "events", events)
    monkeypatch.setattr(pipeline, "MAX_SECONDS", 3)
    good, slow = coded(report(STORY), report("slow"))
    assert isinstance(good, CodedReport)
    assert isinstance(slow, Failure)
    assert "more than 3 seconds" in slow.error


def test_the_user_says_which_sections_yield_events() -> None:
    comment = "\n\n1 comment\nPolice killed ten protesters in Lima and burned two houses, my neighbour saw it."
    sections = (
        Section(kind="body", start=0, end=len(STORY)),
        Section(kind="comment", start=len(STORY), end=len(STORY + comment)),
    )
    (out,) = code([report(STORY + comment, sections=sections)], Settings(sections=("comment",)))
    assert isinstance(out, CodedReport)
    assert out.events
    assert all(e.section == "comment" and e.trigger.start >= len(STORY) for e in out.events)
    (out,) = code([report(STORY + comment, sections=sections)], Settings(sections=("body", "comment")))
    assert isinstance(out, CodedReport)
    assert {e.section for e in out.events} == {"body", "comment"}
    for event in out.events:
        assert {t.start >= len(STORY) for t in event.triggers} == {event.section == "comment"}


def test_other_sections_make_another_run() -> None:
    assert pipeline.run_info(Settings()).id != pipeline.run_info(Settings(sections=("comment",))).id


def test_failures_of_reading_pass_in_their_place() -> None:
    failure = Failure(input="x", step="read", error="e", advice="a")
    assert [isinstance(c, Failure) for c in coded(report("A."), failure, report("B."))] == [False, True, False]


def test_nothing_is_read_ahead_of_need() -> None:
    taken = []

    def endless() -> Iterator[Report]:
        for n in itertools.count():
            taken.append(n)
            yield report(f"{STORY} ({n})")

    next(iter(code(endless(), workers=1)))
    assert len(taken) < 3 * pipeline.BATCH_CHARACTERS / len(STORY)


def test_batches_hold_all_in_order() -> None:
    items = [report("x" * n) for n in (10, 30_000, 0, 9_999, 2)]
    made = list(batches(items))
    assert [i for batch in made for i in batch] == items
    assert [len(batch) for batch in made] == [2, 3]


@pytest.mark.parametrize("text", ["", " ", "\n\n\x00\x00", "word " * 3000, "x" * 200_000, "日本語のニュース", "a\u200bb 🔥🔥", "!" * 5000])
def test_odd_texts_are_coded(text: str) -> None:
    (out,) = coded(report(text))
    assert isinstance(out, CodedReport)
    assert not list(broken_spans(out))


def test_comments_and_captions_yield_no_events() -> None:
    comment = "\n\n1. Police shot three protesters, says my cousin."
    text = STORY + comment
    sections = (Section(kind="body", start=0, end=len(STORY)), Section(kind="comment", start=len(STORY), end=len(text)))
    (out,) = coded(report(text, sections=sections))
    assert isinstance(out, CodedReport)
    assert out.events
    assert all(t.end <= len(STORY) for e in out.events for t in e.triggers)


def test_what_cannot_be_used_is_said_before_the_first_report(tmp_path: object) -> None:
    with pytest.raises(ModelError):
        next(code([report("A.")], Settings(model=tmp_path)))  # type: ignore[arg-type]
    with pytest.raises(CodebookError):
        next(code([report("A.")], Settings(codebook="nothing")))


def test_a_smaller_codebook_codes_its_own_types_only(tmp_path: object) -> None:
    book = tmp_path / "small.toml"  # type: ignore[operator]
    head = 'name = "s"\nversion = "1"\n[roles]\nactor = "does it"\n'
    book.write_text(head + '[types.PROTEST]\nquad = "material conflict"\ndefinition = "in public"\n')
    (out,) = code([report(STORY)], Settings(codebook=str(book)))
    assert isinstance(out, CodedReport)
    assert {e.type for e in out.events} == {"PROTEST"}
    assert {p.role for e in out.events for p in e.participants} <= {"actor"}
    assert all(e.modes == () for e in out.events)
    book.write_text(head + '[types.PICNIC]\nquad = "q"\ndefinition = "d"\n')
    with pytest.raises(CodebookError, match="PICNIC"):
        next(code([report(STORY)], Settings(codebook=str(book))))

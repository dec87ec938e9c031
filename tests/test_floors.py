"""Quality may not sink unseen: floors on our own coded reports, which travel with the code and set no weight or threshold.

A floor goes down only on purpose, with the reason in the CHANGELOG. Figures at the time: docs/quality.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus import form, paths
from corpus.pages import read_all
from corpus.pages import score as pages
from dateline.evaluate import scores
from dateline.pipeline import code
from dateline.records import CodedReport, Event, Section

DEV = paths("dev")
DIGEST = "46b35609820109c1"
FLOORS = {"event_f1": 0.73, "trigger_f1": 0.71, "participant_f1": 0.55, "figure_f1": 0.47, "place_f1": 0.3, "status": 0.92, "mode": 0.82}


@pytest.fixture(scope="module")
def gold() -> list[CodedReport]:
    return [form.read(path) for path in DEV]


@pytest.fixture(scope="module")
def figures(gold: list[CodedReport]) -> dict[str, float]:
    coded = [c for c in code([g.report for g in gold], workers=1) if isinstance(c, CodedReport)]
    return scores(zip(coded, gold, strict=True))


def test_the_reports_are_those_that_the_floors_were_set_on(gold: list[CodedReport]) -> None:
    assert hashlib.sha256(b"".join(path.read_bytes() for path in DEV)).hexdigest()[:16] == DIGEST
    assert sum(len(g.events) for g in gold) >= 60


@pytest.mark.parametrize("figure", FLOORS)
def test_no_figure_is_below_its_floor(figures: dict[str, float], figure: str) -> None:
    assert figures[figure] >= FLOORS[figure], figures


def test_the_scores_can_fail(gold: list[CodedReport]) -> None:
    perfect = scores((g, g) for g in gold)
    assert all(perfect[k] == 1 for k in FLOORS)
    nothing = scores((CodedReport(report=g.report), g) for g in gold)
    assert all(nothing[k] == 0 for k in FLOORS)
    elsewhere = scores((CodedReport(report=g.report, events=tuple(map(retyped, g.events))), g) for g in gold)
    assert elsewhere["event_f1"] < 0.3


def retyped(event: Event) -> Event:
    from dataclasses import replace

    return replace(event, type="AID" if event.type != "AID" else "AGREE")


# Sections of pasted pages (corpus/pages/apart), which set no weight: F1 of spans matched one to one, and of spans equal to the character.
PAGES = sorted((Path(__file__).parent.parent / "corpus" / "pages" / "apart").glob("*.txt"))
PAGES_DIGEST = "81d1d652d08f43cb"
SECTION_FLOORS = {
    ("body", "overlap"): 0.95,
    ("caption", "overlap"): 0.89,
    ("comment", "overlap"): 0.98,
    ("body", "span"): 0.81,
    ("caption", "span"): 0.85,
    ("comment", "span"): 0.74,
}


@pytest.fixture(scope="module")
def told_sections() -> dict[str, dict[str, float]]:
    return pages.score(pages.told(read_all(PAGES[0].parent)))


def test_the_pages_are_those_that_the_floors_were_set_on() -> None:
    assert len(PAGES) == 60
    assert hashlib.sha256(b"".join(path.read_bytes() for path in PAGES)).hexdigest()[:16] == PAGES_DIGEST


@pytest.mark.parametrize(("kind", "measure"), SECTION_FLOORS)
def test_no_section_is_told_worse_than_its_floor(told_sections: dict[str, dict[str, float]], kind: str, measure: str) -> None:
    assert told_sections[kind][measure] >= SECTION_FLOORS[kind, measure], told_sections


def test_the_scores_of_sections_can_fail() -> None:
    gold = list(read_all(PAGES[0].parent))
    perfect = pages.score((n, t, g, g) for n, t, g in gold)
    assert all(v[m] == 1 for v in perfect.values() for m in ("span", "overlap", "character"))
    nothing = pages.score((n, t, g, [Section(kind="body", start=0, end=len(t))]) for n, t, g in gold)
    assert nothing["comment"]["overlap"] == nothing["caption"]["overlap"] == 0
    assert nothing["body"]["span"] < 0.4

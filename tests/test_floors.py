"""Quality may not sink unseen: floors on our own coded reports, which travel with the code and set no weight or threshold.

A floor goes down only on purpose, with the reason in the CHANGELOG. Figures at the time: docs/quality.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus import form
from dateline.evaluate import scores
from dateline.pipeline import code
from dateline.records import CodedReport, Event

DEV = sorted((Path(__file__).parent.parent / "corpus" / "dev").glob("*.txt"))
DIGEST = "dabe45c48ea4954f"
FLOORS = {"event_f1": 0.65, "trigger_f1": 0.62, "participant_f1": 0.32, "figure_f1": 0.23, "status": 0.81, "mode": 0.71}


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

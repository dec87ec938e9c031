"""Readers' comments are told from the article where a line announces them."""

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.read import read
from dateline.read.sections import sections
from dateline.records import Report

ARTICLE = "Police held nine men in Lyon.\nNo comments were made by the union; 8 comments from lawyers followed the hearing.\n"


@pytest.mark.parametrize(
    "line",
    [
        "8 comments",
        "Comments",
        "COMMENTS (12)",
        "Readers’ comments:",
        "Leave a comment",
        "1,204 Comments",
        "## Comments",
        "3 replies",
        "Post a comment",
        "--- 3 comments ---",
    ],
)
def test_a_line_that_announces_comments_opens_them(line: str) -> None:
    text = f"{ARTICLE}\n{line}\n\n1. Max: They shot three people."
    body, comment = sections(text)
    assert (body.kind, comment.kind) == ("body", "comment")
    assert text[body.start : body.end].strip() == ARTICLE.strip()
    assert text[comment.start :].startswith(line)


@pytest.mark.parametrize("text", [ARTICLE, "Comments\nThe minister's comments were brief.", "", "She had no\ncomment\u2014yet."])
def test_what_is_not_announced_is_body(text: str) -> None:
    assert [s.kind for s in sections(text)] == ["body"]


@given(st.text(st.sampled_from("8 comments\n.(a"), max_size=80))
def test_sections_cover_any_text_in_order(text: str) -> None:
    found = sections(text)
    assert found[0].start == 0
    assert found[-1].end == len(text)
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


def test_long_lines_take_no_long_time() -> None:
    began = time.monotonic()
    for text in ("1 " * 400_000, "comments " * 100_000, " " * 900_000, "1" * 900_000 + " comment", "\t1 \t" * 200_000):
        sections(text)
    assert time.monotonic() - began < 5


def test_the_partisan_example_has_its_comments_apart() -> None:
    (report,) = read([str(Path(__file__).parent.parent / "examples" / "partisan-rally.txt")])
    assert isinstance(report, Report)
    comment = report.sections[-1]
    assert comment.kind == "comment"
    assert "Frédégonde" in report.text[comment.start : comment.end]
    assert "Frédégonde" not in report.text[: comment.start]

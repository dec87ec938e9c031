"""What is told apart in pasted text: the article from its captions, its page and its readers' comments."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.encode.model import Model
from dateline.extract import sections as finder
from dateline.extract.lines import classes, lines, opening, signs
from dateline.extract.sections import tell
from dateline.records import Report, Section, SectionKind, digest

BODY = (
    "Some 200 dockers blocked the gates of the port of Salonica on Monday, the union said, in protest at the sale of two piers.\n\n"
    "The ministry called the action illegal and sent police, who arrested nine people and cleared the gate by noon.\n\n"
    "Talks between the company and the union are to go on in Athens on Thursday, a spokesman for the port said."
)
PAGE = f"""The Gulf Daily
Home > News > Economy
Dockers block the port of Salonica
By Eleni Person | Published 4 May 2011 | Share
SALONICA, May 4 (GNA) — {BODY}

Dockers at the gate of pier six. Photo: Z. Kor
Read also: Ferries stay in port for a second day

3 comments

1. Max — 2 hours ago
They shot three people in my street and nobody wrote about it.
Reply | Like (4)

2. harbourcat — 1 hour ago
Sack them all!!!
Reply | Like (1)

Leave a comment
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


def told(text: str, model: Model, known: tuple[Section, ...] = ()) -> Report:
    (encoding,) = model.encode([text])
    return tell(Report(id="a", text=text, sha256=digest(text), sections=known), encoding, model.folder)


def parts(report: Report) -> dict[SectionKind, str]:
    out: dict[SectionKind, str] = {}
    for s in report.sections:
        out[s.kind] = out.get(s.kind, "") + report.text[s.start : s.end]
    return out


def test_a_page_is_told_apart(model: Model) -> None:
    found = parts(told(PAGE, model))
    assert found["headline"].strip() == "Dockers block the port of Salonica"
    assert found["dateline"].strip() == "SALONICA, May 4 (GNA) —"
    assert found["body"].strip() == BODY
    assert found["caption"].strip() == "Dockers at the gate of pier six. Photo: Z. Kor"
    assert found["comment"].strip() == PAGE[PAGE.index("3 comments") :].strip()
    assert "Eleni" in found["boilerplate"]


def test_a_plain_text_is_headline_and_body(model: Model) -> None:
    assert set(parts(told(f"Dockers block the port of Salonica\n\n{BODY}", model))) == {"headline", "body"}
    assert set(parts(told(BODY, model))) == {"body"}


@pytest.mark.parametrize("text", ["", " \n", "Comments", "Comments (3)\n1. Max: they shot three people", "IMG_2041.jpg", "\n\n>>\n"])
def test_there_is_no_text_without_an_article(model: Model, text: str) -> None:
    assert [s.kind for s in told(text, model).sections] == ["body"]


def test_what_is_known_stays(model: Model) -> None:
    known = (
        Section(kind="headline", start=0, end=10),
        Section(kind="body", start=10, end=PAGE.index("3 comments")),
        Section(kind="caption", start=PAGE.index("3 comments"), end=len(PAGE)),
    )
    found = told(PAGE, model, known)
    assert found.sections[0].kind == "headline"
    assert parts(found)["headline"].strip() == "The Gulf Daily"
    assert found.text[found.sections[-1].start :].startswith("3 comments")
    assert found.sections[-1].kind == "caption"


def test_an_article_that_is_known_is_not_lost(model: Model) -> None:
    text = "Comments (3)\n1. Max: they shot three people\nReply | Like"
    known = (Section(kind="headline", start=0, end=13), Section(kind="body", start=13, end=len(text)))
    assert [s.kind for s in told(text, model, known).sections] == ["headline", "body"]


def test_sections_cover_any_text_in_order(model: Model) -> None:
    @settings(deadline=None)
    @given(st.text(st.sampled_from("8 comments\n.(a\u2028\r\x0b—:"), max_size=80))
    def check(text: str) -> None:
        found = told(text, model).sections
        assert found[0].start == 0
        assert found[-1].end == len(text)
        assert all(a.end == b.start for a, b in itertools.pairwise(found))

    check()


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("CALAIS, March 13 (Reuters) — Some 200 people", "CALAIS, March 13 (Reuters) —"),
        ("QUETTA: Outpatient departments were shut", "QUETTA:"),
        ("Nairobi, 9th July 2024 – The undersigned", "Nairobi, 9th July 2024 –"),
        ("TOLEDO, Ohio (WTLQ) - More than 400 workers", "TOLEDO, Ohio (WTLQ) -"),
        ("SANTIAGO DE CHILE, 14 March (CSN) / Riders", "SANTIAGO DE CHILE, 14 March (CSN) /"),
        ("【Uruma】On June 6 the bureau", "【Uruma】"),
        ("MADURAI, Nov. 17. The level in the dam", "MADURAI, Nov. 17."),
        ("The minister - who was in Calais - said nothing", None),
        ("1. The first demand", None),
        ("He said: nothing", None),
    ],
)
def test_the_opening_of_a_line_that_may_be_a_dateline(line: str, place: str | None) -> None:
    cut = opening(line)
    assert (line[:cut] if cut else None) == place


def test_wrapped_lines_are_one() -> None:
    text = (
        "Dockers block the port\n\nSome two hundred dockers blocked the gates of the port\n"
        "of Salonica on Monday, the union said, in protest at"
        "\nthe sale of two piers to a company from abroad, which\nnobody had asked them about.\n\nThe ministry called it illegal.\n"
    )
    first, second, third = lines(text)
    assert (first.text, third.text) == ("Dockers block the port", "The ministry called it illegal.")
    assert second.text.startswith("Some two hundred")
    assert second.text.endswith("asked them about.")
    assert text[second.start : second.end].count("\n") == 3


def test_lines_of_one_form_are_seen() -> None:
    found = signs(lines("Max Ora 12:30\nNonsense!\nEleni 9:05\nNobody asked us\nHarbour Cat 10:11"))
    assert {"like 2", "like above 0", "like below 2"} <= set(found[0])
    assert {"like 2", "like above 2", "like below 2"} <= set(found[2])
    assert {"like 2", "like above 2", "like below 0"} <= set(found[4])
    assert "like 0" in found[1]
    assert "like 0" in found[3]


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 400_000,
        "comments " * 100_000,
        " " * 900_000 + "a",
        "1" * 900_000 + " comment",
        "\t1 \t" * 200_000,
        "A, " * 300_000,
        "A-" * 400_000,
        "(" * 900_000,
        "@a" * 400_000,
        "a_" * 400_000,
        "aé" * 400_000,
        ("x" * 399 + "\n") * 2000,
        "A" * 100 + "(" * 40 + "\n",
    ],
    ids=range(13),
)
def test_no_line_takes_long(text: str) -> None:
    began = time.monotonic()
    signs(lines(text))
    assert time.monotonic() - began < 5
    for pattern in classes().values():
        began = time.monotonic()
        pattern.search(text[: 2 * 400].lower())
        assert time.monotonic() - began < 0.1


PIECES = ["1/", "A/", "A//", "/A/", "1 ", "A ", "a ", "(a", "1.", "de ", "a_", "a-1", "said on ", "reply ", "share ", ": ", " ", '" ']


@pytest.mark.parametrize("tail", ["x -", "é- ", "!", ""])
def test_no_pattern_takes_long_whatever_is_repeated(tail: str) -> None:
    """`opening` once took 44 seconds for a line of "1/1/1/…"."""
    began = time.monotonic()
    for first, second in itertools.product(PIECES, PIECES):
        opening(((first + second) * 60)[:105] + tail)
        line = ((first + second) * 400)[:800] + tail
        for pattern in classes().values():
            pattern.search(line)
    assert time.monotonic() - began < 20


def test_a_dump_is_no_page(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "MAX_LINES", 5)
    assert [s.kind for s in told(PAGE, model).sections] == ["body"]

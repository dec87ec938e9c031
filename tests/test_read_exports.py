"""Exports of many articles in one file, in the shape in which Nexis and Factiva write them."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from dateline.read import read
from dateline.records import Failure, Report

NEWS = "Police arrested nine rioters in the northern city on Sunday, and the ministry condemned the attack on the station."
MORE = "The governor said that the curfew would stay in force until the end of the week."
OTHER = "Farmers blocked the bridge with their tractors on Monday and demanded talks with the government about prices."

UNI = f"""Nine held after riot in the north
Northern Gazette
March 13, 2018 Tuesday

Copyright 2018 Northern Gazette Ltd All Rights Reserved
Section: NEWS; Pg. 4
Length: 523 words
Byline: Jane Roe
Dateline: CALAIS
Body

{NEWS}
{MORE}

Graphic

Officers before the station

Load-Date: March 14, 2018
End of Document

Farmers block bridge
Southern Post
March 14, 2018 Wednesday

Copyright 2018 Southern Post
Length: 120 words
Body

{OTHER}

Load-Date: March 15, 2018
End of Document
"""
CLASSIC = f"""                               1 of 2 DOCUMENTS

                              Northern Gazette

                           March 13, 2018 Tuesday
                             Late Edition - Final

NINE HELD AFTER RIOT IN THE NORTH

BYLINE: By JANE ROE

SECTION: Section A; Foreign Desk; Pg. 8

LENGTH: 523 words

DATELINE: CALAIS, March 12

{NEWS}

{MORE}

GRAPHIC: PHOTO: Officers before the station

LOAD-DATE: March 14, 2018

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

                               2 of 2 DOCUMENTS

                               Southern Post

                           March 14, 2018 Wednesday

FARMERS BLOCK BRIDGE

LENGTH: 120 words

{OTHER}

LOAD-DATE: March 15, 2018

LANGUAGE: ENGLISH
"""
FACTIVA = f"""Nine held after riot in the north

By Jane Roe
523 words
13 March 2018
Northern Gazette
NGAZ
English
Copyright 2018 Northern Gazette. All Rights Reserved.

{NEWS}

{MORE}

Document NGAZ000020180313ee3d0004k

Farmers block bridge

120 words
14 March 2018
Southern Post
SPOST
English
(c) 2018 Southern Post

{OTHER}

Document SPOST00020180314ee3e00001
"""
TAGGED = f"""HD Nine held after riot in the north
BY Jane Roe
WC 523 words
PD 13 March 2018
SN Northern Gazette
SC NGAZ
LA English
CY Copyright 2018 Northern Gazette
LP
{NEWS}
TD
{MORE}
AN Document NGAZ000020180313ee3d0004k

HD Farmers block bridge
WC 120 words
PD 14 March 2018
SN Southern Post
SC SPOST
LA English
CY Copyright 2018 Southern Post
LP
{OTHER}
AN Document SPOST00020180314ee3e00001
"""


def results(tmp_path: Path, text: str) -> list[Report | Failure]:
    (tmp_path / "a.txt").write_text(text)
    return list(read([str(tmp_path / "a.txt")]))


@pytest.mark.parametrize("text", [UNI, CLASSIC, FACTIVA, TAGGED], ids=["nexis uni", "lexisnexis", "factiva", "factiva tags"])
def test_each_article_is_a_report(tmp_path: Path, text: str) -> None:
    first, second = results(tmp_path, text)
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert (first.title or "").casefold() == "nine held after riot in the north"
    assert (first.outlet, first.published) == ("Northern Gazette", "2018-03-13")
    assert (second.outlet, second.published) == ("Southern Post", "2018-03-14")
    assert first.found["published"] in ("nexis", "factiva")
    assert first.text in text
    told = {
        kind: "".join(first.text[s.start : s.end] for s in first.sections if s.kind == kind) for kind in ("headline", "body", "boilerplate")
    }
    assert told["headline"].strip() == first.title or told["headline"].endswith(f"{first.title}\n")
    assert NEWS in told["body"]
    assert MORE in told["body"]
    assert "523 words" in told["boilerplate"]
    assert "Roe" not in told["body"].title()
    assert first.sections[0].start == 0
    assert first.sections[-1].end == len(first.text)
    assert all(a.end == b.start for a, b in zip(first.sections, first.sections[1:], strict=False))


@pytest.mark.parametrize("text", [UNI, CLASSIC], ids=["nexis uni", "lexisnexis"])
def test_captions_and_datelines(tmp_path: Path, text: str) -> None:
    first = results(tmp_path, text)[0]
    assert isinstance(first, Report)
    told = {s.kind: first.text[s.start : s.end] for s in first.sections}
    assert "Officers before the station" in told["caption"]
    assert "CALAIS" in told["dateline"]


def test_an_article_without_text_is_named_beside_the_good(tmp_path: Path) -> None:
    first, second = results(tmp_path, UNI.replace(NEWS, "").replace(MORE, ""))
    assert isinstance(first, Failure)
    assert first.where == "article 1"
    assert isinstance(second, Report)


def test_an_export_in_word(tmp_path: Path) -> None:
    document = docx.Document()
    for line in UNI.splitlines():
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    assert [r.published for r in read([str(tmp_path / "a.docx")]) if isinstance(r, Report)] == ["2018-03-13", "2018-03-14"]


@pytest.mark.parametrize(
    "text",
    [
        f"{NEWS}\nEnd of Document\n{MORE}\n",
        f"Length: 12 words\n{NEWS}\n{MORE}\n",
        f"The court read 3 of 40 documents aloud.\n{NEWS} It had 500 words.\n",
    ],
)
def test_a_text_with_such_words_is_no_export(tmp_path: Path, text: str) -> None:
    (report,) = results(tmp_path, text)
    assert isinstance(report, Report)
    assert report.text == text

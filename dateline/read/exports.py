"""Exports of many articles in one text, as Nexis and Factiva write them: each article is a report of its own.

An article is the text between the marks, unchanged: its title is headline, what the service says of it boilerplate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dateline.read.dates import day
from dateline.read.language import code_of
from dateline.read.reports import new_report
from dateline.read.unreadable import Unreadable
from dateline.records import Report, Section, SectionKind

# What ends an article (Nexis Uni, Factiva) or begins one (LexisNexis), on a line of its own.
_ENDS = re.compile(r"End of Document|(?:AN[ \t]{1,9})?Document [A-Z]{2,12}\d{8,}\w{5,20}")
_BEGINS = re.compile(r"\d{1,6} of \d{1,6} DOCUMENTS?")
_WORDS = re.compile(r"(?:(?:LENGTH|Length):[ \t]{0,9}|WC[ \t]{1,9})?[\d,]{1,9} words")

# The service's own lines, by their first word.
_LABEL = re.compile(
    r"(?P<label>byline|section|length|dateline|highlight|graphic|load-date|language|publication-type|journal-code|subject|url|"
    r"copyright|classification|geographic|organization|person|industry|company):?(?:[ \t\u00a0]{1,9}(?P<value>.*))?$",
    re.IGNORECASE,
)
_HEADER = ("byline", "section", "length", "dateline", "highlight", "copyright", "url", "language")
_SHORT = 400  # characters that a line of the service has at most

NEXIS, FACTIVA = "nexis", "factiva"


@dataclass(frozen=True)
class Line:
    """A line that is not blank, and the characters [start, end) of it in the text, without the white space around."""

    text: str
    start: int
    end: int


def reports_of(text: str, found: dict[str, str]) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The articles of an export, each with its number; any other text as one report. Raises Unreadable for a bad one of these."""
    chunks = _chunks(text)
    if not chunks:
        yield None, new_report(text, found=found)
        return
    for number, lines in enumerate(chunks, 1):
        try:
            yield f"article {number}", _report(text, lines, found)
        except Unreadable as problem:
            yield f"article {number}", problem


def _chunks(text: str) -> list[list[Line]]:
    """The lines of each article, none where the text is no export: articles have a mark and say how many words they are."""
    if not re.search(r"\bwords\b", text) or not re.search(r"End of Document|\bDocument [A-Z]{2}|\d of \d{1,6} DOCUMENT", text):
        return []
    chunks: list[list[Line]] = [[]]
    at = 0
    for piece in text.splitlines(keepends=True):
        inner = piece.strip()
        start = at + piece.index(inner) if inner else at
        at += len(piece)
        if inner and len(inner) < _SHORT and _BEGINS.fullmatch(inner):
            chunks.append([])
        elif inner and len(inner) < _SHORT and _ENDS.fullmatch(inner):
            chunks[-1].append(Line(inner, start, start + len(inner)))
            chunks.append([])
        elif inner:
            chunks[-1].append(Line(inner, start, start + len(inner)))
    articles = [lines for lines in chunks if lines]
    counted = sum(any(_WORDS.fullmatch(line.text[:_SHORT]) for line in lines) for lines in articles)
    return articles if len(chunks) > 1 and 2 * counted > len(articles) else []


def _report(text: str, lines: list[Line], found: dict[str, str]) -> Report:
    factiva = lines[-1].text.startswith(("Document ", "AN"))
    kinds, known = _factiva(lines) if factiva else _nexis(lines)
    if "body" not in kinds:
        raise Unreadable("the article has no text", "Export it again, with its full text.")
    start, end = lines[0].start, lines[-1].end
    how = FACTIVA if factiva else NEXIS
    told = {field: value for field, value in known.items() if value}
    return new_report(text[start:end], _sections(lines, kinds, start, end), found=found | dict.fromkeys(told, how), **told)


def _sections(lines: list[Line], kinds: list[SectionKind], start: int, end: int) -> tuple[Section, ...]:
    """Sections that cover an article, of the kinds of its lines."""
    out: list[Section] = []
    for i, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        until = lines[i + 1].start if i + 1 < len(lines) else end
        if out and out[-1].kind == kind:
            out[-1] = replace(out[-1], end=until - start)
        else:
            out.append(Section(kind=kind, start=line.start - start, end=until - start))
    return tuple(out)


def _nexis(lines: list[Line]) -> tuple[list[SectionKind], dict[str, str | None]]:
    """The kind of each line, and the fields. New exports set the title first and "Body" before the text; old ones the outlet first."""
    labels = [_label(line.text) for line in lines]
    marked = next((i for i, line in enumerate(lines) if line.text == "Body"), None)
    dated = next((i for i, line in enumerate(lines[:8]) if day(line.text)), None)
    first = next((i for i, label in enumerate(labels) if label), len(lines))
    # The header goes on while its lines do; the text begins after it.
    begin = first
    while marked is None and begin < len(lines) and labels[begin] in _HEADER:
        begin += 1
    begin = marked + 1 if marked is not None else begin
    end = next((i for i in range(begin, len(lines)) if labels[i] and labels[i] != "dateline"), len(lines))
    if lines[-1].text == "End of Document":
        end = min(end, len(lines) - 1)
    if marked is not None:
        title, outlet = [0], (dated - 1 if dated else None)
    else:
        after = range((dated + 1) if dated is not None else 0, first)
        title, outlet = list(after)[-1:], (dated - 1 if dated else None)
    kinds: list[SectionKind] = ["boilerplate"] * len(lines)
    graphic = False
    for i, line in enumerate(lines):
        graphic = labels[i] == "graphic" or (graphic and labels[i] is None and line.text != "End of Document")
        if i in title:
            kinds[i] = "headline"
        elif labels[i] == "dateline":
            kinds[i] = "dateline"
        elif begin <= i < end:
            kinds[i] = "body"
        elif graphic:
            kinds[i] = "caption"
    values = {label: _value(line.text) for label, line in zip(labels, lines, strict=True) if label}
    return kinds, {
        "title": lines[title[0]].text if title else None,
        "outlet": lines[outlet].text if outlet is not None else None,
        "published": day(lines[dated].text) if dated is not None else None,
        "language": code_of(values.get("language") or ""),
        "url": values.get("url") if (values.get("url") or "").startswith(("http://", "https://")) else None,
    }


def _factiva(lines: list[Line]) -> tuple[list[SectionKind], dict[str, str | None]]:
    """The kind of each line, and the fields: title, author, words, date, time, outlet, code, language, copyright, text."""
    tagged = {m[1]: i for i, line in enumerate(lines) if (m := re.match(r"(HD|WC|PD|SN|LA|CY|LP|TD)(?:[ \t]|$)", line.text))}
    words = next((i for i, line in enumerate(lines) if _WORDS.fullmatch(line.text)), len(lines))
    dated = next((i for i in range(words + 1, min(words + 4, len(lines))) if day(_untagged(lines[i].text))), None)
    mine = next(
        (i for i in range(words, len(lines)) if re.match(r"(?:CY[ \t]{1,9})?(?:Copyright|\(c\)|©)", lines[i].text, re.IGNORECASE)), None
    )
    tongue = next((i for i in range(words, mine if mine is not None else words) if code_of(_untagged(lines[i].text))), None)
    name = tagged.get("SN") or next(
        (i for i in range((dated or words) + 1, len(lines)) if i != tongue and not re.match(r"\d\d?:\d\d", lines[i].text)), None
    )
    begin = (tagged.get("LP") or (mine if mine is not None else (tongue or words)) + 1) if lines else 0
    kinds: list[SectionKind] = ["boilerplate"] * len(lines)
    kinds[begin : len(lines) - 1] = ["body"] * max(0, len(lines) - 1 - begin)
    headline = tagged.get("HD", max(0, words - 2 if words > 1 and re.match(r"by\b", lines[words - 1].text, re.IGNORECASE) else words - 1))
    kinds[headline] = "headline"
    return kinds, {
        "title": _untagged(lines[headline].text),
        "outlet": _untagged(lines[name].text) if name is not None and name < len(lines) else None,
        "published": day(_untagged(lines[dated].text)) if dated is not None else None,
        "language": code_of(_untagged(lines[tongue].text)) if tongue is not None else None,
        "url": None,
    }


def _label(line: str) -> str | None:
    told = _LABEL.match(line) if len(line) < _SHORT else None
    if not told or (told["value"] and ":" not in line[:20] and told["label"].lower() != "copyright"):
        return None
    return told["label"].lower()


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def _untagged(line: str) -> str:
    return re.sub(r"^(?:HD|BY|WC|PD|ET|SN|SC|LA|CY|LP|TD|AN)[ \t]{1,9}", "", line).strip()

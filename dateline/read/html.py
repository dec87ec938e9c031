"""A web page: its article's text by trafilatura, its date by htmldate, the rest from where pages tell it.

Nothing is fetched. What the page does not tell is None, and `found` says where the page told it.
"""

from __future__ import annotations

import codecs
import copy
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from dateline.limit import TooSlow, at_most
from dateline.read import markup
from dateline.read.decode import decode, read_document
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.read.unreadable import Unreadable
from dateline.records import Report, Section, SectionKind

# Where pages tell a field, the most deliberate place first: (what `found` says, XPath).
TITLE = (
    ("meta", "//meta[@property='og:title' or @name='og:title']/@content"),
    ("meta", "//meta[@name='twitter:title' or @property='twitter:title' or @name='dc.title' or @itemprop='headline']/@content"),
    ("h1", "//article//h1"),
    ("h1", "//h1"),
    ("title", "//title"),
)
OUTLET = (
    ("meta", "//meta[@property='og:site_name' or @name='og:site_name']/@content"),
    ("meta", "//meta[@name='application-name' or @name='dc.publisher' or @name='publisher']/@content"),
    ("page", "//*[@itemprop='publisher']//*[@itemprop='name']"),
)
URL = (
    ("link", "//link[@rel='canonical']/@href"),
    ("meta", "//meta[@property='og:url' or @name='og:url' or @name='twitter:url']/@content"),
)
# Browsers write this into the pages that they save.
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(https?://\S+) -->")

# Of a page's meta elements, those that may tell when it was published, and not when it was changed or takes place.
_PUBLISHED = re.compile(r"date|time|published|issued|created", re.IGNORECASE)
_NOT_PUBLISHED = re.compile(r"updat|modif|revis|expir|image|event|start|end_?time|publisher", re.IGNORECASE)

# What no tree of elements can hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What a page may take. The longest real ones take one or two.
MAX_SECONDS = 60

# Of a shorter text the extractor compares what other methods find, which takes as long again.
SURE_ARTICLE = 1000

# htmldate takes nothing before 1995 unless told to; a page that declares the date of a digitised report may.
_EARLIEST = datetime(1800, 1, 1)

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# Where browsers look for the declaration; they look in the first 1024, some pages are late.
_CHARSET_WITHIN = 4096


def read_html(stream: BinaryIO, reading: Reading) -> Iterator[tuple[None, Report]]:
    """The report of a page. Raises Unreadable for one without an article."""
    yield None, page_report(read_document(stream), reading.encoding)


def page_report(
    data: bytes, encoding: str | None, known: Mapping[str, tuple[str, str]] | None = None, charset: str | None = None
) -> Report:
    """The report of a page's bytes. `known`: a field → its value and how it was found, where the page need not be asked.

    `encoding` is certain; `charset` is what the server said, which browsers trust more than the page.

    Raises Unreadable for a page without an article.
    """
    try:
        with at_most(MAX_SECONDS):
            source, found = _source(data, encoding, charset)
            return _report(source, found, known or {})
    except TooSlow:
        raise Unreadable(f"reading it took more than {MAX_SECONDS} seconds", "Save the page's text as a .txt file.") from None


def fragment_text(source: str) -> str:
    """The text of a piece of HTML, such as a feed's: a line for each block. Plain text comes out as it is."""
    if "<" not in source and "&" not in source:
        return source
    page = _parsed(f"<html><body>{_NOT_XML.sub('', source)}</body></html>")
    for element in page.xpath("//script | //style | //noscript | //template"):
        element.drop_tree()
    return markup.block_text(page)


def _source(data: bytes, encoding: str | None, charset: str | None) -> tuple[str, dict[str, str]]:
    """The page as text. Its bytes come before what it declares: many pages are UTF-8 and say otherwise."""
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    name = _charset(charset) if charset else None
    if name is None and declared:
        name = _charset(declared[1].decode("ascii", "ignore"))
    if name == "utf-8" and not encoding:
        # A broken byte in a page spoils one character, as it does in a browser.
        return data.decode("utf-8-sig", "replace"), {}
    source, found = decode(data, encoding, name)
    return source, {} if name and found.get("text") == f"decoded as {name}" else found


def _charset(label: str) -> str | None:
    """Python's name for a declared encoding. On the web, Latin-1 and ASCII mean Windows-1252."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _report(source: str, found: dict[str, str], known: Mapping[str, tuple[str, str]]) -> Report:
    page = _parsed(source)
    told: dict[str, tuple[str, str] | None] = {"title": _told(page, TITLE), "outlet": _told(page, OUTLET), "url": _url(page, source)}
    told |= known
    told.setdefault("published", _published(page, told["url"][0] if told["url"] else None))
    sure = {field: value for field, value in told.items() if value}
    parts = markup.take(page, sure["title"][0] if "title" in sure else None)
    text, places = _composed(parts, _article(page))
    return new_report(text, places, found=found | {f: how for f, (_, how) in sure.items()}, **{f: value for f, (value, _) in sure.items()})


def _composed(parts: markup.Parts, article: str) -> tuple[str, tuple[Section, ...]]:
    """The report's text and its sections: the headline, the article, and below it what stood beside it."""
    if parts.headline and " ".join(article.partition("\n")[0].split()) == parts.headline:
        article = article.partition("\n")[2]
    pieces: list[tuple[SectionKind, str]] = [("headline", parts.headline or ""), ("body", article.strip("\n"))]
    pieces += [("caption", "\n\n".join(parts.captions)), ("comment", "\n\n".join(parts.comments))]
    text, out = "", list[Section]()
    for kind, piece in pieces:
        if piece:
            start = len(text)
            text += f"\n\n{piece}" if text else piece
            out.append(Section(kind=kind, start=start, end=len(text)))
    return text, tuple(out)


def _parsed(source: str) -> Any:
    """The tree of a page, without comments. Raises Unreadable."""
    from lxml import etree  # type: ignore[import-untyped,unused-ignore]
    from lxml import html as lxml_html  # type: ignore[import-untyped,unused-ignore]

    # libxml2 ends a document at a NUL. Bytes, because it refuses str with an XML declaration of an encoding.
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return lxml_html.document_fromstring(source.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable(f"not readable as HTML: {error}", "Save the page's text as a .txt file.") from None


def _article(page: Any) -> str:
    """The text of the page's article, without comments: who comments appears in no output."""
    import trafilatura

    # It logs what it drops; we say that in a failure.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        text = trafilatura.extract(page, include_comments=False, fast=True)
        if len(text or "") < SURE_ARTICLE:
            text = trafilatura.extract(page, include_comments=False)
    except Exception as error:  # heuristics over whatever a page holds: what they trip over is that page's failure
        raise Unreadable(f"its text cannot be told from the page around it: {error!r}", "Save the page's text as a .txt file.") from None
    if not text or text.isspace():
        raise Unreadable("no article text in this page", "Pages that scripts fill are saved empty; save the text as a .txt file.")
    return str(text)


def _told(page: Any, places: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    """What the page tells, and where."""
    for how, path in places:
        for element in page.xpath(path):
            value = " ".join((element if isinstance(element, str) else element.text_content()).split())
            if value:
                return value, how
    return None


def _url(page: Any, source: str) -> tuple[str, str] | None:
    told = _told(page, URL)
    if told and told[0].startswith(("https://", "http://")):
        return told
    saved = _SAVED_FROM.search(source)
    return (saved[1], "comment") if saved else None


def _published(page: Any, url: str | None) -> tuple[str, str] | None:
    """The day that the page was published, and where it tells that.

    htmldate does not say where it found a date, so it is asked of one place after the other. Its extensive search is
    left out: it gives 1 January for the year of a copyright line.
    """
    from htmldate import find_date

    metas = [meta for meta in page.iter("meta") if _PUBLISHED.search(_meta_name(meta)) and not _NOT_PUBLISHED.search(_meta_name(meta))]
    body = list(page.iter("body"))[:1]
    places = (
        ("meta", _page(metas), None, _EARLIEST),
        ("json-ld", _page(page.xpath("//script[@type='application/ld+json']")), None, _EARLIEST),
        ("url", _page([]), url, None),
        ("text", _page(body), None, None),
    )
    for how, part, part_url, earliest in places:
        try:
            with warnings.catch_warnings(action="ignore"):  # dateutil's, of time zones; we keep the day only
                day = find_date(part, extensive_search=False, original_date=True, url=part_url, min_date=earliest)
        except Exception:  # heuristics, as above; a page without a date is still a report
            continue
        if day:
            in_time = how == "text" and any(day in value for value in page.xpath("//time/@datetime"))
            return day, "time" if in_time else how
    return None


def _page(parts: list[Any]) -> Any:
    """A page of these parts only (copied: lxml moves what is put elsewhere, and htmldate prunes what it reads)."""
    from lxml import html as lxml_html

    page = lxml_html.document_fromstring("<html><head></head></html>")
    for part in parts:
        (page if part.tag == "body" else page[0]).append(copy.deepcopy(part))
    return page


def _meta_name(meta: Any) -> str:
    return " ".join(meta.get(key, "") for key in ("name", "property", "itemprop", "http-equiv", "pubdate"))

"""News feeds (RSS, Atom), by feedparser: one report an item. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from dateline.read.decode import read_document
from dateline.read.html import fragment_text
from dateline.read.language import code_of
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.read.unreadable import Unreadable
from dateline.records import Report


def read_feed(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of each item, or what is wrong with it. Raises Unreadable for what is no feed."""
    import feedparser

    data = read_document(stream)
    try:
        # Bytes in a header-less call: a string could be taken for an address.
        feed = feedparser.parse(data, resolve_relative_uris=False, sanitize_html=False)
    except Exception as error:  # lenient parsing of whatever XML there is: what it trips over is this file's failure
        raise Unreadable(f"not readable as a news feed: {error!r}", "Save its items as text, HTML or JSON Lines.") from None
    if not feed.entries:
        raise Unreadable("a news feed without items, or no news feed", "Save its items as text, HTML or JSON Lines.")
    for number, item in enumerate(feed.entries, 1):
        try:
            yield f"item {number}", _report(item, feed.feed)
        except Unreadable as problem:
            yield f"item {number}", problem


def _report(item: Any, feed: Any) -> Report:
    contents = [c.get("value") or "" for c in item.get("content", [])]
    text = fragment_text(max([*contents, item.get("summary") or ""], key=len))
    if not text.strip():
        raise Unreadable("the item has no text", "Open its page, and save that as HTML.")
    moment = item.get("published_parsed")
    published = f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}" if moment else None
    link = item.get("link")
    known = {
        "title": (fragment_text(item.get("title") or ""), "feed title"),
        "published": (published, "feed published"),
        "outlet": (fragment_text(feed.get("title") or ""), "feed title"),
        "url": (link if link and link.startswith(("http://", "https://")) else None, "feed link"),
        "language": (code_of(feed.get("language") or ""), "feed language"),
    }
    told = {field: value for field, (value, _) in known.items() if value}
    return new_report(text, found={f: known[f][1] for f in told}, **told)

"""Web archives (WARC): one report a page, by warcio, a record at a time. ISO 28500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from dateline.read.decode import decode, read_document
from dateline.read.html import page_report
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.read.unpack import read_some
from dateline.read.unreadable import MAX_DOCUMENT, Unreadable, bytes_in_words
from dateline.records import Report

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ADVICE = "Copy or download it again; what stands before the damage is read."


def read_warc(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str, Report | Unreadable]]:
    """The report of each page that was fetched whole (status 200), or what is wrong with it.

    An archive also holds requests, images, redirects and errors: these are no reports, and skipped. A page's address is that
    which was fetched; its publication date is the page's own, never that of the fetch.
    """
    from warcio.archiveiterator import ArchiveIterator

    records = ArchiveIterator(_Short(stream))
    number, empty = 0, True
    while True:
        number += 1
        place = f"record {number}"
        try:
            record = next(records, None)
            if record is None:
                break
            content = _content(record)
            result = _result(record, content) if content is not None else None
            if _left(record):
                yield place, Unreadable("the archive stops within this record", _ADVICE)
                return
            if result is not None:
                empty = False
                yield place, result
        except Unreadable as problem:  # of the stream itself: it breaks off here
            yield place, problem
            return
        except Exception as error:  # warcio trips over headers that are not there, in many ways
            yield place, Unreadable(f"the archive is damaged: {error!r}", _ADVICE)
            return
    if empty:
        raise Unreadable(
            "a web archive without a page that was fetched whole", "Its records are images, redirects or errors: leave it out."
        )


class _Short:
    """A stream whose reads are as long as what there is: one that breaks off in the middle of a long read would lose its beginning.

    A header without an end is refused before warcio holds it whole: nothing that is not one goes on so long without a line feed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._line = 0  # bytes since the last line feed

    def read(self, size: int) -> bytes:
        data = read_some(self._stream, size)
        last = data.rfind(b"\n")
        self._line = self._line + len(data) if last < 0 else len(data) - last - 1
        if self._line > MAX_DOCUMENT:
            raise Unreadable(f"a line in it is longer than {bytes_in_words(MAX_DOCUMENT)}", _ADVICE)
        return data


def _content(record: Any) -> str | None:
    """The media type of a record that holds a page or a text, None for one that is no report."""
    if record.rec_type == "response":
        if record.http_headers is None or record.http_headers.get_statuscode() != "200":
            return None
        given = record.http_headers.get_header("Content-Type") or "text/html"
    elif record.rec_type in ("resource", "conversion"):
        given = record.rec_headers.get_header("Content-Type") or ""
    else:
        return None
    kind = given.partition(";")[0].strip().lower()
    return given if kind in ("text/html", "application/xhtml+xml", "text/plain") else None


def _result(record: Any, content: str) -> Report | Unreadable:
    url = record.rec_headers.get_header("WARC-Target-URI")
    known = {"url": (url.strip("<>"), "warc")} if url and url.strip("<>").startswith(("http://", "https://")) else {}
    charset = _CHARSET.search(content)
    try:
        data = read_document(record.content_stream())
        if content.lower().startswith("text/plain"):
            text, found = decode(data, None, charset[1] if charset else None)
            return new_report(text, found=found | {f: how for f, (_, how) in known.items()}, **{f: v for f, (v, _) in known.items()})
        return page_report(data, None, known, charset[1] if charset else None)
    except Unreadable as problem:
        return problem


def _left(record: Any) -> bool:
    """Whether bytes that the record announces are missing."""
    raw = record.raw_stream
    while raw.read(16 * 1024):
        pass
    return bool(getattr(raw, "limit", 0) > 0)

"""Plain text: the whole document is one report, unchanged to the last character."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dateline.read.decode import decode, read_document
from dateline.read.exports import reports_of
from dateline.read.reading import Reading
from dateline.read.unreadable import Unreadable
from dateline.records import Report


def read_text(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    text, found = decode(read_document(stream), reading.encoding)
    yield from reports_of(text, found)

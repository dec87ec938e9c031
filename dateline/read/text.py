"""Plain text: the whole document is one report, unchanged to the last character."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dateline.read.decode import decode, read_document
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.records import Report


def read_text(stream: BinaryIO, reading: Reading) -> Iterator[tuple[None, Report]]:
    text, found = decode(read_document(stream), reading.encoding)
    yield None, new_report(text, found=found)

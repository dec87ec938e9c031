"""Rich Text (RTF), by striprtf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dateline.read.decode import read_document
from dateline.read.exports import reports_of
from dateline.read.reading import Reading
from dateline.read.unreadable import Unreadable
from dateline.records import Report


def read_rtf(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of a document. Raises Unreadable."""
    from striprtf.striprtf import rtf_to_text

    data = read_document(stream)
    try:
        # RTF is ASCII with escapes, by its definition; what programs write against it is Windows-1252.
        text = rtf_to_text(data.decode("cp1252", "replace"), errors="replace")
    except (ValueError, LookupError, IndexError, OverflowError, RecursionError) as error:
        raise Unreadable(f"not readable as Rich Text: {error}", "Open it in a word processor and save it as plain text.") from None
    yield from reports_of(text, {})

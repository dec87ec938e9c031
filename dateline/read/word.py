"""Word documents (DOCX), by python-docx: paragraphs and tables in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from dateline.read.archive import opened
from dateline.read.exports import reports_of
from dateline.read.reading import Reading
from dateline.read.unreadable import MAX_DOCUMENT, Unreadable, bytes_in_words
from dateline.records import Report

_ADVICE = "Open it in a word processor and save it as plain text."


def read_word(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of a document in a stream that can seek. Raises Unreadable."""
    import docx
    from docx.table import Table

    with opened(stream) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_DOCUMENT:
            raise Unreadable(f"the document is longer than {bytes_in_words(MAX_DOCUMENT)}, decompressed", _ADVICE)
    stream.seek(0)
    try:
        document = docx.Document(stream)
        rows = []
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                rows += ["\t".join(cell.text for cell in row.cells) for row in item.rows]
            else:
                rows.append(item.text)
        title = " ".join((document.core_properties.title or "").split())
    except Exception as error:  # python-docx takes a document to be whole, and trips over one that is not in many ways
        raise Unreadable(f"a Word document that is damaged: {error!r}", _ADVICE) from None
    for place, result in reports_of("\n".join(rows), {}):
        # The title of a document that holds many articles is that of none.
        if isinstance(result, Report) and place is None and title:
            result = replace(result, title=title, found=result.found | {"title": "docx"})
        yield place, result

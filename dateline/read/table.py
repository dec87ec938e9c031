"""Tables, CSV and TSV: one report a row, by Python's csv. The header says which column is what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from dateline.read.decode import Utf8Stream, decode
from dateline.read.fields import FIELDS, report_of
from dateline.read.reading import Reading
from dateline.read.unreadable import MAX_LINE, Unreadable, bytes_in_words
from dateline.records import Report

# What tables call a report's fields, the plainest name first; compared without case, spaces, hyphens and underscores.
NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "fulltext", "articletext", "maintext", "articlebody", "article", "story"),
    "id": ("id", "reportid", "articleid", "docid", "documentid", "uid"),
    "title": ("title", "headline"),
    "published": ("published", "publishedat", "publisheddate", "publicationdate", "pubdate", "datepublished", "publishdate", "date"),
    "outlet": ("outlet", "publication", "publisher", "newspaper", "medium", "sourcename", "source"),
    "url": ("url", "link", "uri", "articleurl"),
    "language": ("language", "lang"),
}
DELIMITERS = ",\t;|"

# A header cell is a name, not a sentence.
_CELL = re.compile(r"[\w .#/()-]{1,40}")

# Rows of the first bytes that a text which only looks like a table will not have by chance, all of one width.
SURE_ROWS = 3

# A quote that is never closed swallows the file. The line where it opens is named and reading goes on after it, so
# often; a file in which it happens again and again is no table, and would be read over and over.
MAX_OPEN_QUOTES = 3


def table_dialect(head: bytes, reading: Reading) -> str | None:
    """The delimiter of a table that begins with these bytes, or None for a text.

    A text may begin with a line that has commas, so it takes a column that must be the text's, three rows of one width under
    a header of names, or a file name that says so.
    """
    lines = head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    if not lines:
        return None
    named = reading.name.lower().removesuffix(".gz").removesuffix(".zst").endswith((".csv", ".tsv", ".tab"))
    best = max(DELIMITERS, key=partial(_width, lines[0]))
    header = _cells(lines[0], best)
    names = [c.strip() for c in header]
    if len(set(names)) != len(names) or not all(map(_CELL.fullmatch, names)):
        return best if named else None
    if named:
        return best
    if len(header) < 2:
        return None
    if columns_of(names, reading.columns).get("text") and any(n.lower() == n for n in names):
        return best
    rows = [len(_cells(line, best)) for line in lines[1 : SURE_ROWS + 1]]
    spaced = any(c != c.strip() for c in header)  # "Paris, London" has a space after its comma; tables have none
    return best if len(rows) == SURE_ROWS and set(rows) == {len(header)} and not spaced else None


def columns_of(header: list[str], named: Mapping[str, str]) -> dict[str, str]:
    """A report's field → the column that holds it: the one that the user names, else the first that has a known name."""
    by_name = {re.sub(r"[\s_.-]", "", column.casefold()): column for column in reversed(header)}
    out = {}
    for field in FIELDS:
        if field in named:
            out[field] = named[field]
        elif column := next((by_name[name] for name in NAMES[field] if name in by_name), None):
            out[field] = column
    return out


def found_of(columns: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """How the fields were found: a column of another name than the field's, which the user did not name."""
    return {f: f"column {c}" for f, c in columns.items() if f not in named and f != c and f not in ("text", "id")}


def text_column(columns: Mapping[str, str], header: list[str]) -> str:
    """The column of the texts. Raises Unreadable where the table has none."""
    if columns.get("text") not in header:
        missing = f"no column {columns['text']!r}" if "text" in columns else "no column that is known to hold the text"
        shown = ", ".join(header[:20]) + (", …" if len(header) > 20 else "")
        raise Unreadable(f"{missing}; the columns are {shown}", "Say which one holds the texts: --text-column NAME.")
    return columns["text"]


def read_table(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str, Report | Unreadable]]:
    """The report of each row, or what is wrong with it, with the line where the row begins. Raises Unreadable for no text column."""
    if reading.encoding:
        stream = io.BufferedReader(Utf8Stream(stream, reading.encoding))
    csv.field_size_limit(MAX_LINE)
    rows = _rows(stream)
    first = next(rows, None)
    if first is None:
        raise Unreadable("it is blank", "Remove it, or fill it.")
    if isinstance(first[1], Unreadable):
        raise first[1]
    header = [c.strip() for c in first[1]]
    columns = columns_of(header, reading.columns)
    text_column(columns, header)
    found = found_of(columns, reading.columns)
    for number, row in rows:
        yield f"line {number}", row if isinstance(row, Unreadable) else _result(header, row, columns, found)


def _result(header: list[str], row: list[str], columns: Mapping[str, str], found: dict[str, str]) -> Report | Unreadable:
    if len(row) > len(header):
        return Unreadable(f"the row has {len(row)} cells, the header {len(header)}", "Put a text that holds the delimiter into quotes.")
    if len(row) < len(header) and header.index(columns["text"]) >= len(row):
        return Unreadable(f"the row has {len(row)} cells, the header {len(header)}: its text is missing", "Complete the row.")
    value = {name: cell for name, cell in zip(header, row, strict=False) if cell.strip() or name == columns["text"]}
    try:
        report_fields = {f for f in found if columns[f] in value}
        return report_of(dict(value), columns, {f: how for f, how in found.items() if f in report_fields})
    except Unreadable as problem:
        return problem


class _Lines:
    """Decoded lines with their numbers. Those of the row in hand are kept, so that reading can go back to where it began."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again: list[str] = []
        self.held: list[str] = []
        self._size = 0
        self.number = 0  # the lines handed out

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.number += 1
        line = self._again.pop() if self._again else self._read()
        if not line:
            self.number -= 1
            if self.held:
                raise Unreadable("a quote opens in it that is never closed", "Close it; the lines after this one are read as rows.")
            raise StopIteration
        self.held.append(line)
        self._size += len(line)
        if self._size > MAX_LINE:
            raise Unreadable(f"the row is longer than {bytes_in_words(MAX_LINE)}", "A quote that is not closed? Otherwise split the text.")
        return line

    def forget(self) -> None:
        """The row in hand is whole."""
        self.held, self._size = [], 0

    def back(self, kept: int) -> None:
        """Hand out again what is held after its first `kept` lines."""
        again = self.held[kept:]
        self.number -= len(again)
        self._again += reversed(again)
        self.forget()

    def _read(self) -> str:
        line = self._stream.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(io.DEFAULT_BUFFER_SIZE)
            raise Unreadable(f"the line is longer than {bytes_in_words(MAX_LINE)}", "Split it: a row holds one report.")
        return decode(line)[0] if line else ""


def _rows(stream: BinaryIO) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """Each row that is not blank with the number of its first line, or what is wrong with it."""
    lines = _Lines(stream)
    delimiter = max(DELIMITERS, key=partial(_width, next(lines, "")))
    lines.back(0)
    open_quotes = 0
    while True:
        begins = lines.number + 1
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=False), None)
        except (Unreadable, csv.Error) as problem:
            said = problem if isinstance(problem, Unreadable) else Unreadable(f"not readable as a table: {problem}", "Mend the row.")
            yield begins, said
            open_quotes += len(lines.held) > 1
            lines.back(1)
            if open_quotes > MAX_OPEN_QUOTES:
                yield lines.number + 1, Unreadable("too many quotes that are not closed; the rest is not read", "Mend the table's quotes.")
                return
            continue
        if row is None:
            return
        lines.forget()
        if any(cell.strip() for cell in row):
            yield begins, row


def _width(line: str, delimiter: str) -> int:
    return len(_cells(line, delimiter))


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line. A carriage return within it is what the reader of the row trips over, and names."""
    return next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), []) if len(line) < MAX_LINE else []

"""What an input is, told by its content and never by its name; and which reader it goes to."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from dateline.read.archive import WORD, Budget, members, opened
from dateline.read.decode import wide_encoding
from dateline.read.feed import read_feed
from dateline.read.html import read_html
from dateline.read.jsonl import json_format, read_lines, read_object
from dateline.read.mail import read_eml, read_mbox
from dateline.read.parquet import read_parquet
from dateline.read.pdf import read_pdf
from dateline.read.reading import Reading
from dateline.read.rtf import read_rtf
from dateline.read.table import read_table, table_dialect
from dateline.read.text import read_text
from dateline.read.unpack import HEAD, seeking, unpacked
from dateline.read.unreadable import MAX_ARCHIVE, MAX_NESTING, Unreadable
from dateline.read.warc import read_warc
from dateline.read.word import read_word
from dateline.records import Report

READERS: dict[str, Callable[[BinaryIO, Reading], Iterator[tuple[str | None, Report | Unreadable]]]] = {
    "text": read_text,
    "jsonl": read_lines,
    "json": read_object,
    "html": read_html,
    "table": read_table,
    "parquet": read_parquet,
    "feed": read_feed,
    "pdf": read_pdf,
    "rtf": read_rtf,
    "eml": read_eml,
    "mbox": read_mbox,
    "warc": read_warc,
}

# Bytes 0 to 31 without tab, line feeds, form feed and escape. Text has none, random bytes one in nine.
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 27})
BINARY_SHARE = 0.02
NUL_SHARE = 0.1  # NULs are valid UTF-8, so a few are kept as they are; records of a program are full of them

ZIP = (b"PK\x03\x04", b"PK\x05\x06")

# First bytes of what is read.
MAGIC = {b"%PDF-": "pdf", b"{\\rtf": "rtf", b"PAR1": "parquet", b"WARC/1.": "warc", ZIP[0]: "zip", ZIP[1]: "zip"}

# (offset, first bytes, what it is) of what is not read. Those that could begin a text, such as BM or MZ, are left to the count above.
SIGNATURES = (
    (0, b"\x7fELF", "a program (ELF)"),
    (0, b"\xcf\xfa\xed\xfe", "a program (Mach-O)"),
    (0, b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF87a", "an image (GIF)"),
    (0, b"GIF89a", "an image (GIF)"),
    (0, b"II*\x00", "an image (TIFF)"),
    (0, b"MM\x00*", "an image (TIFF)"),
    (8, b"WEBP", "an image (WebP)"),
    (8, b"WAVE", "a sound file (WAV)"),
    (0, b"ID3", "a sound file (MP3)"),
    (0, b"OggS", "a sound file (Ogg)"),
    (4, b"ftyp", "a film or image (MP4)"),
    (0, b"\x1aE\xdf\xa3", "a film (Matroska)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (such as .doc or .xls)"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\x00", "an xz file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"ARROW1", "an Arrow file"),
)
# What a zip holds that we do not read, by the names in its first entries.
ZIPPED = (
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"ppt/", "a PowerPoint presentation (.pptx)"),
    (b"application/epub+zip", "an e-book (EPUB)"),
    (b"opendocument", "an OpenDocument file (such as .odt)"),
)
_ADVICE = "This format is not read. docs/reading.md lists those that are; plain text is one."

_BEFORE_MARKUP = rb"\s*(?:(?:<!--.*?-->|<\?xml[^>]*>)\s*)*"
_HTML = re.compile(
    _BEFORE_MARKUP
    + rb"<(?:!doctype\s+html|html|head|body|title|meta|link|base|style|script|header|main|article|section|div|span|table|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<(?:\?xml|rss|feed|!doctype)\b", re.IGNORECASE)


Results = Iterator[tuple[str | None, Report | Unreadable]]


def read_stream(stream: BinaryIO, reading: Reading, budget: Budget | None = None, depth: int = 0) -> Results:
    """The reports of a stream of any format, each with its place in it. Raises Unreadable.

    `budget` and `depth`: what the archives around it may still decompress to, and how many they are.
    """
    form, stream, encoding = told(stream, reading)
    if form == "zip":
        yield from _read_zip(stream, reading, budget or Budget(), depth)
    else:
        yield from READERS[form](stream, replace(reading, encoding=encoding))


def _read_zip(stream: BinaryIO, reading: Reading, budget: Budget, depth: int) -> Results:
    """The reports of an archive's files, each with its file and its place in that. A Word document is an archive too."""
    stream = seeking(stream, MAX_ARCHIVE)
    archive = opened(stream)
    if WORD in archive.namelist():
        stream.seek(0)
        yield from read_word(stream, reading)
        return
    if depth >= MAX_NESTING:
        raise Unreadable(f"archives nested more than {MAX_NESTING} deep", "Unpack it, and give its files.")
    for name, member in members(archive, budget):
        if isinstance(member, Unreadable):
            yield name or None, member
            continue
        try:
            for where, result in read_stream(member, replace(reading, name=name), budget, depth + 1):
                yield f"{name} {where}" if where else name, result
        except Unreadable as problem:
            yield name, problem
            if budget.left < 0:
                return


def count(stream: BinaryIO, reading: Reading) -> int:
    """About how many reports a stream holds: its lines where a line is one, else one. Raises Unreadable."""
    form, inside, _ = told(stream, reading)
    if form not in ("jsonl", "table"):
        return 1
    newlines, last = 0, b""
    while piece := inside.read(HEAD):  # a piece at a time: a line may be of any length
        newlines, last = newlines + piece.count(b"\n"), piece
    return max(1, newlines + (not last.endswith(b"\n")) - (form == "table"))


def told(stream: BinaryIO, reading: Reading) -> tuple[str, BinaryIO, str | None]:
    """What a stream is (a key of READERS), the stream decompressed and from its start, and its encoding where that is wide."""
    head, stream = unpacked(stream)
    encoding = wide_encoding(head)
    return sniff(head, replace(reading, encoding=encoding)), stream, encoding


def sniff(head: bytes, reading: Reading) -> str:
    """The key in READERS for what begins with these bytes. Raises Unreadable, which names what is not read."""
    if not head:
        raise Unreadable("it is empty", "Remove it, or fill it.")
    if reading.encoding:
        head = head.decode(reading.encoding, "ignore").encode("utf-8", "ignore")
    else:
        form = next((form for magic, form in MAGIC.items() if head.startswith(magic)), None)
        binary = _binary(head) if form in (None, "zip") else None
        if binary:
            raise Unreadable(f"{binary}, not text", _ADVICE)
        if form:
            return form
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        if re.search(rb"<html\b", head, re.IGNORECASE):
            return "html"
        if _FEED.search(head):
            return "feed"
        raise Unreadable("an XML file that is no news feed, not text", _ADVICE)
    return _mail(head, reading) or json_format(head) or ("table" if table_dialect(head, reading) else "text")


# Headers that only mail programs write. "From:", "Date:" and "Subject:" may open a text that somebody typed.
_HEADER = re.compile(rb"(?:[!-9;-~]{1,60}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+", re.IGNORECASE)
_MAILED = re.compile(rb"^(?:mime-version|message-id|received|return-path|delivered-to|dkim-signature):", re.IGNORECASE | re.MULTILINE)
_MBOX = re.compile(rb"From \S+[^\r\n]*\d\d:\d\d[^\r\n]*\r?\n[!-9;-~]{1,60}:")


def _mail(head: bytes, reading: Reading) -> str | None:
    """ "mbox" or "eml" for mail, else None."""
    if _MBOX.match(head):
        return "mbox"
    headers = _HEADER.match(head)
    return "eml" if headers and (_MAILED.search(headers[0]) or reading.name.lower().endswith(".eml")) else None


def _binary(head: bytes) -> str | None:
    """What kind of binary data it is, or None for text."""
    for offset, magic, kind in SIGNATURES:
        if head.startswith(magic, offset):
            return kind
    if head.startswith(ZIP):
        return next((kind for mark, kind in ZIPPED if mark in head), None)
    if head.count(0) > NUL_SHARE * len(head):
        return "binary data"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > BINARY_SHARE * len(head):
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut off
        except UnicodeDecodeError:
            return "binary data"
    return None

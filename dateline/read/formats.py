"""What an input is, told by its content and never by its name; and which reader it goes to."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from dateline.read.decode import wide_encoding
from dateline.read.html import read_html
from dateline.read.jsonl import json_format, read_lines, read_object
from dateline.read.text import read_text
from dateline.read.unreadable import Unreadable
from dateline.records import Report

READERS: dict[str, Callable[[BinaryIO, str | None], Iterator[tuple[str | None, Report | Unreadable]]]] = {
    "text": read_text,
    "jsonl": read_lines,
    "json": read_object,
    "html": read_html,
}

# Enough for the comments that some pages begin with, and for a few lines of JSON; little enough that the first
# reports of a slow pipe are not kept waiting.
HEAD = 8192

# A compressed file inside a compressed file happens by mistake; deeper ones are traps.
MAX_PACKED = 3

# Bytes 0 to 31 without tab, line feeds, form feed and escape. Text has none, random bytes one in nine.
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 27})
BINARY_SHARE = 0.02
NUL_SHARE = 0.1  # NULs are valid UTF-8, so a few are kept as they are; records of a program are full of them

# (offset, first bytes, what it is). Those that could begin a text, such as BM or MZ, are left to the count above.
SIGNATURES = (
    (0, b"%PDF-", "a PDF document"),
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
    (0, b"{\\rtf", "a Rich Text document"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\x00", "an xz file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\x00", "an SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"WARC/1.", "a web archive (WARC)"),
)
# What a zip holds, by the names in its first entries.
ZIPPED = (
    (b"word/", "a Word document (.docx)"),
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"ppt/", "a PowerPoint presentation (.pptx)"),
    (b"application/epub+zip", "an e-book (EPUB)"),
    (b"opendocument", "an OpenDocument file (such as .odt)"),
)
_ADVICE = "This format is not read yet. Save it as plain text, HTML or JSON Lines."

_BEFORE_MARKUP = rb"\s*(?:(?:<!--.*?-->|<\?xml[^>]*>)\s*)*"
_HTML = re.compile(
    _BEFORE_MARKUP
    + rb"<(?:!doctype\s+html|html|head|body|title|meta|link|base|style|script|header|main|article|section|div|span|table|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<(?:\?xml|rss|feed|!doctype)\b", re.IGNORECASE)


def read_stream(stream: BinaryIO) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The reports of a stream of any format, each with its place in it. Raises Unreadable."""
    form, unpacked, encoding = told(stream)
    yield from READERS[form](unpacked, encoding)


def count(stream: BinaryIO) -> int:
    """About how many reports a stream holds: its lines where it is JSON Lines, else one. Raises Unreadable."""
    form, unpacked, _ = told(stream)
    if form != "jsonl":
        return 1
    newlines, last = 0, b""
    while piece := unpacked.read(HEAD):  # a piece at a time: a line may be of any length
        newlines, last = newlines + piece.count(b"\n"), piece
    return newlines + (not last.endswith(b"\n"))


def told(stream: BinaryIO) -> tuple[str, BinaryIO, str | None]:
    """What a stream is (a key of READERS), the stream decompressed and from its start, and its encoding where that is wide."""
    for _ in range(MAX_PACKED + 1):
        head = _read_head(stream)
        stream = _buffered(_Rewound(head, stream))
        unpack = next((unpack for magic, unpack in UNPACKERS.items() if head.startswith(magic)), None)
        if unpack is None:
            encoding = wide_encoding(head)
            return sniff(head, encoding), stream, encoding
        stream = unpack(stream)
    raise Unreadable(f"it is compressed more than {MAX_PACKED} times over", "Decompress it first.")


def sniff(head: bytes, encoding: str | None) -> str:
    """The key in READERS for what begins with these bytes. Raises Unreadable, which names what is not read."""
    if not head:
        raise Unreadable("it is empty", "Remove it, or fill it.")
    if encoding:
        head = head.decode(encoding, "ignore").encode("utf-8", "ignore")
    else:
        binary = _binary(head)
        if binary:
            raise Unreadable(f"{binary}, not text", _ADVICE)
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        if re.search(rb"<html\b", head, re.IGNORECASE):
            return "html"
        raise Unreadable("an XML file (such as a news feed), not text", _ADVICE)
    return json_format(head) or "text"


def _binary(head: bytes) -> str | None:
    """What kind of binary data it is, or None for text."""
    for offset, magic, kind in SIGNATURES:
        if head.startswith(magic, offset):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for mark, kind in ZIPPED if mark in head), "a zip archive")
    if head.count(0) > NUL_SHARE * len(head):
        return "binary data"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > BINARY_SHARE * len(head):
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut off
        except UnicodeDecodeError:
            return "binary data"
    return None


def _gunzip(stream: BinaryIO) -> BinaryIO:
    return _buffered(_Unpacked(gzip.GzipFile(fileobj=stream, mode="rb"), "gzip", (zlib.error, gzip.BadGzipFile)))


def _unzstd(stream: BinaryIO) -> BinaryIO:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        from backports import zstd

    return _buffered(_Unpacked(zstd.ZstdFile(stream, "rb"), "zstd", (zstd.ZstdError,)))


UNPACKERS = {b"\x1f\x8b": _gunzip, b"\x28\xb5\x2f\xfd": _unzstd}


class _Unpacked(io.RawIOBase):
    """Decompressed bytes. Decompression is a stream like the rest, and so are its bounds: nothing is held."""

    def __init__(self, unpacked: Any, method: str, damage: tuple[type[Exception], ...]) -> None:
        self._unpacked = unpacked
        self._method = method
        self._damage = damage

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is opaque before 3.12
        try:
            return int(self._unpacked.readinto(buffer))
        except EOFError:
            raise Unreadable(f"its {self._method} data stops before the end", "Copy or download it again; it was cut off.") from None
        except self._damage as error:
            raise Unreadable(f"its {self._method} data is damaged: {error}", "Copy or download it again.") from None


class _Rewound(io.RawIOBase):
    """A stream with its head put back: pipes cannot seek."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is opaque before 3.12
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        if not data:
            data = _read_some(self._stream, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < HEAD:
        data = _read_some(stream, HEAD - len(head))
        if not data:
            break
        head += data
    return head


def _read_some(stream: BinaryIO, size: int) -> bytes:
    """What there is, rather than waiting for all of it: a pipe's lines are read as they come."""
    return cast(io.BufferedReader, stream).read1(size)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, buffer_size=128 * 1024)

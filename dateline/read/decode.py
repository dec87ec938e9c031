"""Bytes → str. A byte-order mark is no part of the text; nothing else is changed."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

from dateline.read.unreadable import MAX_DOCUMENT, MAX_REPORT, Unreadable, bytes_in_words

# UTF-32 first: its little-endian mark begins with that of UTF-16.
BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

# In UTF-16 without a mark, every second byte of Western text is NUL. Prose with 60 % such letters is enough for a
# name or a sentence in another script among them; no UTF-8 text has NULs in this pattern.
UTF16_NULS = 0.6

# Up to this share of bytes above 0x7F a text that is not UTF-8 is taken as Windows-1252 unasked. English has far
# below 1 %, French and German 3 to 5 %, other alphabets more than half. charset-normalizer weighs all code pages
# alike, and reads the one accent of an English sentence ("Málaga") as Big5.
WESTERN_SHARE = 0.05

# Every encoding takes at most four bytes a character, so more than this is too long a report whatever it is.
_MAX_REPORT_BYTES = 4 * (MAX_REPORT + 1)

_PIECE = 256 * 1024
_SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_NOT_UTF8_ADVICE = "Save it as UTF-8, for example with: iconv -f ENCODING -t UTF-8"


def read_document(stream: BinaryIO) -> bytes:
    """All bytes of a document. Raises Unreadable for one past the bound, without holding it."""
    data = bytearray()
    while piece := stream.read(_PIECE):  # read(MAX_DOCUMENT) would allocate all of that for every small file
        data += piece
        if len(data) > MAX_DOCUMENT:
            raise Unreadable(
                f"the document is longer than {bytes_in_words(MAX_DOCUMENT)}, decompressed",
                "Split it into one file for each report, or into JSON Lines, which has no bound on the whole.",
            )
    return bytes(data)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, where the first bytes say so by a mark or by their NULs; else None."""
    mark = _mark(head)
    if mark:
        return BOMS[mark] if mark != codecs.BOM_UTF8 else None
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0) / pairs, head[1 : 2 * pairs : 2].count(0) / pairs
    if odd >= UTF16_NULS and even < 0.1:
        return "utf-16-le"
    if even >= UTF16_NULS and odd < 0.1:
        return "utf-16-be"
    return None


def decode(data: bytes, encoding: str | None = None, declared: str | None = None) -> tuple[str, dict[str, str]]:
    """The text, and how its encoding was found where that was a guess: {"text": "decoded as …"}.

    `encoding` is known, `declared` is what the document says of itself. Raises Unreadable if it cannot be told.
    """
    data = data.removeprefix(_mark(data))
    try:
        return data.decode(encoding or "utf-8"), {}
    except UnicodeDecodeError as error:
        if encoding:
            raise Unreadable(f"not valid {encoding.upper()} at byte {error.start:,}: {error.reason}", _NOT_UTF8_ADVICE) from None
        if _is_broken_utf8(data):
            raise Unreadable(f"not valid UTF-8 at byte {error.start:,}: {error.reason}", _NOT_UTF8_ADVICE) from None
    if len(data) > _MAX_REPORT_BYTES and not declared:
        raise Unreadable(f"not UTF-8, and longer than {MAX_REPORT:,} characters, the most a report has", "Split it into several files.")
    for candidate in (declared, "cp1252" if _high_share(data) <= WESTERN_SHARE else None):
        if candidate:
            try:
                return data.decode(candidate), {"text": f"decoded as {candidate}"}
            except (UnicodeDecodeError, LookupError):  # it says what it is not, or what nobody knows
                continue
    return _guessed(data)


def _guessed(data: bytes) -> tuple[str, dict[str, str]]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise Unreadable("no character encoding fits its bytes", _NOT_UTF8_ADVICE)
    try:
        return data.decode(best.encoding), {"text": f"decoded as {best.encoding}"}
    except UnicodeDecodeError as error:
        raise Unreadable(f"no character encoding fits its bytes: {error}", _NOT_UTF8_ADVICE) from None


class Utf8Stream(io.RawIOBase):
    """A UTF-16 or UTF-32 stream as UTF-8, so that lines can be told from it by their bytes.

    A lone surrogate passes as three bytes that are no UTF-8: it breaks its own line, and not those after it.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ready = b""
        self._start = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is opaque before 3.12
        while not self._ready:
            data = self._stream.read(io.DEFAULT_BUFFER_SIZE)
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                raise Unreadable(f"not valid {self._encoding.upper()}: {error.reason}", _NOT_UTF8_ADVICE) from None
            if self._start and text:
                text, self._start = text.removeprefix("\ufeff"), False
            self._ready = text.encode("utf-8", "surrogatepass")
            if not data:
                break
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


def _mark(data: bytes) -> bytes:
    return next((mark for mark in BOMS if data.startswith(mark)), b"")


def _is_broken_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is good UTF-8, so that another encoding would spoil more than it mends."""
    if _SURROGATE_BYTES.search(data):
        return True
    beyond_ascii = [character for character in data.decode("utf-8", "replace") if character > "\x7f"]
    broken = beyond_ascii.count("\ufffd")
    return len(beyond_ascii) - broken > broken


def _high_share(data: bytes) -> float:
    return len(data.translate(None, bytes(range(128)))) / max(len(data), 1)

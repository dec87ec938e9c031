"""Compressed streams → streams of bytes, and streams with their first bytes put back."""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from typing import Any, BinaryIO, cast

from dateline.read.unreadable import Unreadable, bytes_in_words

# Enough for the comments that some pages begin with, and for a few lines of JSON; little enough that the first
# reports of a slow pipe are not kept waiting.
HEAD = 8192

# Of what cannot seek and must, this much is held in memory.
HELD = 16 * 1024 * 1024

# A compressed file inside a compressed file happens by mistake; deeper ones are traps.
MAX_PACKED = 3


def unpacked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of what a stream holds decompressed, and that from its start. Raises Unreadable."""
    for _ in range(MAX_PACKED + 1):
        start = stream.tell() if stream.seekable() else None
        head = _read_head(stream)
        if start is None:
            stream = _buffered(_Rewound(head, stream))
        else:
            stream.seek(start)  # what can seek stays so: zip and Parquet are read from their end
        unpack = next((unpack for magic, unpack in UNPACKERS.items() if head.startswith(magic)), None)
        if unpack is None:
            return head, stream
        stream = unpack(stream)
    raise Unreadable(f"it is compressed more than {MAX_PACKED} times over", "Decompress it first.")


def seeking(stream: BinaryIO, bound: int) -> BinaryIO:
    """The stream if it can seek, else a copy of it that can, on disk once it is large. Raises Unreadable past the bound."""
    if stream.seekable():
        return stream
    copy = tempfile.SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115  # whoever reads it closes it, by letting go of it
    while piece := stream.read(128 * 1024):
        copy.write(piece)
        if copy.tell() > bound:
            raise Unreadable(f"it is longer than {bytes_in_words(bound)}", "Decompress it, and give its files one by one.")
    copy.seek(0)
    return cast(BinaryIO, copy)


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
        self._problem: Unreadable | None = None  # raised again for whoever reads on

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is opaque before 3.12
        if self._problem:
            raise self._problem
        try:
            data = self._unpacked.read1(len(buffer))  # what there is: damage further on must not take the good with it
        except EOFError:
            self._problem = Unreadable(f"its {self._method} data stops before the end", "Copy or download it again; it was cut off.")
            raise self._problem from None
        except self._damage as error:
            self._problem = Unreadable(f"its {self._method} data is damaged: {error}", "Copy or download it again.")
            raise self._problem from None
        buffer[: len(data)] = data
        return len(data)


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
            data = read_some(self._stream, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < HEAD:
        try:
            data = read_some(stream, HEAD - len(head))
        except Unreadable:
            if not head:
                raise
            break  # it breaks off here: whoever reads on will hear of it
        if not data:
            break
        head += data
    return head


def read_some(stream: BinaryIO, size: int) -> bytes:
    """What there is, rather than waiting for all of it: a pipe's lines are read as they come."""
    return cast(io.BufferedReader, stream).read1(size)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(raw, buffer_size=128 * 1024)

"""Zip archives: the files in them, one after the other, by Python's zipfile. Nothing is written under a member's name."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from dateline.read.unreadable import MAX_ARCHIVE, Unreadable, bytes_in_words

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError)
_ADVICE = "Copy or download it again, or unpack it and give its files."

WORD = "word/document.xml"  # what every Word document has


@dataclass
class Budget:
    """The bytes that an archive, with the archives in it, may still decompress to."""

    left: int = MAX_ARCHIVE


def opened(stream: BinaryIO) -> zipfile.ZipFile:
    """The archive in a stream that can seek. Raises Unreadable."""
    try:
        return zipfile.ZipFile(stream)
    except (*DAMAGE, OSError) as error:
        raise Unreadable(f"a zip archive that is damaged: {error}", _ADVICE) from None


def members(archive: zipfile.ZipFile, budget: Budget) -> Iterator[tuple[str, BinaryIO | Unreadable]]:
    """Each file of the archive, or why it is not read. Hidden files are skipped, as in folders."""
    empty = True
    for info in archive.infolist():
        name = info.filename.encode("utf-8", "backslashreplace").decode()
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if ".." in parts or info.filename.startswith(("/", "\\")) or info.filename[1:2] == ":":
            empty = False
            yield name, Unreadable("its name leads out of the archive", "Do not trust this archive; unpack it with care, if at all.")
        elif not parts or info.is_dir() or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        else:
            empty = False
            yield name, _member(archive, info, budget)
    if empty:
        yield "", Unreadable("a zip archive without files to read", "Remove it, or fill it.")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> BinaryIO | Unreadable:
    if stat.S_ISLNK(info.external_attr >> 16):
        return Unreadable("a link in an archive", "It is not followed; give the file that it leads to.")
    if info.flag_bits & 1:
        return Unreadable("it is encrypted", "Unpack it with its password, and give the file.")
    try:
        return io.BufferedReader(_Counted(archive.open(info), budget), buffer_size=128 * 1024)
    except (*DAMAGE, OSError) as error:
        return Unreadable(f"damaged in its archive: {error}", _ADVICE)


class _Counted(io.RawIOBase):
    """A member's bytes, taken from the budget. It cannot seek: going back would decompress it again."""

    def __init__(self, member: Any, budget: Budget) -> None:
        self._member = member
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is opaque before 3.12
        try:
            data = self._member.read(len(buffer))
        except (*DAMAGE, OSError) as error:
            raise Unreadable(f"damaged in its archive: {error}", _ADVICE) from None
        self._budget.left -= len(data)
        if self._budget.left < 0:
            raise Unreadable(f"its archive is longer than {bytes_in_words(MAX_ARCHIVE)}, decompressed", "Unpack it, and give its files.")
        buffer[: len(data)] = data
        return len(data)

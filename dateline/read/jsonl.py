"""JSON Lines: one report a line. Also a single JSON object, on one line or on many."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from dateline.read.decode import Utf8Stream, decode, read_document
from dateline.read.fields import kind_of, report_of
from dateline.read.reading import Reading
from dateline.read.unreadable import MAX_DEPTH, MAX_LINE, Unreadable, bytes_in_words
from dateline.records import Report

# How an object begins: a key, in any of the quotes that people try, or its end. "{Reuters} - …" is text.
_OBJECT = re.compile(rb"""\s*\{\s*(?:["'}]|\w+\s*:)""")
_ARRAY = re.compile(rb"""\s*\[\s*[{"]""")
# How the second line of an object over many lines begins, and never that of JSON Lines.
_CONTINUED = re.compile(rb"""\s*["'}]""")
_LONE_SURROGATE = re.compile(rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")

_decoder = msgspec.json.Decoder()
_OBJECT_ADVICE = 'Give one object a line, such as {"text": "…"}.'
_ARRAY_ADVICE = "Give one object a line; jq makes that of an array: jq -c '.[]' FILE"


def json_format(head: bytes) -> str | None:
    """One of "jsonl" and "json" (an object over many lines), or None for what is no JSON. Raises Unreadable for an array.

    It is JSON Lines if the first line or half of the lines begin as objects: one broken line makes no plain text.
    """
    lines = [line for line in head.split(b"\n") if line and not line.isspace()]
    if not lines:
        return None
    complete = _parses(lines[0])
    if _ARRAY.match(head) or (lines[0].lstrip().startswith(b"[") and complete and len(lines) == 1):
        if complete:  # an array on a line of its own is that line's failure, not that of the lines after it
            return "jsonl"
        raise Unreadable("a JSON array, not objects", _ARRAY_ADVICE)
    if _OBJECT.match(head):
        return "json" if len(lines) > 1 and not complete and _CONTINUED.match(lines[1]) else "jsonl"
    return "jsonl" if 2 * sum(_OBJECT.match(line) is not None for line in lines) >= len(lines) else None


def read_lines(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str, Report | Unreadable]]:
    """The report of each line, or what is wrong with it."""
    if reading.encoding:
        stream = io.BufferedReader(Utf8Stream(stream, reading.encoding))
    for number, line in _lines(stream):
        if isinstance(line, bytes):
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if line.isspace() or not line:
                continue
        yield f"line {number}", _result(line, reading)


def read_object(stream: BinaryIO, reading: Reading) -> Iterator[tuple[None, Report | Unreadable]]:
    """The one report of an object that goes over many lines."""
    text, _ = decode(read_document(stream), reading.encoding)
    yield None, _result(text.encode(), reading)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Each line with its number. One past the bound is skipped without being held; a stream that breaks off ends there."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE + 1)
            too_long = len(line) > MAX_LINE
            rest = line
            while too_long and rest and not rest.endswith(b"\n"):
                rest = stream.readline(io.DEFAULT_BUFFER_SIZE)
        except Unreadable as problem:
            yield number, problem
            return
        if not line:
            return
        yield number, _too_long() if too_long else line


def _too_long() -> Unreadable:
    return Unreadable(f"the line is longer than {bytes_in_words(MAX_LINE)}", "Split it: give each report a line of its own.")


def _result(line: bytes | Unreadable, reading: Reading) -> Report | Unreadable:
    if isinstance(line, Unreadable):
        return line
    try:
        value, found = _object(line, reading.encoding)
        return report_of(value, reading.columns, found)
    except Unreadable as problem:
        return problem


def _object(line: bytes, encoding: str | None) -> tuple[dict[str, Any], dict[str, str]]:
    """The JSON object of a line, and how its encoding was found where it is not Unicode. Raises Unreadable."""
    found: dict[str, str] = {}
    try:
        try:
            value = _decoder.decode(line)
        except UnicodeDecodeError:
            text, found = decode(line, "utf-8" if encoding else None)
            value = _decoder.decode(text)
    except RecursionError:
        raise _too_deep() from None
    except msgspec.DecodeError as error:
        lone = _LONE_SURROGATE.search(line)
        if lone:
            raise Unreadable("a \\u escape with half a character (a lone surrogate)", "Write the text anew from its source.") from None
        raise Unreadable(f"broken JSON: {error}", _OBJECT_ADVICE) from None
    if not isinstance(value, dict):
        raise Unreadable(f"{kind_of(value)}, not a JSON object", _ARRAY_ADVICE if isinstance(value, list) else _OBJECT_ADVICE)
    if _is_deep(value):
        raise _too_deep()
    return value, found


def _parses(line: bytes) -> bool:
    try:
        _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_deep(value: Any) -> bool:
    """Whether it is nested deeper than MAX_DEPTH, told level by level."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [item for box in level for item in (box.values() if isinstance(box, dict) else box) if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _too_deep() -> Unreadable:
    return Unreadable(f"JSON nested more than {MAX_DEPTH} deep", "Flatten it, or leave out what is nested.")

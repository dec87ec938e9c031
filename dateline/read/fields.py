"""A record with named values → Report: a JSON object, a row of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dateline.read.language import code_of
from dateline.read.reports import new_report
from dateline.read.unreadable import Unreadable
from dateline.records import Report

FIELDS = ("text", "id", "title", "published", "outlet", "url", "language")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ISO_8601 = re.compile(r"[\dW-]+(?:[Tt ][\d:.,]+(?:[Zz]|[+-][\d:]+)?)?")
_KINDS = {list: "an array", str: "a string", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


def report_of(value: dict[str, Any], columns: Mapping[str, str], found: dict[str, str]) -> Report:
    """The report of a record. `columns`: a field → the key that holds it, where that is not the field's own name.

    What a key holds against its field's type is kept in `extra` as it was, except for text and id. Raises Unreadable.
    """
    key = {field: columns.get(field, field) for field in FIELDS}
    id = _id(value.pop(key["id"], None))
    try:
        text = value.pop(key["text"], None)
        if text is None:
            raise Unreadable("no text", f'Put the report\'s text under "{key["text"]}", or say with --text-column where it is.')
        if not isinstance(text, str):
            raise Unreadable(f"the text is {kind_of(text)}, not a string", 'Put the report\'s text under the key "text", as a string.')
        return new_report(
            text,
            id=id,
            title=_take(value, key["title"]),
            published=_take(value, key["published"], _published),
            outlet=_take(value, key["outlet"]),
            url=_take(value, key["url"]),
            language=_take(value, key["language"], code_of),
            found=found,
            extra=value,
        )
    except Unreadable as problem:
        problem.report = id
        raise


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    return _KINDS.get(type(value), "an object")


def _id(value: Any) -> str | None:
    """The given id; a number is one too. None where there is none."""
    if value is None or (isinstance(value, str) and (not value or value.isspace())):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"the id is {kind_of(value)}, not a string", "Give a string, or none: then the text makes one.")
    return str(value)


def _take(value: dict[str, Any], key: str, meaning: Any = str) -> str | None:
    """What a key means, taken out of the object; None, and left where it is, if it means nothing."""
    given = value.get(key)
    if given is None or (isinstance(given, str) and (not given or given.isspace())):
        value.pop(key, None)  # unknown is None, never ""
        return None
    meant: str | None = meaning(given) if isinstance(given, str) else None
    if meant is not None:
        del value[key]
    return meant


def _published(given: str) -> str | None:
    """An ISO 8601 date or date-time with hyphens, so that its first ten characters are the day; None for anything else."""
    given = given.strip()
    if not _ISO_8601.fullmatch(given):
        return None
    try:
        moment: date = datetime.fromisoformat(given) if len(given) > len("2018-07-02") else date.fromisoformat(given)
    except ValueError:
        return None
    return given if _DAY.match(given) else moment.isoformat()

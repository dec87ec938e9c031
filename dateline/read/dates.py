"""Dates as people and programs write them in English → ISO 8601 days. Strict: what can be read in two ways is None."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {m: i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_NAME = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_FORMS = tuple(
    re.compile(rf"(?:[a-z]{{3,9}},?\s{{1,3}})?{form}(?!\d)", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)",
        r"(?P<year>\d{4})(?P<number>\d\d)(?P<day>\d\d)",
        rf"{_NAME}\s{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{1,3}}{_NAME},?[\s-]{{1,3}}(?P<year>\d{{4}})",
        r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<year>\d{4})",
    )
)


def day(text: str) -> str | None:
    """The day that a text begins with, a weekday before it left out; None for no date, and for 3/4/2018, which is two."""
    text = text.strip()[:80]
    for form in _FORMS:
        told = form.match(text)
        if told:
            parts = told.groupdict()
            if "a" in parts:
                a, b = int(parts["a"]), int(parts["b"])
                if a <= 12 and b <= 12 and a != b:
                    return None
                month, number = (b, a) if a > 12 else (a, b)
            else:
                month = int(parts["number"]) if parts.get("number") else _MONTHS[parts["month"][:3].lower()]
                number = int(parts["day"])
            try:
                return date(int(parts["year"]), month, number).isoformat()
            except ValueError:
                return None
    return None

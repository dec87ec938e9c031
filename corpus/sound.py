"""What a coding of times and statuses must agree with: the calendar, the words that it points at, the day of publication."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from dateline.records import Status, Time

DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d)?)?)?)?")
LENGTHS = {"minute": (16,), "hour": (13,), "day": (10,), "week": (10,), "month": (7,), "season": (7,), "year": (4,)}
DAYS = [d.lower() for d in calendar.day_name]
MONTHS = [m.lower() for m in calendar.month_name]
AGO = {"today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "yesterday": 1, "last night": 1}
BEFORE_NOW = ("occurred", "ongoing")


def day(value: str) -> date | None:
    """The first day of a date or of the month or year that it names; None where the calendar has none."""
    year, month, of_month = [*map(int, value[:10].split("-")), 1, 1][:3]
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def time_fault(time: Time, published: str | None) -> str | None:
    """Why this time cannot be right, or None."""
    for value in (time.start, time.end):
        if value is None or not DATE.fullmatch(value) or day(value) is None:
            return (
                "a time is YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDTHH or YYYY-MM-DDTHH:MM, on the calendar, or two of them with `/` between"
            )
        if len(value) not in LENGTHS[time.precision]:
            return f"{value} is not written at the precision of a {time.precision}"
    assert time.start is not None
    assert time.end is not None
    first, last = day(time.start), day(time.end)
    assert first is not None
    assert last is not None
    if time.end < time.start:
        return "ends before it starts"
    if time.precision == "week" and (first.weekday(), (last - first).days % 7) != (0, 6):
        return "a week goes from a Monday to a Sunday"
    if time.span and time.precision in ("minute", "hour", "day") and time.start[:10] == time.end[:10]:
        return _words_fault(time.span.text.lower(), first, published)
    return None


def _words_fault(words: str, on: date, published: str | None) -> str | None:
    said = re.findall(r"[a-z]+|\d+", words)
    weekdays = [DAYS.index(w) for w in said if w in DAYS]
    if weekdays and on.weekday() not in weekdays:
        return f"{on} is a {calendar.day_name[on.weekday()]}"
    months = [m for m in range(1, 13) for w in said if w == MONTHS[m] or (w == MONTHS[m][:3] and m != 5)]
    if months and on.month not in months:
        return f"{on} is not in that month"
    years = [int(w) for w in said if re.fullmatch(r"(19|20)\d\d", w)]
    if years and on.year not in years:
        return f"{on} is not in that year"
    told = day(published) if published else None
    for phrase, ago in AGO.items():
        if told and phrase == words.strip() and on not in (told - timedelta(ago), told - timedelta(ago + 1)):
            return f"the report is of {told}"
    return None


def status_fault(status: Status, cue: bool, time: Time | None, published: str | None) -> str | None:
    """Why an event cannot have this status, or None."""
    if status != "occurred" and not cue:
        return f"a status other than occurred rests on words of the report: `status {status}` and the words between backticks"
    if status in BEFORE_NOW and time and time.start and published and time.start[:10] > published[:10]:
        return f"{status} on {time.start}, but the report is of {published}"
    return None

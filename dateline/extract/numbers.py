"""Number words → bounds: what a report's "at least 12", "dozens" or "between 30 and 40" counts.

The meanings of vague words follow the Crowd Counting Consortium's practice (hundreds from 200): see `VAGUE`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], range(1, 13), strict=True)
) | dict(zip(["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], range(13, 20), strict=True))
TENS = dict(zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True))
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}

# A vague word says a least number and no most: two of the unit, since a plural needs two.
VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "millions": 2_000_000, "couple": 2}
SEVERAL = {"several", "some", "few", "many"}  # before a unit: "several hundred" is "hundreds"
NONE = {"no", "none", "nobody", "zero"}

AT_LEAST = re.compile(r"\b(at least|more than|over|upwards of|no fewer than|not less than|above|minimum of)\s+$", re.I)
AT_MOST = re.compile(r"\b(up to|at most|no more than|fewer than|less than|as many as|under|maximum of)\s+$", re.I)
EXACTLY = re.compile(r"\b(about|around|some|nearly|almost|roughly|approximately|an estimated|close to|just over|exactly)\s+$", re.I)

# A run of digits with separators, or a word; hyphens part ("twenty-one" is two words).
TOKEN = re.compile(r"\d[\d,. ]*\d|\d|[^\W\d_]+", re.UNICODE)
GROUPED = re.compile(r"\d{1,3}(?:[,. ]\d{3})+")


@dataclass(frozen=True)
class Bounds:
    """A number as the report bounds it (None: open), at the characters [start, end) of the text that was read."""

    low: int | None
    high: int | None
    start: int
    end: int


def read(text: str, at: int = 0) -> Bounds | None:
    """The first number that `text` says from `at` on, with the words before and after it that bound it, or None."""
    value = _value(text, at)
    if value is None:
        return None
    number, start, end, open_ended = value
    before = text[:start]
    if ranged := _range(text, before, start, number, end):
        return ranged
    for words, low, high in ((AT_LEAST, number, None), (AT_MOST, None, number), (EXACTLY, number, None if open_ended else number)):
        if found := words.search(before):
            return Bounds(low, None if open_ended else high, found.start(), end)
    return Bounds(number, None if open_ended else number, start, end)


def _range(text: str, before: str, start: int, number: int, end: int) -> Bounds | None:
    """ "Between 30 and 40", "30 to 40", "30-40"."""
    joint = re.compile(r"\s*(?:-|–|to|and|or)\s*").match(text, end)
    second = _value(text, joint.end()) if joint and joint.group().strip() else None
    if not joint or not second or second[1] != joint.end() or second[0] <= number:
        return None
    opening = re.search(r"\b(between|from)\s+$", before, re.I)
    if joint.group().strip() in ("and", "or") and not opening and joint.group().strip() != "or":
        return None
    return Bounds(number, second[0], opening.start() if opening else start, second[2])


def _value(text: str, at: int) -> tuple[int, int, int, bool] | None:
    """(number, start, end, open): the first number from `at` on; open where its word is vague."""
    tokens = [(m.group().lower(), m.start(), m.end()) for m in TOKEN.finditer(text, at)]
    for i, (word, start, end) in enumerate(tokens):
        if word in NONE:
            return 0, start, end, False
        if word in VAGUE:
            return VAGUE[word], start, end, True
        if word in SEVERAL and i + 1 < len(tokens) and tokens[i + 1][0] in SCALES:
            scale, scale_end = SCALES[tokens[i + 1][0]], tokens[i + 1][2]
            return 2 * scale, start, scale_end, True
        if (
            word[0].isdigit()
            or word in UNITS
            or word in TENS
            or (word in ("a", "an") and i + 1 < len(tokens) and tokens[i + 1][0] in SCALES)
        ):
            return _compound(tokens, i, text)
    return None


def _compound(tokens: list[tuple[str, int, int]], i: int, text: str) -> tuple[int, int, int, bool] | None:
    """A number of one or more words from token `i` on: "two hundred and five", "1,200", "1.5 million"."""
    total, part, end, start = 0.0, 0.0, tokens[i][2], tokens[i][1]
    k = i
    while k < len(tokens):
        word, s, e = tokens[k]
        if k > i and text[end:s].strip(" -‐‑"):
            break
        if word[0].isdigit():
            if k > i:
                break
            part = _digits(word)
        elif word in ("a", "an") and k == i:
            part = 1
        elif word in UNITS:
            if k > i and tokens[k - 1][0] not in TENS and tokens[k - 1][0] not in SCALES and tokens[k - 1][0] != "and":
                break
            part += UNITS[word]
        elif word in TENS:
            if k > i and tokens[k - 1][0] not in SCALES and tokens[k - 1][0] != "and":
                break
            part += TENS[word]
        elif word in SCALES:
            scale = SCALES[word]
            if scale == 100 or scale == 12:
                part *= scale
            else:
                total, part = total + part * scale, 0.0
        elif (
            word == "and" and k + 1 < len(tokens) and tokens[k - 1][0] in SCALES and (tokens[k + 1][0] in UNITS or tokens[k + 1][0] in TENS)
        ):
            end, k = e, k + 1
            continue
        else:
            break
        end = e
        k += 1
    return int(total + part), start, end, False


def _digits(word: str) -> float:
    """ "1,200" and "1 200" are 1200; "1.5" is one and a half."""
    if GROUPED.fullmatch(word):
        return float(re.sub("[,. ]", "", word))
    try:
        return float(word.replace(" ", "").replace(",", ""))
    except ValueError:
        return float(re.sub(r"\D", "", word) or 0)

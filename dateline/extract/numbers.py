"""Number words → bounds: what a report's "at least 12", "dozens" or "between 30 and 40" counts.

The meanings of vague words follow the Crowd Counting Consortium's practice (hundreds from 200): see `VAGUE`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
UNITS = {word: n for n, word in enumerate(_ONES.split(), 1)}
TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000, "m": 1_000_000, "k": 1000}
MOST = 10**10  # more people than there are: what reads as more is no count

# A vague word says a least number and no most: two of the unit, since a plural needs two; "tens" are of the next word's unit.
VAGUE = {"couple": 2, "tens": 20, "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "millions": 2_000_000}
SEVERAL = {"several", "some", "few", "many"}  # before a unit: "several hundred" is "hundreds"
NONE = {"no", "none", "nobody", "zero"}

# Words before a number that bound it. They are tried at the end of what stands before it.
BOUNDS = (
    (re.compile(r"\b(?:at least|more than|over|upwards of|no fewer than|no less than|not less than|above|a minimum of)\s+$", re.I), "low"),
    (re.compile(r"\b(?:up to|at most|no more than|not more than|fewer than|less than|as many as|under|a maximum of)\s+$", re.I), "high"),
    (re.compile(r"\b(?:about|around|some|nearly|almost|roughly|approximately|an estimated|close to|just over|exactly)\s+$", re.I), "both"),
)
BEFORE = 24  # characters in which such words are looked for

# A word, or digits that nothing adjoins: not "M23", "G7", "101st", "15-year-old", "50%", "2.5.1".
TOKEN = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?=[km]?\b)(?![\d%]|[.,]\d|(?:st|nd|rd|th)\b)|[^\W\d_]+")
# What makes of a number no count of people: an age, a share, an ordinal, part of a name or a date.
NO_COUNT = re.compile(r"(?:[-\s]years?[-\s]old\b|\s?(?:%|per\s?cent\b|percent\b)|[-\s](?:thirds?|quarters?|fifths?)\b|\s?[Mm]ovement\b)")
YEAR = re.compile(r"(?:1[89]|20)\d\d")
MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s$", re.I)


@dataclass(frozen=True)
class Bounds:
    """A number as the report bounds it (None: open), at the characters [start, end) of the text that was read."""

    low: int | None
    high: int | None
    start: int
    end: int


@dataclass(frozen=True)
class _Number:
    value: int
    start: int
    end: int
    vague: bool = False


def read(text: str, at: int = 0) -> Bounds | None:
    """The first number that `text` counts from `at` on, with the words before and after it that bound it, or None."""
    first = _number(text, at)
    if first is None:
        return None
    if second := _range_end(text, first):
        opening = re.search(r"\b(?:between|from)\s+$", text[max(0, first.start - BEFORE) : first.start], re.I)
        start = first.start - len(opening.group()) if opening else first.start
        return Bounds(first.value, second.value, start, second.end)
    before = text[max(0, first.start - BEFORE) : first.start]
    said = [(found.group(), bounded) for words, bounded in BOUNDS if (found := words.search(before))]
    phrase, bounded = max(said, key=lambda pair: len(pair[0]), default=("", "both"))  # "no more than" holds "more than"
    low = None if bounded == "high" else first.value
    high = None if bounded == "low" or first.vague else first.value
    return Bounds(low, high, first.start - len(phrase), first.end)


def _range_end(text: str, first: _Number) -> _Number | None:
    """The second number of "between 30 and 40", "30 to 40", "30-40", "20 or 30"; None for "two police and three soldiers"."""
    joint = re.compile(r"\s*(?:-|–|\bto\b|\bor\b|\band\b)\s*").match(text, first.end)
    if not joint:
        return None
    second = _number(text, joint.end())
    if not second or second.start != joint.end() or second.value <= first.value:
        return None
    if joint.group().strip() == "and" and not re.search(r"\bbetween\s+$", text[max(0, first.start - BEFORE) : first.start], re.I):
        return None
    return second


def _number(text: str, at: int) -> _Number | None:
    """The first number from `at` on that can count people."""
    tokens = [(m.group().lower(), m.start(), m.end()) for m in TOKEN.finditer(text, at)]
    for i, (word, start, end) in enumerate(tokens):
        following = tokens[i + 1][0] if i + 1 < len(tokens) else ""
        found = None
        if word in NONE and following not in ("more", "fewer", "less"):
            found = _Number(0, start, end)
        elif word in VAGUE:
            found = _vague(tokens, i, text)
        elif word in SEVERAL and following in SCALES:
            found = _Number(2 * SCALES[following], start, tokens[i + 1][2], vague=True)
        elif word[0].isdecimal() or word in UNITS or word in TENS or (word in ("a", "an", "half") and following in (*SCALES, "a")):
            found = _compound(tokens, i, text)
        if found and found.value <= MOST and not _no_count(text, found):
            return found
    return None


def _no_count(text: str, number: _Number) -> bool:
    """Whether the words around a number make it an age, a share, a year, a day or part of a name."""
    said = text[number.start : number.end]
    dated = bool(MONTH.search(text[max(0, number.start - 12) : number.start])) and number.value <= 31
    return bool(NO_COUNT.match(text, number.end)) or dated or bool(YEAR.fullmatch(said))


def _vague(tokens: list[tuple[str, int, int]], i: int, text: str) -> _Number:
    """ "Dozens", "tens of thousands", "hundreds of thousands"."""
    word, start, end = tokens[i]
    value = VAGUE[word]
    if i + 2 < len(tokens) and tokens[i + 1][0] == "of" and tokens[i + 2][0] in ("hundreds", "thousands", "millions"):
        value *= SCALES[tokens[i + 2][0][:-1]]
        end = tokens[i + 2][2]
    return _Number(value, start, end, vague=True)


def _compound(tokens: list[tuple[str, int, int]], i: int, text: str) -> _Number | None:
    """A number of one or more words from token `i` on: "two hundred and five", "1,200", "1.5 million", "half a million"."""
    total, part, end = 0.0, 0.0, tokens[i][2]
    k, last = i, ""
    while k < len(tokens) and (k == i or not text[end : tokens[k][1]].strip(" -‐‑\u00a0")):
        word, _, stop = tokens[k]
        following = tokens[k + 1][0] if k + 1 < len(tokens) else ""
        if word[0].isdecimal() and k == i:
            part = float(word.replace(",", ""))
        elif word in ("a", "an") and (k == i or last == "half"):
            part = part or 1.0
        elif word == "half" and k == i and following == "a":
            part = 0.5
        elif word in UNITS and (k == i or last in TENS or last in SCALES or last == "and"):
            part += UNITS[word]
        elif word in TENS and (k == i or last in SCALES or last == "and"):
            part += TENS[word]
        elif word in SCALES and part:
            if SCALES[word] < 1000:
                part *= SCALES[word]
            else:
                total, part = total + part * SCALES[word], 0.0
        elif not (word == "and" and last in SCALES and (following in UNITS or following in TENS)):
            break
        end, last, k = stop, word, k + 1
        if total + part > MOST:
            return None
    return _Number(int(total + part), tokens[i][1], end) if total + part else None

"""What can be seen of the lines of a pasted text: the features by which its sections are told.

Each is a word about the line's shape ("short", "ends open"), a class of words in it ("share", "photo"), or either of a neighbour.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate

# Longer lines are told by their ends: what announces a section stands there, and the time stays linear.
SEEN = 400

# Place, perhaps date and agency, and a dash: what opens a report. Capitals, or an agency in brackets, or a date must be there.
_NAME = r"[^\W\d_a-z][\w.'’-]{0,30}"
_PLACE = rf"{_NAME}(?:[ ,/]{{1,2}}(?:{_NAME}|de|la|le|el|al|of|du|da|do|des|and)){{0,5}}"
_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? \d{{4}})?)"
_DASH = r"(?:--?|[–—―]|:|/{1,2})"
_AGENCY = r"[(\[][^()\[\]\n]{2,40}[)\]]"
DATELINE = re.compile(
    rf"{_PLACE}[,.]? {{0,2}}(?:{_AGENCY}|{_DAY})[^.\n()]{{0,12}}?(?:{_AGENCY})?[ \t]{{0,3}}{_DASH}(?=[ \t])"
    r"|[^\W\d_a-z]{3,}(?:[ ,/-]{1,2}[^\W\d_a-z]{2,}){0,4}(?:,? [A-Z][\w.]{2,20}){0,2}[ \t]{0,3}[-–—―]{1,2}(?=[ \t])"
)

_CRUMBS = re.compile(r"\s[>»›|/·•]\s")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Line:
    """A line, or the dateline that one begins with: its characters [start, end) without the white space around them."""

    text: str
    start: int
    end: int
    gap: bool  # a blank line stands before it
    opens: bool  # a dateline is cut from its beginning, or it is that


@functools.cache
def classes() -> dict[str, re.Pattern[str]]:
    """The classes of lines.toml."""
    source = resources.files("dateline.read").joinpath("lines.toml").read_text(encoding="utf-8")
    return {name: re.compile(pattern.replace("{day}", _DAY)) for name, pattern in tomllib.loads(source).items()}


def lines(text: str) -> list[Line]:
    """The lines of a text that are not blank, each dateline apart from what follows it."""
    out: list[Line] = []
    at, gap = 0, False
    for piece in text.splitlines(keepends=True):
        start, at = at, at + len(piece)
        inner = piece.strip()
        if not inner:
            gap = True
            continue
        begin = start + piece.index(inner)
        place = DATELINE.match(inner[:200])
        if place and len(inner) - place.end() > 20:
            cut = begin + place.end()
            out.append(Line(inner[: place.end()], begin, cut, gap, True))
            rest = inner[place.end() :].lstrip()
            out.append(Line(rest, begin + len(inner) - len(rest), begin + len(inner), False, True))
        else:
            out.append(Line(inner, begin, begin + len(inner), gap, False))
        gap = False
    return out


def features(found: list[Line]) -> list[list[str]]:
    """The features of each line."""
    known = classes()
    own = [_own(line) for line in found]
    words = list(accumulate((len(line.text[:100_000].split()) for line in found), initial=0))
    announced = list(accumulate(("announce" in f for f in own), initial=0))
    dates = [i for i, line in enumerate(found) if line.opens]
    prose = [i for i, f in enumerate(own) if "long" in f]
    last = prose[-1] if prose else 0
    out = []
    for i, line in enumerate(found):
        f = ["bias", *own[i]]
        f += [f"-1 {x}" for x in own[i - 1]] if i else ["start"]
        f += [f"+1 {x}" for x in own[i + 1]] if i + 1 < len(found) else ["end"]
        f += [f"-2 {x}" for x in own[i - 2] if x in known] if i > 1 else []
        f += [f"+2 {x}" for x in own[i + 2] if x in known] if i + 2 < len(found) else []
        f.append(f"line {min(i, 4)}")
        f.append("after announce" if announced[i] else "before announce" if announced[-1] else "no announce")
        f.append(f"words before {_bucket(words[i], (0, 15, 40, 80, 150, 300))}")
        f.append(f"words after {_bucket(words[-1] - words[i + 1], (0, 10, 30, 80, 150))}")
        if dates:
            f.append("after dateline" if i > dates[0] else "before dateline")
        if i > last:
            f.append("after prose")
        if prose and i < prose[0]:
            f.append("before prose")
        if line.gap:
            f.append("gap")
        if i + 1 < len(found) and found[i + 1].gap:
            f.append("gap after")
        out.append(f)
    return out


def _own(line: Line) -> list[str]:
    """What is seen of a line alone."""
    text = line.text if len(line.text) <= 2 * SEEN else line.text[:SEEN] + " " + line.text[-SEEN:]
    lower = text.lower()
    words = _WORD.findall(text)
    out = [name for name, pattern in classes().items() if pattern.search(lower)]
    out.append(f"words {_bucket(len(line.text.split()) if len(line.text) < 9999 else 999, (1, 2, 4, 7, 11, 16, 25, 40, 70))}")
    if len(words) >= 22:
        out.append("long")
    if text[-1] in ".!?…\"”’')":
        out.append("closed")
    if text[-1] == ":":
        out.append("ends in colon")
    parts = _CRUMBS.split(text)
    if len(parts) > 1 and max(map(len, parts)) <= 30:
        out.append("crumbs")
    if line.opens:
        out.append("opens")
    if words:
        capital = sum(w[0].isupper() for w in words) / len(words)
        out.append(f"capitals {_bucket(round(10 * capital), (1, 2, 4, 6, 8, 9))}")
        if all(w.isupper() for w in words):
            out.append("upper")
        if words[0][0].islower():
            out.append("small")
        out.append(f"first {words[0].lower()[:12]}")
        out.append(f"last {words[-1].lower()[:12]}")
    else:
        out.append("no words")
    if not text[0].isalnum():
        out.append(f"mark {text[0]}")
    return out


def _bucket(value: int, edges: tuple[int, ...]) -> int:
    return next((edge for edge in edges if value <= edge), 999)

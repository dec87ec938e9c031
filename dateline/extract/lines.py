"""What can be seen of the lines of a pasted text: the signs by which its sections are told.

Each is a name: of the line's shape or place ("prose", "from end 2"), or of a class of words in it ("share", "photo", of lines.toml).
"""

from __future__ import annotations

import functools
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

# Longer lines are told by their ends: what announces a section stands there, and the time stays linear.
SEEN = 400

# Programs that wrap lines do so at 50 to 80 characters.
MAX_WIDTH = 90
ENDS = '.!?:"”'

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? \d{{4}})?)"

# What can open a report: places, date and agency, up to a mark that ends them. Each part begins with a character of its own.
_SMALL = r"d[aeiou]s?|del|der|el|l[ae]s?|of|the|and|upon|van|von|al|in|near|(?:region|province|district|state|county|city|camp)(?![^\W_])"
_PART = rf"(?:[^\W\d_a-z][\w.'’‘-]{{0,30}}|{_SMALL}|\d[\d.:apm]{{0,9}}(?:st|nd|rd|th)?|[(\[][^()\[\]\n]{{2,50}}[)\]]|/[^/\n]{{2,30}}/)"
_OPENING = re.compile(rf"[_*]?(?:{_PART}(?:[ ,/·]{{1,3}}{_PART}){{0,11}})")
_END = re.compile(r"(?: ?(?:--?|[–—―|_]|>>?)[_*]?| //?|:|\.)(?=\s)")
_BRACKETED = re.compile(r"[【\[][^】\]\n]{2,40}[】\]](?=\s?\S)")
OPENS_WITHIN = 110  # characters
FEWEST = 8  # characters that must follow an opening

_CRUMBS = re.compile(r"\s[>»›|/·•]\s")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_RUN = re.compile(r"(A|a)(?: \1)+")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[^\W\d_a-z]\w{3,}")


@dataclass(frozen=True)
class Line:
    """A line (of wrapped text: the lines of a paragraph), or the opening of one that may be a dateline, or what follows that: its
    characters [start, end) without the white space around them."""

    text: str
    start: int
    end: int
    gap: bool  # a blank line stands before it
    indent: int  # characters of white space before it
    part: str  # "whole", "opening" or "rest"


class _Printed(NamedTuple):
    """A line as it stands in the text, without the white space around it."""

    start: int
    end: int
    gap: bool
    indent: int


@functools.cache
def classes() -> dict[str, re.Pattern[str]]:
    """The classes of lines.toml."""
    source = resources.files("dateline.extract").joinpath("lines.toml").read_text(encoding="utf-8")
    return {name: re.compile(pattern.replace("{day}", _DAY)) for name, pattern in tomllib.loads(source).items()}


def lines(text: str) -> list[Line]:
    """The lines of a text that are not blank; those that a program wrapped are one; what may be a dateline stands apart."""
    out: list[Line] = []
    for start, end, gap, indent in _joined(text, list(_printed(text))):
        inner = text[start:end]
        cut = opening(inner[: OPENS_WITHIN + 30])
        if cut and len(inner) - cut > FEWEST:
            rest = start + cut + len(inner[cut:]) - len(inner[cut:].lstrip())
            out.append(Line(inner[:cut], start, start + cut, gap, indent, "opening"))
            out.append(Line(text[rest:end].replace("\n", " "), rest, end, False, 0, "rest"))
        else:
            out.append(Line(inner.replace("\n", " "), start, end, gap, indent, "whole"))
    return out


def opening(line: str) -> int | None:
    """Where the opening of a line ends that has the form of a dateline; None for a line that has none."""
    bracketed = _BRACKETED.match(line)
    if bracketed:
        return bracketed.end()
    for mark in _END.finditer(line[: OPENS_WITHIN + 2]):
        place = line[: mark.start()]
        if _OPENING.fullmatch(place):
            letters = "".join(filter(str.isalpha, place))
            if len(letters) < 3:
                return None
            told = letters.isupper() or place[-1] in ")]/" or any(map(str.isdigit, place))
            sign = mark[0].strip("_* ")
            if sign == ".":
                fits = letters.isupper() or place[-1].isdigit() or (4 < len(place) < 16 and " " not in place)
            else:
                told = told or (sign == "/" and place.split()[0].strip(",").isupper())
                fits = told or (sign in ("--", "–", "—", "―", "|", ">", ">>") and len(place) < 40) or (sign == "-" and mark[0][0] == " ")
            if fits:
                return mark.end()
    return None


def _printed(text: str) -> Iterator[_Printed]:
    """Each line that is not blank."""
    at, gap = 0, False
    for piece in text.splitlines(keepends=True):
        inner = piece.strip()
        if inner:
            indent = len(piece) - len(piece.lstrip())
            yield _Printed(at + indent, at + indent + len(inner), gap, indent)
        gap = not inner
        at += len(piece)


def _joined(text: str, found: list[_Printed]) -> Iterator[_Printed]:
    """Wrapped lines as one: each goes on in the next where that one's first word had no room in it."""
    width = _width(text, found)
    if not width:
        yield from found
        return
    held = above = found[0]
    for line in found[1:]:
        if _goes_on(text, above, line, width):
            held = held._replace(end=line.end)
        else:
            yield held
            held = line
        above = line
    yield held


def _width(text: str, found: list[_Printed]) -> int | None:
    """Where a program wrapped the lines: the longest that goes on in small letters in the next. None where none did."""
    if 20 * sum(line.end - line.start > MAX_WIDTH for line in found) > len(found):
        return None
    close = [(a, b) for a, b in pairwise(found) if not b.gap and 35 <= a.end - a.start <= MAX_WIDTH and text[a.end - 1] not in ENDS]
    cut = [a.end - a.start + a.indent for a, b in close if text[b.start].islower()]
    return max(cut) if len(cut) >= 3 and 10 * len(cut) >= 3 * len(close) else None


def _goes_on(text: str, above: _Printed, line: _Printed, width: int) -> bool:
    """Whether a line goes on with the paragraph of the one above it, in a text that was wrapped at `width`."""
    length, word = above.end - above.start + above.indent, text[line.start : line.start + 40].split()[0]
    if line.gap or line.indent > above.indent + 1 or length > MAX_WIDTH or word.lower() == "by":
        return False
    if "   " in text[above.start : above.end] or not _WORD.search(text, above.start, above.end):
        return False  # columns, or a rule of dashes
    return length + 1 + len(word) > width or (word[0].islower() and 5 * length > 3 * width and text[above.end - 1] not in ENDS)


def signs(found: list[Line]) -> list[list[str]]:
    """The signs of each line."""
    out = [_own(line) for line in found]
    shared, alike = _shared(found), _alike(found)
    prose = [i for i, s in enumerate(out) if "prose" in s]
    announced = [i for i, s in enumerate(out) if "announce" in s]
    words = [len(line.text[: 4 * SEEN].split()) for line in found]
    total, before = max(1, sum(words)), 0
    for i, s in enumerate(out):
        s.append(f"from start {min(i, 6)}")
        s.append(f"from end {min(len(out) - 1 - i, 4)}")
        s.append(f"read {8 * before // total}")
        s.append(f"prose before {_bucket(bisect_right(prose, i - 1), (0, 1, 3, 6))}")
        s.append(f"prose after {_bucket(len(prose) - bisect_right(prose, i), (0, 1, 3, 6))}")
        s.append(f"announced {min(2, bisect_right(announced, i))} of {min(2, len(announced))}")
        s.append(f"shares {shared[i]}")
        s.extend(alike[i])
        if found[i].gap:
            s.append("gap")
        if i + 1 < len(found) and found[i + 1].gap:
            s.append("gap after")
        before += words[i]
    return out


def _shared(found: list[Line]) -> list[str]:
    """How many of a line's names other long lines have too: captions and comments speak of the article's, links do not."""
    names = [set(_NAME.findall(line.text[: 2 * SEEN])) for line in found]
    count: dict[str, int] = {}
    for line, of_line in zip(found, names, strict=True):
        if len(line.text) > 120:
            for name in of_line:
                count[name] = count.get(name, 0) + 1
    out = []
    for line, of_line in zip(found, names, strict=True):
        here = 1 if len(line.text) > 120 else 0
        also = sum(count.get(name, 0) > here for name in of_line)
        out.append("no names" if not of_line else f"{min(2, also)} of {min(3, len(of_line))}")
    return out


def _alike(found: list[Line]) -> list[list[str]]:
    """How many other lines of a line's form there are, and how far: names, dates and buttons come again in a readers' part."""
    forms = [_form(line.text) for line in found]
    at: dict[str, list[int]] = {}
    for i, form in enumerate(forms):
        at.setdefault(form, []).append(i)
    out = []
    for i, form in enumerate(forms):
        places = at[form]
        if len(places) == 1:
            out.append(["like 0"])
            continue
        k = bisect_right(places, i) - 1
        above = _bucket(i - places[k - 1], (1, 2, 4, 8)) if k else 0
        below = _bucket(places[k + 1] - i, (1, 2, 4, 8)) if k + 1 < len(places) else 0
        out.append([f"like {_bucket(len(places) - 1, (1, 2, 4, 8))}", f"like above {above}", f"like below {below}"])
    return out


def _form(text: str) -> str:
    """A line's form: A for a word with a capital, a for one without, 0 for digits, each once for a run; of a long line, that it is long."""
    if len(text) > 80:
        return "very long" if len(text) > 160 else "long"
    return _RUN.sub(r"\1", _WORD.sub(lambda m: "A" if m[0][0].isupper() else "a", _DIGITS.sub("0", text)))


def _own(line: Line) -> list[str]:
    """What is seen of a line alone."""
    text = line.text if len(line.text) <= 2 * SEEN else line.text[:SEEN] + " " + line.text[-SEEN:]
    lower = text.lower()
    words = _WORD.findall(text)
    out = [name for name, pattern in classes().items() if pattern.search(lower)]
    out.append(f"words {_bucket(len(words), (0, 1, 2, 4, 7, 11, 16, 25, 40, 70))}")
    if len(words) >= 18 and text.rstrip("\"”’')»*_")[-1:] in ".!?…:":
        out.append("prose")
    out.append(f"ends {_kind(text[-1])}")
    out.append(f"begins {_kind(text[0])}")
    parts = _CRUMBS.split(text)
    if len(parts) > 1 and max(map(len, parts)) <= 30:
        out.append("crumbs")
    if "   " in text or "\t" in text:
        out.append("columns")
    out.append(line.part)
    out.append(f"indent {min(line.indent, 5)}")
    digits = sum(map(str.isdigit, text))
    out.append(f"digits {_bucket(digits * 20 // len(text), (0, 1, 3, 6))}")
    if words:
        out.append(f"capitals {_bucket(10 * sum(w[0].isupper() for w in words) // len(words), (1, 2, 4, 6, 8, 9))}")
        if all(w.isupper() for w in words):
            out.append("upper")
    sentences = len(re.findall(r"[.!?][\"”’)]? ", text[:SEEN]))
    out.append(f"sentences {min(3, sentences)}")
    return out


def _kind(character: str) -> str:
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return "digit" if character.isdigit() else character if character.isascii() or character in "“”‘’–—…·•" else "sign"


def _bucket(value: int, edges: tuple[int, ...]) -> int:
    return next((edge for edge in edges if value <= edge), 999)

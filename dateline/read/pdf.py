"""PDF by pypdfium2: the words of each page in reading order, columns one after the other, without running heads.

Scripts, forms and links in it are never run or followed. A date in a PDF's properties is that of the file, and not taken.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, BinaryIO

from dateline.limit import TooSlow, at_most
from dateline.read.decode import read_document
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.read.unreadable import MAX_REPORT, Unreadable
from dateline.records import Report

MAX_SECONDS = 60

# White between two columns, in points; spaces between words are 2 to 5.
GUTTER = 9.0

# A line that stands at the top or foot of so many pages, its numbers aside, is a running head.
RECURRING = 3
EDGE = 2  # lines from the top or foot that can be one

# Runs of text on a page; drawings made of letters have more, and no reading order.
MAX_RUNS = 5000

# A line that is farther below the last than this many line heights begins a paragraph.
PARAGRAPH = 1.6

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010\ufffe\x02]$")
_FILE_NAME = re.compile(r"^microsoft word|^untitled|\.(?:docx?|indd|qxd|pdf|rtf|odt|pages)\b", re.IGNORECASE)
_ADVICE = "Open it, and save its text as a .txt file."


@dataclass(frozen=True)
class Run:
    """Words that stand together, and their box: points from the left and from the foot of the page."""

    text: str
    left: float
    foot: float
    right: float
    top: float


def read_pdf(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of a document. Raises Unreadable: damaged, encrypted, or without text (scanned)."""
    import pypdfium2

    data = read_document(stream)
    try:
        with at_most(MAX_SECONDS):
            document = pypdfium2.PdfDocument(data)
            try:
                pages = list(_pages(document))
                title = " ".join((document.get_metadata_value("Title") or "").split())
            finally:
                document.close()
    except TooSlow:
        raise Unreadable(f"reading it took more than {MAX_SECONDS} seconds", _ADVICE) from None
    except (pypdfium2.PdfiumError, UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"not readable as PDF: {error}", "Copy or download it again; if it has a password, save it without.") from None
    paragraphs = _joined(_without_heads(pages))
    if not paragraphs:
        raise Unreadable("a PDF without text: its pages are pictures", "Run text recognition (OCR) on it first.")
    sure = title and not _FILE_NAME.search(title)
    yield None, new_report("\n\n".join(paragraphs), title=title if sure else None, found={"title": "pdf"} if sure else {})


def _pages(document: Any) -> Iterator[list[list[Run]]]:
    """The blocks of each page in reading order, each a list of lines."""
    held = 0
    for page in document:
        text = page.get_textpage()
        count = text.count_rects()
        if count > MAX_RUNS:
            raise Unreadable(f"a page with more than {MAX_RUNS:,} pieces of text", _ADVICE)
        runs = []
        for i in range(count):
            left, foot, right, top = text.get_rect(i)
            words = text.get_text_bounded(left, foot, right, top)
            if words.strip():
                runs.append(Run(" ".join(words.split()), left, foot, right, top))
        held += sum(len(r.text) for r in runs)
        text.close()
        page.close()
        yield [_lines(block) for block in blocks(runs)]
        if held > MAX_REPORT:
            raise Unreadable(
                f"the text has more than {MAX_REPORT:,} characters, the most a report has", "Split it into one file for each report."
            )


def blocks(runs: list[Run]) -> list[list[Run]]:
    """The blocks of a page in reading order: cut at the widest white that crosses it, down first where that parts columns (XY-cut)."""
    todo, out = [runs] if runs else [], []
    while todo:
        part = todo.pop()
        halves = _cut_columns(part) or _cut_rows(part)
        if halves:
            todo += reversed(halves)
        else:
            out.append(part)
    return out


def _cut_columns(runs: list[Run]) -> list[list[Run]] | None:
    """Left and right of the widest gutter that no run crosses, if there are lines enough on either side."""
    at, white = _widest([(r.left, r.right) for r in runs])
    if white < GUTTER:
        return None
    sides = [[r for r in runs if r.right <= at], [r for r in runs if r.right > at]]
    return sides if min(len(_lines(side)) for side in sides) > 2 else None


def _cut_rows(runs: list[Run]) -> list[list[Run]] | None:
    """Above and below the widest white, if that is more than lines have between them or a gutter begins there."""
    at, white = _widest([(r.foot, r.top) for r in runs])
    if white <= 0 or len(runs) < 2:
        return None
    halves = [[r for r in runs if r.foot >= at], [r for r in runs if r.foot < at]]
    height = statistics.median(r.top - r.foot for r in runs)
    return halves if white > 0.9 * height or any(map(_cut_columns, halves)) else None


def _widest(ranges: list[tuple[float, float]]) -> tuple[float, float]:
    """The widest gap between ranges: where it begins, and how wide it is."""
    at, white, end = 0.0, 0.0, None
    for low, high in sorted(ranges):
        if end is not None and low - end > white:
            at, white = end, low - end
        end = high if end is None else max(end, high)
    return at, white


def _lines(runs: list[Run]) -> list[Run]:
    """Runs joined to lines, from top to foot: those whose middles are at one height."""
    out: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: -(r.foot + r.top)):
        middle = (run.foot + run.top) / 2
        if out and out[-1][0].foot <= middle <= out[-1][0].top:
            out[-1].append(run)
        else:
            out.append([run])
    return [_line(sorted(line, key=lambda r: r.left)) for line in out]


def _line(runs: list[Run]) -> Run:
    text = " ".join(r.text for r in runs)
    return Run(text, runs[0].left, min(r.foot for r in runs), max(r.right for r in runs), max(r.top for r in runs))


def _without_heads(pages: list[list[list[Run]]]) -> list[list[Run]]:
    """The blocks of all pages, without lines that recur at the top or foot of pages, and page numbers."""
    edges: Counter[str] = Counter()
    marked = []
    for page in pages:
        order = sorted((line for block in page for line in block), key=lambda r: -r.top)
        edge = {*order[:EDGE], *order[-EDGE:]} if len(order) > 2 * EDGE else set()
        edges.update({_shape(line.text) for line in edge})
        marked.append(edge)
    running = {shape for shape, count in edges.items() if count >= RECURRING or not shape}
    return [
        kept
        for page, edge in zip(pages, marked, strict=True)
        for block in page
        if (kept := [line for line in block if line not in edge or _shape(line.text) not in running])
    ]


def _shape(text: str) -> str:
    """A line without the page's number, which stands at either end of it."""
    return text.casefold().strip("0123456789 -–—|/.")


def _joined(blocks: list[list[Run]]) -> list[str]:
    """Paragraphs of the blocks' lines. One that is cut by a column or a page goes on after it."""
    out: list[str] = []
    for block in blocks:
        begins = [True] + [_begins(above, line) for above, line in pairwise(block)]
        for line, new in zip(block, begins, strict=True):
            cut = out and new and line is block[0] and line.text[:1].islower() and out[-1][-1:] not in '.!?:”"'
            if out and (not new or cut):
                out[-1] = _hyphenated(out[-1], line.text)
            else:
                out.append(line.text)
    return out


def _begins(above: Run, line: Run) -> bool:
    height = max(above.top - above.foot, 1.0)
    other_size = not 0.8 < (line.top - line.foot) / height < 1.25
    return (above.foot - line.top) > (PARAGRAPH - 1) * height * 1.6 or (other_size and line.text[:1].isupper())


def _hyphenated(text: str, more: str) -> str:
    """Two lines as one; a word that was parted at the end of the first is whole again, but "Anglo-French" keeps its hyphen."""
    if _HYPHEN.search(text) and more[:1].isalpha():
        return text[:-1] + more if more[0].islower() else text + more
    return f"{text} {more}"

"""Pages as people paste them, with their sections coded by marks: `⟦kind⟧` (README.md)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from dateline.records import Section, SectionKind

MARK = re.compile(r"⟦([^⟦⟧\n]*)⟧")


class PageError(ValueError):
    """A page that is not coded as README.md says; the message names file and line."""


def read(path: Path) -> tuple[str, tuple[Section, ...]]:
    """The text without its marks, and its sections: they cover it, white space at their ends included. Raises PageError."""
    source = path.read_text(encoding="utf-8")
    marks = list(MARK.finditer(source))
    if not marks or marks[0].start():
        raise PageError(f"{path}:1: a page starts with a mark, such as ⟦headline⟧")
    text, out = "", []
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(source)], strict=True):
        kind, part = mark[1], source[mark.end() : end]
        line = source.count("\n", 0, mark.start()) + 1
        if kind not in get_args(SectionKind):
            raise PageError(f"{path}:{line}: {kind!r} is no section kind; one of {', '.join(get_args(SectionKind))}")
        if not part.strip():
            raise PageError(f"{path}:{line}: nothing stands after ⟦{kind}⟧")
        if "⟦" in part or "⟧" in part:
            raise PageError(f"{path}:{line}: a bracket without its other half")
        out.append(Section(kind=kind, start=len(text), end=len(text) + len(part)))  # type: ignore[arg-type]
        text += part
    return text, tuple(out)


def read_all(folder: Path) -> Iterator[tuple[str, str, tuple[Section, ...]]]:
    """(name, text, sections) of each page of a folder, in order of their names."""
    for path in sorted(folder.glob("*.txt")):
        yield path.stem, *read(path)


def main(paths: list[str]) -> int:
    """Check pages: print a line for each mistake."""
    bad = 0
    for path in paths:
        try:
            read(Path(path))
        except PageError as error:
            print(error, file=sys.stderr)
            bad += 1
    print(f"{len(paths) - bad} of {len(paths)} pages are sound")
    return bool(bad)

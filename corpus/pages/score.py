"""How well sections are told: `python -m corpus.pages.score [FOLDER]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import get_args

from corpus.pages import read_all
from dateline.records import Section, SectionKind

APART = Path(__file__).parent / "apart"

Scores = dict[str, dict[str, float]]  # kind → measure → value


def spans(text: str, sections: Sequence[Section]) -> list[tuple[str, int, int]]:
    """(kind, start, end) of each stretch of one kind, without the white space around it."""
    out: list[tuple[str, int, int]] = []
    for s in sections:
        part = text[s.start : s.end]
        if not part.strip():
            continue
        start, end = s.start + len(part) - len(part.lstrip()), s.start + len(part.rstrip())
        if out and out[-1][0] == s.kind:
            start, end = out.pop()[1], end
            out.append((s.kind, start, end))
        else:
            out.append((s.kind, start, end))
    return out


def score(pages: Iterable[tuple[str, str, tuple[Section, ...]]], tell: Callable[[str], Sequence[Section]]) -> Scores:
    """For each kind the F1 of spans (equal to the character) and of characters that are no white space."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for _, text, gold in pages:
        truth, told = spans(text, gold), spans(text, tell(text))
        for kind in get_args(SectionKind):
            a, b = ({s for s in side if s[0] == kind} for side in (told, truth))
            c, d = ({i for _, start, end in side for i in range(start, end) if not text[i].isspace()} for side in (a, b))
            for measure, common, x, y in (("span", len(a & b), len(a), len(b)), ("character", len(c & d), len(c), len(d))):
                counts[kind, measure, "right"] += common
                counts[kind, measure, "told"] += x
                counts[kind, measure, "gold"] += y
    out: Scores = {}
    for kind in get_args(SectionKind):
        out[kind] = {}
        for measure in ("span", "character"):
            right, told_, gold_ = (counts[kind, measure, what] for what in ("right", "told", "gold"))
            out[kind][measure] = 2 * right / (told_ + gold_) if told_ + gold_ else 1.0
        out[kind]["gold"] = counts[kind, "span", "gold"]
    return out


def main(folder: Path = APART) -> None:
    """Print a line for each kind."""
    from dateline.read.sections import sections

    for kind, values in score(read_all(folder), sections).items():
        print(f"{kind:12} span F1 {values['span']:.3f}   character F1 {values['character']:.3f}   {values['gold']:.0f} spans")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

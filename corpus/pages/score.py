"""How well sections are told: `python -m corpus.pages.score [FOLDER]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

from corpus.pages import read_all
from dateline.encode.model import Model
from dateline.extract.sections import tell
from dateline.read.reports import new_report
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


def _matched(a: Iterable[tuple[str, int, int]], b: Iterable[tuple[str, int, int]]) -> int:
    """How many spans of `a` have one of `b` of their own with Dice ≥ 0.5 in characters, the most alike matched first."""
    alike = [(2 * max(0, min(p[2], q[2]) - max(p[1], q[1])) / (p[2] - p[1] + q[2] - q[1]), p, q) for p in a for q in b]
    taken: set[tuple[int, tuple[str, int, int]]] = set()
    for dice, p, q in sorted(alike, reverse=True):
        if dice >= 0.5 and (0, p) not in taken and (1, q) not in taken:
            taken |= {(0, p), (1, q)}
    return len(taken) // 2


def score(pages: Iterable[tuple[str, str, Sequence[Section], Sequence[Section]]]) -> Scores:
    """For each kind the F1 of spans equal to the character, of spans matched one to one, and of characters that are no white space."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for _, text, gold, found in pages:
        truth, answer = spans(text, gold), spans(text, found)
        for kind in get_args(SectionKind):
            a, b = ({s for s in side if s[0] == kind} for side in (answer, truth))
            c, d = ({i for _, start, end in side for i in range(start, end) if not text[i].isspace()} for side in (a, b))
            for measure, common, x, y in (
                ("span", len(a & b), len(a), len(b)),
                ("overlap", _matched(a, b), len(a), len(b)),
                ("character", len(c & d), len(c), len(d)),
            ):
                counts[kind, measure, "right"] += common
                counts[kind, measure, "told"] += x
                counts[kind, measure, "gold"] += y
    out: Scores = {}
    for kind in get_args(SectionKind):
        out[kind] = {}
        for measure in ("span", "overlap", "character"):
            right, told_, gold_ = (counts[kind, measure, what] for what in ("right", "told", "gold"))
            out[kind][measure] = 2 * right / (told_ + gold_) if told_ + gold_ else 1.0
        out[kind]["gold"] = counts[kind, "span", "gold"]
    return out


def show(scores: Scores) -> None:
    """Print a line for each kind."""
    for kind, v in scores.items():
        figures = "   ".join(f"{measure} F1 {v[measure]:.3f}" for measure in ("span", "overlap", "character"))
        print(f"{kind:12} {figures}   {v['gold']:.0f} spans")


def told(pages: Iterable[tuple[str, str, tuple[Section, ...]]]) -> Iterable[tuple[str, str, tuple[Section, ...], tuple[Section, ...]]]:
    """Pages with the sections that Dateline tells: (name, text, gold, told)."""
    model = Model()
    for name, text, gold in pages:
        (encoding,) = model.encode([text])
        yield name, text, gold, tell(new_report(text), encoding, model.folder).sections


def main(folder: Path = APART) -> None:
    """Score Dateline on the pages of a folder."""
    show(score(told(read_all(folder))))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

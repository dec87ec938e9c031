"""Trains the section finder on corpus/pages/train: a linear-chain CRF over the features of lines (about a second).

    pip install sklearn-crfsuite
    python -m training.sections

Writes dateline/read/sections.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import sklearn_crfsuite

from corpus.pages import read_all
from dateline.read.lines import features, lines
from dateline.records import Section, SectionKind

ROOT = Path(__file__).parent.parent
OUT = ROOT / "dateline" / "read" / "sections.json"

# L1 keeps the table small; both chosen by five-fold cross-validation on corpus/pages/train.
C1, C2 = 0.05, 0.05


def labels(text: str, gold: tuple[Section, ...]) -> list[str]:
    """The kind of each line: of most of its characters."""
    out = []
    for line in lines(text):
        covered = dict.fromkeys(get_args(SectionKind), 0)
        for s in gold:
            covered[s.kind] += max(0, min(line.end, s.end) - max(line.start, s.start))
        out.append(max(covered, key=lambda k: covered[k]))
    return out


def variants(text: str, gold: tuple[Section, ...]) -> list[tuple[str, tuple[Section, ...]]]:
    """A page as it is, without blank lines, and without its headline or its beginning: what people paste begins anywhere."""
    out = [(text, gold)]
    for drop in ((), ("headline",), ("headline", "boilerplate", "dateline")):
        kept, parts = "", []
        opening = True
        for s in gold:
            opening = opening and s.kind in ("headline", "boilerplate", "dateline")
            if opening and s.kind in drop:
                continue
            piece = text[s.start : s.end]
            if not drop:
                piece = "\n".join(line for line in piece.split("\n") if line.strip()) + ("\n" if piece.endswith("\n") else "")
            parts.append(Section(kind=s.kind, start=len(kept), end=len(kept) + len(piece)))
            kept += piece
        if kept.strip() and kept != text:
            out.append((kept, tuple(parts)))
    return out


def fit(pages: list[tuple[str, tuple[Section, ...]]], c1: float = C1, c2: float = C2) -> sklearn_crfsuite.CRF:
    """A CRF of pages and their variants."""
    crf = sklearn_crfsuite.CRF(c1=c1, c2=c2, max_iterations=200, all_possible_transitions=True)
    cases = [v for text, gold in pages for v in variants(text, gold)]
    crf.fit([features(lines(t)) for t, _ in cases], [labels(t, g) for t, g in cases])
    return crf


def table(crf: sklearn_crfsuite.CRF) -> dict[str, object]:
    """The CRF's weights as the finder reads them."""
    kinds = list(get_args(SectionKind))
    weights: dict[str, list[float]] = {}
    for (feature, kind), weight in crf.state_features_.items():
        weights.setdefault(feature, [0.0] * len(kinds))[kinds.index(kind)] = round(weight, 3)
    follows = [[round(crf.transition_features_.get((a, b), 0.0), 3) for b in kinds] for a in kinds]
    return {"kinds": kinds, "follows": follows, "weights": dict(sorted(weights.items()))}


def main() -> None:
    pages = [(text, gold) for _, text, gold in read_all(ROOT / "corpus" / "pages" / "train")]
    out = table(fit(pages))
    rows = [f"{json.dumps(f)}: {json.dumps(w)}" for f, w in out["weights"].items()]  # type: ignore[union-attr, attr-defined]
    OUT.write_text(
        f'{{"kinds": {json.dumps(out["kinds"])},\n"follows": {json.dumps(out["follows"])},\n"weights": {{\n' + ",\n".join(rows) + "\n}}\n",
        encoding="utf-8",
    )
    print(f"{len(pages)} pages, {len(rows)} features")


if __name__ == "__main__":
    main()

"""Pages made of pages: what the section finder is trained on beside the pages as they are written."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from dateline.records import Section, SectionKind

Part = tuple[SectionKind, str]


@dataclass(frozen=True)
class Page:
    name: str
    text: str
    sections: tuple[Section, ...]


def parts_of(page: Page) -> list[Part]:
    return [(s.kind, page.text[s.start : s.end]) for s in page.sections]


def page_of(name: str, parts: list[Part]) -> Page:
    text, sections = "", []
    for kind, piece in parts:
        if piece:
            sections.append(Section(kind=kind, start=len(text), end=len(text) + len(piece)))
            text += piece
    return Page(name, text, tuple(sections))


def variant(page: Page, pages: list[Page], choose: random.Random) -> Page:
    """The page with some of its parts taken out, exchanged for those of others, or set otherwise: people paste from anywhere on."""
    parts = [(k, _ended(p, k)) for k, p in parts_of(page)]
    others = [parts_of(choose.choice(pages)) for _ in range(4)]
    if choose.random() < 0.6:
        parts = [_exchanged(part, choose.choice(others), choose) if choose.random() < 0.4 else part for part in parts]
    if choose.random() < 0.5:
        gone = choose.choice(["headline", "caption", "dateline", "boilerplate", "comment", "start"])
        kept = [p for i, p in enumerate(parts) if p[0] != gone and not (gone == "start" and i < choose.randrange(4))]
        parts = kept if any(k == "body" for k, _ in kept) else parts
    if choose.random() < 0.3:
        extra = [p for p in choose.choice(others) if p[0] in ("caption", "boilerplate", "comment")]
        if extra:
            kind, piece = choose.choice(extra)
            at = len(parts) if kind == "comment" else choose.randrange(len(parts) + 1)
            if not any(k == "comment" for k, _ in parts) or kind != "comment":
                parts.insert(at, (kind, _ended(piece, kind)))
    if choose.random() < 0.2:
        parts = [q for p in parts for q in (_divided(p, choose.choice(others), choose) if p[0] == "body" and len(p[1]) > 400 else [p])]
    how = choose.random()
    if how < 0.25:
        parts = [(k, re.sub(r"\n\s*\n", "\n", p)) for k, p in parts]
    elif how < 0.45:
        parts = [(k, re.sub(r"\n", "\n\n", re.sub(r"\n\s*\n", "\n", p))) for k, p in parts]
    made = page_of(page.name, parts)
    return made if made.text.strip() else page


def _ended(piece: str, kind: str) -> str:
    """A part that ends its line, so that another can follow it; a dateline runs on."""
    return piece if kind == "dateline" or piece.endswith("\n") else piece + "\n"


def _exchanged(part: Part, other: list[Part], choose: random.Random) -> Part:
    same = [p for p in other if p[0] == part[0]]
    return (part[0], _ended(choose.choice(same)[1], part[0])) if same else part


def _divided(body: Part, other: list[Part], choose: random.Random) -> list[Part]:
    """A body with a caption or a link of another page between two of its paragraphs."""
    ends = [m.end() for m in re.finditer(r"[.!?”\"]\n+", body[1])][:-1]
    put = [p for p in other if p[0] in ("caption", "boilerplate") and len(p[1]) < 400]
    if not ends or not put:
        return [body]
    at = choose.choice(ends)
    kind, piece = choose.choice(put)
    return [("body", body[1][:at]), (kind, piece.strip("\n") + choose.choice(["\n", "\n\n"])), ("body", body[1][at:])]

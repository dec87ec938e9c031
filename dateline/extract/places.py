"""Where an event happened, in the report's words: which of the places that it names. Coordinates are a later step's."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np

from dateline.encode.model import Encoding, Floats, shares
from dateline.extract.runs import OUTSIDE, Run, apart, likely
from dateline.extract.tellers import Told
from dateline.records import Place, Span

LEAST = 0.1  # probability from which a run of words names a site
LONGEST = 20  # words of a site


@dataclass(frozen=True)
class Site:
    """A run of words [first, end) that names a place where something happened."""

    first: int
    end: int


def sites(encoding: Encoding, told: Told, passage: Run) -> list[Site]:
    """The sites whose words begin in a passage, in order; none where the encoder has no head for them."""
    if "site" not in encoding.heads:
        return []
    odds = np.where(told[:, None], shares(encoding.heads["site"]), OUTSIDE)
    return [Site(*run) for run in sorted(apart(likely(odds, encoding.words.closes, LEAST, LONGEST, passage)))]


def by_event(found: list[Site], scores: Floats, encoding: Encoding, threshold: float) -> list[Span | None]:
    """The words of each event's likeliest site, where it scores `threshold` or more, by `scores` [events, sites], probabilities."""
    out: list[Span | None] = [None for _ in scores]
    for event, of_sites in enumerate(scores if found else ()):
        at = int(of_sites.argmax())
        if of_sites[at] >= threshold:
            out[event] = encoding.span(found[at].first, found[at].end)
    return out


def placed(where: Span, triggers: tuple[Span, ...], sentences: list[Span]) -> Place:
    """The place, as the report names it: stated where it stands in a sentence with one of the event's triggers, else inferred."""
    starts = [s.start for s in sentences]
    sentence = bisect.bisect_right(starts, where.start)
    stated = any(bisect.bisect_right(starts, t.start) == sentence for t in triggers)
    return Place(name=where.text, basis="stated" if stated else "inferred", span=where)

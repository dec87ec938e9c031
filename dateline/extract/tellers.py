"""Who tells: which words stand in a section that yields events, and of which section a place of the text is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dateline.encode.model import Encoding
from dateline.records import Report, SectionKind

NEWS = ("headline", "body")  # the sections in which the outlet itself tells

Told = NDArray[np.bool_]  # [words]: whether a word stands in a section that yields events


def told(report: Report, encoding: Encoding, kinds: tuple[SectionKind, ...]) -> Told:
    """Which words stand in a section that yields events (all, where no sections are known)."""
    if not report.sections:
        return np.ones(len(encoding.words), np.bool_)
    found = np.zeros(len(encoding.words), np.bool_)
    for section in report.sections:
        if section.kind in kinds:
            first, end = encoding.words.at(section.start, section.end)
            found[first:end] = True
    return found


def section_at(report: Report, at: int) -> SectionKind:
    """The kind of the section in which a character stands; `body` where none is known."""
    return next((s.kind for s in report.sections if s.start <= at < s.end), "body")

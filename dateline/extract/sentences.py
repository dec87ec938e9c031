"""Where sentences stand in a text, by Wikimedia's sentencex."""

from __future__ import annotations

import bisect

from dateline.records import Span, span_of


def sentences(text: str) -> list[Span]:
    """The text's sentences as spans, in order, without the white space around them."""
    import sentencex

    found, at = [], 0
    for piece in sentencex.segment("en", text):
        start, at = at, at + len(piece)
        inner = piece.strip()
        if inner:
            begin = start + piece.index(inner)
            found.append(span_of(text, begin, begin + len(inner)))
    return found


def holding(sentences: list[Span], spans: list[Span]) -> tuple[Span, ...]:
    """The sentences in which the spans start, each once, in order."""
    starts = [s.start for s in sentences]
    at = sorted({bisect.bisect_right(starts, span.start) - 1 for span in spans})
    return tuple(sentences[i] for i in at if i >= 0)

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


def passages(starts: list[int], sentences: list[Span], longest: int) -> list[tuple[int, int]]:
    """Ranges of words, each at most `longest`, that cover a text and part between sentences where they can.

    `starts` are the words' offsets. A text of up to `longest` words is one passage.
    """
    cuts = [0]
    opens = [bisect.bisect_left(starts, s.start) for s in sentences]
    while len(starts) - cuts[-1] > longest:
        last = bisect.bisect_right(opens, cuts[-1] + longest) - 1
        cuts.append(opens[last] if last >= 0 and opens[last] > cuts[-1] else cuts[-1] + longest)
    return list(zip(cuts, [*cuts[1:], len(starts)], strict=True))


def holding(sentences: list[Span], spans: list[Span]) -> tuple[Span, ...]:
    """The sentences in which the spans start, each once, in order."""
    starts = [s.start for s in sentences]
    at = sorted({bisect.bisect_right(starts, span.start) - 1 for span in spans})
    return tuple(sentences[i] for i in at if i >= 0)

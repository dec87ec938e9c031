"""Whether an event happened, is planned, demanded, denied …, and the words that say so."""

from __future__ import annotations

import numpy as np

from dateline.encode.model import Encoding
from dateline.extract.triggers import Trigger
from dateline.records import Span, Status

NEAR = 25  # words from a trigger within which its cue stands


def of_event(triggers: list[Trigger], encoding: Encoding, labels: list[Status]) -> tuple[Status, Span | None]:
    """An event's status by its triggers' scores, and its cue; None for a plain past. Without a cue of its own the trigger says it."""
    scores = np.stack([encoding.heads["status"][t.first : t.end].mean(0) for t in triggers]).mean(0)
    status = labels[int(scores.argmax())]
    if status == "occurred":
        return status, None
    cues = encoding.heads["cue"].argmax(-1)
    first = triggers[0]
    near = [i for i in range(max(0, first.first - NEAR), min(len(cues), first.end + NEAR)) if cues[i]]
    if not near:
        return status, encoding.span(first.first, first.end)
    at = min(near, key=lambda i: abs(i - first.first))
    start, end = at, at + 1
    while start > 0 and cues[start - 1]:
        start -= 1
    while end < len(cues) and cues[end]:
        end += 1
    return status, encoding.span(start, end)

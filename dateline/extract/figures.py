"""How many: the numbers that a report gives for the outcome of an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.encode.model import Encoding, Floats
from dateline.extract import numbers
from dateline.extract.tellers import Told
from dateline.records import Figure, FigureOf, span_of

BEFORE = 24  # characters before a number that may bound it ("no fewer than ")


@dataclass(frozen=True)
class Number:
    """A run of words [first, end) that counts `of`, read as a figure."""

    first: int
    end: int
    figure: Figure


def find(encoding: Encoding, labels: list[FigureOf], told: Told, passage: tuple[int, int]) -> list[Number]:
    """The figures of a passage, in order: runs of words of one label in which a number can be read."""
    tags = np.where(told, encoding.heads["figure"].argmax(-1), 0)
    found, w = [], encoding.words
    inside = np.arange(*passage)
    for run in np.split(inside, np.flatnonzero(np.diff(tags[inside])) + 1):
        if len(run) and tags[run[0]]:
            start, end = int(w.starts[run[0]]), int(w.ends[run[-1]])
            room = max(0, start - BEFORE)
            bounds = numbers.read(encoding.text[room:end], start - room)
            if bounds:
                span = span_of(encoding.text, min(start, room + bounds.start), end)
                of = labels[int(tags[run[0]])]
                found.append(Number(int(run[0]), int(run[-1]) + 1, Figure(of=of, low=bounds.low, high=bounds.high, span=span)))
    return found


def by_event(found: list[Number], scores: Floats, threshold: float) -> list[tuple[Figure, ...]]:
    """The figures of each event: a figure goes to the event that it scores best with, by `scores` [events, figures], probabilities."""
    out: list[list[Figure]] = [[] for _ in scores]
    for i, number in enumerate(found):
        event = int(scores[:, i].argmax())
        if scores[event, i] >= threshold:
            out[event].append(number.figure)
    return [tuple(figures) for figures in out]

"""The words that name events: which words, of which types, and which of them name the same happening."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Model
from dateline.encode.words import SHAPES
from dateline.extract.cluster import clusters
from dateline.extract.pairs import same
from dateline.extract.tellers import Told

PUNCTUATION = SHAPES.index("punctuation")


@dataclass(frozen=True)
class Trigger:
    """A run of words [first, end) that names an event of `type`; `logit` is the highest score of its words."""

    first: int
    end: int
    type: str
    logit: float


def find(encoding: Encoding, labels: list[str], codebook: Codebook, told: Told, least: float) -> list[Trigger]:
    """Every run of told words whose logits for a type of the codebook are at least `least`, in text order."""
    scores = encoding.heads[codebook.heads["type"]]
    usable = told & (encoding.words.shapes != PUNCTUATION)
    found = []
    for column, name in enumerate(labels):
        if name in codebook.types:
            hits = np.flatnonzero((scores[:, column] >= least) & usable)
            for run in np.split(hits, np.flatnonzero(np.diff(hits) > 1) + 1):
                if len(run):
                    found.append(Trigger(int(run[0]), int(run[-1]) + 1, name, float(scores[run, column].max())))
    return sorted(found, key=lambda t: (t.first, t.type))


def same_happenings(triggers: list[Trigger], encoding: Encoding, model: Model, threshold: float) -> list[list[Trigger]]:
    """Triggers grouped into events: those of one type that the encoder holds for mentions of the same happening."""
    groups: list[list[Trigger]] = []
    for kind in dict.fromkeys(t.type for t in triggers):
        some = [t for t in triggers if t.type == kind]
        groups += [[some[i] for i in group] for group in clusters(same(some, encoding, model, "same_event"), threshold)]
    return sorted(groups, key=lambda g: (g[0].first, g[0].type))

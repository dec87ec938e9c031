"""A passage before it is judged: its triggers by event, its mentions by participant, and how the encoder scores them in pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dateline.codebook import Codebook
from dateline.encode.model import Encoding, Floats, Model
from dateline.extract import confidence, participants, tellers
from dateline.extract.decisions import Decisions
from dateline.extract.pairs import scored
from dateline.extract.participants import Mention
from dateline.extract.runs import Run
from dateline.extract.sentences import passages
from dateline.extract.tellers import Told
from dateline.extract.triggers import Trigger, find, same_happenings
from dateline.records import Report, SectionKind, Span

# Words that are read as one whole: pairs are scored within a passage, so that a book costs no more a word than a report. Longer reports
# are few; in these, mentions on either side of a cut are not joined.
PASSAGE = 2000


@dataclass(frozen=True)
class Scene:
    """A passage [first word, end) with its triggers, grouped into events, its mentions, grouped into people, and their scores."""

    encoding: Encoding
    told: Told
    passage: Run
    triggers: list[Trigger]
    events: list[list[int]]  # rows of triggers
    sure: list[float]  # how probably each event is right
    mentions: list[Mention]
    people: list[list[int]]  # rows of mentions
    scores: Floats  # [roles, triggers, mentions], raw, in the order of the model's roles
    sentence: NDArray[np.int64]  # [words] the number of each word's sentence

    def group(self, event: int) -> list[Trigger]:
        """An event's triggers."""
        return [self.triggers[row] for row in self.events[event]]


def scenes(
    report: Report, encoding: Encoding, model: Model, codebook: Codebook, decisions: Decisions, sentences: list[Span]
) -> Iterator[Scene]:
    """The passages of a report that hold events, in order."""
    told = tellers.told(report, encoding, decisions.sections)
    triggers = find(encoding, model.card["heads"][codebook.heads["type"]], codebook, told, decisions.least)
    sentence = np.searchsorted([s.start for s in sentences], encoding.words.starts, "right")
    for passage in passages(encoding.words.starts.tolist(), sentences, PASSAGE) if triggers else ():
        here = [t for t in triggers if passage[0] <= t.first < passage[1]]
        if here:
            joined = same_happenings(here, encoding, model, decisions.same_event)
            groups = [group for j in joined for group in _by_teller(j, report, encoding)]
            subject = about(encoding, passage, model, codebook, decisions)
            sure = confidence.of_events(groups, encoding, decisions.mention, decisions.confidence, subject).tolist()
            row = {t: i for i, t in enumerate(here)}
            events = [[row[t] for t in group] for group in groups]
            found = participants.mentions(encoding, model.card["heads"]["kind"], told, passage)
            people = participants.one_and_the_same(found, encoding, model, decisions.same_people)
            scores = scored(here, found, encoding, model, model.card["roles"])
            yield Scene(encoding, told, passage, here, events, sure, found, people, scores, sentence)


def about(encoding: Encoding, passage: Run, model: Model, codebook: Codebook, decisions: Decisions) -> dict[str, float]:
    """What a passage is about: the logarithm of each type's share."""
    head = codebook.heads["type"]
    shares = confidence.about(encoding.heads[head][slice(*passage)], decisions.about)
    return dict(zip(model.card["heads"][head], shares.tolist(), strict=True))


def _by_teller(group: list[Trigger], report: Report, encoding: Encoding) -> list[list[Trigger]]:
    """Mentions of a happening, apart by who tells: the article, or a kind of section beside it. A reader's word is no report's."""
    apart: dict[SectionKind, list[Trigger]] = {}
    for trigger in group:
        kind = tellers.section_at(report, int(encoding.words.starts[trigger.first]))
        apart.setdefault("body" if kind in tellers.NEWS else kind, []).append(trigger)
    return list(apart.values())

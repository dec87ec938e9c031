"""The same events in other codebooks: the first row of a mapping that an event's whole reading fits.

The tables stand beside the codebook (`plover.acled.csv`, `plover.cameo.csv`): type, modes (one of them; none: any), conditions, code.
Words that conditions look for are a table too (`plover.words.csv`). ACLED's sub-event types are for what happened (no plans, no threats),
and so are CAMEO's codes here, where PLOVER's type and mode leave one: two digits, three where the mode fixes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dateline.codebook import Codebook
from dateline.records import Event, Participant

HAPPENED = ("occurred", "ongoing")
HURT = ("killed", "injured")
SEVERAL = 2
FORCE = ("COERCE", "ASSAULT")  # types of what stops a protest


@dataclass(frozen=True)
class Reading:
    """An event among the report's others, with the words that tell kinds of actors."""

    event: Event
    others: tuple[Event, ...]
    words: dict[str, tuple[str, ...]]

    def speaks_of(self, name: str, *roles: str) -> bool:
        """Whether a participant of one of these roles (all, if none is given) is called by a word of the list."""
        return any(self.called(name, p) for p in self.event.participants if not roles or p.role in roles)

    def called(self, name: str, who: Participant) -> bool:
        said = " ".join([who.span.text, *(m.text for m in who.mentions)]).lower()
        return any(word in said for word in self.words.get(name, ()))

    def has_words(self, name: str) -> bool:
        """Whether its triggers or participants hold a word of the list."""
        said = " ".join(t.text for t in self.event.triggers).lower()
        return self.speaks_of(name) or any(word in said for word in self.words.get(name, ()))

    def has_people(self, role: str) -> bool:
        return any(p.role == role and p.kind in ("person", "group") for p in self.event.participants)

    def fights(self, role: str) -> bool:
        return self.speaks_of("forces", role) or self.speaks_of("armed", role)

    def beside(self, *types: str) -> list[Event]:
        """Other events of these types that are told in one sentence with it, or of whose actor it has the recipient."""
        return [o for o in self.others if o.type in types and o.status in HAPPENED and (near(o, self.event) or met(o, self.event))]


def near(a: Event, b: Event) -> bool:
    """Whether they are told in one sentence."""
    return any(s.start == t.start for s in a.evidence for t in b.evidence)


def met(a: Event, b: Event) -> bool:
    """Whether one's recipient is the other's actor."""
    return any(p.span.start == q.span.start and {p.role, q.role} == {"actor", "recipient"} for p in a.participants for q in b.participants)


def hurt(event: Event) -> bool:
    return any(f.of in HURT and f.high != 0 for f in event.figures)


def stopped(r: Reading) -> bool:
    return any(Reading(o, (), r.words).speaks_of("forces", "actor") or o.mode == "crowd-control" for o in r.beside(*FORCE))


def several(r: Reading) -> bool:
    counted = [f.low for f in r.event.figures if f.of == "arrested"] + [p.count.low for p in r.event.participants if p.count]
    groups = any(p.role == "recipient" and p.kind == "group" for p in r.event.participants)
    return groups or max([n for n in counted if n is not None], default=0) >= SEVERAL


def sides(r: Reading) -> int:
    """Its organised actors."""
    return sum(p.role == "actor" and p.kind in ("group", "organisation", "state") for p in r.event.participants)


CONDITIONS: dict[str, Callable[[Reading], bool]] = {
    "stopped by force": stopped,
    "people badly hurt": lambda r: hurt(r.event) or any(hurt(o) for o in r.beside(*FORCE)),
    "at a protest": lambda r: bool(r.beside("PROTEST")),
    "not at a protest": lambda r: not r.beside("PROTEST"),
    "by forces": lambda r: r.speaks_of("forces", "actor"),
    "by a crowd": lambda r: r.speaks_of("crowd", "actor"),
    "two armed sides": lambda r: r.fights("actor") and r.fights("recipient"),
    "nobody hurt": lambda r: not hurt(r.event) and not r.has_people("recipient"),
    "several": several,
    "two sides": lambda r: sides(r) > 1,
}
WORDS = "words of "


def unknown(codebook: Codebook) -> list[str]:
    """The conditions of the codebook's mappings that are not known here, and the lists of words that it lacks."""
    named = {condition for rules in codebook.mappings.values() for rule in rules for condition in rule.when}
    known = CONDITIONS.keys() | {WORDS + name for name in codebook.words}
    return sorted(named - known)


def coded(events: tuple[Event, ...], codebook: Codebook) -> tuple[Event, ...]:
    """The events with their codes in the codebook's mappings, where one fits."""
    if not codebook.mappings:
        return events
    return tuple(replace(e, codes=_codes(Reading(e, tuple(o for o in events if o is not e), codebook.words), codebook)) for e in events)


def _codes(reading: Reading, codebook: Codebook) -> dict[str, str]:
    if reading.event.status not in HAPPENED:
        return {}
    found = {}
    for system, rules in codebook.mappings.items():
        for rule in rules:
            if rule.type == reading.event.type and _has_mode(reading.event, rule.modes) and all(_holds(reading, c) for c in rule.when):
                found[system] = rule.code
                break
    return found


def _has_mode(event: Event, modes: tuple[str, ...]) -> bool:
    return not modes or event.mode in modes


def _holds(reading: Reading, condition: str) -> bool:
    if condition.startswith(WORDS):
        return reading.has_words(condition.removeprefix(WORDS))
    return CONDITIONS[condition](reading)

"""`python -m training.data`: gold corpora → training examples, one shape for all, in training/build/examples.jsonl.

An example is a text with what its corpus says, and nothing of what it leaves open:
- `triggers`: [start, end, {type: [modes]} or null where the type is not known, status or null]
- `unsure`: [start, end] stretches where the corpus does not tell whether an event of ours stands
- `complete`: whether everywhere else there is none
- `spans`: [start, end, kind or null] of participants; `spans_complete` likewise
  (`site`: words for a place where an event happened, which need not take part; `figure`: a number)
- `links`: [trigger's number, span's number, relation]; `links_complete`: whether all of them, of all triggers with all spans;
  `arguments_complete`: whether no other noun phrase of the text takes part in these events
- `far`: [trigger's number, span's number] of participants that a mention closer to the trigger links to it: neither right nor wrong
- `figures`: [start, end, of]
- `cues`: [start, end] of words that say an event's status
- `same_events`, `same_people`: groups of trigger or span numbers
- `story`: {type, mode} of a text whose events are not marked
- `muc4`: {templates, types, fillers: [start, end, role, types], roles} of a text whose templates are known: how many, their types, who
  fills their slots, and the role of each of `same_people`
A text of `news` says nothing at all: a run learns there what its teacher says (`training.distil`).
Corpora and what they may be used for: ../shared/corpora/README.md.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus import form, standoff
from dateline import codebook as codebooks
from dateline.extract.sentences import sentences
from dateline.records import CodedReport, Span, span_of

ROOT = Path(__file__).parent
CORPORA = ROOT.parent.parent / "shared" / "corpora"
OWN = ROOT.parent / "corpus" / "train"
BUILD = ROOT / "build"
SYNTAX = BUILD / "syntax.npz"  # what a parser says of the examples (`training.syntax`)

Example = dict[str, Any]

# Corpus → the folds whose texts are read as news; fold 0 of what is divided into folds is for measuring.
NEWS = {"lgl": (1, 2, 3, 4), "ecbplus": (1, 2, 3, 4), "polnear.train": (0, 1, 2)}
OPENING = 1500  # characters

ARTICLE = re.compile(r"(?:(?:the|a|an)\s+)?", re.IGNORECASE)  # the coder may quote it with the word that names the event

# RAMS type, by its longest matching prefix → (type, mode); "?": it depends on the text; anything else is no event of ours.
RAMS: dict[str, tuple[str, str | None]] = {
    "conflict.attack": ("ASSAULT", None),
    "conflict.attack.bombing": ("ASSAULT", "explosives"),
    "conflict.attack.airstrikemissilestrike": ("ASSAULT", "aerial"),
    "conflict.attack.firearmattack": ("ASSAULT", "firearms"),
    "conflict.attack.stabbing": ("ASSAULT", "primitive"),
    "conflict.attack.setfire": ("ASSAULT", "destroy"),
    "conflict.attack.biologicalchemicalpoisonattack": ("ASSAULT", "unconventional"),
    "conflict.attack.stealrobhijack": ("?", None),
    "conflict.demonstrate": ("PROTEST", "demo"),
    "conflict.yield": ("RETREAT", None),
    "life.die.deathcausedbyviolentevents": ("ASSAULT", None),
    "life.injure.injurycausedbyviolentevents": ("ASSAULT", None),
    "life.die": ("?", None),
    "life.injure": ("?", None),
    "contact.discussion": ("CONSULT", None),
    "contact.discussion.correspondence": ("CONSULT", "phone"),
    "contact.negotiate": ("CONSULT", None),
    "contact.threatencoerce": ("THREATEN", None),
    "contact.requestadvise": ("REQUEST", None),
    "contact.commandorder": ("REQUEST", None),
    "contact.commitmentpromise": ("?", None),
    "contact.collaborate": ("?", None),
    "contact.prevarication": ("?", None),
    "contact.mediastatement": ("?", None),
    "contact.publicstatement": ("?", None),
    "transaction.transaction.embargosanction": ("SANCTION", "discontinue"),
    "transaction.transferownership.embargosanction": ("SANCTION", "discontinue"),
    "transaction.transfermoney.embargosanction": ("SANCTION", "discontinue"),
    "transaction.transaction.giftgrantprovideaid": ("AID", None),
    "transaction.transferownership.giftgrantprovideaid": ("AID", None),
    "transaction.transfermoney.giftgrantprovideaid": ("AID", None),
    "personnel.endposition.quitretire": ("RETREAT", "resign"),
    "personnel.endposition": ("?", None),
    "justice.arrestjaildetain": ("COERCE", "arrest"),
    "justice.judicialconsequences.convict": ("SANCTION", "convict"),
    "justice.judicialconsequences.execute": ("ASSAULT", "targeted"),
    "justice.judicialconsequences": ("?", None),
    "justice.initiatejudicialprocess.chargeindict": ("ACCUSE", "allege"),
    "justice.initiatejudicialprocess": ("?", None),
    "justice.investigate": ("ACCUSE", "investigate"),
    "movement.transportperson.prevent": ("?", None),
    "movement.transportperson.grantentryasylum": ("AID", None),
    "movement.transportperson.evacuationrescue": ("?", None),
    "movement.transportperson.disperse": ("?", None),
    "artifactexistence.damagedestroy": ("?", None),
    "government.spy": ("?", None),
    "government.agreements.violate": ("?", None),
    "government.agreements": ("AGREE", None),
    "government.vote.violations": ("?", None),
    "inspection.sensoryobserve": ("?", None),
}
RAMS_ROLES = {
    "actor": "attacker killer injurer jailer communicator participant demonstrator giver damager destroyer damagerdestroyer "
    "preventer prosecutor judgecourt investigator executioner yielder retreater surrenderer granter violator",
    "recipient": "victim detainee defendant recipient beneficiary",
    "target": "target artifact",
    "instrument": "instrument",
    "place": "place",
}

GENEVA: dict[str, tuple[str, str | None]] = {
    "Attack": ("ASSAULT", None),
    "Hostile_encounter": ("ASSAULT", None),
    "Killing": ("ASSAULT", None),
    "Bodily_harm": ("ASSAULT", None),
    "Arrest": ("COERCE", "arrest"),
    "Protest": ("PROTEST", None),
    "Ratification": ("SUPPORT", None),
    "Criminal_investigation": ("ACCUSE", "investigate"),
} | dict.fromkeys(
    [
        "Terrorism",
        "Destroying",
        "Damaging",
        "Conquering",
        "Revenge",
        "Death",
        "Defending",
        "Bearing_arms",
        "Use_firearm",
        "Sign_agreement",
        "Request",
        "Assistance",
        "Supporting",
        "Judgment_communication",
        "Agree_or_refuse_to_act",
        "Commitment",
        "Collaboration",
        "Quarreling",
        "Supply",
        "Change_of_leadership",
        "Control",
        "Theft",
        "GetReady",
        "Departing",
        "Confronting_problem",
        "Committing_crime",
        "Preventing_or_letting",
        "Hindering",
        "Legality",
        "Response",
        "Resolve_problem",
        "Recovering",
        "Removing",
        "Reveal_secret",
        "Scrutiny",
        "Come_together",
        "Social_event",
        "Communication",
        "Exchange",
        "Giving",
        "Sending",
    ],
    ("?", None),
)
GENEVA_ROLES = {
    "actor": "Agent Assailant Killer Authorities Protagonist Actor Side_1 Side_2 Sides Ratifier Investigator Arguer",
    "recipient": "Victim Suspect Addressee",
    "instrument": "Weapon Instrument",
    "place": "Place Location",
}
MUC4_ROLES = ("PerpInd", "PerpOrg", "Target", "Victim", "Weapon")
LONGEST_SOURCE = 8  # words of a claimant that are read as a mention: longer ones carry relative clauses and appositions


def by_role(table: dict[str, str]) -> dict[str, str]:
    return {name: role for role, names in table.items() for name in names.split()}


def mapped(name: str, table: dict[str, tuple[str, str | None]]) -> tuple[str, str | None] | None:
    """The entry of the longest key that `name` starts with."""
    keys = [k for k in table if name.startswith(k)]
    return table[max(keys, key=len)] if keys else None


def rows(name: str) -> Iterator[Any]:
    with open(CORPORA / f"{name}.jsonl", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fold(key: str) -> int:
    """The fold of 5 that a corpus row stands in (../shared/corpora/README.md)."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 5


def kept_fold(source: str, k: int | None) -> int | None:
    """The fold of a source that is kept from an encoder where fold `k` of our reports is: the stories' fold 0 is for measuring."""
    return 1 if source == "stories" and k == 0 else k


def example(id: str, source: str, text: str, key: str | None = None, **known: Any) -> Example:
    """An example; `key` tells its fold, where its id does not."""
    empty: Example = {k: [] for k in ("triggers", "unsure", "spans", "links", "far", "figures", "cues", "same_events", "same_people")}
    flags = {"complete": False, "spans_complete": False, "links_complete": False, "arguments_complete": False, "story": None, "muc4": None}
    return {"id": id, "source": source, "text": text, "fold": fold(key or id)} | empty | flags | known


def rams() -> Iterator[Example]:
    """Five-sentence windows with one event marked: other words stay unsure."""
    roles = by_role(RAMS_ROLES)
    for row in rows("rams.dev"):
        tokens = [t for s in row["sentences"] for t in s]
        starts, text = joined(tokens)
        triggers, unsure, spans, links = [], [], [], []
        for first, last, ((kind, _), *_) in row["evt_triggers"]:
            target = mapped(kind, RAMS)
            if target and target[0] == "?":
                unsure.append(stretch(starts, tokens, first, last))
            else:
                known = {target[0]: [target[1]] if target[1] else None} if target else {}
                triggers.append([*stretch(starts, tokens, first, last), known, None])
        for _, (first, last), name in row["gold_evt_links"]:
            role = roles.get(name[11:])
            if role and triggers and triggers[0][2]:
                spans.append([*stretch(starts, tokens, first, last), "site" if role == "place" else None])
                links.append([0, len(spans) - 1, role])
        known = {"triggers": triggers, "unsure": unsure, "spans": spans, "links": links}
        yield example(row["doc_key"], "rams", text, **known, arguments_complete=True)


def joined(tokens: list[str]) -> tuple[list[int], str]:
    """Tokens as running text (no space before closing punctuation), with each token's start."""
    starts, text = [], ""
    for token in tokens:
        if text and token not in {",", ".", ":", ";", "?", "!", ")", "'s", "’s", "n't", "%"} and not text.endswith("("):
            text += " "
        starts.append(len(text))
        text += token
    return starts, text


def stretch(starts: list[int], tokens: list[str], first: int, last: int) -> list[int]:
    """The characters of tokens `first` to `last`, that one included."""
    return [starts[first], starts[last] + len(tokens[last])]


def geneva() -> Iterator[Example]:
    """Single sentences, all events marked."""
    roles = by_role(GENEVA_ROLES)
    for row in rows("geneva"):
        tokens = row["tokens"]
        starts, text = joined(tokens)
        entities = {e["id"]: e for e in row["entity_mentions"]}
        triggers, unsure, spans, links = [], [], [], []
        for event in row["event_mentions"]:
            target = GENEVA.get(event["event_type"])
            if not target:
                continue
            where = stretch(starts, tokens, event["trigger"]["start"], event["trigger"]["end"] - 1)
            if target[0] == "?":
                unsure.append(where)
                continue
            triggers.append([*where, {target[0]: [target[1]] if target[1] else None}, None])
            for argument in event["arguments"]:
                role, entity = roles.get(argument["role"]), entities.get(argument["entity_id"])
                if role and entity:
                    span = [*stretch(starts, tokens, entity["start"], entity["end"] - 1), "site" if role == "place" else None]
                    if span not in spans:
                        spans.append(span)
                    links.append([len(triggers) - 1, spans.index(span), role])
        known = {"triggers": triggers, "unsure": unsure, "spans": spans, "links": links}
        yield example(row["id"], "geneva", text, **known, complete=True, arguments_complete=True)


def stories() -> Iterator[Example]:
    """NGEC's stories: one type (and mode) a text, no words marked. Fold 0 is kept for measuring."""
    modes = {k: set(t.modes) for k, t in codebooks.load().types.items()}
    now = {
        "primative": "primitive",
        "sieze": "seize",
        "ban": "restrict",
        "assassinate": "targeted",
        "execute": "targeted",
        "massacre": "targeted",
    }
    for n, row in enumerate(rows("plover-synthetic")):
        if fold(row["title"]) == 0:
            continue
        mode = (row["mode"] or "").lower()
        mode = now.get(mode, mode)
        story = {"type": row["type"], "mode": mode if mode in modes[row["type"]] else None}
        yield example(f"{row['id']}-{n}", "stories", row["text"], row["title"], story=story)


def muc4() -> Iterator[Example]:
    """Reports of MUC-4 with the fillers of their templates, each at all its places: the keys give the first of each string."""
    for row in rows("muc4.train"):
        text, fillers, people, roles = row["text"], [], [], []
        spans: list[list[Any]] = []
        for template in row["templates"]:
            of = template["incident_type"].split(" / ")
            for role in MUC4_ROLES:
                for entity in template[role]:
                    places = sorted({place for said, _ in entity for place in occurrences(said, text)})
                    fillers += [[a, b, role, of] for a, b in places]
                    numbers = []
                    for a, b in places:
                        span = [a, b, None]
                        if span not in spans:
                            spans.append(span)
                        numbers.append(spans.index(span))
                    people.append(numbers)
                    roles.append(role)
        types = sorted({t for template in row["templates"] for t in template["incident_type"].split(" / ")})
        known = {"templates": len(row["templates"]), "types": types, "fillers": fillers, "roles": roles}
        yield example(row["id"], "muc4", text, spans=spans, same_people=people, muc4=known)


def occurrences(said: str, text: str) -> list[tuple[int, int]]:
    """The places where words stand in a text, as whole words."""
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(said)}(?!\w)", text)]


def news() -> Iterator[Example]:
    """News texts of which nothing is known here but, in PolNeAR, who is said to have said something."""
    for corpus, folds in NEWS.items():
        for row in rows(corpus):
            if fold(str(row.get("topic", row["id"]))) in folds:
                text = row["text"]
                claimants = [a["source"][0] for a in row.get("attributions", ()) if len(a.get("source") or ()) == 1]
                spans = [[a, b, None] for a, b in claimants if len(text[a:b].split()) <= LONGEST_SOURCE]
                yield example(f"{corpus} {row['id']}", "news", text, spans=spans)


def own() -> Iterator[Example]:
    """Our own reports, coded in full."""
    for path in sorted(OWN.glob("*.txt")):
        yield from_coded(form.read(path), "own")


def opening(text: str) -> str:
    """What we coded of a news text."""
    return text if len(text) <= OPENING else text[: text.rfind(" ", 0, OPENING)]


def recoded() -> Iterator[CodedReport]:
    """Texts of RAMS and news, or their openings, that we coded in full (`corpus.standoff`)."""
    made = [*rams(), *news(), *(e | {"text": opening(e["text"])} for e in news())]
    return standoff.read((e["id"], as_form(e["text"])) for e in made)


def as_form(text: str) -> str:
    """A text as a form holds it (`corpus.form`)."""
    return text.rstrip().replace("`", "'")


def from_coded(coded: CodedReport, source: str) -> Example:
    """A coded report as an example: what it does not say is not there."""
    at_trigger: dict[tuple[int, int], int] = {}
    at_span: dict[tuple[int, int, str | None], int] = {}
    triggers: list[list[Any]] = []
    spans: list[list[Any]] = []
    links, far, figures, cues, same_events = [], [], [], [], []
    opens = [s.start for s in sentences(coded.report.text)]
    people: dict[tuple[int, int], set[int]] = {}

    def span_number(span: Span, kind: str | None) -> int:
        apart = kind if kind in ("figure", "site") else None  # the same words may also be a participant
        number = at_span.setdefault((span.start, span.end, apart), len(spans))
        if number == len(spans):
            spans.append([span.start, span.end, kind])
        return number

    for event in coded.events:
        if event.section in ("comment", "caption", "boilerplate"):
            continue
        group = []
        for t in event.triggers:
            start = t.start + len(ARTICLE.match(t.text).group())  # type: ignore[union-attr]
            n = at_trigger.setdefault((start, t.end), len(triggers))
            if n == len(triggers):
                triggers.append([start, t.end, {}, event.status])
            triggers[n][2][event.type] = list(event.modes)
            group.append(n)
        same_events.append(group)
        for p in event.participants:
            mentions = [span_number(m, p.kind) for m in (p.span, *p.mentions)]
            people.setdefault((p.span.start, p.span.end), set()).update(mentions)
            for n in group:
                near = closest(triggers[n][0], {k: spans[k][0] for k in mentions}, opens)
                links += [[n, k, p.role] for k in near]
                far += [[n, k] for k in dict.fromkeys(mentions) if k not in near]
        if event.place and event.place.span:
            here = [span_number(span_of(coded.report.text, a, b), "site") for a, b in occurrences(event.place.span.text, coded.report.text)]
            for n in group:
                near = closest(triggers[n][0], {k: spans[k][0] for k in here}, opens)
                links += [[n, k, "place"] for k in near]
                far += [[n, k] for k in here if k not in near]
        for f in event.figures:
            figures.append([f.span.start, f.span.end, f.of])
            links += [[n, span_number(f.span, "figure"), "figure"] for n in group]
        if event.status_cue:
            cues.append([event.status_cue.start, event.status_cue.end])
    return example(
        coded.report.id,
        source,
        coded.report.text,
        triggers=triggers,
        unsure=[[s.start, s.end] for s in coded.report.sections if s.kind not in ("body", "headline", "dateline")],
        spans=spans,
        links=links,
        far=far,
        figures=figures,
        cues=cues,
        same_events=same_events,
        same_people=[sorted(p) for p in people.values()],
        complete=True,
        spans_complete=True,
        links_complete=True,
    )


def closest(trigger: int, mentions: dict[int, int], opens: list[int]) -> list[int]:
    """Of a participant's mentions (number → start) those in the trigger's sentence, else the closest one; `opens`: sentences' starts."""
    here = bisect.bisect_right(opens, trigger)
    inside = [k for k, at in mentions.items() if bisect.bisect_right(opens, at) == here]
    return inside or [min(mentions, key=lambda k: abs(mentions[k] - trigger))]


def main() -> None:
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "examples.jsonl", "w", encoding="utf-8") as out:
        again = list(recoded())
        known = {coded.report.text for coded in again}
        rest = lambda made: (e for e in made if not known & {as_form(e["text"]), as_form(opening(e["text"]))})  # noqa: E731
        full = (from_coded(coded, "recoded") | {"id": f"{coded.report.id}, coded"} for coded in again)
        made = {"own": own(), "recoded": full, "rams": rest(rams()), "geneva": geneva(), "stories": stories(), "muc4": muc4()}
        made["news"] = rest(news())
        for source, some in made.items():
            examples = list(some)
            triggers, links = (sum(len(e[key]) for e in examples) for key in ("triggers", "links"))
            print(f"{source}: {len(examples)} texts, {triggers} triggers, {links} links")
            out.writelines(json.dumps(e, ensure_ascii=False) + "\n" for e in examples)


if __name__ == "__main__":
    main()

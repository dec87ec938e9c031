"""The same event in other codebooks, by its whole reading; and the codebook's own examples, coded by the engine."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import form, paths
from dateline import codebook as codebooks
from dateline.extract.codes import coded, unknown
from dateline.pipeline import code
from dateline.records import CodedReport, Event, Figure, Participant, Report, Span, digest, span_of

TABLES = Path(codebooks.__file__).parent / "codebooks"
PLOVER = codebooks.load()
SUB_EVENTS = {
    *("Armed clash", "Government regains territory", "Non-state actor overtakes territory", "Chemical weapon", "Air/drone strike"),
    *("Suicide bomb", "Shelling/artillery/missile attack", "Remote explosive/landmine/IED", "Grenade", "Sexual violence", "Attack"),
    *("Abduction/forced disappearance", "Peaceful protest", "Protest with intervention", "Excessive force against protesters"),
    *("Violent demonstration", "Mob violence", "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use"),
    *("Headquarters or base established", "Looting/property destruction", "Non-violent transfer of territory", "Other"),
}


def span(text: str, words: str) -> Span:
    return span_of(text, text.index(words), text.index(words) + len(words))


def event(text: str, kind: str, mode: str | None, trigger: str, *who: tuple[str, str], sentence: int = 0, **known: object) -> Event:
    people = tuple(Participant(role=r, span=span(text, w), mentions=(span(text, w),), kind="group") for r, w in who)
    evidence = (span(text, text.split(". ")[sentence]),)
    return Event(
        id=f"{kind}-{trigger}",
        incident=kind,
        type=kind,
        quad="",
        trigger=span(text, trigger),  # type: ignore[arg-type]
        triggers=(span(text, trigger),),
        modes=(mode,) if mode else (),
        mode=mode,
        participants=people,
        evidence=evidence,
        confidence=0.9,
        **known,  # type: ignore[arg-type]
    )


MARCH = "Some 300 nurses marched and police fired tear gas at the nurses. Later the crowd beat a thief."


def acled(*events: Event) -> list[str | None]:
    return [e.codes.get("acled") for e in coded(events, PLOVER)]


def test_a_march_is_peaceful_until_force_stops_it() -> None:
    march = event(MARCH, "PROTEST", "demo", "marched", ("actor", "Some 300 nurses"))
    gas = event(MARCH, "ASSAULT", "crowd-control", "fired", ("actor", "police"), ("recipient", "the nurses"))
    assert acled(march) == ["Peaceful protest"]
    assert acled(march, gas) == ["Protest with intervention"] * 2
    dead = replace(gas, figures=(Figure(of="killed", low=2, high=2, span=span(MARCH, "300")),))
    assert acled(march, dead) == ["Excessive force against protesters"] * 2
    beaten = event(MARCH, "ASSAULT", "beat", "beat", ("actor", "the crowd"), ("recipient", "a thief"), sentence=1)
    assert acled(march, gas, beaten)[2] == "Mob violence"


def test_what_did_not_happen_has_no_code() -> None:
    planned = event(MARCH, "PROTEST", "demo", "marched", ("actor", "Some 300 nurses"), status="planned")
    assert coded((planned,), PLOVER)[0].codes == {}


def test_cameo_has_three_digits_where_the_mode_fixes_them() -> None:
    march = event(MARCH, "PROTEST", "demo", "marched", ("actor", "Some 300 nurses"))
    assert [e.codes["cameo"] for e in coded((march, replace(march, mode=None, modes=())), PLOVER)] == ["141", "14"]


def test_the_mappings_name_what_there_is() -> None:
    assert unknown(PLOVER) == []
    for system, rules in PLOVER.mappings.items():
        for rule in rules:
            assert set(rule.modes) <= set(PLOVER.types[rule.type].modes), rule
            assert rule.code in SUB_EVENTS if system == "acled" else rule.code.isdecimal(), rule


def test_coders_and_the_mapping_agree() -> None:
    """On the coders' own events of corpus/dev (0.83 of 123 when it was written), so that only the mapping is measured."""
    right = []
    for gold in map(form.read, paths("dev")):
        again = coded(tuple(replace(e, codes={}) for e in gold.events), PLOVER)
        right += [a.codes.get("acled") == g.codes["acled"] for a, g in zip(again, gold.events, strict=True) if "acled" in g.codes]
    assert len(right) > 100
    assert sum(right) / len(right) >= 0.8, sum(right) / len(right)


def test_a_condition_that_is_not_known_is_named() -> None:
    strange = replace(
        PLOVER, words={}, mappings={"acled": (replace(PLOVER.mappings["acled"][0], when=("by moonlight", "words of peace")),)}
    )
    assert unknown(strange) == ["by moonlight", "words of peace"]


@pytest.fixture(scope="module")
def examples() -> list[tuple[dict[str, str], set[str]]]:
    """The codebook's examples and near misses, with the types of the events that the engine finds in each."""
    with open(TABLES / "plover.examples.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    reports = [Report(id=str(n), text=row["text"], sha256=digest(row["text"])) for n, row in enumerate(rows)]
    found = [c for c in code(reports, workers=1) if isinstance(c, CodedReport)]
    return [(row, {e.type for e in c.events}) for row, c in zip(rows, found, strict=True)]


def test_every_type_has_examples_and_near_misses() -> None:
    with open(TABLES / "plover.examples.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name, kind in PLOVER.types.items():
        of_type = [row for row in rows if row["type"] == name]
        assert sum(row["fits"] == "yes" for row in of_type) >= 3
        assert sum(row["fits"] == "no" for row in of_type) >= 2
        assert all(not row["mode"] or row["mode"] in kind.modes for row in of_type)


def test_no_fewer_examples_are_coded_as_what_they_are(examples: list[tuple[dict[str, str], set[str]]]) -> None:
    """A floor of what is reached, to be raised: single sentences are hard for an encoder that learned from whole reports."""
    fit = [(row, found) for row, found in examples if row["fits"] == "yes"]
    missed = [row["text"] for row, found in fit if row["type"] not in found]
    assert len(missed) <= 0.65 * len(fit), missed


def test_most_near_misses_are_not(examples: list[tuple[dict[str, str], set[str]]]) -> None:
    near = [(row, found) for row, found in examples if row["fits"] == "no"]
    taken = [row["text"] for row, found in near if row["type"] in found]
    assert len(taken) <= 0.1 * len(near), taken

"""What the encoder is taught: coded reports and corpora as training examples (no torch and no corpus is needed here)."""

import itertools
import random
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from corpus import form
from corpus.pages import read_all
from dateline.encode import words
from dateline.encode.model import WEIGHTS
from training import data, incidents, pages

FORM = """outlet: The Courier
---
Some 200 farmers blocked the ring road. They left after the blockade. Police plan to arrest nine.
===
event PROTEST obstruct
  trigger `blocked` `the blockade`
  actor `Some 200 farmers` `They` kind=group sector=AGR
event COERCE arrest
  trigger `arrest`
  status planned `plan to`
  recipient `nine` kind=group
  figure arrested 9..9 `nine`
"""
PLACES = """outlet: The Courier
---
Lyon saw a march. In Lyon nine were held.
===
event PROTEST demo
  trigger `march`
event COERCE arrest
  trigger `held`
  recipient `nine` kind=group
  place `In [Lyon]` city FRA 45.76,4.84
"""


def test_a_coded_report_is_an_example(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(FORM)
    e = data.from_coded(form.read(tmp_path / "one.txt"), "own")
    words = [e["text"][a:b] for a, b, *_ in e["triggers"]]
    assert words == ["blocked", "blockade", "arrest"], "articles name no event"
    assert e["triggers"][0][2] == {"PROTEST": ["obstruct"]}
    assert e["triggers"][2][3] == "planned"
    spans = [e["text"][a:b] for a, b, _ in e["spans"]]
    linked = {(words[t], spans[s], relation) for t, s, relation in e["links"]}
    assert linked == {
        ("blocked", "Some 200 farmers", "actor"),
        ("blockade", "They", "actor"),
        ("arrest", "nine", "recipient"),
        ("arrest", "nine", "figure"),
    }
    assert [(words[t], spans[s]) for t, s in e["far"]] == [("blocked", "They"), ("blockade", "Some 200 farmers")], (
        "a closer mention links them"
    )
    assert e["same_events"] == [[0, 1], [2]]
    assert [e["text"][a:b] for a, b in e["cues"]] == ["plan to"]
    assert e["complete"] and e["spans_complete"] and e["links_complete"]  # noqa: PT018


def test_a_place_is_linked_where_it_stands_closest(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(PLACES)
    e = data.from_coded(form.read(tmp_path / "one.txt"), "own")
    sites = {n: a for n, (a, _, kind) in enumerate(e["spans"]) if kind == "site"}
    assert sorted(sites.values()) == [0, 21], "all its places in the text"
    assert [(e["triggers"][t][0], sites[s]) for t, s, relation in e["links"] if relation == "place"] == [(36, 21)]
    assert [(e["triggers"][t][0], sites[s]) for t, s in e["far"]] == [(36, 0)], "neither right nor wrong"


def test_words_stand_where_they_are_whole() -> None:
    assert data.occurrences("bomb", "a bomb, a bombing, car-bomb") == [(2, 6), (23, 27)]


def test_the_longest_prefix_says_what_a_corpus_type_is() -> None:
    assert data.mapped("conflict.attack.bombing", data.RAMS) == ("ASSAULT", "explosives")
    assert data.mapped("conflict.attack.n/a", data.RAMS) == ("ASSAULT", None)
    assert data.mapped("life.die.nonviolentdeath", data.RAMS) == ("?", None)
    assert data.mapped("manufacture.artifact.build", data.RAMS) is None


def test_every_mapped_type_and_mode_is_in_the_codebook() -> None:
    from dateline import codebook

    types = codebook.load().types
    for kind, mode in [*data.RAMS.values(), *data.GENEVA.values()]:
        assert kind == "?" or (kind in types and (mode is None or mode in types[kind].modes))


def test_tokens_are_joined_where_their_starts_say() -> None:
    tokens = ["Police", "(", "in", "Lyon", ")", "held", "nine", ",", "he", "said", "."]
    starts, text = data.joined(tokens)
    assert text == "Police (in Lyon) held nine, he said."
    assert all(text[s : s + len(t)] == t for s, t in zip(starts, tokens, strict=True))
    assert text[slice(*data.stretch(starts, tokens, 3, 5))] == "Lyon) held"


def test_a_variant_of_a_page_is_a_coded_page() -> None:
    found = [pages.Page(*p) for p in read_all(Path(__file__).parent.parent / "corpus" / "pages" / "train")][:20]
    choose = random.Random(1)
    made = [pages.variant(page, found, choose) for page in found * 5]
    assert len({m.text for m in made}) > 50
    for page in made:
        assert page.sections[0].start == 0
        assert page.sections[-1].end == len(page.text)
        assert all(a.end == b.start for a, b in itertools.pairwise(page.sections))
        assert page.text.strip()


def muc4_example(text: str, templates: int) -> data.Example:
    spans = [[*data.occurrences(said, text)[0], None] for said in ("rebels", "the mayor", "he")]
    known = {"templates": templates, "types": ["attack"], "fillers": [], "roles": ["PerpInd", "Victim"]}
    return data.example("one", "muc4", text, spans=spans, same_people=[[0], [1, 2]], muc4=known)


def test_a_report_with_one_template_says_who_takes_part_in_what_earlier_models_hold_for_it() -> None:
    text = "rebels shot the mayor near a bridge. witnesses said that he died. the attack was the third."
    (w,) = words.split([text], Tokenizer.from_file(str(WEIGHTS / "tokenizer.json")))
    assault = np.full(len(w), -5.0)
    assault[[w.at(text.index(said), text.index(said) + len(said))[0] for said in ("shot", "attack")]] = 3.0
    e = incidents.with_parts(muc4_example(text, 1), w, assault)
    assert [(text[a:b], kinds) for a, b, kinds, _ in e["triggers"]] == [("shot", None), ("attack", None)]
    linked = {(t, text[slice(*e["spans"][k][:2])], role) for t, k, role in e["links"]}
    assert linked == {(0, "rebels", "actor"), (0, "the mayor", "recipient"), (1, "rebels", "actor"), (1, "he", "recipient")}
    assert e["far"] == [[0, 2], [1, 1]]
    assert e["arguments_complete"], "other noun phrases take no part"
    assert not incidents.with_parts(muc4_example(text, 2), w, assault)["triggers"], "of two incidents the words tell neither"
    assert not incidents.with_parts(muc4_example(text, 1), w, assault - 9)["arguments_complete"]

"""Examples as windows: what the encoder reads at a time, with its labels by word, and how an epoch's batches are drawn from them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from tokenizers import Tokenizer

from dateline.encode import words as W
from dateline.extract.sentences import sentences
from dateline.records import digest
from training import incidents
from training.data import BUILD, ROOT, SYNTAX, Example
from training.model import FIGURES, KINDS, STATUSES

TOKENIZER = ROOT.parent / "dateline" / "weights" / "tokenizer.json"
PIECES = 3072  # word pieces a batch
STORY_PIECES = 144  # a story's lead names its event; the rest drifts
CODED = ("own", "recoded")  # the sources that are coded in full
EXCERPTS, LONGEST_EXCERPT = 8, 3  # of each of these reports; sentences


@dataclass
class Window:
    """One window of an example with its labels by word, unknown ones -100 (softmax) or weight 0 (sigmoid)."""

    key: str  # which pieces of which example
    source: str
    pieces: np.ndarray
    shapes: np.ndarray
    first: np.ndarray
    types: np.ndarray  # [words, types]
    types_known: np.ndarray  # [words]
    modes: np.ndarray
    modes_known: np.ndarray  # [words, modes]
    status: np.ndarray
    span: np.ndarray
    kind: np.ndarray
    figure: np.ndarray
    cue: np.ndarray
    site: np.ndarray
    phrase: np.ndarray
    dependency: np.ndarray
    fillers: np.ndarray | None  # [words, roles of MUC-4] 0 O, 1 B, 2 I
    filler_types: np.ndarray | None  # [words, types of MUC-4], -100 where the word fills no slot
    triggers: list[tuple[int, int]]  # (first word, number in the example)
    spans: list[tuple[int, int, int]]  # (first word, end word, number in the example)
    others: list[tuple[int, int]]  # (first word, end word) of noun phrases that take no part in the events
    example: Example


class Teller(Protocol):
    """Who says of each word of a text how probably it tells of an act of force (`training.distil`): [words] logits."""

    def force(self, example: Example, w: W.Words) -> np.ndarray: ...


def make_windows(example: Example, w: W.Words, names: dict[str, list[str]], syntax: np.ndarray) -> list[Window]:
    """An example's windows with their labels. `syntax` is the parser's [words, 4] (`training.syntax`)."""
    n = len(w)
    type_at, mode_at = ({name: i for i, name in enumerate(names[h])} for h in ("type", "mode"))
    types, modes = np.zeros((n, len(type_at)), np.float32), np.zeros((n, len(mode_at)), np.float32)
    known, modes_known = np.full(n, float(example["complete"]), np.float32), np.zeros((n, len(mode_at)), np.float32)
    status = np.full(n, -100)
    span = np.full(n, 0 if example["spans_complete"] else -100)
    kind = np.full(n, -100)
    figure = np.full(n, 0 if example["spans_complete"] else -100)
    cue, site = figure.copy(), figure.copy()
    dependency, phrase = syntax[:, 0].astype(np.int64), syntax[:, 1].astype(np.int64)
    if not example["spans_complete"]:
        span[syntax[:, 2] == 1] = 0
    for start, end in example["unsure"]:
        a, b = w.at(start, end)
        known[a:b], span[a:b], figure[a:b], cue[a:b], site[a:b] = 0, -100, -100, -100, -100
    for start, end, kinds, state in example["triggers"]:
        if kinds is None:
            continue
        a, b = w.at(start, end)
        known[a:b] = 1
        for k, said in kinds.items():
            types[a:b, type_at[k]] = 1
            if said is not None:
                for name, i in mode_at.items():
                    if name.startswith(k + "/"):
                        modes_known[a:b, i] = 1
                        modes[a:b, i] = name.split("/")[1] in said
        if state:
            status[a:b] = STATUSES.index(state)
    spans = [w.at(s[0], s[1]) for s in example["spans"]]
    if not example["spans_complete"]:
        spans = [whole(a, b, phrase) for a, b in spans]
        for _, b in spans:
            if b < n:
                span[b], site[b] = 0, 0
    labelled = [(a, b, of) for (a, b), (_, _, of) in zip(spans, example["spans"], strict=True)]
    for a, b, of in sorted(labelled, key=lambda s: s[0] - s[1]):  # inner spans overwrite outer ones
        if of == "site":
            site[a:b], site[a : a + 1] = 2, 1
        elif of != "figure":
            span[a:b], span[a : a + 1] = 2, 1
            if of:
                kind[a:b] = KINDS.index(of)
    for start, end, of in example["figures"]:
        a, b = w.at(start, end)
        figure[a:b] = FIGURES.index(of)
    for start, end in example["cues"]:
        a, b = w.at(start, end)
        cue[a:b] = 1
    triggers = [w.at(t[0], t[1]) for t in example["triggers"]]
    fillers, filler_types = muc4_labels(example["muc4"], w, names) if example["muc4"] else (None, None)
    others = strangers(w, spans, example["text"], phrase, syntax[:, 3] == 1) if example["arguments_complete"] else []

    out = []
    ranges = [(example["source"], lo, hi) for lo, hi in W.windows(len(w.pieces))]
    if example["source"] in CODED:
        ranges += [("excerpts", lo, hi) for lo, hi in excerpts(example, w)]
    for source, lo, hi in ranges:
        if example["story"]:
            hi = min(hi, STORY_PIECES)
        a, b = inside(w, lo, hi)
        if a == b:
            continue
        out.append(
            Window(
                key(example, lo, hi),
                source,
                np.concatenate([[101], w.pieces[lo:hi], [102]]),
                np.concatenate([[0], w.shapes[w.word_of[lo:hi]], [0]]),
                w.first[a:b] - lo + 1,
                types[a:b],
                known[a:b],
                modes[a:b],
                modes_known[a:b],
                status[a:b],
                span[a:b],
                kind[a:b],
                figure[a:b],
                cue[a:b],
                site[a:b],
                phrase[a:b],
                dependency[a:b],
                fillers[a:b] if fillers is not None else None,
                filler_types[a:b] if filler_types is not None else None,
                [(s - a, i) for i, (s, e) in enumerate(triggers) if a <= s < e <= b],
                [(s - a, e - a, i) for i, (s, e) in enumerate(spans) if a <= s < e <= b],
                [(s - a, e - a) for s, e in others if a <= s < e <= b],
                example,
            )
        )
        if example["story"]:
            break
    return out


def inside(w: W.Words, lo: int, hi: int) -> tuple[int, int]:
    """The words [first, end) whose pieces all stand in a range of pieces."""
    ends = np.append(w.first[1:], len(w.pieces))
    found = np.flatnonzero((w.first >= lo) & (ends <= hi))
    return (int(found[0]), int(found[-1]) + 1) if len(found) else (0, 0)


def key(example: Example, lo: int, hi: int) -> str:
    """A name for a range of pieces of a text, which changes with the text."""
    return f"{example['id']} {digest(example['text'])[:8]} {lo} {hi}"


def excerpts(example: Example, w: W.Words) -> list[tuple[int, int]]:
    """Ranges of pieces of a few sentences of the example: a short text is read otherwise than a whole report, and must be learned too."""
    opens = [w.at(s.start, s.end)[0] for s in sentences(example["text"])]
    draw = random.Random(example["id"])
    found = []
    for first in draw.sample(range(len(opens)), min(EXCERPTS, len(opens))):
        last = min(first + draw.randint(1, LONGEST_EXCERPT), len(opens))
        end = int(w.first[opens[last]]) if last < len(opens) else len(w.pieces)
        if int(w.first[opens[first]]) < end <= int(w.first[opens[first]]) + W.WINDOW - 2:
            found.append((int(w.first[opens[first]]), end))
    return found


def whole(a: int, b: int, phrase: np.ndarray) -> tuple[int, int]:
    """A span with the words before it in its noun phrase, where it ends the phrase: corpora mark "government" in "the government"."""
    if a < b and phrase[b - 1] > 0 and (b == len(phrase) or phrase[b] != 2):
        while a > 0 and phrase[a] == 2:
            a -= 1
    return a, b


def strangers(w: W.Words, spans: list[tuple[int, int]], text: str, phrase: np.ndarray, pronoun: np.ndarray) -> list[tuple[int, int]]:
    """The noun phrases [first, end) that take no part in a text's events: no pronouns, and without a telling word of a span."""
    said = lambda a, b: {x for x in text[w.starts[a] : w.ends[b - 1]].lower().split() if len(x) > 3}  # noqa: E731
    taken = set().union(*(said(a, b) for a, b in spans if b > a))
    found = []
    for a in np.flatnonzero(phrase == 1).tolist():
        b = a + 1
        while b < len(phrase) and phrase[b] == 2:
            b += 1
        if not pronoun[a:b].all() and all(b <= s or e <= a for s, e in spans) and not said(a, b) & taken:
            found.append((a, b))
    return found


def muc4_labels(known: dict[str, Any], w: W.Words, names: dict[str, list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """For each word its tag in each role, and the types of the templates whose slots it fills."""
    roles = [name.removesuffix("/O") for name in names["muc4_role"] if name.endswith("/O")]
    tags, types = np.zeros((len(w), len(roles)), np.int64), np.full((len(w), len(names["muc4_type"])), -100, np.float32)
    for start, end, role, of in sorted(known["fillers"], key=lambda f: f[0] - f[1]):
        a, b = w.at(start, end)
        tags[a:b, roles.index(role)], tags[a : a + 1, roles.index(role)] = 2, 1
        types[a:b] = np.maximum(types[a:b], 0)
        types[a:b, [names["muc4_type"].index(t) for t in of]] = 1
    return tags, types


def batches(windows: list[Window], shares: dict[str, float], rng: random.Random) -> Iterator[list[Window]]:
    """An epoch's batches: windows drawn by their source's share, of like length together, in random order."""
    drawn: list[Window] = []
    for window in windows:
        share = shares[window.source]
        drawn += [window] * (int(share) + (rng.random() < share % 1))
    made = list(alike(drawn, rng))
    rng.shuffle(made)
    yield from made


def alike(windows: list[Window], rng: random.Random | None = None) -> Iterator[list[Window]]:
    """Windows in batches of like length, somewhat mixed by `rng`."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda x: len(x.pieces) + (rng.uniform(-20, 20) if rng else 0)):
        if batch and (len(batch) + 1) * max(len(x.pieces) for x in [*batch, window]) > PIECES:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def load_windows(names: dict[str, list[str]], keep: Any, teller: Teller | None = None) -> list[Window]:
    """The windows of the examples to `keep`; with a `teller`, MUC-4's reports say too who takes part in what (`training.incidents`)."""
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    with open(BUILD / "examples.jsonl", encoding="utf-8") as lines:
        examples = [e for e in map(json.loads, lines) if keep(e)]
    split = W.split([e["text"] for e in examples], tokenizer)
    if not SYNTAX.exists():
        raise SystemExit(f"{SYNTAX} is missing: run training.syntax first")
    syntax = dict(np.load(SYNTAX))
    if any(len(syntax.get(e["id"], ())) != len(w) for e, w in zip(examples, split, strict=True)):
        raise SystemExit(f"{SYNTAX} is of other texts than {BUILD / 'examples.jsonl'}: run training.syntax again")
    out: list[Window] = []
    for e, w in zip(examples, split, strict=True):
        if e["muc4"] and teller:
            e = incidents.with_parts(e, w, teller.force(e, w))
        out += make_windows(e, w, names, syntax[e["id"]])
    return out

"""`python -m training.train RUN [--epochs N] [--seed N] [--without SOURCE …] [--hold-out K]`: fine-tune the encoder.

A check-point is written after each epoch to training/build/RUN/; the same command goes on from the last one.
The run's settings, seed and losses stand in training/build/RUN/run.json.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from dateline.encode import words as W
from dateline.extract.sentences import sentences
from training.data import BUILD, ROOT, SYNTAX, Example, fold
from training.model import FIGURES, KINDS, RELATIONS, ROLES, STATUSES, Encoder, heads
from training.teach import HEADS as TAUGHT_HEADS
from training.teach import TAUGHT

TOKENIZER = ROOT.parent / "dateline" / "weights" / "tokenizer.json"
PIECES = 3072  # word pieces a batch
STORY_PIECES = 144  # a story's lead names its event; the rest drifts
SHARE = {
    "own": 3.0,
    "excerpts": 0.8,
    "rams": 2.0,
    "geneva": 0.3,
    "stories": 0.3,
    "muc4": 1.0,
    "news": 0.5,
}  # how often an example is drawn in an epoch
POLISH = {"own": 2.0, "excerpts": 1.0, "rams": 2.0, "geneva": 0.3, "stories": 0.3, "muc4": 1.0, "news": 0.5}  # the same with --start
POLISH_RATE = 0.25  # of the rates; constant, and the weights averaged (Izmailov et al. 2018, "Averaging weights leads to wider optima")
RATE, HEAD_RATE, PAIR_RATE, WARM_UP, DECAY = 2e-4, 1e-3, 3e-3, 0.1, 0.01
# What a head's loss weighs.
SCALE = {"type": 20.0, "mode": 6.0, "status": 0.5, "span": 2.0, "kind": 0.3, "figure": 1.0, "cue": 0.5, "site": 1.0}
SCALE |= {"phrase": 0.5, "dependency": 0.5}
MUC4_ROLE_WEIGHT, MUC4_TYPE_WEIGHT = 3.0, 0.5
PAIR_WEIGHT = 8.0
EXCERPTS, LONGEST_EXCERPT = 8, 3  # of each of our own reports; sentences
STRAY = 12  # stray spans a window
STRAY_PHRASES = 8  # noun phrases a window that are known to take no part in its events
LOWER = 0.1  # share of windows read without shapes, since headlines and old wire copy have no usable case


@dataclass
class Window:
    """One window of an example with its labels by word, unknown ones -100 (softmax) or weight 0 (sigmoid)."""

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
    taught: np.ndarray | None  # [words, outputs] the teachers' logits
    fillers: np.ndarray | None  # [words, roles of MUC-4] 0 O, 1 B, 2 I
    filler_types: np.ndarray | None  # [words, types of MUC-4], -100 where the word fills no slot
    triggers: list[tuple[int, int]]  # (first word, number in the example)
    spans: list[tuple[int, int, int]]  # (first word, end word, number in the example)
    others: list[tuple[int, int]]  # (first word, end word) of noun phrases that take no part in the events
    example: Example


def make_windows(example: Example, w: W.Words, names: dict[str, list[str]], taught: np.ndarray | None, syntax: np.ndarray) -> list[Window]:
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
    ends = np.append(w.first[1:], len(w.pieces))
    ranges = [(example["source"], lo, hi) for lo, hi in W.windows(len(w.pieces))]
    if example["source"] == "own":
        ranges += [("excerpts", lo, hi) for lo, hi in excerpts(example, w)]
    for source, lo, hi in ranges:
        if example["story"]:
            hi = min(hi, STORY_PIECES)
        inside = np.flatnonzero((w.first >= lo) & (ends <= hi))
        if not len(inside):
            continue
        a, b = int(inside[0]), int(inside[-1]) + 1
        out.append(
            Window(
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
                taught[a:b] if taught is not None else None,
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
    drawn.sort(key=lambda x: len(x.pieces) + rng.uniform(-20, 20))
    made, batch = [], []
    for window in drawn:
        if batch and (len(batch) + 1) * max(len(x.pieces) for x in [*batch, window]) > PIECES:
            made.append(batch)
            batch = []
        batch.append(window)
    made.append(batch)
    rng.shuffle(made)
    yield from made


def run_encoder(model: Encoder, batch: list[Window], rng: random.Random | None) -> list[dict[str, Tensor]]:
    """Each window's heads by word."""
    longest = max(len(x.pieces) for x in batch)
    pieces, shapes, mask = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    for i, x in enumerate(batch):
        pieces[i, : len(x.pieces)] = torch.from_numpy(x.pieces)
        lower = rng is not None and rng.random() < LOWER
        shapes[i, : len(x.shapes)] = torch.from_numpy(
            np.where(np.isin(x.shapes, (2, 3, 4, 10, 11, 12)), 1, x.shapes) if lower else x.shapes
        )
        mask[i, : len(x.pieces)] = 1
    with torch.autocast("cpu", torch.bfloat16):
        rows = model(pieces, shapes, mask)
    return [model.part(rows[i, torch.from_numpy(x.first)].float()) for i, x in enumerate(batch)]


def losses(model: Encoder, batch: list[Window], parts: list[dict[str, Tensor]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """The batch's losses by head, each a mean over what is known."""
    cat = lambda key: torch.from_numpy(np.concatenate([getattr(x, key) for x in marked]))  # noqa: E731
    out: dict[str, Tensor] = {}
    marked = [x for x in batch if not x.example["story"]]
    if marked:
        heads_of = [p for x, p in zip(batch, parts, strict=True) if not x.example["story"]]
        got = {h: torch.cat([p[h] for p in heads_of]) for h in SCALE}
        types, known = cat("types"), cat("types_known")
        loss = F.binary_cross_entropy_with_logits(got["type"], types, reduction="none", pos_weight=torch.tensor(2.0)).sum(-1)
        out["type"] = SCALE["type"] * (loss * known).sum() / max(known.sum(), 200)
        modes_known = cat("modes_known")
        if modes_known.any():
            loss = F.binary_cross_entropy_with_logits(got["mode"], cat("modes"), reduction="none")
            out["mode"] = SCALE["mode"] * (loss * modes_known).sum() / max(modes_known.sum(), 1)
        for head, weight in (
            ("status", torch.tensor([0.5] + [1.5] * 6)),
            ("span", None),
            ("kind", None),
            ("figure", torch.tensor([0.5] + [2.0] * 7)),
            ("cue", torch.tensor([0.5, 2.0])),
            ("site", None),
        ):
            want = cat(head)
            if (want >= 0).any():
                out[head] = SCALE[head] * F.cross_entropy(got[head], want, weight=weight, ignore_index=-100)
        linked = [relation_losses(model, x, p) for x, p in zip(marked, heads_of, strict=True)]
        for key in ("link", "same"):
            some = torch.cat([torch.zeros(0), *(pair[key] for pair in linked if key in pair)])
            if len(some):  # a window may have no pair that is known
                out[key] = some.mean() * PAIR_WEIGHT
    for head in ("phrase", "dependency"):
        said = torch.from_numpy(np.concatenate([getattr(x, head) for x in batch]))
        out[head] = SCALE[head] * F.cross_entropy(torch.cat([p[head] for p in parts]), said, ignore_index=-100)
    out |= muc4_losses([(x, p) for x, p in zip(batch, parts, strict=True) if x.fillers is not None], names)
    out |= taught_losses([(x, p) for x, p in zip(batch, parts, strict=True) if x.taught is not None], names)
    out |= story_losses([(x, p) for x, p in zip(batch, parts, strict=True) if x.example["story"]], names)
    return out


def taught_losses(pupils: list[tuple[Window, dict[str, Tensor]]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """How far what is said of words that a corpus is silent on is from what the teachers say, summed over the heads by their weights."""
    if not pupils:
        return {}
    got = {h: torch.cat([p[h] for _, p in pupils]) for h in TAUGHT_HEADS}
    rows = torch.from_numpy(np.concatenate([x.taught for x, _ in pupils if x.taught is not None])).float()
    want = dict(zip(TAUGHT_HEADS, rows.split([len(names[h]) for h in TAUGHT_HEADS], -1), strict=True))
    label = lambda key: torch.from_numpy(np.concatenate([getattr(x, key) for x, _ in pupils]))  # noqa: E731
    types = want["type"].sigmoid()
    of_mode = [names["type"].index(name.split("/")[0]) for name in names["mode"]]
    unknown = 1 - label("types_known")
    event = unknown * types.max(-1).values

    def mean(loss: Tensor, weight: Tensor) -> Tensor:
        return (loss * weight).sum() / weight.sum().clamp(min=10)

    apart = lambda h: F.cross_entropy(got[h], want[h].softmax(-1), reduction="none")  # noqa: E731
    total = SCALE["type"] * mean(F.binary_cross_entropy_with_logits(got["type"], types, reduction="none").sum(-1), unknown)
    modes = F.binary_cross_entropy_with_logits(got["mode"], want["mode"].sigmoid(), reduction="none") * types[:, of_mode]
    total = total + SCALE["mode"] * mean(modes.sum(-1), unknown)
    for head, weight in (("status", event), ("figure", 1.0), ("cue", 1.0)):
        total = total + SCALE[head] * mean(apart(head), (label(head) < 0) * weight)
    return {"taught": total}


def muc4_losses(reports: list[tuple[Window, dict[str, Tensor]]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """Losses of MUC-4's slots by word and of its incident types: by filler, and of the report, whose most telling word says it."""
    if not reports:
        return {}
    unsure = F.binary_cross_entropy_with_logits
    roles, of_fillers, of_reports = [], [], []
    for x, p in reports:
        tags, types = torch.from_numpy(x.fillers), torch.from_numpy(x.filler_types)
        weight = torch.tensor([1.0, 2.0, 2.0])
        roles.append(
            F.cross_entropy(p["muc4_role"].reshape(-1, 3), tags.view(-1), weight=weight, reduction="none").view(tags.shape).sum(-1)
        )
        fills = types[:, 0] >= 0
        of_fillers.append(unsure(p["muc4_type"][fills], types[fills], reduction="none").sum(-1))
        here = (types == 1).any(0)
        known = here | torch.tensor([name not in x.example["muc4"]["types"] for name in names["muc4_type"]])
        of_reports.append((unsure(p["muc4_type"].max(0).values, here.float(), reduction="none") * known).sum())
    by_filler = torch.cat(of_fillers)
    out = {"muc4_role": MUC4_ROLE_WEIGHT * torch.cat(roles).mean(), "muc4_type": MUC4_TYPE_WEIGHT * torch.stack(of_reports).mean()}
    return out | ({"muc4_filler": MUC4_TYPE_WEIGHT * by_filler.mean()} if len(by_filler) else {})


def story_losses(tales: list[tuple[Window, dict[str, Tensor]]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """Losses of texts whose type is known but not its words: the type is read from the most telling word, and the mode there."""
    out: dict[str, list[Tensor]] = {"story": [], "story_mode": []}
    for x, p in tales:
        story, best = x.example["story"], p["type"].max(0)
        kind = names["type"].index(story["type"])
        out["story"].append(F.cross_entropy(best.values[None], torch.tensor([kind])) + 0.3 * F.softplus(-best.values[kind]))
        of_type = [i for i, name in enumerate(names["mode"]) if name.startswith(story["type"] + "/")]
        if story["mode"] and of_type:
            want = [names["mode"][i] for i in of_type].index(f"{story['type']}/{story['mode']}")
            out["story_mode"].append(0.3 * F.cross_entropy(p["mode"][best.indices[kind], of_type][None], torch.tensor([want])))
    return {name: torch.stack(losses).mean() for name, losses in out.items() if losses}


def relation_losses(model: Encoder, x: Window, p: dict[str, Tensor]) -> dict[str, Tensor]:
    """Losses of the pairs that the window's example knows: trigger with span, trigger with trigger, span with span."""
    out = {"link": link_losses(model, x, p)} if x.triggers and (x.spans or x.others) else {}
    trigger_row, span_row = rows_of(x)
    same = []
    if x.triggers and x.example["links_complete"]:
        at = torch.tensor([t for t, _ in x.triggers])
        same.append(pairs(model, p, at, at + 1, trigger_row, x.example["same_events"], "same_event"))
    if x.spans and (x.example["links_complete"] or x.example["muc4"]):
        starts, ends = (torch.tensor([span[i] for span in x.spans]) for i in (0, 1))
        same.append(pairs(model, p, starts, ends, span_row, x.example["same_people"], "same_people"))
    return out | ({"same": torch.cat(same)} if same else {})


def rows_of(x: Window) -> tuple[dict[int, int], dict[int, int]]:
    """The window's rows of the example's triggers and spans, by their numbers."""
    return {n: i for i, (_, n) in enumerate(x.triggers)}, {n: i for i, (_, _, n) in enumerate(x.spans)}


def link_losses(model: Encoder, x: Window, p: dict[str, Tensor]) -> Tensor:
    """Loss of each known pair of a trigger and a span."""
    # Strays beside the spans: what has no part in an event must be told from what has.
    words = len(p["left"])
    stray = [(a, min(a + 1 + a % 3, words)) for a in torch.randint(words, (STRAY,)).tolist()]
    stray = [(a, b) for a, b in stray if all(b <= s or e <= a for s, e, _ in x.spans)]
    stray += [x.others[i] for i in torch.randperm(len(x.others))[:STRAY_PHRASES].tolist()]
    places = [(a, b) for a, b, _ in x.spans] + stray
    left = p["left"][[t for t, _ in x.triggers]]
    right = torch.stack([p["right"][a:b].mean(0) for a, b in places])
    at = torch.tensor([t for t, _ in x.triggers])
    scores = model.relate(left, right, torch.tensor([a for a, _ in places])[None] - at[:, None])[..., :ROLES]
    want, known = torch.zeros(scores.shape), torch.full(scores.shape[:2], bool(x.example["links_complete"]))
    known[:, len(x.spans) :] = True
    trigger_row, span_row = rows_of(x)
    for t, s in x.example["far"]:
        if t in trigger_row and s in span_row:
            known[trigger_row[t], span_row[s]] = False
    for t, s, relation in x.example["links"]:
        if t in trigger_row and s in span_row:
            want[trigger_row[t], span_row[s], RELATIONS.index(relation)] = 1
            known[trigger_row[t], span_row[s]] = True
    return F.binary_cross_entropy_with_logits(scores, want, reduction="none").sum(-1)[known]


def pairs(
    model: Encoder, p: dict[str, Tensor], starts: Tensor, ends: Tensor, row: dict[int, int], groups: list[list[int]], name: str
) -> Tensor:
    """Loss of 'the same' for every pair a before b."""
    left, right = (torch.stack([p[side][a:b].mean(0) for a, b in zip(starts, ends, strict=True)]) for side in ("left", "right"))
    scores = model.relate(left, right, starts[None] - starts[:, None])[..., RELATIONS.index(name)]
    want = torch.zeros(scores.shape)
    for group in groups:
        here = [row[n] for n in group if n in row]
        for a in here:
            want[a, here] = 1
    before = starts[:, None] < starts[None]
    return F.binary_cross_entropy_with_logits(scores, want, reduction="none", pos_weight=torch.tensor(2.0))[before]


def load_windows(names: dict[str, list[str]], keep: Any) -> list[Window]:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    with open(BUILD / "examples.jsonl", encoding="utf-8") as lines:
        # Without teachers, news has nothing to say.
        examples = [e for e in map(json.loads, lines) if keep(e) and (e["source"] != "news" or TAUGHT.exists())]
    split = W.split([e["text"] for e in examples], tokenizer)
    taught = dict(np.load(TAUGHT)) if TAUGHT.exists() else {}
    if any(len(taught.get(e["id"], w)) != len(w) for e, w in zip(examples, split, strict=True)):
        raise SystemExit(f"{TAUGHT} is of other texts than {BUILD / 'examples.jsonl'}: run training.teach again")
    if not SYNTAX.exists():
        raise SystemExit(f"{SYNTAX} is missing: run training.syntax first")
    syntax = dict(np.load(SYNTAX))
    if any(len(syntax.get(e["id"], ())) != len(w) for e, w in zip(examples, split, strict=True)):
        raise SystemExit(f"{SYNTAX} is of other texts than {BUILD / 'examples.jsonl'}: run training.syntax again")
    return [x for e, w in zip(examples, split, strict=True) for x in make_windows(e, w, names, taught.get(e["id"]), syntax[e["id"]])]


def rates(model: Encoder) -> list[dict[str, Any]]:
    """The learned parameters with their learning rates: the highest for what scores pairs, which is slow to learn."""
    groups: dict[float, list[Any]] = {}
    for name, q in model.named_parameters():
        if q.requires_grad:
            rate = RATE if name.startswith("bert") else PAIR_RATE if name.startswith(("sides", "distance")) else HEAD_RATE
            groups.setdefault(rate, []).append(q)
    return [{"params": params, "lr": rate} for rate, params in groups.items()]


def last(run: str) -> dict[str, Tensor]:
    """The weights that a run has come to: averaged, where it was a polishing one."""
    found = sorted((BUILD / run).glob("epoch-*.pt"))
    if not found:
        raise SystemExit(f"no check-point in {BUILD / run}: run training.train {run} first")
    state = torch.load(found[-1])
    if "averaged" in state and state["averaged"]["n_averaged"] > 0:
        return {name.removeprefix("module."): value for name, value in state["averaged"].items() if name != "n_averaged"}
    weights: dict[str, Tensor] = state["model"]
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--start", metavar="RUN", help="polish that run: go on from its last weights at a low constant rate, and average")
    parser.add_argument("--hold-out", type=int, default=None, help="the fold of our own reports, and of MUC-4's, that is not trained on")
    a = parser.parse_args()
    folder: Path = BUILD / a.run
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    names = heads()
    held_out = lambda e: e["source"] in ("own", "muc4") and fold(e["id"]) == a.hold_out  # noqa: E731
    windows = load_windows(names, lambda e: e["source"] not in a.without and not held_out(e))
    counts = Counter({x.example["id"]: x.example["source"] for x in windows}.values())
    model, shares = Encoder(), POLISH if a.start else SHARE
    if a.start:
        model.load_state_dict(last(a.start))
    averaged = torch.optim.swa_utils.AveragedModel(model)
    optimizer = torch.optim.AdamW(rates(model), weight_decay=DECAY)
    steps = a.epochs * len(list(batches(windows, shares, random.Random(0))))
    if a.start:
        ramp = lambda s: POLISH_RATE * min(1.0, s / (WARM_UP * steps))  # noqa: E731
    else:
        ramp = lambda s: min(s / (WARM_UP * steps), max(0.0, (steps - s) / ((1 - WARM_UP) * steps)))  # noqa: E731
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, ramp)
    log: list[dict[str, Any]] = []
    done = sorted(folder.glob("epoch-*.pt"))
    if done:
        state = torch.load(done[-1])
        model.load_state_dict(state["model"])
        averaged.load_state_dict(state["averaged"])
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
        log = state["log"]
    print(f"{len(windows)} windows, {steps} steps, epoch {len(log) + 1} is next", flush=True)
    for epoch in range(len(log) + 1, a.epochs + 1):
        rng, began, sums = random.Random(a.seed * 1000 + epoch), time.time(), dict[str, list[float]]()
        torch.manual_seed(a.seed * 1000 + epoch)
        model.train()
        for step, batch in enumerate(batches(windows, shares, rng)):
            parts = run_encoder(model, batch, rng)
            by_head = losses(model, batch, parts, names)
            if not by_head:
                continue
            total = torch.stack(list(by_head.values())).sum()
            assert math.isfinite(total.item())
            total.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            if a.start and scheduler.last_epoch > WARM_UP * steps:
                averaged.update_parameters(model)
            for head, loss in by_head.items():
                sums.setdefault(head, []).append(loss.item())
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {step} {time.time() - began:.0f} s",
                    {k: round(float(np.mean(v[-50:])), 3) for k, v in sums.items()},
                    flush=True,
                )
        log.append({"epoch": epoch, "seconds": round(time.time() - began), **{k: round(float(np.mean(v)), 4) for k, v in sums.items()}})
        print(log[-1], flush=True)
        state = {"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "log": log}
        state |= {"model": model.state_dict(), "averaged": averaged.state_dict()}
        torch.save(state, folder / "epoch-tmp")
        (folder / "epoch-tmp").rename(folder / f"epoch-{epoch:02d}.pt")
        (folder / "run.json").write_text(json.dumps({"settings": vars(a), "share": shares, "examples": counts, "log": log}, indent=1))
        for old in sorted(folder.glob("epoch-*.pt"))[:-1]:
            old.unlink()


if __name__ == "__main__":
    main()

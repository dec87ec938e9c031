"""`python -m training.trees [FOLDER …]`: the second stages → roles.onnx, fillers.onnx in each folder.

Gradient-boosted trees (Friedman 2001; scikit-learn's histogram ones) over the signs of `dateline.extract.roles` (which part each
participant has in each event) and `dateline.extract.templates` (what fills MUC-4's slots). They are fitted on the folds of our own reports,
of RAMS's and of MUC-4's that the encoders were not trained on, each read by the one that did not see it, so that its scores there are
what they are on new texts.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, Model
from dateline.evaluate import f1
from dateline.extract import templates
from dateline.extract.decisions import Decisions
from dateline.extract.roles import signs
from dateline.extract.scene import Scene, scenes
from dateline.extract.sentences import sentences
from dateline.extract.templates import Candidate
from dateline.records import CodedReport, Event, Participant, Report, Span, span_of
from training.card import keep
from training.data import MUC4_ROLES, fold, rams, rows
from training.decide import TRIED, event_of, fold_kept, held_out

# Attributes of ONNX's TreeEnsembleRegressor, for each node and for each leaf.
NODES = ("nodes_treeids", "nodes_nodeids", "nodes_modes", "nodes_featureids", "nodes_values", "nodes_truenodeids", "nodes_falsenodeids")
LEAVES = ("target_treeids", "target_nodeids", "target_ids", "target_weights")
EVENT = 0.3  # events are taken from this confidence on: more of them than a run keeps, to learn from
FOLDS, SLACK = 5, 0.01
TREES = {"max_iter": 100, "learning_rate": 0.06, "max_leaf_nodes": 7, "min_samples_leaf": 20, "l2_regularization": 1.0, "random_state": 1}


@dataclass(frozen=True)
class Rows:
    """What trees learn from: signs [n, signs], the part of each row (0: none), its report's number; and how many parts the coders gave."""

    signs: np.ndarray
    parts: np.ndarray
    reports: np.ndarray
    given: int


def pooled(parts: list[Rows]) -> Rows:
    """The rows of several folds as one."""
    past = np.cumsum([0, *(part.reports.max() + 1 for part in parts)])
    return Rows(
        np.concatenate([part.signs for part in parts]),
        np.concatenate([part.parts for part in parts]),
        np.concatenate([part.reports + n for part, n in zip(parts, past, strict=False)]),
        sum(part.given for part in parts),
    )


def role_rows(gold: list[CodedReport], model: Model, decisions: Decisions) -> Rows:
    """Each participant in each event, and its part there by the coder."""
    codebook = codebooks.load()
    found_rows, parts, reports, given = [], [], [], 0
    for number, (g, encoding) in enumerate(zip(gold, model.encode([g.report.text for g in gold]), strict=True)):
        for scene in scenes(g.report, encoding, model, codebook, decisions, sentences(g.report.text)):
            coded = [the_same(scene, event, g.events) for event in range(len(scene.events))]
            taking = [taking_part(scene, event, model.card["roles"]) if event else {} for event in coded]
            given += sum(len(event.participants) for event in coded if event)
            if not scene.people:
                continue
            found, (events, people) = signs(scene, model)
            for row, e, p in zip(found, events.tolist(), people.tolist(), strict=True):
                if coded[e]:
                    found_rows.append(row)
                    parts.append(taking[e].get(p, 0))
                    reports.append(number)
    return Rows(np.array(found_rows), np.array(parts), np.array(reports), given)


def from_public(k: int) -> list[CodedReport]:
    """RAMS's texts of the fold as coded reports: one event each, with those who take part in it."""
    made = []
    for example in rams():
        if example["triggers"] and example["fold"] == k:
            span = lambda at, text=example["text"]: span_of(text, *at[:2])  # noqa: E731
            start, end, kinds, _ = example["triggers"][0]
            who = tuple(
                Participant(role=relation, span=span(example["spans"][n]), mentions=(), kind="person")
                for _, n, relation in example["links"]
                if relation != "place"
            )
            events = tuple(event_of(kind, (span((start, end)),), who) for kind in kinds)
            made.append(CodedReport(report=Report(id=example["id"], text=example["text"]), events=events))
    return made


def stretch(scene: Scene, first: int, end: int) -> tuple[int, int]:
    """The characters of words [first, end)."""
    span = scene.encoding.span(first, end)
    return span.start, span.end


def the_same(scene: Scene, event: int, gold: tuple[Event, ...]) -> Event | None:
    """The coder's event of the same type that shares most triggers."""
    group = scene.group(event)
    at = [stretch(scene, t.first, t.end) for t in group]
    shared = {n: sum(a < s.end and s.start < b for a, b in at for s in g.triggers) for n, g in enumerate(gold) if g.type == group[0].type}
    best = max(shared, key=lambda n: shared[n], default=None)
    return gold[best] if best is not None and shared[best] else None


def taking_part(scene: Scene, event: Event, roles: list[str]) -> dict[int, int]:
    """For each of the coder's participants of an event the one found participant that shares most of its mentions: → role, from 1."""
    shared: Counter[tuple[int, int]] = Counter()
    for person, mentions in enumerate(scene.people):
        at = [stretch(scene, scene.mentions[m].first, scene.mentions[m].end) for m in mentions]
        for n, p in enumerate(event.participants):
            shared[n, person] = sum(any(half(a, s) for s in (p.span, *p.mentions)) for a in at)
    out: dict[int, int] = {}
    taken: set[int] = set()
    for (n, person), count in shared.most_common():
        if count and n not in taken and person not in out:
            taken.add(n)
            out[person] = 1 + roles.index(event.participants[n].role)
    return out


def half(a: tuple[int, int], b: Span) -> bool:
    """Whether two stretches share half of the shorter one."""
    return 2 * (min(a[1], b.end) - max(a[0], b.start)) >= min(a[1] - a[0], b.end - b.start)


def filler_rows(k: int, model: Model) -> Rows:
    """MUC-4's candidates, and whether each is the surest that a key's entity has."""
    codebook = codebooks.load("muc4")
    keys = [row for row in rows("muc4.train") if fold(row["id"]) == k]
    found_rows, right, reports = [], [], []
    for number, (key, encoding) in enumerate(zip(keys, model.encode([row["text"] for row in keys]), strict=True)):
        told = np.ones(len(encoding.words), np.bool_)
        found = templates.candidates(encoding, model, codebook, told)
        if found:
            by_type = templates.incident_types(encoding, model, codebook, told)
            found_rows.append(templates.signs(found, encoding, model, codebook, by_type))
            right += surest(found, key["templates"])
            reports += [number] * len(found)
    return Rows(np.concatenate(found_rows), np.array(right, int), np.array(reports), sum(len(entities(key["templates"])) for key in keys))


def entities(keys: list[dict[str, Any]]) -> set[tuple[str, tuple[str, ...]]]:
    """The entities of a report's keys: role, and the strings of each."""
    return {(role, tuple(sorted(plain(said) for said, _ in entity))) for t in keys for role in MUC4_ROLES for entity in t[role]}


def surest(found: list[Candidate], keys: list[dict[str, Any]]) -> list[bool]:
    """For each candidate whether it names an entity of the keys, and none that scores better names the same."""
    right = [False] * len(found)
    for role, said in entities(keys):
        fits = [i for i, c in enumerate(found) if c.role == role and plain(c.said) in said]
        if fits:
            right[max(fits, key=lambda i: found[i].scores[0])] = True
    return right


def plain(said: str) -> str:
    """Words without punctuation and articles, as GTT's scorer compares them."""
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", re.sub(r"[^\w\s]", "", said.lower())).split())


def fit(found: Rows, to: Path, strict: bool = False) -> float:
    """Fit the trees and write them as ONNX: `signs` [n, signs] → the probability of each part [n, parts].

    Returns the probability from which a part is given, by trees that saw no row of the same report: of those that lose less than `SLACK` of
    the highest F1 the middle one, or the strictest.
    """
    trees = HistGradientBoostingClassifier(**TREES)
    apart = cross_val_predict(trees, found.signs, found.parts, groups=found.reports, cv=GroupKFold(FOLDS), method="predict_proba")
    sure, likeliest = apart[:, 1:].sum(1), 1 + apart[:, 1:].argmax(1)
    reached = {}
    for value in TRIED:
        said = sure >= value
        reached[float(value)] = f1(int((said & (likeliest == found.parts)).sum()), int(said.sum()), found.given)
    print(f"{to.name}: {len(found.signs)} rows of {found.signs.shape[1]} signs, {np.bincount(found.parts).tolist()}", flush=True)
    to.write_bytes(as_onnx(trees.fit(found.signs, found.parts), found.signs.shape[1]).SerializeToString())
    good = [value for value, figure in reached.items() if figure >= max(reached.values()) - SLACK]
    chosen = good[-1] if strict else good[len(good) // 2]
    print(f"{to.stem} from {chosen}: {reached[chosen]:.3f}, at most {max(reached.values()):.3f}", flush=True)
    return chosen


def as_onnx(trees: HistGradientBoostingClassifier, signs: int) -> onnx.ModelProto:
    """The trees' sum as ONNX's TreeEnsembleRegressor, a column for each part, then the softmax (two parts: the second's score beside 0)."""
    nodes: dict[str, list[Any]] = {name: [] for name in NODES}
    leaves: dict[str, list[Any]] = {name: [] for name in LEAVES}
    parts, number = len(trees.classes_), 0
    for grown in trees._predictors:
        for column, tree in enumerate(grown, start=1 if parts == 2 else 0):
            for n, node in enumerate(tree.nodes):
                leaf = bool(node["is_leaf"])
                for name, value in zip(
                    NODES,
                    (number, n, "LEAF" if leaf else "BRANCH_LEQ", node["feature_idx"], node["num_threshold"], node["left"], node["right"]),
                    strict=True,
                ):
                    nodes[name].append(0 if leaf and name not in NODES[:3] else value)
                if leaf:
                    for name, value in zip(LEAVES, (number, n, column, node["value"]), strict=True):
                        leaves[name].append(value)
            number += 1
    start = np.ravel(trees._baseline_prediction)
    base = [0.0, *start] if parts == 2 else list(start)
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["signs"],
        ["scores"],
        domain="ai.onnx.ml",
        n_targets=parts,
        base_values=[float(x) for x in base],
        **{name: [typed(name, value) for value in values] for name, values in (nodes | leaves).items()},
    )
    given = helper.make_tensor_value_info("signs", onnx.TensorProto.FLOAT, [None, signs])
    out = helper.make_tensor_value_info("odds", onnx.TensorProto.FLOAT, [None, parts])
    graph = helper.make_graph([ensemble, helper.make_node("Softmax", ["scores"], ["odds"], axis=1)], "trees", [given], [out])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def typed(name: str, value: Any) -> str | float | int:
    """A value as ONNX's attribute takes it."""
    return str(value) if name == "nodes_modes" else float(value) if name in ("nodes_values", "target_weights") else int(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[WEIGHTS], help="encoders, each trained without a fold of its own")
    a = parser.parse_args()
    models = [Model(folder) for folder in a.folders]
    kept = [fold_kept(model) for model in models]
    decisions = replace(Decisions.of(models[0].card), event=EVENT)
    parts = [role_rows(held_out(k) + from_public(k), model, decisions) for k, model in zip(kept, models, strict=True)]
    slots = [filler_rows(k, model) for k, model in zip(kept, models, strict=True)]
    first, *others = a.folders
    # Strict, since in the news fewer of those who are named take part than in our reports.
    link, filler = fit(pooled(parts), first / "roles.onnx", strict=True), fit(pooled(slots), first / "fillers.onnx")
    for folder in others:
        for name in ("roles.onnx", "fillers.onnx"):
            (folder / name).write_bytes((first / name).read_bytes())
    by = [{"run": model.card["training"]["runs"][0]["settings"]["run"], "hold_out": k} for k, model in zip(kept, models, strict=True)]
    for folder in a.folders:
        card = json.loads((folder / "model.json").read_text())
        keep(folder, card | {"decisions": card["decisions"] | {"link": link, "filler": filler}, "stages": by})


if __name__ == "__main__":
    main()

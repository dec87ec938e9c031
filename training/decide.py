"""`python -m training.decide [--model FOLDER] [--fold K]`: thresholds, weights and calibration, into model.json.

They are fitted on the fold of our own reports that the encoder was not trained on (`training.train --hold-out K`): one
threshold after the other, each by the figure that it serves; and the confidence, by a logistic regression of "it is right" on the best
trigger's logit. Events and participants as these thresholds make them are what `training.trees` learn from: run these before and after.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from corpus import form
from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, Encoding, Model
from dateline.evaluate import f1, paired, same_event, scores
from dateline.extract import assemble, participants
from dateline.extract.decisions import Decisions
from dateline.records import CodedReport
from training.data import OWN, fold

# Which figure each threshold serves, in the order in which they are set.
SERVES = {
    "same_event": "event_f1",
    "figure": "figure_f1",
    "place": "place_f1",
    "mode": "mode",
}
TRIED = np.round(np.arange(0.1, 0.96, 0.05), 2)
ROUNDS = 2
CANDIDATE = 0.2  # the words on which the calibration is fitted: those that are unlikely too
LEAST = 0.00005  # confidences are rounded to four digits
EVENT = 0.5  # a mention is kept where it is more probably right than wrong: by definition, not fitted
# Probabilities of the trees, which are fitted on the same reports: half of the F1 that is reached is the threshold that reaches the highest
# (Lipton, Elkan & Naryanaswamy 2014, "Thresholding classifiers to maximize F1 score"). `TEMPLATE`: as EVENT, of a report's incident types.
LINK, FILLER, TEMPLATE = 0.4, 0.2, 0.5


def held_out(k: int) -> list[CodedReport]:
    """Our own reports of the fold."""
    return [form.read(path) for path in sorted(OWN.glob("*.txt")) if fold(path.stem) == k]


def code(gold: list[CodedReport], encodings: list[Encoding], model: Model, decisions: Decisions) -> list[CodedReport]:
    codebook = codebooks.load()
    return [
        CodedReport(report=g.report, events=assemble.events(g.report, e, model, codebook, decisions))
        for g, e in zip(gold, encodings, strict=True)
    ]


def calibrated(gold: list[CodedReport], encodings: list[Encoding], model: Model, decisions: Decisions) -> Decisions:
    """The decisions with the confidence fitted."""
    logits, right = [], []
    everything = replace(decisions, event=CANDIDATE, confidence=(1.0, 0.0))
    for coded, g in zip(code(gold, encodings, model, everything), gold, strict=True):
        good = {id(said) for said, _ in paired(coded.events, g.events, same_event)}
        for event in coded.events:
            sure = np.clip(event.confidence, LEAST, 1 - LEAST)
            logits.append([np.log(sure / (1 - sure))])
            right.append(id(event) in good)
    fitted = LogisticRegression(C=100.0).fit(logits, right)
    weights = (round(float(fitted.coef_[0, 0]), 3), round(float(fitted.intercept_[0]), 3))
    print(f"confidence {weights}: {len(right)} events, {np.mean(right):.3f} right", flush=True)
    return replace(decisions, confidence=weights)


def joining(gold: list[CodedReport], encodings: list[Encoding], model: Model) -> float:
    """The threshold from which mentions are one participant: by F1 of the pairs of mentions that the coder joined."""
    counted = {float(value): Counter[str]() for value in TRIED}
    for g, encoding in zip(gold, encodings, strict=True):
        owner = {m: k for k, group in enumerate(coded_people(g)) for m in group}
        found = participants.mentions(
            encoding, model.card["heads"]["kind"], np.ones(len(encoding.words), np.bool_), (0, len(encoding.words))
        )
        at = [(int(encoding.words.starts[m.first]), int(encoding.words.ends[m.end - 1])) for m in found]
        true = [owner.get(a) for a in at]
        for value, count in counted.items():
            people = participants.one_and_the_same(found, encoding, model, Decisions(same_people=value))
            said = {m: k for k, group in enumerate(people) for m in group}
            for a, b in combinations([m for m in range(len(found)) if true[m] is not None], 2):
                count.update(hit=said[a] == said[b] and true[a] == true[b], said=said[a] == said[b], gold=true[a] == true[b])
    reached = {value: f1(c["hit"], c["said"], c["gold"]) for value, c in counted.items()}
    return middle(reached, "same_people")


def coded_people(g: CodedReport) -> list[set[tuple[int, int]]]:
    """The coder's participants as sets of mentions, those of different events that share one joined."""
    groups: list[set[tuple[int, int]]] = []
    for p in (p for event in g.events for p in event.participants):
        mentions = {(m.start, m.end) for m in (p.span, *p.mentions)}
        touching = [group for group in groups if group & mentions]
        groups = [group for group in groups if group not in touching] + [mentions.union(*touching)]
    return groups


def middle(reached: dict[float, float], name: str) -> float:
    """The middle of the best values: a plateau's edge is luck."""
    top = [value for value, figure in reached.items() if figure >= max(reached.values()) - 0.002]
    print(f"{name} {top[len(top) // 2]}: {max(reached.values()):.3f}", flush=True)
    return top[len(top) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--fold", type=int, default=0)
    a = parser.parse_args()
    model, gold, decisions = Model(a.model), held_out(a.fold), Decisions(event=EVENT, link=LINK, filler=FILLER, template=TEMPLATE)
    encodings = model.encode([g.report.text for g in gold])
    decisions = replace(decisions, same_people=joining(gold, encodings, model))
    decisions = calibrated(gold, encodings, model, decisions)  # once, on all that may be an event
    for _ in range(ROUNDS):
        for name, figure in SERVES.items():
            found = {}
            for value in TRIED:
                tried = replace(decisions, **{name: float(value)})
                found[float(value)] = scores(zip(code(gold, encodings, model, tried), gold, strict=True))[figure]
            decisions = replace(decisions, **{name: middle(found, f"{figure}, {name}")})
    card = json.loads((a.model / "model.json").read_text())
    card["decisions"] = asdict(decisions)
    (a.model / "model.json").write_text(json.dumps(card, indent=1) + "\n")


if __name__ == "__main__":
    main()

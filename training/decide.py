"""`python -m training.decide [--model FOLDER] [--fold K]`: thresholds, weights and calibration, into model.json.

They are fitted on the fold of our own reports that the encoder was not trained on (`training.train --hold-out K`): one threshold after the
other, each by the figure that it serves; and the confidence, by a logistic regression of "the event is right" on its best trigger's logit.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from corpus import form
from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, Encoding, Model
from dateline.evaluate import paired, same_event, scores
from dateline.extract import assemble
from dateline.extract.decisions import Decisions
from dateline.records import CodedReport
from training.data import OWN, fold

# Which figure each threshold serves, in the order in which they are set.
SERVES = {
    "same_event": "event_f1",
    "same_people": "participant_f1",
    "link": "participant_f1",
    "figure": "figure_f1",
    "mode": "mode",
}
TRIED = np.round(np.arange(0.1, 0.96, 0.05), 2)
ROUNDS = 2
CANDIDATE = 0.2  # the words on which the calibration is fitted: those that are unlikely too
LEAST = 0.00005  # confidences are rounded to four digits
EVENT = 0.5  # a mention is kept where it is more probably right than wrong: by definition, not fitted


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--fold", type=int, default=0)
    a = parser.parse_args()
    model, gold, decisions = Model(a.model), held_out(a.fold), Decisions(event=EVENT)
    encodings = model.encode([g.report.text for g in gold])
    decisions = calibrated(gold, encodings, model, decisions)  # once, on all that may be an event
    for _ in range(ROUNDS):
        for name, figure in SERVES.items():
            found = {}
            for value in TRIED:
                tried = replace(decisions, **{name: float(value)})
                found[float(value)] = scores(zip(code(gold, encodings, model, tried), gold, strict=True))[figure]
            # The middle of the best: a plateau's edge is luck.
            top = [v for v, f in found.items() if f >= max(found.values()) - 0.002]
            decisions = replace(decisions, **{name: top[len(top) // 2]})
            print(f"{name} {getattr(decisions, name)}: {figure} {max(found.values()):.3f}", flush=True)
    card = json.loads((a.model / "model.json").read_text())
    card["decisions"] = asdict(decisions)
    (a.model / "model.json").write_text(json.dumps(card, indent=1) + "\n")
    print(scores(zip(code(gold, encodings, model, decisions), gold, strict=True)))


if __name__ == "__main__":
    main()

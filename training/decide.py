"""`python -m training.decide [--model FOLDER] [--fold K]`: thresholds, weights and calibration, into model.json.

They are fitted on texts that the encoder was not trained on (`training.train --hold-out K`): the fold K of our own reports, coded in full,
and that of GENEVA, sentences of general English in which most words name no event of ours, since our own reports have more events than
most text. Thresholds are set one after the other, each by the figure that it serves.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from corpus import form
from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, Encoding, Model
from dateline.evaluate import paired, same_event, scores
from dateline.extract import assemble
from dateline.extract.decisions import Decisions
from dateline.records import CodedReport, Event, Report, digest, span_of
from training.data import OWN, Example, fold, geneva

# Which figure each threshold serves, in the order in which they are set; on all texts, or on our own reports only.
SERVES = {
    "event": ("event_f1", True),
    "same_event": ("event_f1", False),
    "same_people": ("participant_f1", False),
    "link": ("participant_f1", False),
    "figure": ("figure_f1", False),
    "mode": ("mode", False),
}
TRIED = np.round(np.arange(0.1, 0.96, 0.05), 2)
ROUNDS = 2
CANDIDATE = 0.2  # a word's least probability to be a trigger: low, since the event's confidence decides


@dataclass(frozen=True)
class Held:
    """A text held out: its gold record, the stretches of which gold says nothing, and its encoding."""

    gold: CodedReport
    unsure: list[tuple[int, int]]
    encoding: Encoding

    def code(self, model: Model, decisions: Decisions) -> CodedReport:
        """The text coded, without the events that gold says nothing of."""
        found = assemble.events(self.gold.report, self.encoding, model, codebooks.load(), decisions)
        return CodedReport(report=self.gold.report, events=tuple(e for e in found if not self._open(e)))

    def _open(self, event: Event) -> bool:
        return any(t.start < end and start < t.end for t in event.triggers for start, end in self.unsure)


def own(k: int) -> list[CodedReport]:
    return [form.read(path) for path in sorted(OWN.glob("*.txt")) if fold(path.stem) == k]


def as_gold(e: Example) -> CodedReport:
    """A sentence's events, by their triggers alone."""
    report = Report(id=e["id"], text=e["text"], sha256=digest(e["text"]))
    events = []
    for start, end, kinds, _ in e["triggers"]:
        trigger = span_of(e["text"], start, end)
        events += [Event(id="", incident="", type=k, trigger=trigger, triggers=(trigger,), evidence=(), confidence=1.0) for k in kinds]
    return CodedReport(report=report, events=tuple(events))


def held_out(k: int, model: Model) -> tuple[list[Held], list[Held]]:
    """Our own reports, and GENEVA's sentences, of the fold."""
    reports = [(gold, []) for gold in own(k)]
    sentences = [(as_gold(e), [(a, b) for a, b in e["unsure"]]) for e in geneva() if fold(e["id"]) == k]
    encodings = model.encode([gold.report.text for gold, _ in (*reports, *sentences)])
    held = [Held(gold, unsure, e) for (gold, unsure), e in zip([*reports, *sentences], encodings, strict=True)]
    return held[: len(reports)], held[len(reports) :]


def calibrated(held: Sequence[Held], model: Model, decisions: Decisions) -> Decisions:
    """The decisions with the confidence fitted: a logistic regression of "the event is right" on its two scores."""
    rows, right = [], []
    for h in held:
        # Each score alone, by a confidence that is that score.
        logit, topic = (
            h.code(model, replace(decisions, event=0.0, confidence=weights)).events for weights in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
        )
        good = {id(said) for said, _ in paired(logit, h.gold.events, same_event)}
        for a, b in zip(logit, topic, strict=True):
            rows.append([inverse(a.confidence), inverse(b.confidence)])
            right.append(id(a) in good)
    fitted = LogisticRegression(C=10.0).fit(np.array(rows), right)
    weights = (*(round(max(0.0, float(w)), 3) for w in fitted.coef_[0]), round(float(fitted.intercept_[0]), 3))
    print(f"confidence {weights}: {len(right)} candidates, {np.mean(right):.3f} right", flush=True)
    return replace(decisions, confidence=weights)


def inverse(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return float(np.log(p / (1 - p)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--fold", type=int, default=0)
    a = parser.parse_args()
    model = Model(a.model)
    reports, sentences = held_out(a.fold, model)
    decisions = Decisions(trigger=CANDIDATE)
    for _ in range(ROUNDS):
        decisions = calibrated([*reports, *sentences], model, decisions)
        for name, (figure, everywhere) in SERVES.items():
            found = {}
            for value in TRIED:
                tried = replace(decisions, **{name: float(value)})
                texts = [*reports, *sentences] if everywhere else reports
                found[float(value)] = scores((h.code(model, tried), h.gold) for h in texts)[figure]
            # The middle of the best: a plateau's edge is luck.
            top = [v for v, f in found.items() if f >= max(found.values()) - 0.002]
            decisions = replace(decisions, **{name: top[len(top) // 2]})
            print(f"{name} {getattr(decisions, name)}: {figure} {max(found.values()):.3f}", flush=True)
    card = json.loads((a.model / "model.json").read_text())
    card["decisions"] = asdict(decisions)
    (a.model / "model.json").write_text(json.dumps(card, indent=1) + "\n")
    print(scores((h.code(model, decisions), h.gold) for h in reports))


if __name__ == "__main__":
    main()

"""`python -m training.decide [FOLDER …]`: thresholds, weights and calibration, into each folder's model.json.

They are fitted on the folds of our own coding and of the stories that the encoders were not trained on (`training.train --hold-out`): one
threshold after the other, each by the figure that it serves; and the confidence, by logistic regression. Events and participants as these
thresholds make them are what `training.trees` learn from: run these before and after.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from corpus import form
from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, Encoding, Model, read_card
from dateline.evaluate import f1, paired, same_event, scores
from dateline.extract import assemble, participants
from dateline.extract.confidence import SIGNS, seen, signs
from dateline.extract.decisions import Decisions
from dateline.extract.scene import about, scenes
from dateline.extract.sentences import sentences
from dateline.records import CodedReport, Event, Participant, Report, Span
from training.card import keep, lineage
from training.data import OWN, fold, kept_fold, recoded, rows

# Which figure each threshold serves, in the order in which they are set.
SERVES = {"same_event": "event_f1", "figure": "figure_f1", "place": "place_f1", "mode": "mode"}
RECALL = ("figure",)  # of thresholds that do equally well the lowest: what is left out is lost, and what is given shows its words
EQUAL, EQUAL_RECALL = 0.002, 0.01  # below the best value, and still as good
TRIED = np.round(np.arange(0.1, 0.96, 0.05), 2)
ROUNDS = 1
CANDIDATE = 0.2  # the words on which the calibration is fitted: those that are unlikely too
SUBJECT = 0.02  # C of the regression that tells what a passage is about; by cross-validation on the stories
EVENT = 0.5  # a word names an event where it is more probably right than wrong: by definition, not fitted
TEMPLATE = 0.5  # as EVENT, of a report's incident types


@dataclass(frozen=True)
class Kept:
    """Coded reports that set none of an encoder's weights, as it reads them."""

    model: Model
    gold: list[CodedReport]
    encodings: list[Encoding]

    @classmethod
    def read(cls, model: Model, gold: list[CodedReport]) -> Kept:
        return cls(model, gold, model.encode([g.report.text for g in gold]))

    @property
    def whole(self) -> Kept:
        """Of these the reports of `corpus/train`: public texts are often a few sentences cut out of one."""
        both = [(g, e) for g, e in zip(self.gold, self.encodings, strict=True) if (OWN / f"{g.report.id}.txt").exists()]
        return Kept(self.model, [g for g, _ in both], [e for _, e in both])


def fold_kept(model: Model) -> int:
    """The fold that the encoder was not trained on. Raises SystemExit where there is none that thresholds may be fitted on."""
    runs = [run["settings"] for run in model.card["training"]["runs"]]
    if len(runs) > 1 or runs[0]["hold_out"] is None or "stories" not in runs[0].get("held_out", ()):
        raise SystemExit(
            f"{model.folder}: no fold of the stories was kept from this encoder: thresholds and trees are those of one that was trained "
            "with --hold-out"
        )
    return int(runs[0]["hold_out"])


def not_seen(model: Model) -> bool:
    """Whether the fold of stories that was kept from the encoder was kept from those too that it went on from."""
    runs = list(lineage(model.card["training"]))
    return all("stories" in run["settings"].get("held_out", ()) for run in runs)


def held_out(k: int) -> list[CodedReport]:
    """Our own reports of the fold, and the public texts that we coded."""
    own = [form.read(path) for path in sorted(OWN.glob("*.txt")) if fold(path.stem) == k]
    return own + [coded for coded in recoded() if fold(coded.report.id) == k]


def code(kept: list[Kept], decisions: Decisions) -> list[tuple[CodedReport, CodedReport]]:
    """(coded, gold) of all reports."""
    codebook = codebooks.load()
    return [
        (CodedReport(report=g.report, events=assemble.events(g.report, e, of.model, codebook, decisions)), g)
        for of in kept
        for g, e in zip(of.gold, of.encodings, strict=True)
    ]


def calibrated(kept: list[Kept], decisions: Decisions) -> Decisions:
    """The decisions with the confidence of a mention and of an event fitted.

    Each sign's weight is learned on two questions at once, which count alike: which events of our reports are right, and which of a story's
    events is the one that it is about. Scale and constant are then those of our reports alone. Where a run went on from a model that had
    seen these stories, they say nothing of new ones: an event is then as probable as its best word.
    """
    kept = [of.whole for of in kept]
    everything = replace(decisions, event=CANDIDATE, mention=(1.0, 0.0), confidence={}, about=())
    tales = [Kept.read(of.model, stories(fold_kept(of.model))) for of in kept if not_seen(of.model)]
    everything, subjects = subject(tales, everything) if tales else (everything, {})
    found, right = signs_of(kept, everything)
    everything = replace(everything, mention=logistic(found[:, 0], right))
    if not tales:
        return replace(decisions, mention=everything.mention, about=(), confidence={})
    ours, right = signs_of(kept, everything)
    of_tales, meant = signs_of(tales, everything, subjects)
    whose = np.concatenate([np.ones(len(ours)), np.zeros(len(of_tales))])[:, None]
    weight = np.where(whose[:, 0] == 1, 1.0, len(ours) / len(of_tales))
    both = np.concatenate([np.concatenate([ours, of_tales]), whose], 1)
    weights = LogisticRegression(max_iter=1000).fit(both, np.concatenate([right, meant]), weight).coef_[0, :-1]
    scale, constant = logistic(ours @ weights, right)
    named = dict(zip([*SIGNS, *codebooks.load().types], (scale * weights).tolist(), strict=True))
    print(
        f"confidence of {len(ours)} events, {right.mean():.3f} right; of {len(of_tales)} in stories, {meant.mean():.3f} meant", flush=True
    )
    weights_of = {k: round(w, 3) for k, w in named.items()} | {"constant": constant}
    return replace(decisions, mention=everything.mention, about=everything.about, confidence=weights_of)


def subject(tales: list[Kept], decisions: Decisions) -> tuple[Decisions, dict[str, dict[str, float]]]:
    """The decisions with the weights that tell what a story is about; and what each of these stories is told to be about by weights that
    the others gave, by its id."""
    codebook = codebooks.load()
    types = list(codebook.types)
    read = np.stack([seen(e.heads[codebook.heads["type"]]) for of in tales for e in of.encodings])
    meant = np.array([types.index(g.report.extra["story"]) for of in tales for g in of.gold])
    mean, scale = read.mean(0), read.std(0)
    regression = LogisticRegression(C=SUBJECT, max_iter=5000)
    others = cross_val_predict(regression, (read - mean) / scale, meant, cv=5, method="predict_log_proba")
    print(f"what {len(meant)} stories are about: {(others.argmax(1) == meant).mean():.3f} right, by weights from others", flush=True)
    regression.fit((read - mean) / scale, meant)
    weights = regression.coef_.T / scale[:, None]
    table = np.concatenate([weights, [regression.intercept_ - mean @ weights]])
    ids = [g.report.id for of in tales for g in of.gold]
    by_id = {id: dict(zip(types, shares.tolist(), strict=True)) for id, shares in zip(ids, others, strict=True)}
    return replace(decisions, about=tuple(map(tuple, table.round(4).tolist()))), by_id


def logistic(score: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Weight and constant by which a score gives how probably a thing is right."""
    fitted = LogisticRegression(C=100.0).fit(score[:, None], right)
    return round(float(fitted.coef_[0, 0]), 3), round(float(fitted.intercept_[0]), 3)


def signs_of(
    kept: list[Kept], decisions: Decisions, subjects: Mapping[str, dict[str, float]] = MappingProxyType({})
) -> tuple[np.ndarray, np.ndarray]:
    """The signs of each event that is found, its type among them, and whether it is right: in a story, of the story's type.

    `subjects`: what a report is about, by its id, where that is not told by the decisions.
    """
    codebook, found, right = codebooks.load(), [], []
    for model, g, encoding in ((of.model, g, e) for of in kept for g, e in zip(of.gold, of.encodings, strict=True)):
        told: list[Event] = []
        for scene in scenes(g.report, encoding, model, codebook, decisions, sentences(g.report.text)):
            groups = [scene.group(event) for event in range(len(scene.events))]
            of_type = np.array([[group[0].type == name for name in codebook.types] for group in groups])
            told_of = subjects.get(g.report.id) or about(encoding, scene.passage, model, codebook, decisions)
            found.append(np.concatenate([signs(groups, encoding, decisions.mention, told_of), of_type], 1))
            told += [event_of(group[0].type, tuple(encoding.span(t.first, t.end) for t in group)) for group in groups]
        story = g.report.extra.get("story")
        good = {id(said) for said, _ in paired(told, g.events, same_event)}
        right += [event.type == story if story else id(event) in good for event in told]
    return np.concatenate(found), np.array(right)


def event_of(kind: str, at: tuple[Span, ...], who: tuple[Participant, ...] = ()) -> Event:
    """An event that has type, triggers and participants alone."""
    return Event(id="", incident="", type=kind, trigger=at[0], triggers=at, participants=who, evidence=(), confidence=0.0)


def stories(k: int) -> list[CodedReport]:
    """The stories of the fold; each report's `extra` has its type."""
    of_fold = [row for row in rows("plover-synthetic") if fold(row["title"]) == kept_fold("stories", k)]
    return [CodedReport(report=Report(id=row["id"], text=row["text"], extra={"story": row["type"]}), events=()) for row in of_fold]


def joining(kept: list[Kept]) -> float:
    """The threshold from which mentions are one participant: by F1 of the pairs of mentions that the coder joined."""
    counted = {float(value): Counter[str]() for value in TRIED}
    for model, g, encoding in ((of.model, g, e) for of in kept for g, e in zip(of.gold, of.encodings, strict=True)):
        owner = {m: k for k, group in enumerate(coded_people(g)) for m in group}
        found = participants.mentions(
            encoding, model.card["heads"]["kind"], np.ones(len(encoding.words), np.bool_), (0, len(encoding.words))
        )
        at = [(int(encoding.words.starts[m.first]), int(encoding.words.ends[m.end - 1])) for m in found]
        true = [owner.get(a) for a in at]
        for value, count in counted.items():
            people = participants.one_and_the_same(found, encoding, model, value)
            said = {m: k for k, group in enumerate(people) for m in group}
            for a, b in combinations([m for m in range(len(found)) if true[m] is not None], 2):
                count.update(hit=said[a] == said[b] and true[a] == true[b], said=said[a] == said[b], gold=true[a] == true[b])
    reached = {value: f1(c["hit"], c["said"], c["gold"]) for value, c in counted.items()}
    return best(reached, "same_people")


def coded_people(g: CodedReport) -> list[set[tuple[int, int]]]:
    """The coder's participants as sets of mentions, those of different events that share one joined."""
    groups: list[set[tuple[int, int]]] = []
    for p in (p for event in g.events for p in event.participants):
        mentions = {(m.start, m.end) for m in (p.span, *p.mentions)}
        touching = [group for group in groups if group & mentions]
        groups = [group for group in groups if group not in touching] + [mentions.union(*touching)]
    return groups


def best(reached: dict[float, float], name: str) -> float:
    """The middle of the best values, since a plateau's edge is luck; the lowest, where recall counts."""
    equal = EQUAL_RECALL if name in RECALL else EQUAL
    top = [value for value, figure in reached.items() if figure >= max(reached.values()) - equal]
    taken = top[0] if name in RECALL else top[len(top) // 2]
    print(f"{name} {taken}: {reached[taken]:.3f}, at most {max(reached.values()):.3f}", flush=True)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[WEIGHTS], help="encoders, each trained without a fold of its own")
    a = parser.parse_args()
    kept = [Kept.read(model, held_out(fold_kept(model))) for model in map(Model, a.folders)]
    decisions = replace(Decisions.of(kept[0].model.card), event=EVENT, template=TEMPLATE)
    decisions = replace(decisions, same_people=joining(kept))
    decisions = calibrated(kept, decisions)  # once, on all that may be an event
    for _ in range(ROUNDS):
        for name, figure in SERVES.items():
            found = {}
            for value in TRIED:
                tried = replace(decisions, **{name: float(value)})
                found[float(value)] = scores(code(kept, tried))[figure]
            decisions = replace(decisions, **{name: best(found, name)})
    for folder in a.folders:
        keep(folder, read_card(folder) | {"decisions": asdict(decisions)})


if __name__ == "__main__":
    main()

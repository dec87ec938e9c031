"""How good the coding is: scores against gold records, and `python -m dateline.evaluate`, which writes docs/quality.md.

The floors of the test suite use `scores` on our own reports (corpus/dev), which travel with the code. The public
corpora stay in ../shared, with the scorer that measures them: `make evaluate` codes them and keeps the figures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from dateline import __version__
from dateline import codebook as codebooks
from dateline.encode.model import WEIGHTS, read_card
from dateline.records import CodedReport, Event, Figure, Participant, Place, Span, to_json

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
QUALITY = ROOT / "docs" / "quality.md"
T = TypeVar("T")


# Scores on whole records ------------------------------------------------------------------------------------------


def scores(pairs: Iterable[tuple[CodedReport, CodedReport]]) -> dict[str, float]:
    """Figures of (coded, gold) records.

    Events pair one to one where their types are equal and a trigger of one overlaps a trigger of the other; `trigger` is over all
    mentions of events, by type and overlap;
    participants of paired events where roles are equal and mentions overlap; figures where kind and bounds are equal; places by
    their words.
    `*_f1` are over all events; `status` and `mode` are shares of the paired events.
    """
    counts: Counter[str] = Counter()
    for coded, gold in pairs:
        matched = paired(coded.events, gold.events, same_event)
        counts.update(event_hit=len(matched), event_said=len(coded.events), event_gold=len(gold.events))
        for said, true in matched:
            counts["status"] += said.status == true.status
            counts["mode"] += (said.mode in true.modes) if true.modes else said.mode is None
            counts["participant_hit"] += len(paired(said.participants, true.participants, same_participant))
            counts["figure_hit"] += len(paired(said.figures, true.figures, same_figure))
            counts["place_hit"] += bool(said.place and true.place and same_place(said.place, true.place))
        mentions = [[(e.type, t) for e in r.events for t in e.triggers] for r in (coded, gold)]
        counts.update(
            trigger_hit=len(paired(mentions[0], mentions[1], same_trigger)), trigger_said=len(mentions[0]), trigger_gold=len(mentions[1])
        )
        for key, events in (("said", coded.events), ("gold", gold.events)):
            counts[f"participant_{key}"] += sum(len(e.participants) for e in events)
            counts[f"figure_{key}"] += sum(len(e.figures) for e in events)
            counts[f"place_{key}"] += sum(bool(e.place) for e in events)
    out = {
        f"{what}_f1": f1(counts[f"{what}_hit"], counts[f"{what}_said"], counts[f"{what}_gold"])
        for what in ("event", "trigger", "participant", "figure", "place")
    }
    return out | {what: counts[what] / max(1, counts["event_hit"]) for what in ("status", "mode")}


def f1(hits: int, said: int, gold: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * hits / (said + gold) if said + gold else 0.0


def paired(said: Sequence[T], gold: Sequence[T], same: Callable[[T, T], bool]) -> list[tuple[T, T]]:
    """Pairs one to one, each gold item with the first said one that is the same and free."""
    free, out = list(said), []
    for true in gold:
        for item in free:
            if same(item, true):
                out.append((item, true))
                free.remove(item)
                break
    return out


def same_event(a: Event, b: Event) -> bool:
    return a.type == b.type and touching(a.triggers, b.triggers)


def same_trigger(a: tuple[str, Span], b: tuple[str, Span]) -> bool:
    return a[0] == b[0] and touching((a[1],), (b[1],))


def same_participant(a: Participant, b: Participant) -> bool:
    return a.role == b.role and touching((a.span, *a.mentions), (b.span, *b.mentions))


def same_place(a: Place, b: Place) -> bool:
    """The same words name it, here or elsewhere in the report, or part of them."""
    return bool(a.span and b.span) and (touching([a.span], [b.span]) or a.span.text == b.span.text)  # type: ignore[union-attr, list-item]


def same_figure(a: Figure, b: Figure) -> bool:
    return (a.of, a.low, a.high) == (b.of, b.low, b.high)


def touching(a: Iterable[Span], b: Iterable[Span]) -> bool:
    return any(x.start < y.end and y.start < x.end for x in a for y in b)


# The development corpora ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """One corpus measured by one of the scorer's tasks; `shown` are the figures that the table gives."""

    task: str
    corpus: str
    shown: tuple[str, ...]
    fold: int | None = None
    bars: dict[str, float] | None = None
    codebook: str = codebooks.DEFAULT

    @property
    def name(self) -> str:
        return self.corpus + (f", fold {self.fold}" if self.fold is not None else "")


MEASURES = (
    Measure(
        "wikievents",
        "wikievents.dev",
        ("event_f1", "event_p", "event_r", "participant_f1", "participant_e2e_f1", "casualties_r"),
        bars={"event_f1": 0.76, "participant_f1": 0.55},
    ),
    Measure("muc4", "muc4.dev", ("ree_f1", "ree_p", "ree_r", "template_f1"), bars={"ree_f1": 0.52, "template_f1": 0.46}, codebook="muc4"),
    Measure(
        "stories",
        "plover-synthetic",
        ("type_accuracy", "type_macro_f1", "mode_accuracy", "any_type_accuracy"),
        0,
        {"type_accuracy": 0.58, "mode_accuracy": 0.45},
    ),
    Measure(
        "own",
        "corpus/dev",
        ("event_f1", "event_p", "event_r", "participant_f1", "type_mode_accuracy", "status_macro_f1", "number_f1", "calibration_error"),
        bars={"event_f1": 0.70, "participant_f1": 0.58, "type_mode_accuracy": 0.82},
    ),
)


def measure(m: Measure, model: Path) -> dict[str, Any]:
    """Code the corpus with the command that users run, and score it. Raises CalledProcessError, SystemExit."""
    with tempfile.TemporaryDirectory() as tmp:
        gold = own_gold(Path(tmp)) if m.task == "own" else SHARED / "corpora" / f"{m.corpus}.jsonl"
        fold = ["--fold", str(m.fold)] if m.fold is not None else []
        given, coded = Path(tmp) / "in.jsonl", Path(tmp) / "out.jsonl"
        score = [sys.executable, str(SHARED / "score.py")]
        subprocess.run([*score, "inputs", str(gold), str(given), *fold], check=True)
        command = [sys.executable, "-m", "dateline.cli", "code", str(given), "-o", str(coded), "--any-language"]
        command += ["--model", str(model), "--codebook", m.codebook]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode > 1:  # 1: some input failed, and scores as an empty record
            raise SystemExit(f"{m.name} was not coded: {done.stderr.strip()}")
        result = scored(m.task, gold, coded, fold)
        return result | {"by_voice": by_voice(gold, coded, Path(tmp))} if m.task == "own" else result


def scored(task: str, gold: Path, coded: Path, fold: Sequence[str] = ()) -> dict[str, Any]:
    """What the scorer says of records. Raises CalledProcessError."""
    command = [sys.executable, str(SHARED / "score.py"), task, str(gold), str(coded), "--json", *fold]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def by_voice(gold: Path, coded: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """The figures of our own reports by their kind of text."""
    lines: dict[str, list[str]] = {}
    for line in gold.read_text(encoding="utf-8").splitlines():
        lines.setdefault(json.loads(line)["report"]["extra"].get("voice", "none given"), []).append(line)
    found = {}
    for voice, some in sorted(lines.items()):
        part = folder / "voice.jsonl"
        part.write_text("\n".join(some) + "\n", encoding="utf-8")
        found[voice] = scored("own", part, coded) | {"n": len(some)}
    return found


def own_gold(folder: Path) -> Path:
    """Our own coded reports (corpus/dev) as the scorer reads them."""
    from corpus import load

    gold = folder / "own.jsonl"
    gold.write_bytes(b"".join(to_json(coded) + b"\n" for coded in load("dev")))
    return gold


def table(results: dict[str, dict[str, Any]], model: Path) -> str:
    """The figures as Markdown, with the day, the version and the model that they are of."""
    card = read_card(model)
    lines = [
        "# Quality",
        "",
        f"`make evaluate`, {date.today()}, Dateline {__version__}, model {card['name']} `{card['digests']['model.onnx'][:12]}`.",
        "Figures are `score.py`'s; what each corpus is and what the model was trained on stands in `dateline/weights/CARD.md`.",
        "",
        "| corpus | figure | value | must reach |",
        "|---|---|---:|---:|",
    ]
    for m in MEASURES:
        if m.name in results:
            for figure in m.shown:
                bar = (m.bars or {}).get(figure)
                lines.append(f"| {m.name} | {figure} | {results[m.name][figure]:.3f} | {f'{bar:.2f}' if bar else ''} |")
            broken = results[m.name]["spans_broken"] + results[m.name]["texts_changed"]
            lines.append(f"| {m.name} | spans broken, texts changed | {broken} | 0 |")
    own = results.get("corpus/dev")
    return "\n".join(lines + (parted(own) if own else [])) + "\n"


def parted(own: dict[str, Any]) -> list[str]:
    """The figures of our own reports by type, status and voice."""
    lines = ["", "### Our own reports (corpus/dev) by type, status and voice", ""]
    lines += ["| type, of events; status, of matched events | in gold | precision | recall | F1 |", "|---|---:|---:|---:|---:|"]
    for key in ("by_type", "by_status"):
        for name, row in own[key].items():
            lines.append(f"| {name} | {row['n']} | {row['p']:.2f} | {row['r']:.2f} | {row['f1']:.2f} |")
    lines += ["", "| voice | reports | events, F1 | participants, F1 | type with mode |", "|---|---:|---:|---:|---:|"]
    for voice, row in own["by_voice"].items():
        lines.append(f"| {voice} | {row['n']} | {row['event_f1']:.2f} | {row['participant_f1']:.2f} | {row['type_mode_accuracy']:.2f} |")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Measure all, print the table, keep it; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--only", choices=[m.task for m in MEASURES], nargs="*")
    a = parser.parse_args(argv)
    if not (SHARED / "score.py").exists():
        print(f"the development corpora and their scorer are not in {SHARED}: they do not travel with the code", file=sys.stderr)
        return 2
    chosen = [m for m in MEASURES if not a.only or m.task in a.only]
    results = {m.name: measure(m, a.model) for m in chosen}
    text = table(results, a.model)
    print(text)
    if not a.only and a.model == WEIGHTS:
        QUALITY.parent.mkdir(exist_ok=True)
        QUALITY.write_text(text + history(), encoding="utf-8")
    missed = [f"{m.name}: {k}" for m in chosen for k, bar in (m.bars or {}).items() if results[m.name][k] < bar]
    for miss in missed:
        print(f"below its bar: {miss}", file=sys.stderr)
    return 1 if missed else 0


def history() -> str:
    """What stands below the table in docs/quality.md already: notes written by hand stay."""
    old = QUALITY.read_text(encoding="utf-8") if QUALITY.exists() else ""
    at = old.find("\n## ")
    return old[at:] if at >= 0 else ""


if __name__ == "__main__":
    sys.exit(main())

"""How far two codings of the same reports agree: `python -m corpus.agreement FOLDER [FIRST]` compares the forms of FOLDER with ours.

FIRST is another corpus folder to compare with (that of an older commit); without it, this one.

F1 by the project's scorer (../shared/score.py, task `own`: ours is its gold), and Cohen's kappa of status and of source over the events
that it matches. Where one language model made both codings, this is the self-consistency of the coding, not agreement of people.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from corpus import PARTS, ROOT, form
from dateline.records import CodedReport, to_json

SCORER = ROOT.parent.parent / "shared" / "score.py"
SHOWN = (
    "event_f1",
    "participant_f1",
    "figure_f1",
    "number_f1",
    "type_mode_accuracy",
    "status_accuracy",
    "source_accuracy",
    "place_accuracy",
)


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of (first, second) labels (Cohen 1960); 1 where all are one label."""
    if not pairs:
        return 0.0
    seen = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return 1.0 if chance == 1 else (seen - chance) / (1 - chance)


def compare(pairs: Sequence[tuple[CodedReport, CodedReport]]) -> dict[str, float]:
    """Figures of (ours, second) codings of the same texts. Raises FileNotFoundError without the scorer."""
    score = _scorer()
    rows, outputs = [], []
    for ours, second in pairs:
        gold, told = (msgspec.json.decode(to_json(coded)) for coded in (ours, second))
        row = score.as_row(gold)
        told["report"] |= {"id": score.opaque(row["id"])}
        rows.append(row)
        outputs.append(told)
    result: dict[str, Any] = score.score("own", rows, outputs)
    status, source = [], []
    for row, told in zip(rows, outputs, strict=True):
        same_type = lambda p, g: score.event_type(p) == score.event_type(g)  # noqa: E731
        for p, g in score.pair_events(score.events(told), score.items(row["gold"], "events"), same_type):
            status.append((g["status"], p["status"]))
            source.append((_claimant(g), _claimant(p)))
    figures = {name: float(result[name]) for name in SHOWN}
    return figures | {"status_kappa": kappa(status), "source_kappa": kappa(source), "matched": float(len(status))}


def _claimant(event: dict[str, Any]) -> str:
    return (event.get("source") or {}).get("kind") or "the outlet"


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_pairs(folder: Path, corpus: Path = ROOT) -> list[tuple[CodedReport, CodedReport]]:
    """(ours, second) of the forms in and below `folder`, by name. Raises ValueError where a form is not sound or has another text."""
    pairs = []
    for path in sorted(folder.rglob("*.txt")):
        ours = next((p for part in PARTS if (p := corpus / part / path.name).exists()), None)
        if ours is None:
            raise ValueError(f"{path}: none of the reports in {corpus} has that name")
        first, second = form.read(ours), form.read(path)
        if first.report.text != second.report.text:
            raise ValueError(f"{path}: its text is not that of {ours}")
        pairs.append((first, second))
    return pairs


def main(folder: Path, corpus: Path = ROOT) -> int:
    try:
        pairs = read_pairs(folder, corpus)
    except ValueError as error:
        sys.exit(str(error))
    print(f"{len(pairs)} reports")
    for name, value in compare(pairs).items():
        print(f"{name:20} {value:.3f}" if value % 1 else f"{name:20} {value:.0f}")
    return 0


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:]]
    sys.exit(main(*folders) if len(folders) in (1, 2) else "usage: python -m corpus.agreement FOLDER [FIRST]")

"""`.venv/bin/python -m training.errors {wikievents,muc4,own} [--model FOLDER] [--show N]`: what goes wrong, sorted by cause.

On the development corpora: participants of matched events (wikievents), fillers of slots (muc4), types with modes (own): how many errors
have each cause, and N drawn by lot, to be looked at by hand before a method is changed. The scorer's own functions say what is right.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dateline.encode.model import WEIGHTS
from dateline.evaluate import MEASURES, SHARED, own_gold

Error = tuple[str, str]  # cause, what is seen of it


def scorer() -> Any:
    """The project's scorer as a module."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def coded(task: str, model: Path, score: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(gold row, coded record) of a task's corpus, coded by the command that users run."""
    (m,) = [m for m in MEASURES if m.task == task]
    with tempfile.TemporaryDirectory() as tmp:
        gold = own_gold(Path(tmp)) if task == "own" else SHARED / "corpora" / f"{m.corpus}.jsonl"
        rows, given, out = score.load_gold(str(gold)), Path(tmp) / "in.jsonl", Path(tmp) / "out.jsonl"
        given.write_text("".join(json.dumps(row) + "\n" for row in score.make_inputs(rows)), encoding="utf-8")
        command = [sys.executable, "-m", "dateline.cli", "code", str(given), "-o", str(out), "--any-language", "--codebook", m.codebook]
        subprocess.run([*command, "--model", str(model)], check=False, stderr=subprocess.PIPE)
        return score.pair_up(rows, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()])  # type: ignore[no-any-return]


def on_wikievents(pairs: list[tuple[Any, Any]], score: Any) -> Iterator[Error]:
    """Participants of matched events: what gold has and is not given, what is given and gold has not."""
    for row, record in pairs:
        gold, (given, reach, _) = score.wiki_gold(row), score.wiki_pred(row, record)
        dead = {sentence: unit for (sentence, kind), unit in gold.items() if kind == "LIFE"}
        units = {k: unit for k, unit in gold.items() if k[1] != "LIFE"}

        def wanted(k: tuple[int, str], role: str, units: Any = units, dead: Any = dead) -> list[list[str]]:
            more = dead.get(k[0], {}).get(role, []) if k[1] == "ASSAULT" else []
            return units.get(k, {}).get(role, []) + [f for f in more if f not in units.get(k, {}).get(role, [])]  # type: ignore[no-any-return]

        everywhere = [f for k in units for role in score.WIKI_CLASSES for f in wanted(k, role)]
        anyone = [
            score.strings(p) for e in score.events(record) for p in [*score.items(e, "participants"), *filter(None, [e.get("place")])]
        ]
        for k in units.keys() & given.keys():
            got = {role: score.wiki_forms(given[k], role) for role in score.WIKI_CLASSES}
            seen = f"{k[1]} in: {' '.join(t[0] for t in row['sentences'][k[0]][0])[:200]}"
            for role in score.WIKI_CLASSES:
                want, elsewhere = wanted(k, role), [f for other in reach.get(k, set()) - {k} for f in wanted(other, role)]
                hits = score.match(got[role], want, score.name_match)
                for n, forms in enumerate(want):
                    if n not in {b for _, b in hits}:
                        other = next((r for r in score.WIKI_CLASSES if any(score.name_match(f, forms) for f in got[r])), None)
                        known = any(score.name_match(f, forms) for f in anyone)
                        cause = f"as {other}" if other else "only in another event" if known else "nowhere"
                        yield f"missed {role}: {cause}", f"{forms[:3]} {seen}"
                for n, forms in enumerate(got[role]):
                    if n not in dict(hits) and not any(score.name_match(forms, f) for f in elsewhere):
                        other = next((r for r in score.WIKI_CLASSES if any(score.name_match(forms, f) for f in wanted(k, r))), None)
                        known = any(score.name_match(forms, f) for f in everywhere)
                        cause = f"is {other}" if other else "takes part in another event" if known else "takes no part"
                        yield f"stray {role}: {cause}", f"{forms[:3]} {seen}"


def on_muc4(pairs: list[tuple[Any, Any]], score: Any) -> Iterator[Error]:
    """Entities of the keys that no filler names, and fillers that no key has."""
    for row, record in pairs:
        given = {(p["role"], score.muc_norm(p["span"]["text"])) for e in score.events(record) for p in score.items(e, "participants")}
        keys = {(role, tuple(sorted(score.muc_norm(m[0]) for m in e))) for t in row["templates"] for role in score.ROLES for e in t[role]}
        for role, forms in sorted(keys):
            if not any(r == role and said in forms for r, said in given):
                beside = [said for r, said in given if r == role and any(set(said.split()) & set(f.split()) for f in forms)]
                other = [r for r, said in given if said in forms]
                yield f"missed {role}: {f'as {other[0]}' if other else 'other words' if beside else 'nowhere'}", f"{forms[:3]} {beside}"
        for role, said in sorted(given):
            if not any(r == role and said in forms for r, forms in keys):
                other = [r for r, forms in keys if said in forms]
                beside = [forms for r, forms in keys if r == role and any(set(said.split()) & set(f.split()) for f in forms)]
                yield f"stray {role}: {f'is {other[0]}' if other else 'other words' if beside else 'fills none'}", f"{said} {beside[:1]}"


def on_own(pairs: list[tuple[Any, Any]], score: Any) -> Iterator[Error]:
    """Types and modes of events whose words meet."""
    for row, record in pairs:
        for said, true in score.pair_events(score.events(record), score.items(row["gold"], "events"), lambda p, g: True):
            if said["type"] != true["type"]:
                yield f"type: {true['type']} as {said['type']}", f"{true['trigger']['text']}"
            elif not score.mode_right(said, true):
                yield f"mode: {true['type']} {true['modes']} as {said['modes']}", f"{true['trigger']['text']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["wikievents", "muc4", "own"])
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--show", type=int, default=3)
    a = parser.parse_args()
    score, by_cause = scorer(), dict[str, list[str]]()
    for cause, seen in {"wikievents": on_wikievents, "muc4": on_muc4, "own": on_own}[a.task](coded(a.task, a.model, score), score):
        by_cause.setdefault(cause, []).append(seen)
    for cause, all_seen in sorted(by_cause.items(), key=lambda item: -len(item[1])):
        print(f"{len(all_seen):4d}  {cause}")
        for seen in random.Random(1).sample(all_seen, min(a.show, len(all_seen))):
            print(f"        {seen}")


if __name__ == "__main__":
    main()

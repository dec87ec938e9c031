"""`python -m training.teach FOLDER …`: what models that are there already say of texts, for the next run to learn from.

Public corpora mark little of what our heads tell: RAMS one event in five sentences, news without coding nothing. Where a corpus is silent,
a run learns the mean of its teachers' logits in place of a label (Hinton et al. 2015, "Distilling the knowledge in a neural network").
FOLDERs hold exported models (`training.export RUN --to FOLDER`). → training/build/taught.npz: example's id → [words, outputs], float16.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from dateline.encode.model import Model
from training.data import BUILD

TAUGHT = BUILD / "taught.npz"
HEADS = ("type", "mode", "status", "figure", "cue")  # the heads that are taught, in the order of a row
SILENT = ("rams", "muc4", "news")  # the sources that leave words open


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    a = parser.parse_args()
    with open(BUILD / "examples.jsonl", encoding="utf-8") as lines:
        examples = [e for e in map(json.loads, lines) if e["source"] in SILENT]
    said: dict[str, np.ndarray] = {}
    for folder in a.folders:
        model = Model(folder)
        for e, encoding in zip(examples, model.encode([e["text"] for e in examples]), strict=True):
            row = np.concatenate([encoding.heads[h] for h in HEADS], 1) / len(a.folders)
            said[e["id"]] = said.get(e["id"], 0) + row
        print(f"{folder}: {len(examples)} texts", flush=True)
    np.savez(TAUGHT, **{name: rows.astype(np.float16) for name, rows in said.items()})


if __name__ == "__main__":
    main()

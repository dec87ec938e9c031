"""Trains the section finder on corpus/pages/train: small networks over the lines of a page (half an hour on two cores).

    python -m training.sections              # writes sections.npz beside the model
    python -m training.sections --adapt      # the networks that stand there go on for a few epochs: a new encoder's vectors are new to them
    python -m training.sections --folds 5    # scores pages by networks that did not see them, and writes nothing

A line is the mean of the encoder's vectors of its words (training/vectors.py) and its signs (dateline/extract/lines.py); a recurrent layer
reads the lines in both directions, and a linear chain over the kinds decides for the page as a whole (Lafferty et al. 2001).
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import pickle
import random
from collections import Counter
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from torch import nn

from corpus.pages import read_all
from corpus.pages.score import score, show
from dateline.encode.model import WEIGHTS, Model
from dateline.extract.lines import lines, signs
from dateline.extract.sections import FILE, Finder, pooled, sections_of, seen
from dateline.records import Section, SectionKind
from training.card import keep, sha256
from training.data import BUILD
from training.pages import Page, variant

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "corpus" / "pages" / "train"
KINDS = list(get_args(SectionKind))

HIDDEN = 96
EPOCHS, RATE, DECAY, DROP = 18, 2e-3, 1e-2, 0.4
ADAPT_EPOCHS, ADAPT_RATE = 3, 5e-4
VARIANTS = 10  # of each page, beside the page itself
NETWORKS = 4
FEWEST = 3  # lines that show a sign which counts


@dataclass(frozen=True)
class Case:
    """A page as it is read: vectors [lines, numbers], signs and kind of each line."""

    vectors: np.ndarray
    signs: list[list[str]]
    gold: list[int]


class Network(nn.Module):
    def __init__(self, numbers: int, names: int):
        super().__init__()
        self.text, self.signs = nn.Linear(numbers, HIDDEN), nn.Linear(names, HIDDEN)
        self.read = nn.GRU(2 * HIDDEN, HIDDEN, bidirectional=True, batch_first=True)
        self.kind = nn.Linear(4 * HIDDEN, len(KINDS) + 1)
        self.follows = nn.Parameter(torch.zeros(len(KINDS), len(KINDS)))
        self.drop = nn.Dropout(DROP)

    def forward(self, vectors: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        """Scores [lines, kinds + 1] of a page: of each kind, and of going on with the line above's."""
        line = torch.relu(torch.cat([self.text(self.drop(vectors)), self.signs(self.drop(shown))], 1))
        context, _ = self.read(self.drop(line)[None])
        return self.kind(self.drop(torch.cat([context[0], line], 1)))

    def loss(self, scores: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        """Negative log-likelihood of a page's kinds under the chain; long pages weigh more, but not as much more as they are longer."""
        scores, stay = scores[:, :-1], scores[1:, -1]
        right = scores[range(len(gold)), gold].sum() + self.follows[gold[:-1], gold[1:]].sum() + stay[gold[:-1] == gold[1:]].sum()
        ahead = scores[0]
        for row, follows in zip(scores[1:], self.follows + stay[:, None, None] * torch.eye(len(KINDS)), strict=True):
            ahead = torch.logsumexp(ahead[:, None] + follows, 0) + row
        return (torch.logsumexp(ahead, 0) - right) / len(gold) ** 0.5


def gold_of(page: Page) -> list[int]:
    """The kind of each line: of most of its characters."""
    out = []
    for line in lines(page.text):
        covered = dict.fromkeys(KINDS, 0)
        for s in page.sections:
            covered[s.kind] += max(0, min(line.end, s.end) - max(line.start, s.start))
        out.append(KINDS.index(max(covered, key=lambda k: covered[k])))
    return out


def cases_of(job: tuple[Path, Page, list[Page]]) -> tuple[str, list[Case]]:
    """A page and its variants, made with parts of `others`."""
    folder, page, others = job
    choose = random.Random(page.name)
    torch.set_num_threads(1)
    model = _model(folder)
    out = []
    for p in [page, *(variant(page, others, choose) for _ in range(VARIANTS))]:
        found = lines(p.text)
        (encoding,) = model.encode([p.text])
        out.append(Case(pooled(found, encoding).astype(np.float16), signs(found), gold_of(p)))
    return page.name, out


@functools.cache
def _model(folder: Path) -> Model:
    """A worker's model, loaded once."""
    return Model(folder, 1)


def read_cases(pages: list[Page], folds: list[list[Page]], folder: Path) -> dict[str, list[Case]]:
    """The cases of each page, by its name, kept in training/build. A variant has parts of its own fold's pages."""
    parts = [(Path(__file__).parent / "pages.py").read_bytes(), (ROOT / "dateline" / "extract" / "lines.py").read_bytes()]
    parts += [(ROOT / "dateline" / "extract" / "lines.toml").read_bytes(), sha256(folder / "model.onnx").encode()]
    key = hashlib.sha256(b"".join([*parts, *(p.text.encode() for p in pages), str(VARIANTS).encode()])).hexdigest()[:16]
    kept = BUILD / f"sections-{key}.pickle"
    if not kept.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        jobs = [(folder, page, fold) for fold in folds for page in fold]
        with get_context("spawn").Pool(2) as pool:
            kept.write_bytes(pickle.dumps(dict(pool.imap_unordered(cases_of, jobs, chunksize=4))))
    found: dict[str, list[Case]] = pickle.loads(kept.read_bytes())
    return found


def fit(job: tuple[list[list[Case]], int, int, Path | None]) -> dict[str, np.ndarray]:
    """The arrays of a network that has seen these pages' cases, begun anew or from the one of this number in a file."""
    pages, seed, epochs, start = job
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    choose = random.Random(seed)
    shown = Counter(sign for cases in pages for sign in {s for of_line in cases[0].signs for s in of_line})
    names = {sign: i for i, sign in enumerate(sorted(s for s, count in shown.items() if count >= FEWEST))}
    before = dict(np.load(start)) if start else {}
    if before:
        names = {str(sign): i for i, sign in enumerate(before.pop("names"))}
    network = Network(pages[0][0].vectors.shape[1], len(names))
    if before:
        network.load_state_dict({name: torch.tensor(stacked[seed].astype(np.float32)) for name, stacked in before.items()})
    rate = ADAPT_RATE if start else RATE
    every = [c for cases in pages for c in cases]
    fed = [(torch.tensor(c.vectors.astype(np.float32)), torch.tensor(seen(c.signs, names)), torch.tensor(c.gold)) for c in every]
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * len(fed) // 8 + 2)
    step = 0
    for epoch in range(epochs):
        choose.shuffle(fed)
        total = 0.0
        for vectors, signs_, gold in fed:
            loss = network.loss(network(vectors, signs_), gold)
            (loss / 8).backward()
            total += loss.item()
            step += 1
            if step % 8 == 0:
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
        print(f"network {seed}, epoch {epoch + 1}: loss {total / len(fed):.3f}", flush=True)
    arrays = {name: value.numpy() for name, value in network.state_dict().items()}
    return arrays | {"names": np.array(list(names))}


def networks(trained: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Networks' arrays as the finder reads them: stacked, in half precision. They saw the same pages, so they know the same signs."""
    stacked = {name: np.stack([arrays[name] for arrays in trained]).astype(np.float16) for name in trained[0] if name != "names"}
    return stacked | {"names": trained[0]["names"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate: so many of the five folds")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--adapt", action="store_true")
    parser.add_argument("--networks", type=int, default=NETWORKS)
    parser.add_argument("--folder", type=Path, default=WEIGHTS)
    parser.add_argument("--told", type=Path, help="where to leave what was told, to look at")
    a = parser.parse_args()
    epochs = a.epochs or (ADAPT_EPOCHS if a.adapt else EPOCHS)
    pages = [Page(*p) for p in read_all(PAGES)]
    random.Random(0).shuffle(pages)
    folds = [pages[i::5] for i in range(5)]
    cases = read_cases(pages, folds, a.folder)
    with get_context("spawn").Pool(2) as pool:
        if not a.folds:
            start = a.folder / FILE if a.adapt else None
            jobs = [([cases[p.name] for p in pages], seed, epochs, start) for seed in range(a.networks)]
            np.savez_compressed(a.folder / FILE, **networks(pool.map(fit, jobs, chunksize=1)))
            card = json.loads((a.folder / "model.json").read_text())
            record = {"pages": len(pages), "networks": a.networks, "epochs": epochs, "variants": VARIANTS}
            card["sections"] = record | ({"before": card.get("sections")} if a.adapt else {})
            keep(a.folder, card)
            return
        jobs = [
            ([cases[p.name] for i, fold in enumerate(folds) if i != out for p in fold], seed, epochs, None)
            for out in range(a.folds)
            for seed in range(a.networks)
        ]
        trained = pool.map(fit, jobs, chunksize=1)
    told: dict[str, tuple[Section, ...]] = {}
    for out in range(a.folds):
        finder = Finder(networks(trained[out * a.networks : (out + 1) * a.networks]))
        for page in folds[out]:
            found = lines(page.text)
            told[page.text] = sections_of(page.text, found, finder.kinds(found, cases[page.name][0].vectors.astype(np.float32)))
    if a.told:
        a.told.write_bytes(pickle.dumps(told))
    show(score((p.name, p.text, p.sections, told[p.text]) for fold in folds[: a.folds] for p in fold))


if __name__ == "__main__":
    main()

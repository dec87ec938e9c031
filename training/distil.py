"""`python -m training.distil RUN`: what a teacher says of every window → training/build/RUN/said.npy, for `training.train --teacher RUN`.

A pupil learns every head's odds for every word, and the pairs' (Hinton et al. 2015, "Distilling the knowledge in a neural network"),
beside what the corpora say. The teacher reads each window once: it costs many times what its pupil does.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from dateline.encode.words import Words, windows
from training.data import BUILD, Example
from training.encode import encoded, of_runs
from training.losses import MUC4_ROLE_WEIGHT, MUC4_TYPE_WEIGHT, PAIR_WEIGHT, SCALE, STRAY, STRAY_PHRASES
from training.model import RELATIONS, ROLES, Encoder, heads, related
from training.windows import Window, alike, inside, key, load_windows

LIKELY = 0.2  # a word names an event, for the pairs, where the teacher gives it this probability
MOST = 32  # such words a window
NO_EVENT = -20.0  # the logit of a word that stands in no window
Part = dict[str, Tensor]


@dataclass(frozen=True)
class Teacher:
    """What a teacher said: rows [words, outputs] of all windows, the stretch of each window by its key, and its distance table."""

    folder: Path
    rows: np.ndarray
    of: dict[str, tuple[int, int]]
    distance: Tensor
    sizes: dict[str, int]

    def said(self, x: Window) -> Part:
        """What it said of a window's words, by head."""
        rows = torch.from_numpy(np.array(self.rows[slice(*self.stretch(x.key, len(x.first)))])).float()
        return dict(zip(self.sizes, rows.split(list(self.sizes.values()), -1), strict=True))

    def stretch(self, name: str, words: int) -> tuple[int, int]:
        """A window's rows. Raises SystemExit where the teacher was not asked of such a window."""
        start, end = self.of.get(name, (0, 0))
        if end - start != words:
            raise SystemExit(f"{self.folder}/said.json knows no window {name!r}: run training.distil {self.folder.name} again")
        return start, end

    def force(self, example: Example, w: Words) -> np.ndarray:
        """How probably each word of a text names an ASSAULT: logits [words]."""
        at, said = heads()["type"].index("ASSAULT"), np.full(len(w), NO_EVENT, np.float32)
        for lo, hi in windows(len(w.pieces)):
            a, b = inside(w, lo, hi)
            said[a:b] = self.rows[slice(*self.stretch(key(example, lo, hi), b - a)), at]
        return said


def teacher(run: str) -> Teacher:
    """What that run said. Raises SystemExit where it was not asked."""
    folder = BUILD / run
    if not (folder / "said.json").exists():
        raise SystemExit(f"{folder} has no said.json: run training.distil {run} first")
    index = json.loads((folder / "said.json").read_text())
    of = {key: (start, end) for key, (start, end) in index["of"].items()}
    sizes = {name: len(labels) for name, labels in heads().items()}
    return Teacher(folder, np.load(folder / "said.npy", mmap_mode="r"), of, torch.tensor(index["distance"]), sizes)


def distilled(model: Encoder, taught: Teacher, batch: list[Window], parts: list[Part], names: dict[str, list[str]]) -> Tensor:
    """How far the pupil's `parts` of a batch are from what the teacher said, summed over heads and relations by their weights."""
    told = [taught.said(x) for x in batch]
    got, want = ({h: torch.cat([p[h] for p in of]) for h in names if h not in ("left", "right")} for of in (parts, told))
    types = want["type"].sigmoid()
    event = types.max(-1).values
    of_mode = [names["type"].index(name.split("/")[0]) for name in names["mode"]]
    modes = unsure(got["mode"], want["mode"]) * types[:, of_mode]
    total = SCALE["type"] * unsure(got["type"], want["type"]).sum(-1).mean()
    total = total + SCALE["mode"] * modes.sum() / event.sum().clamp(min=10)
    total = total + SCALE["status"] * mean(apart(got["status"], want["status"]), event)
    named = 1 - want["span"].softmax(-1)[:, 0]
    total = total + SCALE["kind"] * mean(apart(got["kind"], want["kind"]), named)
    for head in ("span", "figure", "cue", "site", "phrase"):
        total = total + SCALE[head] * apart(got[head], want[head]).mean()
    fills = apart(got["muc4_role"].unflatten(-1, (-1, 3)), want["muc4_role"].unflatten(-1, (-1, 3)))
    total = total + MUC4_ROLE_WEIGHT * fills.sum(-1).mean() + MUC4_TYPE_WEIGHT * unsure(got["muc4_type"], want["muc4_type"]).sum(-1).mean()
    pairs = [loss for window in zip(batch, parts, told, strict=True) for loss in pair_losses(model, taught, *window)]
    return total + PAIR_WEIGHT * torch.cat(pairs).mean() if pairs else total


def pair_losses(model: Encoder, taught: Teacher, x: Window, p: Part, t: Part) -> list[Tensor]:
    """By pair: of likely triggers with spans, noun phrases and strays, and of the same kind among themselves."""
    likely = t["type"].sigmoid().max(-1).values
    first = torch.topk(likely, min(MOST, len(likely))).indices
    first = torch.sort(first[likely[first] >= LIKELY]).values
    words = len(likely)
    stray = [(a, min(a + 1 + a % 3, words)) for a in torch.randint(words, (STRAY,)).tolist()]
    phrases = [x.others[i] for i in torch.randperm(len(x.others))[: 2 * STRAY_PHRASES].tolist()]
    spans = [(a, b) for a, b, _ in x.spans] + phrases + stray
    start = torch.tensor([a for a, _ in spans])

    def scores(q: Part, distance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left, right = (torch.stack([q[side][a:b].mean(0) for a, b in spans]) for side in ("left", "right"))
        links = related(q["left"][first], right, start[None] - first[:, None], distance)[..., :ROLES]
        events = related(q["left"][first], q["right"][first], first[None] - first[:, None], distance)[..., RELATIONS.index("same_event")]
        people = related(left, right, start[None] - start[:, None], distance)[..., RELATIONS.index("same_people")]
        return links, events[first[:, None] < first[None]], people[start[:, None] < start[None]]

    links, events, people = zip(scores(p, model.distance.weight), scores(t, taught.distance), strict=True)
    return [unsure(*links).sum(-1).flatten(), unsure(*events), unsure(*people)]


def mean(loss: Tensor, weight: Tensor) -> Tensor:
    """The mean of a loss, weighted; of less than ten words in all it counts less."""
    return (loss * weight).sum() / weight.sum().clamp(min=10)


def unsure(got: Tensor, want: Tensor) -> Tensor:
    """The loss of each yes or no against the teacher's odds for it, less what the teacher itself is unsure of."""
    odds, loss = want.sigmoid(), F.binary_cross_entropy_with_logits
    return loss(got, odds, reduction="none") - loss(want, odds, reduction="none")


def apart(got: Tensor, want: Tensor) -> Tensor:
    """How far each choice's shares are from the teacher's (Kullback and Leibler 1951)."""
    return F.kl_div(got.log_softmax(-1), want.log_softmax(-1), reduction="none", log_target=True).sum(-1)


def before(folder: Path, asked: list[Window], distance: list[list[float]]) -> dict[str, np.ndarray]:
    """What the teacher said when it was last asked, by window: where the corpora grew, only the rest is read."""
    if not (folder / "said.json").exists():
        return {}
    index, rows = json.loads((folder / "said.json").read_text()), np.load(folder / "said.npy", mmap_mode="r")
    if index["distance"] != distance:  # of an earlier check-point
        return {}
    said = {x.key: rows[slice(*index["of"].get(x.key, (0, 0)))] for x in asked}
    return {x.key: said[x.key] for x in asked if len(said[x.key]) == len(x.first)}


def adopt(folder: Path) -> None:
    """What the teacher has said by now takes the place of what it said before: at the end, and where a reading was cut short."""
    if (folder / "new.json").exists():
        for name in ("npy", "json"):  # the index last: what was cut short between the two goes on from it
            if (folder / f"new.{name}").exists():
                (folder / f"new.{name}").replace(folder / f"said.{name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    a = parser.parse_args()
    folder, model, names = BUILD / a.run, of_runs(a.run), heads()
    adopt(folder)
    asked = list({x.key: x for x in load_windows(names, lambda e: True)}.values())
    ends = np.cumsum([len(x.first) for x in asked])
    of = {x.key: (int(end) - len(x.first), int(end)) for x, end in zip(asked, ends, strict=True)}
    size = (int(ends[-1]), sum(len(labels) for labels in names.values()))
    rows = np.lib.format.open_memmap(folder / "new.npy", "w+", np.float16, size)
    distance = model.distance.weight.tolist()
    known = before(folder, asked, distance)
    for name, said in known.items():
        rows[slice(*of[name])] = said
    read = {name: of[name] for name in known}
    batches = list(alike([x for x in asked if x.key not in known]))
    with torch.no_grad():
        for n, batch in enumerate(batches, 1):
            for x, part in zip(batch, encoded(model, batch), strict=True):
                rows[slice(*of[x.key])] = torch.cat(list(part.values()), -1).numpy()
                read[x.key] = of[x.key]
            if n % 200 == 0:
                keep(folder, rows, read, distance)
                print(f"{n} of {len(batches)} batches", flush=True)
    keep(folder, rows, read, distance)
    adopt(folder)


def keep(folder: Path, rows: np.memmap, of: dict[str, tuple[int, int]], distance: list[list[float]]) -> None:
    """Write which windows have been read so far."""
    rows.flush()
    (folder / "new.json").write_text(json.dumps({"of": of, "distance": distance}))


if __name__ == "__main__":
    main()

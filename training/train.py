"""`python -m training.train RUN [--start RUN] [--epochs N] [--seed N] [--without SOURCE …] [--hold-out K]`: fine-tune the encoder.

A check-point is written after each epoch to training/build/RUN/; the same command goes on from the last one.
The run's settings, seed and losses stand in training/build/RUN/run.json.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dateline.encode.model import read_card
from training import exported
from training.data import BUILD, kept_fold
from training.distil import distilled, teacher
from training.encode import encoded, last
from training.losses import losses
from training.model import Encoder, heads
from training.windows import batches, load_windows

SHARE = {
    "own": 2.5,
    "excerpts": 0.8,
    "rams": 2.0,
    "geneva": 0.3,
    "recoded": 2.5,
    "stories": 0.6,
    "muc4": 1.5,
    "news": 0.4,
}  # how often an example is drawn in an epoch
ON = SHARE | {"excerpts": 0.6, "rams": 1.5, "geneva": 0.2, "stories": 0.3, "muc4": 0.8, "news": 0.5}  # the same with --start
ON_RATE = 0.5  # of the rates, with --start
RATE = {"minilm": 2e-4, "mpnet": 8e-5}  # of the layers, by what the encoder starts from
START = 1  # the heads begin alike in every run, so that the mean of several is an encoder too (`training.export`)
HEAD_RATE, PAIR_RATE, WARM_UP, DECAY = 1e-3, 3e-3, 0.1, 0.01
HELD_OUT = ("own", "recoded", "rams", "muc4", "stories")  # sources of which a fold sets no weight, so that second stages can learn there


def rates(model: Encoder) -> list[dict[str, Any]]:
    """The learned parameters with their learning rates: the highest for what scores pairs, which is slow to learn."""
    groups: dict[float, list[Any]] = {}
    for name, q in model.named_parameters():
        if q.requires_grad:
            rate = RATE[model.base] if name.startswith("bert") else PAIR_RATE if name.startswith(("sides", "distance")) else HEAD_RATE
            groups.setdefault(rate, []).append(q)
    return [{"params": params, "lr": rate} for rate, params in groups.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--start", metavar="RUN", help="go on from that run's last weights, or from those of an exported model: its folder")
    parser.add_argument("--frozen", type=int, default=0, metavar="N", help="layers at the bottom that stay as they are: a step is shorter")
    parser.add_argument("--share", type=float, default=1.0, help="of what an epoch draws: where epochs are long, check-points come sooner")
    parser.add_argument("--base", default="minilm", choices=RATE, help="what the encoder starts from; mpnet makes a teacher")
    parser.add_argument("--teacher", metavar="RUN", help="learn from that run too (training.distil); without one, news says nothing")
    parser.add_argument("--hold-out", type=int, choices=range(5), help=f"the fold of {', '.join(HELD_OUT)} that is not trained on")
    a = parser.parse_args()
    folder: Path = BUILD / a.run
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(START)
    names = heads()
    held_out = lambda e: e["source"] in HELD_OUT and e["fold"] == kept_fold(e["source"], a.hold_out)  # noqa: E731
    taught = teacher(a.teacher) if a.teacher else None
    without = {*a.without, *(() if taught else ("news",))}
    windows = load_windows(names, lambda e: e["source"] not in without and not held_out(e), taught)
    for x in windows if taught else ():
        taught.stretch(x.key, len(x.first))
    counts = Counter({x.example["id"]: x.example["source"] for x in windows}.values())
    before: dict[str, Any] | None = None
    if a.start and (Path(a.start) / "model.json").exists():
        model, before = exported.encoder(Path(a.start), "lean"), read_card(Path(a.start))["training"]
    else:
        model = Encoder(a.base, "lean")
        if a.start:
            model.load_state_dict(last(a.start))
            before = json.loads((BUILD / a.start / "run.json").read_text())
    model.freeze(a.frozen)
    shares = {source: a.share * s for source, s in (ON if a.start else SHARE).items()}
    optimizer = torch.optim.AdamW(rates(model), weight_decay=DECAY)
    steps = a.epochs * len(list(batches(windows, shares, random.Random(0))))
    peak = ON_RATE if a.start else 1.0
    ramp = lambda s: peak * min(s / (WARM_UP * steps), max(0.0, (steps - s) / ((1 - WARM_UP) * steps)))  # noqa: E731
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, ramp)
    log: list[dict[str, Any]] = []
    done = sorted(folder.glob("epoch-*.pt"))
    if done:
        state = torch.load(done[-1])
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
        log = state["log"]
    print(f"{len(windows)} windows, {steps} steps, epoch {len(log) + 1} is next", flush=True)
    for epoch in range(len(log) + 1, a.epochs + 1):
        rng, began, sums = random.Random(a.seed * 1000 + epoch), time.time(), dict[str, list[float]]()
        torch.manual_seed(a.seed * 1000 + epoch)
        model.train()
        for step, batch in enumerate(batches(windows, shares, rng)):
            parts = encoded(model, batch, rng)
            by_head = losses(model, batch, parts, names)
            if taught:
                by_head["teacher"] = distilled(model, taught, batch, parts, names)
            if not by_head:
                continue
            total = torch.stack(list(by_head.values())).sum()
            assert math.isfinite(total.item())
            total.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            for head, loss in by_head.items():
                sums.setdefault(head, []).append(loss.item())
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {step} {time.time() - began:.0f} s",
                    {k: round(float(np.mean(v[-50:])), 3) for k, v in sums.items()},
                    flush=True,
                )
        log.append({"epoch": epoch, "seconds": round(time.time() - began), **{k: round(float(np.mean(v)), 4) for k, v in sums.items()}})
        print(log[-1], flush=True)
        state = {"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "log": log}
        state |= {"model": model.state_dict()}
        torch.save(state, folder / "epoch-tmp")
        (folder / "epoch-tmp").rename(folder / f"epoch-{epoch:02d}.pt")
        record = {"settings": vars(a) | {"held_out": HELD_OUT}, "share": shares, "examples": counts, "log": log}
        (folder / "run.json").write_text(json.dumps(record | ({"before": before} if before else {}), indent=1))
        for old in sorted(folder.glob("epoch-*.pt"))[:-1]:
            old.unlink()


if __name__ == "__main__":
    main()

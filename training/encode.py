"""Windows through the encoder, and the encoder that a run has come to."""

from __future__ import annotations

import json
import random

import numpy as np
import torch
from torch import Tensor

from training.data import BUILD
from training.model import Encoder
from training.windows import Window

LOWER = 0.1  # share of windows read without shapes, since headlines and old wire copy have no usable case
NARROW = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # products of 16 bits, where the processor has them: elsewhere they are slow
CASED = (2, 3, 4, 10, 11, 12)  # shapes of words with capitals


def encoded(model: Encoder, batch: list[Window], rng: random.Random | None = None) -> list[dict[str, Tensor]]:
    """Each window's heads by word; some read without capitals, drawn by `rng`."""
    longest = max(len(x.pieces) for x in batch)
    pieces, shapes, mask = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    for i, x in enumerate(batch):
        pieces[i, : len(x.pieces)] = torch.from_numpy(x.pieces)
        lower = rng is not None and rng.random() < LOWER
        shapes[i, : len(x.shapes)] = torch.from_numpy(np.where(np.isin(x.shapes, CASED), 1, x.shapes) if lower else x.shapes)
        mask[i, : len(x.pieces)] = 1
    with torch.autocast("cpu", torch.bfloat16, enabled=NARROW):
        rows = model(pieces, shapes, mask)
    return [model.part(rows[i, torch.from_numpy(x.first)].float()) for i, x in enumerate(batch)]


def last(run: str) -> dict[str, Tensor]:
    """The weights that a run has come to."""
    found = sorted((BUILD / run).glob("epoch-*.pt"))
    if not found:
        raise SystemExit(f"no check-point in {BUILD / run}: run training.train {run} first")
    weights: dict[str, Tensor] = torch.load(found[-1])["model"]
    return weights


def of_runs(*runs: str) -> Encoder:
    """The encoder that a run has come to; of several that began alike, the mean of their weights (Wortsman et al. 2022, "Model soups")."""
    settings = [json.loads((BUILD / run / "run.json").read_text())["settings"] for run in runs]
    model = Encoder(settings[0].get("base", "minilm"))
    weights = [last(run) for run in runs]
    model.load_state_dict({name: torch.stack([w[name] for w in weights]).mean(0) for name in weights[0]})
    return model.eval()

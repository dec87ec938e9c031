"""The heads' losses over a batch of windows, each a mean over what is known."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.model import RELATIONS, ROLES, Encoder
from training.windows import Window

# What a head's loss weighs.
SCALE = {"type": 20.0, "mode": 6.0, "status": 0.5, "span": 2.0, "kind": 0.3, "figure": 1.0, "cue": 0.5, "site": 1.0}
SCALE |= {"phrase": 0.5, "dependency": 0.5}
MUC4_ROLE_WEIGHT, MUC4_TYPE_WEIGHT = 4.0, 0.5
PAIR_WEIGHT = 8.0
STRAY = 12  # stray spans a window
STRAY_PHRASES = 8  # noun phrases a window that are known to take no part in its events


def losses(model: Encoder, batch: list[Window], parts: list[dict[str, Tensor]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """The batch's losses by head, each a mean over what is known."""
    cat = lambda key: torch.from_numpy(np.concatenate([getattr(x, key) for x in marked]))  # noqa: E731
    out: dict[str, Tensor] = {}
    marked = [x for x in batch if not x.example["story"]]
    if marked:
        heads_of = [p for x, p in zip(batch, parts, strict=True) if not x.example["story"]]
        got = {h: torch.cat([p[h] for p in heads_of]) for h in SCALE}
        types, known = cat("types"), cat("types_known")
        loss = F.binary_cross_entropy_with_logits(got["type"], types, reduction="none", pos_weight=torch.tensor(2.0)).sum(-1)
        out["type"] = SCALE["type"] * (loss * known).sum() / max(known.sum(), 200)
        modes_known = cat("modes_known")
        if modes_known.any():
            loss = F.binary_cross_entropy_with_logits(got["mode"], cat("modes"), reduction="none")
            out["mode"] = SCALE["mode"] * (loss * modes_known).sum() / max(modes_known.sum(), 1)
        for head, weight in (
            ("status", torch.tensor([0.5] + [1.5] * 6)),
            ("span", None),
            ("kind", None),
            ("figure", torch.tensor([0.5] + [2.0] * 7)),
            ("cue", torch.tensor([0.5, 2.0])),
            ("site", None),
        ):
            want = cat(head)
            if (want >= 0).any():
                out[head] = SCALE[head] * F.cross_entropy(got[head], want, weight=weight, ignore_index=-100)
        linked = [relation_losses(model, x, p) for x, p in zip(marked, heads_of, strict=True)]
        for key in ("link", "same"):
            some = torch.cat([torch.zeros(0), *(pair[key] for pair in linked if key in pair)])
            if len(some):  # a window may have no pair that is known
                out[key] = some.mean() * PAIR_WEIGHT
    for head in ("phrase", "dependency"):
        said = torch.from_numpy(np.concatenate([getattr(x, head) for x in batch]))
        out[head] = SCALE[head] * F.cross_entropy(torch.cat([p[head] for p in parts]), said, ignore_index=-100)
    out |= muc4_losses([(x, p) for x, p in zip(batch, parts, strict=True) if x.fillers is not None], names)
    out |= story_losses([(x, p) for x, p in zip(batch, parts, strict=True) if x.example["story"]], names)
    return out


def muc4_losses(reports: list[tuple[Window, dict[str, Tensor]]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """Losses of MUC-4's slots by word and of its incident types: by filler, and of the report, whose most telling word says it."""
    if not reports:
        return {}
    unsure = F.binary_cross_entropy_with_logits
    roles, of_fillers, of_reports = [], [], []
    for x, p in reports:
        tags, types = torch.from_numpy(x.fillers), torch.from_numpy(x.filler_types)
        weight = torch.tensor([1.0, 2.0, 2.0])
        roles.append(
            F.cross_entropy(p["muc4_role"].reshape(-1, 3), tags.view(-1), weight=weight, reduction="none").view(tags.shape).sum(-1)
        )
        fills = types[:, 0] >= 0
        of_fillers.append(unsure(p["muc4_type"][fills], types[fills], reduction="none").sum(-1))
        here = (types == 1).any(0)
        known = here | torch.tensor([name not in x.example["muc4"]["types"] for name in names["muc4_type"]])
        of_reports.append((unsure(p["muc4_type"].max(0).values, here.float(), reduction="none") * known).sum())
    by_filler = torch.cat(of_fillers)
    out = {"muc4_role": MUC4_ROLE_WEIGHT * torch.cat(roles).mean(), "muc4_type": MUC4_TYPE_WEIGHT * torch.stack(of_reports).mean()}
    return out | ({"muc4_filler": MUC4_TYPE_WEIGHT * by_filler.mean()} if len(by_filler) else {})


def story_losses(tales: list[tuple[Window, dict[str, Tensor]]], names: dict[str, list[str]]) -> dict[str, Tensor]:
    """Losses of texts whose type is known but not its words: the type is read from the most telling word, and the mode there."""
    out: dict[str, list[Tensor]] = {"story": [], "story_mode": []}
    for x, p in tales:
        story, best = x.example["story"], p["type"].max(0)
        kind = names["type"].index(story["type"])
        out["story"].append(F.cross_entropy(best.values[None], torch.tensor([kind])) + 0.3 * F.softplus(-best.values[kind]))
        of_type = [i for i, name in enumerate(names["mode"]) if name.startswith(story["type"] + "/")]
        if story["mode"] and of_type:
            want = [names["mode"][i] for i in of_type].index(f"{story['type']}/{story['mode']}")
            out["story_mode"].append(0.3 * F.cross_entropy(p["mode"][best.indices[kind], of_type][None], torch.tensor([want])))
    return {name: torch.stack(losses).mean() for name, losses in out.items() if losses}


def relation_losses(model: Encoder, x: Window, p: dict[str, Tensor]) -> dict[str, Tensor]:
    """Losses of the pairs that the window's example knows: trigger with span, trigger with trigger, span with span."""
    out = {"link": link_losses(model, x, p)} if x.triggers and (x.spans or x.others) else {}
    trigger_row, span_row = rows_of(x)
    same = []
    if x.triggers and x.example["links_complete"]:
        at = torch.tensor([t for t, _ in x.triggers])
        same.append(pairs(model, p, at, at + 1, trigger_row, x.example["same_events"], "same_event"))
    if x.spans and (x.example["links_complete"] or x.example["muc4"]):
        starts, ends = (torch.tensor([span[i] for span in x.spans]) for i in (0, 1))
        same.append(pairs(model, p, starts, ends, span_row, x.example["same_people"], "same_people"))
    return out | ({"same": torch.cat(same)} if same else {})


def rows_of(x: Window) -> tuple[dict[int, int], dict[int, int]]:
    """The window's rows of the example's triggers and spans, by their numbers."""
    return {n: i for i, (_, n) in enumerate(x.triggers)}, {n: i for i, (_, _, n) in enumerate(x.spans)}


def link_losses(model: Encoder, x: Window, p: dict[str, Tensor]) -> Tensor:
    """Loss of each known pair of a trigger and a span."""
    # Strays beside the spans: what has no part in an event must be told from what has.
    words = len(p["left"])
    stray = [(a, min(a + 1 + a % 3, words)) for a in torch.randint(words, (STRAY,)).tolist()]
    stray = [(a, b) for a, b in stray if all(b <= s or e <= a for s, e, _ in x.spans)]
    stray += [x.others[i] for i in torch.randperm(len(x.others))[:STRAY_PHRASES].tolist()]
    places = [(a, b) for a, b, _ in x.spans] + stray
    left = p["left"][[t for t, _ in x.triggers]]
    right = torch.stack([p["right"][a:b].mean(0) for a, b in places])
    at = torch.tensor([t for t, _ in x.triggers])
    scores = model.relate(left, right, torch.tensor([a for a, _ in places])[None] - at[:, None])[..., :ROLES]
    want, known = torch.zeros(scores.shape), torch.full(scores.shape[:2], bool(x.example["links_complete"]))
    known[:, len(x.spans) :] = True
    trigger_row, span_row = rows_of(x)
    for t, s in x.example["far"]:
        if t in trigger_row and s in span_row:
            known[trigger_row[t], span_row[s]] = False
    for t, s, relation in x.example["links"]:
        if t in trigger_row and s in span_row:
            want[trigger_row[t], span_row[s], RELATIONS.index(relation)] = 1
            known[trigger_row[t], span_row[s]] = True
    return F.binary_cross_entropy_with_logits(scores, want, reduction="none").sum(-1)[known]


def pairs(
    model: Encoder, p: dict[str, Tensor], starts: Tensor, ends: Tensor, row: dict[int, int], groups: list[list[int]], name: str
) -> Tensor:
    """Loss of 'the same' for every pair a before b."""
    left, right = (torch.stack([p[side][a:b].mean(0) for a, b in zip(starts, ends, strict=True)]) for side in ("left", "right"))
    scores = model.relate(left, right, starts[None] - starts[:, None])[..., RELATIONS.index(name)]
    want = torch.zeros(scores.shape)
    for group in groups:
        here = [row[n] for n in group if n in row]
        for a in here:
            want[a, here] = 1
    before = starts[:, None] < starts[None]
    return F.binary_cross_entropy_with_logits(scores, want, reduction="none", pos_weight=torch.tensor(2.0))[before]

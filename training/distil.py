"""What a pupil learns from a teacher that reads the same windows: every head's odds for every word, and the pairs' (Hinton et al. 2015,
"Distilling the knowledge in a neural network")."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from training.losses import MUC4_ROLE_WEIGHT, MUC4_TYPE_WEIGHT, PAIR_WEIGHT, SCALE, STRAY, STRAY_PHRASES
from training.model import RELATIONS, ROLES, Encoder
from training.windows import Window

LIKELY = 0.2  # a word names an event, for the pairs, where the teacher gives it this probability
MOST = 32  # such words a window
Parts = list[dict[str, Tensor]]


def distilled(model: Encoder, teacher: Encoder, batch: list[Window], parts: Parts, said: Parts, names: dict[str, list[str]]) -> Tensor:
    """How far the pupil's `parts` of a batch are from what the teacher `said`, summed over heads and relations by their weights."""
    got, want = ({h: torch.cat([p[h] for p in of]) for h in names if h not in ("left", "right")} for of in (parts, said))
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
    pairs = [x for window in zip(batch, parts, said, strict=True) for x in pair_losses(model, teacher, *window)]
    return total + PAIR_WEIGHT * torch.cat(pairs).mean() if pairs else total


def pair_losses(model: Encoder, teacher: Encoder, x: Window, p: dict[str, Tensor], t: dict[str, Tensor]) -> list[Tensor]:
    """By pair: of likely triggers with spans, noun phrases and strays, and of the same kind among themselves."""
    likely = t["type"].sigmoid().max(-1).values
    first = torch.topk(likely, min(MOST, len(likely))).indices
    first = torch.sort(first[likely[first] >= LIKELY]).values
    words = len(likely)
    stray = [(a, min(a + 1 + a % 3, words)) for a in torch.randint(words, (STRAY,)).tolist()]
    phrases = [x.others[i] for i in torch.randperm(len(x.others))[: 2 * STRAY_PHRASES].tolist()]
    spans = [(a, b) for a, b, _ in x.spans] + phrases + stray
    start = torch.tensor([a for a, _ in spans])

    def scores(encoder: Encoder, q: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        left, right = (torch.stack([q[side][a:b].mean(0) for a, b in spans]) for side in ("left", "right"))
        links = encoder.relate(q["left"][first], right, start[None] - first[:, None])[..., :ROLES]
        events = encoder.relate(q["left"][first], q["right"][first], first[None] - first[:, None])[..., RELATIONS.index("same_event")]
        people = encoder.relate(left, right, start[None] - start[:, None])[..., RELATIONS.index("same_people")]
        return links, events[first[:, None] < first[None]], people[start[:, None] < start[None]]

    links, events, people = zip(scores(model, p), scores(teacher, t), strict=True)
    return [unsure(*links).sum(-1).flatten(), unsure(*events), unsure(*people)]


def unsure(got: Tensor, want: Tensor) -> Tensor:
    """The loss of each yes or no against the teacher's odds for it, less what the teacher itself is unsure of."""
    odds = want.sigmoid()
    return F.binary_cross_entropy_with_logits(got, odds, reduction="none") - F.binary_cross_entropy_with_logits(
        want, odds, reduction="none"
    )


def apart(got: Tensor, want: Tensor) -> Tensor:
    """How far each choice's shares are from the teacher's (Kullback and Leibler 1951)."""
    return F.kl_div(got.log_softmax(-1), want.log_softmax(-1), reduction="none", log_target=True).sum(-1)


def mean(loss: Tensor, weight: Tensor) -> Tensor:
    """The mean of a loss, weighted; of less than ten words in all it counts less."""
    return (loss * weight).sum() / weight.sum().clamp(min=10)

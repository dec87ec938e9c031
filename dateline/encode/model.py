"""The encoder at run time: one ONNX file, its tokenizer and `model.json`, run by onnxruntime on the CPU."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dateline.encode import words
from dateline.encode.words import Words
from dateline.records import Span, span_of

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parent.parent / "weights"
CLS, SEP = 101, 102
ADVICE = "Install Dateline again, or name another folder"


class ModelError(ValueError):
    """A folder that holds no usable model; the message names the file and what to do."""


@dataclass(frozen=True)
class Encoding:
    """A text as the encoder reads it: its words, for each head a row of raw scores a word [words, outputs], and the words' vectors
    [words, numbers]: of what the layers say, the principal components."""

    text: str
    words: Words
    heads: dict[str, Floats]
    vectors: NDArray[np.float16]

    def span(self, first: int, end: int) -> Span:
        """Words [first, end) of the text."""
        return span_of(self.text, int(self.words.starts[first]), int(self.words.ends[end - 1]))

    def said(self, first: int, end: int) -> str:
        """Words [first, end), lower-cased."""
        return self.text[self.words.starts[first] : self.words.ends[end - 1]].lower()


class Model:
    """The encoder loaded from a folder with model.onnx, model.json and tokenizer.json, and its trees."""

    def __init__(self, folder: Path = WEIGHTS, threads: int = 0):
        """Load it; `threads` 0 takes all cores. Raises ModelError."""
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = folder
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.options.log_severity_level = 3
        try:
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare exceptions of many kinds
            raise ModelError(f"no usable model in {folder}: {error}. {ADVICE}") from None
        self.session = self._session("model.onnx")

    @cached_property
    def roles(self) -> Any:
        """The trees that say which part a participant has in an event (`extract.roles`). Raises ModelError."""
        return self._session("roles.onnx")

    @cached_property
    def fillers(self) -> Any:
        """The trees that say which candidates fill a template's slots (`extract.templates`). Raises ModelError."""
        return self._session("fillers.onnx")

    def _session(self, name: str) -> Any:
        import onnxruntime

        try:
            return onnxruntime.InferenceSession(str(self.folder / name), self.options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises bare exceptions of many kinds
            raise ModelError(f"no usable model in {self.folder}: {error}. {ADVICE}") from None

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
        """Each text's words and scores, in order.

        Windows are read one at a time: int8 scales are set by all that is read at once, so that a text read beside others would come out
        otherwise than alone. Nothing is padded, and on two cores it is as fast as batches are.
        """
        width = sum(len(labels) for labels in self.card["heads"].values())
        found = []
        for text, w in zip(texts, words.split(texts, self.tokenizer), strict=True):
            rows, vectors = np.zeros((len(w), width), np.float32), np.zeros((len(w), self.card["vectors"]), np.float16)
            for window in _windows(w):
                found_rows, found_vectors = self._run(window)
                rows[window.into], vectors[window.into] = found_rows[window.first], found_vectors[window.first]
            found.append(Encoding(text, w, {name: rows[:, columns] for name, columns in self.slices.items()}, vectors))
        return found

    def _run(self, window: _Window) -> tuple[Floats, Floats]:
        """A window's rows [pieces, outputs] and vectors [pieces, numbers]."""
        fed = {"pieces": window.pieces, "shapes": window.shapes, "mask": np.ones(len(window.pieces), np.int64)}
        rows, vectors = self.session.run(["rows", "vectors"], {name: values[None] for name, values in fed.items()})
        return rows[0], vectors[0]

    def relate(self, left: Floats, right: Floats, apart: NDArray[np.int64], relations: Sequence[str]) -> Floats:
        """Scores of pairs by relation [relations, a, b], from `left` [a, …], `right` [b, …] and the distance in words [a, b]."""
        biases: dict[str, list[float]] = self.card["relations"]
        edges, n = np.array(self.card["distances"]), len(biases)
        near = np.searchsorted(edges, np.abs(apart), "right") - 1 + len(edges) * (apart < 0)
        size = left.shape[1] // n
        a, b = left.reshape(len(left), n, size), right.reshape(len(right), n, size)
        scores = np.empty((len(relations), len(left), len(right)), np.float32)
        for i, name in enumerate(relations):
            k = list(biases).index(name)
            scores[i] = a[:, k] @ b[:, k].T / size**0.5 + np.array(biases[name], np.float32)[near]
        return scores


def probability(logits: Any) -> Any:
    """The logistic function, in the shape of its input; no score is too large for it."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)


def shares(logits: Floats) -> Floats:
    """The softmax of each row [n, outputs]: how probable each output is."""
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(odds / odds.sum(-1, keepdims=True), np.float32)


def read_card(folder: Path = WEIGHTS) -> dict[str, Any]:
    """A model's card, checked, without loading the model. Raises ModelError, also where a file is not the one that the card is of."""
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        for key, kind in (("heads", dict), ("relations", dict), ("distances", list), ("vectors", int), ("digests", dict)):
            if not isinstance(card, dict) or not isinstance(card.get(key), kind):
                raise ModelError(f"no usable model in {folder}: model.json has no {key}. {ADVICE}")
        for name, digest in card["digests"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ModelError(f"no usable model in {folder}: {name} is not the file that model.json is of. {ADVICE}")
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"no usable model in {folder}: {error}. {ADVICE}") from None
    checked: dict[str, Any] = card
    return checked


@dataclass(frozen=True)
class _Window:
    """One window: its pieces and shapes, and which of its rows go to which words of its text."""

    pieces: NDArray[np.int64]
    shapes: NDArray[np.int64]
    first: NDArray[np.int64]
    into: slice


def _windows(w: Words) -> Iterator[_Window]:
    ranges = words.windows(len(w.pieces))
    for (lo, hi), (own_lo, own_hi) in zip(ranges, words.owned(ranges), strict=True):
        a, b = np.searchsorted(w.first, (own_lo, own_hi))
        yield _Window(
            np.concatenate([[CLS], w.pieces[lo:hi], [SEP]]),
            np.concatenate([[0], w.shapes[w.word_of[lo:hi]], [0]]),
            w.first[a:b] - lo + 1,
            slice(int(a), int(b)),
        )

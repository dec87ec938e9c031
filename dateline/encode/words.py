"""Text → words: word pieces with offsets, each word's shape, and the windows that the encoder reads.

The encoder is uncased. What lower-casing loses goes in beside the pieces as one shape a word (`SHAPES`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = NDArray[np.int64]

# Shape 0 is for [CLS], [SEP] and padding. An accent doubles the row: "Élan" is not "Elan".
SHAPES = ("special", "lower", "title", "upper", "mixed", "digits", "digits+letters", "punctuation")
N_SHAPES = 2 * len(SHAPES)

# What no name and no description ends with; of the marks a full stop ("the U.S."), a quotation mark or a bracket may end one.
OPEN = frozenset(
    "the a an of in on at by to for from with without and or nor but as than into onto over under about against between among amid during "
    "before after near through per via since until if because while is are was were be been has have had "
    ", ; : - – — ( [ “ ‘ / ? ! … $ £ €".split()
)

WINDOW = 384  # word pieces that the encoder reads at once, [CLS] and [SEP] included
OVERLAP = 96  # pieces that two neighbouring windows share, so that each word is read with 48 or more on either side


@dataclass(frozen=True)
class Words:
    """A text's words: code-point offsets and shapes [words]; pieces' ids and the word that each is of [pieces]."""

    starts: Ints
    ends: Ints
    shapes: Ints
    pieces: Ints
    word_of: Ints
    first: Ints  # [words]: each word's first piece
    closes: NDArray[np.bool_]  # [words]: whether a name or a description may end with the word

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, start: int, end: int) -> tuple[int, int]:
        """The words (first, end exclusive) that overlap the characters [start, end)."""
        return int(np.searchsorted(self.ends, start, "right")), int(np.searchsorted(self.starts, end, "left"))


@lru_cache(maxsize=65536)
def shape(word: str) -> int:
    """The row of `SHAPES` for a word, plus their number where it has a letter that ASCII lacks."""
    if not any(c.isalnum() for c in word):
        kind = 7
    elif word.isdecimal():
        kind = 5
    elif any(c.isdecimal() for c in word):
        kind = 6
    elif word.lower() == word:
        kind = 1
    elif word[:1].isupper() and (word[1:].islower() or len(word) == 1):
        kind = 2
    elif word.isupper():
        kind = 3
    else:
        kind = 4
    return kind + (0 if word.isascii() or kind == 7 else len(SHAPES))


def split(texts: Sequence[str], tokenizer: Tokenizer) -> list[Words]:
    """Each text's words, in order. Texts may be empty."""
    found = []
    for text, encoding in zip(texts, tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True):
        word_of = np.array(encoding.word_ids, np.int64)
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        first = np.flatnonzero(np.diff(word_of, prepend=-1))
        last = np.append(first[1:], len(word_of))[: len(first)] - 1
        starts, ends = offsets[first, 0], offsets[last, 1]
        said = [text[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
        shapes = np.array([shape(word) for word in said], np.int64)
        closes = np.array([word.lower() not in OPEN for word in said], np.bool_)
        # The tokenizer's word numbers may skip words that normalise to nothing: count anew.
        numbers = np.cumsum(np.diff(word_of, prepend=-1) != 0) - 1
        found.append(Words(starts, ends, shapes, np.array(encoding.ids, np.int64), numbers, first, closes))
    return found


def windows(pieces: int, window: int = WINDOW, overlap: int = OVERLAP) -> list[tuple[int, int]]:
    """Ranges of pieces that cover a text, each at most `window` less [CLS] and [SEP], neighbours sharing `overlap`."""
    room = window - 2
    starts = range(0, max(1, pieces - overlap), room - overlap)
    return [(s, min(s + room, pieces)) for s in starts] if pieces else []


def owned(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each window the pieces whose vectors are taken from it: neighbours part their overlap in the middle."""
    cuts = [ranges[0][0]] + [(a[1] + b[0]) // 2 for a, b in itertools.pairwise(ranges)] + [ranges[-1][1]] if ranges else []
    return list(itertools.pairwise(cuts))

"""What stands where in a text that was pasted: headline, dateline, body, captions, readers' comments, and the page around.

A small network over the encoder's vectors reads the text line by line (`training/sections.py` says how it was made). What the page's
markup or an export's form told before stays as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from dateline.encode.model import Encoding, ModelError
from dateline.extract.lines import Line, lines, signs
from dateline.records import Report, Section, SectionKind

Floats = NDArray[np.float32]

FILE = "sections.npz"
KINDS: tuple[SectionKind, ...] = get_args(SectionKind)

# A text of more lines is a book or a dump, and no page.
MAX_LINES = 20_000


def tell(report: Report, encoding: Encoding, folder: Path) -> Report:
    """The report with sections that cover its text, told by the networks in the model's folder. Raises ModelError."""
    found = lines(report.text)
    if not found or len(found) > MAX_LINES:
        return report if report.sections else replace(report, sections=(Section(kind="body", start=0, end=len(report.text)),))
    return replace(report, sections=sections_of(report.text, found, finder(folder).kinds(found, pooled(found, encoding), report.sections)))


@functools.cache
def finder(folder: Path) -> Finder:
    """The networks of a model's folder. Raises ModelError."""
    try:
        with np.load(folder / FILE) as arrays:
            return Finder(dict(arrays))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"no usable {FILE} in {folder}: {error}. Install Dateline again, or name another folder") from None


class Finder:
    """Networks of one shape whose scores are averaged. `arrays`: the signs' names, and each weight with the networks as its first axis."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        w = {name: array.astype(np.float32) for name, array in arrays.items() if name != "names"}
        self._names = {str(name): i for i, name in enumerate(arrays["names"])}
        self._line = [(w[f"{part}.weight"].swapaxes(1, 2), w[f"{part}.bias"][:, None]) for part in ("text", "signs")]
        # Both directions as one axis: [networks, 2, …].
        ways = ("l0", "l0_reverse")
        self._into, self._again = (np.stack([w[f"read.weight_{part}_{way}"] for way in ways], 1) for part in ("ih", "hh"))
        self._bias, self._bias_again = (np.stack([w[f"read.bias_{part}_{way}"] for way in ways], 1) for part in ("ih", "hh"))
        self._kind = (w["kind.weight"].swapaxes(1, 2), w["kind.bias"][:, None])
        self._follows = w["follows"].mean(0)

    def kinds(self, found: list[Line], vectors: Floats, known: Sequence[Section] = ()) -> list[SectionKind]:
        """The kind of each line, from its vector [lines, numbers], its signs, and the sections that are known."""
        scores = self._scores(vectors, seen(signs(found), self._names))
        follows = self._follows + scores[:, -1:, None] * np.eye(len(KINDS), dtype=np.float32)
        kinds = [KINDS[k] for k in _best(scores[:, :-1] + _certain(found, known), follows)]
        if "body" in kinds:
            return kinds
        # Comments and captions need an article beside them: where none is told, all that is not known to be something else is it.
        sure = [any(s.start <= line.start < s.end and s.kind != "body" for s in known) for line in found]
        return [k if is_known or (k == "headline" and len(kinds) > 1) else "body" for k, is_known in zip(kinds, sure, strict=True)]

    def _scores(self, vectors: Floats, shown: Floats) -> Floats:
        """Scores of lines [lines, kinds + 1]: of each kind, and of going on with the line above's."""
        line = np.concatenate([rows @ weight + bias for rows, (weight, bias) in zip((vectors, shown), self._line, strict=True)], 2)
        line = np.maximum(line, 0)  # [networks, lines, hidden]
        context = self._read(np.stack([line, line[:, ::-1]], 1))
        rows = np.concatenate([context[:, 0], context[:, 1, ::-1], line], 2)
        return (rows @ self._kind[0] + self._kind[1]).mean(0)  # type: ignore[no-any-return]

    def _read(self, rows: Floats) -> Floats:
        """A gated recurrent layer over rows [networks, 2, lines, hidden] (Cho et al. 2014; the equations are PyTorch's)."""
        hidden = self._again.shape[-1]
        given = rows @ self._into.swapaxes(2, 3) + self._bias[:, :, None]
        state = np.zeros((*rows.shape[:2], hidden), np.float32)
        out = np.zeros((*rows.shape[:3], hidden), np.float32)
        for i in range(rows.shape[2]):
            row, kept = given[:, :, i], (self._again @ state[..., None])[..., 0] + self._bias_again
            gates = 1 / (1 + np.exp(-np.clip(row[..., : 2 * hidden] + kept[..., : 2 * hidden], -50, 50)))
            fresh = np.tanh(row[..., 2 * hidden :] + gates[..., :hidden] * kept[..., 2 * hidden :])
            state = fresh + gates[..., hidden:] * (state - fresh)
            out[:, :, i] = state
        return out


def pooled(found: list[Line], encoding: Encoding) -> Floats:
    """The mean of each line's words' vectors [lines, numbers]."""
    out = np.zeros((len(found), encoding.vectors.shape[1]), np.float32)
    for i, line in enumerate(found):
        first, end = encoding.words.at(line.start, line.end)
        if end > first:
            out[i] = encoding.vectors[first:end].mean(0, dtype=np.float32)
    return out


def seen(shown: list[list[str]], names: Mapping[str, int]) -> Floats:
    """Which of the names each line shows [lines, names]."""
    out = np.zeros((len(shown), len(names)), np.float32)
    for i, of_line in enumerate(shown):
        out[i, [names[s] for s in of_line if s in names]] = 1
    return out


def sections_of(text: str, found: list[Line], kinds: list[SectionKind]) -> tuple[Section, ...]:
    """Sections that cover a text: lines of one kind joined; white space goes with what stands before it."""
    out: list[Section] = []
    ends = [line.start for line in found[1:]] + [len(text)]
    for end, kind in zip(ends, kinds, strict=True):
        start = out[-1].end if out else 0
        if out and out[-1].kind == kind:
            start = out.pop().start
        out.append(Section(kind=kind, start=start, end=end))
    return tuple(out)


def _certain(found: list[Line], known: Sequence[Section]) -> Floats:
    """What is added to the scores [lines, kinds] for what is known: a line is of its section's kind, but within the article's text there
    can be all but another headline."""
    out = np.zeros((len(found), len(KINDS)), np.float32)
    for i, line in enumerate(found):
        for kind in (s.kind for s in known if s.start <= line.start < s.end):
            out[i, [k for k, other in enumerate(KINDS) if (other == "headline" if kind == "body" else other != kind)]] = -1e6
    return out


def _best(scores: Floats, follows: Floats) -> list[int]:
    """The best sequence of kinds (Viterbi), from scores [lines, kinds] and what each kind's following each adds [lines, kinds, kinds]."""
    ahead, came = scores[0], []
    for row, step in zip(scores[1:], follows[1:], strict=True):
        paths = ahead[:, None] + step
        came.append(paths.argmax(0))
        ahead = paths.max(0) + row
    out = [int(ahead.argmax())]
    for before in reversed(came):
        out.append(int(before[out[-1]]))
    return out[::-1]

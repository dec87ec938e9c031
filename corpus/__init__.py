"""Our own coded reports, and what goes with them: `load` gives the records.

form.py reads the form that they are written in, sound.py and atlas.py check it, stats.py counts, agreement.py compares two codings.
`python -m corpus FOLDER` writes train.jsonl, dev.jsonl and test.jsonl: one record of the contract a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from dateline.records import CodedReport

ROOT = Path(__file__).parent
Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


def paths(part: Part) -> list[Path]:
    """The forms of a part, by name."""
    return sorted((ROOT / part).glob("*.txt"))


def load(part: Part) -> Iterator[CodedReport]:
    """The coded reports of a part; `test` is there to report figures, not to look at. Raises corpus.form.FormError."""
    from corpus import form

    for path in paths(part):
        yield form.read(path)

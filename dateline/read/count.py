"""How many reports the inputs hold, roughly and fast: for the time that is left, not for a result."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.read import formats
from dateline.read.inputs import STDIN, Input, find, open_input
from dateline.read.reading import Reading
from dateline.read.unreadable import Unreadable


def count(inputs: Iterable[str]) -> int | None:
    """One for each file, or its lines where it is JSON Lines; None where it cannot be told (standard input)."""
    total = 0
    for source in find(inputs):
        if isinstance(source, Input):
            if source.path == STDIN:
                return None
            try:
                with open_input(source) as stream:
                    total += formats.count(stream, Reading(name=source.name))
                continue
            except (OSError, Unreadable):
                pass
        total += 1
    return total

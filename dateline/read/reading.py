"""How a stream is to be read: what is known of it beside its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    """`encoding`: UTF-16 or UTF-32, where its first bytes say so. `columns`: a report's field → the column or key that the
    user names for it. `name`: the file's, for people; it decides only where the bytes can be two things (a table or a text)."""

    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

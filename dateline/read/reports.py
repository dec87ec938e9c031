"""Text and what is known of it → Report."""

from __future__ import annotations

from typing import Any

from dateline.read.unreadable import MAX_REPORT, Unreadable
from dateline.records import Report, Section, digest


def new_report(text: str, parts: tuple[Section, ...] = (), /, *, id: str | None = None, **fields: Any) -> Report:
    """A report with its hash and its id. `parts`: its sections, where the input tells them.

    Raises Unreadable for a text that is blank or too long.
    """
    if not text or text.isspace():
        raise Unreadable("the text is blank", "Remove it, or fill in its text.")
    if len(text) > MAX_REPORT:
        raise Unreadable(
            f"the text has {len(text):,} characters; a report has at most {MAX_REPORT:,}",
            "Split it into one text for each report: JSON Lines holds any number of them in a file.",
        )
    sha256 = digest(text)
    return Report(id=id or sha256[:16], text=text, sha256=sha256, sections=parts, **fields)

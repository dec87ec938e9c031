"""What stands where in a text: the article, and the readers' comments under it.

A first version, which knows one sign: a line of its own that announces comments, as every comment system sets one. What is
not announced is body. It is there so that a reader's comment is not coded as news.
"""

from __future__ import annotations

import re

from dateline.records import Section

# "8 comments", "Comments (12)", "Readers' comments:", "Leave a comment", "Discussion — 3 replies"; the line holds nothing else.
_COUNT = r"\d[\d., ]{0,9}"
ANNOUNCED = re.compile(
    r"^[ \t]{0,9}[-=*#]{0,6}[ \t]{0,3}"
    rf"(?:{_COUNT}[ \t]{{1,3}}(?:readers?[’']?s?[ \t]+)?(?:comments?|replies|responses|reactions)"
    rf"|(?:(?:all|your|latest|top|readers?[’']?s?|user)[ \t]+)?comments?(?:[ \t]+section)?(?:[ \t]{{0,3}}[(\[]?[ \t]?{_COUNT}[)\]]?)?"
    rf"|(?:leave|post|add|write)[ \t]+a[ \t]+(?:comment|reply)|discussion[ \t]*[—–-][ \t]*{_COUNT}(?:comments?|replies))"
    r"[ \t]{0,3}[:.…]?[ \t]{0,3}[-=*]{0,6}[ \t]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)


def sections(text: str) -> tuple[Section, ...]:
    """The text's body and, from the line that announces them on, its comments. Together they cover the text."""
    announced = ANNOUNCED.search(text)
    # A comment needs an article above it: a text that begins with the word is about something else.
    if not announced or not text[: announced.start()].strip():
        return (Section(kind="body", start=0, end=len(text)),)
    at = announced.start()
    return (Section(kind="body", start=0, end=at), Section(kind="comment", start=at, end=len(text)))

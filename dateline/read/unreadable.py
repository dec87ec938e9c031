"""What cannot be read, and the bounds beyond which nothing is."""

from __future__ import annotations

from dateline.records import Failure

# A page or a plain text that is longer decompressed is no news report but a dump, an archive, or a compression bomb;
# it is held in memory whole, a few times over while it is decoded.
MAX_DOCUMENT = 64 * 1024 * 1024

# One line of JSON Lines. A report of MAX_REPORT characters takes at most 12 MB as JSON (a character outside the
# BMP escaped as two \uXXXX); the rest is for the other keys. The number of lines has no bound.
MAX_LINE = 16 * 1024 * 1024

# The longest newspaper features have some 100,000 characters; ten times as much is a book or an archive in one
# text, of which "the report says" would mean nothing.
MAX_REPORT = 1_000_000

# All that an archive holds, decompressed, archives in it included: above this it is a bomb, or better unpacked first.
MAX_ARCHIVE = 1024 * 1024 * 1024

# Archives in archives.
MAX_NESTING = 3

# Nesting of JSON. Parsers give up somewhere near a thousand, depending on who calls them; a record that we accept
# must also be written and read again by every later stage, nested a little deeper.
MAX_DEPTH = 100


class Unreadable(Exception):
    """Something that is not read: what is wrong with it, and what to do about it. Never leaves this package.

    `report` is the id of the report that it is about, where that is known.
    """

    report: str | None = None

    def __init__(self, error: str, advice: str) -> None:
        super().__init__(error)
        self.error = error
        self.advice = advice


def failure_of(problem: Unreadable, name: str, where: str | None = None) -> Failure:
    """The record of what was not read: `name` is the input, `where` the place in it."""
    return Failure(input=name, where=where, step="read", error=problem.error, advice=problem.advice, report=problem.report)


def bytes_in_words(count: int) -> str:
    return f"{count // (1024 * 1024)} MiB" if count >= 1024 * 1024 else f"{count:,} bytes"

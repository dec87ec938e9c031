"""Mail: a message (EML) or a mailbox of them (MBOX), by Python's email. One report a message."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from typing import BinaryIO

from dateline.read.dates import day
from dateline.read.decode import decode, read_document
from dateline.read.html import fragment_text
from dateline.read.language import code_of
from dateline.read.reading import Reading
from dateline.read.reports import new_report
from dateline.read.unreadable import MAX_DOCUMENT, Unreadable, bytes_in_words
from dateline.records import Report

# A plain part shorter than this beside an HTML part says "view it in your browser".
SUBSTANTIAL = 400

# Parts of a message, those within parts included.
MAX_PARTS = 1000

_PIECE = 1024 * 1024


def read_eml(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of one message. Raises Unreadable."""
    yield from _message(read_document(stream), None)


def read_mbox(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """The report of each message of a mailbox (RFC 4155), or what is wrong with it; one is held at a time."""
    for number, message in enumerate(_split(stream), 1):
        place = f"message {number}"
        if isinstance(message, Unreadable):
            yield place, message
        else:
            yield from _message(message, place)


def _split(stream: BinaryIO) -> Iterator[bytes | Unreadable]:
    """The messages of a mailbox: each begins with a line "From …" after a blank one."""
    held: list[bytes] = []
    size, blank, began = 0, True, False
    while line := stream.readline(_PIECE):
        if blank and line.startswith(b"From "):
            if began:
                yield b"".join(held) if size <= MAX_DOCUMENT else _too_long()
            held, size, began = [], 0, True
            continue
        blank = not line.strip()
        size += len(line)
        if size <= MAX_DOCUMENT:
            held.append(line[1:] if re.match(rb">+From ", line) else line)
        else:
            held = []
    if began:
        yield b"".join(held) if size <= MAX_DOCUMENT else _too_long()


def _too_long() -> Unreadable:
    return Unreadable(f"the message is longer than {bytes_in_words(MAX_DOCUMENT)}", "Save its text as a .txt file.")


def _message(data: bytes, place: str | None) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """A message's report, and each of its attachments as what is not read."""
    try:
        message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(data)
        parts = []
        for part in message.walk():
            parts.append(part)
            if len(parts) > MAX_PARTS:
                raise Unreadable(f"the message has more than {MAX_PARTS:,} parts", "Save its text as a .txt file.")
        yield place, _report(message, parts)
        for part in parts:
            if part.get_content_disposition() == "attachment" and part.get_content_maintype() != "image":
                name = f"the attachment {_clean(part.get_filename() or '') or part.get_content_type()!r}"
                yield place, Unreadable(f"{name} is not read", "Save it, and give it as an input.")
    except Unreadable as problem:
        yield place, problem
    except Exception as error:  # the header parser trips over what mail in the wild holds
        yield place, Unreadable(f"not readable as mail: {error!r}", "Save its text as a .txt file.")


def _report(message: EmailMessage, parts: list[EmailMessage]) -> Report:
    texts = [p for p in parts if p.get_content_type() == "text/plain" and p.get_content_disposition() != "attachment"]
    pages = [p for p in parts if p.get_content_type() == "text/html" and p.get_content_disposition() != "attachment"]
    text, found = "", dict[str, str]()
    if texts:
        text, found = _decoded(texts[0])
    if pages and len(text.strip()) < SUBSTANTIAL:
        page, how = _decoded(pages[0])
        page = fragment_text(page)
        if len(page) > len(text):
            text, found = page, how
    known = {
        "title": (_header(message, "subject"), "subject"),
        "published": (day(_header(message, "date") or ""), "date header"),
        "language": (code_of(_header(message, "content-language") or ""), "content-language"),
        "outlet": (_outlet(message), "from"),
    }
    told = {field: value for field, (value, _) in known.items() if value}
    return new_report(text.replace("\r\n", "\n"), found=found | {f: known[f][1] for f in told}, **told)


def _decoded(part: EmailMessage) -> tuple[str, dict[str, str]]:
    payload = part.get_payload(decode=True)
    return decode(payload if isinstance(payload, bytes) else b"", None, part.get_content_charset())


def _header(message: EmailMessage, name: str) -> str | None:
    value = message.get(name)
    return _clean(str(value)) if value is not None else None


def _clean(value: str) -> str | None:
    """A header's value as valid Unicode: bytes that are none reach us as lone surrogates."""
    return " ".join(value.encode("utf-8", "replace").decode().split()) or None


def _outlet(message: EmailMessage) -> str | None:
    """Who sends a newsletter. A private sender is a person, and not named."""
    if message.get("list-id") is None and message.get("list-unsubscribe") is None:
        return None
    addresses = getattr(message.get("from"), "addresses", ())
    return _clean(addresses[0].display_name) if addresses else None

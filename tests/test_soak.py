"""Readers under damaged input: whatever the bytes are, a reader gives reports or says what is wrong, and nothing else is raised.

`make test` draws the same cases each time; `make soak` others, for ten minutes a seed. A crash becomes a test beside its reader.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import time
import zipfile

import pyarrow
import pyarrow.parquet
import pytest
import test_read_documents as documents
import test_read_exports as exports
import test_read_warc as archives
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.encode.model import Model
from dateline.extract.sections import tell
from dateline.read.formats import read_stream
from dateline.read.reading import Reading
from dateline.read.unreadable import Unreadable
from dateline.records import CodedReport, RecordError, Report, from_json, to_json

SECONDS = float(os.environ.get("SOAK_SECONDS", "0"))
EXAMPLES = 200  # of `make test`, the same in each run
NEWS = documents.NEWS.encode()


def _parquet() -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"text": [documents.NEWS, documents.OTHER], "date": ["2019-03-02", None]}), out)
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", NEWS)
        archive.writestr("b.csv", b"id,text\n1,x\n")
    return out.getvalue()


SEEDS = {
    "text": NEWS,
    "jsonl": b'{"text": "' + NEWS + b'", "published": "2019-03-02"}\n{"text": 3}\n',
    "html": archives.page(1),
    "table": b'id,text,date\n1,"' + NEWS + b'",2019-03-02\n2,x\n',
    "parquet": _parquet(),
    "warc": archives.warc(("https://example.org/1", archives.page(1), "200 OK", "text/html"), packed=False),
    "feed": documents.RSS.encode(),
    "pdf": documents.pdf(documents.columns("Riot")),
    "docx": documents.word(),
    "rtf": rb"{\rtf1\ansi " + NEWS + rb"\par \'e8\u8364? }",
    "eml": documents.message("List-Id: <x.example.org>\r\n"),
    "mbox": b"From a@example.org Sat Mar  2 10:00:00 2019\r\n" + documents.message(),
    "nexis": exports.UNI.encode(),
    "factiva": exports.TAGGED.encode(),
    "zip": _zip(),
    "gzip": gzip.compress(NEWS),
}


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A seed with some of its bytes changed, cut out, doubled, or others put in."""
    data = seed
    for _ in range(draw(st.integers(1, 6))):
        at, to = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
        what = draw(st.sampled_from(["put", "cut", "double", "change", "end"]))
        if what == "put":
            data = data[:at] + draw(st.binary(max_size=40)) + data[at:]
        elif what == "cut":
            data = data[:at] + data[min(to, at + 200) :]
        elif what == "double":
            data = data[:to] + data[at : min(to, at + 2000)] + data[to:]
        elif what == "change" and at < len(data):
            data = data[:at] + draw(st.binary(min_size=1, max_size=4)) + data[at + 1 :]
        elif what == "end":
            data = data[: max(at, 8)]
    return data


def soak(check: st.SearchStrategy[object], act: object) -> None:
    """Give `act` drawn cases: a fixed number, or until SOAK_SECONDS are up."""
    usual = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
    end = time.monotonic() + SECONDS
    settings(usual, max_examples=EXAMPLES, derandomize=True)(given(check)(act))()  # type: ignore[operator, type-var, arg-type]
    while time.monotonic() < end:
        settings(usual, max_examples=50)(given(check)(act))()  # type: ignore[operator, type-var, arg-type]


@pytest.mark.parametrize("name", SEEDS)
def test_readers(name: str) -> None:
    said: list[Unreadable] = []

    def act(data: bytes) -> None:
        try:
            for place, result in read_stream(io.BytesIO(data), Reading(name=f"a.{name}")):
                assert place is None or place
                assert isinstance(result, Report | Unreadable)
                if isinstance(result, Report):
                    assert from_json(to_json(CodedReport(report=result))).report == result
        except Unreadable as problem:
            said.append(problem)

    soak(damaged(SEEDS[name]), act)
    assert all(problem.error and problem.advice for problem in said)


def test_the_section_finder() -> None:
    model = Model(threads=1)
    words = st.sampled_from(
        ["\n", "\n\n", "Comments (2)", "Reply", "> ", "rally-01 ", "CALAIS, March 13 (Reuters) — ", "1. ", "\u2028", " " * 50]
    )

    def act(pieces: list[str]) -> None:
        text = "".join(pieces)
        (encoding,) = model.encode([text])
        found = tell(Report(id="a", text=text), encoding, model.folder).sections
        assert "".join(text[s.start : s.end] for s in found) == text

    soak(st.lists(words | st.text(max_size=30), max_size=40), act)


def test_the_json_edge() -> None:
    def act(data: bytes) -> None:
        with contextlib.suppress(RecordError):
            from_json(data)

    soak(damaged(to_json(CodedReport(report=Report(id="a", text=documents.NEWS)))), act)

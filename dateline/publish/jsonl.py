"""Coded reports as JSON Lines: a file that a killed run takes up where it stopped.

Finished lines go to a hidden file beside the output, named after the RUN (model, codebook and settings). When all
inputs are coded, the output is written in the order of the inputs and put in place in one step.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

import msgspec

from dateline.records import CodedReport, Failure, from_json, to_json

SUFFIX = ".jsonl"


class OutputError(ValueError):
    """An output that cannot be written; the message says why and what to do."""


def is_jsonl(path: str) -> bool:
    """Whether a path names a file of coded reports, by its ending."""
    return path.endswith(SUFFIX)


def write(coded: Iterable[CodedReport], to: Path) -> int:
    """Write coded reports to a file, in one step, its folder made where missing; how many. Raises OSError."""
    count = 0
    with replacing(to) as out:
        for record in coded:
            out.write(to_json(record) + b"\n")
            count += 1
    return count


@contextmanager
def replacing(to: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `to` when it is whole, and leaves nothing behind when it is not."""
    to.parent.mkdir(parents=True, exist_ok=True)
    temporary = to.with_name(f".{to.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as out:
            yield out
        os.replace(temporary, to)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> Iterator[CodedReport]:
    """Coded reports from a file. Raises RecordError, which names file, line and field, or OSError."""
    with open(path, "rb") as lines:
        for n, line in enumerate(lines, 1):
            if line.strip():
                yield from_json(line, where=f"{path} line {n}")


class _Id(msgspec.Struct):
    id: str
    sha256: str


class _Line(msgspec.Struct):
    report: _Id


class Writer:
    """One run's JSON Lines output. Use it in a `with` block; ask `done` of each report before it is coded."""

    def __init__(self, to: Path, run: str):
        self.to = to
        self.unfinished = to.with_name(f".{to.name}.{run}.unfinished")
        # Which line of the unfinished file holds a report, and in which order reports came in: on disk, so that memory stays flat.
        self.index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.index.execute("CREATE TABLE line (report TEXT, sha256 TEXT, start INTEGER, size INTEGER, PRIMARY KEY (report, sha256))")
        self.index.execute("CREATE TABLE wanted (report TEXT, sha256 TEXT)")
        self.index.execute("BEGIN")

    def __enter__(self) -> Writer:
        """Take up what an earlier try finished. Raises OutputError where another run writes the same output."""
        if self.to.is_dir():
            raise OutputError(f"{self.to} is a folder: name a file, or a dataset's folder without {SUFFIX}")
        self.to.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(self.unfinished, "a+b")
        if not _locked(self.file):
            self.file.close()
            raise OutputError(f"another run writes {self.to}: wait for it, or name another output")
        self.file.seek(0)
        at = 0
        for line in self.file:
            key = _key(line)
            if key is None:  # the kill came within this line
                break
            self._know(*key, at, len(line))
            at += len(line)
        self.file.truncate(at)
        self.end = at
        return self

    def done(self, report: str, sha256: str) -> Literal["coded"] | None:
        """Whether an earlier try has coded a report, which from now on belongs to the output."""
        self.index.execute("INSERT INTO wanted VALUES (?, ?)", (report, sha256))
        known = self.index.execute("SELECT 1 FROM line WHERE report = ? AND sha256 = ?", (report, sha256)).fetchone()
        return "coded" if known else None

    def add(self, coded: CodedReport | Failure) -> None:
        """Keep a coded report; it is safe on return. Failures are retried by the next run."""
        if isinstance(coded, CodedReport):
            line = to_json(coded) + b"\n"
            self.file.write(line)
            self.file.flush()
            self._know(coded.report.id, coded.report.sha256, self.end, len(line))
            self.end += len(line)

    def _know(self, report: str, sha256: str, start: int, size: int) -> None:
        self.index.execute("INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?)", (report, sha256, start, size))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self.file.close()
            self.index.close()

    def _finish(self) -> None:
        """Write the output in the order of the inputs, put it in place, and drop the unfinished file.

        Where no report was read at all, a file that stands there already is left as it is.
        """
        wanted = "SELECT start, size FROM wanted JOIN line USING (report, sha256) ORDER BY wanted.rowid"
        if self.end or not self.to.exists():
            with replacing(self.to) as out:
                for start, size in self.index.execute(wanted):
                    self.file.seek(start)
                    out.write(self.file.read(size))
        self.unfinished.unlink()


def _locked(file: BinaryIO) -> bool:
    """Take the lock that goes with the process; False where another process has it."""
    try:
        import fcntl
    except ImportError:  # Windows: a file that is open cannot be replaced there
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _key(line: bytes) -> tuple[str, str] | None:
    """The report and digest of a whole line, None where the line was cut."""
    try:
        report = msgspec.json.decode(line, type=_Line).report
    except msgspec.DecodeError:
        return None
    return (report.id, report.sha256) if line.endswith(b"\n") else None

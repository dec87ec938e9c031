"""Coded reports as JSON Lines: a file that a killed run takes up where it stopped.

Finished lines go to a hidden file beside the output, named after the RUN (model, codebook and settings). When all
inputs are coded, the output is written in the order of the inputs and put in place in one step.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from dateline.records import CodedReport, Failure, Report, from_json, to_json


def write(coded: Iterable[CodedReport], to: Path) -> int:
    """Write coded reports to a file, in one step; how many. Raises OSError."""
    temporary = to.with_name(f".{to.name}.tmp")
    count = 0
    with open(temporary, "wb") as out:
        for record in coded:
            out.write(to_json(record) + b"\n")
            count += 1
    os.replace(temporary, to)
    return count


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
    """One run's JSON Lines output. Use it in a `with` block; what is coded already is in `todo` left out."""

    def __init__(self, to: Path, run: str):
        self.to = to
        self.unfinished = to.with_name(f".{to.name}.{run}.unfinished")
        self.skipped = 0
        # Which line of the unfinished file holds a report, and in which order reports came in: on disk, so that memory stays flat.
        self.index = sqlite3.connect("", isolation_level=None)
        self.index.execute("CREATE TABLE line (report TEXT, sha256 TEXT, start INTEGER, size INTEGER, PRIMARY KEY (report, sha256))")
        self.index.execute("CREATE TABLE wanted (report TEXT, sha256 TEXT)")
        self.index.execute("BEGIN")

    def __enter__(self) -> Writer:
        self.to.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(self.unfinished, "a+b")
        self.file.seek(0)
        at = 0
        for line in self.file:
            key = _key(line)
            if key is None:  # the kill came within this line
                break
            self.index.execute("INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?)", (*key, at, len(line)))
            at += len(line)
        self.file.truncate(at)
        self.end = at
        return self

    def todo(self, reports: Iterable[Report | Failure]) -> Iterator[Report | Failure]:
        """The reports that no earlier try has coded; failures pass."""
        for item in reports:
            if isinstance(item, Report):
                key = (item.id, item.sha256)
                self.index.execute("INSERT INTO wanted VALUES (?, ?)", key)
                if self.index.execute("SELECT 1 FROM line WHERE report = ? AND sha256 = ?", key).fetchone():
                    self.skipped += 1
                    continue
            yield item

    def add(self, coded: CodedReport | Failure) -> None:
        """Keep a coded report; it is safe on return. Failures are retried by the next run."""
        if isinstance(coded, CodedReport):
            line = to_json(coded) + b"\n"
            self.file.write(line)
            self.file.flush()
            self.index.execute(
                "INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?)", (coded.report.id, coded.report.sha256, self.end, len(line))
            )
            self.end += len(line)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self.file.close()
            self.index.close()

    def _finish(self) -> None:
        """Write the output in the order of the inputs, put it in place, and drop the unfinished file."""
        temporary = self.to.with_name(f".{self.to.name}.tmp")
        with open(temporary, "wb") as out:
            for start, size in self.index.execute("SELECT start, size FROM wanted JOIN line USING (report, sha256) ORDER BY wanted.rowid"):
                self.file.seek(start)
                out.write(self.file.read(size))
        os.replace(temporary, self.to)
        self.unfinished.unlink()


def _key(line: bytes) -> tuple[str, str] | None:
    """The report and digest of a whole line, None where the line was cut."""
    try:
        report = msgspec.json.decode(line, type=_Line).report
    except msgspec.DecodeError:
        return None
    return (report.id, report.sha256) if line.endswith(b"\n") else None

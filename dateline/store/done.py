"""What a RUN has coded already: an index on disk, so that memory stays flat for a million reports. Imports pyarrow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from dateline.store import parts
from dateline.store.folder import DatasetError

NEWER = """
INSERT INTO done (report, sha256, coded_at) VALUES (?, ?, ?)
ON CONFLICT (report) DO UPDATE SET sha256 = excluded.sha256, coded_at = excluded.coded_at WHERE excluded.coded_at >= done.coded_at
"""
# After any time at which a report was coded: what this run adds itself is the newest.
NOW = 2**62


class Done:
    """The newest version that a RUN holds of each report, in a private temporary database that goes with the process.

    The newest only: a report whose text was changed, and then changed back, is coded again, as the version that counts.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._index = sqlite3.connect("", isolation_level=None)  # "": a temporary file, removed by SQLite
        self._index.execute("PRAGMA journal_mode = OFF")
        self._index.execute("PRAGMA synchronous = OFF")
        self._index.execute("CREATE TABLE done (report TEXT PRIMARY KEY, sha256 TEXT, coded_at INTEGER) WITHOUT ROWID")
        self._index.execute("BEGIN")
        self._index.executemany(NEWER, codings(files))
        self._index.execute("COMMIT")

    def holds(self, report: str, sha256: str) -> bool:
        row = self._index.execute("SELECT sha256 FROM done WHERE report = ?", (report,)).fetchone()
        return row is not None and row[0] == sha256

    def add(self, report: str, sha256: str) -> None:
        self._index.execute(NEWER, (report, sha256, NOW))

    def close(self) -> None:
        self._index.close()


def codings(files: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """(report, sha256, microseconds) of every row in the parts' tables of reports."""
    for file in files:
        try:
            table = parts.read_table(Path(file), columns=["id", "sha256", "coded_at"])
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(
                f"{file} cannot be read: {error}. "
                "If it is damaged, move its folder out of the dataset; the next run codes its reports again"
            ) from error
        columns = table.set_column(2, "coded_at", table["coded_at"].cast("int64")).to_pydict()
        yield from zip(columns["id"], columns["sha256"], columns["coded_at"], strict=True)

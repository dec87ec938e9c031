"""Which reports were read already in this run."""

from __future__ import annotations

import sqlite3

from dateline.read.unreadable import Unreadable
from dateline.records import Report


class SeenIds:
    """The ids of a run with the hash and the place of each text.

    A private database with an empty name lives in memory while it is small, and spills to a temporary file that
    the system removes: a run of a million reports needs no more memory than one of ten.
    """

    def __init__(self) -> None:
        # A generator may be created in one thread and consumed in another, though never in two at a time.
        self.repeated = 0  # reports that were given again, with the same id and text
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        # Nobody needs this database after a crash, so neither a journal nor waiting for the disk.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, sha256 TEXT, place TEXT) WITHOUT ROWID")

    def is_new(self, report: Report, name: str, where: str | None) -> bool:
        """True the first time, False for the same id with the same text. Raises Unreadable for another text."""
        place = f"{name} {where}" if where else name
        added = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (report.id, report.sha256, place))
        if added.rowcount:
            return True
        sha256, first = self._db.execute("SELECT sha256, place FROM seen WHERE id = ?", (report.id,)).fetchone()
        if sha256 == report.sha256:
            self.repeated += 1
            return False
        raise Unreadable(
            f"the id {report.id!r} stands for one text in {first} and for another in {place}",
            "The first one was taken. Give each report an id of its own, or none: then its text makes one.",
        )

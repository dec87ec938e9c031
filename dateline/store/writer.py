"""A run as it writes: a buffer that becomes parts, and an index of what is coded already. Imports pyarrow."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from dateline.records import CodedReport, Failure, to_json
from dateline.store import folder, parts, runs, tombstones
from dateline.store.done import Done
from dateline.store.tables import Coded, Failed

# A part is written when the buffer holds this many rows: some MB of text, and two thousand parts for a million reports.
ROWS = 500
# Or when its oldest row has waited longer than an interval that grows with the run. What waits is lost by a kill, so
# three kills of a run cost together less than half of a whole run again; and a long run does not leave a hundred
# thousand tiny parts: once it is 20 minutes old, 60 an hour.
SHORTEST_WAIT = 1.0
WAIT_OF_RUN = 0.05
LONGEST_WAIT = 60.0
# `current.parquet` is published within a run too, as often as costs less than this share of its time, and no more often than
# once a minute: until then readers do not see the newest parts.
PUBLISHING_OF_RUN = 0.02
PUBLISH_EVERY = 60.0


def longest_wait(seconds: float) -> float:
    """How long a row may wait for its part, `seconds` after the run started."""
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, WAIT_OF_RUN * seconds))


class Writer:
    """Adds coded reports and failures to one RUN of a dataset; made by `Dataset.start`, used in a `with` block.

    Many writers, on many machines, may add to the same dataset at once. One writer belongs to one thread.
    """

    def __init__(self, path: Path, run: runs.RunInfo, invocation: dict[str, Any]) -> None:
        self.run = run.id
        self.invocation: str = invocation["invocation"]
        self._path = path
        self._record = invocation
        self._counts: dict[str, int] = invocation["counts"]
        # By report id: a report that is added again before its part is written takes the place of the first.
        self._coded: dict[str, Coded] = {}
        self._failed: list[Failed] = []
        self._started = time.monotonic()
        self._oldest: float | None = None
        self._publish_at = self._started + PUBLISH_EVERY
        self._closed = False
        folder.sweep(path)
        self._done = Done(parts.files(path, "reports", self.run))
        self._forgotten = tombstones.read(path)
        runs.record(path, self._record)

    @property
    def counts(self) -> dict[str, int]:
        """Coded, skipped and failed so far, what waits for its part included."""
        return {**self._counts, "coded": self._counts["coded"] + len(self._coded), "failed": self._counts["failed"] + len(self._failed)}

    def done(self, report: str, sha256: str) -> Literal["coded", "forgotten"] | None:
        """Whether a report needs no coding: this RUN holds its newest version, or it was forgotten. Counted as skipped, then."""
        self._write_if_due()
        answer: Literal["coded", "forgotten"] | None = None
        if report in self._forgotten:
            answer = "forgotten"
        elif self._done.holds(report, sha256):
            answer = "coded"
        if answer:
            self._counts["skipped"] += 1
        return answer

    def add(self, result: CodedReport | Failure) -> None:
        """Take one coded report, or one failure. It is safe from a kill once its part is written, soon after."""
        now = datetime.now(UTC)
        if isinstance(result, Failure):
            self._failed.append(Failed(result, now))
        else:
            self._coded[result.report.id] = Coded(result, to_json(result).decode(), now)
            self._done.add(result.report.id, result.report.sha256)
        if self._oldest is None:
            self._oldest = time.monotonic()
        self._write_if_due()

    def close(self, ended: bool = True, reason: str | None = None) -> None:
        """Write what waits, the record of the invocation, and `current.parquet`. `ended=False`: it was stopped, for `reason`."""
        if self._closed:
            return
        self._write()
        self._record |= {"ended": datetime.now(UTC).isoformat() if ended else None, "reason": reason}
        runs.record(self._path, self._record)
        self._publish()
        self._closed = True
        self._done.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # The kind of the error only: its message may quote a report, and `forget` does not look into these records.
        self.close(ended=kind is None, reason=kind.__name__ if kind else None)

    def _write_if_due(self) -> None:
        now = time.monotonic()
        full = len(self._coded) + len(self._failed) >= ROWS
        waited = self._oldest is not None and now - self._oldest >= longest_wait(now - self._started)
        if full or waited:
            self._write()
        if now >= self._publish_at:
            self._publish()
            took = time.monotonic() - now
            self._publish_at = now + max(PUBLISH_EVERY, took / PUBLISHING_OF_RUN)

    def _write(self) -> None:
        if not self._coded and not self._failed:
            return
        parts.write(self._path, self.run, self.invocation, list(self._coded.values()), self._failed, self._read_tombstones)
        # Counted without what was forgotten while it waited: that is not in the part.
        self._counts["coded"] += len(self._coded.keys() - self._forgotten)
        self._counts["failed"] += len(self._failed)
        self._coded, self._failed, self._oldest = {}, [], None
        runs.record(self._path, self._record)

    def _read_tombstones(self) -> frozenset[str]:
        self._forgotten = tombstones.read(self._path)
        return self._forgotten

    def _publish(self) -> None:
        from dateline.store import current  # duckdb is imported when a run first publishes

        current.publish(self._path)

"""The dataset: a folder of coded reports, and the verbs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dateline.records import CodedReport, Failure, from_json
from dateline.store import folder, runs, tombstones
from dateline.store.runs import Invocation, RunInfo

# pyarrow and duckdb take a quarter of a second to import: the modules that need them are imported by the verbs.
if TYPE_CHECKING:
    import os

    import pyarrow as pa

    from dateline.store.writer import Writer


@dataclass(frozen=True)
class Dataset:
    """A folder of coded reports. Reading needs no lock while runs write to it."""

    path: Path

    @classmethod
    def open(cls, path: str | os.PathLike[str], create: bool = False) -> Dataset:
        """The dataset at `path`; with `create`, a new one where nothing is yet. Raises DatasetError.

        What a killed run left unpublished is published, so that readers see every whole part.
        """
        from dateline.store import current

        dataset = cls(Path(path))
        folder.check(dataset.path, create)
        try:
            current.refresh(dataset.path)
        except OSError:
            # On a medium that cannot be written to, what was last published is what there is to read.
            if not dataset._published():
                raise
        return dataset

    def start(self, run: RunInfo, inputs: Sequence[str] = ()) -> Writer:
        """Begin an invocation that adds to the RUN of this model, codebook and settings. Use the writer in a `with` block."""
        from dateline.store.writer import Writer

        (runs.folder_of(self.path, run.id) / "invocations").mkdir(parents=True, exist_ok=True)
        runs.describe(self.path, run)
        return Writer(self.path, run, runs.begin(self.path, run, inputs))

    def publish_current(self) -> None:
        """Make `current.parquet` anew from the parts and the tombstones; nothing else is needed to rebuild it."""
        from dateline.store import current

        current.publish(self.path)

    def reports(self) -> Iterator[CodedReport]:
        """The coded reports that count, in the order of their ids, one at a time."""
        from dateline.store import ordered

        self._ensure_published()
        for report, record in ordered.records(self.path):
            yield from_json(record, where=f"{self.path}, report {report}")

    def report(self, report: str) -> CodedReport | None:
        """One coded report by its id; None where there is none that counts."""
        from dateline.store import current

        self._ensure_published()
        record = current.record(self.path, report)
        return None if record is None else from_json(record, where=f"{self.path}, report {report}")

    def events(self, limit: int | None = None) -> pa.Table:
        """The events that count as a flat table, by report and place in its text; the first `limit` of them."""
        from dateline.store import current

        self._ensure_published()
        return current.events(self.path, limit)

    def failures(self) -> Iterator[Failure]:
        """The failures of the last invocation, in the order in which they came."""
        from dateline.store import current, tables

        for last in self.invocations()[-1:]:
            yield from map(tables.failure_of, current.failures(self.path, last.run, last.id))

    def invocations(self) -> list[Invocation]:
        """Every time that this dataset was coded to, oldest first."""
        return runs.invocations(self.path)

    def counts(self) -> dict[str, int]:
        """How many reports and events count, failures of the last invocation, forgotten reports, runs and parts."""
        from dateline.store import current, parts

        self._ensure_published()
        invocations = self.invocations()
        return {
            **current.counts(self.path),
            "failures": invocations[-1].failed if invocations else 0,
            "forgotten": len(tombstones.read(self.path)),
            "runs": len({invocation.run for invocation in invocations}),
            "parts": len(parts.names(self.path)),
        }

    def forget(self, report: str) -> None:
        """Take a report out of every file, for good: no later run codes it again. Raises DatasetError for an unknown id."""
        from dateline.store import forget

        forget.forget(self.path, report)

    def _published(self) -> bool:
        return (self.path / folder.CURRENT).exists()

    def _ensure_published(self) -> None:
        if not self._published():
            self.publish_current()

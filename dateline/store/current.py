"""Which rows count, and every other question to the tables: all SQL of the store. Imports duckdb and pyarrow."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dateline.store import parts, tombstones
from dateline.store.folder import CURRENT, TOMBSTONES, replacing
from dateline.store.tables import EVENTS as EVENT_SCHEMA
from dateline.store.tables import SCHEMAS, TEXT, Row

Files = Mapping[str, list[str]]

SCHEMA = pa.schema({"report": TEXT, "sha256": TEXT, "run": TEXT, "part": TEXT})
# Kept in the file's own metadata: a digest of the parts and tombstones that it was made from, to see when it lags behind.
MADE_FROM = b"dateline.made_from"

# A folder above the dataset may be named like `year=2020`; it is no column of ours (`hive_partitioning`).

# The newest coding of each report, whatever the run. Coded in the same microsecond: the part with the greater name.
NEWEST = """
WITH coded AS (
    SELECT id AS report, sha256, run, part, coded_at FROM read_parquet($reports, hive_partitioning = false)
), forgotten AS (
    SELECT unnest($forgotten::VARCHAR[]) AS report
), remembered AS (
    SELECT * FROM coded ANTI JOIN forgotten USING (report)
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY report ORDER BY coded_at DESC, part DESC) AS age FROM remembered
)
SELECT report, sha256, run, part FROM ranked WHERE age = 1 ORDER BY report
"""

PARTS_THAT_COUNT = """
SELECT run, part, list(report) AS reports FROM read_parquet($current, hive_partitioning = false) GROUP BY run, part ORDER BY run, part
"""

EVENTS = """
SELECT events.*
FROM read_parquet($events, hive_partitioning = false) AS events
JOIN read_parquet($current, hive_partitioning = false) AS current USING (report, run, part)
ORDER BY events.report, events.trigger_start, events.id
LIMIT $most
"""

COUNTS = """
WITH counted AS (
    SELECT reports.events
    FROM read_parquet($reports, hive_partitioning = false) AS reports
    JOIN read_parquet($current, hive_partitioning = false) AS current
        ON reports.id = current.report AND reports.run = current.run AND reports.part = current.part
)
SELECT count(*) AS reports, coalesce(sum(events), 0)::BIGINT AS events FROM counted
"""

FAILURES_OF_ONE = """
SELECT * FROM read_parquet($failures, hive_partitioning = false) WHERE invocation = $invocation ORDER BY failed_at, part
"""

# Every table is searched: where two forget at the same time, one can put back a row that the other took out of a table.
PARTS_HOLDING = """
WITH unwanted AS (
    SELECT unnest($unwanted::VARCHAR[]) AS report
), held AS (
    SELECT id AS report, run, part FROM read_parquet($reports, hive_partitioning = false)
    UNION ALL SELECT report, run, part FROM read_parquet($events, hive_partitioning = false)
    UNION ALL SELECT report, run, part FROM read_parquet($participants, hive_partitioning = false)
    UNION ALL SELECT report, run, part FROM read_parquet($figures, hive_partitioning = false)
    UNION ALL SELECT report, run, part FROM read_parquet($failures, hive_partitioning = false)
)
SELECT DISTINCT run, part FROM held SEMI JOIN unwanted USING (report) ORDER BY run, part
"""

# What a query may hold in memory before DuckDB goes to the disk. A run's models take a few GB beside it, on a laptop of 8.
MEMORY = "1GB"
ALL_MEMORY = "80%"

Answer = TypeVar("Answer")


def publish(path: Path, tries: int = 5) -> None:
    """Make `current.parquet` anew from parts and tombstones, and put it in place in one step.

    A part that another process adds meanwhile is missing from what was just published, and may be missing for good
    where that process published before us. So we look again, and start over; where others keep adding (`tries`),
    theirs will be the last word.
    """
    for attempt in range(1, tries + 1):
        made_from = state(path)
        reports = parts.files(path, "reports")
        try:
            unless_replaced({"reports": reports}, functools.partial(write, path, reports, made_from))
        except FileNotFoundError:  # a `forget` removed the half-written file
            if attempt == tries:
                raise
        if state(path) == made_from:
            return


def write(path: Path, reports: list[str], made_from: bytes) -> None:
    schema = SCHEMA.with_metadata({MADE_FROM: made_from})
    forgotten = sorted(tombstones.read(path))
    with replacing(path / CURRENT) as beside, pq.ParquetWriter(beside, schema, compression="zstd") as file:
        for batch in stream(NEWEST, {"reports": reports}, {"forgotten": forgotten}):
            file.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def refresh(path: Path) -> None:
    """Publish if `current.parquet` lags behind: a run was killed before it published, or somebody deleted the file."""
    if published_state(path) != state(path):
        publish(path)


def state(path: Path) -> bytes:
    """A digest of what `current.parquet` is made from: the parts there are, and the tombstones."""
    digest = hashlib.sha256("\n".join(parts.names(path)).encode())
    with contextlib.suppress(FileNotFoundError):
        digest.update(b"\n%d" % os.stat(path / TOMBSTONES).st_size)
    return digest.hexdigest().encode()


def published_state(path: Path) -> bytes | None:
    try:
        metadata = pq.read_schema(path / CURRENT).metadata or {}
    except FileNotFoundError:
        return None
    found: bytes | None = metadata.get(MADE_FROM)
    return found


def parts_that_count(current: str) -> Iterator[Row]:
    """Each part (`run`, `part`) of which rows count, and the ids of these (`reports`), out of a copy of the manifest."""
    for batch in stream(PARTS_THAT_COUNT, {"current": [current]}, batch=100):
        yield from batch.to_pylist()


def record(path: Path, report: str) -> str | None:
    """One report's record as JSON, or None where no coding of it counts."""
    rows = parts.read_table(path / CURRENT, filters=[("report", "=", report)]).to_pylist()
    if not rows:
        return None
    file = path / "runs" / rows[0]["run"] / rows[0]["part"] / "reports.parquet"
    found = parts.read_table(file, columns=["record"], filters=[("id", "=", report)]).to_pylist()
    return str(found[0]["record"]) if found else None


def events(path: Path, limit: int | None) -> pa.Table:
    """The events that count, by report and place in it."""
    files = parts.files(path, "events")
    most = limit if limit is not None else 2**62
    with manifest(path) as current:
        # The caller gets all of it in memory, so the query may use as much.
        found = ask(EVENTS, {"events": files, "current": [current]}, {"most": most}, memory=ALL_MEMORY)
    return found.cast(EVENT_SCHEMA) if found.num_rows else EVENT_SCHEMA.empty_table()


def counts(path: Path) -> dict[str, int]:
    """How many reports and events count."""
    with manifest(path) as current:
        rows = ask(COUNTS, {"reports": parts.files(path, "reports"), "current": [current]}).to_pylist()
    return rows[0] if rows else {"reports": 0, "events": 0}


def failures(path: Path, run: str, invocation: str) -> list[Row]:
    """The rows of one invocation's failures, in the order in which they came."""
    rows: list[Row] = ask(FAILURES_OF_ONE, {"failures": parts.files(path, "failures", run)}, {"invocation": invocation}).to_pylist()
    return rows


def parts_holding(path: Path, unwanted: Collection[str]) -> list[Path]:
    """The parts in which any table has a row of one of these reports."""
    if not unwanted:
        return []
    rows = ask(PARTS_HOLDING, {name: parts.files(path, name) for name in SCHEMAS}, {"unwanted": sorted(unwanted)}).to_pylist()
    return [path / "runs" / row["run"] / row["part"] for row in rows]


@contextlib.contextmanager
def manifest(path: Path) -> Iterator[str]:
    """A private copy of `current.parquet`, which a run that publishes does not replace in the midst of a query."""
    with tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as private:
        yield shutil.copyfile(path / CURRENT, os.path.join(private, CURRENT))


def ask(query: str, files: Files, values: Mapping[str, Any] | None = None, memory: str = MEMORY) -> pa.Table:
    """All rows of a query over some files."""

    def answer() -> pa.Table:
        batches = list(stream(query, files, values, memory=memory))
        return pa.Table.from_batches(batches) if batches else pa.table({})

    return unless_replaced(files, answer)


def stream(
    query: str, files: Files, values: Mapping[str, Any] | None = None, batch: int = 100_000, memory: str = MEMORY
) -> Iterator[pa.RecordBatch]:
    """The rows of a query over some files, a batch at a time. No files: no rows."""
    if not all(files.values()):
        return
    parameters = {name: [literal(file) for file in names] for name, names in files.items()} | dict(values or {})
    with connection(memory) as connected:
        reader = connected.sql(query, params=parameters).to_arrow_reader(batch)
        try:
            yield from reader
        finally:
            reader.close()


def unless_replaced(files: Files, work: Callable[[], Answer]) -> Answer:
    """Do some work on files, and do it again where it failed because one of them was replaced by `forget`.

    DuckDB opens a file by its name more than once; what it reads then may not fit what it read before.
    """
    while True:
        before = versions(files)
        try:
            return work()
        except (duckdb.Error, pa.ArrowException, OSError):
            if versions(files) == before:
                raise


def versions(files: Files) -> list[tuple[int, int, int]]:
    """What tells a file from the one that takes its place."""
    found = (os.stat(file) for names in files.values() for file in names)
    return [(file.st_ino, file.st_mtime_ns, file.st_size) for file in found]


def literal(file: str) -> str:
    """A file's name as DuckDB is to take it: `[`, `*` and `?` in the name of a folder are no patterns."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in file)


@contextlib.contextmanager
def connection(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, which spills to a private temporary folder and fetches nothing from the network."""
    with tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as spill:
        config = {"memory_limit": memory, "temp_directory": spill, "autoinstall_known_extensions": "false"}
        with duckdb.connect(config=config) as connected:
            # What has an ORDER BY is ordered; nothing else needs to remember the order that it was read in.
            connected.execute("SET preserve_insertion_order = false")
            yield connected

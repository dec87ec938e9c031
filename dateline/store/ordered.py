"""Records in the order of their ids, sorted on the disk. Imports duckdb and pyarrow.

Not by SQL: DuckDB's sort keeps long texts in memory (180 MB of records fail at a limit of 150 MB), and a million
reports are 6 GB of them.
"""

from __future__ import annotations

import bisect
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dateline.store import current, parts
from dateline.store.tables import TEXT

RECORD = pa.schema({"id": TEXT, "record": TEXT})
# So many records are sorted in memory at once, some 60 MB; and where that would be more files than some systems let one
# process open (256), so many files.
AT_ONCE = 10_000
MOST_FILES = 100


def records(path: Path) -> Iterator[tuple[str, str]]:
    """(report id, its record as JSON) of each report that counts, by id."""
    with current.manifest(path) as manifest, tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as private:
        for file in in_stretches(path, manifest, Path(private)):
            yield from in_order(file)
            file.unlink()


def in_stretches(path: Path, manifest: str, private: Path) -> list[Path]:
    """Each record that counts in one of some files; every id in a file is smaller than every id in the next."""
    edges = stretch_edges(manifest)
    files = [private / f"{i}.arrow" for i in range(len(edges) + 1)]
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with contextlib.ExitStack() as opened:
        writers = [opened.enter_context(pa.ipc.new_stream(str(file), RECORD, options=options)) for file in files]
        for part in current.parts_that_count(manifest):
            file = path / "runs" / part["run"] / part["part"] / "reports.parquet"
            rows = parts.read_table(file, columns=["id", "record"], filters=[("id", "in", part["reports"])])
            stretches = pa.array([bisect.bisect_right(edges, report) for report in rows["id"].to_pylist()], pa.int64())
            for stretch in pc.unique(stretches).to_pylist():
                writers[stretch].write_table(rows.filter(pc.equal(stretches, stretch)).cast(RECORD))
    return files


def stretch_edges(manifest: str) -> list[str]:
    """The first id of each stretch but the first. The manifest is in the order of the ids."""
    file = pq.ParquetFile(manifest)
    size = max(AT_ONCE, -(-file.metadata.num_rows // MOST_FILES))
    edges, seen = [], 0
    for batch in file.iter_batches(columns=["report"]):
        edges += [batch["report"][i].as_py() for i in range(-seen % size, batch.num_rows, size)]
        seen += batch.num_rows
    return edges[1:]


def in_order(file: Path) -> Iterator[tuple[str, str]]:
    with pa.ipc.open_stream(str(file)) as reader:
        rows = reader.read_all()
    # Row by row, as a column of all of them in order may be more than the 2 GB that one array of texts holds.
    for row in pc.sort_indices(rows["id"]).to_pylist():
        yield rows["id"][row].as_py(), rows["record"][row].as_py()

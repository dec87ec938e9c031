"""Parts: folders of Parquet tables that appear in one step and stay as they are, but for `forget`. Imports pyarrow."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dateline.store import folder, runs
from dateline.store.tables import REPORT_COLUMN, SCHEMAS, Coded, Failed, tables

# A part is written again from its rows when `forget` removes it half-written; that often in a row is something else.
TRIES = 5
# Long texts, all different: a dictionary or least-and-greatest values of them would only copy them.
LONG = {"record", "words", "title", "url", "error", "where"}


def write(
    path: Path,
    run: str,
    invocation: str,
    coded: Sequence[Coded],
    failed: Sequence[Failed],
    forgotten: Callable[[], Collection[str]],
) -> str:
    """Write one part and return its name. What `forgotten()` names is left out."""
    part = f"part-{folder.stamp(datetime.now(UTC))}-{secrets.token_hex(8)}"
    place = runs.folder_of(path, run)
    for attempt in range(1, TRIES + 1):
        temporary = place / f"{folder.TEMPORARY}{part}-{attempt}"
        try:
            temporary.mkdir()
            # Asked after the folder is made: a `forget` that comes later finds the folder, and removes it.
            gone = forgotten()
            kept = [one for one in coded if one.record.report.id not in gone]
            kept_failures = [one for one in failed if one.failure.report not in gone]
            for name, table in tables(kept, kept_failures, run, part, invocation).items():
                write_table(table, temporary / f"{name}.parquet")
            temporary.rename(place / part)
            return part
        except FileNotFoundError:
            # `forget` removed the folder. (Had the dataset gone, trying again would not help.)
            if attempt == TRIES:
                raise
        except BaseException:
            folder.discard(temporary)
            raise
    raise AssertionError("the last try returns or raises")


def write_table(table: pa.Table, file: Path) -> None:
    short = [name for name in table.schema.names if name not in LONG]
    pq.write_table(table, file, compression="zstd", use_dictionary=short, write_statistics=short)
    folder.sync(file)


def read_table(file: Path, columns: list[str] | None = None, filters: list[tuple[str, str, Any]] | None = None) -> pa.Table:
    """A table, or rows of it, through one open file: by its name pyarrow opens it twice, and may get two that do not fit."""
    with file.open("rb") as opened:
        return pq.read_table(opened, columns=columns, filters=filters, partitioning=None)


def names(path: Path, run: str = "*") -> list[str]:
    """RUN/PART of every whole part, oldest first within a RUN."""
    return sorted(f"{part.parent.name}/{part.name}" for part in path.glob(f"runs/{run}/part-*"))


def files(path: Path, table: str, run: str = "*") -> list[str]:
    """The file of a table in every whole part."""
    return [str(path / "runs" / name / f"{table}.parquet") for name in names(path, run)]


def take_out(part: Path, reports: Collection[str]) -> None:
    """Rewrite a part without some reports, each file in one step, the table `reports` last."""
    for name in SCHEMAS:
        file = part / f"{name}.parquet"
        table = read_table(file)
        ids = table[REPORT_COLUMN[name]]
        # Null is_in nothing: a failure that belongs to no report stays.
        out = pc.is_in(ids, value_set=pa.array(sorted(reports), pa.string()))
        if pc.any(out).as_py():
            with folder.replacing(file) as beside:
                write_table(table.filter(pc.invert(out)), beside)

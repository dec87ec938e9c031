"""Parquet: one report a row, by pyarrow, a few rows at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from dateline.read.fields import report_of
from dateline.read.reading import Reading
from dateline.read.table import columns_of, found_of, text_column
from dateline.read.unpack import seeking
from dateline.read.unreadable import MAX_ARCHIVE, Unreadable
from dateline.records import Report

# Rows held at a time: texts of the greatest length take 4 MB each.
ROWS = 16
_ADVICE = "Copy or write it again; it is damaged or cut off."


def read_parquet(stream: BinaryIO, reading: Reading) -> Iterator[tuple[str, Report | Unreadable]]:
    """The report of each row, or what is wrong with it. Raises Unreadable for no text column, or a damaged file."""
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(seeking(stream, MAX_ARCHIVE))
        header = list(map(str, file.schema_arrow.names))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise Unreadable(f"not readable as Parquet: {error}", _ADVICE) from None
    columns = columns_of(header, reading.columns)
    text_column(columns, header)
    found = found_of(columns, reading.columns)
    row = 0
    batches = file.iter_batches(batch_size=ROWS)
    while True:
        try:
            batch = next(batches, None)
            rows = batch.to_pylist() if batch is not None else None
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
            raise Unreadable(f"not readable as Parquet after row {row:,}: {error}", _ADVICE) from None
        if rows is None:
            return
        for value in rows:
            row += 1
            yield f"row {row}", _result(value, columns, found)


def _result(value: dict[str, Any], columns: dict[str, str], found: dict[str, str]) -> Report | Unreadable:
    try:
        with warnings.catch_warnings(action="ignore"):
            # Dates as ISO 8601, decimals as strings, bytes as base64: what JSON can carry.
            plain = msgspec.to_builtins({k: v for k, v in value.items() if v is not None}, str_keys=True)
        return report_of(plain, columns, {f: how for f, how in found.items() if columns[f] in plain})
    except Unreadable as problem:
        return problem
    except (TypeError, ValueError, RecursionError) as error:
        return Unreadable(f"a value that no report can hold: {error}", "Leave out that column.")

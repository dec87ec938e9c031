"""A dataset: the folder that coded reports are kept in. `Dataset.open(path)`, then plain verbs.

Importing this package imports neither pyarrow nor duckdb, so that a command line that imports it answers at
once: `dataset.py`, `runs.py`, `folder.py` and `tombstones.py` are light, and the verbs of a `Dataset` import
the others (`tables.py`, `parts.py`, `current.py`, `ordered.py`, `forget.py`, `done.py`, `writer.py`) when they are called.

    folder.py      what a dataset folder is: marker, names, writing a file in one step
    readme.py      the README that a dataset carries
    runs.py        what a RUN is, and the record of each invocation
    tables.py      record → rows, one function a table
    parts.py       rows → a part, in one step
    writer.py      a run's buffer, and when it becomes a part
    done.py        what a RUN has coded already
    current.py     which rows count, and all SQL
    ordered.py     the records that count, sorted on disk
    tombstones.py  what was forgotten
    forget.py      taking a report out of every file
    dataset.py     the verbs
"""

from typing import TYPE_CHECKING

from dateline.store.dataset import Dataset
from dateline.store.folder import DatasetError
from dateline.store.runs import Invocation, RunInfo, run_id

if TYPE_CHECKING:
    from dateline.store.writer import Writer

__all__ = ["Dataset", "DatasetError", "Invocation", "RunInfo", "Writer", "run_id"]


def __getattr__(name: str) -> object:
    # `Writer` is for annotations and isinstance; its module imports pyarrow, so it is loaded when first named.
    if name == "Writer":
        from dateline.store.writer import Writer

        return Writer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""A dataset: the folder that coded reports are kept in. `Dataset.open(path)`, then plain verbs.

Importing this package imports neither pyarrow nor duckdb, so that a command line that imports it answers at
once: `dataset.py`, `runs.py`, `folder.py` and `tombstones.py` are light, and the verbs of a `Dataset` import
the others (`tables.py`, `parts.py`, `current.py`, `forget.py`, `writer.py`) when they are called.

    folder.py      what a dataset folder is: marker, names, writing a file in one step
    readme.py      the README that a dataset carries
    runs.py        what a RUN is, and the record of each invocation
    tables.py      record → rows, one function a table
    parts.py       rows → a part, in one step
    writer.py      a run's buffer: when a part is written, what is coded already
    current.py     which rows count, and all SQL
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

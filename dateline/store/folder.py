"""What a dataset folder is: its marker, the names in it, and how anything is written there in one step."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dateline.store.readme import README

FORMAT = 1
MARKER = "dateline.json"
CURRENT = "current.parquet"
TOMBSTONES = "tombstones.jsonl"
# Whatever is half-written, or on its way out, carries this prefix; globs of `part-*` and readers never see it.
TEMPORARY = ".tmp-"
# No part takes a day to write, so what is older was left by a killed run.
ABANDONED_AFTER = 24 * 60 * 60.0


class DatasetError(ValueError):
    """A folder that cannot be used as asked; the message says what is wrong with it, where, and what to do."""


def check(path: Path, create: bool) -> None:
    """Raise DatasetError unless `path` is a dataset that this version reads; with `create`, make one where nothing is."""
    if path.exists() and not path.is_dir():
        raise DatasetError(f"{path} is a file, not a dataset folder. Name another path")
    found = [name for name in os.listdir(path) if not name.startswith(TEMPORARY)] if path.exists() else []
    # Looked for after listing: another process may be making the dataset just now, and writes the marker first.
    if (path / MARKER).exists():
        check_format(path / MARKER)
    elif found:
        raise DatasetError(
            f"{path} holds other things (such as {min(found)!r}) and no {MARKER}, so it is not a dataset and is left as it is. "
            "Name a dataset, or a new or empty folder"
        )
    elif create:
        path.mkdir(parents=True, exist_ok=True)
        write(path / MARKER, json.dumps({"dataset": FORMAT}) + "\n")
    else:
        raise DatasetError(f"there is no dataset at {path}. Check the path; `dateline code INPUT -o {path}` makes one")
    if create and not (path / "README.md").exists():
        write(path / "README.md", README)


def check_format(marker: Path) -> None:
    try:
        version = json.loads(marker.read_text(encoding="utf-8"))["dataset"]
    except (ValueError, KeyError, TypeError):
        version = None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DatasetError(f'{marker} does not say {{"dataset": {FORMAT}}}. Restore it, or name another folder')
    if version > FORMAT:
        raise DatasetError(
            f"{marker.parent} is a dataset of format {version}, and this version of dateline knows formats up to {FORMAT}. Update dateline"
        )


def write(path: Path, text: str) -> None:
    """Write a whole file in one step: a reader sees the old one or the new one."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` to write to, which takes the place of `path` when the block ends well."""
    beside = path.with_name(f"{TEMPORARY}{secrets.token_hex(4)}-{path.name}")
    try:
        yield beside
        sync(beside)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Bring a file to the disk, so that no rename outlives its content when the power goes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def stamp(now: datetime) -> str:
    """A time as part of a name: sorts by time, and holds no sign that a file system refuses."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def sweep(path: Path) -> None:
    """Remove what killed runs left half-written more than a day ago."""
    oldest = time.time() - ABANDONED_AFTER
    for pattern in (f"{TEMPORARY}*", f"runs/*/{TEMPORARY}*", f"runs/*/*/{TEMPORARY}*"):
        for temporary in path.glob(pattern):
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                if temporary.stat().st_mtime < oldest:
                    discard(temporary)


def discard(temporary: Path) -> None:
    """Remove a temporary file or folder, even under the hands of a live writer.

    It is renamed first, in one step: a writer then fails to rename it into place and starts again (`parts.write`).
    Removing it file by file could end as a part that lacks tables.
    """
    doomed = temporary.with_name(f"{TEMPORARY}gone-{secrets.token_hex(8)}")
    try:
        os.rename(temporary, doomed)
    except FileNotFoundError:
        return  # it was finished, or removed by another process
    if doomed.is_dir():
        shutil.rmtree(doomed, ignore_errors=True)
    else:
        doomed.unlink(missing_ok=True)

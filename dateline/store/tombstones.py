"""What was forgotten: the ids of reports, one line each, only ever appended to."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from dateline.store.folder import TOMBSTONES


def read(path: Path) -> frozenset[str]:
    """The ids of the reports that a dataset was told to forget."""
    try:
        lines = (path / TOMBSTONES).read_bytes().splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(report for line in lines if (report := forgotten(line)) is not None)


def forgotten(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["report"])
    except ValueError:
        return None  # cut off by a kill: that `forget` took nothing out yet, and is to be called again


def append(path: Path, report: str) -> None:
    """Add one tombstone, in one write that reaches the disk before anything is taken out."""
    line = json.dumps({"report": report, "time": datetime.now(UTC).isoformat()}).encode() + b"\n"
    with (path / TOMBSTONES).open("ab+", buffering=0) as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # the line before was cut off
                line = b"\n" + line
        file.write(line)
        os.fsync(file)

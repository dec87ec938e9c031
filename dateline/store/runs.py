"""What a RUN is (model, codebook and settings), and the record of each invocation that added to it."""

from __future__ import annotations

import hashlib
import json
import platform
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from dateline.store.folder import stamp, write


def run_id(model: str, codebook: str, settings: Mapping[str, Any]) -> str:
    """The RUN of a model digest, a codebook digest and settings (JSON values): the same three always give the same RUN."""
    said = json.dumps([model, codebook, settings], sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """What a run codes with. `model`, `codebook` and `code` are digests; `codebook_name` and `code` do not change the RUN."""

    model: str
    codebook: str
    codebook_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None

    @property
    def id(self) -> str:
        return run_id(self.model, self.codebook, self.settings)


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One run of `dateline code`. `ended` None: still running, or stopped; then `reason` names the error, and None means killed."""

    id: str
    run: str
    started: str
    ended: str | None
    reason: str | None
    inputs: tuple[str, ...]
    coded: int
    skipped: int
    failed: int


def folder_of(path: Path, run: str) -> Path:
    return path / "runs" / run


def describe(path: Path, run: RunInfo) -> None:
    """Write run.json where it is missing."""
    described = folder_of(path, run.id) / "run.json"
    if not described.exists():
        codebook = {"name": run.codebook_name, "digest": run.codebook}
        write(described, as_json({"run": run.id, "model": run.model, "codebook": codebook, "settings": dict(run.settings)}))


def begin(path: Path, run: RunInfo, inputs: Sequence[str]) -> dict[str, Any]:
    """The record of an invocation that starts now, not yet written."""
    now = datetime.now(UTC)
    return {
        "invocation": f"{stamp(now)}-{secrets.token_hex(4)}",
        "run": run.id,
        "started": now.isoformat(),
        "ended": None,
        "reason": None,
        "inputs": list(inputs),
        "counts": {"coded": 0, "skipped": 0, "failed": 0},
        "code": run.code,
        "model": run.model,
        "codebook": {"name": run.codebook_name, "digest": run.codebook},
        "dateline": version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def record(path: Path, invocation: Mapping[str, Any]) -> None:
    """Write an invocation's record over what it said before."""
    write(folder_of(path, invocation["run"]) / "invocations" / f"{invocation['invocation']}.json", as_json(invocation))


def invocations(path: Path) -> list[Invocation]:
    """All invocations on a dataset, oldest first."""
    # Their names begin with the time that they started.
    files = sorted(path.glob("runs/*/invocations/[!.]*.json"), key=lambda file: file.name)
    return [read(file) for file in files]


def read(file: Path) -> Invocation:
    said = json.loads(file.read_text(encoding="utf-8"))
    return Invocation(
        id=said["invocation"],
        run=said["run"],
        started=said["started"],
        ended=said["ended"],
        reason=said["reason"],
        inputs=tuple(said["inputs"]),
        **said["counts"],
    )


def version() -> str | None:
    try:
        return metadata.version("dateline")
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        return None


def as_json(value: Mapping[str, Any]) -> str:
    # ASCII, so that a file name that is no valid UTF-8 (surrogates) can be recorded too.
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"

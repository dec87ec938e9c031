"""Forgetting: taking a report out of every file of a dataset. Imports duckdb and pyarrow."""

from __future__ import annotations

from pathlib import Path

from dateline.store import current, folder, parts, tombstones
from dateline.store.folder import CURRENT, TEMPORARY, DatasetError

# What is half-written and may hold something of a report: a manifest, a part, a table of a part that is being rewritten,
# and any of these on its way out. (Records of invocations and runs hold nothing of one.)
HALF_WRITTEN = (
    f"{TEMPORARY}*-{CURRENT}",
    f"{TEMPORARY}gone-*",
    f"runs/*/{TEMPORARY}part-*",
    f"runs/*/{TEMPORARY}gone-*",
    f"runs/*/part-*/{TEMPORARY}*",
)


def forget(path: Path, report: str) -> None:
    """Take a report out of every file; only its id stays, in the tombstone. Call it again if it was killed half-way.

    The tombstone comes first: from then on no run codes the report and `current` leaves it out, whatever happens next.
    """
    if report not in tombstones.read(path):
        if not current.parts_holding(path, [report]):
            raise DatasetError(f"no report {report!r} in {path}, so there is nothing to forget. Check the id (column `id` of the reports)")
        tombstones.append(path, report)
    # A writer that read the tombstones before this one was added has its part half-written, in a temporary folder, or
    # whole. The first is removed here, and it writes its part again without the report; the second is found below.
    for pattern in HALF_WRITTEN:
        for temporary in path.glob(pattern):
            folder.discard(temporary)
    take_out_forgotten(path)
    current.publish(path)


def take_out_forgotten(path: Path) -> None:
    """Rewrite parts until none holds a forgotten report.

    All forgotten ones are taken out, not just one's own, and the parts are searched again after each round: two that
    forget at the same time each rewrite what they read, and may put back what the other has just taken out. Whoever
    is done last finds that.
    """
    while True:
        forgotten = tombstones.read(path)
        holding = current.parts_holding(path, forgotten)
        if not holding:
            return
        for part in holding:
            try:
                parts.take_out(part, forgotten)
            except FileNotFoundError:
                continue  # another `forget` removed our half-written file; the next round takes this part again

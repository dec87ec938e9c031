"""How far a run is, on standard error: a bar on a terminal, nothing when piped; what fails, as it fails; and at the end what was done."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from dateline.publish import terminal
from dateline.records import CodedReport, Failure, Report

if TYPE_CHECKING:
    from rich.table import Table


class Progress:
    """Counts what passes through a run and shows it. Use it in a `with` block around the run."""

    def __init__(self, inputs: Sequence[str]):
        self.inputs = inputs
        self.console = terminal.console(stderr=True)
        self.reports = self.events = self.skipped = self.forgotten = self.failed = self.passed = 0
        self.types: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Progress:
        from rich import progress

        self.bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.BarColumn(),
            progress.TextColumn("{task.completed:,.0f} of {task.fields[all]} reports", markup=False),
            progress.TextColumn("{task.fields[rate]}", markup=False),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("coding", total=None, all="?", rate="")
        self.bar.start()
        if self.console.is_terminal:
            self.began = time.monotonic()
            # How much there is to do is counted beside the run, which does not wait for it.
            threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.bar.stop()

    def _count(self) -> None:
        from dateline.read.count import count

        total = count(self.inputs)
        if total:
            self.bar.update(self.task, total=total, all=f"{total:,}")

    def _advance(self) -> None:
        """One more is done. Rate and time left are those of the whole run: results come in bursts, a batch at a time."""
        if not self.console.is_terminal:
            return
        self.passed += 1
        task, seconds = self.bar.tasks[0], time.monotonic() - self.began
        worked = self.passed - self.skipped - self.forgotten
        rate = worked / seconds if seconds > 1 else 0.0
        left = f"{timedelta(seconds=round((task.total - self.passed) / rate))} left" if task.total and rate else ""
        self.bar.update(self.task, completed=self.passed, rate=f"{rate:,.1f} reports/s  {left}" if rate else "")

    def undone(self, items: Iterable[Report | Failure], done: Callable[[str, str], str | None]) -> Iterator[Report | Failure]:
        """The items but the reports that are `done` already: "coded", or "forgotten"."""
        for item in items:
            state = done(item.id, item.sha256) if isinstance(item, Report) else None
            if state is None:
                yield item
            else:
                self.skipped += state == "coded"
                self.forgotten += state == "forgotten"
                self._advance()

    def coded(self, items: Iterable[CodedReport | Failure]) -> Iterator[CodedReport | Failure]:
        """The items, counted; failures are named."""
        for item in items:
            if isinstance(item, Failure):
                self.failed += 1
                terminal.failure(item, self.console)  # each as it comes: a file of JSON Lines keeps none of them
            else:
                self.reports += 1
                self.events += len(item.events)
                self.types.update((e.type, "occurred" if e.status == "occurred" else "other") for e in item.events)
            self._advance()
            yield item

    def report(self, output: str | None, repeated: int) -> int:
        """Say what was done; the exit status: 1 where something failed. `repeated`: reports that were given twice."""
        if self.console.is_terminal and output and self.types:
            self.console.print(self._table())
        said = [f"{many(self.reports, 'report')} coded, {many(self.events, 'event')}"]
        said += [f"{self.skipped:,} coded before"] if self.skipped else []
        said += [f"{self.forgotten:,} forgotten, and left out"] if self.forgotten else []
        said += [f"{repeated:,} given twice, and coded once"] if repeated else []
        said += [f"{self.failed:,} failed"] if self.failed else []
        self.console.print("; ".join(said) + (f"; in {terminal.safe(output)}" if output else ""), soft_wrap=True)
        return 1 if self.failed else 0

    def _table(self) -> Table:
        """Events by type, those that occurred and the others."""
        from rich import box
        from rich.table import Table

        table = Table("type", "occurred", "planned, demanded, denied …", box=box.SIMPLE, pad_edge=False)
        for kind in sorted({kind for kind, _ in self.types}):
            table.add_row(terminal.safe(kind), f"{self.types[kind, 'occurred']:,}", f"{self.types[kind, 'other']:,}")
        return table


def many(count: int, what: str) -> str:
    """ "1 event", "1,200 events"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"

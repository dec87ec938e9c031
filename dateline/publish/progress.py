"""How far a run is, on standard error: a bar on a terminal, nothing when piped, and at the end what was done and what failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType

from dateline.publish import terminal
from dateline.records import CodedReport, Failure, Report

KEPT = 1000  # failures that are kept to be listed; more are counted


class Progress:
    """Counts what passes through a run and shows it. Use it in a `with` block around the run."""

    def __init__(self, inputs: Sequence[str]):
        self.inputs = inputs
        self.console = terminal.console(stderr=True)
        self.reports = self.events = self.skipped = self.forgotten = self.failed = 0
        self.failures: list[Failure] = []

    def __enter__(self) -> Progress:
        from rich import progress

        self.bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.BarColumn(),
            progress.TextColumn("{task.completed:,.0f} of {task.fields[all]} reports", markup=False),
            progress.TextColumn("{task.fields[rate]}", markup=False),
            progress.TimeRemainingColumn(elapsed_when_finished=True),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("coding", total=None, all="?", rate="")
        self.bar.start()
        if self.console.is_terminal:
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
        speed = self.bar.tasks[0].speed
        self.bar.update(self.task, advance=1, rate=f"{speed:,.1f} reports/s" if speed else "")

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
        """The items, counted."""
        for item in items:
            if isinstance(item, Failure):
                self.failed += 1
                if len(self.failures) < KEPT:
                    self.failures.append(item)
            else:
                self.reports += 1
                self.events += len(item.events)
            self._advance()
            yield item

    def report(self, output: str | None) -> int:
        """Say what was done, name what failed; the exit status: 1 where something failed."""
        said = [f"{many(self.reports, 'report')} coded, {many(self.events, 'event')}"]
        said += [f"{self.skipped:,} coded before"] if self.skipped else []
        said += [f"{self.forgotten:,} forgotten, and left out"] if self.forgotten else []
        said += [f"{self.failed:,} failed"] if self.failed else []
        terminal.failures(self.failures, self.console)
        if self.failed > len(self.failures):
            self.console.print(f"… and {self.failed - len(self.failures):,} more")
        self.console.print("; ".join(said) + (f"; in {terminal.safe(output)}" if output else ""), soft_wrap=True)
        return 1 if self.failed else 0


def many(count: int, what: str) -> str:
    """ "1 event", "1,200 events"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"

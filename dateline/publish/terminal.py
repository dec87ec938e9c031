"""Coded reports on a terminal: a table of events, and a report with its events' words marked.

A report is somebody else's text: nothing of it may steer the terminal, so every control character is shown, not sent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TYPE_CHECKING

from dateline import harm
from dateline.records import CodedReport, Event, Failure, Figure, Participant, Report, Span

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "red")
SHOWN = 3  # participants of a role in a table's cell
LISTED = 20  # failures that are named; more are counted
HEADLINE = 90  # characters of a headline over its events


def safe(text: str) -> str:
    """The text on one line, each control, format or bidirectional character as U+FFFD, each line break as a blank."""
    flat = " ".join(text.split())
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in flat)


def console(stderr: bool = False) -> Console:
    """A console that interprets nothing of what it is given."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def events_table(coded: Iterable[CodedReport], to: Console, limit: int | None = None) -> int:
    """Print reports' events, at most `limit`, as a table; how many there were. Piped, one line an event, parted by tabs."""
    events = islice(((c.report, e) for c in coded for e in c.events), limit)
    count = 0
    if not to.is_terminal:
        for count, (report, event) in enumerate(events, 1):
            if count == 1:
                print("\t".join(COLUMNS), file=to.file)
            print("\t".join(row(report, event)), file=to.file)
        return count
    for report, group in groupby(events, key=lambda pair: pair[0]):
        rows = [row(report, event) for _, event in group]
        count += len(rows)
        _print_rows(report, rows, to)
    return count


def _print_rows(report: Report, rows: list[tuple[str, ...]], to: Console) -> None:
    """One report's events under its headline."""
    from rich.table import Table
    from rich.text import Text

    headline = report.title or report.text.strip().split("\n")[0]
    to.print(Text.assemble("\n", (safe(headline)[:HEADLINE], "bold"), (f"  {safe(report.id)}", "dim")), soft_wrap=True)
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
    for name in COLUMNS[1:]:
        table.add_column(name, overflow="fold", ratio=WIDTHS.get(name), no_wrap=name not in WIDTHS, min_width=FIXED.get(name))
    for cells in rows:
        table.add_row(*map(Text, cells[1:]))
    to.print(table)


COLUMNS = ("report", "type", "status", "actor", "words", "recipient / target", "figures", "conf.")
NAMED = ("actor", "recipient", "target", "instrument")  # roles that have a column, or are left to `show --report`
FIXED = {"status": 12, "conf.": 5}
WIDTHS = {"type": 2, "actor": 3, "words": 3, "recipient / target": 4, "figures": 2}


def row(report: Report, event: Event) -> tuple[str, ...]:
    """An event's cells in the order of COLUMNS."""
    return (
        safe(report.id),
        safe(event.type + (f" {event.mode}" if event.mode else "")),
        event.status,
        people(event, "actor"),
        safe(" … ".join(dict.fromkeys(t.text for t in event.triggers[:2]))),
        "; ".join(filter(None, (people(event, "recipient"), people(event, "target"), *others(event)))),
        "; ".join(map(figure, event.figures)),
        f"{event.confidence:.2f}",
    )


def people(event: Event, role: str) -> str:
    """The words of the event's participants of a role; a person is "a person" in a list."""
    some = [safe(harm.listed(p) or "a person") for p in event.participants if p.role == role]
    return ", ".join(some[:SHOWN]) + (f" +{len(some) - SHOWN}" if len(some) > SHOWN else "")


def others(event: Event) -> list[str]:
    """The participants in roles that have no column, each role named before its own."""
    roles = dict.fromkeys(p.role for p in event.participants if p.role not in NAMED)
    return [f"{safe(role)}: {people(event, role)}" for role in roles]


def figure(f: Figure) -> str:
    """ "9 arrested", "12+ killed", "up to 40 injured", "30-40 participants"."""
    if f.low == f.high:
        number = "?" if f.low is None else str(f.low)
    elif f.high is None:
        number = f"{f.low}+"
    else:
        number = f"up to {f.high}" if f.low is None else f"{f.low}-{f.high}"
    return f"{number} {f.of}"


def report(coded: CodedReport, to: Console) -> None:
    """Print a report with each event's words in one colour, then its events."""
    from rich.text import Text

    r = coded.report
    for name in ("id", "title", "published", "outlet", "url", "language"):
        if getattr(r, name):
            to.print(Text(f"{name:10}", style="dim") + Text(safe(str(getattr(r, name)))))
    to.print()
    to.print(marked(coded))
    to.print()
    for number, event in enumerate(coded.events, 1):
        to.print(Text(f"[{number}] ", style=f"bold {colour(number)}") + Text.assemble(*_lines(event)))
    if not coded.events:
        to.print(Text("no events", style="dim"))


def colour(number: int) -> str:
    return COLOURS[(number - 1) % len(COLOURS)]


def marked(coded: CodedReport) -> Text:
    """The report's text: triggers in bold with their event's number, participants and figures underlined."""
    from rich.text import Text

    out = Text()
    marks = sorted(
        [(t, f"bold {colour(n)}", f"[{n}]") for n, e in enumerate(coded.events, 1) for t in e.triggers]
        + [(s, f"underline {colour(n)}", "") for n, e in enumerate(coded.events, 1) for s in _others(e)],
        key=lambda m: (m[0].start, -m[0].end),
    )
    at = 0
    for span, style, number in marks:
        if span.start >= at:  # of marks that overlap the first, which is the longest, is shown
            out.append(_lined(coded.report.text[at : span.start]))
            out.append(_lined(span.text), style=style)
            out.append(number, style=style)
            at = span.end
    out.append(_lined(coded.report.text[at:]))
    return out


def _lined(text: str) -> str:
    """The text with its line breaks, and nothing else that steers a terminal."""
    return "\n".join("".join(" " if c == "\t" else safe(c) or " " for c in line) for line in text.splitlines()) + (
        "\n" if text.endswith("\n") else ""
    )


def _others(event: Event) -> Iterator[Span]:
    for p in event.participants:
        yield p.span
    for f in event.figures:
        yield f.span


def _lines(event: Event) -> Iterator[str]:
    """An event in words: one line for what it is, one for each of its parts, with the words that it rests on."""
    yield f"{safe(' '.join((event.type, *event.modes)))}, {event.status}, confidence {event.confidence:.2f}"
    if event.status_cue:
        yield f"\n      status     {quoted(event.status_cue)}"
    yield f"\n      words      {', '.join(quoted(t) for t in event.triggers)}"
    for p in event.participants:
        yield f"\n      {safe(p.role):10} {quoted(p.span)}{_counted(p)}"
    for f in event.figures:
        yield f"\n      figure     {figure(f)} {quoted(f.span)}"
    for s in event.evidence:
        yield f"\n      evidence   {quoted(s)}"


def quoted(span: Span) -> str:
    return f"“{safe(span.text)}”"


def _counted(p: Participant) -> str:
    kind = f" ({p.kind})" if p.kind else ""
    if p.count is None:
        return kind
    low, high = p.count.low, p.count.high
    return f"{kind} {low if low is not None else ''}{'' if low == high else '–'}{'' if low == high or high is None else high}"


def failures(found: Iterable[Failure], count: int, to: Console) -> None:
    """Print the first failures, of `count`."""
    for f in islice(found, LISTED):
        failure(f, to)
    if count > LISTED:
        to.print(f"… and {count - LISTED:,} more failures; the dataset keeps them all")


def failure(f: Failure, to: Console) -> None:
    """Print what failed, where, why and what to do, on one line."""
    where = f", {safe(f.where)}" if f.where else ""
    to.print(f"failed: {safe(f.input)}{where}: {safe(f.error)}. {safe(f.advice)}", soft_wrap=True)

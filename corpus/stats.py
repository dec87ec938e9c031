"""What the corpus holds, and how much its reports are alike: `python -m corpus.stats` (1 where a bar is missed)."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

from corpus import PARTS, ROOT, load
from dateline import codebook
from dateline.records import CodedReport, Event, Status

GRAM = 5  # words
ALIKE = 0.04  # share of the shorter report's five-word runs that another may have too
BARS = {"reports": 240, "events": 1200, "countries": 80, "attributed events": 400, "figures": 400, "happenings": 30, "near twins": 12}
OF_EACH_TYPE, OF_EACH_STATUS = 40, 50
WITHOUT = 6  # one report in so many has no event


@dataclass(frozen=True)
class Row:
    """A line of the table: what was counted, how much there is, and what there must be (None: nothing is asked)."""

    what: str
    found: float
    bar: float | None = None
    most: bool = False  # the bar is a most, not a least

    @property
    def missed(self) -> bool:
        return self.bar is not None and (self.found > self.bar if self.most else self.found < self.bar)


def planned() -> dict[str, dict[str, str]]:
    """The rows of the plan, by report."""
    with (ROOT / "plan.csv").open(encoding="utf-8") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def counts(reports: Sequence[CodedReport]) -> Iterator[Row]:
    """What a set of reports holds."""
    events = [e for r in reports for e in r.events]
    happenings = Counter(str(r.report.extra.get("happening")) for r in reports if "happening" in r.report.extra)
    told = {name for name, several in happenings.items() if several > 1}
    countries = {p.country for r in reports for p in [*r.places, *(e.place for e in r.events)] if p and p.country}
    figures = sum(len(e.figures) for e in events)
    yield Row("reports", len(reports), BARS["reports"])
    yield Row("without an event", sum(not r.events for r in reports), len(reports) // WITHOUT)
    yield Row("words", sum(len(words(r.report.text)) for r in reports))
    yield Row("events", len(events), BARS["events"])
    yield Row("countries", len(countries), BARS["countries"])
    yield Row("attributed events", sum(e.source is not None for e in events), BARS["attributed events"])
    yield Row("figures", figures, BARS["figures"])
    yield Row("participants", sum(len(e.participants) for e in events))
    yield Row("happenings", len(told), BARS["happenings"])
    yield Row("near twins", sum(name.removesuffix("t") in told for name in happenings if name.endswith("t")), BARS["near twins"])
    yield Row("marked copies", sum("copy_of" in r.report.extra for r in reports))
    yield from (Row(f"{t}", n, OF_EACH_TYPE) for t, n in _of(events, codebook.load().types, "type"))
    yield from (Row(f"{s}", n, None if s == "occurred" else OF_EACH_STATUS) for s, n in _of(events, get_args(Status), "status"))


def _of(events: Sequence[Event], names: Iterable[str], field: str) -> Iterator[tuple[str, int]]:
    found = Counter(getattr(e, field) for e in events)
    yield from ((name, found[name]) for name in names)


def words(text: str) -> list[str]:
    return re.findall(r"\w+(?:['’]\w+)?", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    """The runs of five words."""
    said = words(text)
    return {tuple(said[i : i + GRAM]) for i in range(len(said) - GRAM + 1)}


def shared(reports: Sequence[CodedReport]) -> list[tuple[float, str, str]]:
    """Pairs of reports by the share of the shorter one's five-word runs that both have, the most alike first; without marked copies."""
    of = {r.report.id: runs(r.report.text) for r in reports}
    first = {r.report.id: str(r.report.extra.get("copy_of", r.report.id)) for r in reports}
    where: dict[tuple[str, ...], list[str]] = {}
    for name, found in of.items():
        for run in found:
            where.setdefault(run, []).append(name)
    both = Counter(pair for names in where.values() for pair in combinations(sorted(names), 2))
    share = ((n / min(len(of[a]), len(of[b])), a, b) for (a, b), n in both.items() if first[a] != first[b])
    return sorted(share, reverse=True)


def sameness(reports: Sequence[CodedReport]) -> Iterator[Row]:
    """How much the reports are alike in their words."""
    texts = [words(r.report.text) for r in reports]
    yield Row("different words in each 100, mean", sum(map(variety, texts)) / len(texts))
    openings = Counter(" ".join(t[:3]) for t in texts)
    yield Row("reports whose first three words another has", sum(n for n in openings.values() if n > 1))
    alike = shared(reports)
    yield Row("most five-word runs shared by two reports, %", 100 * (alike[0][0] if alike else 0), 100 * ALIKE, most=True)


def variety(said: list[str]) -> float:
    """The mean share of different words in stretches of 100, in percent (of the whole, where it is shorter): type-token ratio."""
    pieces = [said[i : i + 100] for i in range(0, max(1, len(said) - 99), 50)]
    return 100 * sum(len(set(p)) / len(p) for p in pieces) / len(pieces)


def main() -> int:
    """Print the tables; 1 where a bar is missed."""
    plan = planned()
    everything = [r for part in PARTS for r in load(part)]
    written = [r for r in everything if r.report.id in plan]
    rows = [*counts(written), *sameness(everything)]
    for row in rows:
        asked = "" if row.bar is None else f"   {'at most' if row.most else 'at least'} {row.bar:g}{'   MISSED' if row.missed else ''}"
        print(f"{row.what:48} {row.found:8.1f}{asked}" if row.found % 1 else f"{row.what:48} {row.found:8.0f}{asked}")
    print(f"\nBeside these, {len(everything) - len(written)} reports that were coded before the plan and the manual.")
    for voice, n in Counter(r.report.extra.get("voice") for r in written).most_common():
        by_part = Counter(plan[r.report.id]["part"] for r in written if r.report.extra.get("voice") == voice)
        print(f"{voice:48} {n:8}   " + ", ".join(f"{part} {by_part[part]}" for part in PARTS))
    print("\nThe most alike, marked copies left out:")
    for share, a, b in shared(everything)[:10]:
        print(f"  {a} {b}: {100 * share:.1f} %")
    return int(any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())

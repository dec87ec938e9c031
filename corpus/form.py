"""The form that our coded reports are written in, and its reader: one text file a report.

    published: 2019-03-04                header: `key: value` lines (id is the file's name)
    outlet: The Aldbury Courier
    ---
    The report's text, to the character.
    ===
    event PROTEST obstruct               one block an event; indented lines say the rest
      trigger `blocked`
      actor `Some 200 farmers` `[They] left at noon` kind=group sector=AGR country=GBR count=200..200
      figure arrested 9.. `At least nine`

Words of the report stand between backticks and must occur once; where they occur more often, give more words
and bracket the ones meant: `[They] left at noon`. A bound is `LOW..HIGH`, either side may be empty.
`python -m corpus.form FILE…` checks files and names file, line and mark of what is wrong.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from dateline import codebook as codebooks
from dateline.codebook import Codebook
from dateline.records import (
    CodedReport,
    Count,
    Event,
    Figure,
    FigureOf,
    Participant,
    ParticipantKind,
    Place,
    PlacePrecision,
    Report,
    Section,
    SectionKind,
    Source,
    SourceKind,
    Span,
    Status,
    Time,
    TimePrecision,
    digest,
    span_of,
)

HEADER = ("title", "published", "outlet", "url", "voice")
MARK = re.compile(r"`([^`]+)`")
BOUNDS = re.compile(r"(\d*)\.\.(\d*)")


class FormError(ValueError):
    """A mistake in a form; the message gives file, line and mark."""


def read(path: Path, codebook: Codebook | None = None) -> CodedReport:
    """The coded report of a form. Raises FormError."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    bare = [line.rstrip("\n") for line in lines]
    try:
        head, foot = bare.index("---"), bare.index("===")
    except ValueError:
        raise FormError(f"{path}: needs a line `---` before the text and a line `===` after it") from None
    header: dict[str, Any] = {}
    for n, line in enumerate(bare[:head], 1):
        key, colon, value = line.partition(": ")
        if not colon or key not in HEADER:
            raise FormError(f"{path}:{n}: {line!r}: a header line is `key: value`, key one of {', '.join(HEADER)}")
        header[key] = value.strip()
    text = "".join(lines[head + 1 : foot]).removesuffix("\n")
    voice = header.pop("voice", None)
    report = Report(id=path.stem, text=text, sha256=digest(text), language="en", extra={"voice": voice} if voice else {}, **header)
    return _Coding(path, report, codebook or codebooks.load()).read(bare, foot + 1)


class _Coding:
    """Reads the lines below `===` of one form."""

    def __init__(self, path: Path, report: Report, codebook: Codebook):
        self.path, self.report, self.codebook = path, report, codebook

    def read(self, lines: list[str], first: int) -> CodedReport:
        blocks: list[list[tuple[int, str]]] = []
        sections: list[Section] = []
        for n, line in enumerate(lines[first:], first + 1):
            if not line.strip():
                continue
            word = line.split()[0]
            if word == "event":
                blocks.append([(n, line)])
            elif word == "section":
                sections.append(self._section(n, line))
            elif line[0] == " " and blocks:
                blocks[-1].append((n, line.strip()))
            else:
                self._fail(n, word, "a block starts with `event TYPE [mode…]` or is a line `section KIND …`; the rest is indented")
        events = tuple(sorted((self._event(b, i) for i, b in enumerate(blocks, 1)), key=lambda e: e.trigger.start))
        return CodedReport(report=replace(self.report, sections=whole(sections, len(self.report.text))), events=events)

    def _fail(self, n: int, mark: str, why: str) -> Any:
        raise FormError(f"{self.path}:{n}: {mark!r}: {why}")

    def _one_of(self, n: int, value: str, known: Any, what: str) -> Any:
        return value if value in known else self._fail(n, value, f"no {what}; one of {', '.join(known)}")

    def _span(self, n: int, mark: str) -> Span:
        text = self.report.text
        before, opened, rest = mark.partition("[")
        inner, closed, after = rest.partition("]")
        if bool(opened) != bool(closed):
            self._fail(n, mark, "brackets must be `[words]`")
        whole = before + inner + after if opened else mark
        at = text.find(whole)
        if at < 0:
            self._fail(n, mark, "these words are not in the text")
        if text.find(whole, at + 1) >= 0:
            self._fail(n, mark, "these words occur more than once: give more of them and bracket the ones meant")
        start = at + len(before) if opened else at
        return span_of(text, start, start + len(inner if opened else mark))

    def _spans(self, n: int, line: str) -> tuple[Span, ...]:
        found = tuple(self._span(n, m) for m in MARK.findall(line))
        return found or self._fail(n, line, "needs words of the text between backticks")

    def _bounds(self, n: int, mark: str) -> tuple[int | None, int | None]:
        m = BOUNDS.fullmatch(mark)
        if not m or not any(m.groups()):
            self._fail(n, mark, "a bound is LOW..HIGH, with one side empty where it is open")
        low, high = (int(g) if g else None for g in m.groups())  # type: ignore[union-attr]
        if low is not None and high is not None and low > high:
            self._fail(n, mark, "low is above high")
        return low, high

    def _section(self, n: int, line: str) -> Section:
        kind = self._one_of(n, ([*line.split(), ""])[1], get_args(SectionKind), "section kind")
        marks = self._spans(n, line)
        return Section(kind=kind, start=marks[0].start, end=marks[-1].end)

    def _event(self, block: list[tuple[int, str]], number: int) -> Event:
        (n, head), *rest = block
        kind, *modes = head.split()[1:] or self._fail(n, head, "`event` needs a type")
        self._one_of(n, kind, self.codebook.types, "type of the codebook")
        for mode in modes:
            self._one_of(n, mode, self.codebook.types[kind].modes, f"mode of {kind}")
        said: dict[str, Any] = {"participants": [], "figures": []}
        for n, line in rest:
            word = line.split()[0]
            if word in self.codebook.roles:
                said["participants"].append(self._participant(n, line, word))
            elif word == "figure":
                said["figures"].append(self._figure(n, line))
            elif word == "trigger":
                said["triggers"] = tuple(sorted(self._spans(n, line), key=lambda s: s.start))
            elif word == "status":
                said["status"] = self._one_of(n, line.split()[1], get_args(Status), "status")
                said["status_cue"] = next(iter(self._spans(n, line)), None) if "`" in line else None
            elif word == "source":
                said["source"] = self._source(n, line.removeprefix("source"))
            elif word == "time":
                said["time"] = self._time(n, line)
            elif word == "place":
                said["place"] = self._place(n, line)
            elif word == "context":
                said["contexts"] = tuple(self._one_of(n, c, self.codebook.contexts, "context") for c in line.split()[1:])
            elif word == "incident":
                said["incident"] = line.split()[1]
            elif word == "section":
                said["section"] = self._one_of(n, line.split()[1], get_args(SectionKind), "section kind")
            else:
                self._fail(n, word, "not known here; one of trigger status source time place context figure incident section, or a role")
        triggers = said.get("triggers") or self._fail(block[0][0], head, "this event has no `trigger` line")
        said["participants"] = tuple(said["participants"])
        said["figures"] = tuple(said["figures"])
        event_id = f"{self.report.id}-{number}"
        return Event(
            **{"id": event_id, "incident": event_id, "evidence": (), **said},
            type=kind,
            modes=tuple(modes),
            mode=modes[0] if modes else None,
            quad=self.codebook.types[kind].quad,
            trigger=triggers[0],
            confidence=1.0,
        )

    def _options(self, n: int, line: str, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for word in MARK.sub(" ", line).split():
            key, equals, value = word.partition("=")
            if equals:
                yield self._one_of(n, key, known, "option here"), value

    def _participant(self, n: int, line: str, role: str) -> Participant:
        mentions = self._spans(n, line)
        said: dict[str, Any] = dict(self._options(n, line, ("kind", "sector", "country", "count")))
        if "kind" in said:
            self._one_of(n, said["kind"], get_args(ParticipantKind), "kind")
        if "sector" in said:
            self._one_of(n, said["sector"], self.codebook.sectors, "sector")
        if "country" in said and not re.fullmatch("[A-Z]{3}", said["country"]):
            self._fail(n, said["country"], "a country is its ISO 3166 alpha-3 code")
        if "count" in said:
            low, high = self._bounds(n, said["count"])
            said["count"] = Count(low=low, high=high, span=mentions[0])
        return Participant(role=role, span=mentions[0], mentions=tuple(sorted(mentions, key=lambda s: s.start)), **said)

    def _figure(self, n: int, line: str) -> Figure:
        words, from_whom, whose = line.partition(" source ")
        _, of, bounds = ([*words.split(), "", ""])[:3]
        self._one_of(n, of, get_args(FigureOf), "kind of figure")
        low, high = self._bounds(n, bounds)
        source = self._source(n, whose) if from_whom else None
        return Figure(of=of, low=low, high=high, span=self._spans(n, words)[0], source=source)  # type: ignore[arg-type]

    def _source(self, n: int, line: str) -> Source:
        who, _, cue = line.partition(" cue ")
        kinds = list(MARK.sub(" ", who).split())
        kind = self._one_of(n, kinds[0], get_args(SourceKind), "kind of source") if kinds else self._fail(n, line, "say the kind of source")
        return Source(kind=kind, span=self._spans(n, who)[0], cue=self._spans(n, cue)[0] if cue else None)

    def _time(self, n: int, line: str) -> Time:
        _, dates, precision = ([*MARK.sub(" ", line).split(), "", ""])[:3]
        self._one_of(n, precision, get_args(TimePrecision), "precision of time")
        start, _, end = dates.partition("/")
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d)?)?)?)?", start):
            self._fail(n, dates, "a time is YYYY-MM-DD or shorter, or two of them with `/` between")
        stated = "inferred" not in line.split()
        return Time(
            start=start,
            end=end or start,
            precision=precision,  # type: ignore[arg-type]
            basis="stated" if stated else "inferred",
            span=self._spans(n, line)[0] if "`" in line else None,
        )

    def _place(self, n: int, line: str) -> Place:
        span = self._spans(n, line)[0]
        words = MARK.sub(" ", line).split()[1:]
        precision = self._one_of(n, (words or [""])[0], get_args(PlacePrecision), "precision of place")
        country = next((w for w in words[1:] if re.fullmatch("[A-Z]{3}", w)), None)
        basis: Any = "inferred" if "inferred" in words else "stated"
        return Place(name=span.text, country=country, precision=precision, basis=basis, span=span)


def whole(marked: list[Section], length: int) -> tuple[Section, ...]:
    """The sections that are marked, and body between them, so that they cover the text."""
    out, at = [], 0
    for section in [*sorted(marked, key=lambda s: s.start), Section(kind="body", start=length, end=length)]:
        if section.start > at:
            out.append(Section(kind="body", start=at, end=section.start))
        if section.end > section.start:
            out.append(section)
        at = max(at, section.end)
    return tuple(out)


def main(paths: list[str]) -> int:
    """Check forms; print a line for each mistake, or how many events are sound."""
    bad = events = 0
    for path in paths:
        try:
            events += len(read(Path(path)).events)
        except (FormError, UnicodeDecodeError) as error:
            bad += 1
            print(error, file=sys.stderr)
    print(f"{len(paths) - bad} of {len(paths)} forms are sound, {events} events")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

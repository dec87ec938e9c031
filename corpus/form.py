"""The form that our coded reports are written in, and its reader: one text file a report. `corpus/MANUAL.md` says what to code.

    published: 2019-03-04                header: `key: value` lines (id is the file's name)
    outlet: The Aldbury Courier
    ---
    The report's text, to the character.
    ===
    who farmers `Some 200 farmers` `[They] left at noon` kind=group sector=AGR country=GBR count=200..200
    event PROTEST obstruct               one block an event; indented lines say the rest
      trigger `blocked`
      actor farmers                      a `who`, or words of its own with the same options
      figure arrested 9.. `At least nine`

Words of the report stand between backticks and must occur once, as whole words; where they occur more often, give more words
and bracket the ones meant: `[They] left at noon`. A bound is `LOW..HIGH`, either side may be empty.
`python -m corpus.form FILE…` checks files and names file, line and mark of what is wrong.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from corpus.sound import status_fault, time_fault
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
    Timex,
    Toponym,
    digest,
    span_of,
)

if TYPE_CHECKING:
    from corpus.atlas import Atlas

HEADER = ("title", "published", "outlet", "url", "voice", "happening", "copy_of")
EXTRA = ("voice", "happening", "copy_of")  # what the contract's report has no field for
SINGLE = ("trigger", "status", "source", "time", "place", "context", "incident", "acled", "section")  # an event has one of each
MARK = re.compile(r"`([^`]+)`")
MARKS = "needs words of the text between backticks"
BOUNDS = re.compile(r"(\d*)\.\.(\d*)")
POINT = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
VALUE = {  # TIMEX3 values by type
    "DATE": re.compile(
        r"[\dX]{4}(-([\dX]{2}(-[\dX]{2})?|W[\dX]{2}(-WE)?|Q[1-4X]|H[12X]|SP|SU|FA|WI))?|[\dX]{2,3}|(PRESENT|PAST|FUTURE)_REF"
    ),
    "TIME": re.compile(r"[\dX]{4}-([\dX]{2}-[\dX]{2}|W[\dX]{2}-[\dX])T([\dX]{2}(:[\dX]{2})?|MO|MI|AF|EV|NI|DT)"),
    "DURATION": re.compile(r"PT?[\dX.]+(Y|M|W|D|H|S|DE|CE|WE)"),
    "SET": re.compile(r"PT?[\dX.]+(Y|M|W|D|H|S)|XXXX-(XX|WXX-\d|\d\d(-\d\d)?)(T\w+)?"),
}


NAME = re.compile(r'name="([^"]+)"')
ACLED = (
    "Armed clash|Government regains territory|Non-state actor overtakes territory|Chemical weapon|Air/drone strike|Suicide bomb|"
    "Shelling/artillery/missile attack|Remote explosive/landmine/IED|Grenade|Sexual violence|Attack|Abduction/forced disappearance|"
    "Peaceful protest|Protest with intervention|Excessive force against protesters|Violent demonstration|Mob violence|Agreement|Arrests|"
    "Change to group/activity|Disrupted weapons use|Headquarters or base established|Looting/property destruction|"
    "Non-violent transfer of territory|Other"
).split("|")


class FormError(ValueError):
    """A mistake in a form; the message gives file, line and mark."""


def read(path: Path, codebook: Codebook | None = None, atlas: Atlas | None = None) -> CodedReport:
    """The coded report of a form; with an `atlas`, points are checked against their countries. Raises FormError."""
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
    extra = {key: header.pop(key) for key in EXTRA if key in header}
    report = Report(id=path.stem, text=text, sha256=digest(text), language="en", extra=extra, **header)
    return _Coding(path, report, codebook or codebooks.load(), atlas).read(bare, foot + 1)


class _Coding:
    """Reads the lines below `===` of one form."""

    def __init__(self, path: Path, report: Report, codebook: Codebook, atlas: Atlas | None):
        self.path, self.report, self.codebook, self.atlas = path, report, codebook, atlas
        self.known: dict[str, Participant] = {}

    def read(self, lines: list[str], first: int) -> CodedReport:
        blocks: list[list[tuple[int, str]]] = []
        sections: list[Section] = []
        places: list[Toponym] = []
        times: list[Timex] = []
        loaded: list[Span] = []
        for n, line in enumerate(lines[first:], first + 1):
            if not line.strip():
                continue
            word = line.split()[0]
            if word == "event":
                blocks.append([(n, line)])
            elif line[0] == " " and blocks:
                blocks[-1].append((n, line.strip()))
            elif word == "who":
                self._who(n, line)
            elif word == "section":
                sections.append(self._section(n, line))
            elif word == "toponym":
                places += self._toponyms(n, line)
            elif word == "timex":
                times.append(self._timex(n, line))
            elif word == "loaded":
                loaded += [span for mark in MARK.findall(line) or [self._fail(n, line, MARKS)] for span in self._every(n, mark)]
            else:
                self._fail(n, word, "a line starts with who, event, section, toponym, timex or loaded; an event's own lines are indented")
        events = tuple(sorted((self._event(b, i) for i, b in enumerate(blocks, 1)), key=lambda e: e.trigger.start))
        return CodedReport(
            report=replace(self.report, sections=whole(sections, len(self.report.text))),
            events=events,
            places=tuple(sorted(places, key=lambda p: p.span.start)),
            times=tuple(sorted(times, key=lambda t: t.span.start)),
            loaded=tuple(sorted(loaded, key=lambda s: s.start)),
        )

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
        found = self._whole_words(whole) or [m.start() for m in re.finditer(re.escape(whole), text)]
        if not found:
            self._fail(n, mark, "these words are not in the text")
        if len(found) > 1:
            self._fail(n, mark, "these words occur more than once: give more of them and bracket the ones meant")
        at = found[0]
        start = at + len(before) if opened else at
        return span_of(text, start, start + len(inner if opened else mark))

    def _spans(self, n: int, line: str) -> tuple[Span, ...]:
        found = tuple(self._span(n, m) for m in MARK.findall(line))
        return found or self._fail(n, line, MARKS)

    def _every(self, n: int, mark: str) -> list[Span]:
        """All places where these words stand as whole words; with brackets, the one meant."""
        if "[" in mark:
            return [self._span(n, mark)]
        found = [span_of(self.report.text, at, at + len(mark)) for at in self._whole_words(mark)]
        return found or self._fail(n, mark, "these words are not in the text")

    def _whole_words(self, words: str) -> list[int]:
        """Where these words start that no other letter adjoins: `free` is not in "freed"."""
        return [m.start() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", self.report.text)]

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
        seen: set[str] = set()
        for n, line in rest:
            word = line.split()[0]
            if word in SINGLE and word in seen:
                self._fail(n, word, "said twice for one event")
            seen.add(word)
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
                said["incident"] = self._incident(n, line)
            elif word == "acled":
                said["codes"] = {"acled": self._one_of(n, line.removeprefix("acled").strip(), ACLED, "sub-event type of ACLED")}
            elif word == "section":
                said["section"] = self._one_of(n, line.split()[1], get_args(SectionKind), "section kind")
            else:
                self._fail(
                    n, word, "not known here; one of trigger status source time place context figure incident acled section, or a role"
                )
        first = block[0][0]
        triggers = said.get("triggers") or self._fail(first, head, "this event has no `trigger` line")
        status, cue = said.get("status", "occurred"), said.get("status_cue")
        if fault := status_fault(status, bool(cue), said.get("time"), self.report.published):
            self._fail(first, head, fault)
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

    def _incident(self, n: int, line: str) -> str:
        """An event's id in this report, or a name: of all reports of the happening, if the header gives one, else of this report."""
        name = ([*line.split(), ""])[1]
        if re.fullmatch(rf"{re.escape(self.report.id)}-\d+", name):
            return name
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            self._fail(n, name, "an incident is named by small letters, digits and hyphens")
        return f"{self.report.extra.get('happening', self.report.id)}.{name}"

    def _who(self, n: int, line: str) -> None:
        name = ([*line.split(), ""])[1]
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or name in self.known:
            self._fail(n, name, "a `who` is named by small letters, digits and hyphens, and once")
        self.known[name] = self._participant(n, line.replace(name, "", 1), "")

    def _participant(self, n: int, line: str, role: str) -> Participant:
        if role and "`" not in line:
            known = self._one_of(n, ([*line.split(), ""])[1], self.known, "`who` of this file")
            return replace(self.known[known], role=role)
        mentions = self._spans(n, line)
        name, line = NAME.search(line), NAME.sub("", line)
        said: dict[str, Any] = dict(self._options(n, line, ("kind", "sector", "country", "count")))
        if name:
            said["name"] = name[1]
            if said.get("kind") not in ("organisation", "group", "state"):
                self._fail(n, name[0], "only organisations, groups and states have a name of their own in the record")
        if "kind" in said:
            self._one_of(n, said["kind"], get_args(ParticipantKind), "kind")
        if "sector" in said:
            self._one_of(n, said["sector"], self.codebook.sectors, "sector")
        if "country" in said:
            self._country(n, said["country"])
        if "count" in said:
            low, high = self._bounds(n, said["count"])
            said["count"] = Count(low=low, high=high, span=mentions[0])
        return Participant(role=role, span=mentions[0], mentions=tuple(sorted(mentions, key=lambda s: s.start)), **said)

    def _country(self, n: int, code: str) -> str:
        if not re.fullmatch("[A-Z]{3}", code) or (self.atlas and code not in self.atlas.countries):
            self._fail(n, code, "a country is its ISO 3166 alpha-3 code")
        return code

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
        time = Time(
            start=start,
            end=end or start,
            precision=precision,  # type: ignore[arg-type]
            basis="inferred" if "inferred" in MARK.sub(" ", line).split() else "stated",
            span=self._spans(n, line)[0] if "`" in line else None,
        )
        if time.basis == "stated" and not time.span:
            self._fail(n, line, "a stated time points at its words; say `inferred` where it is taken over from another event")
        if fault := time_fault(time, self.report.published):
            self._fail(n, dates, fault)
        return time

    def _place(self, n: int, line: str) -> Place:
        span = self._spans(n, line)[0]
        precision, *words = MARK.sub(" ", line).split()[1:] or [""]
        self._one_of(n, precision, get_args(PlacePrecision), "precision of place")
        country, (lat, lon) = self._located(n, words, span.text if precision == "city" else None)
        basis: Any = "inferred" if "inferred" in words else "stated"
        return Place(name=span.text, country=country, lat=lat, lon=lon, precision=precision, basis=basis, span=span)  # type: ignore[arg-type]

    def _toponyms(self, n: int, line: str) -> list[Toponym]:
        """One for each place where these words stand."""
        words = MARK.sub(" ", line).split()[1:]
        out = []
        for mark in MARK.findall(line) or [self._fail(n, line, MARKS)]:
            for span in self._every(n, mark):
                country, (lat, lon) = self._located(n, words, None)
                out.append(Toponym(span=span, name=span.text, country=country, lat=lat, lon=lon))
        return out

    def _located(self, n: int, words: list[str], name: str | None) -> tuple[str | None, tuple[float | None, float | None]]:
        """The country and the point among a line's words, checked against each other."""
        country, lat, lon = None, None, None
        for word in words:
            if m := POINT.fullmatch(word):
                lat, lon = float(m[1]), float(m[2])
            elif word.isupper():
                country = self._country(n, word)
            elif word != "inferred":
                self._fail(n, word, "not known here: a place has a country (FRA), a point (50.95,1.86) and, where it is so, `inferred`")
        if lat is not None and lon is not None and self.atlas and (fault := self.atlas.fault(lat, lon, country, name)):
            self._fail(n, " ".join(words), fault)
        return country, (lat, lon)

    def _timex(self, n: int, line: str) -> Timex:
        _, kind, value = ([*MARK.sub(" ", line).split(), "", ""])[:3]
        self._one_of(n, kind, VALUE, "TIMEX3 type")
        if not VALUE[kind].fullmatch(value):
            self._fail(n, value, f"no TIMEX3 value of a {kind}")
        return Timex(span=self._spans(n, line)[0], type=kind, value=value)  # type: ignore[arg-type]


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
    from corpus.atlas import atlas  # here, since readers of sound forms need no gazetteer

    try:
        atlas()
    except ModuleNotFoundError as error:
        sys.exit(str(error))
    bad = events = 0
    for path in paths:
        try:
            events += len(read(Path(path), atlas=atlas()).events)
        except (FormError, UnicodeDecodeError) as error:
            bad += 1
            print(error, file=sys.stderr)
    print(f"{len(paths) - bad} of {len(paths)} forms are sound, {events} events")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

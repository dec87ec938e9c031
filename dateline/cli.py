"""The command line: one thin function a verb. What is heavy is imported where it is used: --help answers at once."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from dateline import __version__

if TYPE_CHECKING:
    from dateline.records import CodedReport, Failure, Report, SectionKind
    from dateline.store import Dataset

OK, SOME_FAILED, USAGE, STOPPED = 0, 1, 2, 130

EXAMPLES = """examples:
  dateline code report.txt page.html folder/ -o events    a dataset: a folder of Parquet files
  dateline code reports.jsonl -o coded.jsonl              coded reports, one JSON object a line
  cat report.txt | dateline code -                        a table in the terminal
  dateline show events                                    the events of a dataset as a table
  dateline show events --report 3f2a9c0d11e4b7a6          one report with its events' words marked
  dateline export events -o all.jsonl                     the coded reports of a dataset
  dateline forget events 3f2a9c0d11e4b7a6                 take out a report and all that came from it

Exit status: 0 all coded; 1 some input failed, is named on standard error, and the rest is written; 2 wrong usage.
Dateline is for public events of groups, authorities and states, not a means to find people."""


# Fields that a table's column, or a JSON key, of any name can hold.
COLUMNS = {
    "text": "the reports' texts, in tables and JSON Lines",
    "id": "their ids",
    "title": "their titles",
    "published": "their publication dates",
    "outlet": "their outlets",
    "url": "their addresses",
    "language": "their languages",
}


class UsageError(ValueError):
    """A command that cannot be carried out as it was given."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Nothing ends in a traceback; DATELINE_TRACEBACK=1 shows it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without UTF-8 shows the characters that it lacks as escapes
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _stop)
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.verb(arguments))
    except KeyboardInterrupt:
        kept = arguments.verb is code and arguments.output
        return _complain("stopped." + (" What was finished is kept: the same command goes on from there" if kept else ""), STOPPED)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and nothing more may be written.
        sys.stdout = None
        return OK
    except Exception as error:
        if os.environ.get("DATELINE_TRACEBACK"):
            raise
        return _explain(error)


def _stop(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="dateline",
        description="News reports to a sourced event dataset: who did what to whom, when, where, how many, and according to whom.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"dateline {__version__}")
    verbs = top.add_subparsers(required=True, metavar="VERB", title="verbs")

    def verb(name: str, run: Callable[[argparse.Namespace], int], what: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=what, description=what, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(verb=run)
        return sub

    sub = verb("code", code, "code reports into events")
    sub.add_argument("inputs", nargs="+", metavar="INPUT", help="a file, a folder, a glob, or - for standard input")
    sub.add_argument("-o", "--output", metavar="OUT", help="a file that ends in .jsonl, or a dataset's folder; without it, a table")
    sub.add_argument("--codebook", default="plover", metavar="NAME-OR-FILE", help="what to code by (default: plover)")
    sub.add_argument("--any-language", action="store_true", help="code reports that are not in English too, at your own risk")
    sub.add_argument(
        "--sections",
        type=_sections,
        default=("headline", "body"),
        metavar="KINDS",
        help="sections that yield events (default: headline,body)",
    )
    for field, what in COLUMNS.items():
        sub.add_argument(f"--{field}-column", metavar="NAME", help=f"the column or key that holds {what}")
    sub.add_argument("--workers", type=_positive, metavar="N", help="processes (default: one for each core)")
    sub.add_argument(
        "--no-link", action="store_true", help="do not link reports of one happening (nothing links yet: each event is an incident)"
    )
    sub.add_argument("--model", type=Path, metavar="FOLDER", help="another encoder than the one that is shipped")

    sub = verb("show", show, "show events as a table, or one report with its words marked")
    sub.add_argument("dataset", metavar="DATASET", help="a dataset, or a .jsonl file of coded reports")
    sub.add_argument("--report", metavar="ID", help="one report, with the words of its events marked")
    sub.add_argument("--limit", type=_positive, metavar="N", help="at most N events")

    sub = verb("export", export, "write the coded reports of a dataset to a file")
    sub.add_argument("dataset", metavar="DATASET")
    sub.add_argument("-o", "--output", required=True, metavar="FILE.jsonl")

    sub = verb("forget", forget, "take a report and all that came from it out of a dataset, for good")
    sub.add_argument("dataset", metavar="DATASET")
    sub.add_argument("report", metavar="REPORT", help="the report's id")
    return top


# Verbs ------------------------------------------------------------------------------------------------------------


def code(a: argparse.Namespace) -> int:
    """`dateline code INPUT… [-o OUT]`."""
    from dateline import pipeline
    from dateline.encode.model import WEIGHTS
    from dateline.publish.jsonl import Writer, is_jsonl
    from dateline.publish.progress import Progress
    from dateline.read import SeenIds, read
    from dateline.store import Dataset

    settings = pipeline.Settings(codebook=a.codebook, model=a.model or WEIGHTS, sections=a.sections)
    run = pipeline.run_info(settings)
    out = _output(a)
    seen = SeenIds()
    columns = {field: name for field in COLUMNS if (name := getattr(a, f"{field}_column"))}
    reports = read(a.inputs, any_language=a.any_language, leave_out=out, seen=seen, columns=columns)
    with Progress(a.inputs) as progress:

        def work(todo: Iterable[Report | Failure]) -> Iterator[CodedReport | Failure]:
            return progress.coded(pipeline.code(todo, settings, a.workers))

        if out is None:
            _code_to_table(work(reports))
        else:
            with Writer(out, run.id) if is_jsonl(a.output) else Dataset.open(out, create=True).start(run, a.inputs) as rows:
                for coded in work(progress.undone(reports, rows.done)):
                    rows.add(coded)
    return progress.report(a.output, seen.repeated)


def _output(a: argparse.Namespace) -> Path | None:
    """Where `code` writes, None for a table. Raises UsageError for an output that is an input."""
    if a.output is None:
        return None
    if a.output in ("", "-"):
        raise UsageError(
            f"-o {a.output!r} names nothing: name a .jsonl file or a dataset's folder; without -o the table goes to the terminal"
        )
    out = Path(a.output)
    if any(_same_file(Path(i), out) for i in a.inputs):
        raise UsageError(f"{a.output} is an input and the output: name another output")
    return out


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there, or cannot be asked: reading will say so
        return False


def _code_to_table(coded: Iterable[CodedReport | Failure]) -> None:
    from dateline.publish import terminal
    from dateline.records import CodedReport

    terminal.events_table((c for c in coded if isinstance(c, CodedReport)), terminal.console())


def show(a: argparse.Namespace) -> int:
    """`dateline show DATASET [--report ID]`."""
    from dateline.publish import terminal
    from dateline.publish.jsonl import is_jsonl

    to = terminal.console()
    if a.report:
        coded = _report(a.dataset, a.report)
        if coded is None:
            raise UsageError(f"{a.dataset} has no report {a.report!r}. `dateline show {a.dataset}` lists events with their reports' ids")
        terminal.report(coded, to)
        return OK
    count = terminal.events_table(_reports(a.dataset), to, a.limit)
    if not is_jsonl(a.dataset):
        counts = _dataset(a.dataset).counts()
        print(
            f"{counts['events']:,} events in {counts['reports']:,} reports"
            + (f"; the first {count:,} are shown" if count < counts["events"] else "")
        )
        terminal.failures(_dataset(a.dataset).failures(), counts["failures"], terminal.console(stderr=True))
    return OK


def export(a: argparse.Namespace) -> int:
    """`dateline export DATASET -o FILE.jsonl`."""
    from dateline.publish import jsonl

    out = Path(a.output)
    if not jsonl.is_jsonl(a.output):
        raise UsageError(f"{a.output}: an export is a .jsonl file for now")
    if out.resolve().is_relative_to(Path(a.dataset).resolve()):
        raise UsageError(f"{a.output} is in the dataset, where `dateline forget` would not find it: name a file elsewhere")
    count = jsonl.write(_dataset(a.dataset).reports(), out)
    print(f"{count:,} coded reports in {a.output}", file=sys.stderr)
    return OK


def forget(a: argparse.Namespace) -> int:
    """`dateline forget DATASET REPORT`."""
    from dateline.publish.terminal import safe

    _dataset(a.dataset).forget(a.report)
    print(f"{safe(a.report)} is forgotten: no file of {safe(a.dataset)} holds anything of it but its id", file=sys.stderr)
    return OK


# Help -------------------------------------------------------------------------------------------------------------


def _dataset(path: str) -> Dataset:
    from dateline.store import Dataset

    return Dataset.open(path)


def _reports(path: str) -> Iterator[CodedReport]:
    from dateline.publish import jsonl

    yield from jsonl.read(Path(path)) if jsonl.is_jsonl(path) else _dataset(path).reports()


def _report(path: str, report: str) -> CodedReport | None:
    from dateline.publish.jsonl import is_jsonl

    if is_jsonl(path):
        return next((c for c in _reports(path) if c.report.id == report), None)
    return _dataset(path).report(report)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _sections(text: str) -> tuple[SectionKind, ...]:
    from dateline.records import SectionKind

    kinds = tuple(dict.fromkeys(kind.strip() for kind in text.split(",")))
    known = get_args(SectionKind)
    if unknown := [kind for kind in kinds if kind not in known]:
        raise argparse.ArgumentTypeError(f"no section {', '.join(map(repr, unknown))}; sections are {', '.join(known)}")
    return kinds  # type: ignore[return-value]


def _explain(error: Exception) -> int:
    """Say what ended the command, and what to do; the exit status."""
    from concurrent.futures.process import BrokenProcessPool

    from dateline.codebook import CodebookError
    from dateline.encode.model import ModelError
    from dateline.publish.jsonl import OutputError
    from dateline.records import RecordError
    from dateline.store import DatasetError

    if isinstance(error, UsageError | CodebookError | ModelError | RecordError | DatasetError | OutputError):
        return _complain(str(error), USAGE)
    if isinstance(error, BrokenProcessPool):
        return _complain("a worker was killed, for lack of memory perhaps: try --workers 1. What was finished is kept", SOME_FAILED)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _complain(
            f"{where}{error.strerror or error}. What was finished is kept: mend it and give the same command again", SOME_FAILED
        )
    return _complain(
        f"{type(error).__name__}: {error}. A file is damaged, or this is a fault of Dateline: DATELINE_TRACEBACK=1 shows where it arose",
        SOME_FAILED,
    )


def _complain(said: str, status: int) -> int:
    from dateline.publish.terminal import safe

    print(f"dateline: {safe(said)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

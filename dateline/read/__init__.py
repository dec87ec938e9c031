"""Inputs → reports: files, folders, globs and standard input, of any format that dateline reads.

The flow: `inputs` finds what there is to read, `formats` tells by content what each one is and hands it to the
reader of its format (`text`, `jsonl`, `html`), `seen` drops what was read before, `language` tells the language.
Everything is lazy, and everything bad is a `Failure` beside the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from dateline.read.formats import read_stream
from dateline.read.inputs import Input, find, open_input, os_problem
from dateline.read.language import check_language
from dateline.read.reading import Reading
from dateline.read.seen import SeenIds
from dateline.read.unreadable import Unreadable, failure_of
from dateline.records import Failure, Report

__all__ = ["SeenIds", "read"]


def read(
    inputs: Iterable[str],
    *,
    any_language: bool = False,
    leave_out: str | os.PathLike[str] | None = None,
    seen: SeenIds | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Report | Failure]:
    """Each report of the inputs, in order, and a `Failure` for each thing that could not be read.

    An input is a file, a folder (read recursively), a glob, or "-" for standard input. Formats are told by content.
    What is not English is a failure, unless `any_language`. `leave_out` is the run's own output, where it stands in a
    folder that is read. `columns`: a report's field → the column or key that holds it, where that has another name.
    A report that is given twice is yielded once; `seen` counts these, where the caller wants to know.
    Memory stays flat however much is read.
    """
    seen = seen or SeenIds()
    for source in find(inputs, leave_out):
        if isinstance(source, Failure):
            yield source
            continue
        for where, result in _results(source, columns or {}):
            if isinstance(result, Unreadable):
                yield failure_of(result, source.name, where)
            else:
                yield from _admitted(result, source.name, where, seen, any_language)


def _results(source: Input, columns: Mapping[str, str]) -> Iterator[tuple[str | None, Report | Unreadable]]:
    """What an input holds, each with its place in it; a problem with the input itself comes last and has no place."""
    try:
        with open_input(source) as stream:
            yield from read_stream(stream, Reading(columns=columns, name=source.name))
    except Unreadable as problem:
        yield None, problem
    except OSError as error:
        yield None, os_problem(error)


def _admitted(report: Report, name: str, where: str | None, seen: SeenIds, any_language: bool) -> Iterator[Report | Failure]:
    """The report, with its language; nothing if it was read before; or the reason why it is not taken."""
    try:
        if seen.is_new(report, name, where):
            yield check_language(report, any_language)
    except Unreadable as problem:
        problem.report = report.id
        yield failure_of(problem, name, where)

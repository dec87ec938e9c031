"""Arguments → inputs to open: files, folders, globs and standard input, lazily and in a fixed order.

Folders are read recursively, names sorted per folder; hidden files and folders are skipped, unless named.
Links are followed, but never back into a folder that is being read.
"""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from dateline.read.unreadable import Unreadable, failure_of
from dateline.records import Failure

STDIN = "-"
MARKER = "dateline.json"  # what a dataset of ours has at its top

_Identity = tuple[int, int]  # device and inode
_DATASET = Unreadable("a dataset of Dateline, not reports", "`dateline show` and `dateline export` read it.")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read, or standard input. `name` is for people, and valid Unicode; `path` is for the system."""

    name: str
    path: str


def find(inputs: Iterable[str], leave_out: str | os.PathLike[str] | None = None) -> Iterator[Input | Failure]:
    """Every file that the arguments name, in order, but the output `leave_out`, which may stand in a folder that is read."""
    left_out = _identity(os.stat(leave_out)) if leave_out is not None and os.path.exists(leave_out) else None
    for argument in [inputs] if isinstance(inputs, str | os.PathLike) else inputs:
        path = os.fspath(argument)
        if path == STDIN:
            yield Input(STDIN, STDIN)
        elif _exists(path):
            yield from _files(path, left_out)
        elif any(character in path for character in "*?["):
            yield from _glob_files(path, left_out)
        else:
            yield _failure(path, Unreadable("there is no such file or folder", "Check the path, and the folder that you run this in."))


def open_input(source: Input) -> contextlib.AbstractContextManager[BinaryIO]:
    """The bytes of an input; standard input is left open."""
    if source.path != STDIN:
        return open(source.path, "rb")
    if sys.stdin is None:  # started without one, such as a service or pythonw
        return io.BytesIO()
    return contextlib.nullcontext(sys.stdin.buffer)


def os_problem(error: OSError) -> Unreadable:
    """What the operating system refused, in words."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unreadable("permission denied", "Change its permissions, or run as a user who may read it.")
    if error.errno == errno.ENOENT:
        return Unreadable("it is gone, or a link to something that is not there", "Restore it, or remove the link.")
    if error.errno == errno.ELOOP:
        return Unreadable("a link that leads back to itself", "Remove the link.")
    return Unreadable(f"the system cannot read it: {error.strerror or error}", "Check the disk and the path.")


def _files(path: str, left_out: _Identity | None) -> Iterator[Input | Failure]:
    """The file itself, or all files of a folder."""
    try:
        status = os.stat(path)
    except OSError as error:
        yield _failure(path, os_problem(error))
        return
    if _identity(status) == left_out:
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(path, status, left_out)
    else:
        yield _file(path, status)


def _walk(top: str, status: os.stat_result, left_out: _Identity | None) -> Iterator[Input | Failure]:
    """All files below a folder. `way` is the way down to where we are; recursion would end at a depth of some hundreds."""
    way: list[tuple[_Identity, str, Iterator[str]]] = []
    try:
        way.append((_identity(status), top, _names(top)))
    except OSError as error:
        yield _failure(top, os_problem(error))
        return
    if _is_dataset(top):
        yield _failure(top, _DATASET)
        return
    empty = True
    while way:
        _, folder, names = way[-1]
        name = next(names, None)
        if name is None:
            way.pop()
            continue
        path = os.path.join(folder, name)
        try:
            status = os.stat(path)
            if _identity(status) == left_out:
                continue
            if not stat.S_ISDIR(status.st_mode):
                empty = False
                yield _file(path, status)
            elif any(_identity(status) == identity for identity, _, _ in way):
                empty = False
                yield _failure(path, Unreadable("a link back to a folder that it is in", "It is not followed; remove it."))
            elif _is_dataset(path):
                empty = False
                yield _failure(path, _DATASET)
            else:
                way.append((_identity(status), path, _names(path)))
        except OSError as error:
            empty = False
            yield _failure(path, os_problem(error))
    if empty:
        yield _failure(top, Unreadable("the folder has no files to read", "Hidden files and folders are skipped; name one to read it."))


def _names(folder: str) -> Iterator[str]:
    """The names in a folder, sorted, without the hidden ones. The one list that grows: by a name a file, not by a text."""
    with os.scandir(folder) as entries:
        return iter(sorted(entry.name for entry in entries if not entry.name.startswith(".")))


def _is_dataset(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, MARKER))


def _glob_files(pattern: str, left_out: _Identity | None) -> Iterator[Input | Failure]:
    empty = True
    for path in _glob("", PurePath(pattern).parts):
        empty = False
        yield from _files(path, left_out)
    if empty:
        yield _failure(pattern, Unreadable("no file matches this pattern", "Check the pattern, and the folder that you run this in."))


def _glob(base: str, parts: tuple[str, ...]) -> Iterator[str]:
    """The paths that match, sorted per folder (the stdlib's glob gives no order, and so has to be held whole to be sorted)."""
    if not parts:
        yield base
        return
    part, rest = parts[0], parts[1:]
    if part == "**" and rest:
        yield from _glob(base, rest)
    if not any(character in part for character in "*?["):
        path = os.path.join(base, part)
        if _exists(path):
            yield from _glob(path, rest)
        return
    with contextlib.suppress(OSError):  # a folder that may not be listed matches nothing
        with os.scandir(base or ".") as entries:
            names = sorted(entry.name for entry in entries if part.startswith(".") or not entry.name.startswith("."))
        for name in names:
            path = os.path.join(base, name)
            if part == "**" and rest:
                if os.path.isdir(path) and not os.path.islink(path):
                    yield from _glob(path, parts)
            elif fnmatch.fnmatch(name, part) and (not rest or os.path.isdir(path)):
                yield from _glob(path, rest)


def _file(path: str, status: os.stat_result) -> Input | Failure:
    if stat.S_ISREG(status.st_mode):
        return Input(_shown(path), path)
    kind = "a pipe" if stat.S_ISFIFO(status.st_mode) else "a socket" if stat.S_ISSOCK(status.st_mode) else "a device"
    return _failure(path, Unreadable(f"{kind}, not a file", "To read what another program writes, pipe it in and give - as the input."))


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _exists(path: str) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a NUL in the path
        return False


def _failure(path: str, problem: Unreadable) -> Failure:
    return failure_of(problem, _shown(path))


def _shown(path: str) -> str:
    """The path as valid Unicode: names that are not UTF-8 reach us with lone surrogates, which no output can carry."""
    return os.fsencode(path).decode("utf-8", "backslashreplace") if not path.isascii() else path

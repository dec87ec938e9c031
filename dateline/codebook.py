"""Codebooks: the event types, modes, roles, contexts and sectors that a run codes by, as data to read and edit."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec

from dateline.records import ParticipantKind, digest

DEFAULT = "plover"


class CodebookError(ValueError):
    """A codebook that cannot be used; the message names the file, the field and what to do."""


@dataclass(frozen=True, kw_only=True)
class EventType:
    """One event type: its quad class, definition and modes (mode → meaning); of a template, what the words that name it are `like`."""

    quad: str
    definition: str
    recipient: bool = False
    modes: dict[str, str] = field(default_factory=dict)
    like: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of a mapping: an event of this type, with one of these modes (none named: any), of which all conditions hold, has the code."""

    type: str
    modes: tuple[str, ...]
    when: tuple[str, ...]
    code: str


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """Types, roles, contexts and sectors, each with its meaning.

    `unit` says what one event is: what words name as one happening (`happening`), or all that a report tells of one type (`template`).
    `heads` names the encoder's heads that score types, modes and roles; `kinds` says what those in a slot of a template may be.
    `mappings` to other codebooks, by their names, and the `words` that these look for are tables beside the TOML file: NAME.acled.csv,
    NAME.words.csv.
    """

    name: str
    version: str
    roles: dict[str, str]
    types: dict[str, EventType]
    unit: Literal["happening", "template"] = "happening"
    heads: dict[str, str] = field(default_factory=lambda: {"type": "type", "mode": "mode"})
    kinds: dict[str, tuple[ParticipantKind, ...]] = field(default_factory=dict)
    mappings: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    contexts: dict[str, str] = field(default_factory=dict)
    sectors: dict[str, str] = field(default_factory=dict)
    source: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the codebook's content, 64 hex digits: part of what makes a run the same run."""
        return digest(msgspec.json.encode(self, order="sorted").decode())


def shipped() -> list[str]:
    """Names of the codebooks that come with the package."""
    folder = resources.files("dateline") / "codebooks"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name_or_file: str = DEFAULT) -> Codebook:
    """A shipped codebook by its name, or one from a TOML file, with the tables beside it. Raises CodebookError."""
    ours = name_or_file in shipped()
    folder = resources.files("dateline") / "codebooks" if ours else Path(name_or_file).parent
    name = f"{name_or_file}.toml" if ours else Path(name_or_file).name
    try:
        codebook = parse((folder / name).read_text(encoding="utf-8"), name_or_file)
        tables = {f.name: f for f in folder.iterdir() if _is_table(f.name, name)}
        rows = {key.split(".")[-2]: _rows(key, file.read_text(encoding="utf-8")) for key, file in sorted(tables.items())}
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(
            f"codebook {name_or_file!r}: {getattr(error, 'strerror', None) or error}. Name a TOML file, or one of: {', '.join(shipped())}"
        ) from None
    words: dict[str, tuple[str, ...]] = {}
    for row in rows.pop("words", []):
        words[row["list"]] = (*words.get(row["list"], ()), row["word"])
    return replace(codebook, words=words, mappings={system: tuple(map(_rule, table)) for system, table in rows.items()})


def _is_table(file: str, codebook: str) -> bool:
    """Whether a file is a mapping or the words of a codebook: its examples are for people and tests."""
    return file.startswith(codebook.removesuffix("toml")) and file.endswith(".csv") and not file.endswith(".examples.csv")


def _rows(name: str, text: str) -> list[dict[str, str]]:
    """A table's rows. Raises CodebookError, which names the file and the line."""
    columns = ["list", "word"] if name.endswith(".words.csv") else ["type", "modes", "when", "code"]
    head, *rows = list(csv.reader(text.splitlines())) or [[]]
    for number, row in enumerate(rows, start=2):
        if head != columns or len(row) != len(columns):
            raise CodebookError(f"codebook table {name}, line {number}: a row has, as its first line says, {', '.join(columns)}")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _rule(row: dict[str, str]) -> Rule:
    when = tuple(condition.strip() for condition in row["when"].split("&") if condition.strip())
    return Rule(type=row["type"], modes=tuple(row["modes"].split()), when=when, code=row["code"])


def parse(text: str, where: str) -> Codebook:
    """A codebook from its TOML. Raises CodebookError, which names `where` and the field."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
        codebook = msgspec.convert(data, Codebook)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CodebookError(f"codebook {where}: {error}") from None
    known = {f.name for f in fields(EventType)}
    strange = sorted(set(data) - {f.name for f in fields(Codebook)}) + [
        f"types.{name}.{key}" for name, kind in data["types"].items() for key in kind if key not in known
    ]
    if strange:
        raise CodebookError(f"codebook {where}: unknown keys {', '.join(strange)}; a type has {', '.join(sorted(known))}")
    return codebook

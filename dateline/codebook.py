"""Codebooks: the event types, modes, roles, contexts and sectors that a run codes by, as data to read and edit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from dateline.records import digest

DEFAULT = "plover"


class CodebookError(ValueError):
    """A codebook that cannot be used; the message names the file, the field and what to do."""


@dataclass(frozen=True, kw_only=True)
class EventType:
    """One event type: its quad class, definition and modes (mode → meaning)."""

    quad: str
    definition: str
    recipient: bool = False
    modes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """Types, roles, contexts and sectors, each with its meaning."""

    name: str
    version: str
    roles: dict[str, str]
    types: dict[str, EventType]
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
    """A shipped codebook by its name, or one from a TOML file. Raises CodebookError."""
    if name_or_file in shipped():
        text = (resources.files("dateline") / "codebooks" / f"{name_or_file}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(name_or_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CodebookError(
                f"codebook {name_or_file!r}: {getattr(error, 'strerror', None) or error}. "
                f"Name a TOML file, or one of: {', '.join(shipped())}"
            ) from None
    return parse(text, name_or_file)


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

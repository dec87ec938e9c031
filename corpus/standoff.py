"""Texts of public corpora that we coded: the coding alone, by offsets, and not a word of the text.

`python -m corpus.standoff FOLDER…` → corpus/standoff.jsonl. The folders hold forms (`corpus.form`) with those texts; they stay there.
A row is a text's SHA-256 and a coded report without words: whoever has the text reads it back with `read`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpus import ROOT, form
from dateline.records import CodedReport, digest, from_json, to_json

FILE = ROOT / "standoff.jsonl"
KEPT = ("events", "report")  # of a coded report; of its report the sections
WORDS = ("text", "name")  # the keys whose values are words of the text


def row(coded: CodedReport) -> dict[str, Any]:
    """A coded report without its words."""
    full = msgspec.json.decode(to_json(coded))
    full["report"] = {"sections": full["report"]["sections"]}
    kept: dict[str, Any] = wordless({key: full[key] for key in KEPT})
    return {"sha256": digest(coded.report.text)} | kept


def wordless(value: Any) -> Any:
    """A record's JSON without words."""
    if isinstance(value, list):
        return [wordless(item) for item in value]
    if isinstance(value, dict):
        return {key: wordless(item) for key, item in value.items() if key not in WORDS}
    return value


def read(texts: Iterable[tuple[str, str]], file: Path = FILE) -> Iterator[CodedReport]:
    """The coded reports of those (id, text) of `texts` that we coded, of equal texts the first. Raises RecordError where a row is none."""
    rows = {r["sha256"]: r for r in map(msgspec.json.decode, file.read_bytes().splitlines())}
    for name, text in texts:
        if found := rows.pop(digest(text), None):
            told = worded({key: found[key] for key in KEPT}, text)
            told["report"] |= {"id": name, "text": text, "sha256": found["sha256"]}
            yield from_json(msgspec.json.encode(told), where=f"{file}, {name}")


def worded(value: Any, text: str) -> Any:
    """What `wordless` gave, its spans with their words of `text`; a place is named by its words."""
    if isinstance(value, list):
        return [worded(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    told = {key: worded(item, text) for key, item in value.items()}
    if told.keys() == {"start", "end"}:
        told["text"] = text[told["start"] : told["end"]]
    if "geonameid" in told:
        told["name"] = told["span"]["text"] if told["span"] else ""
    return told


def main(folders: list[Path]) -> None:
    coded = (row(form.read(path)) for folder in folders for path in sorted(folder.glob("*.txt")))
    rows = list({r["sha256"]: r for r in coded}.values())  # corpora hold some texts twice
    FILE.write_bytes(b"".join(msgspec.json.encode(r) + b"\n" for r in rows))
    print(f"{FILE}: {len(rows)} texts, {sum(len(r['events']) for r in rows)} events")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]]) if len(sys.argv) > 1 else sys.exit("usage: python -m corpus.standoff FOLDER…")

"""Codings of texts that stay elsewhere: offsets alone, read back with the text."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corpus import form, standoff
from dateline.records import RecordError

FORM = """voice: agency wire
---
KOVEL -- Dockers walked out on Monday. They blocked the harbour of Kovel, the port authority said.
===
section dateline `KOVEL --`
who dockers `Dockers` `They` kind=group sector=LAB
event PROTEST strike
  trigger `walked out`
  actor dockers
event PROTEST obstruct
  trigger `blocked`
  actor dockers
  target `the harbour of Kovel` kind=place
  place `of [Kovel],` city UKR 51.21,24.71
  source authority `the port authority` cue `said`
"""


def written(tmp_path: Path) -> tuple[form.CodedReport, Path]:
    (tmp_path / "one.txt").write_text(FORM)
    coded = form.read(tmp_path / "one.txt")
    file = tmp_path / "standoff.jsonl"
    file.write_bytes(msgspec.json.encode(standoff.row(coded)) + b"\n")
    return coded, file


def keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()


def test_a_coding_is_read_back_with_its_text(tmp_path: Path) -> None:
    coded, file = written(tmp_path)
    assert not any(word in file.read_text() for word in ("Kovel", "Dockers", "walked", "harbour", "authority said"))
    (back,) = standoff.read([("other", "Another text."), ("wire-7", coded.report.text), ("again", coded.report.text)], file)
    assert back.report.id == "wire-7"
    assert back.events == coded.events
    assert back.report.sections == coded.report.sections


def test_a_row_that_is_none_is_an_error(tmp_path: Path) -> None:
    coded, file = written(tmp_path)
    broken = replace(coded, events=(replace(coded.events[0], type=3),))  # type: ignore[arg-type]
    file.write_bytes(msgspec.json.encode(standoff.row(broken)))
    with pytest.raises(RecordError, match="wire-7"):
        list(standoff.read([("wire-7", coded.report.text)], file))


def test_what_we_coded_holds_no_words() -> None:
    rows = [msgspec.json.decode(line) for line in standoff.FILE.read_bytes().splitlines()]
    assert len(rows) > 100
    assert not keys(rows) & {"text", "name", "title", "outlet", "url"}
    assert len({r["sha256"] for r in rows}) == len(rows)

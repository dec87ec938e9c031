"""Inputs that break readers: each stands beside a good report, which is coded whatever the others are."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.read import read
from dateline.records import Failure, Report, from_json, to_json

NEWS = "Police arrested nine rioters in the northern city on Sunday, and the ministry condemned the attack on the station."
GOOD = "Farmers blocked the bridge with their tractors on Monday and demanded talks with the government about prices."


def _zip_that_leads_out() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../up.txt", NEWS)
    return out.getvalue()


def _bomb() -> bytes:
    """600 MB of one letter."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packed:
        for _ in range(600):
            packed.write(b"x" * 1_000_000)
    return out.getvalue()


# What holds no report: name → bytes.
REFUSED: dict[str, Callable[[], bytes]] = {
    "empty.txt": lambda: b"",
    "blank.txt": lambda: b" \n\t\n",
    "binary.txt": lambda: random.Random(1).randbytes(20_000),
    "program.html": lambda: b"\x7fELF\x02\x01\x01" + bytes(9000),
    "broken.jsonl": lambda: b'{"text": "Police arres\n',
    "no-text.jsonl": lambda: b'{"title": "Riot"}\n',
    "number.jsonl": lambda: b'{"text": 12}\n',
    "array.json": lambda: b'[\n{"text": "Police arrested nine"},\n{"text": "x"}\n]\n',
    "cut.txt.gz": lambda: gzip.compress(NEWS.encode())[:-20],
    "bomb.txt.gz": _bomb,
    "no-column.csv": lambda: b"id,heading\n1,Riot\n2,March\n",
    "garbage.pdf": lambda: b"%PDF-1.7\n" + random.Random(2).randbytes(20_000),
    "up.zip": _zip_that_leads_out,
    "deep.jsonl": lambda: b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "lone-surrogate.jsonl": lambda: b'{"text": "Police \\ud800 arrested nine rioters in the city"}\n',
    "long-word.txt": lambda: b"x" * 5_000_000,
    "long-line.txt": lambda: (NEWS.encode() + b" ") * 17_000,
    "twice.jsonl": lambda: "".join(json.dumps({"id": "a", "text": t}) + "\n" for t in (NEWS + " Once.", NEWS + " Twice.")).encode(),
    "broken-utf-8.txt": lambda: "Ministère, café, élan, ".encode() * 4 + b"\xff\xfe " + NEWS.encode(),
    "open-quote.csv": lambda: f'id,text\n1,"{NEWS.replace("nine", "one")}\n2,{NEWS.replace(",", "").replace("nine", "six")}\n'.encode(),
    "ragged.csv": lambda: f"id,text\n1,{NEWS}\n2,{NEWS.replace(',', '').replace('nine', 'ten')}\n".encode(),
}

# What is read: name → bytes.
READ: dict[str, Callable[[], bytes]] = {
    "latin-1.txt": lambda: NEWS.replace("ministry", "ministère").encode("latin-1"),
    "utf-16.txt": lambda: NEWS.replace("nine", "four").encode("utf-16"),
    "nul.txt": lambda: NEWS.replace("nine", "fi\0ve").encode(),
    "controls.txt": lambda: NEWS.replace("nine", "\x07\x1b[31mthree\x08").encode(),
    "right-to-left.txt": lambda: f"{NEWS} The banner said \u202e\u0634\u0643\u0631\u0627\u202c \U0001f600\u200d\U0001f525.".encode(),
    "odd-date.jsonl": lambda: json.dumps({"text": NEWS.replace("nine", "eight"), "published": "2019-02-31"}).encode(),
    "scripts.html": lambda: (
        f"<html><head><title>Riot</title><script>document.write('<p>alert</p>')</script></head><body><article><h1>Riot</h1><p>{NEWS} It was"
        f" the third night.</p><p>{GOOD.replace('Monday', 'Friday')}</p><script src='http://192.0.2.1/x.js'></script></article></body></html>"
    ).encode(),
}
# Read or refused, as long as it is done.
EITHER: dict[str, Callable[[], bytes]] = {
    "nested.html": lambda: b"<html><body>" + b"<div>" * 50_000 + NEWS.encode() + b"</div>" * 50_000 + b"</body></html>",
}


@pytest.mark.parametrize("name", [*REFUSED, *READ, *EITHER])
def test_it_is_read_or_refused_and_the_good_report_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes({**REFUSED, **READ, **EITHER}[name]())
    (tmp_path / "zz-good.txt").write_text(GOOD)
    start = time.monotonic()
    *out, good = read([str(tmp_path)])
    assert time.monotonic() - start < 60
    assert isinstance(good, Report)
    assert good.text == GOOD
    failures = [r for r in out if isinstance(r, Failure)]
    if name in REFUSED:
        assert failures
        assert all(f.input.endswith(name) and f.error and f.advice for f in failures)
    if name in READ:
        assert [type(r) for r in out] == [Report]


def test_what_no_bytes_make(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "again").symlink_to(tmp_path / "folder")
    (tmp_path / "good.txt").write_text(GOOD)
    out = list(read([str(tmp_path), str(tmp_path / "missing.txt"), "/dev/zero"]))
    assert [r.text for r in out if isinstance(r, Report)] == [GOOD]
    said = " ".join(r.error for r in out if isinstance(r, Failure))
    for words in ("leads back to itself", "a folder that it is in", "no such file", "a device"):
        assert words in said


def test_the_command_codes_the_good_names_the_bad_and_ends_with_1(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in {**REFUSED, **READ, **EITHER}.items():
        (folder / name).write_bytes(content())
    (folder / "good.txt").write_text(GOOD)
    (folder / "loop").symlink_to(folder / "loop")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "dateline.cli", "code", str(folder), str(folder / "missing"), "/dev/null", "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ | {"COLUMNS": "1000"})
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    for name in [*REFUSED, "loop", "missing", "/dev/null"]:
        assert name in done.stderr, name
    coded = [from_json(line) for line in out.read_bytes().splitlines()]
    assert any(c.report.text == GOOD and c.events for c in coded)
    assert {to_json(c) for c in coded} == set(out.read_bytes().splitlines())

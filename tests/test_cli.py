"""The commands as users give them: in processes of their own, by exit status, files and what the terminal shows."""

from __future__ import annotations

import gzip
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dateline.encode.model import WEIGHTS
from dateline.publish import jsonl
from dateline.read import read
from dateline.records import digest, from_json

MANY = 240
BLOCKADE = "Some 200 dockers blocked the port of Calais on Monday, police said. Officers arrested nine of them."
TALKS = "Envoys of Peru and Ecuador met in Lima and agreed to open a border crossing. Ecuador had rejected an earlier plan."


def dateline(*arguments: object, stdin: str | None = None, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "dateline.cli", *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "blockade.txt").write_text(BLOCKADE)
    (folder / "talks.jsonl").write_text(json.dumps({"id": "talks", "text": TALKS, "published": "1998-10-26", "desk": 7}) + "\n")
    return folder


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Some ten seconds of work for one process: long enough to be killed in."""
    story = " ".join([BLOCKADE, TALKS] * 5)
    with gzip.open(tmp_path / "many.jsonl.gz", "wt") as out:
        for n in range(MANY):
            out.write(json.dumps({"id": f"r{n:03}", "text": f"Report {n}. {story}"}) + "\n")
    return tmp_path / "many.jsonl.gz"


def test_a_folder_becomes_a_dataset_and_is_shown_and_exported(reports: Path, tmp_path: Path) -> None:
    dataset = tmp_path / "events"
    assert "2 reports coded" in dateline("code", reports, "-o", dataset).stderr
    table = dateline("show", dataset).stdout
    assert "PROTEST" in table
    assert "blocked" in table
    dateline("export", dataset, "-o", tmp_path / "all.jsonl")
    coded = {c.report.id: c for c in jsonl.read(tmp_path / "all.jsonl")}
    assert coded["talks"].report.extra == {"desk": 7}
    assert coded[digest(BLOCKADE)[:16]].report.text == BLOCKADE
    assert all(e.trigger in e.triggers and e.evidence for c in coded.values() for e in c.events)


def test_coding_again_skips_what_is_coded(reports: Path, tmp_path: Path) -> None:
    dateline("code", reports, "-o", tmp_path / "events")
    again = dateline("code", reports, "-o", tmp_path / "events").stderr
    assert "0 reports coded" in again
    assert "2 coded before" in again


def test_json_lines_come_in_the_order_of_the_inputs(tmp_path: Path) -> None:
    given = tmp_path / "in.jsonl"
    given.write_text("".join(json.dumps({"id": i, "text": f"{TALKS} ({i})"}) + "\n" for i in "zaymb"))
    dateline("code", given, "-o", tmp_path / "out.jsonl")
    assert [c.report.id for c in jsonl.read(tmp_path / "out.jsonl")] == list("zaymb")
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_standard_input_becomes_a_table() -> None:
    out = dateline("code", "-", stdin=BLOCKADE).stdout
    header, *rows = out.splitlines()
    assert header.split("\t")[:3] == ["report", "type", "status"]
    assert any("PROTEST" in row and "200 dockers" in row for row in rows)


def test_what_fails_is_named_and_the_rest_is_written(reports: Path, tmp_path: Path) -> None:
    (reports / "empty.txt").write_text("")
    (reports / "bad.jsonl").write_text('{"text": "' + TALKS + '"}\n{"text": 7}\n{"text": ')
    (reports / "french.txt").write_text(
        "Des agriculteurs ont bloqué la route nationale lundi matin, a indiqué la préfecture du Nord dans un communiqué."
    )
    done = dateline("code", reports, "nowhere.txt", "-o", tmp_path / "out.jsonl", status=1)
    for said in ("empty.txt", "bad.jsonl, line 2", "bad.jsonl, line 3", "nowhere.txt", "French", "--any-language"):
        assert said in done.stderr
    assert "5 failed" in done.stderr
    assert len(list(jsonl.read(tmp_path / "out.jsonl"))) == 3  # one text under two ids is two reports


def test_any_language_codes_it(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("Des agriculteurs ont bloqué la route nationale lundi matin, a indiqué la préfecture du Nord.")
    assert "1 report coded" in dateline("code", tmp_path / "f.txt", "--any-language", "-o", tmp_path / "o.jsonl").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("code",),
        ("code", "x.txt", "--workers", "0"),
        ("code", "x.txt", "--codebook", "nothing"),
        ("code", "x.txt", "--model", "/nowhere"),
        ("show", "/nowhere"),
        ("code", "x.txt", "-o", ""),
        ("code", "x.txt", "-o", "-"),
        ("export", "/nowhere", "-o", "x.jsonl"),
        ("forget", "/nowhere", "r"),
        ("fly",),
    ],
)
def test_wrong_usage_is_said_with_status_2(arguments: tuple[str, ...]) -> None:
    assert dateline(*arguments, status=2).stderr.strip()


def test_a_folder_that_is_something_else_is_not_written_into(reports: Path) -> None:
    before = sorted(reports.iterdir())
    dateline("code", reports / "blockade.txt", "-o", reports, status=2)
    assert sorted(reports.iterdir()) == before


def test_a_typo_in_the_input_leaves_the_output_as_it_was(reports: Path, tmp_path: Path) -> None:
    dateline("code", reports, "-o", tmp_path / "keep.jsonl")
    before = (tmp_path / "keep.jsonl").read_bytes()
    dateline("code", tmp_path / "reprots", "-o", tmp_path / "keep.jsonl", status=1)
    assert (tmp_path / "keep.jsonl").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["keep.jsonl", "reports"]


def test_a_name_that_the_system_refuses_ends_no_run(reports: Path, tmp_path: Path) -> None:
    done = dateline("code", "a" * 300, reports, "-o", tmp_path / "out.jsonl", status=1)
    assert "1 failed" in done.stderr
    assert len(list(jsonl.read(tmp_path / "out.jsonl"))) == 2


def test_reports_given_twice_are_told(reports: Path, tmp_path: Path) -> None:
    assert "2 given twice" in dateline("code", reports, reports, "-o", tmp_path / "out.jsonl").stderr


def test_two_runs_do_not_write_one_file(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "dateline.cli", "code", "-", "-o", str(out)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob(".out.jsonl.*.unfinished")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert "another run" in dateline("code", reports, "-o", out, status=2).stderr
    finally:
        process.communicate(BLOCKADE.encode(), timeout=60)
    assert [c.report.text for c in jsonl.read(out)] == [BLOCKADE]


def test_an_export_does_not_go_where_forgetting_cannot_reach_it(reports: Path, tmp_path: Path) -> None:
    dateline("code", reports, "-o", tmp_path / "events")
    dateline("export", tmp_path / "events", "-o", tmp_path / "events" / "all.jsonl", status=2)
    dateline("export", tmp_path / "events", "-o", tmp_path / "new" / "all.jsonl")


def test_a_terminal_without_unicode_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("Génération 1900 — some 200 dockers blocked the port of Łódź. Police arrested nine “rioters”.")
    dateline("code", tmp_path / "r.txt", "-o", tmp_path / "o.jsonl")
    command = [
        sys.executable,
        "-m",
        "dateline.cli",
        "show",
        str(tmp_path / "o.jsonl"),
        "--report",
        digest((tmp_path / "r.txt").read_text())[:16],
    ]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"\\xe9" in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_no_worker_and_no_traceback(many: Path, tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "dateline.cli", "code", str(many), "-o", str(tmp_path / "events"), "--workers", "2"]
    # A shell's background jobs ignore Ctrl-C, and so would what they start: as on a terminal, it is heard here.
    heard = {"start_new_session": True, "preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **heard)  # type: ignore[call-overload]
    deadline = time.monotonic() + 60
    while len(workers := children(process.pid)) < 3:  # two workers, and the process that tracks their resources
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # a terminal's Ctrl-C goes to all
    else:
        process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode == (-9 if how is signal.SIGKILL else 130)
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline + 30, "a worker lives on"
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    return [int(p) for file in Path(f"/proc/{pid}/task").glob("*/children") for p in file.read_text().split()]


def test_a_damaged_model_is_said(reports: Path, tmp_path: Path) -> None:
    for name in WEIGHTS.iterdir():
        (tmp_path / name.name).write_bytes(name.read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"no model")
    assert "model.onnx" in dateline("code", reports, "--model", tmp_path, status=2).stderr
    (tmp_path / "model.json").write_text("{}")
    assert "model.json" in dateline("code", reports, "--model", tmp_path, status=2).stderr


def test_an_input_is_never_overwritten(reports: Path) -> None:
    talks = reports / "talks.jsonl"
    before = talks.read_text()
    dateline("code", talks, "-o", talks, status=2)
    assert talks.read_text() == before


def test_the_output_may_stand_in_the_folder_that_is_read(reports: Path) -> None:
    for out in ("events", "out.jsonl"):
        for _ in range(2):
            dateline("code", reports, "-o", reports / out, status=0 if out == "events" else 1)
    assert len(list(jsonl.read(reports / "out.jsonl"))) == 2


def test_forgetting_is_for_good(reports: Path, tmp_path: Path) -> None:
    dataset = tmp_path / "events"
    dateline("code", reports, "-o", dataset)
    dateline("forget", dataset, "talks")
    assert "forgotten" in dateline("code", reports, "-o", dataset).stderr
    dateline("export", dataset, "-o", tmp_path / "all.jsonl")
    assert [c.report.id for c in jsonl.read(tmp_path / "all.jsonl")] == [digest(BLOCKADE)[:16]]
    assert "no-such-report" in dateline("forget", dataset, "no-such-report", status=2).stderr


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    nasty = "\x1b[31mSome 200 dockers\x1b]0;owned\x07 blocked the port\u202e of Calais\x9b2J on Monday. Police arrested nine\x08 men."
    (tmp_path / "nasty.jsonl").write_text(json.dumps({"id": "\x1b[2Jid", "text": nasty}))
    dateline("code", tmp_path / "nasty.jsonl", "-o", tmp_path / "out.jsonl")
    (coded,) = jsonl.read(tmp_path / "out.jsonl")
    assert coded.report.text == nasty
    shown = dateline("show", tmp_path / "out.jsonl").stdout + dateline("show", tmp_path / "out.jsonl", "--report", "\x1b[2Jid").stdout
    shown += dateline("code", tmp_path / "nasty.jsonl").stdout
    record = json.loads((tmp_path / "out.jsonl").read_text())
    record["report"] |= {"title": nasty, "outlet": nasty, "url": nasty}
    for event in record["events"]:
        event["type"] = nasty
        event["modes"] = [nasty]
        for participant in event["participants"]:
            participant["role"] = nasty
    (tmp_path / "evil.jsonl").write_text(json.dumps(record))
    for more in ((), ("--report", "\x1b[2Jid"), ("--report", "\x1b[2Jno")):
        done = subprocess.run(
            [sys.executable, "-m", "dateline.cli", "show", str(tmp_path / "evil.jsonl"), *more], capture_output=True, text=True
        )
        shown += done.stdout + done.stderr
    shown += dateline("code", "/no\x1b[2Jfile", status=1).stderr
    assert not set(shown) & set("\x1b\x07\x08\x9b\u202e")
    assert "dockers" in shown


def test_one_report_is_shown_with_its_words_marked(reports: Path, tmp_path: Path) -> None:
    dateline("code", reports, "-o", tmp_path / "events")
    shown = dateline("show", tmp_path / "events", "--report", digest(BLOCKADE)[:16]).stdout
    assert re.search(r"blocked\[\d\]", shown)
    assert "“Some 200 dockers”" in shown
    dateline("show", tmp_path / "events", "--report", "nowhere", status=2)


def test_a_reader_that_goes_away_is_no_error(reports: Path, tmp_path: Path) -> None:
    dateline("code", reports, "-o", tmp_path / "out.jsonl")
    command = f"{sys.executable} -m dateline.cli show {tmp_path / 'out.jsonl'} | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""


def test_help_has_examples_and_comes_at_once() -> None:
    times = []
    for _ in range(3):
        began = time.monotonic()
        done = dateline("--help")
        times.append(time.monotonic() - began)
    assert "dateline code reports.jsonl -o coded.jsonl" in done.stdout
    assert min(times) < 0.5
    for verb in ("code", "show", "export", "forget"):
        assert "examples:" in dateline(verb, "--help").stdout


def test_help_loads_nothing_heavy() -> None:
    heavy = ("numpy", "onnxruntime", "pyarrow", "duckdb", "rich")
    script = f"import sys; from dateline.cli import parser; parser(); print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize("out", ["events", "out.jsonl"])
def test_a_killed_run_goes_on_where_it_stopped(many: Path, tmp_path: Path, out: str) -> None:
    """Killed once some work is safe: the next run keeps that work as it was, codes the rest, and no report stands twice."""
    command = [sys.executable, "-m", "dateline.cli", "code", str(many), "-o", str(tmp_path / out), "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while not (safe := finished(tmp_path, out)):
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    said = dateline("code", many, "-o", tmp_path / out).stderr
    coded, skipped = (int(re.search(p, said).group(1)) for p in (r"(\d+) reports? coded", r"(\d+) coded before"))  # type: ignore[union-attr]
    assert coded + skipped == MANY
    assert skipped >= len(safe) > 0
    if out == "events":
        dateline("export", tmp_path / out, "-o", tmp_path / "out.jsonl")
    records = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert sorted(from_json(r).report.id for r in records) == [f"r{n:03}" for n in range(MANY)]
    assert set(safe) <= set(records)


def finished(folder: Path, out: str) -> list[bytes]:
    """The records that are safe from a kill by now."""
    if out == "events":
        import pyarrow.parquet as pq

        parts = (folder / out / "runs").glob("*/part-*/reports.parquet") if (folder / out / "runs").exists() else ()
        return [record.encode() for part in parts for record in pq.read_table(part, partitioning=None)["record"].to_pylist()]
    unfinished = next(folder.glob(".out.jsonl.*.unfinished"), None)
    return unfinished.read_bytes().split(b"\n")[:-1] if unfinished else []


def test_a_bar_on_a_terminal_and_silence_in_a_pipe(many: Path, tmp_path: Path) -> None:
    given = tmp_path / "few.jsonl"
    with gzip.open(many, "rt") as lines:
        given.write_text("".join(line for line, _ in zip(lines, range(60), strict=False)))
    assert "reports/s" not in dateline("code", given, "-o", tmp_path / "a.jsonl").stderr
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dateline.cli", "code", str(given), "-o", str(tmp_path / "b.jsonl")]
    process = subprocess.Popen(command, stderr=theirs, stdout=subprocess.DEVNULL, env=os.environ | {"TERM": "xterm", "COLUMNS": "100"})
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 65536)
        except OSError:
            break
    assert process.wait() == 0
    text = shown.decode(errors="replace")
    assert "of 60 reports" in text
    assert "reports/s" in text


def test_the_count_for_the_bar_is_that_of_reading(many: Path, reports: Path) -> None:
    from dateline.read.count import count

    inputs = [str(many), str(reports)]
    assert count(inputs) == sum(1 for _ in read(inputs)) == MANY + 2
    assert count(["-"]) is None

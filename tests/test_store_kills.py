"""Runs that are killed, run side by side, or are read while they write: real processes, and SIGKILL."""

from __future__ import annotations

import json
import sys
import time

import pytest
from store_kit import RUN, code, coded, finish, start

from dateline.store import Dataset
from dateline.store.tables import SCHEMAS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

# Codes reports FIRST to LAST, one each few milliseconds, and logs each that it codes. Its rows wait for 0.1 s, not 2 s,
# as the whole run takes about 2 s, not the 40 s at which 5 % of the run are 2 s.
CODE = """
import sys, time
from store_kit import RUN, coded
from dateline.store import Dataset, writer
writer.SHORTEST_WAIT, writer.PUBLISH_EVERY = 0.1, 0.8
path, log, first, last = sys.argv[1:]
with Dataset.open(path, create=True).start(RUN, ["in"]) as run, open(log, "a", buffering=1) as log:
    for i in range(int(first), int(last)):
        made = coded(f"r{i:04}")
        if not run.done(made.report.id, made.report.sha256):
            time.sleep(0.004)
            run.add(made)
            log.write(made.report.id + "\\n")
"""


def lines(file):
    return file.read_text().splitlines() if file.exists() else []


def wait_for(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def ids(dataset):
    return [report.report.id for report in dataset.reports()]


def test_three_kills_lose_less_than_half_of_a_run_and_no_report_counts_twice(tmp_path):
    path, log, all_of_it = tmp_path / "data", tmp_path / "log", 280
    for kill in (1, 2, 3):
        run = start(CODE, path, log, 0, all_of_it)
        wait_for(lambda kill=kill: len(lines(log)) >= kill * 70)
        run.kill()
        run.communicate()
        # Whole parts only, each readable, whatever else lies there; and readers see them without another run.
        for part in path.glob("runs/*/part-*"):
            assert {f.stem for f in part.iterdir()} == set(SCHEMAS)
        killed = Dataset.open(path)
        assert ids(killed) == sorted(set(ids(killed)))
        assert killed.counts()["reports"] > 0
        assert [i.ended for i in killed.invocations()] == [None] * kill
    finish(start(CODE, path, log, 0, all_of_it))

    dataset = Dataset.open(path)
    assert ids(dataset) == [f"r{i:04}" for i in range(all_of_it)]
    assert len(lines(log)) < 1.5 * all_of_it
    assert dataset.counts()["parts"] < 60
    last = dataset.invocations()[-1]
    assert last.ended
    assert last.coded + last.skipped == all_of_it
    # What the killed ones recorded is what their parts hold.
    assert sum(i.coded for i in dataset.invocations()) == all_of_it


def test_two_processes_write_side_by_side_while_another_reads(tmp_path):
    path = tmp_path / "data"
    # Both code reports 60 to 119; neither waits for the other to make the dataset.
    writers = [start(CODE, path, tmp_path / "one", 0, 120), start(CODE, path, tmp_path / "two", 60, 180)]
    wait_for(lambda: (path / "current.parquet").exists())
    seen = []
    while any(writer.poll() is None for writer in writers):
        dataset = Dataset.open(path)
        now = ids(dataset)
        assert now == sorted(set(now)), "a report counted twice"
        events = [row["report"] for row in dataset.events().to_pylist()]  # asked later: as many, or more
        assert len(events) == len(set(events))
        assert set(events) >= set(now)
        seen.append(len(now))
        time.sleep(0.15)
    for writer in writers:
        finish(writer)
    assert seen == sorted(seen)
    assert any(0 < count < 180 for count in seen)
    # As they left it: no repair by opening it.
    assert ids(Dataset(path)) == [f"r{i:04}" for i in range(180)]
    assert Dataset(path).counts()["runs"] == 1
    assert len(dataset.invocations()) == 2


# Codes one report, and is killed at the Nth call of a function of `os` or of Path.
KILL_AT = """
import os, signal, sys, pathlib
from store_kit import RUN, code, coded
from dateline.store import Dataset, parts
path, name = sys.argv[1:]
dataset = Dataset.open(path, create=True)
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
if name == "tables": parts.write_table = die
if name == "rename": pathlib.Path.rename = die
if name == "publish":
    from dateline.store import current
    current.publish = die
code(dataset, coded("a"))
"""


@pytest.mark.parametrize(("at", "kept"), [("tables", 0), ("rename", 0), ("publish", 1)])
def test_killed_within_a_part_or_before_the_manifest(tmp_path, at, kept):
    path = tmp_path / "data"
    finish(start(KILL_AT, path, at), status=-9)
    assert len(list(path.glob("runs/*/.tmp-part-*"))) == 1 - kept
    dataset = Dataset.open(path)
    assert dataset.counts()["reports"] == dataset.events().num_rows == kept
    with dataset.start(RUN) as run:
        assert run.done("a", coded("a").report.sha256) == ((kept and "coded") or None)
        if not kept:
            run.add(coded("a"))
    assert ids(dataset) == ["a"]


def test_a_manifest_that_another_process_made_stale_is_made_again(tmp_path, monkeypatch):
    from dateline.store import current

    dataset = Dataset.open(tmp_path / "data", create=True)
    stream, others = current.stream, iter([coded("late")])

    def another_ends_meanwhile(*arguments, **named):
        yield from list(stream(*arguments, **named))
        for report in others:
            code(dataset, report)

    monkeypatch.setattr(current, "stream", another_ends_meanwhile)
    code(dataset, coded("a"))
    assert ids(dataset) == ["a", "late"]


def test_a_manifest_says_what_it_was_made_from(tmp_path):
    dataset = Dataset.open(tmp_path / "data", create=True)
    code(dataset, coded("a"))
    made = (dataset.path / "current.parquet").stat().st_mtime_ns
    assert ids(Dataset.open(dataset.path)) == ["a"]
    assert (dataset.path / "current.parquet").stat().st_mtime_ns == made  # nothing to repair, nothing written
    assert json.loads((dataset.path / "dateline.json").read_text()) == {"dataset": 1}

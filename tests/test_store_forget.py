"""Forgetting: afterwards no file of the dataset says anything of the report but its id in the tombstone."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from store_kit import RUN, SENTENCE, bytes_and_values, code, coded, failure, finish, start

from dateline.records import Failure
from dateline.store import Dataset, DatasetError, RunInfo, parts, tombstones

SECRET = "Zsuzsanna Quix lives in Rue du Moulin."
OTHER_RUN = RunInfo(model="m2", codebook="c1", codebook_name="plover")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two runs and three parts; the report `secret` stands in two of them, and failed once."""
    dataset = Dataset.open(tmp_path_factory.mktemp("made") / "data", create=True)
    code(dataset, coded("a"), coded("secret", f"{SECRET} {SENTENCE}"), coded("b"))
    code(dataset, coded("secret", f"{SENTENCE} {SECRET}"), run=OTHER_RUN)
    with dataset.start(RUN) as run:
        run.add(Failure(input="in", report="secret", step="resolve", error=f"cannot read {SECRET!r}", advice="…"))
        run.add(failure())
    return dataset.path


@pytest.fixture
def dataset(made, tmp_path):
    return Dataset(Path(shutil.copytree(made, tmp_path / "data")))


def says_nothing_of_it(dataset):
    tombstones = (dataset.path / "tombstones.jsonl").read_text()
    said = bytes_and_values(dataset.path).replace(tombstones, "")
    digests = [coded("x", f"{SECRET} {SENTENCE}").report.sha256, coded("x", f"{SENTENCE} {SECRET}").report.sha256]
    for word in ("Zsuzsanna", "Quix", "Moulin", "secret", *digests):
        assert word not in said
    return True


def test_nothing_of_it_is_left_but_its_id(dataset):
    assert "Zsuzsanna" in bytes_and_values(dataset.path)
    assert "secret" in bytes_and_values(dataset.path)
    dataset.forget("secret")
    assert says_nothing_of_it(dataset)
    [tombstone] = (dataset.path / "tombstones.jsonl").read_text().splitlines()
    assert json.loads(tombstone).keys() == {"report", "time"}
    assert json.loads(tombstone)["report"] == "secret"
    assert list(dataset.reports()) == [coded("a"), coded("b")]
    assert dataset.report("secret") is None
    assert dataset.counts() == {"reports": 2, "events": 2, "failures": 2, "forgotten": 1, "runs": 2, "parts": 3}
    assert list(dataset.failures()) == [failure()]


def test_text_is_found_where_it_is_not_compressed(dataset, monkeypatch):
    """The search of raw bytes finds what is there: without compression it does, before; and not after."""
    import pyarrow.parquet as pq

    write_table = pq.write_table
    monkeypatch.setattr(pq, "write_table", lambda *a, **k: write_table(*a, **(k | {"compression": "none"})))
    code(dataset, coded("secret", SECRET * 2))
    raw = [f for f in dataset.path.rglob("*") if f.is_file()]
    assert any(b"Zsuzsanna" in f.read_bytes() for f in raw)
    dataset.forget("secret")
    assert says_nothing_of_it(dataset)
    assert not any(b"Zsuzsanna" in f.read_bytes() for f in dataset.path.rglob("*") if f.is_file())


def test_an_unknown_id_is_an_error_and_leaves_no_tombstone(dataset):
    with pytest.raises(DatasetError, match="no report 'nobody'"):
        dataset.forget("nobody")
    assert not (dataset.path / "tombstones.jsonl").exists()


def test_a_forgotten_report_is_not_coded_again(dataset):
    dataset.forget("secret")
    dataset.forget("secret")  # a second time does no harm
    assert dataset.counts()["forgotten"] == 1
    with dataset.start(OTHER_RUN) as run:
        assert run.done("secret", "any") == "forgotten"
        run.add(coded("secret", SECRET))  # by one who did not ask
        assert run.counts["skipped"] == 1
    assert says_nothing_of_it(dataset)
    assert dataset.invocations()[-1].coded == 0


def test_a_report_that_is_forgotten_while_a_run_holds_it_is_not_written(dataset):
    with dataset.start(RUN) as run:
        run.add(coded("secret", SECRET))
        run.add(coded("c"))
        dataset.forget("secret")
    assert says_nothing_of_it(dataset)
    assert [r.report.id for r in dataset.reports()] == ["a", "b", "c"]
    assert dataset.invocations()[-1].coded == 1


def test_a_half_written_part_is_removed_and_written_again_without_the_report(dataset, monkeypatch):
    """The writer has read the tombstones and written a table when the report is forgotten."""
    write_table, forgets = parts.write_table, iter(["secret"])

    def forgotten_meanwhile(table, file):
        write_table(table, file)
        for report in forgets:
            dataset.forget(report)

    with dataset.start(RUN) as run:
        run.add(coded("secret", SECRET))
        run.add(coded("c"))
        monkeypatch.setattr(parts, "write_table", forgotten_meanwhile)
    assert says_nothing_of_it(dataset)
    assert [r.report.id for r in dataset.reports()] == ["a", "b", "c"]
    assert not list(dataset.path.rglob(".tmp-*"))


def test_what_killed_processes_left_half_written_goes_too(dataset):
    [part] = dataset.path.glob(f"runs/{OTHER_RUN.id}/part-*")
    left = part.parent / ".tmp-part-1-1"
    left.mkdir()
    for file in (left / "reports.parquet", part / ".tmp-1-reports.parquet", dataset.path / ".tmp-1-current.parquet"):
        file.write_text(SECRET)
    (dataset.path / ".tmp-gone-1").mkdir()
    (dataset.path / ".tmp-gone-1" / "events.parquet").write_text(SECRET)
    dataset.forget("secret")
    assert says_nothing_of_it(dataset)


# Forgets, and is killed when the Nth file is about to be put in place.
KILLED = """
import os, signal, sys
from dateline.store import Dataset
path, last = sys.argv[1], int(sys.argv[2])
dataset, calls, replace = Dataset.open(path), [], os.replace
def counted(*arguments):
    calls.append(arguments)
    if len(calls) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*arguments)
os.replace = counted
dataset.forget("secret")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("killed_at", [1, 4, 8])
def test_a_kill_half_way_is_finished_by_forgetting_again(dataset, killed_at):
    finish(start(KILLED, dataset.path, killed_at), status=-9)
    # Already it does not count, for our readers and, once anybody has opened the dataset, for those of the files.
    again = Dataset.open(dataset.path)
    assert [r.report.id for r in again.reports()] == ["a", "b"]
    again.forget("secret")
    assert says_nothing_of_it(again)
    assert not list(dataset.path.rglob(".tmp-*"))


def test_two_that_forget_at_once_leave_neither(tmp_path):
    dataset = Dataset.open(tmp_path / "data", create=True)
    names = [f"r{i}" for i in range(8)]
    code(dataset, *(coded(name) for name in names), coded("stays"))
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(dataset.forget, names[:6]))  # raises what any of them raised
    assert [r.report.id for r in dataset.reports()] == ["r6", "r7", "stays"]
    from dateline.store import current

    assert current.parts_holding(dataset.path, names[:6]) == []


def test_a_tombstone_that_was_cut_off_does_not_hide_the_next(dataset):
    (dataset.path / "tombstones.jsonl").write_text('{"report": "a')
    assert tombstones.read(dataset.path) == frozenset()
    dataset.forget("secret")
    assert tombstones.read(dataset.path) == {"secret"}
    dataset.forget("a")
    assert tombstones.read(dataset.path) == {"secret", "a"}

"""A dataset as its users see it: opening, coding, coding again, reading."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import pytest
from store_kit import RUN, SENTENCE, code, coded, failure

from dateline.records import Failure
from dateline.store import Dataset, DatasetError, RunInfo, run_id, writer


@pytest.fixture
def dataset(tmp_path):
    return Dataset.open(tmp_path / "data", create=True)


class TestOpening:
    def test_makes_a_dataset_where_nothing_is(self, tmp_path):
        (tmp_path / "empty").mkdir()
        for path in (tmp_path / "new" / "deep", tmp_path / "empty"):
            Dataset.open(path, create=True)
            assert json.loads((path / "dateline.json").read_text()) == {"dataset": 1}
            assert "current.parquet" in (path / "README.md").read_text()

    def test_leaves_another_folder_alone(self, tmp_path):
        (tmp_path / "thesis.docx").write_text("mine")
        with pytest.raises(DatasetError, match=r"thesis\.docx.*not a dataset"):
            Dataset.open(tmp_path, create=True)
        assert os.listdir(tmp_path) == ["thesis.docx"]

    def test_refuses_a_newer_format(self, dataset):
        (dataset.path / "dateline.json").write_text('{"dataset": 2}')
        with pytest.raises(DatasetError, match=r"format 2.*Update dateline"):
            Dataset.open(dataset.path)

    @pytest.mark.parametrize("marker", ["", "[]", "{}", '{"dataset": "1"}', '{"dataset": true}', '{"dataset": 0}'])
    def test_refuses_a_broken_marker(self, dataset, marker):
        (dataset.path / "dateline.json").write_text(marker)
        with pytest.raises(DatasetError, match=r"dateline\.json does not say"):
            Dataset.open(dataset.path)

    def test_names_what_is_missing(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(DatasetError, match="no dataset at"):
            Dataset.open(tmp_path / "nowhere")
        with pytest.raises(DatasetError, match="is a file"):
            Dataset.open(tmp_path / "file", create=True)

    def test_goes_on_where_a_kill_left_only_a_temporary_file(self, tmp_path):
        (tmp_path / ".tmp-1a-dateline.json").write_text("{")
        assert Dataset.open(tmp_path, create=True).counts()["reports"] == 0

    def test_import_is_light(self):
        script = "import dateline.store, sys; assert not {'pyarrow', 'duckdb'} & set(sys.modules)"
        subprocess.run([sys.executable, "-c", script], check=True)


class TestRuns:
    def test_the_same_three_give_the_same_run(self):
        assert run_id("m", "c", {"a": 1, "b": [2]}) == run_id("m", "c", {"b": [2], "a": 1}) == "a7137937a5148e5c"
        assert re.fullmatch("[0-9a-f]{16}", run_id("m", "c", {}))
        assert (
            len({run_id("m", "c", {}), run_id("n", "c", {}), run_id("m", "d", {}), run_id("m", "c", {"a": 1}), run_id("mc", "", {})}) == 5
        )

    def test_run_and_invocation_are_recorded(self, dataset):
        with dataset.start(RUN, ["news/", "more.jsonl"]) as run:
            run.add(coded("a"))
            run.add(failure("b"))
        said = json.loads((dataset.path / "runs" / RUN.id / "run.json").read_text())
        assert said == {"run": RUN.id, "model": "m1", "codebook": {"name": "plover", "digest": "c1"}, "settings": {"batch": 8}}
        [file] = (dataset.path / "runs" / RUN.id / "invocations").iterdir()
        said = json.loads(file.read_text())
        assert said["inputs"] == ["news/", "more.jsonl"]
        assert said["counts"] == {"coded": 1, "skipped": 0, "failed": 1}
        assert (said["code"], said["model"], said["codebook"]["digest"]) == ("abc", "m1", "c1")
        assert said["ended"] > said["started"]
        assert said["reason"] is None

    def test_an_exception_keeps_what_is_buffered_and_leaves_its_kind(self, dataset):
        for error in (KeyboardInterrupt(), ValueError("with words of the report")):
            with pytest.raises(type(error)), dataset.start(RUN) as run:
                run.add(coded(type(error).__name__))
                raise error
        assert [r.report.id for r in dataset.reports()] == ["KeyboardInterrupt", "ValueError"]
        assert [(i.ended, i.reason, i.coded) for i in dataset.invocations()] == [(None, "KeyboardInterrupt", 1), (None, "ValueError", 1)]
        assert "with words" not in "".join(f.read_text() for f in dataset.path.glob("runs/*/invocations/*"))

    def test_file_names_that_are_no_utf8_are_recorded(self, dataset):
        with dataset.start(RUN, ["caf\udce9.txt"]) as run:
            run.add(Failure(input="caf\udce9.txt", step="read", error="é", advice="…"))
        assert dataset.invocations()[0].inputs == ("caf\udce9.txt",)
        assert [f.input for f in dataset.failures()] == [r"caf\udce9.txt"]

    def test_an_old_temporary_folder_is_swept_and_a_young_one_stays(self, dataset):
        code(dataset, coded("a"))
        old, young = (dataset.path / "runs" / RUN.id / f".tmp-part-{name}" for name in ("old", "young"))
        for folder in (old, young):
            folder.mkdir()
            (folder / "reports.parquet").write_text("half")
        yesterday = time.time() - 25 * 3600
        os.utime(old, (yesterday, yesterday))
        code(dataset, coded("b"))
        assert not old.exists()
        assert young.exists()
        assert dataset.counts()["reports"] == 2


class TestParts:
    def test_a_part_is_written_when_the_buffer_is_full(self, dataset):
        with dataset.start(RUN) as run:
            for i in range(writer.ROWS - 1):
                run.add(coded(f"r{i:04}", "short"))
            assert dataset.counts()["parts"] == 0
            run.add(failure())
            assert dataset.counts()["parts"] == 1
            assert run.counts == {"coded": writer.ROWS - 1, "skipped": 0, "failed": 1}

    def test_a_row_waits_longer_in_a_longer_run(self):
        waits = [writer.longest_wait(seconds) for seconds in (0, 40, 600, 1200, 1e6)]
        assert waits == [1, 2, 30, 60, 60]

    def test_a_part_is_written_when_a_row_waited(self, dataset, monkeypatch):
        clock = [0.0]
        monkeypatch.setattr(writer.time, "monotonic", lambda: clock[0])
        with dataset.start(RUN) as run:
            run.add(coded("a"))
            clock[0] = 0.9
            run.add(coded("b"))
            assert dataset.counts()["parts"] == 0
            clock[0] = 1.0
            assert run.done("z", "0") is None
            assert dataset.counts()["parts"] == 1
            clock[0] = 61.0
            run.done("z", "0")
            assert dataset.counts()["reports"] == 2  # published within the run

    def test_all_five_tables_are_there(self, dataset):
        code(dataset, coded("a"))
        [part] = dataset.path.glob("runs/*/part-*")
        assert sorted(p.name for p in part.iterdir()) == [
            "events.parquet", "failures.parquet", "figures.parquet", "participants.parquet", "reports.parquet"
        ]  # fmt: skip


class TestCodingAgain:
    def test_what_is_coded_is_skipped(self, dataset):
        code(dataset, coded("a"), coded("b"))
        with dataset.start(RUN) as run:
            assert [run.done(r.report.id, r.report.sha256) for r in (coded("a"), coded("b"), coded("c"))] == ["coded", "coded", None]
            run.add(coded("c"))
            assert run.done("c", coded("c").report.sha256) == "coded"
            assert run.counts == {"coded": 1, "skipped": 3, "failed": 0}

    def test_a_changed_text_is_a_new_version_and_the_newest_counts(self, dataset):
        for text in ("first", "second", "first"):
            with dataset.start(RUN) as run:
                assert run.done("a", coded("a", text).report.sha256) is None
                run.add(coded("a", text))
            assert [r.report.text for r in dataset.reports()] == [text]

    def test_a_new_codebook_is_a_new_run_and_the_newest_counts(self, dataset):
        code(dataset, coded("a"), coded("b"))
        other = RunInfo(model="m1", codebook="c2", codebook_name="mine", settings={"batch": 8})
        with dataset.start(other) as run:
            assert run.done("a", coded("a").report.sha256) is None
            run.add(coded("a"))
        assert {row["report"]: row["run"] for row in dataset.events().to_pylist()} == {"a": other.id, "b": RUN.id}
        assert dataset.counts() == {"reports": 2, "events": 2, "failures": 0, "forgotten": 0, "runs": 2, "parts": 2}

    def test_one_part_holds_a_report_once(self, dataset):
        code(dataset, coded("a"), coded("a"))
        assert dataset.events().num_rows == 1

    def test_a_failed_report_is_tried_again_and_only_the_last_invocation_s_failures_show(self, dataset):
        with dataset.start(RUN) as run:
            run.add(failure("a"))
            run.add(failure(None))
        assert list(dataset.failures()) == [failure("a"), failure(None)]
        with dataset.start(RUN) as run:
            assert run.done("a", "any") is None
            run.add(failure("b"))
        assert list(dataset.failures()) == [failure("b")]
        code(dataset, coded("a"))
        assert list(dataset.failures()) == []


class TestReading:
    def test_an_empty_dataset_reads_as_empty(self, dataset):
        assert list(dataset.reports()) == list(dataset.failures()) == []
        assert dataset.report("a") is None
        assert dataset.events().num_rows == 0
        assert "trigger" in dataset.events().column_names
        assert dataset.counts() == {"reports": 0, "events": 0, "failures": 0, "forgotten": 0, "runs": 0, "parts": 0}

    def test_reports_come_back_whole_and_by_id(self, dataset):
        made = [coded("b"), coded("ä"), coded("a", SENTENCE + " 🚧 " + SENTENCE), coded("c", "")]
        code(dataset, *made[:2])
        code(dataset, *made[2:])
        assert list(dataset.reports()) == sorted(made, key=lambda r: r.report.id)
        assert dataset.report("ä") == made[1]
        assert dataset.report("z") is None

    @pytest.mark.parametrize("most_files", [2, 100])
    def test_reports_are_by_id_where_they_are_sorted_in_stretches(self, dataset, monkeypatch, most_files):
        from dateline.store import ordered

        monkeypatch.setattr(ordered, "AT_ONCE", 3)
        monkeypatch.setattr(ordered, "MOST_FILES", most_files)
        made = [coded(f"{i * 37 % 100:02}") for i in range(20)]
        for some in (made[:7], made[5:12], made[12:]):
            code(dataset, *some)
        assert list(dataset.reports()) == sorted(made, key=lambda r: r.report.id)

    def test_events_are_flat(self, dataset):
        code(dataset, coded("b"), coded("a"))
        [row, other] = dataset.events().to_pylist()
        assert (row["report"], other["report"]) == ("a", "b")
        assert row["actors"] == ["About 130 activists"]
        assert row["targets"] == ["the bridge"]
        assert row["recipients"] == []
        assert (row["trigger"], row["trigger_start"], row["trigger_end"]) == ("blocked", 20, 27)
        assert (row["source_kind"], row["source_start"], row["source_name"]) == ("authority", row["evidence"][0].index("police"), None)
        assert (row["place_name"], row["country"], row["lat"], row["admin1"]) == ("Calais", "FRA", 50.95, None)
        assert row["codes"] == '{"cameo": "144"}'
        assert row["evidence"] == [SENTENCE]
        assert dataset.events(limit=1).to_pylist() == [row]

    def test_the_manifest_is_rebuilt_after_deletion(self, dataset):
        code(dataset, coded("a"))
        code(dataset, coded("a"), run=RunInfo(model="m2", codebook="c1", codebook_name="plover"))
        (dataset.path / "current.parquet").unlink()
        assert dataset.counts()["reports"] == 1
        (dataset.path / "current.parquet").unlink()
        assert len(list(Dataset.open(dataset.path).reports())) == 1

    def test_a_folder_may_have_any_name(self, tmp_path):
        dataset = Dataset.open(tmp_path / "year=2020" / "report=a [b]* ?'s", create=True)
        decoy = Dataset.open(tmp_path / "year=2020" / "report=a b* ?'s", create=True)
        code(decoy, coded("decoy"))
        code(dataset, coded("a"))
        assert [r.report.id for r in dataset.reports()] == ["a"]
        assert dataset.report("a") == coded("a")
        assert dataset.events().num_rows == 1
        assert "year" not in dataset.events().column_names
        with dataset.start(RUN) as run:
            assert run.done("a", coded("a").report.sha256) == "coded"
        dataset.forget("a")
        assert dataset.counts()["reports"] == 0
        assert decoy.counts()["reports"] == 1

    def test_a_damaged_part_is_named(self, dataset):
        code(dataset, coded("a"))
        [file] = dataset.path.glob("runs/*/part-*/reports.parquet")
        file.write_bytes(b"")
        with pytest.raises(DatasetError, match=r"reports\.parquet cannot be read.*move its folder"):
            dataset.start(RUN)


class TestReadme:
    """The examples in the README, run as they stand, from within the dataset."""

    @pytest.fixture
    def example(self, dataset, monkeypatch):
        code(dataset, coded("a"), coded("b"))
        code(dataset, coded("b"), run=RunInfo(model="m2", codebook="c1", codebook_name="plover"))
        monkeypatch.chdir(dataset.path)
        readme = (dataset.path / "README.md").read_text()
        return lambda tool: re.search(rf"^{tool}\n\n```\w+\n(.+?)\n```$", readme, re.M | re.S)[1]

    def test_duckdb(self, example):
        import duckdb

        assert sorted(duckdb.sql(f"SELECT report FROM ({example('DuckDB')})").fetchall()) == [("a",), ("b",)]

    @pytest.mark.parametrize("tool", ["pandas", "Polars"])
    def test_dataframes(self, example, tool):
        pytest.importorskip(tool.lower())
        names = {}
        exec(example(tool), names)
        assert sorted(names["events"]["report"]) == ["a", "b"]
        assert sorted(names["events"]["trigger"]) == ["blocked", "blocked"]

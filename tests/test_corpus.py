"""The corpus beside its form: the loader, what the statistics and the agreement count, the atlas."""

from pathlib import Path

import msgspec
import pytest

from corpus import PARTS, ROOT, agreement, load, paths, stats
from corpus.__main__ import main as publish
from corpus.atlas import atlas
from dateline.records import CodedReport, Report, digest, from_json


def report(name: str, text: str, **extra: str) -> CodedReport:
    return CodedReport(report=Report(id=name, text=text, sha256=digest(text), extra=dict(extra)))


def test_the_parts_share_no_report_and_no_happening() -> None:
    of = {part: list(load(part)) for part in PARTS}
    names = [r.report.id for part in PARTS for r in of[part]]
    assert len(names) == len(set(names))
    happenings = {part: {str(r.report.extra["happening"]).rstrip("t") for r in of[part] if "happening" in r.report.extra} for part in PARTS}
    for one, other in (("train", "dev"), ("train", "test"), ("dev", "test")):
        assert not happenings[one] & happenings[other]


def test_reports_of_the_plan_stand_where_it_says() -> None:
    plan = stats.planned()
    for part in PARTS:
        for coded in load(part):
            row = plan.get(coded.report.id)
            if row:
                assert row["part"] == part
                assert coded.report.extra.get("happening", "") == row["happening"]
                assert coded.report.extra["voice"] == row["voice"]


def test_the_corpus_is_published_as_records(tmp_path: Path) -> None:
    publish(tmp_path)
    for part in PARTS:
        lines = (tmp_path / f"{part}.jsonl").read_bytes().splitlines()
        assert [from_json(line).report.id for line in lines] == [p.stem for p in paths(part)]
        assert all(msgspec.json.decode(line)["schema"] == 1 for line in lines)
    assert (tmp_path / "MANUAL.md").exists()


def test_shared_runs_of_words_are_seen_and_marked_copies_are_not() -> None:
    one = report("a", "The harbour was closed by the guild of pilots on the first day of the new year")
    two = report("b", "A storm raged while the harbour was closed by the guild of pilots and nobody came")
    copy = report("c", one.report.text + " again", copy_of="a")
    alike = stats.shared([one, two, copy])
    assert {(a, b) for _, a, b in alike} == {("a", "b"), ("b", "c")}
    assert alike[-1][0] == pytest.approx(5 / 12)
    assert stats.shared([one, report("d", "Nothing here is said in words of the others at all")]) == []


def test_variety_is_that_of_stretches_of_a_hundred_words() -> None:
    assert stats.variety(["a"] * 100) == 1
    assert stats.variety([str(n) for n in range(100)]) == 100
    assert stats.variety([str(n % 50) for n in range(300)]) == 50


def test_a_bar_can_be_missed() -> None:
    assert stats.Row("x", 3, 4).missed
    assert not stats.Row("x", 4, 4).missed
    assert stats.Row("x", 5, 4, most=True).missed
    assert not stats.Row("x", 5).missed


def test_kappa_is_cohens() -> None:
    # Two raters of 50: both yes 20, yes/no 5, no/yes 10, both no 15: 0.70 seen, 0.50 by chance.
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert agreement.kappa(pairs) == pytest.approx(0.4)
    assert agreement.kappa([("a", "a")]) == 1
    assert agreement.kappa([]) == 0


@pytest.mark.skipif(not agreement.SCORER.exists(), reason="the scorer does not travel with the code")
def test_a_coding_agrees_with_itself_and_not_with_an_empty_one() -> None:
    dev = [r for r in load("dev") if r.events][:5]
    same = agreement.compare([(r, r) for r in dev])
    assert same["event_f1"] == same["participant_f1"] == same["figure_f1"] == same["status_kappa"] == same["source_kappa"] == 1
    assert agreement.compare([(r, CodedReport(report=r.report)) for r in dev])["event_f1"] == 0


def test_the_second_coding_is_sound_and_of_the_same_texts(tmp_path: Path) -> None:
    assert len(agreement.read_pairs(ROOT / "second")) == 48
    (tmp_path / "dev-01.txt").write_text((ROOT / "second" / "writer" / "s017.txt").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ValueError, match="its text is not that of"):
        agreement.read_pairs(tmp_path)


def test_the_atlas_knows_where_a_town_is() -> None:
    (first, *_) = atlas().find("reykjavik", "ISL")
    assert atlas().of[first] == "ISL"
    assert atlas().fault(64.15, -21.94, "ISL", "Reykjavik") is None
    assert "ISL" in str(atlas().fault(-64.15, 21.94, "ISL"))
    assert "no point" in str(atlas().fault(95, 0, None))
    assert {"KOS", "SUN", "FRA"} <= atlas().countries

"""The form of our own corpus: read to the character, and every mistake named with file, line and mark."""

from pathlib import Path

import pytest

from corpus import form

ROOT = Path(__file__).parent.parent
GOOD = """published: 2019-03-04
outlet: The Courier
voice: local paper
---
LILLE — Some 200 farmers blocked the ring road on Sunday.
They left at noon, police said. At least nine of the farmers were held.
===
section dateline `LILLE`
event PROTEST obstruct
  trigger `blocked`
  actor `Some 200 farmers` `[They] left` kind=group sector=AGR country=FRA count=200..200
  time 2019-03-03 day `on Sunday`
  place `LILLE` city FRA inferred
event COERCE arrest
  trigger `held`
  status ongoing `were`
  figure arrested 9.. `At least nine` source `police` authority cue `said`
  source `police` authority cue `said`
  context economic
"""


def read(tmp_path: Path, text: str) -> form.CodedReport:
    (tmp_path / "one.txt").write_text(text)
    return form.read(tmp_path / "one.txt")


def test_a_form_is_a_record(tmp_path: Path) -> None:
    coded = read(tmp_path, GOOD)
    assert (
        coded.report.text == "LILLE — Some 200 farmers blocked the ring road on Sunday.\n"
        "They left at noon, police said. At least nine of the farmers were held."
    )
    assert coded.report.outlet == "The Courier"
    protest, arrest = coded.events
    assert [m.text for m in protest.participants[0].mentions] == ["Some 200 farmers", "They"]
    assert protest.participants[0].count is not None
    assert protest.place is not None
    assert protest.place.basis == "inferred"
    assert (arrest.figures[0].low, arrest.figures[0].high) == (9, None)
    assert arrest.figures[0].source is not None
    assert arrest.status_cue is not None
    assert arrest.contexts == ("economic",)
    assert [(s.kind, s.start) for s in coded.report.sections] == [("dateline", 0), ("body", 5)]
    assert coded.report.sections[-1].end == len(coded.report.text)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("trigger `blocked`", "trigger `barred`"), 10, "not in the text"),
        (("trigger `held`", "trigger `farmers`"), 15, "more than once"),
        (("PROTEST obstruct", "PROTEST picnic"), 9, "picnic"),
        (("PROTEST obstruct", "PICNIC"), 9, "PICNIC"),
        (("sector=AGR", "sector=XYZ"), 11, "XYZ"),
        (("country=FRA", "country=France"), 11, "France"),
        (("count=200..200", "count=200"), 11, "200"),
        (("9.. `At", "9..2 `At"), 17, "low is above high"),
        (("2019-03-03 day", "2019-3-3 day"), 12, "YYYY"),
        (("city FRA", "village FRA"), 13, "village"),
        (("status ongoing", "status over"), 16, "over"),
        (("context economic", "context money"), 19, "money"),
        (("  trigger `held`\n", ""), 14, "trigger"),
        (("`[They] left`", "`[They left`"), 11, "bracket"),
        (("outlet:", "paper:"), 2, "paper"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], line: int, said: str) -> None:
    with pytest.raises(form.FormError) as caught:
        read(tmp_path, GOOD.replace(*change))
    assert f"one.txt:{line}:" in str(caught.value)
    assert said in str(caught.value)


def test_a_file_without_its_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(form.FormError, match="---"):
        read(tmp_path, "just text")


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("*/*.txt")), ids=lambda p: p.stem)
def test_every_coded_report_is_sound(path: Path) -> None:
    coded = form.read(path)
    assert all(e.triggers for e in coded.events)

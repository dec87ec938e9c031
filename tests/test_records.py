"""The output contract: what is written is read back, and what breaks the contract is named."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from strategies import coded_reports

from dateline import records
from dateline.records import CodedReport, Event, RecordError, Report, from_json, json_schema, span_of, to_json

ROOT = Path(__file__).parent.parent
TEXT = "Dockers blocked the port."


def coded(**event: object) -> CodedReport:
    trigger = span_of(TEXT, 8, 15)
    known = {"id": "e", "incident": "e", "type": "PROTEST", "trigger": trigger, "triggers": (trigger,), "evidence": (), "confidence": 0.5}
    return CodedReport(report=Report(id="r", text=TEXT), events=(Event(**(known | event)),))  # type: ignore[arg-type]


@given(coded_reports())
def test_a_record_is_read_back_as_it_was_written(record: CodedReport) -> None:
    assert from_json(to_json(record)) == record


@pytest.fixture(scope="module")
def validator() -> jsonschema.protocols.Validator:
    """Made once: to make and check the schema for each record takes longer than to check the record."""
    kind = jsonschema.validators.validator_for(json_schema())
    kind.check_schema(json_schema())
    return kind(json_schema())


@given(record=coded_reports())
def test_every_record_fits_the_schema(validator: jsonschema.protocols.Validator, record: CodedReport) -> None:
    validator.validate(json.loads(to_json(record)))


def test_the_schema_in_the_docs_is_the_records_own() -> None:
    assert json.loads((ROOT / "docs" / "schema.json").read_text()) == json_schema(), "run `make schema`"


def test_every_field_of_the_contract_is_written() -> None:
    said = json.loads(to_json(coded()))
    assert set(said) == {"schema", "report", "events", "places", "times", "attributions", "entities", "loaded"}
    assert said["schema"] == 1
    expected = "id incident type modes mode quad contexts codes status status_cue trigger triggers participants figures"
    expected += " time place source section evidence confidence"
    assert set(said["events"][0]) == set(expected.split())
    assert said["events"][0]["time"] is None
    assert said["events"][0]["modes"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "happened"}, "events[0].status"),
        ({"confidence": "high"}, "events[0].confidence"),
        ({"trigger": {"text": "blocked", "start": 8}}, "events[0].trigger"),
        ({"figures": [{"of": "drowned", "low": 1, "high": 1, "span": {"text": "", "start": 0, "end": 0}}]}, "events[0].figures[0].of"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(change: dict[str, object], field: str) -> None:
    record = json.loads(to_json(coded()))
    record["events"][0] |= change
    with pytest.raises(RecordError) as caught:
        from_json(json.dumps(record), "coded.jsonl line 7")
    assert "coded.jsonl line 7" in str(caught.value)
    assert field in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    ['{"text": "blocked", "start": 9, "end": 16}', '{"text": "blocked", "start": -17, "end": -10}', '{"text": "", "start": 90, "end": 90}'],
)
def test_a_span_that_does_not_hold_its_words_is_named(bad: str) -> None:
    line = to_json(coded(status_cue=span_of(TEXT, 8, 15))).decode()
    record = json.loads(line)
    record["events"][0]["status_cue"] = json.loads(bad)
    if bad.startswith('{"text": ""'):
        record["events"][0]["status_cue"]["text"] = "x"
    with pytest.raises(RecordError, match=r"events\[0\].status_cue"):
        from_json(json.dumps(record))


@pytest.mark.parametrize("line", ["", "{", "[]", "7", '{"schema": 2, "report": {"id": "r", "text": ""}}', "[" * 100_000])
def test_what_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(RecordError):
        from_json(line, "x")


def test_records_are_frozen() -> None:
    with pytest.raises(AttributeError):
        coded().events[0].type = "AID"  # type: ignore[misc]


def test_the_version_stands_once_in_words_and_once_in_the_package() -> None:
    from dateline import __version__

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
    assert records.SCHEMA == 1

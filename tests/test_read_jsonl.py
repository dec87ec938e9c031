"""JSON Lines: the keys, the lines that are bad and the good ones after them."""

import gzip
import io
import json
import sys
import tracemalloc

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.read import read
from dateline.read.unreadable import MAX_DEPTH, MAX_LINE, MAX_REPORT
from dateline.records import CodedReport, Failure, Report, from_json, to_json

PROSE = "Police in Calais arrested fourteen people on Saturday after a protest, officials said."
GOOD = json.dumps({"id": "good", "text": PROSE}).encode()


def read_bytes(tmp_path, data, **options):
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    return list(read([str(path)], **options))


def read_record(tmp_path, **record):
    [result] = read_bytes(tmp_path, json.dumps({"text": PROSE} | record).encode())
    return result


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text().map(lambda text: text + "."), min_size=1, max_size=5, unique=True),
    escaped=st.booleans(),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gzip", "zstd"]),
    newline=st.sampled_from(["\n", "\r\n", "\n\n", " \n"]),
)
def test_texts_round_trip_to_the_character(tmp_path, texts, escaped, codec, newline):
    lines = [json.dumps({"text": text, "source": "a newspaper"}, ensure_ascii=escaped) for text in texts]
    data = newline.join(lines)
    pack = {"gzip": gzip.compress, "zstd": zstd.compress}.get(codec)
    results = read_bytes(tmp_path, pack(data.encode()) if pack else data.encode(codec), any_language=True)
    assert [result.text for result in results] == texts


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    extra=st.dictionaries(
        st.text().map(lambda key: "x" + key), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
    )
)
def test_unknown_keys_are_kept_and_can_be_written(tmp_path, extra):
    report = read_record(tmp_path, **extra)
    assert report.extra == extra
    assert from_json(to_json(CodedReport(report=report))).report == report


def test_known_keys(tmp_path):
    report = read_record(
        tmp_path,
        id="x",
        title="A title",
        published="2018-07-02",
        outlet="The Example",
        url="https://example.org",
        language="en",
        desk="Paris",
    )
    assert (report.id, report.title, report.published, report.outlet) == ("x", "A title", "2018-07-02", "The Example")
    assert (report.url, report.language, report.extra) == ("https://example.org", "en", {"desk": "Paris"})
    assert report.found == {}


def test_no_id_is_the_hash_of_the_text(tmp_path):
    report = read_record(tmp_path)
    assert report.id == report.sha256[:16]
    assert read_record(tmp_path, id="").id == read_record(tmp_path, id=None).id == report.id


def test_a_number_is_an_id(tmp_path):
    assert read_record(tmp_path, id=17).id == "17"


@pytest.mark.parametrize(
    ("given", "published"),
    [
        ("2018-07-02", "2018-07-02"),
        ("2018-07-02T10:30:00Z", "2018-07-02T10:30:00Z"),
        ("2018-07-02T10:30:00.5+02:00", "2018-07-02T10:30:00.5+02:00"),
        ("2018-07-02 10:30", "2018-07-02 10:30"),
        ("20180702", "2018-07-02"),
        ("2018-W27-1", "2018-07-02"),
        ("20180702T103000Z", "2018-07-02T10:30:00+00:00"),
    ],
)
def test_dates(tmp_path, given, published):
    report = read_record(tmp_path, published=given)
    assert report.published == published
    assert report.extra == {}


@pytest.mark.parametrize(
    "given", ["yesterday", "2 July 2018", "2018-02-30", "2018", "2018-07", "02/07/2018", 1530489600, ["2018-07-02"], "2018-07-02x10:00"]
)
def test_what_is_no_date_is_kept_as_it_was(tmp_path, given):
    report = read_record(tmp_path, published=given)
    assert report.published is None
    assert report.extra == {"published": given}


def test_fields_of_another_type_are_kept_as_they_were(tmp_path):
    report = read_record(tmp_path, title=["a", "b"], outlet={"name": "x"}, url=5, language="klingon")
    assert (report.title, report.outlet, report.url, report.language) == (None, None, None, "en")
    assert report.extra == {"title": ["a", "b"], "outlet": {"name": "x"}, "url": 5, "language": "klingon"}


def test_blank_fields_are_unknown(tmp_path):
    report = read_record(tmp_path, title="", outlet=" ", published="", url=None)
    assert (report.title, report.outlet, report.published, report.url, report.extra) == (None, None, None, None, {})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"text": "cut of', "broken JSON"),
        (b"{'text': 'single quotes'}", "broken JSON"),
        (b"nonsense", "broken JSON"),
        (b'{"text": "a"} {"text": "b"}', "broken JSON"),
        (b'{"text": NaN}', "broken JSON"),
        (b'{"title": "no text"}', "no text"),
        (b'{"text": null}', "no text"),
        (b"{}", "no text"),
        (b'{"text": ""}', "blank"),
        (b'{"text": " \\n "}', "blank"),
        (b'{"text": 5}', "a number, not a string"),
        (b'{"text": ["a"]}', "an array, not a string"),
        (b'{"text": {"a": 1}}', "an object, not a string"),
        (b'{"text": true}', "true or false, not a string"),
        (b'{"text": "a", "id": ["x"]}', "the id is an array"),
        (b'{"text": "a", "id": true}', "the id is true or false"),
        (b'["text"]', "an array, not a JSON object"),
        (b'[{"text": "a"}]', "an array, not a JSON object"),
        (b"42", "a number, not a JSON object"),
        (b'"text"', "a string, not a JSON object"),
        (b"null", "null, not a JSON object"),
        (b"[" * 5000, "nested"),
        (b'{"text": "a", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested"),
        (b'{"text": "a", "x": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "nested"),
        (b'{"text": "a \\ud800 b"}', "surrogate"),
        (b'{"text": "a \\udc00"}', "surrogate"),
        (b'{"text": "a \xed\xa0\x80 b"}', "UTF-8"),
        (b'{"text": "\xc3\xa4\xc3\xb6 \xff"}', "UTF-8"),
        (b'{"text": "a", "n": 1e999}', "broken JSON"),
        (b'{"text": "a\0b"}', "broken JSON"),
        (b'{"text": "' + b"x" * (MAX_REPORT + 1) + b'"}', "1,000,000"),
        (b'{"text": "' + b"x" * MAX_LINE + b'"}', "16 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("position", [0, 1])
def test_a_bad_line_does_not_stop_those_after_it(tmp_path, line, says, position):
    lines = [GOOD, b'{"id": "last", "text": "Two were killed."}']
    lines.insert(position, line)
    results = read_bytes(tmp_path, b"\n".join(lines))
    assert [result.id for result in results if isinstance(result, Report)] == ["good", "last"]
    [failure] = [result for result in results if isinstance(result, Failure)]
    assert (failure.where, failure.step) == (f"line {position + 1}", "read")
    assert says in failure.error
    assert failure.advice


def test_a_failure_names_the_id(tmp_path):
    [failure] = read_bytes(tmp_path, b'{"id": "x", "text": ""}')
    assert failure.report == "x"


def test_blank_lines_are_counted_and_skipped(tmp_path):
    good, bad = read_bytes(tmp_path, b"\n" + GOOD + b"\n\n  \n{\n")
    assert good.text == PROSE
    assert bad.where == "line 5"


def test_an_object_over_many_lines(tmp_path):
    [report] = read_bytes(tmp_path, json.dumps({"id": "x", "text": PROSE, "a": {"b": [1]}}, indent=2).encode("utf-8-sig"))
    assert (report.id, report.text, report.extra) == ("x", PROSE, {"a": {"b": [1]}})


def test_a_broken_object_over_many_lines(tmp_path):
    [failure] = read_bytes(tmp_path, json.dumps({"id": "x", "text": PROSE}, indent=2).encode()[:-3])
    assert "broken JSON" in failure.error


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_is_named_and_the_advice_mends_it(tmp_path, indent):
    [failure] = read_bytes(tmp_path, json.dumps([{"text": PROSE}, {"text": "b"}], indent=indent).encode())
    assert "array" in failure.error
    assert "jq -c '.[]'" in failure.advice


def test_a_line_in_a_western_encoding(tmp_path):
    text = PROSE + " They had come from Málaga and Zürich."
    [report] = read_bytes(tmp_path, json.dumps({"text": text}, ensure_ascii=False).encode("cp1252"))
    assert report.text == text
    assert report.found["text"] == "decoded as cp1252"


def test_a_lone_surrogate_in_utf16_breaks_its_line_only(tmp_path):
    data = (GOOD.decode() + '\n{"text": "a \ud800 b"}\n{"id": "last", "text": "Two were killed."}').encode("utf-16-le", "surrogatepass")
    first, failure, last = read_bytes(tmp_path, data)
    assert (first.id, failure.where, last.id) == ("good", "line 2", "last")


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_a_compressed_file_that_is_cut_off_gives_the_lines_before(tmp_path, pack):
    data = pack(
        b"".join(json.dumps({"id": i, "language": "en", "text": f"{i} {PROSE} {hash(str(i))}"}).encode() + b"\n" for i in range(9000))
    )
    *reports, failure = read_bytes(tmp_path, data[:-1000])
    assert len(reports) > 100
    assert all(isinstance(report, Report) for report in reports)
    assert failure.where == f"line {len(reports) + 1}"
    assert "stops before the end" in failure.error


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(zstd.compress(b"{\n" + GOOD))))
    failure, report = read(["-"])
    assert (failure.input, failure.where) == ("-", "line 1")
    assert report.text == PROSE


@pytest.mark.parametrize("pack", [None, gzip.compress, zstd.compress])
def test_a_long_stream_is_never_held(tmp_path, pack):
    line = json.dumps({"id": "x", "language": "en", "text": "x" * 50_000}).encode() + b"\n"
    data = line * 400
    (tmp_path / "a").write_bytes(pack(data) if pack else data)
    size = len(data)
    del data
    list(read([str(tmp_path / "a")]))
    tracemalloc.start()
    try:
        assert len(list(read([str(tmp_path / "a")]))) == 1
        assert tracemalloc.get_traced_memory()[1] < size / 10
    finally:
        tracemalloc.stop()

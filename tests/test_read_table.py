"""CSV, TSV and Parquet: one report a row, the header says which column is what."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dateline.read import read
from dateline.records import Failure, Report

NEWS = "Police arrested nine rioters in the northern city on Sunday, and the ministry condemned the attack on the station."
OTHER = "Farmers blocked the bridge with their tractors on Monday and demanded talks with the government about prices."


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def results(path, **asked):
    return list(read([path], **asked))


def reports(path, **asked):
    out = results(path, **asked)
    assert all(isinstance(r, Report) for r in out), out
    return out


def test_columns_with_known_names_are_fields_and_the_others_are_kept(tmp_path):
    path = write(tmp_path, "a.csv", f'id,headline,pub_date,source,region,body\n7,Riot,2019-03-02,Gazette,North,"{NEWS}"\n8,,,,,"{OTHER}"\n')
    first, second = reports(path)
    assert (first.id, first.title, first.published, first.outlet, first.text) == ("7", "Riot", "2019-03-02", "Gazette", NEWS)
    assert first.extra == {"region": "North"}
    assert first.found["title"] == "column headline"
    assert first.found["published"] == "column pub_date"
    assert (second.title, second.published, second.extra) == (None, None, {})
    assert "title" not in second.found


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiters(tmp_path, delimiter):
    path = write(tmp_path, "a.csv", delimiter.join(["title", "text"]) + "\n" + delimiter.join(["Riot", NEWS]) + "\n")
    (report,) = reports(path)
    assert (report.title, report.text) == ("Riot", NEWS)


def test_the_user_names_a_column(tmp_path):
    path = write(tmp_path, "a.csv", f'text,lead,when\nshort note,"{NEWS}",2019-03-02\n')
    (report,) = reports(path, columns={"text": "lead", "published": "when"})
    assert (report.text, report.published) == (NEWS, "2019-03-02")
    assert "published" not in report.found
    assert report.extra == {"text": "short note"}


def test_the_user_names_a_key_of_json_lines(tmp_path):
    path = write(tmp_path, "a.jsonl", f'{{"lead": "{NEWS}"}}\n')
    (report,) = reports(path, columns={"text": "lead"})
    assert report.text == NEWS


def test_no_text_column_is_named_with_the_columns_that_there_are(tmp_path):
    (failure,) = results(write(tmp_path, "a.csv", "id,heading\n1,Riot\n"))
    assert isinstance(failure, Failure)
    assert "id, heading" in failure.error
    assert "--text-column" in failure.advice
    (failure,) = results(write(tmp_path, "b.csv", f"id,text\n1,{NEWS}\n"), columns={"text": "lead"})
    assert "no column 'lead'" in failure.error


def test_a_table_is_told_without_its_name(tmp_path):
    (report,) = reports(write(tmp_path, "table", f'title,text\nRiot,"{NEWS}"\n'))
    assert report.title == "Riot"
    (failure,) = results(write(tmp_path, "other", "id,heading,region\n1,Riot,North\n2,March,South\n3,Vote,East\n"))
    assert "no column that is known" in failure.error


@pytest.mark.parametrize(
    "text",
    [
        "Paris, London, Rome\nThe mayors met on Monday, talked for hours, and agreed on nothing.\n" * 3,
        "Police, farmers and students clashed in the capital, the ministry said.\nThree people were hurt.\n",
        "Text, body and soul: the museum of the city has opened again after the riots of last year.\n",
    ],
)
def test_a_text_with_commas_is_no_table(tmp_path, text):
    (report,) = reports(write(tmp_path, "a.txt", text))
    assert report.text == text


def test_ragged_rows_are_named_beside_the_good(tmp_path):
    table = f'id,text,note\n1,"{NEWS}",x\n2,Farmers, students, and others,x\n3\n4,"{OTHER}"\n'
    first, wide, short, last = results(write(tmp_path, "a.csv", table))
    assert (first.id, last.id) == ("1", "4")
    assert (wide.where, short.where) == ("line 3", "line 4")
    assert "5 cells, the header 3" in wide.error
    assert "text is missing" in short.error


def test_a_quoted_text_goes_over_lines_and_lines_are_counted(tmp_path):
    text = NEWS + "\n\n" + OTHER
    first, bad = results(write(tmp_path, "a.csv", f'id,text\n1,"{text}"\n2,\n'))
    assert first.text == text
    assert bad.where == "line 5"


def test_an_open_quote_loses_its_own_line_only(tmp_path):
    rows = f'id,text\n1,"{NEWS}"\n2,"open {OTHER}\n3,{OTHER.replace(",", "")}\n4,{NEWS.replace(",", "")}\n'
    first, broken, third, fourth = results(write(tmp_path, "a.csv", rows))
    assert (first.id, third.id, fourth.id) == ("1", "3", "4")
    assert broken.where == "line 3"
    assert "never closed" in broken.error


def test_many_open_quotes_end_the_reading(tmp_path):
    rows = "id,text\n" + 'x",",\n' * 50_000
    out = results(write(tmp_path, "a.csv", rows))
    assert "the rest is not read" in out[-1].error
    assert len(out) < 10


def test_latin_1_utf_16_and_a_mark(tmp_path):
    text = NEWS.replace("ministry", "ministère")
    for name, data in (
        ("l.csv", f'id,text\n1,"{text}"\n'.encode("latin-1")),
        ("u.csv", f'id,text\n1,"{text}"\n'.encode("utf-16")),
        ("b.csv", f'id,text\n1,"{text}"\n'.encode("utf-8-sig")),
        ("z.csv.gz", gzip.compress(f'id,text\n1,"{text}"\n'.encode())),
    ):
        (report,) = reports(write(tmp_path, name, data))
        assert (report.id, report.text) == ("1", text)


def test_parquet(tmp_path):
    import datetime

    table = pa.table(
        {
            "headline": ["Riot", None, "Empty"],
            "body": [NEWS, OTHER, None],
            "date": [datetime.date(2019, 3, 2), None, None],
            "score": [0.5, float("nan"), 1.0],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    first, second, bad = results(str(tmp_path / "a.parquet"))
    assert (first.title, first.text, first.published) == ("Riot", NEWS, "2019-03-02")
    assert first.found["title"] == "column headline"
    assert first.extra == {"score": 0.5}
    assert second.text == OTHER
    assert (bad.where, bad.error) == ("row 3", "no text")
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(data))
    assert [r.id for r in results(str(tmp_path / "a.parquet.gz"))[:2]] == [first.id, second.id]
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    (cut,) = results(str(tmp_path / "cut.parquet"))
    assert "not readable as Parquet" in cut.error


def test_parquet_without_texts(tmp_path):
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "a.parquet")
    (failure,) = results(str(tmp_path / "a.parquet"))
    assert "the columns are a, b" in failure.error


@pytest.mark.parametrize("header", ["id,text\r,date", "id\rtext", '"id\r",text'])
def test_a_carriage_return_within_the_header_is_named_or_read(tmp_path, header):
    """Found by `make soak`."""
    for result in results(write(tmp_path, "a.csv", f'{header}\n1,"{NEWS}",2019-03-02\n')):
        assert isinstance(result, Report) or (result.error and result.advice)

"""Plain text: its characters, its encodings, what is no text, and its bounds."""

import codecs
import gzip
import io
import zipfile

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.read import read
from dateline.read.unreadable import MAX_DOCUMENT, MAX_REPORT
from dateline.records import Failure, digest

PROSE = "Police in Calais arrested fourteen people on Saturday after a protest, officials said. "


def read_bytes(tmp_path, data, name="a.txt", **options):
    path = tmp_path / name
    path.write_bytes(data)
    [result] = read([str(path)], **options)
    return result


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.text(), codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gzip", "zstd"]))
def test_text_round_trips_to_the_character(tmp_path, rest, codec):
    text = PROSE * 5 + rest  # long enough that a run of NULs in the rest makes no binary data of it
    pack = {"gzip": gzip.compress, "zstd": zstd.compress}.get(codec)
    report = read_bytes(tmp_path, pack(text.encode()) if pack else text.encode(codec), any_language=True)
    assert report.text == text
    assert report.sha256 == digest(text)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n\n", " \t ", "\u2028", "\x0c", "\x00", "e\u0301", "\ufeff", "\u00a0"])
def test_nothing_is_stripped_or_normalised(tmp_path, end):
    text = f" \n{PROSE}{end}"
    assert read_bytes(tmp_path, text.encode()).text == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path, mark):
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(
        mark, "utf-32-le" if mark == codecs.BOM_UTF32_LE else "utf-32-be"
    )
    report = read_bytes(tmp_path, mark + PROSE.encode(encoding))
    assert report.text == PROSE
    assert "text" not in report.found


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path, encoding):
    assert read_bytes(tmp_path, PROSE.encode(encoding)).text == PROSE


@pytest.mark.parametrize(
    "text", ["Police arrested 40 people in Málaga on Monday, officials in the port said.", PROSE + "“We stay,” said José."]
)
def test_a_western_encoding_is_told_and_said(tmp_path, text):
    report = read_bytes(tmp_path, text.encode("cp1252"))
    assert report.text == text
    assert report.found["text"] == "decoded as cp1252"


def test_another_encoding_is_detected(tmp_path):
    text = "Полиция задержала двенадцать демонстрантов на площади в понедельник, сообщили организаторы митинга."
    report = read_bytes(tmp_path, text.encode("koi8-r"), any_language=True)
    assert report.text == text
    assert report.language != "en"


def test_broken_utf8_is_a_failure_rather_than_other_letters(tmp_path):
    failure = read_bytes(tmp_path, (PROSE + "São Paulo, Málaga, Zürich.").encode().replace("ü".encode(), b"\xfc"))
    assert "not valid UTF-8 at byte" in failure.error
    assert "iconv" in failure.advice


def docx():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return data.getvalue()


def plain_zip():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", PROSE)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "blank"),
        (codecs.BOM_UTF8, "blank"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "ELF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (docx(), "Word document"),
        (plain_zip()[:-30], "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Office"),
        (b"{\\rtf1\\ansi }", "blank"),
        (b"BZh91AY&SY", "bzip2"),
        (b"a.txt".ljust(257, b"\0") + b"ustar\x0000", "tar"),
        (bytes(1000), "binary"),
        (PROSE.encode() + bytes(1000), "binary"),
        (bytes(range(256)) * 8, "binary"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "news feed"),
        (gzip.compress(PROSE.encode())[:-12], "stops before the end"),
        (zstd.compress(PROSE.encode())[:-6], "stops before the end"),
        (gzip.compress(PROSE.encode())[:6], "stops before the end"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(PROSE.encode())[:-8] + bytes(8), "damaged"),
        (zstd.compress(PROSE.encode() * 99)[:20] + b"\xff" * 90, "damaged"),
        (gzip.compress(b"%PDF-1.7"), "PDF"),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(PROSE.encode()))))), "compressed more than"),
        ((codecs.BOM_UTF16_LE + PROSE.encode("utf-16-le"))[:-1], "UTF-16"),
        (PROSE.encode() + b"\xed\xa0\x80", "UTF-8"),
        (b"x" * (MAX_REPORT + 1), "1,000,000"),
        (gzip.compress(b"x" * (MAX_DOCUMENT + 1), 1), "64 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_text_is_a_failure_beside_the_good(tmp_path, data, says):
    (tmp_path / "a.txt").write_bytes(data)
    (tmp_path / "b.txt").write_text(PROSE)
    failure, report = read([str(tmp_path)])
    assert report.text == PROSE
    assert isinstance(failure, Failure)
    assert (failure.input, failure.step) == (str(tmp_path / "a.txt"), "read")
    assert says in failure.error
    assert failure.advice


@pytest.mark.parametrize("name", ["a.jsonl", "a.html", "a.gz", "a.pdf", "a"])
def test_names_do_not_matter(tmp_path, name):
    assert read_bytes(tmp_path, PROSE.encode(), name).text == PROSE


@pytest.mark.parametrize(
    "start", ["[1] ", "[Caption] ", "{Reuters} - ", "<b>Calais</b> ", '"We stay," he said. ', "42\n", "PK ", "BM ", "{\n", "[[note]] "]
)
def test_prose_that_begins_like_another_format(tmp_path, start):
    assert read_bytes(tmp_path, (start + PROSE).encode()).text == start + PROSE


def test_the_longest_report_is_read(tmp_path):
    text = (PROSE * (MAX_REPORT // len(PROSE) + 1))[:MAX_REPORT]
    assert read_bytes(tmp_path, text.encode()).text == text


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_compressed_in_pieces_and_twice(tmp_path, pack):
    data = pack(PROSE.encode()) + pack(PROSE.encode())
    assert read_bytes(tmp_path, data).text == PROSE * 2
    assert read_bytes(tmp_path, pack(data)).text == PROSE * 2

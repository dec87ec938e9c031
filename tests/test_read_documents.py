"""PDF, Word, Rich Text, mail and feeds: what office programs, mail programs and sites write."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from dateline.read import feed, read
from dateline.read.unreadable import Unreadable
from dateline.records import Failure, Report

NEWS = "Police arrested nine rioters in the northern city on Sunday, and the ministry condemned the attack on the station."
OTHER = "Farmers blocked the bridge with their tractors on Monday and demanded talks with the government about prices."


def results(tmp_path: Path, name: str, data: bytes) -> list[Report | Failure]:
    (tmp_path / name).write_bytes(data)
    return list(read([str(tmp_path / name)]))


def one(tmp_path: Path, name: str, data: bytes) -> Report:
    (report,) = results(tmp_path, name, data)
    assert isinstance(report, Report), report
    return report


# PDF --------------------------------------------------------------------------------------------------------------


def pdf(*pages: list[tuple[float, float, float, str]], title: str = "") -> bytes:
    """A PDF of pages of (x, y, size, words), y from the foot; in Helvetica, 595 by 842 points."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        content = "\n".join(f"BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET" for x, y, size, words in page).encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        number = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % number
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects.append(f"<< /Title ({title}) /CreationDate (D:20190302) >>".encode())
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(objects),
        len(out),
    )


LEFT = [
    "Police arrested nine rioters in the",
    "northern city on Sunday, after block-",
    "ades of the bridge by the Anglo-",
    "French company had ended, and the",
]
RIGHT = [
    "ministry condemned the attack on the",
    "station. The governor said that the",
    "curfew would stay in force until the",
    "end of the week.",
]


def columns(heading: str) -> list[tuple[float, float, float, str]]:
    """Two columns, written row by row across both, as some programs do."""
    rows = [(40.0, 760.0, 20.0, heading)]
    for i, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True)):
        rows += [(40.0, 720.0 - 14 * i, 11.0, a), (320.0, 720.0 - 14 * i, 11.0, b)]
    return rows


def test_columns_are_read_one_after_the_other_and_parted_words_are_whole(tmp_path: Path) -> None:
    report = one(tmp_path, "a.pdf", pdf(columns("Nine arrested after riot in the north")))
    heading, _, rest = report.text.partition("\n\n")
    assert heading == "Nine arrested after riot in the north"
    assert rest == (
        "Police arrested nine rioters in the northern city on Sunday, after blockades of the bridge by the Anglo-French company had ended,"
        " and the ministry condemned the attack on the station. The governor said that the curfew would stay in force until the end of the"
        " week."
    )


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    lines = [f"The council of district {n} talked with the police about the march on Sunday." for n in range(12)]
    pages = []
    for n in range(3):
        body = [(40.0, 700.0 - 20 * i, 11.0, line.replace("march", f"march {n}")) for i, line in enumerate(lines)]
        pages.append([(40.0, 800.0, 9.0, f"The Northern Gazette, page {n + 1}"), *body, (290.0, 30.0, 9.0, str(n + 1))])
    report = one(tmp_path, "a.pdf", pdf(*pages))
    assert "Gazette" not in report.text
    assert all(f"district {n} talked" in report.text for n in range(12))
    assert report.text.count("march 2") == 12
    assert not report.text.rstrip().endswith("3")


def test_a_title_is_taken_and_a_file_name_or_a_files_date_is_not(tmp_path: Path) -> None:
    report = one(tmp_path, "a.pdf", pdf(columns("Riot"), title="Riot in the north"))
    assert (report.title, report.found["title"], report.published) == ("Riot in the north", "pdf", None)
    report = one(tmp_path, "b.pdf", pdf(columns("Riot"), title="Microsoft Word - riot.doc"))
    assert report.title is None


@pytest.mark.parametrize("data", [pdf([]), b"%PDF-1.4\nnothing", pdf(columns("x"))[:300]], ids=["pictures", "garbage", "cut"])
def test_a_pdf_without_text_is_named(tmp_path: Path, data: bytes) -> None:
    (failure,) = results(tmp_path, "a.pdf", data)
    assert isinstance(failure, Failure)
    assert "PDF" in failure.error


# Word and Rich Text -----------------------------------------------------------------------------------------------


def word(title: str = "Riot") -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.add_paragraph(NEWS)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "arrested", "9"
    document.add_paragraph(OTHER)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word(tmp_path: Path) -> None:
    report = one(tmp_path, "a.docx", word())
    assert report.text == f"{NEWS}\narrested\t9\n{OTHER}"
    assert (report.title, report.found["title"]) == ("Riot", "docx")


def test_word_in_an_archive(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.docx", word())
    assert one(tmp_path, "a.zip", out.getvalue()).text.startswith(NEWS)


def test_damaged_word(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x")
    (failure,) = results(tmp_path, "a.docx", out.getvalue())
    assert isinstance(failure, Failure)
    assert "damaged" in failure.error


def test_entities_of_a_word_document_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'.encode()
                content = content.replace(b"?>", b"?>" + entity, 1).replace(b"Police", b"&e; Police", 1)
            archive.writestr(name, content)
    (result,) = results(tmp_path / "..", "entity.docx", out.getvalue())
    assert not isinstance(result, Report) or "SECRET" not in result.text


def test_rich_text(tmp_path: Path) -> None:
    data = (
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 " + NEWS.replace("ministry", r"minist\'e8re").encode() + rb"\par " + OTHER.encode() + b"}"
    )
    assert one(tmp_path, "a.rtf", data).text.strip() == NEWS.replace("ministry", "ministère") + "\n" + OTHER


# Mail -------------------------------------------------------------------------------------------------------------


def message(headers: str = "", body: str = NEWS, kind: str = "text/plain; charset=utf-8") -> bytes:
    return (
        f"From: Jane Roe <jane@example.org>\r\nSubject: =?utf-8?q?Riot_in_M=C3=A1laga?=\r\nDate: Sat, 02 Mar 2019 10:00:00 +0100\r\n"
        f"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n{headers}Content-Type: {kind}\r\n\r\n{body}\r\n"
    ).encode()


def test_a_message(tmp_path: Path) -> None:
    report = one(tmp_path, "a.eml", message())
    assert (report.text.strip(), report.title, report.published) == (NEWS, "Riot in Málaga", "2019-03-02")
    assert report.found["published"] == "date header"


def test_only_a_newsletters_sender_is_an_outlet(tmp_path: Path) -> None:
    assert one(tmp_path, "a.eml", message()).outlet is None
    letter = message("List-Id: <news.example.org>\r\n").replace(b"Jane Roe", b"The Northern Gazette")
    assert one(tmp_path, "b.eml", letter).outlet == "The Northern Gazette"


def test_broken_headers_are_valid_unicode(tmp_path: Path) -> None:
    letter = message("List-Id: <news.example.org>\r\n").replace(b"From: Jane", b"From:\x80 Jane")
    report = one(tmp_path, "a.eml", letter)
    assert "Jane" in (report.outlet or "")
    assert (report.outlet or "").encode()


def test_html_mail_and_attachments(tmp_path: Path) -> None:
    parts = (
        "--b\r\nContent-Type: text/plain\r\n\r\nView this in your browser.\r\n"
        f"--b\r\nContent-Type: text/html\r\n\r\n<style>p {{}}</style><p>{NEWS}</p><p>{OTHER}</p>\r\n"
        '--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="notice.pdf"\r\n\r\nx\r\n--b--'
    )
    report, attachment = results(tmp_path, "a.eml", message(body=parts, kind='multipart/mixed; boundary="b"'))
    assert isinstance(report, Report)
    assert report.text == f"{NEWS}\n{OTHER}"
    assert isinstance(attachment, Failure)
    assert "notice.pdf" in attachment.error


def test_a_mailbox(tmp_path: Path) -> None:
    start = b"From jane@example.org Sat Mar  2 10:00:00 2019\r\n"
    second = message(body=OTHER + "\r\n\r\n>From here on the road was closed.")
    first, blank, last = results(tmp_path, "a.mbox", b"\r\n".join([start + message(), start + message(body=" "), start + second]))
    assert isinstance(first, Report)
    assert isinstance(last, Report)
    assert isinstance(blank, Failure)
    assert blank.where == "message 2"
    assert "\nFrom here on" in last.text


# Feeds ------------------------------------------------------------------------------------------------------------

RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Northern Gazette</title><language>en-gb</language>
<item><title>Riot</title><link>https://example.org/1</link><pubDate>Sat, 02 Mar 2019 10:00:00 GMT</pubDate>
<description>&lt;p&gt;{NEWS}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><title>Empty</title></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Southern Post</title><entry><title>March</title><id>1</id>
<published>2019-03-02T10:00:00Z</published><content type="html">&lt;p&gt;{OTHER}&lt;/p&gt;</content></entry></feed>"""


def test_rss(tmp_path: Path) -> None:
    report, empty = results(tmp_path, "a.xml", RSS.encode())
    assert isinstance(report, Report)
    assert (report.text, report.title, report.outlet) == (NEWS, "Riot", "Northern Gazette")
    assert (report.url, report.published, report.language) == ("https://example.org/1", "2019-03-02", "en")
    assert set(report.found) >= {"title", "published", "outlet", "url", "language"}
    assert isinstance(empty, Failure)
    assert empty.where == "item 2"


def test_atom(tmp_path: Path) -> None:
    report = one(tmp_path, "a.atom", ATOM.encode())
    assert (report.text, report.title, report.published, report.outlet) == (OTHER, "March", "2019-03-02", "Southern Post")


def test_entities_of_a_feed_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    entity = f'<!DOCTYPE rss [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'
    (tmp_path / "a.xml").write_text(RSS.replace('<?xml version="1.0"?>', entity).replace("Police", "&e; Police"))
    assert all("SECRET" not in getattr(r, "text", "") for r in read([str(tmp_path / "a.xml")]))


def test_control_characters_in_a_feed(tmp_path: Path) -> None:
    report = results(tmp_path, "a.xml", RSS.replace("&lt;p&gt;", "&lt;p&gt\x01;").encode())[0]
    assert isinstance(report, Report)
    assert NEWS in report.text


def test_xml_that_is_no_feed_is_named(tmp_path: Path) -> None:
    (failure,) = results(tmp_path, "a.xml", b"<?xml version='1.0'?><catalogue><book/></catalogue>")
    assert isinstance(failure, Failure)
    assert "no news feed" in failure.error


def test_an_item_whose_parts_are_none_has_no_text() -> None:
    """Found by `make soak`: feedparser gives None for what it cannot decode."""
    with pytest.raises(Unreadable, match="no text"):
        feed._report({"summary": None, "title": None, "content": [{"value": None}]}, {"title": None})

"""Zip archives: the files in them, and the traps."""

import gzip
import io
import stat
import zipfile

from dateline.read import archive as archives
from dateline.read import read
from dateline.records import Failure, Report

NEWS = "Police arrested nine rioters in the northern city on Sunday, and the ministry condemned the attack on the station."
OTHER = "Farmers blocked the bridge with their tractors on Monday and demanded talks with the government about prices."


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def results(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    return list(read([str(tmp_path / "a.zip")]))


def test_each_file_is_read_as_what_it_is(tmp_path):
    data = zipped(
        {
            "one.txt": NEWS,
            "folder/many.jsonl": '{"text": "' + OTHER + '"}\n{"text": 3}\n',
            "folder/.hidden": "x",
            "__MACOSX/one.txt": "x",
            "packed.gz": gzip.compress(NEWS.replace("nine", "ten").encode()),
            "image.png": b"\x89PNG\r\n\x1a\n",
        }
    )
    one, two, broken, packed, image = results(tmp_path, data)
    assert [r.text for r in (one, two, packed)] == [NEWS, OTHER, NEWS.replace("nine", "ten")]
    assert (broken.where, image.where) == ("folder/many.jsonl line 2", "image.png")


def test_names_that_lead_out_are_refused_beside_the_good(tmp_path):
    out = results(tmp_path, zipped({"../out.txt": NEWS, "/abs.txt": NEWS, "..\\win.txt": NEWS, "C:\\win.txt": NEWS, "good.txt": OTHER}))
    assert [isinstance(r, Failure) for r in out] == [True] * 4 + [False]
    assert all("leads out" in r.error for r in out[:4])
    assert out[4].text == OTHER


def test_links_are_not_followed(tmp_path):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    (failure,) = results(tmp_path, out.getvalue())
    assert "link" in failure.error


def test_archives_in_archives_have_a_bound(tmp_path):
    data = zipped({"a.txt": NEWS})
    for _ in range(2):
        data = zipped({"in.zip": data})
    (report,) = results(tmp_path, data)
    assert isinstance(report, Report)
    (failure,) = results(tmp_path, zipped({"in.zip": data}))
    assert "nested more than 3" in failure.error


def test_all_archives_within_share_one_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(archives.Budget, "__init__", lambda self, left=300_000: setattr(self, "left", left))
    big = "Police said so. " * 10_000
    out = results(tmp_path, zipped({"a.txt": big, "in.zip": zipped({"b.txt": big.replace("P", "p")}), "c.txt": NEWS}))
    assert isinstance(out[0], Report)
    assert "decompressed" in out[-1].error
    assert len(out) < 4


def test_a_damaged_member_is_named_beside_the_good(tmp_path):
    data = bytearray(zipped({"a.txt": NEWS, "b.txt": OTHER}, zipfile.ZIP_STORED))
    at = data.index(NEWS.encode())
    data[at : at + 5] = b"XXXXX"
    bad, good = results(tmp_path, bytes(data))
    assert (bad.where, "damaged" in bad.error) == ("a.txt", True)
    assert good.text == OTHER


def test_a_cut_archive_and_an_empty_one(tmp_path):
    data = zipped({"a.txt": NEWS})
    (cut,) = results(tmp_path, data[: len(data) // 2])
    assert "damaged" in cut.error
    (empty,) = results(tmp_path, zipped({}))
    assert "without files" in empty.error

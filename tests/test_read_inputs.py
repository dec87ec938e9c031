"""What is found: files, folders, globs, standard input; and what of it cannot be opened."""

import gzip
import io
import os
import socket
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from dateline.read import read
from dateline.records import Failure, Report

GOOD = "Police in Calais arrested fourteen people on Saturday after a protest, officials said.\n"


def texts(*inputs, **options):
    return [result.text for result in read(map(str, inputs), **options) if isinstance(result, Report)]


def failures(*inputs):
    return [result for result in read(map(str, inputs)) if isinstance(result, Failure)]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def stdin(monkeypatch, data: bytes):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_file(tmp_path):
    [report] = read([str(write(tmp_path / "a.txt", GOOD))])
    assert report.text == GOOD
    assert report.id == report.sha256[:16]


def test_a_path_and_a_single_string_are_taken_too(tmp_path):
    path = write(tmp_path / "a.txt", GOOD)
    assert [report.text for report in read([path])] == [GOOD]  # type: ignore[list-item]
    assert [report.text for report in read(str(path))] == [GOOD]


def test_a_folder_is_read_in_order_below_without_the_hidden(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "c.txt", ".hidden.txt", ".git/x.txt"):
        write(tmp_path / name, f"{name}: {GOOD}")
    assert [text.partition(":")[0] for text in texts(tmp_path)] == ["a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]


def test_a_hidden_file_is_read_if_named(tmp_path):
    assert texts(write(tmp_path / ".hidden.txt", GOOD)) == [GOOD]


def test_a_folder_with_nothing_to_read(tmp_path):
    write(tmp_path / ".hidden.txt", GOOD)
    [failure] = failures(tmp_path)
    assert failure.input == str(tmp_path)
    assert "no files" in failure.error


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["a.txt", "b[1].txt"]),
        ("**/*.txt", ["a.txt", "b[1].txt", "d/e.txt", "d/f/g.txt"]),
        ("?/e.txt", ["d/e.txt"]),
        ("d/*", ["d/e.txt", "d/f/g.txt"]),
        ("[ab]*", ["a.txt", "b[1].txt"]),
        ("b[1].txt", ["b[1].txt"]),  # a file of this name is that file
        (".*.txt", [".h.txt"]),
    ],
)
def test_globs(tmp_path, pattern, names):
    for name in ("a.txt", "b[1].txt", "c.md", "d/e.txt", "d/f/g.txt", ".h.txt", ".x/y.txt"):
        write(tmp_path / name, f"{name}: {GOOD}")
    assert [text.partition(":")[0] for text in texts(tmp_path / pattern)] == names


def test_a_relative_glob(tmp_path, monkeypatch):
    write(tmp_path / "a.txt", GOOD)
    monkeypatch.chdir(tmp_path)
    assert texts("*.txt") == texts("**/*.txt") == [GOOD]


@pytest.mark.parametrize("data", [GOOD.encode(), gzip.compress(GOOD.encode(), mtime=0)])
def test_standard_input(monkeypatch, data):
    stdin(monkeypatch, data)
    assert texts("-") == [GOOD]


def test_standard_input_that_is_empty_or_missing(monkeypatch):
    stdin(monkeypatch, b"")
    [failure] = failures("-")
    assert (failure.input, failure.error) == ("-", "it is empty")
    monkeypatch.setattr(sys, "stdin", None)
    assert len(failures("-")) == 1


def test_lines_of_a_pipe_are_read_while_it_is_open():
    """A first report comes before the pipe is closed, once the head is full."""
    code = "import sys\nfrom dateline.read import read\nfor report in read(['-']):\n    print(report.id, flush=True)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"".join(b'{"id": %d, "language": "en", "text": "%s"}\n' % (i, b"word " * 100) for i in range(50)))
    process.stdin.flush()
    assert process.stdout.readline() == b"0\n"
    process.stdin.close()
    assert len(process.stdout.readlines()) == 49
    assert process.wait(10) == 0


def test_each_bad_input_is_a_failure_beside_the_good(tmp_path, monkeypatch):
    good = write(tmp_path / "good.txt", GOOD)
    os.mkfifo(tmp_path / "fifo")
    os.symlink(tmp_path / "nothing", tmp_path / "dangling")
    os.symlink(tmp_path / "self", tmp_path / "self")
    listener = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(tmp_path)  # the path of a socket is at most 108 characters
    listener.bind("socket")
    bad = {
        str(tmp_path / "missing.txt"): "no such file",
        str(tmp_path / "missing*"): "no file matches",
        str(tmp_path / "fifo"): "a pipe",
        "socket": "a socket",
        "/dev/null": "a device",
        str(tmp_path / "dangling"): "not there",
        str(tmp_path / "self"): "back to itself",
        "": "no such file",
        "a\0b": "no such file",
        "x" * 5000: "no such file",
    }
    results = list(read([*bad, str(good)]))
    listener.close()
    assert isinstance(results[-1], Report)
    for (name, error), failure in zip(bad.items(), results, strict=False):
        assert isinstance(failure, Failure)
        assert (failure.input, failure.step) == (name, "read")
        assert error in failure.error
        assert failure.advice


def test_bad_files_in_a_folder_do_not_stop_it(tmp_path):
    os.mkfifo(tmp_path / "a")
    os.symlink("nothing", tmp_path / "b")
    write(tmp_path / "c.txt", GOOD)
    kinds = [type(result) for result in read([str(tmp_path)])]
    assert kinds == [Failure, Failure, Report]


def test_links_are_followed_but_not_in_circles(tmp_path):
    write(tmp_path / "elsewhere/a.txt", GOOD)
    write(tmp_path / "top/b.txt", "b: " + GOOD)
    os.symlink(tmp_path / "elsewhere", tmp_path / "top/link")
    os.symlink(tmp_path / "top", tmp_path / "top/loop")
    os.symlink(tmp_path / "top/loop", tmp_path / "elsewhere/loop")
    assert texts(tmp_path / "top") == ["b: " + GOOD, GOOD]
    assert {failure.input for failure in failures(tmp_path / "top")} == {str(tmp_path / "top/loop"), str(tmp_path / "top/link/loop")}


def test_a_deep_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(400):
        os.mkdir("d")
        os.chdir("d")
    Path("a.txt").write_text(GOOD)
    os.chdir(tmp_path)
    assert texts("d") == [GOOD]


def test_permission_denied(tmp_path, monkeypatch):
    bad, good = write(tmp_path / "a.txt", "x"), write(tmp_path / "b.txt", GOOD)
    real_open = open

    def refuse(path, *args):
        if path == str(bad):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *args)

    monkeypatch.setattr("builtins.open", refuse)  # the tests may run as root, who may read everything
    failure, report = read([str(tmp_path)])
    assert (failure.input, failure.error) == (str(bad), "permission denied")
    assert report.text == good.read_text()


def test_permission_denied_for_a_folder(tmp_path, monkeypatch):
    write(tmp_path / "a/b.txt", "x")
    write(tmp_path / "c.txt", GOOD)
    real_scandir = os.scandir

    def refuse(path):
        if str(path).endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    failure, report = read([str(tmp_path)])
    assert failure.error == "permission denied"
    assert report.text == GOOD


def test_a_name_that_is_not_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(b"")
    [failure] = read([str(tmp_path)])
    assert failure.input.endswith("caf\\xe9.txt")


def test_the_same_report_is_read_once(tmp_path):
    a, b = write(tmp_path / "a.txt", GOOD), write(tmp_path / "b.txt", GOOD)
    assert texts(a, b, a) == [GOOD]
    assert failures(a, b, a) == []


def test_the_same_id_with_another_text_names_both(tmp_path):
    a = write(tmp_path / "a.jsonl", '{"id": "x", "text": "One was arrested."}\n')
    b = write(tmp_path / "b.jsonl", '{"id": "y", "text": "Two were arrested."}\n{"id": "x", "text": "Three were arrested."}\n')
    *reports, failure = read([str(a), str(b)])
    assert [report.id for report in reports] == ["x", "y"]
    assert (failure.input, failure.where, failure.report) == (str(b), "line 2", "x")
    assert f"{a} line 1" in failure.error
    assert f"{b} line 2" in failure.error


def test_reading_is_lazy(tmp_path):
    write(tmp_path / "a.txt", GOOD)

    def inputs():
        yield str(tmp_path / "a.txt")
        raise AssertionError("asked for more than was needed")

    assert next(read(inputs())).text == GOOD


def test_memory_is_flat_over_many_lines(tmp_path):
    """Ten times the reports need no more memory: no list of lines, no set of ids."""

    def peak(count):
        path = tmp_path / f"{count}.jsonl"
        with open(path, "w") as file:
            for i in range(count):
                file.write(f'{{"id": "report-{i:060}", "language": "en", "text": "Report {i}: police arrested fourteen people."}}\n')
        tracemalloc.start()
        try:
            assert sum(isinstance(result, Report) for result in read([str(path)])) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(20_000) < peak(2_000) + 100_000
    assert peak(20_000) < 1_500_000


def test_memory_is_flat_over_many_files(tmp_path):
    def peak(count):
        for i in range(count):
            write(tmp_path / str(count) / f"{i:05}.txt", f"Report {i}: police arrested.")
        tracemalloc.start()
        try:
            assert len(texts(tmp_path / str(count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(2000) < peak(100) + 1000 * 2000  # the sorted names of a folder, and the texts that this test holds
    assert peak(100) < 2_500_000


def test_heavy_libraries_wait_until_they_are_needed():
    heavy = ["trafilatura", "htmldate", "lxml", "numpy", "py3langid", "charset_normalizer", "backports.zstd"]
    code = f"import sys; from dateline.read import read; list(read(['/nonexistent'])); print([m for m in {heavy} if m in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment).stdout == "[]\n"

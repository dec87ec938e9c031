"""The built wheel works away from the checkout: installed in an empty venv, it codes a report."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from dateline.publish import jsonl

ROOT = Path(__file__).parent.parent


def run(*command: object, where: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run([*map(str, command)], cwd=where, env=clean, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_codes_a_report_in_an_empty_venv(tmp_path: Path) -> None:
    pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
    run(sys.executable, *pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, ROOT, where=tmp_path)
    (wheel,) = tmp_path.glob("dateline-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"dateline/weights/model.onnx", "dateline/codebooks/plover.toml"} <= set(names)
    assert not [n for n in names if n.startswith(("corpus/", "training/", "tests/"))]

    run(sys.executable, "-m", "venv", "venv", where=tmp_path)
    run("venv/bin/python", *pip, "install", "--no-compile", "--require-hashes", "-r", ROOT / "requirements.lock", where=tmp_path)
    run("venv/bin/python", *pip, "install", "--no-deps", wheel, where=tmp_path)
    (tmp_path / "report.txt").write_text("Some 200 dockers blocked the port of Calais on Monday. Police arrested nine of the strikers.")
    run("venv/bin/dateline", "code", "report.txt", "-o", "coded.jsonl", where=tmp_path)
    (coded,) = jsonl.read(tmp_path / "coded.jsonl")
    assert "COERCE" in {e.type for e in coded.events}
    assert str(tmp_path) in run("venv/bin/python", "-c", "import dateline; print(dateline.__file__)", where=tmp_path)

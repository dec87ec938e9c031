"""The documentation is run: the README's commands work as they stand, and no verb or make target is left undocumented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dateline.cli import parser
from dateline.records import digest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.split("  #")[0].strip() for line in README.splitlines() if re.match(r"(cat .* \| )?dateline ", line)]


def test_the_commands_of_the_readme_work_in_their_order(tmp_path: Path) -> None:
    example = (ROOT / "examples" / "strike.txt").read_text(encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "report.txt").write_text(example, encoding="utf-8")
    for name, source in (("page.html", "ministry.html"), ("folder/court.txt", "court.txt"), ("reports.jsonl", "reports.jsonl")):
        (tmp_path / name).write_bytes((ROOT / "examples" / source).read_bytes())
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    assert len(COMMANDS) >= 6
    for command in COMMANDS:
        real = command.replace("REPORT", digest(example)[:16])
        done = subprocess.run(
            ["bash", "-c", real], cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{real}\n{done.stderr}"
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8").count("\n") == 3  # report, page and folder; before one was forgotten


def verbs() -> list[str]:
    (actions,) = (a for a in parser()._actions if a.choices and not a.option_strings)
    return list(actions.choices or ())


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert f"dateline {verb} " in README


def test_every_file_that_the_documentation_links_to_is_there() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "training/README.md", "docs/examples.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8")):
            assert (ROOT / page).parent.joinpath(link).exists(), f"{page}: {link}"


def test_every_path_in_contributing_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:dateline|training|corpus|docs|tests)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path


def test_every_example_is_described() -> None:
    described = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    for file in (ROOT / "examples").iterdir():
        assert f"`{file.name}`" in described


def test_no_file_names_a_package_index() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    assert len(list(filter(None, files))) > 50
    bad = re.compile(r"(index-url|resolved|registry)\S*[\"' :=]+https?://|https?://\S+/simple\b", re.IGNORECASE)
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix not in (".onnx", ".py") and path.exists():
            assert not bad.search(path.read_text(encoding="utf-8", errors="ignore")), name

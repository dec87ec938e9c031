"""Imports point down only, and neighbours in a row never import each other (deferred imports included)."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "dateline"
ROWS = [
    {"cli"},
    {"web", "publish", "evaluate", "learn"},
    {"pipeline"},
    {"read", "extract", "link", "engines"},
    {"resolve"},
    {"encode", "store"},
    {"codebook", "harm"},
    {"records", "limit"},
]
RANK = {name: len(ROWS) - i for i, row in enumerate(ROWS) for name in row}


def imports(file: Path) -> set[str]:
    """The rooms that a file imports, `dateline` itself (its version) left out."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "dateline" else [module]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("dateline.")}
    return found - {"__version__"}


def test_every_module_has_a_place_in_the_house() -> None:
    rooms = {p.stem for p in PACKAGE.iterdir() if (p.suffix == ".py" or (p / "__init__.py").exists()) and p.stem != "__init__"}
    assert rooms <= set(RANK), f"no row for {rooms - set(RANK)}"


def test_imports_point_down_only() -> None:
    wrong = []
    for file in PACKAGE.rglob("*.py"):
        room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        wrong += [
            f"{file.name}: {room} imports {other}"
            for other in imports(file)
            if room in RANK and other != room and RANK[other] >= RANK[room]
        ]
    assert not wrong


def test_the_check_sees_what_it_is_for(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from dateline.publish import jsonl\n    from dateline import cli\n    import dateline.store.runs\n")
    assert imports(bad) == {"publish", "cli", "store"}


def test_torch_stays_out_of_the_package() -> None:
    for file in PACKAGE.rglob("*.py"):
        assert not re.search(r"^\s*(import|from) torch", file.read_text(encoding="utf-8"), re.M) or file.is_relative_to(
            PACKAGE / "learn"
        ), file

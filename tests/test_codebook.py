"""Codebooks are data: the shipped one says what PLOVER says, and a mistake in one is named."""

from pathlib import Path

import pytest

from dateline import codebook as codebooks
from dateline.codebook import CodebookError, parse

SMALL = """
name = "small"
version = "1"
[roles]
actor = "does it"
[types.PROTEST]
quad = "material conflict"
definition = "people in the street"
"""


def test_plover_has_its_types_modes_contexts_and_sectors() -> None:
    plover = codebooks.load()
    assert len(plover.types) == 16
    assert sum(len(t.modes) for t in plover.types.values()) == 67
    assert len(plover.contexts) == 37
    assert len(plover.sectors) == 32
    assert {t.quad for t in plover.types.values()} == {"verbal cooperation", "material cooperation", "verbal conflict", "material conflict"}
    assert set(plover.roles) == {"actor", "recipient", "target", "instrument"}


def test_muc4_has_its_incident_types_and_slots() -> None:
    muc4 = codebooks.load("muc4")
    assert list(muc4.types) == ["attack", "bombing", "kidnapping", "arson", "robbery", "forced work stoppage"]
    assert list(muc4.roles) == ["PerpInd", "PerpOrg", "Target", "Victim", "Weapon"]
    assert muc4.unit == "template"


def test_a_file_is_a_codebook_too(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    assert list(codebooks.load(str(tmp_path / "small.toml")).types) == ["PROTEST"]


def test_another_definition_is_another_codebook() -> None:
    assert parse(SMALL, "a").digest == parse(SMALL, "b").digest
    assert parse(SMALL, "a").digest != parse(SMALL.replace("street", "square"), "a").digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "mine.toml: Invalid value"),
        (SMALL.replace('quad = "material conflict"', ""), "types"),
        (SMALL.replace("definition", "defnition = 'x'\ndefinition"), "types.PROTEST.defnition"),
        (SMALL.replace('version = "1"', "version = 1"), "version"),
        (SMALL.replace('version = "1"', 'version = "1"\nunit = "report"'), "unit"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(CodebookError, match=said):
        parse(text, "mine.toml")


@pytest.mark.parametrize(
    "table", ["type,modes,code\nPROTEST,,14\n", "type,modes,when,code\nPROTEST,14\n", "kind,modes,when,code\nPROTEST,,,14\n"]
)
def test_a_mistake_in_a_table_is_named(tmp_path: Path, table: str) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "small.cameo.csv").write_text(table)
    with pytest.raises(CodebookError, match=r"small\.cameo\.csv, line 2"):
        codebooks.load(str(tmp_path / "small.toml"))


def test_an_unknown_codebook_says_which_there_are() -> None:
    with pytest.raises(CodebookError, match="plover"):
        codebooks.load("no-such-codebook")

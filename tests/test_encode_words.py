"""Texts as words: offsets hold for any text, and windows cover it all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from dateline.encode import words
from dateline.encode.model import WEIGHTS
from dateline.encode.words import shape, split, windows

TOKENIZER = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))


@given(st.lists(st.text(max_size=300), max_size=3))
def test_words_stand_in_order_within_any_text(texts: list[str]) -> None:
    for text, w in zip(texts, split(texts, TOKENIZER), strict=True):
        assert all(0 <= s < e <= len(text) for s, e in zip(w.starts, w.ends, strict=True))
        assert all(a <= b for a, b in zip(w.ends, w.starts[1:], strict=False))
        assert len(w.word_of) == len(w.pieces)
        assert (w.word_of[w.first] == range(len(w))).all()


def test_an_article_a_preposition_or_a_comma_closes_no_name() -> None:
    text = "The envoy of the U.S., who met “The Twelve” in Lima"
    (w,) = split([text], TOKENIZER)
    open_ones = [text[s:e] for s, e, closes in zip(w.starts, w.ends, w.closes, strict=True) if not closes]
    assert open_ones == ["The", "of", "the", ",", "“", "The", "in"]


def test_words_of_a_stretch() -> None:
    text = "Dockers blocked the port."
    (w,) = split([text], TOKENIZER)
    assert w.at(8, 15) == (1, 2)
    assert w.at(9, 21) == (1, 4)
    assert w.at(7, 8) == (1, 1)


@given(st.integers(0, 5000))
def test_windows_cover_every_piece_and_each_is_owned_once(pieces: int) -> None:
    ranges = windows(pieces)
    owned = words.owned(ranges)
    assert [p for a, b in owned for p in range(a, b)] == list(range(pieces))
    for (lo, hi), (a, b) in zip(ranges, owned, strict=True):
        assert lo <= a <= b <= hi
        assert hi - lo <= words.WINDOW - 2


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("port", 1),
        ("Port", 2),
        ("A", 2),
        ("NATO", 3),
        ("McKay", 4),
        ("1994", 5),
        ("3rd", 6),
        ("—", 7),
        ("Élan", 10),
        ("été", 9),
        ("日本", 9),
    ],
)
def test_shapes(word: str, kind: int) -> None:
    assert shape(word) == kind

"""Sentences and passages cover a text in order."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dateline.extract.sentences import holding, passages, sentences
from dateline.records import span_of

TEXT = "Gen. Hassan met Mr. Lee on Jan. 5. Talks failed.\n\nA headline without a stop\n\n“Go home!” he said."


def test_sentences_are_spans_of_the_text() -> None:
    found = sentences(TEXT)
    assert [s.text for s in found] == [
        "Gen. Hassan met Mr. Lee on Jan. 5.",
        "Talks failed.",
        "A headline without a stop",
        "“Go home!” he said.",
    ]
    assert all(TEXT[s.start : s.end] == s.text for s in found)


@given(st.text(max_size=300))
def test_any_text_is_parted_in_order(text: str) -> None:
    found = sentences(text)
    assert all(text[s.start : s.end] == s.text for s in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_the_sentences_that_hold_spans() -> None:
    found = sentences(TEXT)
    failed, met = span_of(TEXT, TEXT.index("failed"), TEXT.index("failed") + 6), span_of(TEXT, 12, 15)
    assert [s.text for s in holding(found, [failed, met, met])] == ["Gen. Hassan met Mr. Lee on Jan. 5.", "Talks failed."]


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(1, 50))
def test_passages_cover_all_words_and_are_never_too_long(lengths: list[int], longest: int) -> None:
    text, starts = "", []
    for length in lengths:
        for _ in range(length):
            starts.append(len(text))
            text += "w "
    spans, at = [], 0
    for length in lengths:
        spans.append(span_of(text, 2 * at, 2 * (at + length) - 1))
        at += length
    made = passages(starts, spans, longest)
    assert [w for a, b in made for w in range(a, b)] == list(range(len(starts)))
    assert all(b - a <= longest for a, b in made)
    opens = {s.start // 2 for s in spans}
    if lengths and max(lengths) <= longest:
        assert all(a in opens for a, _ in made)

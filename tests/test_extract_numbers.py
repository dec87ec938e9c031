"""What number words count, with the bounds that the conventions give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.extract.numbers import read


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("at least 12 people", 12, None),
        ("up to 40 boats", None, 40),
        ("as many as 40", None, 40),
        ("dozens of women", 24, None),
        ("hundreds", 200, None),
        ("several hundred students", 200, None),
        ("some hundreds", 200, None),
        ("more than 200 lorries", 200, None),
        ("nearly 200", 200, 200),
        ("thousands of people", 2000, None),
        ("Some 200 farmers", 200, 200),
        ("about 200", 200, 200),
        ("between 30 and 40 men", 30, 40),
        ("30 to 40 men", 30, 40),
        ("No one was hurt", 0, 0),
        ("nobody", 0, 0),
        ("twenty-one", 21, 21),
        ("two hundred and five", 205, 205),
        ("two thousand five hundred", 2500, 2500),
        ("1,200 people", 1200, 1200),
        ("1.5 million", 1_500_000, 1_500_000),
        ("a dozen officers", 12, 12),
        ("two dozen", 24, 24),
        ("two police officers and three soldiers", 2, 2),
        ("no more than 40 people", None, 40),
        ("no fewer than 12 people", 12, None),
        ("not more than 12", None, 12),
        ("tens of thousands of people", 20_000, None),
        ("hundreds of thousands", 200_000, None),
        ("half a million", 500_000, 500_000),
        ("2.5m people", 2_500_000, 2_500_000),
        ("12, 13 and 14 people", 12, 12),
        ("300, 200 of them women", 300, 300),
        ("a 15-year-old boy and two men", 2, 2),
        ("30 or 40 youths", 30, 40),
    ],
)
def test_bounds(text: str, low: int | None, high: int | None) -> None:
    bounds = read(text)
    assert bounds is not None
    assert (bounds.low, bounds.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "the farmers of the valley",
        "",
        "The 35-year-old man",
        "M23 rebels",
        "G7 leaders",
        "the March 23 Movement",
        "the 101st Airborne",
        "the 2019 protesters",
        "50 percent of workers",
        "50% of workers",
        "two-thirds of members",
        "1" * 400,
        "one" + " hundred" * 160,
    ],
)
def test_what_counts_no_people_has_none(text: str) -> None:
    assert read(text) is None


def test_the_place_is_that_of_the_words() -> None:
    bounds = read("police said at least 12 people fell")
    assert bounds is not None
    assert "police said at least 12 people fell"[bounds.start : bounds.end] == "at least 12"


@given(st.integers(1, 1700) | st.integers(2200, 10**9))
def test_digits_are_read_with_and_without_separators(n: int) -> None:
    for text in (f"{n} people", f"{n:,} people"):
        bounds = read(text)
        assert bounds is not None
        assert bounds.low == bounds.high == n


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    bounds = read(text)
    assert bounds is None or 0 <= bounds.start <= bounds.end <= len(text)

"""How numbers, dates and counts are said."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dashboard.components.national import coverage
from dashboard.components.words import formatting as say

AS_AT = date(2025, 6, 1)


def test_dates_are_written_out() -> None:
    assert say.day(date(2025, 3, 4)) == "4 March 2025"
    assert say.short_day(date(2025, 9, 30)) == "30 Sep 2025"
    assert say.month(date(2025, 12, 1)) == "December 2025"


def test_none_is_not_known_and_never_nought() -> None:
    functions = (say.day, say.short_day, say.month, say.number, say.percent)
    for function in (*functions, say.span, say.size, say.change):
        assert function(None) == "not known"
    assert say.n_of(None, 8) == say.n_of(6, None) == say.share(None, 8) == "not known"
    assert say.age(None, AS_AT) == "not known"
    assert say.plural(None, "dataset") == "datasets: not known"


def test_numbers_have_separators() -> None:
    assert say.number(1234567) == "1,234,567"
    assert say.number(0) == "0"
    assert say.number(1234.56, decimals=1) == "1,234.6"


def test_a_share_keeps_its_count() -> None:
    assert say.share(6, 8) == "6 of 8 (75%)"
    assert say.share(0, 0) == "0 of 0"


@pytest.mark.parametrize(
    ("count", "total", "words"),
    [(0, 300, "0%"), (1, 300, "under 1%"), (299, 300, "over 99%"), (300, 300, "100%")],
)
def test_nothing_and_everything_are_exact(count: int, total: int, words: str) -> None:
    assert say.percent(count / total) == words


def test_changes_carry_their_sign() -> None:
    assert say.change(1200) == "+1,200"
    assert say.change(-3) == "−3"
    assert say.change(0) == say.change(0.2) == "no change"


def test_nouns_agree_with_their_number() -> None:
    assert say.plural(1, "dataset") == "1 dataset"
    assert say.plural(0, "dataset") == "0 datasets"
    assert say.plural(1200, "authority", "authorities") == "1,200 authorities"


def test_lists_are_joined_in_words() -> None:
    assert say.list_of([]) == ""
    assert say.list_of(["a"]) == "a"
    assert say.list_of(["a", "b"]) == "a and b"
    assert say.list_of(["a", "b", "c"], joiner="or") == "a, b or c"


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (date(2025, 6, 1), "today"),
        (date(2025, 5, 31), "yesterday"),
        (date(2025, 5, 19), "13 days ago"),
        (date(2025, 5, 18), "2 weeks ago"),
        (date(2025, 4, 1), "2 months ago"),
        (date(2025, 2, 28), "3 months ago"),
        (date(2023, 5, 1), "2 years ago"),
        (datetime(2025, 5, 31, 23, 59), "yesterday"),
        (date(2025, 6, 11), "in 10 days"),
    ],
)
def test_ages_are_counted_to_the_date_of_the_data(then: date, words: str) -> None:
    assert say.age(then, AS_AT) == words


def test_spans_never_shrink_as_days_grow() -> None:
    units = ("day", "week", "month", "year")
    before = (0, -1)
    for days in range(5000):
        count, unit = say.span(days).split()
        now = (units.index(unit.removesuffix("s")), int(count))
        assert now >= before, days
        before = now


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (12_345, "12 kB"),
        (999_600, "1.0 MB"),
        (20_000_000, "20 MB"),
        (5 * 10**15, "5,000 TB"),
    ],
)
def test_sizes(count: int, words: str) -> None:
    assert say.size(count) == words


def test_sentences_begin_and_end_properly() -> None:
    assert say.sentence("the endpoint answered 404") == "The endpoint answered 404."
    assert say.sentence("Is it?") == "Is it?"
    assert say.sentence("  ") == ""


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([("London", "3 of 8")], "London: 3 of 8"),
        ([("East", "3 of 8"), ("West", "3 of 8")], "East and West: 3 of 8 each"),
        ([("East", "3 of 8"), ("West", "6 of 16")], "East: 3 of 8 and West: 6 of 16"),
        ([(name, "0 of 8") for name in "ABCDE"], "A, B, C and 2 more: 0 of 8 each"),
    ],
)
def test_equals_are_named_together(items: list[tuple[str, str]], words: str) -> None:
    assert say.alike(items) == words


def test_the_ends_of_a_ranking_have_all_that_are_equal() -> None:
    ranking = [(0.5, "East", "4 of 8"), (0.5, "West", "4 of 8"), (0.1, "London", "1 of 10")]
    assert coverage.ends(ranking) == ("East and West: 4 of 8 each", "London: 1 of 10")
    assert coverage.ends(ranking[:2]) == ("East and West: 4 of 8 each", "")

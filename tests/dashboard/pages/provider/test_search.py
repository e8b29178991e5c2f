"""Finding an organisation by what people type."""

from __future__ import annotations

import pytest

from dashboard.pages.provider.search import because, find, plain
from tests.support.provider_rows import body

ROWS = [
    body("XAB", "Abbeyford Borough Council"),
    body("XKL", "King's Lynn and West Norfolk Borough Council", statistical_geography=None),
    body("XYN", "Cyngor Ynys Môn", statistical_geography="W06000001"),
    body("LBH", "London Borough of Lambeth", statistical_geography="E09000022"),
    body("XNB", "Newbridge City Council", former_names=("Oldbridge Borough Council",)),
    body("XNO", None, statistical_geography=None),
]


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("lambeth", "LBH"),
        ("LBH", "LBH"),
        ("lbh", "LBH"),
        ("local-authority:LBH", "LBH"),
        ("e09000022", "LBH"),
        ("E0900002", "LBH"),
        ("kings lynn", "XKL"),
        ("King’s Lynn", "XKL"),
        ("west norf", "XKL"),
        ("ynys mon", "XYN"),
        ("Ynys Môn", "XYN"),
        ("oldbridge", "XNB"),
        ("lambth", "LBH"),
        ("abeyford", "XAB"),
        ("kings lyn west norfok", "XKL"),
        ("XNO", "XNO"),
        ("xno", "XNO"),
    ],
)
def test_the_first_found_is_the_one_meant(typed: str, matches: str) -> None:
    assert find(ROWS, typed)[0].organisation == f"local-authority:{matches}"


def test_without_words_everybody_is_found_in_their_order() -> None:
    assert find(ROWS, "") == ROWS
    assert find(ROWS, " !? ") == ROWS


def test_nonsense_finds_nobody() -> None:
    assert find(ROWS, "zzzzqq") == []
    assert find(ROWS, "<script>alert(1)</script>") == []


def test_names_that_begin_with_the_words_come_first() -> None:
    rows = [body("A", "East Wood Council"), body("B", "Woodford Council"), body("C", "Wood")]
    assert [row.organisation[-1] for row in find(rows, "wood")] == ["C", "B", "A"]


def test_words_are_compared_without_marks_and_accents() -> None:
    assert plain("  King’s-Lynn, & Môn ") == "kings lynn mon"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ynys Mon", "Cyngor Sir Ynys Môn"),
        ("tŷ ddŵr", "Tŷ Ddŵr Council"),
        ("ty ddwr", "Tŷ Ddŵr Council"),
        ("TŶ DDŴR", "tŷ ddŵr council"),
        ("kings lynn", "Borough Council of King's Lynn and West Norfolk"),
        ("King‘s Lynn", "Borough Council of King's Lynn and West Norfolk"),
        ("Buckingamshire", "Buckinghamshire Council"),
        ("bukinghamshre", "Buckinghamshire Council"),
        ("kensington & chelsea", "Royal Borough of Kensington and Chelsea"),
    ],
)
def test_names_are_found_however_they_are_spelt(typed: str, name: str) -> None:
    rows = [body("XAB", "Abbeyford Borough Council"), body("ZZZ", name)]
    assert [row.name for row in find(rows, typed)] == [name]


@pytest.mark.parametrize("typed", ["bucki", "buckin", "buckinga", "buckingam", "buckingamsh"])
def test_a_misspelt_name_is_found_while_it_is_typed(typed: str) -> None:
    rows = [*ROWS, body("BUC", "Buckinghamshire Council")]
    assert [row.organisation for row in find(rows, typed)] == ["local-authority:BUC"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("oldbridge", "Formerly Oldbridge Borough Council"),
        ("newbridge", None),
        ("bridge", None),
        ("", None),
        ("zzz", None),
    ],
)
def test_it_is_said_why_a_name_is_found_that_does_not_show_it(typed: str, why: str | None) -> None:
    assert because(ROWS[4], typed) == why


def test_an_ons_code_typed_is_said() -> None:
    assert because(ROWS[3], "E09000022") == "ONS code E09000022"
    assert because(ROWS[3], "e0900") == "ONS code E09000022"
    assert because(ROWS[3], "LBH") is None

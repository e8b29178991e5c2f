"""Finding an organisation by what people type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.pages.provider import search
from dashboard.pages.provider.search import find_datasets, members_of, plain
from performance_store.readers.registers import Registers
from performance_store.rows import Dataset, OrganisationCounts
from tests.support.provider_rows import body
from tests.support.real_store import real_app
from tests.support.servers import Filled

ROWS = [
    body("XAB", "Abbeyford Borough Council"),
    body("XKL", "King's Lynn and West Norfolk Borough Council", statistical_geography=None),
    body("XYN", "Cyngor Ynys Môn", statistical_geography="W06000001"),
    body("LBH", "London Borough of Lambeth", statistical_geography="E09000022"),
    body("XNB", "Newbridge City Council", former_names=("Oldbridge Borough Council",)),
    body("XNO", None, statistical_geography=None),
]


def find(rows: Sequence[OrganisationCounts], typed: str) -> list[OrganisationCounts]:
    return search.find(rows, typed, members_of(rows))


def because(row: OrganisationCounts, typed: str) -> str | None:
    return search.because(row, typed, {})


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


UNIT = replace(
    body("", None, statistical_geography=None),
    organisation="local-planning-group:BAB-MSU",
    type="local-planning-group",
    is_lpa=False,
)
OTHERS = [
    body("KEN", None, statistical_geography=None, is_lpa=False),
    body("ESS", None, statistical_geography=None, is_lpa=False),
    body("KEC", "Royal Borough of Kensington and Chelsea"),
    body("LBH", "London Borough of Lambeth"),
    body("HAV", "London Borough of Havering"),
    body("BAS", "Bath and North East Somerset Council"),
    body("NSM", "North Somerset Council"),
    body("BAB", "Babergh District Council"),
    body("MSU", "Mid Suffolk District Council"),
    UNIT,
    replace(
        body("", "London Legacy Development Corporation"),
        organisation="development-corporation:Q6670544",
    ),
    replace(
        body("", "Old Oak and Park Royal Development Corporation"),
        organisation="development-corporation:Q20648596",
    ),
]


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("Kent", ["KEN"]),
        ("essex county", ["ESS"]),
        ("RBKC", ["KEC"]),
        ("K&C", ["KEC", "KEN"]),
        ("LLDC", ["Q6670544"]),
        ("OPDC", ["Q20648596"]),
        ("LBH", ["LBH", "HAV"]),
        ("BANES", ["BAS"]),
        ("joint unit", ["BAB-MSU"]),
        ("Babergh", ["BAB", "BAB-MSU"]),
        ("northsomerset", ["NSM"]),
        ("kensignton", ["KEC"]),
    ],
)
def test_bodies_of_every_kind_are_found_by_what_people_call_them(
    typed: str, matches: list[str]
) -> None:
    assert [row.organisation.split(":")[1] for row in find(OTHERS, typed)] == matches


def test_it_is_said_what_is_found() -> None:
    members = members_of(OTHERS)
    sentence = "Joint unit of Babergh District Council and Mid Suffolk District Council"
    assert search.because(UNIT, "", members) == sentence
    assert search.because(UNIT, "babergh", members) == sentence
    assert search.because(OTHERS[-1], "opdc", members) == "Also called OPDC"
    assert search.because(OTHERS[0], "kent", members) is None


def test_datasets_are_found_too() -> None:
    rows = [
        Dataset(name.lower().replace(" ", "-"), name, None, None, None, None)
        for name in ("Brownfield land", "Brownfield site", "Tree", "Tree preservation order")
    ]
    for typed in ("brownfield", "brown", "brownfeild"):
        names = [row.name for row in find_datasets(rows, typed)]
        assert names == ["Brownfield land", "Brownfield site"]
    assert [row.name for row in find_datasets(rows, "tree")] == ["Tree", "Tree preservation order"]
    assert find_datasets(rows, "lambeth") == find_datasets(rows, "") == []


@pytest.mark.data
@pytest.mark.postgres
def test_whoever_is_in_the_real_registers_is_found(
    filled: Filled, registers: Registers, tmp_path: Path
) -> None:
    client = real_app(tmp_path, filled(registers)).server.test_client()

    def first(typed: str) -> str:
        page = client.get("/organisations", query_string={"q": typed}).text
        match = re.search(r'<th[^>]*scope="row".*?</th>', page.split("<tbody")[1], re.DOTALL)
        assert match is not None
        return " ".join(re.sub(r"<[^>]+>", " ", match[0]).split())

    assert first("Kent").startswith("Kent County Council")
    assert first("Essex").startswith("Essex County Council")
    assert first("RBKC").startswith("Royal Borough of Kensington and Chelsea")
    assert first("LLDC").startswith("London Legacy Development Corporation Closed")
    assert "Also called OPDC" in first("OPDC")
    assert "Joint unit of Babergh" in first("joint unit babergh")
    assert "Historic England Government organisation" in first("historic england")
    page = client.get("/organisations?q=brownfield").text
    assert 'href="/datasets/brownfield-land"' in page

"""The address holds the state of a page, and a bad address is never an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.urls import links
from dashboard.web.router import query_params


@dataclass(frozen=True, slots=True)
class Filters:
    region: str | None = links.one_of(("north", "south"))
    status: tuple[str, ...] = links.any_of(("live", "error", "unknown"))
    dataset: tuple[str, ...] = links.any_of()
    pick: tuple[str, ...] = links.any_of(in_order=True)
    q: str = links.words(max_length=10)
    since: date | None = links.day()
    sort: str = links.one_of(("name", "count"), default="name")
    page: int = links.number(1, 99, default=1)


FULL = Filters(
    region="north",
    status=("error", "live"),
    q="a & b",
    since=date(2025, 3, 4),
    sort="count",
    page=3,
)


def read(search: str) -> links.Reading[Filters]:
    return links.parse(Filters, query_params(search))


def test_an_empty_address_is_the_default_view() -> None:
    assert read("") == links.Reading(Filters(), ())
    assert links.query(Filters()) == ""


def test_a_view_survives_the_way_through_its_address() -> None:
    assert read(links.query(FULL)) == links.Reading(FULL, ())


def test_the_address_is_canonical() -> None:
    one = read("?status=live&page=1&status=error&status=live&region=north&q=")
    other = read("region=north&status=error&status=live&sort=name")
    assert one.filters == other.filters
    assert links.query(one.filters) == "region=north&status=error&status=live"


def test_what_is_picked_stays_in_its_order() -> None:
    assert read("pick=b&pick=a&pick=b").filters.pick == ("b", "a")


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("region=west", "“west” is not a region that can be chosen here."),
        ("status=live&status=dead", "“dead” is not a status that can be chosen here."),
        ("page=0", "“0” is not a page that can be chosen here."),
        ("page=two", "“two” is not a page that can be chosen here."),
        ("page=٣", "“٣” is not a page that can be chosen here."),
        ("since=2025-02-30", "“2025-02-30” is not a date that can be chosen here."),
        ("since=20250230", "“20250230” is not a date that can be chosen here."),
        ("colour=red", "We do not know the filter “colour”."),
    ],
)
def test_what_cannot_be_used_is_ignored_and_said(search: str, words: str) -> None:
    assert read(search) == links.Reading(Filters(), (words,))


def test_foreign_and_path_parameters_are_nobodys_business() -> None:
    params = {"utm_source": "mail", "embed": "1", "organisation": "x"}
    assert links.parse(Filters, params, ignore=("organisation",)).notices == ()


def test_values_may_depend_on_the_data() -> None:
    allowed = {"dataset": {"tree"}}
    params: dict[str, Any] = {"dataset": ["tree", "wood"]}
    assert links.parse(Filters, params, allowed=allowed).notices
    assert links.parse(Filters, {"dataset": "tree"}, allowed=allowed).filters.dataset == ("tree",)


def test_long_and_odd_text_is_tidied() -> None:
    assert read("q=+a%00++b%0Ac+").filters.q == "a b c"
    assert read("q=" + "x" * 5000).filters.q == "x" * 10
    notice = read("region=" + "x" * 5000).notices[0]
    assert len(notice) < 100


def test_a_changed_filter_goes_back_to_the_first_page() -> None:
    assert links.query(FULL, region=None) == (
        "status=error&status=live&q=a+%26+b&since=2025-03-04&sort=count"
    )
    assert "page=4" in links.query(FULL, page=4)


def test_applied_filters_are_counted_by_choice() -> None:
    assert links.filter_count(FULL) == 5
    assert links.filter_count(Filters(page=2, sort="count")) == 0


def test_forms_keep_what_they_do_not_ask() -> None:
    assert links.form_values(FULL, "sort", "q") == {"sort": "count", "q": "a & b"}
    assert links.form_values(Filters(), "sort", "q", "region") == {}


@given(st.text(max_size=300))
def test_no_query_string_is_an_error(search: str) -> None:
    reading = read(search)
    assert read(links.query(reading.filters)).filters == reading.filters

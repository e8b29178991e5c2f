"""The rules of linking, one by one: which of an organisation's rows a submission led to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from providers.submissions.linking import Match, Row, match
from providers.submissions.rows import Kind

URL = "https://maps.example/trees.csv"
PAGE = "https://www.aaa.gov.uk/trees"
SENT = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
DAY = SENT.date()


@dataclass(frozen=True, slots=True)
class Sending:
    url: str | None = URL
    kind: Kind = "provide"
    endpoint: str | None = None
    documentation_url: str | None = None
    organisation: str = "local-authority:AAA"
    dataset: str = "tree"
    sent_at: datetime = SENT


def hash_of(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def row(
    url: str | None = URL,
    *,
    endpoint: str | None = None,
    page: str | None = None,
    entered: date | None = DAY,
    existed: bool = False,
) -> Row:
    return Row(endpoint or hash_of(url or ""), url, page, "ogl3", entered, existed)


def rule(submission: Sending, *members: Row) -> str | None:
    one = match(submission, members)
    return one.rule if one else None


def test_the_same_address_is_known_by_its_hash() -> None:
    assert match(Sending(), [row("https://x.example/"), row()]) == Match(
        hash_of(URL), URL, "L1", False
    )


def test_the_hash_counts_where_the_text_was_redacted() -> None:
    assert rule(Sending(), row("https://maps.example/REDACTED", endpoint=hash_of(URL))) == "L1"


@pytest.mark.parametrize("text", [f" {URL}", f"{URL} ", f" {URL} "])
def test_a_hash_of_the_text_with_blanks_is_of_the_same_text(text: str) -> None:
    assert rule(Sending(), row(None, endpoint=hash_of(text))) == "L2"
    assert rule(Sending(url=text), row()) == ("L2" if text.strip() == URL else None)


def test_the_same_text_counts_though_its_hash_is_of_something_else() -> None:
    assert rule(Sending(), row(endpoint="0" * 64)) == "L2"


@pytest.mark.parametrize(
    ("sent", "registered"),
    [
        ("http://maps.example/trees.csv", "https://maps.example/trees.csv"),
        ("https://MAPS.example/trees", "https://maps.example/trees/"),
        ("https://maps.example:443/t%c3%a9", "https://maps.example/t%C3%A9"),
        ("https://maps.example/t?a=1&b=2#top", "https://maps.example/t?b=2&a=1"),
    ],
)
def test_nearly_the_same_address_is_probably_it(sent: str, registered: str) -> None:
    assert rule(Sending(url=sent), row(registered)) == "L3"


def test_an_address_that_was_there_is_no_guess() -> None:
    old = row(URL + "/", existed=True, entered=DAY - timedelta(days=400))
    assert rule(Sending(), old) is None
    assert match(Sending(), [row(existed=True)]) == Match(hash_of(URL), URL, "L1", True)


def test_of_two_that_are_nearly_the_same_the_page_about_it_tells_which() -> None:
    rows = row(URL + "/"), row("http://maps.example/trees.csv", page=PAGE)
    assert rule(Sending(documentation_url=PAGE), *rows) == "L3"
    assert rule(Sending(), *rows) is None


def test_the_same_page_with_a_query_that_was_added_is_likely() -> None:
    added = row(URL + "?outputFormat=geojson", entered=DAY + timedelta(days=1))
    assert rule(Sending(), added) == "L4"
    assert rule(Sending(), row(added.url, entered=DAY - timedelta(days=1))) == "L4"
    assert rule(Sending(), row(added.url, entered=DAY - timedelta(days=2))) is None
    assert rule(Sending(), row(added.url, entered=None)) is None
    assert rule(Sending(), added, row(URL + "?layer=2")) is None


@pytest.mark.parametrize(
    ("days", "expected"), [(-2, None), (-1, "L5"), (0, "L5"), (60, "L5"), (61, None)]
)
def test_the_same_documentation_page_is_likely_for_60_days(days: int, expected: str | None) -> None:
    other = row("https://elsewhere.example/1", page=PAGE, entered=DAY + timedelta(days=days))
    assert rule(Sending(documentation_url=PAGE + "/"), other) == expected


def test_without_a_documentation_page_there_is_nothing_to_go_by() -> None:
    assert rule(Sending(), row("https://elsewhere.example/1")) is None
    assert rule(Sending(documentation_url=PAGE), row("https://elsewhere.example/1")) is None


def test_the_strongest_rule_that_fits_counts() -> None:
    rows = (
        row("https://elsewhere.example/1", page=PAGE),
        row(URL + "?a=1"),
        row(URL + "/"),
        row(),
    )
    submission = Sending(documentation_url=PAGE)
    assert [rule(submission, *rows[:n]) for n in range(1, 5)] == ["L5", "L4", "L3", "L1"]


def test_what_is_to_be_replaced_is_never_what_replaces_it() -> None:
    old = row("http://maps.example/trees.csv")
    assert rule(Sending(kind="replace", endpoint=old.endpoint), old) is None
    assert rule(Sending(kind="replace", endpoint="0" * 64), old) == "L3"


def test_what_is_taken_back_is_the_row_that_was_named() -> None:
    old = row("https://old.example/1", entered=DAY - timedelta(days=900), existed=True)
    assert match(Sending(kind="take_back", endpoint=old.endpoint), [old]) == Match(
        old.endpoint, old.url, "L1", False
    )

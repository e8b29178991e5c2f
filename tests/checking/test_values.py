"""Rules for values, one value at a time; what the platform says of whole files is in the cases."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from checking.rules.dates import judge_date, limit
from checking.rules.judging import Judge, Verdict, judge_column, texts_of
from checking.rules.numbers import judge_decimal, judge_degrees, judge_integer
from checking.rules.organisations import organisation_of
from checking.rules.text import judge_category, judge_flag, judge_text
from checking.rules.urls import fault_of, judge_url

DAY = date(2026, 11, 28)


def outcome(judge: Judge, value: str) -> tuple[str, list[str]]:
    verdict = judge(value)
    if verdict is None:
        return value, []
    return verdict.text, [note.rule for note in verdict.notes]


@pytest.mark.parametrize(
    ("value", "text", "rules"),
    [
        ("2019-03-04", "2019-03-04", []),
        ("4/3/2019", "2019-03-04", []),
        ("04/03/19", "2019-03-04", ["doubtful date"]),
        ("03/25/2019", "2019-03-25", ["doubtful date"]),
        ("1988-13-01", "1988-01-13", ["doubtful date"]),
        ("1988", "1988-01-01", ["doubtful date"]),
        ("06/1988", "", ["invalid date"]),
        ("1066-10-14", "", ["far-past-date"]),
        ("2076-11-28", "2076-11-28", []),
        ("2076-11-29", "", ["far-future-date"]),
        ("1551694272000", "2019-03-04", []),
        ("9" * 5000, "", ["invalid date"]),
        ("\uff12019-03-04", "", ["invalid date"]),
    ],
)
def test_dates(value: str, text: str, rules: list[str]) -> None:
    assert outcome(judge_date(DAY), value) == (text, rules)


def test_the_limit_of_a_leap_day() -> None:
    assert limit(date(2024, 2, 29)) == date(2074, 2, 28)


def test_an_entry_date_is_not_ahead() -> None:
    assert outcome(judge_date(DAY, is_entry_date=True), "2026-11-29") == ("", ["future entry-date"])
    assert outcome(judge_date(DAY, is_entry_date=True), "2026-11-28") == ("2026-11-28", [])


@pytest.mark.parametrize(
    ("judge", "value", "text", "rules"),
    [
        (judge_integer, "3.0", "3", []),
        (judge_integer, "12,000", "", ["invalid integer"]),
        (judge_integer, "-1", "", ["too small"]),
        (judge_integer, "NaN", "", ["not a number"]),
        (judge_integer, "007", "7", []),
        (judge_decimal, "£1,234.50", "1234.5", ["changed text"]),
        (judge_decimal, "0.50", "0.5", []),
        (judge_decimal, "Infinity", "", ["not a number"]),
        (judge_decimal, "1e999999", "", ["invalid decimal"]),
        (judge_decimal, "1 000", "", ["invalid decimal"]),
        (judge_decimal, "0.0000001", "0", []),
        (judge_degrees, "-1.15", "-1.15", []),
        (judge_degrees, "530,800", "530800", ["changed text"]),
        (judge_flag, "Y", "yes", []),
        (judge_flag, "maybe", "", ["invalid flag"]),
        (
            judge_url,
            "https://www.example.gov.uk/a 4.pdf",
            "https://www.example.gov.uk/a4.pdf",
            ["changed text"],
        ),
        (judge_url, "www.example.gov.uk", "", ["invalid URI"]),
        (judge_url, "https://[::1]/a", "https://[::1]/a", []),
        (judge_text, 'The "Old"  Dock', "The Old Dock", ["changed text"]),
        (judge_text, "plain", "plain", []),
    ],
)
def test_values(judge: Judge, value: str, text: str, rules: list[str]) -> None:
    assert outcome(judge, value) == (text, rules)


def test_a_wrong_category_is_told_what_is_near() -> None:
    verdict = judge_category(("area", "group", "woodland"))("wood land; Area")

    assert verdict is not None
    assert verdict.text == "wood land;area"
    assert verdict.notes[0].value == "wood land"
    assert verdict.notes[0].message.startswith("Allowed: woodland")


def test_an_odd_cell_takes_no_other_finding_with_it() -> None:
    def judge(value: str) -> Verdict | None:
        if value == "odd":
            raise RuntimeError(value)
        return judge_flag(value)

    cleaned = judge_column(texts_of(["Y", "odd", "maybe", ""]), judge, "flag")

    assert cleaned.texts.tolist() == ["yes", "", "", ""]
    assert {mark.rule: mark.rows.tolist() for mark in cleaned.marks} == {
        "odd cell": [1],
        "invalid flag": [2],
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("local-authority:LBH", "local-authority:LBH"),
        ("local-authority-eng:LBH", "local-authority:LBH"),
        ("http://opendatacommunities.org/id/london-borough-council/lambeth", "local-authority:LBH"),
        ("http://opendatacommunities.org/id/district-council/nowhere", None),
        ("plan-timetable:nobody", None),
    ],
)
def test_organisations(text: str, code: str | None) -> None:
    assert organisation_of(text) == code


def test_a_column_without_findings_is_the_column_itself() -> None:
    column = np.array(["a", "b"], dtype=object)

    assert judge_column(column, judge_text, "name").texts is column


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.gov.uk/a4.pdf",
        "HTTPS://WWW.EXAMPLE.GOV.UK",
        "https://user:word@example.gov.uk:8443/a",
        "https://example.gov.uk/a?x={1}&y=[2]#page=2",
        "https://example.gov.uk/?x=",
        "ftp://192.0.2.1/a",
    ],
)
def test_addresses(address: str) -> None:
    assert fault_of(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "www.example.gov.uk",
        "https://example",
        "https://exa_mple.gov.uk",
        "https://example.gov.uk.",
        "https://example.gov.uk:99999",
        "https://example.gov.uk/{a}",
        "https://example.gov.uk/a?1234",
        "https://example.gov.uk/a?x=1&",
        "https://example.gov.uk/a#[1]",
        "https://[::1",
        "mailto:a@example.gov.uk",
        "javascript:alert(1)",
        "https://" + "a" * 6000 + ".uk",
    ],
)
def test_what_is_no_address_is_told_why(address: str) -> None:
    assert fault_of(address)


@pytest.mark.parametrize("quote", ['"', "”"])
def test_quotes_that_are_lost_are_told(quote: str) -> None:
    lost, other = judge_text(f"The {quote}Old{quote} Dock"), judge_text("The  Dock")

    assert lost is not None
    assert other is not None
    assert lost.notes[0].message == "Without its quotation marks. Kept as: The Old Dock"
    assert other.notes[0].message == "Kept as: The Dock"

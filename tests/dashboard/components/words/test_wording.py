"""What is said of a dataset: reasons, failures, tasks, summaries."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.components.design.status import STATUSES
from dashboard.components.words import outages, task_words, wording
from dashboard.components.words.failures import evidence, failure
from dashboard.components.words.issue_texts import BY_TYPE
from dashboard.components.words.issue_words import issue_words
from performance_store.definitions.measures import MEASURES
from performance_store.definitions.vocabulary import OBLIGATIONS, TASK_KINDS, TaskKind
from performance_store.rows import DatasetStatus
from performance_store.sample import issue_types
from tests.support.provider_rows import BROKEN, FLAWED, LIVE, MISSING
from tests.support.task_rows import FIX

WAITING = replace(LIVE, status="processing", reasons=("not_attempted",))
OPTIONAL = replace(MISSING, provision_reason="encouraged")
UNPROCESSED = replace(MISSING, reasons=("no_endpoint", "endpoint_not_processed"))
UNKNOWN = replace(LIVE, status="unknown", reasons=("logs_not_known", "issues_not_known"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (LIVE, "Collected, without errors to fix."),
        # Weekly reports do not know which row has which problem.
        (
            replace(LIVE, warnings=48, warning_rows=None),
            "Collected, without errors to fix. There are 48 warnings.",
        ),
        (
            replace(LIVE, platform_problems=2410),
            "Collected, without errors to fix. 2,410 problems are being dealt with by the "
            "platform’s team.",
        ),
        (
            replace(LIVE, warnings=2, warning_rows=1),
            "Collected, without errors to fix. 1 row has a warning.",
        ),
        (
            replace(LIVE, warnings=48, warning_rows=48),
            "Collected, without errors to fix. 48 rows have a warning.",
        ),
        (MISSING, "Not provided: there is no active endpoint."),
        (
            UNPROCESSED,
            "Not provided: an address is registered, but the platform does not process it.",
        ),
        (
            BROKEN,
            "Collecting has been failing (last worked 2 February 2026): there is nothing at the "
            "address.",
        ),
        (
            replace(BROKEN, best_success_on=None),
            "Collecting has been failing since 3 February 2026 or earlier: there is nothing at the "
            "address.",
        ),
        (
            replace(BROKEN, best_success_on=None, endpoint_added_on=date(2026, 2, 2)),
            "Collecting has been failing since it was added on 2 February 2026: there is nothing "
            "at the address.",
        ),
        (
            replace(
                BROKEN,
                failing_since=None,
                best_success_on=None,
                http_status=None,
                exception="ConnectTimeout",
            ),
            "Collecting failed: the website took too long to answer.",
        ),
        (
            replace(BROKEN, endpoint_count=3, endpoint_failing_count=3),
            "All 3 endpoints have been failing (last worked 2 February 2026). For the newest one, "
            "there is nothing at the address.",
        ),
        (
            WAITING,
            "An endpoint was added on 1 January 2025. We have not collected data from it yet.",
        ),
        (UNKNOWN, "An endpoint has been added. These figures do not show whether it works."),
        (
            replace(UNKNOWN, reasons=("issues_not_known",)),
            "The data is collected. These figures do not show whether anything needs fixing.",
        ),
        (FLAWED, "1,204 rows need fixing."),
        (replace(FLAWED, rows_to_fix=1), "1 row needs fixing."),
        (replace(FLAWED, rows_to_fix=None), "1,250 problems need fixing."),
        (replace(FLAWED, rows_to_fix=None, problems_to_fix=None), "Some rows need fixing."),
        (
            replace(
                FLAWED,
                reasons=("some_endpoints_failing", "issues_to_fix", "outside_boundary"),
                endpoint_count=3,
                endpoint_failing_count=1,
            ),
            "1 of 3 endpoints fails, 1,204 rows need fixing and some places are outside the "
            "authority’s area.",
        ),
        (replace(LIVE, status="new_word"), "We do not have a description of this status."),
    ],
)
def test_each_status_has_one_plain_reason(row: DatasetStatus, words: str) -> None:
    assert wording.reason(row) == words


@pytest.mark.parametrize(
    ("http_status", "exception", "brief"),
    [
        ("404", None, "there is nothing at the address"),
        ("410", None, "there is nothing at the address"),
        ("404.0", None, "there is nothing at the address"),
        ("401", None, "the website refused to let us in"),
        ("403", None, "the website refused to let us in"),
        ("400", None, "the website did not understand the request"),
        ("429", None, "the website said that we made too many requests"),
        ("500", None, "the website had a fault"),
        ("502", None, "the website had a fault"),
        ("503", None, "the website was out of service"),
        ("504", None, "the website took too long to answer"),
        ("301", None, "the address redirects too many times"),
        ("200", None, "the website answered without any data"),
        (None, "ConnectTimeout", "the website took too long to answer"),
        (None, "ReadTimeout", "the website took too long to answer"),
        (None, "ConnectionError", "we could not connect to the website"),
        (None, "NameResolutionError", "we could not connect to the website"),
        (None, "SSLError", "the website’s security certificate is not valid"),
        ("", "EsriDownloadError", "the map service did not send its data"),
        ("200", "EsriDownloadError", "the map service did not send its data"),
        (None, "ChunkedEncodingError", "the download stopped early"),
        (None, "TooManyRedirects", "the address redirects too many times"),
        (None, "MissingSchema", "the address cannot be used"),
        (None, "JSONDecodeError", "we could not read the answer"),
        (None, None, "we got no data, and do not know why"),
        ("", "SomethingNew", "we got no data, and do not know why"),
    ],
)
def test_each_failure_is_said_in_plain_words_with_something_to_do(
    http_status: str | None, exception: str | None, brief: str
) -> None:
    failures = failure(http_status, exception)
    assert failures.brief == brief
    assert failures.steps
    assert failures.meaning.endswith(".")


def test_the_log_is_quoted_for_those_who_run_the_website() -> None:
    assert evidence("404.0", None) == "404"
    assert evidence("", "SSLError") == "SSLError"
    assert evidence("200", "EsriDownloadError") == "200 and EsriDownloadError"
    assert wording.log_says("503", None).endswith("(The log says: 503.)")
    assert "log says" not in wording.log_says(None, None).replace("platform’s log does not", "")


def test_every_status_leads_to_a_next_step_or_to_none() -> None:
    assert wording.next_steps(LIVE) == ()
    assert wording.next_steps(UNKNOWN) == ()
    for row in (BROKEN, FLAWED, UNPROCESSED):
        assert len(wording.next_steps(row)) >= 2
    partly = replace(FLAWED, reasons=("some_endpoints_failing",))
    assert "retire" in wording.next_steps(partly)[1]


def test_what_the_status_says_nothing_of_is_a_step_too() -> None:
    """A dataset is live by the platform's rules with all of these."""
    assert wording.next_steps(LIVE, missing=10) == (
        "Add the 10 required fields that are missing. See below which.",
    )
    stale = replace(LIVE, freshness_band="stale", warnings=48, warning_rows=48)
    content, warnings = wording.next_steps(stale)
    assert content.startswith("Check that the content is still right.")
    assert warnings == "48 rows have a warning. See below what to fix."
    # What cannot be collected has to be put right first.
    assert wording.next_steps(replace(BROKEN, freshness_band="stale"), missing=3) == (
        wording.next_steps(BROKEN)
    )


def test_the_longest_outage_is_told() -> None:
    later = replace(BROKEN, best_success_on=date(2026, 2, 19))
    assert outages.longest([BROKEN, later]) == " (last worked 2 February 2026)"
    unknown = replace(later, best_success_on=None, failing_since=date(2024, 4, 17))
    assert outages.longest([later, unknown]) == " since 17 April 2024 or earlier"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([LIVE, LIVE], "2 of 2 statutory and expected datasets are live."),
        (
            [LIVE, BROKEN, FLAWED, MISSING],
            "1 of 4 statutory and expected datasets is live; 1 has the status Error (last worked "
            "2 February 2026); 1 needs improving; 1 is not provided yet.",
        ),
        (
            [BROKEN, BROKEN, FLAWED, FLAWED, MISSING, MISSING, WAITING],
            "0 of 7 statutory and expected datasets are live; 2 have the status Error, the longest "
            "(last worked 2 February 2026); 2 need improving; 1 is waiting for the first "
            "collection; 2 are not provided yet.",
        ),
        (
            [UNKNOWN, MISSING],
            "1 of 2 statutory and expected datasets are provided. These figures do not show "
            "whether they work.",
        ),
        (
            [LIVE, replace(LIVE, provision_reason="encouraged"), OPTIONAL, OPTIONAL],
            "1 of 1 statutory and expected datasets is live, and 1 of 3 optional.",
        ),
        (
            [UNKNOWN, replace(UNKNOWN, provision_reason="prospective"), OPTIONAL],
            "1 of 1 statutory and expected datasets are provided, and 1 of 2 optional. These "
            "figures do not show whether they work.",
        ),
        (
            [replace(LIVE, provision_reason=None)],
            "No dataset is expected of this organisation. It supplies one.",
        ),
        ([], "No dataset is expected of this organisation, and it supplies none."),
    ],
)
def test_an_organisation_is_summed_up_in_a_sentence(rows: list[DatasetStatus], words: str) -> None:
    assert wording.summary(rows) == words


def test_the_parts_of_the_sentence_add_up_to_its_whole() -> None:
    every = [replace(LIVE, status=key) for key in STATUSES]
    words = wording.summary(every)
    assert words.startswith(f"1 of {len(every)} ")
    assert words.count(";") == len(every) - 1


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("statutory", "Must provide"),
        ("expected", "Expected to provide"),
        ("encouraged", "Can provide"),
        ("prospective", "Can provide"),
        ("experimental", "Also supplied"),
        (None, "Also supplied"),
    ],
)
def test_datasets_stand_under_their_obligation(reason: str | None, title: str) -> None:
    row = replace(LIVE, provision_reason=reason)
    assert wording.obligation_of(row).title == title
    assert wording.is_expected(row) is (title in ("Must provide", "Expected to provide"))
    assert wording.is_optional(row) is (title == "Can provide")


def test_names_that_are_not_known_are_references() -> None:
    assert wording.name_of(None, "local-authority:XYZ") == "local-authority:XYZ"
    assert wording.kind_of("local-authority", "LBO") == "London borough council"
    assert wording.kind_of("odd-kind-of-body") == "Odd kind of body"
    assert wording.licence_of("ogl3") == "Open Government Licence v3.0"
    assert wording.licence_of("our-own") == "our-own"
    assert wording.licence_of("") is None
    assert wording.responsible("external") == "You"
    assert wording.responsible("internal") == "Being dealt with by the platform’s team"
    assert wording.responsible("?") == "Not decided yet"


def test_every_reason_of_an_obligation_stands_under_one_heading() -> None:
    reasons = [reason for heading in wording.OBLIGATIONS for reason in heading.reasons]
    assert sorted(reasons) == sorted(OBLIGATIONS)


def test_every_known_type_of_issue_has_our_own_words() -> None:
    register_types = {item.issue_type for item in issue_types.ISSUE_TYPES}
    assert register_types <= set(BY_TYPE)
    for issue_type in BY_TYPE:
        words = issue_words(issue_type)
        assert words.title[0].isupper()
        assert not words.title.endswith(".")
        assert words.remedy.endswith(".")


def test_a_type_of_issue_never_seen_is_shown_by_its_name() -> None:
    assert issue_words("odd_new thing").title == "Odd new thing"
    assert issue_words("x", "<b>Odd</b>").title == "<b>Odd</b>"
    assert issue_words("").title == "An issue without a name"
    assert issue_words("x").remedy == ""


def test_every_measure_says_how_it_is_worked_out() -> None:
    for key, measure in MEASURES.items():
        assert measure.id == key
        assert measure.unit
        assert measure.working
        assert all(sentence.endswith(".") for sentence in measure.working)


def test_every_type_of_the_platform_s_register_has_our_own_words(shared_data: Path) -> None:
    with (shared_data / "register" / "issue-type.csv").open(encoding="utf-8") as file:
        register_types = {row["issue-type"] for row in csv.DictReader(file)}
    assert register_types - set(BY_TYPE) == set()


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_each_step_of_a_task_says_how_it_is_known(kind: TaskKind) -> None:
    task = replace(FIX, kind=kind, subject="2026" if kind == "review" else "", detail=None)
    steps = task_words.steps(task)
    assert len(steps) >= 3
    # What people do is known by them alone, and that it worked by the data.
    assert [step.sign for step in steps] == ["by you"] * (len(steps) - 1) + ["by data"]

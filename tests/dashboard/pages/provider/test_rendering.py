"""Pages of invented rows: what is not there, too much, hostile or all well."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dashboard.components.design.near import Near
from dashboard.components.words.issue_words import issue_words
from dashboard.pages.provider import dataset, organisation
from dashboard.web.prerender import text_of, to_html, walk
from performance_store.rows import (
    FieldUse,
    InheritedDataset,
    IssueCount,
    LogDays,
    OrganisationHistory,
    StatusRun,
)
from tests.support.provider_rows import BROKEN, FLAWED, LIVE, MISSING
from tests.support.provider_views import ENDPOINT, HOSTILE, SNAPSHOT, SUBJECT, TODAY, TREE
from tests.support.task_rows import FIX


def detail(**parts: Any) -> str:
    return to_html(dataset.render(dataset.View(SUBJECT, TREE, **parts)))


def test_a_body_without_a_name_is_called_by_its_reference() -> None:
    page = organisation.render(organisation.View(SUBJECT, (LIVE,), ()))
    assert "<h1" in to_html(page)
    assert "local-authority:XAB" in text_of(page)
    assert "None" not in text_of(page)


def test_nothing_known_reads_not_known_and_never_nought() -> None:
    row = replace(
        LIVE,
        status="unknown",
        reasons=("logs_not_known", "issues_not_known"),
        problems_to_fix=None,
        rows_to_fix=None,
        problems=None,
        platform_problems=None,
        warnings=None,
        warning_rows=None,
        record_count=None,
        fields_total=None,
        fields_supplied=None,
        fields_matched=None,
        content_changed_on=None,
        freshness_band="unknown",
        licence=None,
        last_success_on=None,
    )
    page = detail(row=row)
    assert "to fix" not in page
    assert "These figures do not show whether you need to do anything." in page
    unknown = "Documentation, licence, last successful and content last "
    assert f"{unknown}updated" in page
    assert "These figures do not show whether it works." in page
    assert "https://maps.example/tree.csv" in page
    assert ">0<" not in page
    assert "None" not in page


def test_what_is_known_of_part_is_shown_beside_what_is_not() -> None:
    row = replace(LIVE, record_count=None, fields_total=None, fields_supplied=None)
    use = FieldUse("reference", True, False, "UID", None)
    view = dataset.View(SUBJECT, TREE, row, endpoints=(ENDPOINT,), fields=(use,))
    page = text_of(dataset.render(view))
    assert "These figures do not show records and fields." in page
    assert "1 field is supplied. 2 required fields are missing" in page


def test_days_are_not_called_today_since_the_figures_have_a_date_of_their_own() -> None:
    row = replace(LIVE, content_changed_on=TODAY)
    page = text_of(dataset.render(dataset.View(SUBJECT, TREE, row, endpoints=(ENDPOINT,))))
    assert "today" not in page.lower()
    assert (
        "today" not in text_of(organisation.render(organisation.View(SUBJECT, (row,), ()))).lower()
    )


def test_values_of_the_data_are_never_markup_or_unsafe_links() -> None:
    page = detail(
        row=replace(BROKEN, dataset_name=HOSTILE, exception=HOSTILE, licence=HOSTILE),
        endpoints=(
            replace(
                ENDPOINT,
                endpoint_url="javascript:alert(1)",
                documentation_url="data:text/html,x",
                licence=HOSTILE,
                exception=HOSTILE,
                success=False,
            ),
        ),
        issues=(IssueCount(*[HOSTILE] * 4, "error", "external", 3, 3, False, None, None),),
        fields=(FieldUse(HOSTILE, True, False, HOSTILE, True),),
    )
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="data:' not in page
    assert "&lt;img" in page


def test_many_endpoints_are_folded_and_advice_is_given_once() -> None:
    failing = replace(
        ENDPOINT, success=False, http_status="404", failing_since=date(2026, 2, 3),
        access_band="long_broken",
    )  # fmt: skip
    rows = tuple(replace(failing, endpoint=f"e{number}") for number in range(7))
    row = replace(BROKEN, endpoint_count=7, endpoint_failing_count=7)
    page = detail(row=row, endpoints=rows)
    assert "7 endpoints" in page
    assert page.count("<article") == 1
    assert page.count("Endpoint 7 of 7: long broken") == 1
    assert page.count("put it back where it was") == 1
    assert page.count("Failing since 3 February 2026 or earlier") == 7


def test_a_failing_endpoint_beside_a_good_one_brings_its_own_advice() -> None:
    second = replace(
        ENDPOINT, endpoint="e2", is_primary=False, success=False, http_status="403",
        access_band="broken",
    )  # fmt: skip
    row = replace(
        FLAWED, reasons=("some_endpoints_failing",), endpoint_count=2, endpoint_failing_count=1
    )
    page = detail(row=row, endpoints=(ENDPOINT, second))
    assert "1 of 2 endpoints fails" in page
    assert "Make the address public" in page


def test_the_year_of_attempts_is_counted_in_days_tried() -> None:
    days = (
        LogDays("e1", TODAY - timedelta(days=400), TODAY - timedelta(days=300), "ok", "200", None),
        LogDays("e1", TODAY - timedelta(days=9), TODAY - timedelta(days=5), "ok", "200", None),
        LogDays("e1", TODAY - timedelta(days=4), TODAY, "failed", "404", None),
    )
    page = detail(row=LIVE, endpoints=(ENDPOINT,), days=days)
    assert "Collection worked on 70 of 75 days when we tried" in page


def test_issues_to_fix_come_first_with_who_acts() -> None:
    issues = (
        IssueCount("patch", None, None, "name", "info", "internal", 5, 5, False, None, None),
        IssueCount("far-past-date", None, None, "x", "error", "internal", 2, 2, False, None, None),
        IssueCount("OSGB", None, None, "geometry", "warning", "external", 9, 9, False, 9, 9),
        IssueCount("missing value", None, None, "name", "error", "external", 4, 3, False, 2, 1),
    )
    before = replace(SNAPSHOT, snapshot_id=0, as_at=TODAY - timedelta(days=7))
    place = replace(SUBJECT, before=before)
    row = replace(FLAWED, rows_to_fix=3, problems_to_fix=4, platform_problems=2)
    view = dataset.View(place, TREE, row, endpoints=(ENDPOINT,), issues=issues)
    page = text_of(dataset.render(view))
    assert "3 rows to fix, with 1 kind of issue: 4 problems in all." in page
    assert "2 problems are being dealt with by the platform’s team." in page
    assert page.index("A value is missing") < page.index("A date is too far in the past")
    assert "You 3 +2" in page
    assert "Being dealt with by the platform’s team 2 new" in page
    # Nobody is told how to mend what is not theirs.
    assert issue_words("far-past-date").remedy not in page
    weekly = [replace(issue, rows=None, rows_before=None) for issue in issues]
    row = replace(row, rows_to_fix=None)
    page = text_of(dataset.render(replace(view, row=row, issues=tuple(weekly))))
    assert "4 problems to fix, with 1 kind of issue." in page
    assert "You 4 +2" in page
    assert "corrected by a rule" not in page


def test_a_dataset_not_provided_says_how_to_begin_and_shows_no_figures() -> None:
    page = detail(row=MISSING)
    assert "How" not in page.split("What to do next")[0]
    assert "give its address to the data team" in page
    assert "At a glance" not in page
    assert "Endpoint" not in page


def test_an_organisation_that_owes_nothing_is_told_so() -> None:
    page = text_of(organisation.render(organisation.View(SUBJECT, (), ())))
    assert "No dataset is expected of this organisation, and it supplies none." in page
    field_rows = replace(LIVE, provision_reason="experimental")
    page = text_of(organisation.render(organisation.View(SUBJECT, (field_rows,), ())))
    assert "Also supplied" in page


def test_a_history_is_a_row_for_as_long_as_it_stays_and_what_says_nothing_is_a_gap() -> None:
    weeks = tuple(TODAY - timedelta(weeks=week) for week in reversed(range(10)))

    def span(first: int, last: int, live: int, problems: int) -> OrganisationHistory:
        length = last - first + 1
        counts = (3, live, live, 0, 0, problems, problems)
        return OrganisationHistory(weeks[first], weeks[last], length, "platform", *counts)

    history = (span(0, 2, 1, 8), span(3, 4, 1, 9), span(7, 8, 1, 9), span(9, 9, 2, 9))
    view = organisation.View(
        SUBJECT,
        (LIVE,),
        history,
        runs=(
            StatusRun("tree", "Tree", "live", weeks[0], weeks[4], 5),
            StatusRun("tree", "Tree", "live", weeks[7], weeks[9], 3),
        ),
        dates=weeks,
    )
    page = organisation.render(view)
    words = text_of(page)
    assert "Datasets provided: 1 of 3 on 19 June 2026, 2 of 3 on 21 August 2026." in words
    assert "A strip shows a dataset’s status on 10 dates, from 19 June 2026 on the left" in words
    drawings = to_html(page).split("<svg")
    (small,) = [one for one in drawings if 'class="drawing strip"' in one]
    assert re.findall(r'<rect[^>]* width="([^"]+)"', small) == ["50", "30"]
    # The same as a chart, which is drawn from an address of its own.
    (near,) = [item for item in walk(page) if isinstance(item, Near)]
    assert near.href == f"/organisations/{SUBJECT.curie}/charts/statuses.json"
    assert "No dataset has changed its status since 19 June 2026." in words
    assert "Tree Live 7 Aug 2026 21 Aug 2026 Tree Live 19 Jun 2026 17 Jul 2026" in words


def test_all_well_means_nothing_to_do() -> None:
    page = text_of(organisation.render(organisation.View(SUBJECT, (LIVE,), ())))
    assert "You do not need to do anything now." in page


def test_live_is_not_yet_nothing_to_do() -> None:
    """Fields that are missing, old content, warnings, an endpoint that fails, a body's legacy."""
    old = replace(FIX, dataset="old", dataset_name="Old", gains=False)
    rows = (
        replace(FIX, kind="field", field="reference", gains=False),
        replace(old, kind="confirm", urgency="improve", since=date(2020, 1, 1)),
        replace(old, urgency="improve", problems=3, rows=3),
        replace(old, kind="access", detail="404", dataset_name="Failing", urgency="should"),
        replace(old, kind="provide", detail="not_processed", dataset_name="Waiting"),
    )
    legacy = InheritedDataset("local-authority:OLD", "Old Body", date(2023, 4, 1), "tree", "Tree")
    page = text_of(
        organisation.render(
            organisation.View(SUBJECT, (LIVE, MISSING), (), tasks=rows, inherited=(legacy,))
        )
    )
    for words in (
        "Tree : the required field “reference” is missing.",
        "Old : the content has not changed since 1 January 2020.",
        "Old : 3 rows have a date that cannot be read (field start-date).",
        "Failing : the endpoint does not work: there is nothing at the address.",
        "Waiting : an address is registered, but the platform does not process it.",
        "Take over what we still collect from Old Body , which closed on 1 April 2023: Tree .",
    ):
        assert words in page
    assert "do not need to do anything" not in page
    assert "you are expected to provide" not in page.split("What to do next")[1].split("About")[0]

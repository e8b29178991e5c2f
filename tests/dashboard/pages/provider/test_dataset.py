"""One dataset of one organisation, in detail: fields, files, endpoints that have ended, the map."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.components.common import fields
from dashboard.components.design.near import Near
from dashboard.pages.provider import dataset
from dashboard.web.prerender import text_of, to_html, walk
from performance_store.definitions.specifications import requirements
from performance_store.rows import (
    Ages,
    Area,
    CellHistory,
    EndedEndpoint,
    FieldUse,
    FileSeen,
    IssueCount,
    IssueHistory,
    LogDays,
    PastIssue,
    UnprocessedEndpoint,
)
from tests.support.provider_rows import BROKEN, FLAWED, LIVE, MISSING
from tests.support.provider_views import ENDPOINT, HOSTILE, SUBJECT, TODAY, TREE

AREA = replace(TREE, dataset="conservation-area", name="Conservation area")


def view(what: Any = TREE, **parts: Any) -> dataset.View:
    return dataset.View(SUBJECT, what, **{"row": LIVE, "endpoints": (ENDPOINT,), **parts})


def use(field: str, name_in_data: str | None = None, *, expected: bool | None = True) -> FieldUse:
    """A supplied field, under a name of its own if given."""
    return FieldUse(field, True, name_in_data is None, name_in_data, expected)


def lacks(field: str) -> FieldUse:
    return FieldUse(field, False, False, None, True)


# Fields


def test_missing_required_fields_come_first_and_are_said_in_a_sentence() -> None:
    rows = (lacks("notes"), lacks("name"), use("reference", "ref_no"), use("geometry"))
    page = text_of(dataset.render(view(AREA, fields=rows)))
    assert "2 of 10 fields of the specification are supplied." in page
    assert "1 required field is missing: name . The check does not accept a file without it" in page
    table = page.split("All 10 fields")[1]
    assert table.index("name Required Missing") < table.index("notes Optional Missing")
    assert table.index("notes Optional Missing") < table.index("reference Required Supplied as")
    assert "Supplied as ref_no" in table
    assert "geometry Required Supplied" in table


def test_all_required_fields_there_is_said_and_nothing_stands_open() -> None:
    rows = tuple(use(name) for name in ("reference", "name", "geometry"))
    page = to_html(dataset.render(view(AREA, fields=rows)))
    assert "No required fields are missing." in page
    assert "Missing fields" not in page


def test_either_of_two_fields_will_do() -> None:
    tree = requirements("tree")
    rows_before = [use("reference"), use("tree-preservation-order")]
    neither = text_of(fields.section(rows_before, tree))
    assert "1 required field is missing: point or geometry ." in neither
    one = text_of(fields.section([*rows_before, use("geometry")], tree))
    assert "No required fields are missing." in one
    assert "Not needed: geometry is supplied" in one


def test_names_of_the_pipeline_count_as_those_of_the_brownfield_standard() -> None:
    rows = [
        use("reference", "SiteReference", expected=None),
        use("GeoX", "Eastings", expected=None),
        use("hectares", expected=None),
        use("latitude", expected=None),
    ]
    page = text_of(fields.section(rows, requirements("brownfield-land")))
    assert "SiteReference Required Supplied " in page
    assert "Supplied as Eastings" in page
    assert "Hectares Required Supplied as hectares" in page
    assert "GeoY Required Supplied as latitude" in page
    assert "Accepted" not in page
    assert "The check does not accept a file without OrganisationURI and SiteNameAddress ." in page


def test_what_is_beyond_the_specification_is_accepted_and_what_the_pipeline_adds_left_out() -> None:
    extra = FieldUse("organisation", True, True, None, False)
    page = text_of(fields.section([use("legislation"), extra], requirements("conservation-area")))
    assert "legislation Accepted but not required Supplied" in page
    assert "organisation" not in page


def test_where_no_levels_are_known_the_fields_are_listed_as_they_are() -> None:
    row = (lacks("name"), use("reference"))
    page = text_of(dataset.render(view(replace(TREE, dataset="ward"), fields=row)))
    assert "1 of 2 fields of the specification are supplied. Missing name" in page
    assert "Required" not in page


def test_values_of_fields_are_text() -> None:
    rows = (use("name", HOSTILE), use(HOSTILE))
    page = to_html(dataset.render(view(fields=rows)))
    assert "<img" not in page
    assert "&lt;img" in page


def test_who_has_not_begun_sees_what_the_dataset_needs() -> None:
    page = text_of(dataset.render(dataset.View(SUBJECT, AREA, MISSING)))
    assert "Fields it needs: 3 required fields" in page
    # Of a point and a shape one will do.
    tree = text_of(dataset.render(dataset.View(SUBJECT, TREE, MISSING)))
    assert "Fields it needs: 3 required fields" in tree
    assert "Supply this or geometry." in tree
    for page in (view(replace(TREE, dataset="ward"), row=MISSING), view(AREA)):
        assert "Fields it needs" not in text_of(dataset.render(page))


@pytest.mark.parametrize("row", [None, MISSING])
def test_a_reference_and_a_list_are_explained(row: Any) -> None:
    area = replace(TREE, dataset="article-4-direction-area")
    page = text_of(dataset.render(dataset.View(SUBJECT, area, row)))
    assert "A reference from the dataset permitted-development-right." in page
    assert "Can hold several values, separated by semicolons." in page


# What was collected

WHOLE = "0123456789abcdef" * 4
FILE = FileSeen("e1", WHOLE, TODAY - timedelta(days=212), TODAY, 1_500_000, 1)
SERVED = replace(ENDPOINT, resource=WHOLE)


def test_a_file_that_stays_the_same_is_said_to() -> None:
    page = text_of(dataset.render(view(endpoints=(SERVED,), files=(FILE,))))
    assert "The file has not changed for 212 days, since 21 January 2026." in page
    assert "1 version of the file collected in the year to 21 August 2026" in page
    assert "01234567 21 January 2026 21 August 2026 1.5 MB" in page
    assert WHOLE[:9] not in page


@pytest.mark.parametrize(
    ("endpoint", "file"),
    [
        (SERVED, replace(FILE, first_day=TODAY - timedelta(days=1))),
        (replace(SERVED, resource_current=False), FILE),
        (replace(SERVED, resource="another"), FILE),
    ],
)
def test_a_file_that_is_new_or_no_longer_served_is_not(endpoint: Any, file: FileSeen) -> None:
    page = text_of(dataset.render(view(endpoints=(endpoint,), files=(file,))))
    assert "has not changed" not in page
    assert "1 version of the file" in page


def test_of_many_versions_the_newest_are_shown_and_the_rest_counted() -> None:
    rows = tuple(
        FileSeen("e1", f"{number:08}x", TODAY - timedelta(days=number), TODAY, None, 364)
        for number in range(20)
    )
    page = to_html(dataset.render(view(files=(*rows, replace(FILE, endpoint="other")))))
    assert "364 versions of the file collected in the year to 21 August 2026" in page
    assert "The newest 20 of 364." in page
    assert page.count("not known") >= 20
    assert "00000019" in page
    assert "01234567" not in page


GONE = EndedEndpoint(
    endpoint="e0",
    endpoint_url="https://maps.example/old.csv",
    added_on=date(2019, 4, 5),
    ended_on=date(2024, 6, 7),
    last_listed_on=None,
    last_success_on=None,
)


def test_ended_endpoints_are_folded_below_those_in_use() -> None:
    later = replace(GONE, endpoint="e9", ended_on=None, last_listed_on=date(2025, 3, 2))
    page = to_html(dataset.render(view(past_endpoints=(GONE, later))))
    assert "2 ended endpoints" in page
    assert 'href="https://maps.example/old.csv"' in page
    assert text_of(dataset.render(view(past_endpoints=(GONE,)))).count("Ended 7 June 2024") == 1
    assert "last in our figures of " in page
    assert "There is no active endpoint" not in page


def test_a_dataset_whose_endpoints_have_all_ended_says_so() -> None:
    page = text_of(dataset.render(dataset.View(SUBJECT, TREE, MISSING, past_endpoints=(GONE,))))
    assert "There is no active endpoint." in page
    assert "1 ended endpoint " in page
    assert "https://maps.example/old.csv" in page


def test_what_was_lost_is_told_apart_from_what_never_was() -> None:
    never = text_of(dataset.render(dataset.View(SUBJECT, TREE, MISSING)))
    assert "Not provided: no endpoint has ever been added." in never
    lost = text_of(dataset.render(dataset.View(SUBJECT, TREE, MISSING, past_endpoints=(GONE,))))
    assert "No longer provided: its last endpoint ended on 7 June 2024." in lost
    older = replace(GONE, ended_on=None, last_listed_on=date(2025, 3, 2))
    page = text_of(dataset.render(dataset.View(SUBJECT, TREE, MISSING, past_endpoints=(older,))))
    assert "its endpoint has gone. It was last listed on 2 March 2025." in page


def test_figures_that_know_only_of_an_endpoint_do_not_call_it_ended() -> None:
    page = text_of(dataset.render(view(endpoints=(), past_endpoints=(GONE,))))
    assert "There is no active endpoint" not in page
    assert "https://maps.example/tree.csv" in page


def test_addresses_of_ended_endpoints_are_text_where_they_are_not_web_addresses() -> None:
    bad = replace(GONE, endpoint_url=f"javascript:{HOSTILE}")
    file = replace(FILE, resource=HOSTILE)
    page = to_html(dataset.render(view(past_endpoints=(bad,), files=(file,))))
    assert "<img" not in page
    assert 'href="javascript' not in page


# The map

LAND = replace(TREE, typology="geography")
GROUND = Area("local-authority:XAB", None, 7, has_boundary=True)


def test_a_map_stands_where_something_can_be_drawn() -> None:
    def map_in(what: Any, **parts: Any) -> bool:
        return "map.svg" in to_html(dataset.render(view(what, **parts)))

    address = "https://platform.example/entity/"
    none = replace(GROUND, has_boundary=False)
    assert map_in(LAND, area=GROUND)
    assert map_in(LAND, area=none, places=address)
    assert not map_in(LAND, area=none)
    assert not map_in(LAND)
    assert not map_in(LAND, area=GROUND, row=MISSING)
    assert not map_in(replace(LAND, typology="document"), area=GROUND)


def test_a_map_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    page = to_html(dataset.render(view(LAND, area=GROUND, places="https://platform.example/e")))
    sentence = "Map of the area of local-authority:XAB, with the places in its data on tree."
    assert f'alt="{sentence}"' in page
    assert 'loading="lazy"' in page
    land = replace(LAND, name=HOSTILE)
    page = to_html(dataset.render(view(land, area=GROUND, places="javascript:alert(1)")))
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


# What no longer counts

DEAD = PastIssue(
    endpoint="old",
    endpoint_url="https://old.example/register-2018.csv",
    last_success_on=date(2024, 5, 3),
    failing_since=date(2024, 5, 4),
    issue_type="missing value",
    name=None,
    field="name",
    severity="error",
    responsibility="external",
    problems=3005,
    rows=3005,
)


def test_issues_at_a_dead_address_stand_apart_with_a_step_of_their_own() -> None:
    row = replace(
        FLAWED,
        reasons=("some_endpoints_failing", "issues_to_fix"),
        endpoint_count=2,
        endpoint_failing_count=1,
        rows_to_fix=36,
        problems_to_fix=36,
    )
    parts = {"row": row, "past_issues": (DEAD, replace(DEAD, field="notes", problems=4))}
    page = text_of(dataset.render(view(**parts)))
    assert "1 of 2 endpoints fails and 36 rows need fixing." in page
    steps, rest = page.split("What to do next")[1].split("See what was sent")
    step = "Retire or restore this address: https://old.example/register-2018.csv"
    assert steps.count(step) == 1
    assert "See below which endpoint fails" not in steps
    assert "3,005" not in steps
    section = rest.split("Issues that no longer count")[1]
    assert "register-2018.csv , failing (last worked 3 May 2024)." in section
    assert "missing name Error in data 3,005 A value is missing notes Error in data 4" in section
    # Where none is known, the log says only when it began to look.
    never = replace(DEAD, last_success_on=None)
    page = text_of(dataset.render(view(row=row, past_issues=(never,))))
    assert "failing since 4 May 2024 or earlier" in page
    # Another endpoint that fails has its step too.
    more = replace(row, endpoint_count=3, endpoint_failing_count=2)
    page = text_of(dataset.render(view(row=more, past_issues=(DEAD,))))
    assert "See below which endpoint fails" in page


# The whole page


def past(day: int, *counts: int | None) -> CellHistory:
    """One snapshot, so many days ago."""
    error, warning, notice = counts
    when = TODAY - timedelta(days=day)
    cell = ("live", 1, 1, None, error, error, None, None, None, None, warning, notice)
    return CellHistory(when, when, 1, "platform", *cell)


def test_what_is_wrong_over_time_as_a_table_where_no_chart_can_be_drawn() -> None:
    history = (past(14, None, None, 0), past(7, 1200, 3, 0), past(0, 8, 3, 0))
    page = dataset.render(view(history=history))
    assert not [item for item in walk(page) if isinstance(item, Near)]
    table = text_of(page).split("Show every change as a table")[1]
    assert "Rows to fix Warnings" in table
    assert "7 Aug 2026 7 Aug 2026 Live not known not known" in table
    assert "21 Aug 2026 21 Aug 2026 Live 8 3" in table
    # Figures of an older edition know only problems: a column never counts two things.
    older = replace(history[1], rows_to_fix=None, problems_to_fix=1300)
    table = text_of(dataset.render(view(history=(older, history[2])))).split("Show every change")[1]
    assert "Problems to fix Warnings" in table
    assert "14 Aug 2026 14 Aug 2026 Live 1,300 3" in table


def test_what_stays_for_long_is_one_row_and_as_wide_as_its_time() -> None:
    weeks = tuple(TODAY - timedelta(weeks=week) for week in reversed(range(10)))
    history = (
        replace(past(63, 9, 0, 0), last_as_at=weeks[4], snapshots=5),
        replace(past(28, 9, 0, 0), last_as_at=weeks[5], snapshots=2, endpoint_count=2),
        # The two dates before say nothing.
        replace(past(7, 2, 0, 0), status="error", last_as_at=TODAY, snapshots=2),
    )
    page = dataset.render(view(history=history, dates=weeks))
    section = to_html(page).split('id="history"')[1]
    strip = section.split('class="drawing strip"')[1].split("</svg>")[0]
    rects = [dict(re.findall(r'(x|width)="([^"]+)"', rect)) for rect in strip.split("<rect")[1:]]
    assert rects == [{"x": "0", "width": "60"}, {"x": "80", "width": "20"}]
    words = text_of(page).split("Over time")[1]
    assert "“Live” on 19 June 2026, “Error” on 21 August 2026." in words
    assert "19 Jun 2026 24 Jul 2026 Live 9" in words.split("Show every change")[1]
    assert "14 Aug 2026 21 Aug 2026 Error 2" in words.split("Show every change")[1]


def test_charts_say_their_answer_and_come_from_addresses_of_their_own() -> None:
    fields = {"endpoint_failing_count": 0, "content_changed_on": TODAY - timedelta(days=40)}
    history = (replace(past(7, 5, 0, 0), **fields), replace(past(0, 2, 0, 0), **fields))
    when = (TODAY - timedelta(days=7), TODAY - timedelta(days=7), 1)
    issue = IssueHistory("invalid date", None, "start-date", "error", "external", *when, 5, 5)
    now = replace(issue, as_at=TODAY, last_as_at=TODAY, rows=2)
    dates = (TODAY - timedelta(days=7), TODAY)
    page = dataset.render(view(history=history, issue_history=(issue, now), dates=dates))
    charts = [item for item in walk(page) if isinstance(item, Near)]
    assert [chart.href.rsplit("/", 1)[1] for chart in charts] == ["issues.json", "state.json"]
    words = text_of(page)
    assert "start-date: 5 rows on 14 August 2026, 2 on 21 August 2026." in words
    assert (
        "The content last changed on 12 July 2026. It could be collected on 2 of 2 dates in the "
        "last year." in words
    )


def test_availability_is_told_of_the_year_and_of_the_year_before() -> None:
    """Old: five dates, of which two failed; new: two dates, one of which failed."""
    works, fails = ({"endpoint_failing_count": count} for count in (0, 1))
    history = (
        replace(past(500, 3, 0, 0), **works, last_as_at=TODAY - timedelta(days=480), snapshots=3),
        replace(past(470, 2, 0, 0), **fails, last_as_at=TODAY - timedelta(days=460), snapshots=2),
        replace(past(7, 1, 0, 0), **works, snapshots=1),
        replace(past(0, 1, 0, 0), **fails, snapshots=1),
    )
    days = (500, 490, 480, 470, 460, 7, 0)
    dates = tuple(TODAY - timedelta(days=number) for number in days)
    words = text_of(dataset.render(view(history=history, dates=dates)))
    assert (
        "It could be collected on 1 of 2 dates in the last year and on 3 of 5 dates in the year "
        "before." in words
    )


def test_its_age_stands_beside_that_of_half_of_all() -> None:
    bands = dict.fromkeys(("week", "month", "quarter", "half_year", "year", "two_years"), 0)
    of = Ages("tree", "Tree", 40, **bands, older=0, unknown=0, median=76, organisations=40)
    assert "Half of 40 authorities: 2 months or less" in text_of(
        dataset.render(view(ages=(replace(of, dataset=""), of)))
    )
    few = replace(of, organisations=4)
    assert "Half of" not in text_of(dataset.render(view(ages=(few,))))


def test_what_never_was_different_has_a_history_too() -> None:
    week_ago = TODAY - timedelta(days=7)
    history = (replace(past(7, 4, 0, 0), last_as_at=TODAY, snapshots=2),)
    page = text_of(dataset.render(view(history=history, dates=(week_ago, TODAY))))
    assert "14 Aug 2026 21 Aug 2026 Live 4" in page
    assert "Over time" not in text_of(dataset.render(view(history=(past(0, 4, 0, 0),))))


def test_what_is_not_known_of_the_past_has_no_line_and_no_column() -> None:
    history = (past(7, None, None, None), past(0, None, None, None))
    page = text_of(dataset.render(view(history=history)))
    assert "Over time" in page
    assert "Rows to fix" not in page.split("Over time")[1]


def sections(**parts: Any) -> list[str]:
    page = dataset.render(view(LAND, area=GROUND, fields=(use("name"),), **parts))
    return re.findall(r'<section id="([a-z]+)"', to_html(page))


def test_what_there_is_to_mend_stands_first() -> None:
    history = (past(7, 1, 1, 1), past(0, 1, 1, 1))
    rest = ["map", "history", "follow"]
    broken = sections(row=BROKEN, history=history)
    assert broken == ["next", "endpoints", "issues", "fields", *rest]
    assert sections(row=FLAWED, history=history) == [
        *("next", "issues", "fields", "endpoints"), *rest
    ]  # fmt: skip
    half = replace(FLAWED, endpoint_count=2, endpoint_failing_count=1)
    assert sections(row=half)[1] == "endpoints"


def test_many_endpoints_are_one_line_and_the_newest_in_full() -> None:
    bad = replace(ENDPOINT, access_band="long_broken")
    rows = tuple(
        replace(bad if number == 3 else ENDPOINT, endpoint=f"e{number}") for number in range(7)
    )
    page = to_html(dataset.render(view(endpoints=rows)))
    assert "6 more endpoints: 5 working and 1 long broken" in page
    assert "Endpoint 7 of 7: working" in page
    few = to_html(dataset.render(view(endpoints=rows[:4])))
    assert "more endpoints" not in few


def test_one_that_fails_for_247_days_says_since_when_why_and_what_to_do() -> None:
    since = TODAY - timedelta(days=247)
    row = replace(BROKEN, failing_since=since, best_success_on=None, access_band="long_broken")
    endpoint = replace(
        ENDPOINT, success=False, http_status="404", failing_since=since,
        access_band="long_broken", resource_current=False,
    )  # fmt: skip
    days = (LogDays("e1", since, TODAY, "failed", "404", None),)
    page = text_of(dataset.render(view(row=row, endpoints=(endpoint,), days=days)))
    assert "Collecting has been failing since 17 December 2025 or earlier" in page
    assert "Failing since 17 December 2025 or earlier" in page
    assert "put it back where it was" in page
    assert "Collection worked on 0 of 248 days when we tried" in page


# What to do next


def test_the_steps_agree_with_the_page_below_them() -> None:
    """Live by the platform's rules, with a required field missing, old content and a warning."""
    lacking = (lacks("name"), use("reference"), use("geometry"))
    row = replace(LIVE, freshness_band="stale", warnings=1, warning_rows=1)
    warning = IssueCount("OSGB", None, None, "GeoX", "warning", "external", 1, 1, False, None, None)
    page = text_of(dataset.render(view(AREA, row=row, fields=lacking, issues=(warning,))))
    assert "do not need to do anything" not in page
    assert "No action needed" not in page
    assert "1 required field is missing" in page
    for step in (
        "Add the 1 required field that is missing. See below which.",
        "Check that the content is still right.",
        "1 row has a warning. See below what to fix.",
        "No errors to fix. 1 row has a warning that you should fix.",
    ):
        assert step in page
    assert "You do not need to do anything now." in text_of(dataset.render(view()))


def test_what_we_are_asked_for_is_sent_from_here() -> None:
    row = replace(BROKEN, access_band="long_broken")
    endpoint = replace(ENDPOINT, success=False, http_status="500", access_band="long_broken")
    page = to_html(dataset.render(view(row=row, endpoints=(endpoint,))))
    about = f"/submit?dataset=tree&amp;organisation={SUBJECT.curie}"
    which = f"&amp;endpoint={endpoint.endpoint}"
    retire = f'<a class="link" href="{about}&amp;kind=retire{which}">ask us to retire it</a>.'
    assert f"If you no longer need this endpoint, {retire}" in page
    words = "give its new address to the data team"
    assert f'<a class="link" href="{about}&amp;kind=replace{which}">{words}</a>.' in page


def test_an_address_that_is_not_processed_is_shown_with_its_last_answer() -> None:
    row = replace(MISSING, reasons=("no_endpoint", "endpoint_not_processed"))
    address = UnprocessedEndpoint(
        "e1", "https://a.example/ifs.csv", None, date(2020, 2, 3), TODAY, "200", None
    )
    page = text_of(dataset.render(view(row=row, endpoints=(), unprocessed=(address,))))
    assert "Not provided: no endpoint" not in page
    assert "an address is registered, but the platform does not process it" in page
    assert "https://a.example/ifs.csv Added 3 February 2020 Last accessed 21 August 2026" in page
    assert "Check that the address below is right" in page
    assert "Publish the data on your own website" not in page


def test_a_closed_body_is_asked_for_nothing_and_names_its_successor() -> None:
    closed = replace(
        SUBJECT.organisation,
        end_date=date(2023, 4, 1),
        successor="local-authority:NEW",
        successor_name="New Council",
    )
    subject = replace(SUBJECT, organisation=closed)
    endpoint = replace(ENDPOINT, success=False, http_status="404", failing_since=date(2023, 5, 1))
    parts: dict[str, Any] = {"row": BROKEN, "endpoints": (endpoint,), "past_issues": (DEAD,)}
    count = IssueCount("OSGB", None, None, "GeoX", "error", "external", 3, 3, False, None, None)
    issues = {"row": FLAWED, "issues": (count, replace(count, severity="warning"))}
    for page in (
        to_html(dataset.render(replace(view(**issues), subject=subject))),
        to_html(dataset.render(replace(view(**parts), subject=subject))),
        to_html(dataset.render(replace(view(row=None), subject=subject))),
    ):
        assert "It closed on 1 April 2023. Its work moved to" in page
        assert 'href="/organisations/local-authority:NEW/tree"' in page
        for word in ("What to do next", "put it back where it was", "Do you want to provide it"):
            assert word not in page
        assert not re.search(r"\byou\b|\byour\b|Retire or restore", page, re.IGNORECASE)

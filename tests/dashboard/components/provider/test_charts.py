"""Figures of an authority's past: what is drawn where, what it says, where it leads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboard.components.design.figures.theme import with_look
from dashboard.components.provider import cell_lines, severity_lines, status_runs
from performance_store.rows import (
    Annotation,
    CellHistory,
    IssueHistory,
    SeverityHistory,
    StatusRun,
)

WEEKS = tuple(date(2026, 1, 1) + timedelta(weeks=week) for week in range(10))
NOTE = Annotation(WEEKS[4], "rule", "sample", "A new check", "More is checked.", None)


def span(first: int, last: int) -> tuple[date, date, int]:
    return WEEKS[first], WEEKS[last], last - first + 1


def status(dataset: str, state: str, first: int, last: int) -> StatusRun:
    return StatusRun(dataset, dataset.capitalize(), state, *span(first, last))


def cell(first: int, last: int, content_on: date | None, failing: int | None) -> CellHistory:
    counts = ("live", 2, 2, failing, 4, 4, 4, content_on, None, None, 0, 0)
    return CellHistory(*span(first, last), "sample", *counts)


def issue(kind: str, severity: str, first: int, last: int, rows: int | None) -> IssueHistory:
    who = "external" if severity == "error" else "internal"
    return IssueHistory(kind, None, "name", severity, who, *span(first, last), 9, rows)


def address(dataset: str, day: date | None = None) -> str:
    return f"/{dataset}?as_at={day}" if day else f"/{dataset}"


def points(plot: go.Figure, name: str) -> list[tuple[str, Any, str]]:
    """What can be pointed at: day, value and words of each point."""
    (trace,) = [trace for trace in plot.data if trace.name == name]
    return list(zip(trace.x, trace.y, trace.text, strict=True))


RUNS = (
    status("trees", "live", 0, 3),
    status("trees", "error", 4, 9),
    status("areas", "live", 0, 9),
    status("plans", "not_submitted", 0, 9),
)


def test_a_status_is_a_bar_for_as_long_as_it_stays() -> None:
    plot = status_runs.plot(RUNS, WEEKS, address)
    live, error = plot.data
    assert (live.name, error.name) == ("Live", "Error")
    # Half a day is no part of it: in milliseconds, as Plotly counts.
    assert list(error.base) == ["2026-01-29"]
    assert list(error.x) == [6 * 7 * 86_400_000]
    assert list(error.text) == ["Trees: Error<br>29 January 2026 to now"]
    assert list(live.text)[1] == "Trees: Live<br>1 January 2026 to 22 January 2026"
    # By name from the top, as Plotly counts from below; what was never submitted is left out.
    assert list(plot.layout.yaxis.categoryarray) == ["Trees", "Areas"]


def test_a_status_leads_to_its_dataset_and_all_dates_are_known() -> None:
    plot = status_runs.plot(RUNS, WEEKS, address)
    live, error = plot.data
    assert list(error.customdata) == ["/trees"]
    assert list(live.customdata) == ["/areas", "/trees"]
    assert list(plot.layout.meta["days"]) == [day.isoformat() for day in WEEKS]


def test_plots_of_the_past_say_how_much_room_their_words_need() -> None:
    # Plotly finds that out by drawing all twice.
    rows = (status("a-name-of-some-length", "live", 0, 9), *RUNS)
    plot = with_look(status_runs.plot(rows, WEEKS, address))
    assert not plot.layout.yaxis.automargin
    assert not plot.layout.xaxis.automargin
    assert 100 < plot.layout.margin.l < 180
    short = status_runs.plot(RUNS, WEEKS, address)
    assert short.layout.margin.l < 60


def test_statuses_differ_by_more_than_colour() -> None:
    every = ["live", "needs_improving", "error", "processing", "not_submitted", "unknown"]
    rows = [status(f"d{at}", state, 0, 9) for at, state in enumerate(every)]
    rows.append(status("d4", "live", 0, 0))
    plot = status_runs.plot(sorted(rows, key=lambda run: run.dataset), WEEKS, address)
    assert len({trace.marker.pattern.shape for trace in plot.data}) == len(every)
    assert len({trace.texttemplate for trace in plot.data}) == len(every)


def test_a_name_cannot_be_html() -> None:
    run = StatusRun("x", "<img src=x> & others", "live", *span(0, 9))
    plot = status_runs.plot([run], WEEKS, address)
    assert "<img" not in str(plot.data[0].text)
    assert "<img" not in str(plot.layout.yaxis.ticktext)


def test_the_headline_is_the_newest_change_and_a_gap_is_none() -> None:
    charts = {"figure": "/figure.json", "csv": "/runs.csv"}
    words = str(status_runs.draw(RUNS, WEEKS, **charts))
    assert "1 change of status since 1 January 2026. The latest: Trees went from" in words
    gap = (status("trees", "live", 0, 3), status("trees", "error", 6, 9))
    words = str(status_runs.draw(gap, WEEKS, **charts))
    assert "No dataset has changed its status since 1 January 2026." in words
    assert status_runs.draw(RUNS[3:], WEEKS, **charts) is None
    assert status_runs.draw((status("trees", "live", 9, 9),), WEEKS, **charts) is None
    assert status_runs.draw((), WEEKS, **charts) is None


SEVERITIES = (
    SeverityHistory(*span(0, 2), datasets=2, critical=0, error=5, warnings=7, notices=0),
    SeverityHistory(
        *span(3, 4), datasets=0, critical=None, error=None, warnings=None, notices=None
    ),
    SeverityHistory(*span(6, 9), datasets=2, critical=0, error=3, warnings=7, notices=0),
)


def test_what_was_never_provided_is_named() -> None:
    words = str(status_runs.draw(RUNS, WEEKS, figure="/figure.json", csv="/runs.csv"))
    assert " Not provided on any date: Plans." in words
    words = str(status_runs.draw(RUNS[:3], WEEKS, figure="/figure.json", csv="/runs.csv"))
    assert "Not provided" not in words


def problems(first: date, last: date, error: int) -> SeverityHistory:
    return SeverityHistory(
        first, last, 1, datasets=2, critical=0, error=error, warnings=0, notices=0
    )


def test_problems_are_told_beside_those_of_a_year_before_by_their_own_date() -> None:
    rows = (
        problems(date(2024, 12, 1), date(2025, 3, 2), 14),
        problems(date(2025, 3, 9), date(2025, 11, 23), 62),
        problems(date(2025, 11, 30), date(2026, 11, 29), 55),
    )
    charts = {"figure": "/figure.json", "csv": "/runs.csv"}
    # A year before lies between two snapshots.
    assert (
        "Problems to fix on 29 November 2026: 55, down from 62 on 23 November 2025, up from 14 on "
        "1 December 2024."
    ) in str(severity_lines.draw(rows, WEEKS, **charts))
    assert "55, down from 62 on 9 March 2025." in str(
        severity_lines.draw(
            (problems(date(2025, 3, 9), date(2025, 3, 9), 62), rows[2]), WEEKS, **charts
        )
    )


def test_problems_have_a_panel_a_severity_and_gaps_where_they_are_not_known() -> None:
    plot = severity_lines.plot(SEVERITIES, WEEKS, [NOTE])
    assert points(plot, "Errors to fix") == [
        ("2026-01-01", 5, "5"),
        ("2026-01-22", None, "not known"),
        ("2026-02-05", None, "not known"),
        ("2026-02-12", 3, "3"),
        ("2026-03-05", 3, "3"),
    ]
    # Those of which there never was one have none.
    assert {trace.name for trace in plot.data if trace.name} == {"Errors to fix", "Warnings"}
    drawing = plot.data[0]
    # The newest goes on until the next date.
    assert (drawing.x[-1], drawing.y[-1]) == ("2026-03-12", 3)
    assert "1" in [note.text for note in plot.layout.annotations]


def test_the_headline_compares_what_is_to_fix() -> None:
    charts = {"figure": "/figure.json", "csv": "/rows.csv"}
    words = str(severity_lines.draw(SEVERITIES, WEEKS, **charts))
    assert "Problems to fix on 5 March 2026: 3, down from 5 on 1 January 2026." in words
    assert severity_lines.draw(SEVERITIES[1:2], WEEKS, **charts) is None
    assert severity_lines.draw((), WEEKS, **charts) is None


HISTORY = (
    cell(0, 3, date(2025, 12, 1), 0),
    cell(4, 5, date(2025, 12, 1), 2),
    cell(6, 9, date(2026, 2, 10), 1),
)


def test_issues_have_a_panel_each_those_to_fix_first_and_nought_where_there_was_none() -> None:
    rows = (
        issue("missing value", "notice", 0, 9, 400),
        issue("invalid date", "error", 0, 2, 6),
        issue("invalid date", "error", 6, 9, 2),
    )
    rows = tuple(sorted(rows, key=lambda row: row.issue_type))
    plot = cell_lines.plot_issues(rows, HISTORY, WEEKS, [], lambda day: address("trees", day))
    names = [trace.name for trace in plot.data if trace.name]
    assert len(names) == 2
    assert [value for _, value, _ in points(plot, names[0])] == [6, 0, 0, 2, 2]
    assert points(plot, names[0])[0][2] == "6 rows"
    (trace,) = [trace for trace in plot.data if trace.name == names[0]]
    assert trace.customdata[0] == "/trees?as_at=2026-01-01"
    assert trace.customdata[-1] == "/trees"


def test_an_issue_whose_rows_are_not_always_known_counts_problems() -> None:
    rows = (issue("invalid date", "error", 0, 2, None), issue("invalid date", "error", 3, 9, 2))
    plot = cell_lines.plot_issues(rows, HISTORY, WEEKS, [], lambda day: "")
    (name,) = [trace.name for trace in plot.data if trace.name]
    assert {words for _, _, words in points(plot, name)} == {"9 problems"}


def test_the_age_grows_and_falls_when_the_content_changes() -> None:
    plot = cell_lines.plot_state(HISTORY, WEEKS, [], lambda day: address("trees", day))
    assert [value for _, value, _ in points(plot, "Age of the content")] == [31, 59, 2, 23]
    shape = plot.data[0]
    at = list(shape.x).index("2026-02-11")
    # A week would stand on the nought.
    assert list(plot.layout.yaxis.ticktext) == ["0", "2 weeks", "1 month"]
    # The day before it changed it was 72 days old.
    assert (shape.y[at], shape.y[at + 1]) == (72, 2)
    assert "changed 10 February 2026" in points(plot, "Age of the content")[2][2]


def test_what_could_be_collected_has_three_levels_or_is_not_known() -> None:
    history = (*HISTORY, cell(9, 9, None, None))
    plot = cell_lines.plot_state(history, WEEKS, [], lambda day: "")
    words = [words for _, _, words in points(plot, "Could it be collected?")]
    assert words == ["yes", "no", "from some of its endpoints", "not known"]

"""One dataset of one organisation through time: what is wrong with it, how old it is, and whether
it could be collected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby, pairwise

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard.colours import TEAL, TONES
from dashboard.components.design import tables, text
from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figures.panels import Dated, Panel, panels
from dashboard.components.design.slide import Slide
from dashboard.components.design.status import SEVERITIES, STATUSES, word
from dashboard.components.design.tables import Column
from dashboard.components.provider import timeline
from dashboard.components.provider.runs import without_repeats
from dashboard.components.provider.severity_lines import size
from dashboard.components.words import amounts, formatting
from dashboard.components.words.issue_words import issue_words
from performance_store.rows import Annotation, CellHistory, IssueHistory

Address = Callable[[date | None], str]
"""The address of the dataset on a date; None: now."""
ISSUES_TITLE = "Rows with problems through time"
STATE_TITLE = "Age of the content, and whether it could be collected"
_CHANGES = "Status and what is wrong over time"
_MOST_PANELS = 4
_ORDER = list(SEVERITIES)
_AGES = (
    *((7, "1 week"), (14, "2 weeks"), (30, "1 month"), (91, "3 months"), (182, "6 months")),
    *((365, "1 year"), (730, "2 years"), (1461, "4 years")),
)
_COLLECTED = ((0, "no"), (1, "some"), (2, "yes"))
_COLLECTED_WORDS = ("no", "from some of its endpoints", "yes")
_YEAR = timedelta(weeks=52)
_OPENS = "Open the page as it was then"


def draw_issues(
    issues: Sequence[IssueHistory],
    history: Sequence[CellHistory],
    dates: Sequence[date],
    *,
    figure: str,
    csv: str,
    slide: Slide | None = None,
) -> Component | None:
    """The chart of rows by issue; None where there was never one, or there is one date.

    In: runs of each issue and of the dataset, oldest first; the dates of all snapshots of their
    kind; the addresses of the figure and of the file of the issues; and what a picture says.
    """
    kinds = _kinds(issues)
    if not kinds or not _has_past(history):
        return None
    days = timeline.days_of_change([*history, *issues], dates)
    rows = sorted(issues, key=lambda row: (row.as_at, row.last_as_at), reverse=True)
    cells, note = timeline.newest(
        [
            (
                _title(row),
                word(SEVERITIES, row.severity).label,
                formatting.short_day(row.as_at),
                formatting.short_day(row.last_as_at),
                _number(row.rows),
                formatting.number(row.problems),
            )
            for row in rows
        ]
    )
    return chart(
        figure,
        id="issue-lines",
        title=ISSUES_TITLE,
        headline=_issues_headline(kinds[0], history, days),
        columns=[
            Column("Issue"), Column("Severity"), Column("From"), Column("To"),
            Column("Rows", numeric=True), Column("Problems", numeric=True),
        ],
        rows=cells,
        csv_href=csv,
        slide=slide,
        below=note,
        size=size(min(len(kinds), _MOST_PANELS)),
        dates=timeline.dates_of(days, dates),
        opens=True,
    )  # fmt: skip


def plot_issues(
    issues: Sequence[IssueHistory],
    history: Sequence[CellHistory],
    dates: Sequence[date],
    changes: Sequence[Annotation],
    href: Address,
) -> go.Figure:
    """The figure: a panel for each of the issues with most rows, those to fix first."""
    days = timeline.days_of_change([*history, *issues], dates)
    items = []
    for kind in _kinds(issues)[:_MOST_PANELS]:
        values = tuple(_values(kind, history, days))
        unit = "problem" if _counts_problems(kind) else "row"
        items.append(
            Panel(
                issue_words(kind[-1].issue_type, kind[-1].name).title,
                values,
                tuple(_words(value, unit) for value in values),
                TONES[word(SEVERITIES, kind[-1].severity).tone],
                of=kind[-1].field or "",
            )
        )
    return panels(items, _dated(days, dates, changes, href))


def draw_state(
    history: Sequence[CellHistory],
    dates: Sequence[date],
    *,
    figure: str,
    csv: str,
    slide: Slide | None = None,
) -> Component | None:
    """The chart of age and of what could be collected, with all that changed as its table, which is
    alone where neither was ever known; None where there is one date. In: as for `draw_issues`."""
    if not _has_past(history):
        return None
    columns, every = _changes(history, dates)
    cells, note = timeline.newest(every)
    if not _knows_state(history):
        table = tables.table(_CHANGES, columns, cells, caption_hidden=True)
        return text.details("Show every change as a table", table, *note)
    return chart(
        figure,
        id="state-lines",
        title=STATE_TITLE,
        headline=_state_headline(history, dates),
        columns=columns,
        rows=cells,
        csv_href=csv,
        slide=slide,
        below=note,
        size="medium",
        dates=timeline.dates_of(timeline.days_of_change(history, dates), dates),
        opens=True,
    )


def _number_of(name: str, row: CellHistory) -> str | None:
    return _number(getattr(row, name))


def _changes(
    history: Sequence[CellHistory], dates: Sequence[date]
) -> tuple[list[Column], list[list[Children]]]:
    """The runs as a table, newest first, without columns of which nothing is known: what is wrong
    in rows, or in problems where rows are not known on all dates, so that none counts two things.
    """
    to_fix = f"{amounts.noun(history)}_to_fix"
    counts = {to_fix: amounts.heading(history), "warnings": "Warnings", "notices": "Notices"}
    parts: list[tuple[Column, Callable[[CellHistory], str | None]]] = [
        (Column(title, numeric=True), partial(_number_of, name)) for name, title in counts.items()
    ]
    parts.append((Column("Content changed"), lambda row: _day(row.content_changed_on)))
    parts.append((Column("Endpoints failing"), _failing))
    parts = [part for part in parts if any(part[1](row) is not None for row in history)]
    rows = without_repeats(
        history, dates, lambda row: (row.status, *(value(row) for _, value in parts))
    )
    return [Column("From"), Column("To"), Column("Status"), *(column for column, _ in parts)], [
        [
            formatting.short_day(row.as_at),
            formatting.short_day(row.last_as_at),
            word(STATUSES, row.status).label,
            *(value(row) for _, value in parts),
        ]
        for row in reversed(rows)
    ]


def plot_state(
    history: Sequence[CellHistory],
    dates: Sequence[date],
    changes: Sequence[Annotation],
    href: Address,
) -> go.Figure:
    """The figure: the age of the content, and whether it could be collected."""
    days = timeline.days_of_change(history, dates)
    there = timeline.on(history, days)
    ages = tuple(_age(row, day) for row, day in zip(there, days, strict=True))
    days_of_content = [row.content_changed_on if row else None for row in there]
    levels = tuple(_level(row) for row in there)
    shape = _slopes(there, days, timeline.dates_of(days, dates).last)
    items = [
        Panel(
            "Age of the content",
            ages,
            tuple(
                f"{formatting.span(int(age))}, changed {formatting.day(day)}"
                if age is not None
                else "not known"
                for age, day in zip(ages, days_of_content, strict=True)
            ),
            TEAL,
            ticks=_ticks([age for _, age in shape]),
            shape=shape,
        ),
        Panel(
            "Could it be collected?",
            levels,
            tuple("not known" if one is None else _COLLECTED_WORDS[int(one)] for one in levels),
            TONES["good"],
            ticks=_COLLECTED,
        ),
    ]
    return panels(items, _dated(days, dates, changes, href))


def _has_past(history: Sequence[CellHistory]) -> bool:
    return bool(history) and history[0].as_at != history[-1].last_as_at


def _knows_state(history: Sequence[CellHistory]) -> bool:
    return any(row.content_changed_on or _level(row) is not None for row in history)


def _dated(
    days: tuple[date, ...], dates: Sequence[date], changes: Sequence[Annotation], href: Address
) -> Dated:
    whole = timeline.dates_of(days, dates)
    hrefs = tuple(href(None if day == days[-1] else day) for day in days)
    return Dated(days, whole.last, hrefs, timeline.marks(changes, whole), _OPENS)


def _kinds(issues: Sequence[IssueHistory]) -> list[list[IssueHistory]]:
    """The runs of each issue: what its provider has to fix first, then by severity and rows."""
    kinds = [list(kind) for _, kind in groupby(issues, lambda row: (row.issue_type, row.field))]

    def place(kind: Sequence[IssueHistory]) -> tuple[bool, int, int]:
        last = kind[-1]
        severity = _ORDER.index(last.severity) if last.severity in _ORDER else len(_ORDER)
        return last.responsibility != "external", severity, -max(_count(row) for row in kind)

    return sorted(kinds, key=place)


def _counts_problems(kind: Sequence[IssueHistory]) -> bool:
    """Whether the problems of an issue are counted, since its rows are not always known."""
    return any(row.rows is None for row in kind)


def _count(row: IssueHistory) -> int:
    return row.problems if row.rows is None else row.rows


def _values(
    kind: Sequence[IssueHistory], history: Sequence[CellHistory], days: Sequence[date]
) -> list[int | None]:
    """How many there were on each day: none where issues were known and this was not among them."""
    problems = _counts_problems(kind)
    values: list[int | None] = []
    for run, cell in zip(timeline.on(kind, days), timeline.on(history, days), strict=True):
        if run is not None:
            values.append(run.problems if problems else run.rows)
        else:
            values.append(0 if cell is not None and cell.problems is not None else None)
    return values


def _title(row: IssueHistory) -> str:
    title = issue_words(row.issue_type, row.name).title
    return f"{title}: {row.field}" if row.field else title


def _words(value: int | None, unit: str) -> str:
    return "not known" if value is None else formatting.plural(value, unit)


def _issues_headline(
    kind: Sequence[IssueHistory], history: Sequence[CellHistory], days: Sequence[date]
) -> str:
    values = _values(kind, history, days)
    points = [(day, value) for day, value in zip(days, values, strict=True) if value is not None]
    unit = "problem" if _counts_problems(kind) else "row"
    (first, then), (_, now) = points[0], points[-1]
    return (
        f"{_title(kind[-1])}: {formatting.plural(then, unit)} on {formatting.day(first)}, "
        f"{formatting.number(now)} on {formatting.day(days[-1])}."
    )


def _state_headline(history: Sequence[CellHistory], dates: Sequence[date]) -> str:
    last = history[-1]
    words = (
        f"The content last changed on {formatting.day(last.content_changed_on)}"
        if last.content_changed_on
        else "It is not known when the content last changed"
    )
    parts = [
        f"on {formatting.n_of(good, total)} dates {when}"
        for when, (good, total) in _collected(history, dates).items()
        if total
    ]
    if not parts:
        return f"{words}."
    return f"{words}. It could be collected {' and '.join(parts)}."


def _collected(history: Sequence[CellHistory], dates: Sequence[date]) -> dict[str, tuple[int, int]]:
    """On how many dates everything could be collected, of how many that are known: in the year to
    the last date, and in the year before that."""
    counts, end = {}, history[-1].last_as_at
    for when in ("in the last year", "in the year before"):
        days = [day for day in dates if end - _YEAR < day <= end]
        levels = [_level(row) for row in timeline.on(history, days)]
        counts[when] = (levels.count(2), len(levels) - levels.count(None))
        end -= _YEAR
    return counts


def _age(row: CellHistory | None, day: date) -> int | None:
    if row is None or row.content_changed_on is None:
        return None
    return (day - row.content_changed_on).days


def _level(row: CellHistory | None) -> int | None:
    """2: all that was tried could be collected; 1: some of it; 0: nothing; None: not known."""
    if row is None or row.endpoint_failing_count is None or not row.endpoint_attempted_count:
        return None
    if not row.endpoint_failing_count:
        return 2
    return 1 if row.endpoint_failing_count < row.endpoint_attempted_count else 0


def _slopes(
    there: Sequence[CellHistory | None], days: Sequence[date], end: date
) -> tuple[tuple[date, int | None], ...]:
    """How the age grows from day to day and falls when the content changes."""
    points: list[tuple[date, int | None]] = []
    for row, (day, following) in zip(there, pairwise((*days, end)), strict=True):
        points.append((day, _age(row, day)))
        points.append((following - timedelta(days=1), _age(row, following - timedelta(days=1))))
    return tuple(points)


def _ticks(ages: Sequence[int | None]) -> tuple[tuple[float, str], ...]:
    """Round ages, the three largest of those that occur and do not stand on the nought."""
    most = max([7, *(age for age in ages if age is not None)])
    return ((0, "0"), *[tick for tick in _AGES if most / 6 <= tick[0] <= most][-3:])


def _failing(row: CellHistory) -> str | None:
    if row.endpoint_failing_count is None or not row.endpoint_attempted_count:
        return None
    return formatting.n_of(row.endpoint_failing_count, row.endpoint_attempted_count)


def _day(value: date | None) -> str | None:
    return None if value is None else formatting.short_day(value)


def _number(value: int | None) -> str | None:
    return None if value is None else formatting.number(value)

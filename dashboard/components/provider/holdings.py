"""The datasets of one organisation side by side: as cards or as a table, each with a small strip
of its status over time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import blocks, drawing, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import Tone
from dashboard.components.provider import cards as provision
from dashboard.components.words import advice, amounts, formatting, wording
from performance_store.rows import DatasetStatus, StatusRun


@dataclass(frozen=True, slots=True)
class Past:
    """The history of datasets: the dates of the figures, oldest first, and each dataset's runs."""

    dates: tuple[date, ...]
    runs: Mapping[str, Sequence[StatusRun]]

    def strip(self, row: DatasetStatus) -> Component | None:
        """The status on every date; None with one date only, or when it was never provided."""
        runs = self.runs.get(row.dataset, ())
        if len(self.dates) < 2 or all(run.status == "not_submitted" for run in runs):
            return None
        return drawing.span_strip([self._part(run) for run in runs], self.words(runs))

    def last_provided(self, row: DatasetStatus, until: date) -> date | None:
        """The newest date before one on which it was provided; None: on none."""
        days = [
            run.last_as_at
            for run in self.runs.get(row.dataset, ())
            if run.status != "not_submitted" and run.last_as_at < until
        ]
        return max(days, default=None)

    def words(self, runs: Sequence[StatusRun]) -> str:
        """What the strip shows, in a sentence or two."""
        last = runs[-1]
        label = status.word(status.STATUSES, last.status).label
        if len(runs) == 1 and last.first_as_at == self.dates[0]:
            return f"{label} on all {len(self.dates)} dates"
        before = len(runs) - 1
        changes = f", after {formatting.plural(before, 'change')}" if before else ""
        return f"{label} since {formatting.day(last.first_as_at)}{changes}"

    def _part(self, run: StatusRun) -> tuple[drawing.Span, Tone]:
        width = 100 / len(self.dates)
        first = bisect_left(self.dates, run.first_as_at)
        end = bisect_right(self.dates, run.last_as_at)
        tone = status.word(status.STATUSES, run.status).tone
        return drawing.Span(first * width, end * width), tone

    def caption(self, rows: Sequence[DatasetStatus]) -> Component | None:
        """What the small strips mean; None where no row has one."""
        if not any(self.strip(row) for row in rows):
            return None
        return html.P(
            f"A strip shows a dataset’s status on {len(self.dates):,} dates, from "
            f"{formatting.day(self.dates[0])} on the left to {formatting.day(self.dates[-1])} on "
            "the right. A taller strip means more to do.",
            className="quiet small",
        )


def cards(
    rows: Sequence[DatasetStatus],
    as_at: date,
    past: Past,
    href: Callable[[DatasetStatus], str],
) -> list[Component]:
    """One card a dataset that is provided: status, reason, freshness, records, open issues, strip.
    Those that are not are one line each."""
    provided = [row for row in rows if row.status != "not_submitted"]
    others = [row for row in rows if row.status == "not_submitted"]
    parts: list[Component] = []
    if provided:
        parts.append(
            blocks.cards(
                *(
                    provision.dataset_card(row, as_at, href(row), past.strip(row))
                    for row in provided
                )
            )
        )
    if others:
        parts.append(
            blocks.lines(
                [_not_provided(row, href(row), past.last_provided(row, as_at)) for row in others]
            )
        )
    return parts


def _not_provided(row: DatasetStatus, href: str, last: date | None) -> list[Children]:
    """A line; it says why only where there is more to say than that nobody has added an
    endpoint: what was provided before is told apart from what never was."""
    why = wording.reason(row) if advice.is_unprocessed(row) else _until(last)
    more = [html.Span(why, className="quiet small")] if why else []
    state = status.word(status.STATUSES, row.status)
    return [status.mark(state.label, state.tone), text.link(row.dataset_name, href), *more]


def table(
    caption: str,
    columns: Sequence[tables.Column],
    rows: Sequence[DatasetStatus],
    as_at: date,
    past: Past,
    href: Callable[[DatasetStatus], str],
) -> Component:
    """The same datasets as rows of a table. In: its columns, in the order of `columns`."""
    lines = [_line(row, as_at, past, href(row)) for row in rows]
    return tables.table(caption, columns, lines, caption_hidden=True)


def columns(rows: Sequence[DatasetStatus]) -> tuple[tuple[str | None, str, bool], ...]:
    """The columns of the table: sort key, heading, and whether it holds numbers."""
    return (
        ("name", "Dataset", False),
        ("urgency", "Status", False),
        ("changed", "Content changed", False),
        (None, "Records", True),
        ("rows", amounts.heading(rows), True),
        (None, "Over time", False),
    )


def _until(last: date | None) -> str:
    return f"last provided on {formatting.short_day(last)}" if last else ""


def _line(row: DatasetStatus, as_at: date, past: Past, href: str) -> list[Children]:
    nothing = None if row.endpoint_count else _dash()
    group = html.Div(wording.obligation_of(row).title, className="quiet small")
    words = wording.reason(row)
    if row.status == "not_submitted" and not advice.is_unprocessed(row):
        words = _until(past.last_provided(row, as_at))
    why = html.Div(words, className="quiet small") if words else None
    return [
        html.Div([text.link(row.dataset_name, href), group]),
        html.Div([status.status_tag(row.status), why]),
        _content_age(row) if row.content_changed_on else nothing,
        nothing if row.record_count is None else formatting.number(row.record_count),
        _to_fix(row) if row.problems_to_fix is not None else nothing,
        past.strip(row) or _dash(),
    ]


def _content_age(row: DatasetStatus) -> Children:
    cell: list[Children] = [formatting.short_day(row.content_changed_on)]
    if row.freshness_band in ("ageing", "stale"):
        cell += [" ", status.freshness_tag(row.freshness_band)]
    return html.Div(cell)


def _to_fix(row: DatasetStatus) -> Children:
    if not row.problems_to_fix:
        return html.Span("0", className="nought")
    more = ""
    if row.issues_of_last_good:
        more = "in the last data we collected"
    elif row.error_type_count:
        more = formatting.plural(row.error_type_count, "kind of issue", "kinds of issue")
    count = formatting.number(amounts.to_fix(row))
    return html.Div([count, html.Div(more, className="quiet small")])


def _dash() -> Component:
    """Does not apply; a narrow screen leaves it out."""
    return html.Span("–", className="quiet nought")

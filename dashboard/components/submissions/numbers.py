"""All submissions in numbers: open, late, by step, why others ended, how long it takes."""

from __future__ import annotations

from collections.abc import Callable

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, submission_words
from providers.submissions.rows import Figures, MonthFigures

Address = Callable[..., str]


def stats(figures: Figures, address: Address) -> Component:
    """The numbers at the top. In: the address of the list with filters, by their names."""
    return blocks.stats(
        blocks.stat(formatting.number(figures.open), "open", href=address(which="open")),
        blocks.stat(formatting.number(figures.late), "late", href=address(which="late")),
        blocks.stat(formatting.number(figures.live), "live", href=address(step="live")),
        blocks.stat(_days(figures.median_days), "from sent to live", note=_half(figures)),
        line=True,
    )


def _half(figures: Figures) -> str:
    if figures.median_days is None:
        return "nothing new that was sent here is live yet"
    return "half take longer, half are faster"


def _days(days: float | None) -> str:
    return "No figure" if days is None else formatting.plural(round(days), "day")


def sections(figures: Figures) -> Component:
    """Open ones by step, why others ended, and month by month."""
    return html.Div([_steps(figures), _reasons(figures), _months(figures.months)])


def _steps(figures: Figures) -> Component | None:
    if not figures.by_step:
        return None
    cells: list[list[Children]] = [
        [submission_words.STEPS[step], formatting.number(count)] for step, count in figures.by_step
    ]
    columns = [tables.Column("How far"), tables.Column("Open", numeric=True)]
    table = tables.table("Open submissions by step", columns, cells, caption_hidden=True)
    return text.section("Where open ones are", table, id="steps")


def _reasons(figures: Figures) -> Component | None:
    if not figures.by_reason:
        return None
    cells: list[list[Children]] = [
        [submission_words.REASONS.get(reason, reason), formatting.number(count)]
        for reason, count in figures.by_reason
    ]
    columns = [tables.Column("Why"), tables.Column("Submissions", numeric=True)]
    table = tables.table("Why others ended", columns, cells, caption_hidden=True)
    return text.section("Why others ended", table, id="reasons")


def _months(rows: tuple[MonthFigures, ...]) -> Component | None:
    if not rows:
        return None
    columns = [
        tables.Column("Sent in"),
        tables.Column("Sent", numeric=True),
        tables.Column("Live by now", numeric=True),
        tables.Column("Median days to live", numeric=True),
    ]
    cells: list[list[Children]] = [
        [
            formatting.month(row.month),
            formatting.number(row.sent),
            formatting.number(row.live),
            "–" if row.median_days is None else formatting.number(row.median_days),
        ]
        for row in rows
    ]
    table = tables.table("Month by month", columns, cells, caption_hidden=True)
    return text.section("Month by month", table, id="months")

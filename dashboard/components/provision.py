"""Parts of pages about one organisation's datasets: cards, changes, lines of history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import formatting
from dashboard.components import blocks, drawing, status, text, wording
from dashboard.components.element import Children
from performance_store.measures import MEASURES
from performance_store.rows import DatasetStatus

# Trouble first, then what is fine, then what is not there.
_ORDER = ("error", "needs_improving", "processing", "unknown", "live", "not_submitted")


def explain(*ids: str) -> Component:
    """ "How is this worked out?" for one figure or several that stand together."""
    measures = [MEASURES[key] for key in ids]
    body: list[Children] = []
    for measure in measures:
        if len(measures) > 1:
            body.append(html.P(html.Strong(measure.name)))
        body.append(text.bullets(list(measure.working)))
    names = [measure.name[0].lower() + measure.name[1:] for measure in measures]
    return text.how_worked_out(*body, about=formatting.listed(names))


def by_urgency(rows: Sequence[DatasetStatus]) -> list[DatasetStatus]:
    """Datasets in the order in which a provider should look at them."""
    rank = {key: number for number, key in enumerate(_ORDER)}
    return sorted(rows, key=lambda row: (rank.get(row.status, 3), row.dataset_name))


def dataset_card(row: DatasetStatus, as_at: date, href: str) -> Component:
    """One dataset of an organisation: status, reason, freshness, records, rows to fix."""
    found = status.word(status.STATUSES, row.status)
    return blocks.card(
        row.dataset_name,
        text.paragraph(wording.reason(row)),
        href=href,
        tag=status.status_tag(row.status),
        tone=found.tone,
        footer=_facts(row, as_at) if row.endpoint_count else None,
    )


def _facts(row: DatasetStatus, as_at: date) -> list[Children]:
    items: list[Children] = [wording.freshness(row, as_at)]
    if row.freshness_band in ("ageing", "stale"):
        items.append(status.freshness_tag(row.freshness_band))
    if row.record_count is not None:
        items.append(formatting.plural(row.record_count, "record") + ".")
    if row.error_rows and "issues_to_fix" not in row.reasons:
        items.append(formatting.plural(row.error_rows, "row") + " to fix.")
    if row.issues_of_last_good and row.error_rows:
        items.append(f"{formatting.sentence(wording.rows_to_fix(row))} (In the last good data.)")
    return [piece for item in items for piece in (item, " ")][:-1]


def changes(rows: Sequence[DatasetStatus]) -> list[tuple[DatasetStatus, str]]:
    """What changed since the comparison, in words; datasets without a change are left out."""
    found = []
    for row in rows:
        said = _change(row)
        if said:
            found.append((row, said))
    return found


def _change(row: DatasetStatus) -> str | None:
    if row.status_before is None:
        if row.in_denominator or row.endpoint_count:
            return "new in this list"
        return None
    if row.status_before != row.status:
        then = status.word(status.STATUSES, row.status_before).label
        now = status.word(status.STATUSES, row.status).label
        return f"was “{then}”, is now “{now}”"
    more = (row.error_rows or 0) - (row.error_rows_before or 0)
    if row.error_rows is None or row.error_rows_before is None or more == 0:
        return None
    word = "more" if more > 0 else "fewer"
    return f"{formatting.plural(abs(more), f'{word} row', f'{word} rows')} to fix"


def strip_with_dates(drawn: Component, first: date, last: date) -> Component:
    """A strip with the dates of its two ends below it."""
    return html.Div(
        [
            drawn,
            html.Div(
                [html.Span(formatting.short_day(first)), html.Span(formatting.short_day(last))],
                className="strip-ends",
            ),
        ],
        className="strip-dated",
    )


def provided_bar(rows: Sequence[DatasetStatus]) -> Component:
    """Datasets by status as one bar, with the same in words below."""
    counts = [(key, sum(1 for row in rows if row.status == key)) for key in reversed(_ORDER)]
    order = ("live", "processing", "unknown", "needs_improving", "error", "not_submitted")
    known = dict(counts)
    parts = [
        (status.STATUSES[key].label, known.get(key, 0), status.STATUSES[key].tone)
        for key in order
        if known.get(key)
    ]
    words = formatting.listed([f"{count} {name.lower()}" for name, count, _ in parts])
    return html.Div(
        [
            drawing.stacked_bar(parts, f"Of {len(rows)} expected datasets: {words}"),
            html.P(
                [
                    piece
                    for name, count, tone in parts
                    for piece in (
                        html.Span([status.mark(name, tone), f" {count} {name.lower()}"],
                                  className="legend-item"),
                        " ",
                    )
                ],
                className="legend",
            ),
        ]
    )  # fmt: skip

"""The authorities of one dataset: which of them, in which order, and how each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.national.matrix import CHANGES
from dashboard.components.words import amounts, formatting
from performance_store.rows import DatasetAuthority

# So many are seen at once; the others of a page are folded.
_IN_SIGHT = 10
# By what the list can be sorted: trouble, the oldest content and the most rows come first.
SORTS = ("name", "status", "change", "content", "rows")
_TROUBLE = ("error", "needs_improving", "processing", "unknown", "not_submitted", "live")


def in_order(
    rows: Sequence[DatasetAuthority],
    changes: Mapping[str, str],
    *,
    state: str | None,
    sort: str,
    backwards: bool,
) -> list[DatasetAuthority]:
    """Those of a status, in the order the reader chose: what is not known comes last either way.

    In: every authority by name, what changed at each, and the reader's choices.
    """
    matches = [row for row in rows if state in (None, row.status)]
    if sort == "name":
        return matches[::-1] if backwards else matches
    order = list(CHANGES)
    values: dict[str, Callable[[DatasetAuthority], int | None]] = {
        "status": lambda row: _TROUBLE.index(row.status),
        "change": lambda row: (
            order.index(changes[row.organisation]) if row.organisation in changes else None
        ),
        "content": lambda row: (
            row.content_changed_on.toordinal() if row.content_changed_on else None
        ),
        "rows": lambda row: None if (count := amounts.to_fix(row)) is None else -count,
    }
    value = values[sort]
    sortable_rows = [row for row in matches if value(row) is not None]
    sortable_rows.sort(key=lambda row: (value(row) or 0) * (-1 if backwards else 1))
    return sortable_rows + [row for row in matches if value(row) is None]


def states(rows: Sequence[DatasetAuthority]) -> list[tuple[str, str]]:
    """The statuses that some have, with how many, as choices."""
    counts = Counter(row.status for row in rows)
    return [
        (key, f"{word.label} ({formatting.number(counts[key])})")
        for key, word in status.STATUSES.items()
        if counts[key]
    ]


def table(
    rows: Sequence[DatasetAuthority],
    changes: Mapping[str, str],
    *,
    as_at: date,
    since: date | None,
    knows: Sequence[str],
    sort: str,
    backwards: bool,
    sort_href: Callable[[str, bool], str],
    href: Callable[[str], str],
) -> Component:
    """One page of the list, the first ten in sight. In: also the dates, what the snapshot knows,
    the present order, and the addresses of another order and of an authority's dataset."""

    def sortable(key: str, label: str, *, numeric: bool = False) -> tables.Column:
        here = key == sort
        down = (key == "rows") != backwards
        return tables.Column(
            label,
            numeric,
            sort_href(key, here and not backwards),
            ("descending" if down else "ascending") if here else None,
        )

    columns = [sortable("name", "Authority"), sortable("status", "Status")]
    if since is not None:
        columns.append(sortable("change", f"Since {formatting.short_day(since)}"))
    if "logs" in knows:
        columns.append(sortable("content", "Content changed"))
    if "issues" in knows:
        columns.append(sortable("rows", amounts.heading(rows), numeric=True))
    body: list[list[Children]] = []
    for row in rows:
        cells: list[Children] = [_authority(row, href), _state(row)]
        if since is not None:
            cells.append(_change(row, changes))
        if "logs" in knows:
            cells.append(_content_age(row, as_at))
        if "issues" in knows:
            cells.append(_rows(row))
        body.append(cells)
    title = "Authorities and this dataset"
    first = tables.table(title, columns, body[:_IN_SIGHT], caption_hidden=True)
    rest = body[_IN_SIGHT:]
    if not rest:
        return first
    plain = [replace(column, sort_href=None, order=None) for column in columns]
    more = tables.table(f"{title}, continued", plain, rest, caption_hidden=True)
    return html.Div([first, text.details(f"{len(rest)} more authorities", more)])


def _authority(row: DatasetAuthority, href: Callable[[str], str]) -> Component:
    where = "" if row.region == "none" else row.region_name
    cohort = row.cohort_name or row.cohort or ""
    return html.Div(
        [
            text.link(row.name, href(row.organisation)),
            html.Div(", ".join(part for part in (where, cohort) if part), className="quiet small"),
        ]
    )


def _state(row: DatasetAuthority) -> Component:
    """The status; who provided it once is told apart from who never did."""
    until = None
    if row.last_provided_on is not None:
        words = f"last provided on {formatting.short_day(row.last_provided_on)}"
        until = html.Div(words, className="quiet small")
    return html.Div([status.status_tag(row.status), until])


def before_and_never(rows: Sequence[DatasetAuthority]) -> Component | None:
    """How many of those that do not provide it did before, in a sentence; None: all provide it."""
    missing = [row for row in rows if not row.endpoints]
    if not missing:
        return None
    before = sum(row.last_provided_on is not None for row in missing)
    bodies = formatting.plural(len(missing), "authority does not", "authorities do not")
    did = f"{formatting.number(before)} of them did before" if before else "none of them did before"
    return text.paragraph(f"{bodies} provide it now; {did}.", quiet=True)


def _change(row: DatasetAuthority, changes: Mapping[str, str]) -> Children:
    """What changed at an authority: what it gained or lost, else another status."""
    if row.organisation in changes:
        sign, words = CHANGES[changes[row.organisation]]
        return f"{sign} {words}"
    if row.status_before is not None and row.status_before != row.status:
        words = f"was {status.word(status.STATUSES, row.status_before).label.lower()}"
        return f"{words} (a check changed)" if row.status_by_rule else words
    return html.Span("–", className="quiet nought")


def _content_age(row: DatasetAuthority, as_at: date) -> Children:
    if row.content_changed_on is None:
        return None if row.endpoints else html.Span("–", className="quiet nought")
    age = html.Div(formatting.age(row.content_changed_on, as_at), className="quiet small")
    return [formatting.short_day(row.content_changed_on), age]


def _rows(row: DatasetAuthority) -> Children:
    count = amounts.to_fix(row)
    if count is None:
        return None if row.endpoints else html.Span("–", className="quiet nought")
    if not count:
        return html.Span("0", className="nought")
    return formatting.number(count)

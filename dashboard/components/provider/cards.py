"""Parts of pages about one organisation's datasets: cards, changes, lines of history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from dash.development.base_component import Component

from dashboard.components.design import blocks, drawing, html, status, text
from dashboard.components.design.element import Children
from dashboard.components.words import amounts, formatting, wording
from dashboard.urls import addresses
from performance_store.rows import DatasetStatus, InheritedDataset, Organisation, Snapshot

# Problems first, then what works, then what is missing.
_ORDER = ("error", "needs_improving", "processing", "unknown", "live", "not_submitted")


def by_urgency(rows: Sequence[DatasetStatus]) -> list[DatasetStatus]:
    """Datasets in the order in which a provider should look at them."""
    rank = {key: number for number, key in enumerate(_ORDER)}
    return sorted(rows, key=lambda row: (rank.get(row.status, 3), row.dataset_name))


def dataset_card(
    row: DatasetStatus, as_at: date, href: str, strip: Component | None = None
) -> Component:
    """One dataset of an organisation: status, reason, freshness, records, kinds of issue, and
    the strip of its past, if there is one."""
    facts = html.Div(_facts(row, as_at)) if row.endpoint_count else None
    state = status.word(status.STATUSES, row.status)
    return blocks.card(
        row.dataset_name,
        text.paragraph(wording.reason(row)),
        href=href,
        tag=status.status_tag(row.status),
        tone=state.tone,
        footer=[facts, strip] if facts or strip else None,
        level=4,
    )


def _facts(row: DatasetStatus, as_at: date) -> list[Children]:
    facts = [wording.freshness(row, as_at)]
    if row.record_count is not None:
        facts.append(formatting.plural(row.record_count, "record"))
    if row.problems_to_fix and row.issues_of_last_good:
        count = amounts.amount(row.rows_to_fix, row.problems_to_fix)
        facts.append(f"{count} to fix in the last data we collected")
    elif row.error_type_count:
        facts.append(formatting.plural(row.error_type_count, "kind of issue", "kinds of issue"))
    line: list[Children] = [". ".join(facts) + "."]
    if row.freshness_band in ("ageing", "stale"):
        line += [" ", status.freshness_tag(row.freshness_band)]
    return line


def changes(rows: Sequence[DatasetStatus]) -> list[tuple[DatasetStatus, str]]:
    """What changed since the comparison, in words; datasets without a change are left out."""
    pairs = []
    for row in rows:
        change = _change(row)
        if change:
            pairs.append((row, change))
    return pairs


def _change(row: DatasetStatus) -> str | None:
    if row.status_before is None:
        if row.in_denominator or row.endpoint_count:
            return "new in this list"
        return None
    if row.status_before != row.status:
        then = status.word(status.STATUSES, row.status_before).label
        now = status.word(status.STATUSES, row.status).label
        words = f"was “{then}”, is now “{now}”"
        return f"{words}, only because a check changed" if row.status_by_rule else words
    rows = amounts.difference(row.rows_to_fix, row.rows_to_fix_before)
    problems = amounts.difference(row.problems_to_fix, row.problems_to_fix_before)
    if problems is not None and row.problems_to_fix_by_rule:
        return _partly_by_rule(problems, row.problems_to_fix_by_rule)
    more = problems if rows is None else rows
    if not more:
        return None
    return f"{amounts.amount(None if rows is None else abs(rows), abs(more), _more(more))} to fix"


def _partly_by_rule(problems: int, by_rule: int) -> str:
    """ "26 more problems to fix: 25 more because a check changed, 1 more otherwise"."""
    words = "as many problems to fix as then"
    if problems:
        words = f"{formatting.plural(abs(problems), f'{_more(problems)} problem')} to fix"
    if problems == by_rule:
        return f"{words}, only because a check changed"
    rule, rest = (
        f"{formatting.number(abs(part))} {_more(part)}" for part in (by_rule, problems - by_rule)
    )
    return f"{words}: {rule} because a check changed, {rest} otherwise"


def _more(difference: int) -> str:
    return "more" if difference > 0 else "fewer"


def last_good() -> Component:
    """Says that issues are those of a file that cannot be collected at the moment."""
    return text.inset(
        text.paragraph(
            "We cannot collect the data at the moment. These issues are from the last data we "
            "collected."
        )
    )


def older_figures(snapshot: Snapshot, as_at: date | None) -> Component:
    """Says that these are not the latest figures, and why. In: their snapshot, and the date that
    the reader asked for, if any."""
    title = f"These figures are as at {formatting.day(snapshot.as_at)}"
    if as_at is not None:
        words = "It is how things stood then. "
        link = text.link("See the latest figures, and what to do", "?")
        return text.notification(title, words, link, kind="warning")
    return text.notification(
        title,
        f"They come from {wording.source_of(snapshot.kind)}. Our latest figures do not cover "
        "this organisation.",
        kind="warning",
    )


def closure(
    organisation: Organisation, dataset: str | None = None, at: Callable[[str], str] = str
) -> Component:
    """Says that an organisation has closed, and leads to whoever has its work now: to a dataset
    of theirs on the page of one. In: what makes a page one of the same date, if that is not now."""
    words: list[Children] = [f"It closed on {formatting.day(organisation.end_date)}."]
    if successor := organisation.successor:
        name = wording.name_of(organisation.successor_name, successor)
        page = addresses.dataset(successor, dataset) if dataset else None
        href = at(page or addresses.organisation(successor))
        words += [" Its work moved to ", text.link(name, href), "."]
    return text.notification("This organisation has closed", html.P(words), kind="info")


def inherited(rows: Sequence[InheritedDataset]) -> list[Children]:
    """What a successor can do about datasets still collected from those who have closed, one item
    for each of them."""
    items: list[Children] = []
    for curie, group in groupby(rows, key=lambda row: row.organisation):
        mine = list(group)
        name = wording.name_of(mine[0].organisation_name, curie)
        names: list[Children] = [
            text.link(row.dataset_name, addresses.dataset(curie, row.dataset)) for row in mine
        ]
        closed = f", which closed on {formatting.day(mine[0].ended_on)}: "
        body = text.link(name, addresses.organisation(curie))
        items.append(
            ["Take over what we still collect from ", body, closed, *text.in_words(names), "."]
        )
    return items


def strip_with_dates(strip: Component, first: date, last: date) -> Component:
    """A strip with the dates of its two ends below it."""
    return html.Div(
        [
            strip,
            html.Div(
                [html.Span(formatting.short_day(first)), html.Span(formatting.short_day(last))],
                className="strip-ends",
            ),
        ],
        className="strip-dated",
    )


def provided_bar(rows: Sequence[DatasetStatus]) -> Component:
    """Datasets by status as one bar, with the same in words below."""
    order = ("live", "processing", "unknown", "needs_improving", "error", "not_submitted")
    parts = []
    for key in order:
        count = sum(1 for row in rows if row.status == key)
        if count:
            parts.append((status.STATUSES[key].label, count, status.STATUSES[key].tone))
    words = formatting.list_of([_count_of(name, count) for name, count, _ in parts])
    items = [
        html.Span([status.mark(name, tone), f" {_count_of(name, count)}"], className="legend-item")
        for name, count, tone in parts
    ]
    return html.Div(
        [
            drawing.stacked_bar(parts, f"Of {len(rows)} {wording.DUE}: {words}"),
            html.P([piece for item in items for piece in (item, " ")], className="legend"),
        ]
    )


def _count_of(label: str, count: int) -> str:
    words = label.lower()
    return f"{count} {words}" if count == 1 else f"{count} {words.replace('needs', 'need')}"

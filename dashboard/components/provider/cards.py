"""Parts of pages about one organisation's datasets: cards, changes, lines of history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import compress, groupby
from operator import not_
from types import MappingProxyType

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import blocks, drawing, status, text
from dashboard.components.design.element import Children
from dashboard.components.words import advice, amounts, formatting, outages, wording
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


def tasks(
    rows: Sequence[DatasetStatus],
    href: Callable[[DatasetStatus], str],
    lacking: Mapping[str, int] = MappingProxyType({}),
) -> list[Children]:
    """What a provider can do next, as items of a list: the most serious first.

    In: all its datasets, the address of each, and how many required fields each lacks. Datasets
    that fail at one website for one cause are one item; so are those that it must or is expected to
    provide and does not. What is not counted comes after all that is.
    """
    counts = [row for row in rows if wording.is_expected(row)]
    others = [row for row in rows if not wording.is_expected(row)]
    failures = wording.shared_failures(rows)
    counts_too = [any(map(wording.is_expected, group.rows)) for group in failures]
    return [
        *(_shared_fix(group, href) for group in compress(failures, counts_too)),
        *_fixes(counts, href),
        *_beside_status(counts, href, lacking),
        *_missing(counts, href),
        *(_shared_fix(group, href) for group in compress(failures, map(not_, counts_too))),
        *_fixes(others, href),
    ]


def _fixes(rows: Sequence[DatasetStatus], href: Callable[[DatasetStatus], str]) -> list[Children]:
    return [
        [
            text.link(row.dataset_name, href(row)),
            f": {wording.task(row)} ",
            status.status_tag(row.status),
        ]
        for row in sorted(rows, key=lambda row: -(amounts.to_fix(row) or 0))
        if row.status == "needs_improving" or "some_endpoints_failing" in row.reasons
    ]


def _missing(rows: Sequence[DatasetStatus], href: Callable[[DatasetStatus], str]) -> list[Children]:
    items: list[Children] = []
    for group in wording.OBLIGATIONS[:2]:
        missing = [
            row
            for row in rows
            if row.status == "not_submitted"
            and row.provision_reason in group.reasons
            and not advice.is_unprocessed(row)
        ]
        if missing:
            words = "is required by law" if group.id == "must" else "you are expected to provide"
            items.append([f"Provide what {words}: ", *_links(missing, href), "."])
    return items


def _beside_status(
    rows: Sequence[DatasetStatus],
    href: Callable[[DatasetStatus], str],
    lacking: Mapping[str, int],
) -> list[Children]:
    """What does not show in the status of datasets that count."""
    collected = [row for row in rows if row.status in ("live", "unknown")]
    groups = {
        "Add the required fields that are missing: ": [
            row for row in collected if lacking.get(row.dataset)
        ],
        "Check that what has not changed for long is still right: ": [
            row for row in collected if row.freshness_band == "stale"
        ],
        "Fix rows with a warning: ": [row for row in collected if row.warnings],
        "See why a registered address is not processed: ": [
            row for row in rows if advice.is_unprocessed(row)
        ],
    }
    return [[words, *_links(some, href), "."] for words, some in groups.items() if some]


def _shared_fix(group: wording.SharedFailure, href: Callable[[DatasetStatus], str]) -> Children:
    rows = by_urgency(group.rows)
    outage = outages.longest(rows).strip(" ()")
    cause = f"{group.cause} ({outage}) " if outage else f"{group.cause} "
    tag = status.status_tag("error")
    if len(rows) == 1:
        return [text.link(rows[0].dataset_name, href(rows[0])), f": {cause}", tag]
    where: list[Children] = [" at ", text.code(group.host)] if group.host else []
    datasets = f"{len(rows)} datasets depend on it: "
    first: list[Children] = ["Fix one thing", *where, f": {cause}", tag, html.Br()]
    return [*first, datasets, *_links(rows, href), "."]


def _links(rows: Sequence[DatasetStatus], href: Callable[[DatasetStatus], str]) -> list[Children]:
    return _in_words([text.link(row.dataset_name, href(row)) for row in rows])


def _in_words(items: Sequence[Component]) -> list[Children]:
    pieces: list[Children] = []
    for number, item in enumerate(items):
        if number:
            pieces.append(" and " if number == len(items) - 1 else ", ")
        pieces.append(item)
    return pieces


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


def older_figures(snapshot: Snapshot) -> Component:
    """Says that the latest figures do not cover the organisation, and which are shown instead."""
    return text.notification(
        f"These figures are as at {formatting.day(snapshot.as_at)}",
        f"They come from {wording.source_of(snapshot.kind)}. Our latest figures do not cover "
        "this organisation.",
        kind="warning",
    )


def closure(organisation: Organisation, dataset: str | None = None) -> Component:
    """Says that an organisation has closed, and leads to whoever has its work now: to a dataset
    of theirs on the page of one."""
    words: list[Children] = [f"It closed on {formatting.day(organisation.end_date)}."]
    if successor := organisation.successor:
        name = wording.name_of(organisation.successor_name, successor)
        page = addresses.dataset(successor, dataset) if dataset else None
        href = page or addresses.organisation(successor)
        words += [" Its work moved to ", text.link(name, href), "."]
    return text.notification("This organisation has closed", html.P(words), kind="info")


def inherited(rows: Sequence[InheritedDataset]) -> list[Children]:
    """What a successor can do about datasets still collected from those who have closed, one item
    for each of them."""
    items: list[Children] = []
    for curie, group in groupby(rows, key=lambda row: row.organisation):
        mine = list(group)
        name = wording.name_of(mine[0].organisation_name, curie)
        names = [text.link(row.dataset_name, addresses.dataset(curie, row.dataset)) for row in mine]
        closed = f", which closed on {formatting.day(mine[0].ended_on)}: "
        body = text.link(name, addresses.organisation(curie))
        items.append(
            ["Take over what we still collect from ", body, closed, *_in_words(names), "."]
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

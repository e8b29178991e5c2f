"""Tasks of many authorities: open by kind, dataset and age; how they ended; who needs reminding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.components.design import drawing, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import Tone
from dashboard.components.national import coverage
from dashboard.components.words import formatting, wording
from performance_store.definitions.vocabulary import TaskKind
from performance_store.rows import ClosedTasks, OpenTasks, Reminder
from providers.tasks.rows import Engagement

KINDS: dict[TaskKind, str] = {
    "access": "Fix an endpoint that fails",
    "provide": "Provide a dataset",
    "take_over": "Take over what another source provides",
    "fix": "Fix issues in the data",
    "field": "Add a required field that is missing",
    "review": "Review a register by its date",
    "boundary": "Check records outside the boundary",
    "confirm": "Confirm that old data are still right",
    "documentation": "Give a page that describes the data",
    "licence": "Say which licence the data have",
    "tidy": "Retire endpoints that give the same data",
}
URGENCIES: tuple[tuple[str, str, Tone], ...] = (
    ("must", "Must do", "bad"),
    ("should", "Should do", "warn"),
    ("improve", "Could improve", "none"),
)

ENGAGEMENT: tuple[tuple[str, str], ...] = (
    ("followers", "Followers"),
    ("in_progress", "In progress"),
    ("done", "Done, waiting"),
    ("not_applicable", "Not applicable"),
    ("paused", "Paused"),
    ("confirmed", "Confirmed"),
)


def open_by(
    rows: Sequence[OpenTasks], first: str, name: Callable[[OpenTasks], Children], longest: int
) -> Component:
    """A row for each kind, or each dataset: how many tasks are open, how urgent and how old.

    In: the heading of the first column, what stands in it, and for how many days tasks have been
    looked for: what was there on the first may be older. Medians of fewer than five authorities
    are withheld.
    """
    body: list[list[Children]] = []
    for row in rows:
        counts = [(label, getattr(row, field), tone) for field, label, tone in URGENCIES]
        words = formatting.list_of(
            [f"{label.lower()}: {count}" for label, count, _ in counts if count]
        )
        body.append(
            [
                name(row),
                formatting.number(row.tasks),
                drawing.stacked_bar(counts, f"Of {row.tasks} tasks, {words}"),
                formatting.number(row.authorities),
                _median(row, longest),
                formatting.number(row.older),
            ]
        )
    columns = [
        tables.Column(first),
        tables.Column("Open tasks", numeric=True),
        tables.Column("How urgent"),
        tables.Column("Authorities", numeric=True),
        tables.Column("Median days open", numeric=True),
        tables.Column("Open for over a year", numeric=True),
    ]
    caption = f"Open tasks by {first.lower()}"
    return tables.table(caption, columns, body, caption_hidden=True)


def legend() -> Component:
    """What the colours of the bars mean."""
    items = [
        html.Span([status.mark(label, tone), f" {label}"], className="legend-item")
        for _, label, tone in URGENCIES
    ]
    return html.P([piece for item in items for piece in (item, " ")], className="legend")


def kind(row: OpenTasks | ClosedTasks) -> str:
    """What tasks of the row's kind ask for."""
    return next((words for name, words in KINDS.items() if name == row.kind), row.kind)


def closed_by(rows: Sequence[ClosedTasks]) -> Component:
    """A row for each kind: how many tasks ended, and why."""
    others = [
        ("without_endpoint", "Endpoint ended"),
        ("without_provision", "Not asked for any more"),
        ("by_rule", "Check changed"),
        ("others", "Other reasons"),
    ]
    there = [(field, label) for field, label in others if any(getattr(row, field) for row in rows)]
    body: list[list[Children]] = [
        [
            kind(row),
            formatting.number(row.fixed),
            formatting.UNKNOWN if row.median_days is None else formatting.number(row.median_days),
            *(formatting.number(getattr(row, field)) for field, _ in there),
        ]
        for row in rows
    ]
    columns = [
        tables.Column("What it asked for"),
        tables.Column("Done", numeric=True),
        tables.Column("Median days until then", numeric=True),
        *(tables.Column(label, numeric=True) for _, label in there),
    ]
    return tables.table("Tasks that ended", columns, body, caption_hidden=True)


def reminders(
    rows: Sequence[Reminder],
    href: Callable[[str], str],
    followers: Callable[[str], int] | None = None,
) -> Component:
    """Authorities one by one. In: also the address of an organisation's tasks, and how many follow
    it, for those who may know."""
    body: list[list[Children]] = []
    for row in rows:
        late = row.days < 0
        days = formatting.plural(abs(row.days), "day")
        evidence = row.content_changed_on
        body.append(
            [
                text.link(
                    wording.name_of(row.organisation_name, row.organisation), href(row.organisation)
                ),
                status.tag("Overdue", "bad") if late else status.tag("Due", "warn"),
                f"{formatting.short_day(row.due_on)}, {days} {'ago' if late else 'left'}",
                formatting.short_day(evidence) if evidence else formatting.UNKNOWN,
                *([formatting.number(followers(row.organisation))] if followers else []),
            ]
        )
    columns = [
        tables.Column(name) for name in ("Authority", "State", "Due", "Content last changed")
    ]
    if followers:
        columns.append(tables.Column("Followers", numeric=True))
    return tables.table("Registers to review", columns, body, caption_hidden=True)


def engagement(
    rows: Sequence[Engagement], name: Callable[[str], str], href: Callable[[str], str]
) -> Component:
    """What the people of each organisation said of its tasks, as counts. In: also an
    organisation's name, and the address of its tasks."""
    body: list[list[Children]] = [
        [
            text.link(name(row.organisation), href(row.organisation)),
            *(formatting.number(getattr(row, field)) for field, _ in ENGAGEMENT),
        ]
        for row in rows
    ]
    columns = [
        tables.Column("Authority"),
        *(tables.Column(label, numeric=True) for _, label in ENGAGEMENT),
    ]
    return tables.table("What authorities say", columns, body, caption_hidden=True)


def _median(row: OpenTasks, longest: int) -> str:
    if row.authorities < coverage.MIN_AUTHORITIES:
        return "not shown"
    days = formatting.number(row.median_days)
    return f"{days} or more" if row.median_days >= longest else days

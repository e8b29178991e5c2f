"""What changed between two dates: who got better, who got worse, and what only a rule changed.

For a programme manager who wants to thank some authorities and call others.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import events as event_words
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import changes as change_parts
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import changes
from performance_store.rows import ChangedByRule, ChangeKind, Event, Flow, Snapshot

PATH = addresses.CHANGES
TITLE = "What changed"
NAV = None
KEEP = True
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope, the kind of events in the list, and its page."""

    event: str | None = links.one_of(event_words.CHOICES)
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """The rows of the page. `event_count`: how many events the list has on all its pages."""

    filters: Filters
    scope: Scope
    kinds: tuple[ChangeKind, ...] = ()
    by_rule: tuple[ChangedByRule, ...] = ()
    flow: tuple[Flow, ...] = ()
    events: tuple[Event, ...] = ()
    event_count: int = 0


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params, over_time=True)))


def build(filters: Filters, scope: Scope) -> View:
    """What changed between the comparison and the snapshot."""
    now, before = scope.snapshot, scope.before
    if before is None:
        return View(filters, scope)
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    period = which | {"kind": now.kind, "after": before.as_at, "until": now.as_at}
    kinds = ask(changes.kinds, **period)
    by_rule = ask(changes.by_rule, **period)
    listing = event_words.selection(filters.event)
    if listing["by_rule"]:
        count = sum(row.events for row in by_rule)
    else:
        count = sum(row.events for row in kinds if row.kind in listing["kinds"])
    page = min(filters.page, max(1, -(-count // PAGE_ROWS)))
    return View(
        filters=dataclasses.replace(filters, page=page),
        scope=scope,
        kinds=kinds,
        by_rule=by_rule,
        flow=ask(changes.flow, snapshot_id=now.snapshot_id, compare_id=before.snapshot_id, **which),
        events=ask(
            changes.events, **period, **listing, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS
        ),
        event_count=count,
    )


def render(view: View) -> Component:
    """The page."""
    scope, filters = view.scope, view.filters
    before = scope.before
    if before is None:
        return html.Div(
            [
                *heading.head(scope, filters, PATH, TITLE),
                ui.empty_state(
                    "There is nothing earlier to compare with",
                    "What changed appears here with the next figures.",
                    clear=("See the national picture", addresses.NATIONAL),
                ),
            ]
        )
    sentence = _sentence(view, before)
    return html.Div(
        [
            *heading.head(scope, filters, PATH, TITLE, sentence=sentence),
            *([heading.nothing(scope, PATH)] if not (view.flow or view.kinds) else _body(view)),
        ]
    )


def _body(view: View) -> list[Component | None]:
    return [
        ui.section(
            "In short",
            figure(
                _around(view, "changes", "short", "what changed, counted", height=900),
                "What changed, counted",
                change_parts.counts_headline(view.kinds, view.scope.knows),
                change_parts.counts(
                    view.kinds, view.scope.knows, lambda name: _at(view, event=name, page=1)
                ),
                caption=False,
            ),
            explain.explain("newly_provided", "newly_broken"),
            id="short",
        ),
        _rules(view),
        _flow(view),
        _events(view),
    ]


def _sentence(view: View, before: Snapshot) -> str | None:
    if not view.flow:
        return None
    counts = change_parts.balance(view.flow)
    sentence = (
        f"Since {formatting.day(before.as_at)} the status of "
        f"{formatting.n_of(counts.up, counts.total)} provisions improved and that of "
        f"{formatting.number(counts.down)} got worse. "
    )
    if counts.by_rule:
        sentence += f"A changed rule alone moved {formatting.number(counts.by_rule)}. "
    return f"{sentence}{formatting.number(counts.same)} did not change."


def _rules(view: View) -> Component | None:
    """Changes that a rule caused, apart from the others, so that nobody is blamed for them."""
    if not view.by_rule:
        return None
    return ui.section(
        "Caused by changed rules, not by authorities",
        ui.paragraph(
            "We do not count these above as getting better or worse. They are in the list only if "
            "you choose them."
        ),
        *change_parts.rules(view.by_rule, view.scope.notes_in_period()),
        ui.paragraph(
            ui.link("List what changed rules caused", _at(view, event=event_words.RULE, page=1))
        ),
        id="rules",
    )


def _flow(view: View) -> Component | None:
    before = view.scope.before
    if not view.flow or before is None:
        return None
    then, now = formatting.day(before.as_at), formatting.day(view.scope.snapshot.as_at)
    ruled = change_parts.balance(view.flow).by_rule
    return ui.section(
        "From status to status",
        ui.paragraph(
            f"Each row is a status on {then}. The columns are the status of the same provisions "
            f"on {now}. Changes are in bold."
        ),
        ui.paragraph(
            f"{formatting.plural(ruled, 'change')} of status among these were caused by a rule."
        )
        if ruled
        else None,
        figure(
            _around(view, "flow", "flow", "the flow between statuses", height=640),
            f"From status to status, {then} to {now}",
            str(_sentence(view, before)),
            change_parts.flow(view.flow, of_all=view.scope.set == "all-lpas"),
            caption=False,
        ),
        explain.explain("live", "needs_improving", "failing"),
        id="flow",
    )


def _events(view: View) -> Component:
    filters = view.filters
    first = (filters.page - 1) * PAGE_ROWS + 1
    files = figure_links.files(view.scope, "events", params={"event": filters.event})
    around = heading.around(
        view.scope, filters, PATH, "events", "these changes", files=files, alone=False
    )
    feed = links.address(addresses.NATIONAL_FEED, _living(view), event=filters.event)
    return ui.section(
        "One by one",
        heading.elsewhen(view.scope, filters),
        ui.inline_form(
            f"{PATH}#events",
            ui.select(
                "event",
                "Show",
                list(event_words.CHOICES.items()),
                filters.event,
                any_label="All except updated content",
            ),
            keep=links.form_values(filters, *SCOPE_FIELDS),
            apply_label="Show",
        ),
        *(
            [
                ui.result_line(first, first + len(view.events) - 1, view.event_count, "change"),
                change_parts.events(view.events, heading.of_date(view.scope, filters)),
                ui.pagination(
                    filters.page,
                    -(-view.event_count // PAGE_ROWS),
                    lambda page: _at(view, page=page),
                ),
            ]
            if view.events
            else [ui.paragraph("There were no changes of this kind between the two dates.")]
        ),
        tools(around),
        ui.paragraph(ui.feed_link("Follow changes like these (Atom feed)", feed)),
        explain.explain("newly_provided", "newly_broken"),
        id="events",
    )


def _around(view: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(view.scope, table)
    return heading.around(
        view.scope, view.filters, PATH, id, about, files=file, between=True, **more
    )


def _living(view: View) -> Filters:
    """The filters without dates, because a feed always has the latest events."""
    filters = dataclasses.replace(view.filters, as_at=None, since=None, page=1)
    return dataclasses.replace(filters, set=view.scope.set, kind=view.scope.snapshot.kind)


def _at(view: View, **changes: Any) -> str:
    return links.address(PATH, view.filters, **changes) + "#events"

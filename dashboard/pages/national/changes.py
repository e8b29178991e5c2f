"""What changed between two dates: who got better, who got worse, and what only a rule did.

Asked on a Monday by a programme manager who wants to thank some authorities and to ring others.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import changes as changed
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
    """What the reader asked for: the frame, which events are listed, and which page of them."""

    event: str | None = links.one_of(changed.CHOICES)
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `found`: how many events the list has; no `before`: nothing earlier."""

    filters: Filters
    scope: Scope
    kinds: tuple[ChangeKind, ...] = ()
    by_rule: tuple[ChangedByRule, ...] = ()
    flow: tuple[Flow, ...] = ()
    events: tuple[Event, ...] = ()
    found: int = 0


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """What changed from the comparison to the snapshot shown."""
    now, before = scope.snapshot, scope.before
    if before is None:
        return View(filters, scope)
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    period = which | {"kind": now.kind, "after": before.as_at, "until": now.as_at}
    kinds = ask(changes.kinds, **period)
    by_rule = ask(changes.by_rule, **period)
    wanted = changed.selection(filters.event)
    if wanted["by_rule"]:
        count = sum(row.events for row in by_rule)
    else:
        count = sum(row.events for row in kinds if row.kind in wanted["kinds"])
    page = min(filters.page, max(1, -(-count // PAGE_ROWS)))
    return View(
        filters=dataclasses.replace(filters, page=page),
        scope=scope,
        kinds=kinds,
        by_rule=by_rule,
        flow=ask(changes.flow, snapshot_id=now.snapshot_id, compare_id=before.snapshot_id, **which),
        events=ask(
            changes.listed, **period, **wanted, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS
        ),
        found=count,
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
                changed.counts_headline(view.kinds, view.scope.knows),
                changed.counts(
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
    up, down, same = changed.better_and_worse(view.flow)
    total = up + down + same
    return (
        f"Since {formatting.day(before.as_at)} the status of {formatting.n_of(up, total)} "
        f"provisions rose and that of {formatting.number(down)} fell; "
        f"{formatting.number(same)} stayed as they were."
    )


def _rules(view: View) -> Component | None:
    """What nobody did: kept apart, so that it does not read as anybody's fault."""
    if not view.by_rule:
        return None
    return ui.section(
        "Caused by changed rules, not by authorities",
        ui.paragraph(
            "These are not counted above as getting worse, and are in the list only if you ask "
            "for them."
        ),
        *changed.rules(view.by_rule, view.scope.notes_in_period()),
        ui.paragraph(
            ui.link("List what changed rules caused", _at(view, event=changed.RULE, page=1))
        ),
        id="rules",
    )


def _flow(view: View) -> Component | None:
    before = view.scope.before
    if not view.flow or before is None:
        return None
    then, now = formatting.day(before.as_at), formatting.day(view.scope.snapshot.as_at)
    ruled = sum(row.events for row in view.by_rule if row.kind == "status_changed")
    return ui.section(
        "From status to status",
        ui.paragraph(
            f"Each row is a status on {then}; across it stands what those provisions are on "
            f"{now}. What moved is in bold."
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
            changed.flow(view.flow, of_all=view.scope.set == "all-lpas"),
            caption=False,
        ),
        explain.explain("live", "needs_improving", "failing"),
        id="flow",
    )


def _events(view: View) -> Component:
    filters = view.filters
    first = (filters.page - 1) * PAGE_ROWS + 1
    files = figure_links.files(view.scope, "events", asked={"event": filters.event})
    around = heading.around(
        view.scope, filters, PATH, "events", "these changes", files=files, alone=False
    )
    feed = links.address("/downloads/national/changes.atom", _living(view), event=filters.event)
    return ui.section(
        "One by one",
        ui.inline_form(
            f"{PATH}#events",
            ui.select(
                "event",
                "Show",
                list(changed.CHOICES.items()),
                filters.event,
                any_label="All but updated content",
            ),
            keep=links.kept(filters, *SCOPE_FIELDS),
            apply_label="Show",
        ),
        *(
            [
                ui.result_line(first, first + len(view.events) - 1, view.found, "change"),
                changed.events(view.events, addresses.organisation, addresses.dataset),
                ui.pagination(
                    filters.page,
                    -(-view.found // PAGE_ROWS),
                    lambda page: _at(view, page=page),
                ),
            ]
            if view.events
            else [ui.paragraph("Nothing of this kind happened between the two dates.")]
        ),
        tools(around),
        ui.paragraph(ui.link("Follow changes like these (Atom feed)", feed)),
        explain.explain("newly_provided", "newly_broken"),
        id="events",
    )


def _around(view: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(view.scope, table)
    return heading.around(view.scope, view.filters, PATH, id, about, files=file, **more)


def _living(view: View) -> Filters:
    """The filters without dates: a feed goes on."""
    asked = dataclasses.replace(view.filters, as_at=None, since=None, page=1)
    return dataclasses.replace(asked, set=view.scope.set, kind=view.scope.snapshot.kind)


def _at(view: View, **changes: Any) -> str:
    return links.address(PATH, view.filters, **changes) + "#events"

"""The national picture: are we getting there, what changed, and what to look at first?

Asked by a programme manager before a meeting, and by whoever has to answer a minister.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import coverage, headline, trend
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading, scope
from dashboard.pages.national.scope import Frame
from dashboard.urls import addresses, links
from performance_store.queries import national
from performance_store.rows import Annotation, Coverage, CoveragePoint, EventCount

PATH = addresses.NATIONAL
TITLE = "National picture"
NAV = "National picture"
KEEP = True

LINES = {"total": "All datasets together", "dataset": "A line for each dataset"}
SHOWN = {"count": "Counts", "share": "Shares"}


@dataclass(frozen=True, slots=True)
class Filters(scope.Wanted):
    """What the reader asked for: the frame, and how coverage over time is drawn."""

    lines: str = links.one_of(LINES, default="total")
    show: str = links.one_of(SHOWN, default="count")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `points` are the lines of the snapshot's own kind, up to its date;
    `drawn` those of the chart, of the kind `drawn_kind`; `then` the comparison's coverage by
    dimension, value and dataset; `notes` what has to be told beside the drawn line."""

    filters: Filters
    frame: Frame
    picture: tuple[Coverage, ...]
    then: Mapping[tuple[str, str, str], Coverage]
    points: tuple[CoveragePoint, ...]
    drawn: tuple[CoveragePoint, ...]
    drawn_kind: str
    notes: tuple[Annotation, ...]
    events: Mapping[str, EventCount]

    def by(self, dimension: str) -> tuple[Coverage, ...]:
        """The rows of one dimension."""
        return tuple(row for row in self.picture if row.dimension == dimension)

    def before(self, dimension: str) -> dict[tuple[str, str], Coverage]:
        """The comparison's rows of one dimension, by value and dataset."""
        return {(v, d): row for (dim, v, d), row in self.then.items() if dim == dimension}


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(view(*scope.read(Filters, params)))


def view(filters: Filters, found: Frame) -> View:
    """The figures of one snapshot, of the one it is compared with, and the lines up to it."""
    now, before = found.snapshot, found.before
    which: dict[str, Any] = {"denominator": found.set, "narrow": found.narrow}
    then: dict[tuple[str, str, str], Coverage] = {}
    events: dict[str, EventCount] = {}
    if before is not None:
        rows = ask(national.picture, snapshot_id=before.snapshot_id, **which)
        then = {(row.dimension, row.value, row.dataset): row for row in rows}
        counted = ask(
            national.event_counts,
            kind=now.kind,
            **which,
            after=before.as_at,
            until=now.as_at,
        )
        events = {row.kind: row for row in counted}
    points = ask(national.lines, kind=now.kind, **which, until=now.as_at)
    drawn, drawn_kind = heading.drawn(found, points, found.narrow)
    return View(
        filters=filters,
        frame=found,
        picture=ask(national.picture, snapshot_id=now.snapshot_id, **which),
        then=then,
        points=points,
        drawn=drawn,
        drawn_kind=drawn_kind,
        notes=scope.notes_on(drawn_kind, found.set),
        events=events,
    )


def render(shown: View) -> Component:
    """The page."""
    found = shown.frame
    totals = shown.by("all")
    if not totals or not totals[0].expected:
        return html.Div(
            [*heading.head(found, shown.filters, PATH, TITLE), heading.nothing(found, PATH)]
        )
    total = totals[0]
    return html.Div(
        [
            *heading.head(found, shown.filters, PATH, TITLE, sentence=_sentence(shown, total)),
            _figures(shown, total),
            _movements(shown),
            coverage.funnel(
                total, found.known, lambda id, about: _around(shown, "all", id, about, height=640)
            ),
            _first(shown, total),
            _over_time(shown),
            *(_table(shown, what) for what in ("Dataset", "Region", "Cohort")),
        ]
    )


def _sentence(shown: View, total: Coverage) -> str:
    datasets = formatting.plural(len(shown.by("dataset")), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _figures(shown: View, total: Coverage) -> Component:
    found = shown.frame
    now = headline.Now(
        total=total,
        then=shown.then.get(("all", "", "")),
        since=found.before.as_at if found.before else None,
        rules_changed=any(note.kind == "rule" for note in found.meanwhile()),
        line=trend.together(shown.points),
        events=shown.events,
        knows=found.known,
        leads=_leads(found),
    )
    return ui.section(
        "Where we stand",
        figure(
            _around(shown, "all", "figures", "the figures that matter"),
            "Where we stand",
            _sentence(shown, total),
            headline.figures(now),
            captioned=False,
        ),
        id="figures",
    )


def _around(shown: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(shown.frame, table)
    return heading.around(shown.frame, shown.filters, PATH, id, about, files=file, **more)


def _movements(shown: View) -> Component | None:
    """What changed at the authorities since the comparison date."""
    found = shown.frame
    if found.before is None:
        return None
    since = found.before.as_at
    moved = headline.movements(shown.events, shown.by("dataset"), shown.before("dataset"))
    return ui.section(
        f"What changed since {formatting.day(since)}",
        ui.paragraph(headline.summary(shown.events, since, logs="logs" in found.known)),
        ui.bullets(moved) if moved else None,
        tools(_around(shown, "changes", "changes", "what changed", alone=False)),
        explain.explain("newly_provided", *(["newly_broken"] if "logs" in found.known else [])),
        id="changes",
    )


def _first(shown: View, total: Coverage) -> Component | None:
    losses = headline.look_first(total, shown.by("dataset"), shown.frame.known)
    if not losses:
        return None
    return ui.section(
        "What to look at first",
        ui.steps([_look(shown, loss) for loss in losses]),
        ui.how_worked_out(
            ui.bullets(
                [
                    "A provision falls out at the first stage that it does not pass: see below. We "
                    "name the three stages at which most fall out, and the dataset with most of "
                    "them.",
                ]
            ),
            about="what to look at first",
        ),
        id="first",
    )


def _look(shown: View, loss: headline.Loss) -> Children:
    """One thing to look at, with the way to those whom it concerns where a page lists them."""
    asked, only = shown.frame.asked(), (loss.dataset,)
    if loss.stage == "endpoint":
        # All authorities cannot be narrowed by status: those with nothing come first instead.
        wanted = {} if shown.frame.set == "all-lpas" else {"status": ("not_submitted",)}
        there = links.address(addresses.COVERAGE, asked, dataset=only, **wanted)
        href = links.more(there, {"sort": "fewest"}) + "#matrix"
        return [loss.said, ", ", ui.link(loss.worst, href), "."]
    if loss.stage == "error_free":
        href = links.address(addresses.ISSUES, asked, dataset=only)
        return [loss.said, ", ", ui.link(loss.worst, href), "."]
    return f"{loss.said}, {loss.worst}."


def _leads(found: Frame) -> dict[str, str]:
    """Where each figure is shown in full, for the same frame."""
    asked = found.asked()

    def changes(event: str) -> str:
        more = links.more(links.address(addresses.CHANGES, asked), {"event": event})
        return f"{more}#events"

    whole = f"{links.address(addresses.COVERAGE, asked)}#matrix"
    fresh = links.address(addresses.FRESHNESS, asked)
    return {
        "endpoint": whole,
        "organisations_some": whole,
        "organisations_all": whole,
        "reachable": f"{fresh}#availability",
        "error_free": links.address(addresses.ISSUES, asked),
        "fresh": f"{fresh}#ages",
        "newly_provided": changes("newly_provided"),
        "newly_broken": changes("newly_broken"),
    }


def _over_time(shown: View) -> Component:
    filters = shown.filters
    points = trend.together(shown.drawn)
    if len(points) < 2:
        words = "There is only one date so far. A line appears with the second one."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    of: dict[str, Any] = {"kind": shown.drawn_kind, "as_at": points[-1].as_at}
    wanted = trend.Trend(
        points=shown.drawn,
        by_dataset=filters.lines == "dataset",
        datasets=filters.dataset,
        share=filters.show == "share",
        rebuilt=shown.drawn_kind == "registers",
        notes=tuple(
            note for note in shown.notes if points[0].as_at < note.on_date <= points[-1].as_at
        ),
        around=heading.around(
            shown.frame,
            filters,
            PATH,
            "national-line",
            "coverage over time",
            files=figure_links.files(shown.frame, "lines", **of),
            at="over-time",
            views=True,
            height=640,
        ),
    )
    return ui.section(
        "Over time",
        heading.elsewhere(shown.frame, shown.drawn_kind, len(points)),
        _line_form(shown),
        trend.draw(wanted),
        explain.explain("coverage", "expected"),
        id="over-time",
    )


def _line_form(shown: View) -> Component:
    filters = shown.filters
    keep = links.kept(filters, *scope.NAMES)
    fields = [
        ui.select("lines", "Lines", list(LINES.items()), filters.lines, any_label=None),
        ui.select("show", "Shown as", list(SHOWN.items()), filters.show, any_label=None),
    ]
    return ui.inline_form(f"{PATH}#over-time", *fields, keep=keep, apply_label="Draw")


def _table(shown: View, what: str) -> Component | None:
    found, name = shown.frame, what.lower()
    return coverage.by(
        what,
        shown.by(name),
        then=shown.before(name),
        since=found.before.as_at if found.before else None,
        knows=found.known,
        history=trend.each(shown.points) if name == "dataset" else None,
        href=heading.dataset_href(shown.filters) if name == "dataset" else None,
        around=lambda id, about: _around(shown, name, id, about, height=640),
    )

"""Home: what is this, and where do I go?

For an officer who looks for their own authority, and a programme manager who looks at them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import check_link, explain
from dashboard.components.design import html
from dashboard.components.design.status import Tone
from dashboard.components.national import findings
from dashboard.components.words import formatting, wording
from dashboard.data.door import ask
from dashboard.data.reading import soon
from dashboard.urls import addresses
from performance_store.queries import comparison, growth, lasting, national, snapshots
from performance_store.rows import Coverage, Snapshot

PATH = addresses.HOME
TITLE = "Planning Data Performance"
NAV = "Home"
KEEP = True

SET = "to-provide"
_YEAR = timedelta(weeks=52)
_QUARTER = timedelta(weeks=13)
_WHERE = {"odp-reports": "The Open Digital Planning programme", "sample": "The sample country"}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the present snapshot and, if it has any, the national figures and what
    they say."""

    snapshot: Snapshot
    figures: Coverage | None
    findings: findings.Figures | None = None


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render(view())


def view() -> View:
    """The figures of the present snapshot, and what they say of the year before."""
    every = soon(snapshots.every)
    (snapshot,) = ask(snapshots.current)
    which: dict[str, Any] = {"snapshot_id": snapshot.snapshot_id, "denominator": SET}
    total = soon(national.coverage, **which, dimension="all")
    regions = soon(national.coverage, **which, dimension="region")
    standings = soon(comparison.standings, **which)
    failing = soon(lasting.failing, **which)
    older = [row for row in every.value if row.kind == snapshot.kind and row.as_at < snapshot.as_at]
    if not total.value or not total.value[0].expected:
        return View(snapshot, None)
    brief = findings.Figures(
        None, snapshot.as_at, regions=regions.value, standings=standings.value,
        failing=failing.value,
    )  # fmt: skip
    if older:
        first = _before(older, snapshot.as_at - _YEAR)
        quarter = _before(older, snapshot.as_at - _QUARTER)
        growth_rows = soon(growth.by_dataset, **which, compare_id=first.snapshot_id)
        points = soon(lasting.points, **which, compare_id=quarter.snapshot_id)
        brief = replace(brief, first=first.as_at, growth=growth_rows.value, lasting=points.value)
    return View(snapshot, total.value[0], brief)


def _before(older: Sequence[Snapshot], day: date) -> Snapshot:
    """The snapshot of a day or the next before it, else the oldest. In: earlier ones, newest
    first."""
    return next((row for row in older if row.as_at <= day), older[-1])


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.heading("How complete is England’s planning data?"),
            ui.paragraph(
                "Planning authorities publish data such as conservation areas, tree preservation "
                "orders and brownfield land. We collect it from their websites. See "
                "what each authority provides, whether it works, how fresh it is and what to "
                "do next.",
                lead=True,
            ),
            ui.search_box(
                addresses.FIND,
                "Find your authority",
                None,
                hint="Name, former name, abbreviation such as LBH, or ONS code. To compare "
                "authorities, put commas between them. The name of a dataset works too.",
            ),
            ui.return_link(),
            _doors(),
            *_figures(view),
        ]
    )


def _doors() -> Component:
    return ui.cards(
        ui.card(
            "I work at a planning authority",
            ui.bullets(
                [
                    "See which of your datasets work and which do not",
                    "Find out why",
                    "Learn what to do next",
                ]
            ),
            ui.paragraph(ui.link(check_link.WORDS, addresses.START_CHECK)),
            href=addresses.ORGANISATIONS,
            tone="good",
            level=2,
        ),
        ui.card(
            "I manage a programme",
            ui.bullets(
                [
                    "See how many authorities provide each dataset",
                    "Compare regions and cohorts over time",
                    "See what broke and what was fixed",
                ]
            ),
            href=addresses.NATIONAL,
            tone="busy",
            level=2,
        ),
    )


def _figures(view: View) -> list[Component]:
    figures = view.figures
    if figures is None:
        return []
    where = _WHERE.get(view.snapshot.kind, "England")
    knows_logs = "logs" in view.snapshot.knows
    items = [
        _stat(
            figures.organisations_some,
            figures.organisations,
            "authorities provide at least one of them",
        ),
        _stat(
            figures.endpoint,
            figures.expected,
            f"{wording.DUE} are provided, across all authorities",
        ),
    ]
    if knows_logs:
        items += [
            _stat(figures.live, figures.endpoint, "of those provided are live"),
            _stat(
                figures.error,
                figures.endpoint,
                "of those provided have the status Error: the last attempt to collect them failed",
                tone="bad",
            ),
        ]
    measures = ["authorities_some", "expected", "coverage"]
    measures += ["live", "failing"] if knows_logs else []
    return [
        ui.section(
            f"{where} on {formatting.day(view.snapshot.as_at)}",
            ui.paragraph(
                "We count ",
                ui.link(wording.DUE, addresses.term("set", SET)),
                ": those that the law requires, or a funding agreement expects, of a planning "
                "authority.",
            ),
            ui.stats(*items),
            _findings(view),
            explain.explain(*measures),
            ui.paragraph(
                ui.link(
                    f"See the national picture of {wording.DUE}",
                    f"{addresses.NATIONAL}?set={SET}",
                )
            ),
            id="figures",
        )
    ]


def _stat(count: int, total: int, label: str, *, tone: Tone = "good") -> Component:
    words = formatting.n_of(count, total)
    return ui.stat(words, label, ui.small_bar(count, total, words, tone=tone))


def _findings(view: View) -> Component | None:
    """What the figures say, with the way to each."""
    if view.findings is None:
        return None
    snapshot = view.snapshot
    where = {"set": SET, "as_at": snapshot.as_at.isoformat(), "kind": snapshot.kind}
    return findings.lines(view.findings, where)

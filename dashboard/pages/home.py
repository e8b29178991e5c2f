"""Home: what is this, and where do I go?

Asked by an officer who wants their own authority, and by a programme manager who wants them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.urls import addresses
from performance_store.queries import national, snapshots
from performance_store.rows import Coverage, Snapshot

PATH = addresses.HOME
TITLE = "Planning Data Performance"
NAV = "Home"
KEEP = True

_WHERE = {"odp-reports": "The Open Digital Planning programme", "sample": "The invented country"}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the present snapshot and, if it has any, the national figures."""

    snapshot: Snapshot
    figures: Coverage | None


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render(view())


def view() -> View:
    """The figures of the present snapshot."""
    (snapshot,) = ask(snapshots.current)
    rows = ask(
        national.coverage, snapshot_id=snapshot.snapshot_id, denominator="any", dimension="all"
    )
    return View(snapshot, rows[0] if rows and rows[0].expected else None)


def render(shown: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.heading("How is England’s planning data doing?"),
            ui.paragraph(
                "Planning authorities publish data such as conservation areas, tree preservation "
                "orders and brownfield land. It is collected from their websites every night. "
                "See what each of them provides, whether it works, how fresh it is and what to "
                "do next.",
                lead=True,
            ),
            ui.search_box(
                addresses.ORGANISATIONS,
                "Find your authority",
                None,
                hint="Its name, a former name, an abbreviation such as LBH, or its ONS code",
            ),
            ui.return_link(),
            _doors(),
            *_figures(shown),
        ]
    )


def _doors() -> Component:
    return ui.cards(
        ui.card(
            "I work at a planning authority",
            ui.bullets(
                [
                    "See which of your datasets work and which do not",
                    "Find out why, in plain words",
                    "Learn what to do next",
                ]
            ),
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
                    "See what broke and what was mended",
                ]
            ),
            href=addresses.NATIONAL,
            tone="busy",
            level=2,
        ),
    )


def _figures(shown: View) -> list[Component]:
    figures = shown.figures
    if figures is None:
        return []
    where = _WHERE.get(shown.snapshot.kind, "England")
    knows_logs = "logs" in shown.snapshot.knows
    items = [
        ui.stat(
            formatting.n_of(figures.organisations_some, figures.organisations),
            "authorities provide at least one expected dataset",
            ui.small_bar(
                figures.organisations_some,
                figures.organisations,
                formatting.n_of(figures.organisations_some, figures.organisations),
            ),
        ),
        ui.stat(
            formatting.n_of(figures.endpoint, figures.expected),
            "expected datasets are provided, over all authorities",
            ui.small_bar(
                figures.endpoint,
                figures.expected,
                formatting.n_of(figures.endpoint, figures.expected),
            ),
        ),
    ]
    if knows_logs:
        items += [
            ui.stat(
                formatting.n_of(figures.live, figures.endpoint),
                "of those provided are live",
                ui.small_bar(
                    figures.live, figures.endpoint, formatting.n_of(figures.live, figures.endpoint)
                ),
            ),
            ui.stat(
                formatting.n_of(figures.error, figures.endpoint),
                "of those provided cannot be collected just now",
                ui.small_bar(
                    figures.error,
                    figures.endpoint,
                    formatting.n_of(figures.error, figures.endpoint),
                    tone="bad",
                ),
            ),
        ]
    explained = ["authorities_some", "expected", "coverage"]
    explained += ["live", "failing"] if knows_logs else []
    return [
        ui.section(
            f"{where} on {formatting.day(shown.snapshot.as_at)}",
            ui.stats(*items),
            explain.explain(*explained),
            ui.paragraph(ui.link("See the national picture", addresses.NATIONAL)),
            id="figures",
        )
    ]

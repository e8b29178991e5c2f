"""How to provide one dataset: what is it, is it our duty, what must be in the file, and how do we
get it out of our systems?

For the officer who has to begin, or to fix what the platform could not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import guidance as parts
from dashboard.components.design import html
from dashboard.components.words.guides import GUIDES
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.urls import addresses
from performance_store.definitions.specifications import requirements
from performance_store.queries import cell, national_issues, snapshots
from performance_store.queries.filters import Narrow
from performance_store.rows import CommonIssue, Dataset

PATH = addresses.GUIDANCE
TITLE = "Guidance"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `organisations`: of how many the issues are known, None where the
    figures do not tell."""

    dataset: Dataset
    errors: tuple[CommonIssue, ...] = ()
    organisations: int | None = None


def layout(dataset: str = "", **_: Any) -> Component:
    """The page of the dataset in the address."""
    return render(view(dataset))


def view(dataset: str) -> View:
    """The dataset, and what goes wrong with it now. Raises NotFound."""
    rows = ask(cell.dataset, dataset=dataset)
    if not rows:
        raise NotFound(f"We do not know a dataset called “{dataset[:80]}”.")
    (snapshot,) = ask(snapshots.current)
    if "issues" not in snapshot.knows:
        return View(rows[0])
    at = snapshot.snapshot_id
    bases = ask(
        national_issues.bases,
        snapshot_id=at,
        denominator="all-lpas",
        narrow=Narrow(dataset=(dataset,)),
    )
    return View(
        rows[0],
        ask(national_issues.common, snapshot_id=at, dataset=dataset),
        next((row.organisations for row in bases if row.dataset == dataset), 0),
    )


def render(view: View) -> Component:
    """The page."""
    slug, name = view.dataset.dataset, view.dataset.name
    guide = GUIDES.get(slug)
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Datasets", addresses.DATASETS),
                    (name, addresses.national_dataset(slug)),
                ]
            ),
            ui.heading(f"Guidance: {name}"),
            parts.contents(),
            parts.what(view.dataset, guide),
            parts.who(guide),
            parts.fields(slug, requirements(slug)),
            parts.publish(slug, guide),
            parts.errors(slug, view.errors, view.organisations),
            parts.again(),
        ]
    )

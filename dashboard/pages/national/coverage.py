"""Who provides what, where? Asked by a programme manager who has to find who needs help, and by
an authority that wants to see itself beside its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design.element import Element
from dashboard.components.design.figure import Around, figure, tools
from dashboard.components.national import hexmap, intervals, matrix
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading, scope
from dashboard.pages.national.scope import Frame
from dashboard.urls import addresses, links
from performance_store.queries import areas, national, organisations
from performance_store.queries import matrix as cells
from performance_store.rows import AuthorityCells, CellChange, Coverage, Hexagon, Outlined

PATH = addresses.COVERAGE
TITLE = "Who provides what"
NAV = None
KEEP = True

SORTS = {
    "name": "Name",
    "most": "Most provided first",
    "fewest": "Fewest provided first",
    "changed": "Most changes first",
}
GROUPS = {"region": "Region", "cohort": "Programme cohort"}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters(scope.Wanted):
    """What the reader asked for: the frame, and the order, groups and page of the matrix."""

    sort: str = links.one_of(SORTS, default="name")
    group: str | None = links.one_of(GROUPS)
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: n of N by dimension, every authority of the set in the reader's order,
    what changed since the comparison, and where authorities stand on the map."""

    filters: Filters
    frame: Frame
    picture: tuple[Coverage, ...]
    authorities: tuple[AuthorityCells, ...]
    changes: tuple[CellChange, ...]
    hexagons: tuple[Hexagon, ...]
    outlined: Outlined

    def by(self, dimension: str) -> tuple[Coverage, ...]:
        """The rows of one dimension."""
        return tuple(row for row in self.picture if row.dimension == dimension)


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(view(*scope.read(Filters, params)))


def view(filters: Filters, found: Frame) -> View:
    """The cells of one snapshot, and how they differ from the one it is compared with."""
    which: dict[str, Any] = {
        "snapshot_id": found.snapshot.snapshot_id,
        "denominator": found.set,
        "narrow": found.narrow,
    }
    changes: tuple[CellChange, ...] = ()
    if found.before is not None:
        changes = ask(cells.changes, compare_id=found.before.snapshot_id, **which)
    rows = ask(cells.authorities, **which)
    return View(
        filters=filters,
        frame=found,
        picture=ask(national.picture, **which),
        authorities=tuple(matrix.in_order(rows, changes, sort=filters.sort, by=filters.group)),
        changes=changes,
        hexagons=ask(organisations.hexagons),
        outlined=ask(areas.outlined)[0],
    )


def render(shown: View) -> Component:
    """The page."""
    found = shown.frame
    if not shown.authorities:
        return html.Div(
            [*heading.head(found, shown.filters, PATH, TITLE), heading.nothing(found, PATH)]
        )
    return html.Div(
        [
            *heading.head(found, shown.filters, PATH, TITLE, sentence=_sentence(shown)),
            _map(shown),
            _groups(shown),
            _matrix(shown),
        ]
    )


def _sentence(shown: View) -> str:
    (total,) = shown.by("all")
    datasets = formatting.plural(len(shown.by("dataset")), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _map(shown: View) -> Component | None:
    """None where too few authorities have coordinates to make a map."""
    counted = {row.organisation: row for row in shown.authorities}
    there = [one for one in shown.hexagons if one.organisation in counted]
    if not there:
        return None
    away = len(counted) - len(there)
    bodies = formatting.plural(away, "authority that is", "authorities that are")
    around = _around(shown, "cells", "map", "the map", views=True, height=980)
    return ui.section(
        "Map",
        ui.paragraph(
            "Each hexagon is one authority, all of one size, about where it is in England. The "
            "number is how many datasets it provides of those expected of it. ",
            ui.link("The same figures are in the table below.", "#matrix"),
        ),
        ui.paragraph(f"Not on the map: {bodies} counted here, because no list says where.")
        if away
        else None,
        figure(
            around,
            "Datasets provided by each authority",
            hexmap.finding(shown.authorities),
            *(
                [hexmap.table(shown.authorities)]
                if around.as_table
                else [
                    hexmap.key(shown.authorities),
                    html.Div(
                        [hexmap.draw(shown.hexagons, counted), _outlines(shown)], className="maps"
                    ),
                ]
            ),
            boxed=True,
        ),
        explain.explain("coverage", "expected"),
        id="map",
    )


def _outlines(shown: View) -> Component | None:
    """The same colours on authorities' own outlines, where they are known."""
    known = shown.outlined
    if not known.outlined:
        return None
    lead = "The same colours on authorities’ boundaries"
    missing = known.mapped - known.outlined
    if missing:
        bodies = formatting.plural(missing, "authority", "authorities")
        lead += f"; those of {bodies} are not known"
    said = f"Map of England by boundaries. {_sentence(shown)}"
    address = links.address(addresses.COVERAGE_MAP, shown.frame.asked())
    return html.Figure(
        [
            html.Figcaption(f"{lead}. Large areas are not more: each is one authority."),
            Element("img", src=address, alt=said, width="1000", height="1200", loading="lazy"),
        ]
    )


def _groups(shown: View) -> Component | None:
    (whole,) = shown.by("all")
    parts = [
        intervals.by(
            what,
            shown.by(what.lower()),
            whole,
            _around(shown, what.lower(), f"by-{what.lower()}", f"coverage by {what.lower()}",
                    height=760),
        )
        for what in ("Region", "Cohort")
    ]  # fmt: skip
    if not any(parts):
        return None
    return ui.section(
        "By region and cohort",
        ui.paragraph(
            "Small groups differ by luck. The blue bar is where a group’s share may lie "
            "(a 95% Wilson interval). The dark stroke is the group’s own share, the yellow one "
            "that of all together. Where two bars overlap, do not read much into the difference."
        ),
        *parts,
        explain.explain("coverage", "expected"),
        id="groups",
    )


def _matrix(shown: View) -> Component:
    filters, found = shown.filters, shown.frame
    pages = -(-len(shown.authorities) // PAGE)
    page = min(filters.page, pages)
    first = (page - 1) * PAGE
    rows = shown.authorities[first : first + PAGE]
    drawn = matrix.Matrix(
        shown=rows,
        every=shown.authorities,
        datasets=[
            (row.dataset, row.label[:1].upper() + row.label[1:]) for row in shown.by("dataset")
        ],
        changes={(row.organisation, row.dataset): row.change for row in shown.changes},
        by=filters.group,
        href=heading.dataset_href(filters),
    )
    return ui.section(
        "Authorities and datasets",
        ui.paragraph(
            "One row for each authority and one column for each dataset. Each mark leads to that "
            "dataset of the authority."
        ),
        matrix.key(shown.changes, formatting.day(found.before.as_at) if found.before else None),
        _form(filters),
        ui.result_line(
            first + 1, first + len(rows), len(shown.authorities), "authority", "authorities"
        ),
        ui.paragraph(ui.link("Skip the marks", "#matrix-end")),
        matrix.draw(drawn, "Status of each dataset of each authority"),
        html.Div(
            [
                ui.pagination(
                    page, pages, lambda to: links.address(PATH, filters, page=to) + "#matrix"
                ),
                tools(_around(shown, "cells", "matrix", "these cells", alone=False)),
                explain.explain("coverage", "live", "needs_improving", "failing"),
            ],
            id="matrix-end",
        ),
        id="matrix",
    )


def _around(shown: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(shown.frame, table)
    return heading.around(shown.frame, shown.filters, PATH, id, about, files=file, **more)


def _form(filters: Filters) -> Component:
    return ui.inline_form(
        f"{PATH}#matrix",
        ui.select("sort", "Order", list(SORTS.items()), filters.sort, any_label=None),
        ui.select("group", "Grouped by", list(GROUPS.items()), filters.group, any_label="Nothing"),
        keep=links.kept(filters, *scope.NAMES),
        apply_label="Arrange",
    )

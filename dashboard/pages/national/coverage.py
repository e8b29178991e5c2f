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
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, read_scope
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
class Filters(ScopeFilters):
    """What the reader asked for: the frame, and the order, groups and page of the matrix."""

    sort: str = links.one_of(SORTS, default="name")
    group: str | None = links.one_of(GROUPS)
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: n of N by dimension, every authority of the set in the reader's order,
    what changed since the comparison, and where authorities stand on the map."""

    filters: Filters
    scope: Scope
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
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """The cells of one snapshot, and how they differ from the one it is compared with."""
    which: dict[str, Any] = {
        "snapshot_id": scope.snapshot.snapshot_id,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }
    changes: tuple[CellChange, ...] = ()
    if scope.before is not None:
        changes = ask(cells.changes, compare_id=scope.before.snapshot_id, **which)
    rows = ask(cells.authorities, **which)
    return View(
        filters=filters,
        scope=scope,
        picture=ask(national.picture, **which),
        authorities=tuple(matrix.in_order(rows, changes, sort=filters.sort, by=filters.group)),
        changes=changes,
        hexagons=ask(organisations.hexagons),
        outlined=ask(areas.outlined)[0],
    )


def render(view: View) -> Component:
    """The page."""
    scope = view.scope
    if not view.authorities:
        return html.Div(
            [*heading.head(scope, view.filters, PATH, TITLE), heading.nothing(scope, PATH)]
        )
    return html.Div(
        [
            *heading.head(scope, view.filters, PATH, TITLE, sentence=_sentence(view)),
            _map(view),
            _groups(view),
            _matrix(view),
        ]
    )


def _sentence(view: View) -> str:
    (total,) = view.by("all")
    datasets = formatting.plural(len(view.by("dataset")), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _map(view: View) -> Component | None:
    """None where too few authorities have coordinates to make a map."""
    counted = {row.organisation: row for row in view.authorities}
    there = [one for one in view.hexagons if one.organisation in counted]
    if not there:
        return None
    away = len(counted) - len(there)
    bodies = formatting.plural(away, "authority that is", "authorities that are")
    around = _around(view, "cells", "map", "the map", views=True, height=980)
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
            hexmap.headline(view.authorities),
            *(
                [hexmap.table(view.authorities)]
                if around.as_table
                else [
                    hexmap.key(view.authorities),
                    html.Div(
                        [hexmap.draw(view.hexagons, counted), _outlines(view)], className="maps"
                    ),
                ]
            ),
            box=True,
        ),
        explain.explain("coverage", "expected"),
        id="map",
    )


def _outlines(view: View) -> Component | None:
    """The same colours on authorities' own outlines, where they are known."""
    known = view.outlined
    if not known.outlined:
        return None
    lead = "The same colours on authorities’ boundaries"
    missing = known.mapped - known.outlined
    if missing:
        bodies = formatting.plural(missing, "authority", "authorities")
        lead += f"; those of {bodies} are not known"
    sentence = f"Map of England by boundaries. {_sentence(view)}"
    address = links.address(addresses.COVERAGE_MAP, view.scope.filters())
    return html.Figure(
        [
            html.Figcaption(f"{lead}. Large areas are not more: each is one authority."),
            Element("img", src=address, alt=sentence, width="1000", height="1200", loading="lazy"),
        ]
    )


def _groups(view: View) -> Component | None:
    (whole,) = view.by("all")
    parts = [
        intervals.by(
            what,
            view.by(what.lower()),
            whole,
            _around(view, what.lower(), f"by-{what.lower()}", f"coverage by {what.lower()}",
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


def _matrix(view: View) -> Component:
    filters, scope = view.filters, view.scope
    pages = -(-len(view.authorities) // PAGE)
    page = min(filters.page, pages)
    first = (page - 1) * PAGE
    rows = view.authorities[first : first + PAGE]
    drawn = matrix.Matrix(
        rows=rows,
        every=view.authorities,
        datasets=[
            (row.dataset, row.label[:1].upper() + row.label[1:]) for row in view.by("dataset")
        ],
        changes={(row.organisation, row.dataset): row.change for row in view.changes},
        by=filters.group,
        href=heading.dataset_href(filters),
    )
    return ui.section(
        "Authorities and datasets",
        ui.paragraph(
            "One row for each authority and one column for each dataset. Each mark leads to that "
            "dataset of the authority."
        ),
        matrix.key(view.changes, formatting.day(scope.before.as_at) if scope.before else None),
        _form(filters),
        ui.result_line(
            first + 1, first + len(rows), len(view.authorities), "authority", "authorities"
        ),
        ui.paragraph(ui.link("Skip the marks", "#matrix-end")),
        matrix.draw(drawn, "Status of each dataset of each authority"),
        html.Div(
            [
                ui.pagination(
                    page, pages, lambda to: links.address(PATH, filters, page=to) + "#matrix"
                ),
                tools(_around(view, "cells", "matrix", "these cells", alone=False)),
                explain.explain("coverage", "live", "needs_improving", "failing"),
            ],
            id="matrix-end",
        ),
        id="matrix",
    )


def _around(view: View, table: str, id: str, about: str, **more: Any) -> Around:
    """What stands around a figure whose rows are a table of this page's."""
    file = figure_links.files(view.scope, table)
    return heading.around(view.scope, view.filters, PATH, id, about, files=file, **more)


def _form(filters: Filters) -> Component:
    return ui.inline_form(
        f"{PATH}#matrix",
        ui.select("sort", "Order", list(SORTS.items()), filters.sort, any_label=None),
        ui.select("group", "Grouped by", list(GROUPS.items()), filters.group, any_label="Nothing"),
        keep=links.kept(filters, *SCOPE_FIELDS),
        apply_label="Arrange",
    )

"""Who provides what, and where. For a programme manager who needs to find who needs help, and for
an authority that wants to compare itself with its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.design.figure import Around, figure, switch, tools
from dashboard.components.national import groups, hexmap, matrix
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import areas, national, organisations
from performance_store.queries import matrix as matrix_queries
from performance_store.rows import AuthorityCells, CellChange, Coverage, Hexagon, OutlineCount, Tile

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
PROVIDES = {"none": "Nothing", "some": "Some datasets", "all": "All datasets"}
SHAPES = {"hexagons": "Hexagons", "boundaries": "Boundaries"}
PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope; as what the map shows authorities; and the order, groups
    and page of the matrix and which authorities it has, by how much they provide."""

    shapes: str = links.one_of(SHAPES, default="hexagons")
    sort: str = links.one_of(SORTS, default="name")
    group: str | None = links.one_of(GROUPS)
    provides: str | None = links.one_of(PROVIDES)
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: n of N by dimension, every authority of the set in the reader's order,
    what changed since the comparison, and where authorities stand on the map, with their
    boundaries if it shows these."""

    filters: Filters
    scope: Scope
    picture: tuple[Coverage, ...]
    authorities: tuple[AuthorityCells, ...]
    changes: tuple[CellChange, ...]
    hexagons: tuple[Hexagon, ...]
    tiles: tuple[Tile, ...]
    outlines: OutlineCount

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
        changes = ask(matrix_queries.changes, compare_id=scope.before.snapshot_id, **which)
    rows = ask(matrix_queries.authorities, **which)
    return View(
        filters=filters,
        scope=scope,
        picture=ask(national.picture, **which),
        authorities=tuple(matrix.in_order(rows, changes, sort=filters.sort, by=filters.group)),
        changes=changes,
        hexagons=ask(organisations.hexagons),
        tiles=ask(areas.tiles) if filters.shapes == "boundaries" else (),
        outlines=ask(areas.outline_count)[0],
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
    """The map, or None where no authority has a place on it."""
    rows = {row.organisation: row for row in view.authorities}
    hexagons = [one for one in view.hexagons if one.organisation in rows]
    if not hexagons:
        return None
    around = _around(view, "cells", "map", "the map", views=True, height=980)
    at = heading.of_date(view.scope, view.filters)
    tiles = [tile for tile in view.tiles if tile.organisation in rows]
    if around.as_table:
        body = hexmap.table(view.authorities, at)
    elif tiles:
        drawing = hexmap.boundaries(view.tiles, rows, at)
        body = hexmap.beside(drawing, view.authorities, _shapes(view, "boundaries"))
    else:
        drawing = hexmap.hexagons(view.hexagons, rows, at)
        body = hexmap.beside(drawing, view.authorities, _shapes(view, "hexagons"))
    return ui.section(
        "Map",
        heading.elsewhen(view.scope, view.filters),
        _map_words(view, len(tiles) if tiles else len(hexagons), bool(tiles)),
        figure(
            around,
            "Datasets provided by each authority",
            hexmap.headline(view.authorities),
            body,
            box=True,
        ),
        explain.explain("coverage", "expected"),
        id="map",
    )


def _map_words(view: View, count: int, with_boundaries: bool) -> Component:
    """What the map shows, and who is not on it. In: how many authorities are."""
    if with_boundaries:
        words = "Each authority is within its own boundary. The size of an area does not matter. "
    else:
        words = (
            "Each hexagon is one authority, roughly where it is in England. The number is how many "
            "of its expected datasets the authority provides. "
        )
    missing = len(view.authorities) - count
    if missing:
        bodies = formatting.plural(missing, "authority", "authorities")
        lack = "boundary" if with_boundaries else "location"
        words += f"Not on the map: {bodies}, because we do not have a {lack}. "
    return ui.paragraph(words, ui.link("The same figures are in the table below.", "#matrix"))


def _shapes(view: View, current: str) -> Component | None:
    """The choice between hexagons and boundaries, where we have any."""
    if not view.outlines.outlines:
        return None
    choices = {
        name: (words, links.address(PATH, view.filters, shapes=name) + "#map")
        for name, words in SHAPES.items()
    }
    return switch(choices, current, "Hexagons or boundaries")


def _groups(view: View) -> Component | None:
    (whole,) = view.by("all")
    parts = [
        groups.by(
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
            "The bar is a group’s share. The upright line is the share of all groups together. "
            "Every authority is counted, so nothing here is an estimate: but in a small group one "
            "authority can change the share a lot."
        ),
        *parts,
        explain.explain("coverage", "expected"),
        id="groups",
    )


def _matrix(view: View) -> Component:
    filters, scope = view.filters, view.scope
    every = [row for row in view.authorities if _provides(row, filters.provides)]
    pages = max(1, -(-len(every) // PAGE))
    page = min(filters.page, pages)
    first = (page - 1) * PAGE
    rows = every[first : first + PAGE]
    parts = matrix.Matrix(
        rows=rows,
        every=every,
        datasets=[
            (row.dataset, row.label[:1].upper() + row.label[1:]) for row in view.by("dataset")
        ],
        changes={(row.organisation, row.dataset): row.change for row in view.changes},
        by=filters.group,
        href=heading.dataset_href(filters),
        at=heading.of_date(scope, filters),
    )
    return ui.section(
        "Authorities and datasets",
        ui.paragraph(
            "Each row is an authority and each column is a dataset. Select a mark to see that "
            "authority’s dataset."
        ),
        matrix.key(view.changes, formatting.day(scope.before.as_at) if scope.before else None),
        _form(view),
        ui.result_line(first + 1, first + len(rows), len(every), "authority", "authorities"),
        _ties(every) if filters.sort in ("most", "fewest") else None,
        ui.paragraph(ui.link("Skip the marks", "#matrix-end")),
        matrix.draw(parts, "Status of each dataset of each authority") if rows else None,
        html.Div(
            [
                ui.pagination(
                    page, pages, lambda to: links.address(PATH, filters, page=to) + "#matrix"
                ),
                tools(
                    _around(view, "cells", "matrix", "these cells", alone=False),
                    "Who provides what",
                    len(every),
                    first + 1,
                ),
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


def _provides(row: AuthorityCells, how_much: str | None) -> bool:
    return {
        None: True,
        "none": row.provided == 0,
        "some": 0 < row.provided < row.expected,
        "all": 0 < row.provided == row.expected,
    }[how_much]


def _ties(rows: Sequence[AuthorityCells]) -> Component | None:
    """How many authorities share the last place, where more than one does."""
    shares = [row.provided / row.expected if row.expected else 0.0 for row in rows]
    count = shares.count(min(shares, default=0.0))
    if count < 2:
        return None
    how_much = "the same share" if min(shares) else "nothing"
    return ui.paragraph(
        f"{formatting.number(count)} authorities tie for the fewest: each provides {how_much}. "
        "They are in order of name."
    )


def _form(view: View) -> Component:
    filters = view.filters
    counts = {name: sum(_provides(row, name) for row in view.authorities) for name in PROVIDES}
    amounts = [
        (name, f"{words} ({formatting.number(counts[name])})") for name, words in PROVIDES.items()
    ]
    return ui.inline_form(
        f"{PATH}#matrix",
        ui.select("sort", "Order", list(SORTS.items()), filters.sort, any_label=None),
        ui.select("group", "Grouped by", list(GROUPS.items()), filters.group, any_label="Nothing"),
        ui.select("provides", "Who provides", amounts, filters.provides, any_label="All of these"),
        keep=links.form_values(filters, *SCOPE_FIELDS),
        apply_label="Arrange",
    )

"""The map: each authority with how many of its datasets it provides, as equal hexagons or within
its own boundary.

How much is told by a colour from light to dark, and in a hexagon by the number in it; who is not
counted is an empty outline. Each authority is a link that says it, also while it is pointed at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.design import html, tables, text
from dashboard.components.design.drawing import MARK
from dashboard.components.design.element import Attributes, Children, Element, aria
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.projection import ENGLAND, WIDTH
from performance_store.rows import AuthorityCells, Hexagon, Tile

_WIDE, _SIDE = 20.0, 20.0 / math.sqrt(3)
# A hexagon from its topmost point on.
_SHAPE = "l10 5.77v11.55l-10 5.77l-10 -5.77v-11.55z"
BANDS = {
    "none": "None of its datasets",
    "few": "Up to a quarter",
    "some": "Up to half",
    "many": "More than half",
    "all": "All of them",
}


def band(row: AuthorityCells) -> str:
    """Which of the bands an authority is in."""
    if not row.provided:
        return "none"
    if row.provided >= row.expected:
        return "all"
    if 2 * row.provided > row.expected:
        return "many"
    return "some" if 4 * row.provided > row.expected else "few"


def headline(rows: Sequence[AuthorityCells]) -> str:
    """What the map shows now, in a sentence."""
    count = Counter(band(row) for row in rows)
    share = formatting.n_of(sum(row.provided for row in rows), sum(row.expected for row in rows))
    return (
        f"{formatting.n_of(count['all'], len(rows))} authorities provide all of their datasets "
        f"and {formatting.number(count['none'])} provide none. All of them together provide "
        f"{share} expected provisions."
    )


def table(rows: Sequence[AuthorityCells], at: Callable[[str], str]) -> Component:
    """The same as a table: authorities by name. In: what makes a page one of this date."""
    return tables.table(
        "Datasets provided by each authority",
        [
            tables.Column("Authority"),
            tables.Column("Region"),
            tables.Column("Provided, of expected", numeric=True),
            tables.Column("On the map"),
        ],
        [
            [
                text.link(row.name, at(addresses.organisation(row.organisation))),
                "No region" if row.region == "none" else row.region_name,
                formatting.n_of(row.provided, row.expected),
                BANDS[band(row)],
            ]
            for row in sorted(rows, key=lambda row: (row.name, row.organisation))
        ],
        caption_hidden=True,
    )


def hexagons(
    places: Sequence[Hexagon],
    authorities: Mapping[str, AuthorityCells],
    at: Callable[[str], str],
) -> Component:
    """The drawing of hexagons. In: where authorities stand, those that are counted, and what makes
    a page one of this date."""
    width = (max(one.across for one in places) + 1.5) * _WIDE
    height = (max(one.down for one in places) * 1.5 + 2) * _SIDE
    outlines = "".join(_outline(one) for one in places if one.organisation not in authorities)
    links = [
        _hexagon_link(one, authorities[one.organisation], at)
        for one in places
        if one.organisation in authorities
    ]
    box = f"-1 -1 {width + 2:.0f} {height + 2:.0f}"
    drawing = _drawing(outlines, links, box, authorities)
    return html.Div([text.scroll_hint("the map"), drawing], className="map-drawing")


def boundaries(
    tiles: Sequence[Tile],
    authorities: Mapping[str, AuthorityCells],
    at: Callable[[str], str],
) -> Component:
    """The drawing of boundaries. In: those that are known, the authorities that are counted, and
    what makes a page one of this date."""
    outlines = "".join(tile.path for tile in tiles if tile.organisation not in authorities)
    links = [
        _link(authorities[tile.organisation], at, tile.path, "hex area")
        for tile in tiles
        if tile.organisation in authorities
    ]
    box = f"-4 -4 {WIDTH + 8} {ENGLAND.height + 8}"
    return html.Div(_drawing(outlines, links, box, authorities), className="map-drawing")


def _drawing(
    outlines: str,
    links: Sequence[Component],
    box: str,
    authorities: Mapping[str, AuthorityCells],
) -> Component:
    """In a region that is scrolled sideways where it is too narrow for it."""
    label = f"Map of authorities. {headline(list(authorities.values()))}"
    parts: list[Children] = [*links]
    if outlines:
        parts.insert(0, Element("path", d=outlines, className="hex-other"))
    svg = Element(
        "svg",
        parts,
        viewBox=box,
        className="drawing hexes",
        role="group",
        focusable="false",
        **aria(label=label),
    )
    return html.Div(svg, className="table-scroll", tabIndex="0", role="region", **aria(label=label))


def beside(
    drawing: Component, rows: Sequence[AuthorityCells], choice: Component | None
) -> Component:
    """The map with what stands beside it: the choice of its shapes, what the colours mean, and
    where an authority is told that is pointed at."""
    words = "Point at an authority to read it. Select it to open its page."
    place: Attributes = {MARK: "map"}
    return html.Div(
        [
            html.Div(
                [choice, key(rows), html.P(words, className="map-words", **aria(live="off"))],
                className="map-beside",
            ),
            drawing,
        ],
        className="map-box",
        **place,
    )


def key(rows: Sequence[AuthorityCells]) -> Component:
    """What the colours mean, with how many authorities are in each band."""
    count = Counter(band(row) for row in rows)
    items = [
        html.Li([_swatch(f"hex hex-{name}"), f"{words}: {formatting.number(count[name])}"])
        for name, words in BANDS.items()
    ]
    items.append(html.Li([_swatch("hex-other"), "Not counted here"]))
    return html.Ul(items, className="line-key")


def _swatch(name: str) -> Component:
    shape = Element("path", d=f"M10 0{_SHAPE}", className=name)
    return Element(
        "svg", shape, viewBox="-1 -1 22 26", width="18", height="21", **aria(hidden="true")
    )


def _middle(one: Hexagon) -> tuple[float, float]:
    return (one.across + 0.5 + 0.5 * (one.down & 1)) * _WIDE, (one.down * 1.5 + 1) * _SIDE


def _outline(one: Hexagon) -> str:
    x, y = _middle(one)
    return f"M{x:g} {y - _SIDE:.2f}{_SHAPE}"


def _hexagon_link(one: Hexagon, row: AuthorityCells, at: Callable[[str], str]) -> Component:
    x, y = _middle(one)
    number = Element("text", str(row.provided), x=f"{x:g}", y=f"{y + 3.5:.1f}")
    return _link(row, at, _outline(one), "hex", number)


def _link(
    row: AuthorityCells, at: Callable[[str], str], path: str, name: str, *more: Component
) -> Component:
    words = f"{row.name}: {formatting.n_of(row.provided, row.expected)} provided"
    return html.A(
        [Element("title", words), Element("path", d=path), *more],
        href=at(addresses.organisation(row.organisation)),
        className=f"{name} hex-{band(row)}",
        **aria(label=words),
    )

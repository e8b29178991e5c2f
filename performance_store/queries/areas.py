"""Where an organisation is: its outline, and the number its places are found by."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Area, Outline, OutlineCount, Tile


def area(connection: Connection, *, organisation: str) -> tuple[Area, ...]:
    """An organisation by its CURIE, and whether it has an outline. None or one row."""
    return fetch(
        connection,
        Area,
        """
SELECT o.organisation, o.name, o.entity,
    EXISTS (SELECT FROM outline l WHERE l.organisation_id = o.id) AS has_boundary
FROM organisation o
WHERE o.organisation = :organisation
""",
        organisation=organisation,
    )


def outline(connection: Connection, *, organisation: str) -> tuple[Outline, ...]:
    """The outline of an organisation's area, by its CURIE. None or one row."""
    return fetch(
        connection,
        Outline,
        """
SELECT l.height, l.x_zero, l.y_zero, l.x_per_degree, l.y_per_degree, l.path
FROM organisation o
JOIN outline l ON l.organisation_id = o.id
WHERE o.organisation = :organisation
""",
        organisation=organisation,
    )


def tiles(connection: Connection) -> tuple[Tile, ...]:
    """Those who stand on the map of hexagons, as far as they have an outline, by CURIE."""
    return fetch(
        connection,
        Tile,
        """
SELECT o.organisation, l.tile AS path
FROM organisation o
JOIN outline l ON l.organisation_id = o.id
JOIN hexagon h ON h.organisation_id = o.id
WHERE l.tile IS NOT NULL
ORDER BY o.organisation
""",
    )


def outline_count(connection: Connection) -> tuple[OutlineCount, ...]:
    """How many authorities are on the map of hexagons, and how many have an outline. One row."""
    return fetch(
        connection,
        OutlineCount,
        "SELECT count(l.organisation_id)::int AS outlines, count(*)::int AS authorities "
        "FROM hexagon h LEFT JOIN outline l ON l.organisation_id = h.organisation_id",
    )

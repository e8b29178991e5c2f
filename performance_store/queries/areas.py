"""Where an organisation is: its area, and the number its places are found by."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Area, Boundary, Outlined


def known(connection: Connection, *, organisation: str) -> tuple[Area, ...]:
    """What is known of an organisation's area, without its outline. None or one row."""
    return fetch(
        connection,
        Area,
        """
SELECT o.organisation, o.name, o.entity,
    EXISTS (SELECT FROM organisation_boundary b WHERE b.organisation_id = o.id) AS has_boundary
FROM organisation o
WHERE o.organisation = :organisation
""",
        organisation=organisation,
    )


def boundary(connection: Connection, *, organisation: str) -> tuple[Boundary, ...]:
    """The outline of an organisation's area. None or one row."""
    return fetch(
        connection,
        Boundary,
        """
SELECT o.organisation, b.geojson::text AS geojson
FROM organisation o
JOIN organisation_boundary b ON b.organisation_id = o.id
WHERE o.organisation = :organisation
""",
        organisation=organisation,
    )


def boundaries(connection: Connection) -> tuple[Boundary, ...]:
    """The outlines of those who stand on the map of hexagons, as far as they have one, by CURIE."""
    return fetch(
        connection,
        Boundary,
        """
SELECT o.organisation, b.geojson::text AS geojson
FROM organisation o
JOIN organisation_boundary b ON b.organisation_id = o.id
JOIN hexagon h ON h.organisation_id = o.id
ORDER BY o.organisation
""",
    )


def outlined(connection: Connection) -> tuple[Outlined, ...]:
    """How many of the authorities on the map of hexagons also have an outline. One row."""
    return fetch(
        connection,
        Outlined,
        "SELECT count(b.organisation_id)::int AS outlined, count(*)::int AS mapped FROM hexagon h "
        "LEFT JOIN organisation_boundary b ON b.organisation_id = h.organisation_id",
    )

"""A map in which every authority is one hexagon of equal size, laid out like England.

Made from the authorities' coordinates, in three steps:

1. points that stand closer than one hexagon push each other apart, and those that are neighbours
   and further apart draw together, so that towns get room and moors lose some;
2. an assignment solver gives each point a hexagon of its own, so that the sum of the squared
   distances is the least there is;
3. authorities change places where that brings more neighbours side by side.

Nothing is left to chance: the same coordinates always give the same map. `make bench` measures it
against a published one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from performance_store.projection import in_kingdom

FEWEST = 20
"""Fewer authorities than this make no map."""

Degrees = tuple[float, float]
Cell = tuple[int, int]
_Array = npt.NDArray[np.float64]

_SQUARE_KM = 130_279.0
"""Of England, shared out among the hexagons."""
_ROW = math.sqrt(3) / 2
_STEPS, _PUSH, _PULL, _HOLD = 300, 0.5, 0.2, 0.004
_MARGIN = 3
_REACH = 2.3
_ROUNDS = 12

# Authorities that no list gives coordinates for: a point in each of their areas, to the nearest
# kilometre or so, by ONS code. What a list gives goes before.
PLACES: dict[str, Degrees] = {
    "E26000001": (-3.92, 50.57),  # Dartmoor
    "E26000002": (-3.65, 51.13),  # Exmoor
    "E26000003": (-3.10, 54.47),  # Lake District
    "E26000004": (-2.23, 55.32),  # Northumberland
    "E26000005": (-0.90, 54.38),  # North York Moors
    "E26000006": (-1.80, 53.33),  # Peak District
    "E26000007": (1.50, 52.65),  # the Broads
    "E26000009": (-1.59, 50.86),  # New Forest
    "E26000010": (-0.70, 50.93),  # South Downs
    "E26000012": (-2.16, 54.27),  # Yorkshire Dales
    "E51000001": (-0.01, 51.54),  # London Legacy
    "E51000002": (-0.25, 51.53),  # Old Oak and Park Royal
    "E51000003": (0.31, 51.45),  # Ebbsfleet
    "E51000004": (-1.15, 54.60),  # South Tees
    "E51000006": (-1.23, 54.58),  # Middlesbrough
    "E51000007": (-1.21, 54.69),  # Hartlepool
}


def settle(connection: psycopg.Connection[Any]) -> bool:
    """Work the map out anew if the authorities or their coordinates have changed. Returns whether.

    On it are planning authorities that have not ended and whose place in the kingdom is known.
    """
    places = _new_places(connection)
    if places is not None:
        _put(connection, places, layout(places))
    return places is not None


def settle_beside(connection: psycopg.Connection[Any]) -> Callable[[], None]:
    """Begin what `settle` does in a thread of its own, which needs no database. Returns what waits
    for the map and puts it into the store."""
    places = _new_places(connection)
    if places is None:
        return lambda: None
    pool = ThreadPoolExecutor(1)
    cells = pool.submit(layout, places)
    pool.shutdown(wait=False)
    return lambda: _put(connection, places, cells.result())


def _new_places(connection: psycopg.Connection[Any]) -> dict[int, Degrees] | None:
    """Coordinates of the authorities on the map, by id; None where it has these already."""
    rows = connection.execute(
        "SELECT id, longitude, latitude, statistical_geography FROM organisation "
        "WHERE listed_as_lpa AND end_date IS NULL ORDER BY organisation"
    ).fetchall()
    places: dict[int, Degrees] = {}
    for key, longitude, latitude, code in rows:
        if longitude is not None and latitude is not None:
            places[key] = (longitude, latitude)
        elif code in PLACES:
            places[key] = PLACES[code]
    places = {key: place for key, place in places.items() if in_kingdom(*place)}
    if len(places) < FEWEST:
        places = {}
    current = connection.execute("SELECT organisation_id, longitude, latitude FROM hexagon")
    if {key: (longitude, latitude) for key, longitude, latitude in current} == places:
        return None
    return places


def _put(
    connection: psycopg.Connection[Any],
    places: Mapping[int, Degrees],
    cells: Mapping[int, Cell],
) -> None:
    """Replace the map in the store by one that was laid out."""
    connection.execute("DELETE FROM hexagon")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO hexagon (organisation_id, across, down, longitude, latitude) "
            "VALUES (%s, %s, %s, %s, %s)",
            [(key, *cell, *places[key]) for key, cell in cells.items()],
        )


def layout(places: Mapping[Any, Degrees]) -> dict[Any, Cell]:
    """A hexagon for each key: (across, down) from (longitude, latitude).

    A place outside the United Kingdom gets none: all between it and the others would be laid out.
    """
    places = {key: place for key, place in places.items() if in_kingdom(*place)}
    if not places:
        return {}
    pitch = math.sqrt(_SQUARE_KM / len(places) / _ROW)
    points = flat(list(places.values())) / pitch
    edges = neighbours(points)
    spread = _spread(points, edges)
    cells = _side_by_side(_assigned(spread), spread, edges)
    # By an even number of rows: every other one is moved by half a hexagon.
    west = min(across for across, _ in cells)
    north = min(down for _, down in cells) // 2 * 2
    return {
        key: (across - west, down - north)
        for key, (across, down) in zip(places, cells, strict=True)
    }


def centre(cell: Cell) -> tuple[float, float]:
    """The middle of a hexagon, east and south, in widths of a hexagon."""
    across, down = cell
    return across + 0.5 * (down & 1), down * _ROW


def flat(places: Sequence[Degrees]) -> _Array:
    """Kilometres east and south of a point in the Midlands."""
    degrees = np.array(places, dtype=np.float64)
    east = (degrees[:, 0] + 2) * 111.32 * np.cos(np.radians(degrees[:, 1]))
    return np.column_stack((east, (52.8 - degrees[:, 1]) * 111.2))


def neighbours(points: _Array) -> list[tuple[int, int]]:
    """Pairs of points with no third one in the circle between them (a Gabriel graph)."""
    apart = ((points[:, None] - points[None]) ** 2).sum(-1)
    pairs = []
    for one in range(len(points)):
        between = (apart[one][None, :] + apart < apart[one][:, None] - 1e-9).any(1)
        pairs += [(one, int(other)) for other in np.flatnonzero(~between) if other > one]
    return pairs


def _spread(points: _Array, edges: Sequence[tuple[int, int]]) -> _Array:
    """The points moved until about one of them is in the room of each hexagon."""
    moved = points.copy()
    pairs = np.array(edges, dtype=np.intp).reshape(-1, 2)
    itself = np.eye(len(points)) * 9
    for _ in range(_STEPS):
        between = moved[:, None] - moved[None]
        length = np.sqrt((between**2).sum(-1)) + itself
        near = np.clip(1 - length, 0, None) / np.maximum(length, 1e-6)
        force = (between * near[..., None]).sum(1) * _PUSH
        line = moved[pairs[:, 1]] - moved[pairs[:, 0]]
        long = np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-6)
        pull = line * (np.clip(long - 1, 0, None) * _PULL / long)[:, None]
        np.add.at(force, pairs[:, 0], pull)
        np.add.at(force, pairs[:, 1], -pull)
        moved = moved + force + (points - moved) * _HOLD
    return moved


def _assigned(points: _Array) -> list[Cell]:
    """The hexagon of each point: all in all as near as can be."""
    # Loaded here: only a load needs it.
    import lap

    west, east = math.floor(points[:, 0].min()) - _MARGIN, math.ceil(points[:, 0].max()) + _MARGIN
    north = math.floor(points[:, 1].min() / _ROW) - _MARGIN
    south = math.ceil(points[:, 1].max() / _ROW) + _MARGIN
    cells = [(a, d) for d in range(north, south + 1) for a in range(west, east + 1)]
    middles = np.array([centre(cell) for cell in cells])
    cost = ((points[:, None] - middles[None]) ** 2).sum(-1)
    _, numbers, _ = lap.lapjv(cost, extend_cost=True)
    return [cells[int(number)] for number in numbers]


class _Board:
    """Authorities on hexagons, and what it costs to stand on one."""

    def __init__(
        self, cells: Sequence[Cell], points: _Array, edges: Sequence[tuple[int, int]]
    ) -> None:
        self.cells = list(cells)
        self.taken = {cell: number for number, cell in enumerate(cells)}
        self._at = [centre(cell) for cell in cells]
        self._points = [(float(x), float(y)) for x, y in points]
        self._near: list[list[int]] = [[] for _ in cells]
        for one, other in edges:
            self._near[one].append(other)
            self._near[other].append(one)

    def gain(self, one: int, cell: Cell) -> float:
        """What is won when one goes to a hexagon, and who is there comes to its own."""
        other, here, there = self.taken.get(cell), self._at[one], centre(cell)
        if other is None:
            return self._cost(one, here) - self._cost(one, there)
        return (
            self._cost(one, here)
            + self._cost(other, there)
            - self._cost(one, there, other, here)
            - self._cost(other, here, one, there)
        )

    def move(self, one: int, cell: Cell) -> None:
        other, left = self.taken.get(cell), self.cells[one]
        if other is None:
            del self.taken[left]
        else:
            self._put(other, left)
        self._put(one, cell)

    def _put(self, one: int, cell: Cell) -> None:
        self.cells[one], self._at[one], self.taken[cell] = cell, centre(cell), one

    def _cost(
        self, one: int, at: Degrees, moving: int | None = None, to: Degrees = (0.0, 0.0)
    ) -> float:
        """Of standing there: how far from its point, and one for each neighbour that is not next
        to it, and more the further. One of them may be moving."""
        x, y = self._points[one]
        total = 0.1 * ((at[0] - x) ** 2 + (at[1] - y) ** 2)
        for other in self._near[one]:
            there = to if other == moving else self._at[other]
            gap = math.hypot(at[0] - there[0], at[1] - there[1]) - 1
            if gap > 0.01:
                total += 1 + 0.5 * gap
        return total


def _side_by_side(
    cells: Sequence[Cell], points: _Array, edges: Sequence[tuple[int, int]]
) -> list[Cell]:
    """The same hexagons with more neighbours next to each other."""
    board = _Board(cells, points, edges)
    near = {odd: _within_reach(odd) for odd in (0, 1)}
    for _ in range(_ROUNDS):
        better = False
        for one in range(len(cells)):
            across, down = board.cells[one]
            best, place = 1e-9, None
            for right, below in near[down & 1]:
                cell = (across + right, down + below)
                won = board.gain(one, cell)
                if won > best:
                    best, place = won, cell
            if place is not None:
                board.move(one, place)
                better = True
        if not better:
            break
    return board.cells


def _within_reach(odd: int) -> list[Cell]:
    """Steps to the hexagons around one in an even or odd row."""
    x, y = centre((0, odd))
    steps = []
    for below in range(-2, 3):
        for right in range(-3, 4):
            there = centre((right, odd + below))
            if 0 < math.hypot(there[0] - x, there[1] - y) <= _REACH:
                steps.append((right, below))
    return steps

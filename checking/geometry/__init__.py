"""Geometry columns as the platform cleans them, and beside that what it does not look at.

`polygons`, `points` and `pairs` take a whole column and give a `Cleaned`; `Boundary`, `Duplicates`
and `MapShapes` take the shapes of one chunk after another. One `Budget` for all chunks bounds what
is spent on the shapes of a file.
"""

from checking.geometry.boundary import Boundary
from checking.geometry.columns import pairs, points, polygons
from checking.geometry.duplicates import Duplicates
from checking.geometry.mapshapes import MapShapes
from checking.geometry.placing import is_system
from checking.geometry.repairing import Budget

__all__ = [
    "Boundary",
    "Budget",
    "Duplicates",
    "MapShapes",
    "is_system",
    "pairs",
    "points",
    "polygons",
]

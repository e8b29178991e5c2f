"""Geometry columns as the platform cleans them, and beside that what it does not look at.

`polygons`, `points` and `pairs` take a whole column and give a `Cleaned`; `Boundary`, `Duplicates`
and `MapShapes` take the shapes of one chunk after another.
"""

from checking.geometry.columns import pairs, points, polygons

__all__ = ["pairs", "points", "polygons"]

"""Every colour that Python writes itself: for charts, maps, badges and the browser's own frame.

What has the name of a custom property of `assets/planning.css` has its value; a test holds them
equal.
"""

from __future__ import annotations

INK = "#1b282d"
QUIET = "#52616a"
PAPER = "#f7f5f0"
SHEET = "#fff"
LINE = "#d8d4c8"
DEEP = "#10333a"
TEAL = "#0b5d66"
VISITED = "#5a3d8a"

TONES = {
    "good": "#23795c",
    "warn": "#d7971c",
    "bad": "#a3271a",
    "busy": "#3d78b5",
    "none": "#a9b1af",
    "unknown": "#8467a9",
}

# In charts and maps only.
GRID = "#e9e5da"
LAND = "#e4e0d3"
SERIES = (TEAL, TONES["warn"], VISITED, "#5f9ea0", TONES["bad"], TONES["busy"], "#7a6a3a")
"""Lines without a meaning of their own: they differ in lightness as well as in hue, and should
differ in dash too."""

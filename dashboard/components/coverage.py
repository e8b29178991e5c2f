"""Coverage as tables with bars: the funnel of stages, and n of N by a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash.development.base_component import Component

from dashboard import formatting
from dashboard.components import drawing, provision, tables, text
from performance_store.rows import Coverage

STAGES = (
    ("expected", "Expected", "expected"),
    ("endpoint", "Provided", "coverage"),
    ("reachable", "Reachable", "reachable"),
    ("collected", "Collected", "collected"),
    ("error_free", "Error-free", "error_free"),
    ("conformant", "Conformant", "conformant"),
)
WITHHELD = 5
"""No percentage over fewer authorities than this."""


def share(count: int, total: int, bodies: int) -> str:
    """n of N, with its percentage unless that would speak of too few."""
    if bodies < WITHHELD:
        return formatting.n_of(count, total)
    return formatting.share(count, total)


def funnel(total: Coverage, knows: Sequence[str]) -> Component:
    """Nested stages as a table with bars. In: the whole set, and what its snapshot knows."""
    rows = []
    before = None
    for field, label, _ in STAGES:
        needs = {"endpoint": None, "expected": None, "error_free": "issues", "conformant": "fields"}
        if needs.get(field, "logs") not in (None, *knows):
            continue
        value = getattr(total, field)
        words = formatting.n_of(value, total.expected)
        rows.append(
            [
                label,
                formatting.number(value),
                drawing.small_bar(value, total.expected, f"{label}: {words}"),
                formatting.share(value, before) if before is not None else "",
            ]
        )
        before = value
    return text.section(
        "From expected to conformant",
        text.paragraph("Each stage counts only what passed the one before it."),
        tables.table(
            "Provisions by stage",
            [
                tables.Column("Stage"),
                tables.Column("Provisions", numeric=True),
                tables.Column("Of all expected"),
                tables.Column("Of the stage before", numeric=True),
            ],
            rows,
            caption_hidden=True,
        ),
        provision.explain(*(key for _, _, key in STAGES)),
        id="funnel",
    )


def table(what: str, rows: Sequence[Coverage], *, knows_logs: bool) -> Component | None:
    """Coverage by one dimension, the fullest first. In: what a row is called, and the rows."""
    if not rows:
        return None
    title, id = f"By {what.lower()}", what.lower()
    columns = [
        tables.Column(what),
        tables.Column("Provided"),
        tables.Column("Authorities providing something"),
    ]
    if knows_logs:
        columns += [
            tables.Column("Reachable", numeric=True),
            tables.Column("Error-free", numeric=True),
        ]
    made = []
    for row in sorted(
        rows, key=lambda r: (-(r.endpoint / r.expected if r.expected else 0), r.label)
    ):
        words = share(row.endpoint, row.expected, row.organisations)
        label = "Not in a cohort" if row.value == "none" and id == "cohort" else row.label
        cells: list[Any] = [
            label,
            [words, drawing.small_bar(row.endpoint, row.expected, words)],
            formatting.n_of(row.organisations_some, row.organisations),
        ]
        if knows_logs:
            cells += [formatting.number(row.reachable), formatting.number(row.error_free)]
        made.append(cells)
    return text.section(
        title,
        tables.table(f"Provisions {title.lower()}", columns, made, caption_hidden=True),
        id=id,
    )  # fmt: skip

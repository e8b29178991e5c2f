"""The matrix of coverage: authorities down, datasets across, a mark in each cell.

A cell is a symbol in the colour of its status, and a sign where it has changed; its words are in
its link's name. All counts are of the whole set, whichever page of it is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components.design import drawing, html, status, text
from dashboard.components.design.element import Children, aria
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.rows import AuthorityCells, CellChange

_FIT_ON_A_PHONE = 8
# How a cell differs from the comparison: its sign, and what is said of it.
CHANGES = {
    "newly_provided": ("+", "newly provided"),
    "lost": ("−", "lost"),
    "newly_broken": ("!", "newly broken"),
    "recovered": ("↑", "working again"),
}


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is drawn: the rows of this page in their order, all rows of the set, the datasets as
    (reference, name), what changed by (organisation, dataset), how rows are grouped, the address of
    a dataset, and what makes an authority's page one of this date (`at`)."""

    rows: Sequence[AuthorityCells]
    every: Sequence[AuthorityCells]
    datasets: Sequence[tuple[str, str]]
    changes: Mapping[tuple[str, str], str]
    by: str | None
    href: Callable[[str], str]
    at: Callable[[str], str]


def in_order(
    rows: Sequence[AuthorityCells], changes: Sequence[CellChange], *, sort: str, by: str | None
) -> list[AuthorityCells]:
    """Rows in the order a reader chose: by name, most or fewest provided, or most changed; within
    their region or cohort if they are grouped, nobody's last."""
    change_counts = Counter(row.organisation for row in changes)

    def share(row: AuthorityCells) -> float:
        return row.provided / row.expected if row.expected else 0.0

    keys = {
        "most": lambda row: (-share(row), -row.provided),
        "fewest": lambda row: (share(row), row.provided),
        "changed": lambda row: (-change_counts[row.organisation],),
    }
    # Rows come by name, and sorting keeps that order among equals.
    ranking = sorted(rows, key=keys[sort]) if sort in keys else list(rows)
    if not by:
        return ranking
    return sorted(ranking, key=lambda row: (group_of(row, by)[0] == "none", group_of(row, by)[1]))


def group_of(row: AuthorityCells, by: str | None) -> tuple[str, str]:
    """The group of a row, as (key, words)."""
    if by == "region":
        return row.region, "No region" if row.region == "none" else row.region_name
    return row.cohort or "none", row.cohort_name or row.cohort or "Not in a cohort"


def draw(matrix: Matrix, caption: str) -> Component:
    """The table, in a region that is scrolled both ways."""
    head = [_heading("Authority"), _heading("Provided")]
    head += [_heading(name, matrix.href(dataset)) for dataset, name in matrix.datasets]
    body: list[Component] = []
    before: str | None = None
    for row in matrix.rows:
        if matrix.by and group_of(row, matrix.by)[0] != before:
            before, words = group_of(row, matrix.by)
            body.append(_subtotal(matrix, before, words))
        body.append(_row(row, matrix))
    grid = html.Table(
        [
            html.Caption(caption, className="hidden"),
            html.Thead(html.Tr(head)),
            html.Tbody(body),
            html.Tfoot(_total(matrix.every, matrix.datasets, "All authorities")),
        ],
        className="table matrix",
    )
    region = html.Div(
        grid,
        className="table-scroll matrix-box",
        tabIndex="0",
        role="region",
        **aria(label=caption),
    )
    hint = text.scroll_hint("the table") if len(matrix.datasets) > _FIT_ON_A_PHONE else None
    return html.Div([hint, region])


def key(changes: Sequence[CellChange], since: str | None) -> Component:
    """What the symbols and signs mean, the signs with how many cells have them."""
    items: list[Children] = [
        [status.mark(_status_words(name), word.tone), f" {_status_words(name)}"]
        for name, word in status.STATUSES.items()
    ]
    items.append([html.Span("–", className="quiet"), " Not expected"])
    parts: list[Children] = [html.Ul([html.Li(item) for item in items], className="line-key")]
    if since is not None:
        count = Counter(row.change for row in changes)
        signs = [
            html.Li([html.Strong(sign), f" {formatting.number(count[name])} {words}"])
            for name, (sign, words) in CHANGES.items()
        ]
        parts += [
            text.paragraph(f"Since {since}, for authorities counted on both dates:"),
            html.Ul(signs, className="line-key"),
        ]
    return html.Div(parts)


def _status_words(name: str) -> str:
    """A status in words. Only what has an endpoint can be of a status that is not known."""
    if name == "unknown":
        return "Provided, status not known"
    return status.word(status.STATUSES, name).label


def _heading(words: str, href: str | None = None) -> Component:
    inside: Children = html.Span(text.link(words, href)) if href else words
    return html.Th(inside, scope="col", className="matrix-dataset" if href else "")


def _row(row: AuthorityCells, matrix: Matrix) -> Component:
    statuses = dict(zip(row.datasets, row.statuses, strict=True))
    cells: list[Component] = [
        html.Th(
            text.link(row.name, matrix.at(addresses.organisation(row.organisation))),
            scope="row",
            **_on_a_phone(row.provided, row.expected),
        ),
        html.Td(_share(row.provided, row.expected, row.name)),
    ]
    for dataset, name in matrix.datasets:
        if dataset not in statuses:
            cells.append(html.Td("–", className="quiet", **aria(label="not expected")))
            continue
        word = status.word(status.STATUSES, statuses[dataset])
        sign, change = CHANGES.get(matrix.changes.get((row.organisation, dataset), ""), ("", ""))
        label = _status_words(statuses[dataset])
        description = f"{row.name}, {name}: {label}{', ' if change else ''}{change}"
        cells.append(
            html.Td(
                html.A(
                    sign or None,
                    href=matrix.at(addresses.dataset(row.organisation, dataset)),
                    className=f"mark-only tag-{word.tone}",
                    **aria(label=description),
                )
            )
        )
    return html.Tr(cells)


def _subtotal(matrix: Matrix, group: str, words: str) -> Component:
    rows = [row for row in matrix.every if group_of(row, matrix.by)[0] == group]
    count = formatting.plural(len(rows), "authority", "authorities")
    return _total(rows, matrix.datasets, f"{words}: {count}")


def _total(
    rows: Sequence[AuthorityCells],
    datasets: Sequence[tuple[str, str]],
    words: str,
) -> Component:
    """n of N of some rows, for each dataset."""
    expected_counts: Counter[str] = Counter()
    with_endpoint: Counter[str] = Counter()
    for row in rows:
        expected_counts.update(row.datasets)
        with_endpoint.update(
            name for name, has in zip(row.datasets, row.with_endpoint, strict=True) if has
        )
    counts = [formatting.n_of(with_endpoint[name], expected_counts[name]) for name, _ in datasets]
    whole = formatting.n_of(with_endpoint.total(), expected_counts.total())
    head = html.Th(
        words, scope="row", **_on_a_phone(with_endpoint.total(), expected_counts.total())
    )
    cells = [head, html.Td(whole), *(html.Td(count) for count in counts)]
    return html.Tr(cells, className="matrix-total")


def _on_a_phone(count: int, total: int) -> dict[str, Any]:
    """What the style sheet writes below a name where there is no room for a column of its own."""
    return {"data-share": f"{formatting.n_of(count, total)} provided"}


def _share(count: int, total: int, name: str) -> list[Component]:
    words = formatting.n_of(count, total)
    return [html.Span(words), drawing.small_bar(count, total, f"{name}: {words} provided")]

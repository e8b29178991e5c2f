"""Tables: sorted and paged by the database through links, readable on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Attributes, Children, aria
from dashboard.components.words import formatting

Order = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whether it holds numbers, and how it is sorted.

    `sort_href` is the address that sorts by it (or turns the order round); `sorted` is its
    present order, None if the table is sorted by another column. `href` leads to what the column
    is about. `short` stands beside each value on a narrow screen, in place of a long heading.
    """

    label: str
    numeric: bool = False
    sort_href: str | None = None
    order: Order | None = None
    href: str | None = None
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under a heading of their own: its words, and how many rows it has."""

    words: str
    rows: int


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Children]],
    *,
    caption_hidden: bool = False,
    row_headings: bool = True,
    stack: bool = True,
    foot: Sequence[Children] | None = None,
    groups: Sequence[Group] = (),
) -> Component:
    """A table. In: what it shows, its columns, and its rows, a cell for each column.

    The first cell of a row is its heading unless `row_headings` is false. On a narrow screen
    each row becomes its heading with labels and values below it, one after the other; with
    `stack=False` the table is scrolled sideways instead, which suits tables of many numbers.
    `foot` is a row of totals. `groups` part the rows, in their order, under headings.
    """
    body: list[Component] = [
        html.Tr(_cells(row, columns, row_headings), role="row") for row in rows
    ]
    parts = [
        html.Caption(caption, className="hidden" if caption_hidden else "table-caption"),
        html.Thead(html.Tr([_header(column) for column in columns], role="row"), role="rowgroup"),
        *_bodies(body, groups, len(columns)),
    ]
    if foot is not None:
        parts.append(
            html.Tfoot(html.Tr(_cells(foot, columns, row_headings), role="row"), role="rowgroup")
        )
    name = "table" + " table-stack" * stack
    # The roles are those the elements have: some browsers drop them when CSS lays a table out
    # as blocks.
    grid = html.Table(parts, className=name, role="table")
    if stack:
        return grid
    return html.Div(
        grid, className="table-scroll", tabIndex="0", role="region", **aria(label=caption)
    )


def _bodies(rows: list[Component], groups: Sequence[Group], width: int) -> list[Component]:
    if not groups:
        return [html.Tbody(rows, role="rowgroup")]
    if sum(group.rows for group in groups) != len(rows):
        raise ValueError("the groups of a table do not hold its rows")
    bodies: list[Component] = []
    first = 0
    for group in groups:
        head = html.Th(group.words, colSpan=width, scope="rowgroup", role="rowheader")
        mine = rows[first : first + group.rows]
        bodies.append(
            html.Tbody(
                [html.Tr(head, role="row", className="matrix-total"), *mine], role="rowgroup"
            )
        )
        first += group.rows
    return bodies


def _header(column: Column) -> Component:
    label: Children = text.link(column.label, column.href) if column.href else column.label
    if column.sort_href:
        label = html.A(
            [column.label, html.Span("", className=f"sort sort-{column.order or 'none'}")],
            href=column.sort_href,
            className="sort-link",
        )
    return html.Th(
        label,
        scope="col",
        role="columnheader",
        className="numeric" if column.numeric else "",
        **aria(sort=column.order),
    )


def _cells(
    row: Sequence[Children], columns: Sequence[Column], row_headings: bool
) -> list[Component]:
    if len(row) != len(columns):
        raise ValueError(f"a row of {len(row)} cells in a table of {len(columns)} columns")
    cells: list[Component] = []
    for number, (value, column) in enumerate(zip(row, columns, strict=True)):
        content = html.Span(formatting.UNKNOWN, className="quiet") if value is None else value
        name = "numeric" if column.numeric else ""
        more: Attributes = {"data-label": column.short or column.label}
        if number == 0 and row_headings:
            cells.append(html.Th(content, scope="row", role="rowheader", className=name, **more))
        else:
            cells.append(html.Td(content, role="cell", className=name, **more))
    return cells


def pagination(
    page: int, pages: int, href: Callable[[int], str], *, label: str = "Pages"
) -> Component | None:
    """Links to other pages of a long table; None if there is only one page.

    In: the present page and how many there are, from 1, and the address of a page.
    """
    if pages <= 1:
        return None
    items = []
    if page > 1:
        items.append(html.Li(html.A("Previous", href=href(page - 1), rel="prev")))
    last = 0
    for number in _page_numbers(page, pages):
        if number > last + 1:
            items.append(html.Li("…", className="pagination-gap"))
        now = aria(current="page" if number == page else None)
        words: Children = [text.hidden("Page "), formatting.number(number)]
        items.append(html.Li(html.A(words, href=href(number), **now)))
        last = number
    if page < pages:
        items.append(html.Li(html.A("Next", href=href(page + 1), rel="next")))
    return html.Nav(html.Ul(items), className="pagination", **aria(label=label))


def _page_numbers(page: int, pages: int) -> list[int]:
    return sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})


def result_line(first: int, last: int, total: int, noun: str, many: str | None = None) -> Component:
    """Which rows are shown: "Showing 1 to 50 of 311 authorities"; focus goes here after Apply."""
    rows = formatting.plural(total, noun, many)
    if total == 0:
        words = f"No {many or noun + 's'} match"
    elif total == 1:
        words = f"1 {noun} found"
    elif first == 1 and last >= total:
        words = f"Showing all {rows}"
    else:
        words = f"Showing {formatting.number(first)} to {formatting.number(last)} of {rows}"
    return result_words(words)


def result_words(words: str) -> Component:
    """What came of a search, in other words than how many rows are shown."""
    return html.P(words, id="results", className="results", tabIndex="-1")

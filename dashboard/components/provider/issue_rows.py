"""Individual rows that have an issue, with the offending value marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components.design import drawing, html, part, tables, text
from dashboard.components.provider import timeline
from dashboard.components.words import formatting, wording
from performance_store.rows import IssueElsewhere, IssueFile, IssueFixer, IssuePoint, IssueRow

ENTITY = "https://www.planning.data.gov.uk/entity/"
_LETTERS = 160
_FOLDED_FILES = 5
_BLANK = {"\n": "↵", "\r": "↵", "\t": "⇥"}


def file_list(files: Sequence[IssueFile]) -> Component | None:
    """The files that rows are in, of several each with its number in `table`; None without any."""
    if not files:
        return None
    items = [
        text.external_link(file.endpoint_url, file.endpoint_url)
        if file.endpoint_url
        else text.code(file.resource)
        for file in files
    ]
    if len(items) == 1:
        return text.paragraph("The file is ", items[0], ".")
    words = f"These rows are in {formatting.in_words(len(files))} files"
    if len(files) > _FOLDED_FILES:
        return text.details(words, text.steps(items))
    return html.Div([text.paragraph(f"{words}:"), text.steps(items)])


def table(
    rows: Sequence[IssueRow],
    order: str,
    sorted_by: Callable[[str], str],
    files: Sequence[IssueFile] = (),
    whole: Callable[[int], str] | None = None,
) -> Component:
    """Rows of one page. In: their present order, the address that sorts them another way, the
    files that they are in, and the address of a whole record by its number on the platform (None:
    nobody is asked for it).

    Empty columns are left out, and so is a message that is the same for every row.
    """
    columns: list[tuple[tables.Column, list[Any]]] = []
    if len(files) > 1:
        numbers = {file.resource: number for number, file in enumerate(files, 1)}
        columns.append((tables.Column("File"), [numbers.get(row.resource) for row in rows]))
    places = [_place(row) for row in rows]
    if any(places):
        columns.append((_sortable("Line", "file", order, sorted_by), places))
    columns.append(
        (_sortable("Value found", "value", order, sorted_by), [marked_value(row) for row in rows])
    )
    if len({row.message for row in rows}) > 1:
        columns.append((tables.Column("What the check said"), [_message(row) for row in rows]))
    if any(row.entity for row in rows):
        cells = [_entity(row, whole) for row in rows]
        columns.append((tables.Column("On the platform"), cells))
    return tables.table(
        "Problems of this kind",
        [column for column, _ in columns],
        [list(cells) for cells in zip(*(cells for _, cells in columns), strict=True)],
        caption_hidden=True,
        row_headings=False,
        stack=False,
    )


def of_now(page: str) -> list[Component]:
    """What stands in place of the rows of a past date, which are not kept. In: the issue's page
    among the latest figures."""
    words = "We keep how many there were on each date, but which rows they were of the latest only."
    return [
        text.paragraph(words),
        text.paragraph(text.link("See the rows that have this issue now", f"{page}#rows")),
    ]


def common_message(rows: Sequence[IssueRow]) -> Component | None:
    """What the check says, where it says the same for every row."""
    messages = {row.message for row in rows}
    (message,) = messages if len(messages) == 1 else (None,)
    return text.paragraph("The check says: ", text.code(message)) if message else None


def elsewhere(
    spread: IssueElsewhere | None,
    fixers: Sequence[IssueFixer],
    dataset: str,
    as_at: date,
    href: Callable[[str], str],
    *,
    advice: bool,
) -> Component | None:
    """The section of who else has the issue and who fixed it; None where nobody else provides the
    dataset. In: its name in small letters, the date of the figures, where an organisation leads
    to, and whether the reader may do something about it."""
    if spread is None or spread.providers == 0:
        return None
    sentence = (
        f"{formatting.n_of(spread.same_dataset, spread.providers)} other organisations whose "
        f"{dataset} data we can read have the same kind of issue in it."
    )
    if spread.any_dataset > spread.same_dataset:
        any_where = formatting.plural(spread.any_dataset, "organisation has", "organisations have")
        sentence += f" Across all datasets, {any_where} it."
    items: list[Any] = [
        [
            text.link(wording.name_of(row.name, row.organisation), href(row.organisation)),
            f", by {formatting.day(row.as_at)}",
        ]
        for row in fixers
    ]
    end = ". You could ask them how:" if advice else ":"
    intro = f"These organisations fixed the issue in the year to {formatting.day(as_at)}{end}"
    return text.section(
        "Elsewhere",
        text.paragraph(sentence),
        text.paragraph(intro) if items else None,
        text.bullets(items) if items else None,
        working(),
        id="elsewhere",
    )


def working() -> Component:
    """How the figures of an issue's page are counted."""
    return text.working(
        text.bullets(
            [
                "A row with two problems of this kind counts once as a row, and twice as a "
                "problem, however many web addresses lead to its file. Only the latest file "
                "counts, or the last one that we could collect.",
                "Other organisations count if they provide this dataset and we know what is wrong "
                "with it. The field with the issue does not matter.",
                "Organisations that fixed it had the issue within the last year, do not have it "
                "now, and still provide the dataset.",
            ]
        ),
        about="rows with this issue, here and elsewhere",
    )


def marked_value(row: IssueRow) -> Component:
    """The offending value, marked, with what cannot be seen made visible; long ones are cut."""
    value = row.value or ""
    if not value:
        return html.Mark("blank", className="mark-value mark-blank")
    beginning = visible(value[:_LETTERS])
    if row.value_length <= _LETTERS:
        return html.Mark(beginning, className="mark-value break")
    more = f" (of {formatting.plural(row.value_length, 'letter')}, the first {_LETTERS})"
    return html.Span(
        [
            html.Mark(f"{beginning}…", className="mark-value break"),
            html.Span(more, className="quiet small"),
        ]
    )


def visible(value: str) -> str:
    """A value with its outer blanks, line breaks and control characters made visible."""
    inner = value.strip(" \u00a0")
    before = len(value) - len(value.lstrip(" \u00a0"))
    after = len(value) - before - len(inner)
    whole = "␣" * before + inner + "␣" * after
    return "".join(_BLANK.get(letter, letter if letter.isprintable() else "�") for letter in whole)


def over_time(points: Sequence[IssuePoint]) -> Component | None:
    """The section of how many rows or problems there were; None where nothing is to be compared."""
    if not any(point.problems for point in points) or points[0].as_at == points[-1].last_as_at:
        return None
    first, last = points[0], points[-1]
    unit, values = "Rows", [point.rows for point in points]
    if None in values:
        unit, values = "Problems", [point.problems for point in points]
    headline = (
        f"{unit} with this issue: {formatting.number(values[0])} on "
        f"{formatting.day(first.as_at)}, {formatting.number(values[-1])} on "
        f"{formatting.day(last.last_as_at)}."
    )
    columns = [tables.Column("From"), tables.Column("To"), tables.Column(unit, numeric=True)]
    cells, note = timeline.newest(
        [
            [
                formatting.short_day(point.as_at),
                formatting.short_day(point.last_as_at),
                formatting.number(value),
            ]
            for point, value in zip(reversed(points), reversed(values), strict=True)
        ]
    )
    return text.section(
        "Over time",
        text.paragraph(headline),
        drawing.sparkline(
            [v for p, v in zip(points, values, strict=True) for v in [v] * p.snapshots], headline
        ),
        text.details(
            "Show every change as a table",
            tables.table(f"{unit} with this issue over time", columns, cells, caption_hidden=True),
            *note,
        ),
        id="history",
    )


def map_figure(picture: Component, headline: str) -> Component:
    """The map beside the rows, with what it shows in words."""
    return html.Figure(
        [
            picture,
            html.Figcaption(
                f"{headline} Dots are authorities, the ring is this one, crosses are the values.",
                className="quiet small",
            ),
        ]
    )


def _sortable(label: str, key: str, order: str, sorted_by: Callable[[str], str]) -> tables.Column:
    here = order in (key, f"{key}-reversed")
    is_usual = order == key
    return tables.Column(
        label,
        sort_href=sorted_by(f"{key}-reversed" if is_usual else key),
        order=("ascending" if is_usual else "descending") if here else None,
    )


def _place(row: IssueRow) -> str | None:
    """The line of the file; some checks count entries, from 0, and not lines."""
    if row.line_number:
        return formatting.number(row.line_number)
    if row.entry_number is not None:
        return f"entry {formatting.number(row.entry_number)}"
    return None


def _message(row: IssueRow) -> Any:
    return row.message or html.Span("no message", className="quiet")


def _entity(row: IssueRow, whole: Callable[[int], str] | None) -> Any:
    if not row.entity:
        return html.Span("no record", className="quiet")
    link = text.external_link(str(row.entity), f"{ENTITY}{row.entity}")
    if whole is None:
        return link
    number = str(row.entity)
    fold = part.folded("Whole record", f"Open record {number}", whole(row.entity), about=number)
    return [link, fold]

"""What was found, rung by rung: each group with its advice and its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.check import cells
from dashboard.components.check.words import LADDER, sentence
from dashboard.components.design import blocks, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from dashboard.urls import addresses
from providers.checks.format import Group, Ladder, Passed, Row, Summary

# So many groups, from the top, are shown with their first rows in sight.
_IN_SIGHT = 3
Samples = Mapping[int, Sequence[Row]]
"""The first rows of each group, by its number."""


def counts(summary: Summary) -> Component:
    """How many there are on each rung, as links to them."""
    items = [
        blocks.stat(
            formatting.number(len(of(summary, ladder))),
            rung.title,
            note=_rows(_rows_of(summary, ladder)) or None,
            href=f"#{rung.id}" if of(summary, ladder) else None,
        )
        for ladder, rung in LADDER.items()
    ]
    passed = formatting.number(len(summary.passed))
    items.append(blocks.stat(passed, "Passed", href="#passed" if summary.passed else None))
    return blocks.stats(*items, line=True)


def of(summary: Summary, ladder: Ladder) -> list[Group]:
    """The groups on a rung: those with most rows first, and missing columns before all."""
    rows = [group for group in summary.groups if group.ladder == ladder]
    return sorted(rows, key=lambda group: (group.rows > 0, -group.rows, group.number))


def rung(secret: str, summary: Summary, ladder: Ladder, samples: Samples) -> Component | None:
    """A section of the page; None where nothing is on this rung."""
    groups = of(summary, ladder)
    if not groups:
        return None
    words = LADDER[ladder]
    return text.section(
        words.title,
        text.paragraph(words.meaning),
        *(_group(secret, summary, group, samples.get(group.number, ())) for group in groups),
        id=words.id,
    )


def passed(rules: Sequence[Passed]) -> Component | None:
    """Rules that had something to look at and found nothing."""
    if not rules:
        return None
    items: list[Children] = [
        [sentence(rule.sentence), html.Span(f" {_looked(rule.rows)}", className="quiet")]
        for rule in rules
    ]
    return text.section(
        "Passed",
        text.paragraph("Rules that had something to look at, and found nothing wrong."),
        text.bullets(items),
        id="passed",
    )


def _group(secret: str, summary: Summary, group: Group, rows: Sequence[Row]) -> Component:
    rung = LADDER[group.ladder]
    title: Children = [text.code(group.field), " "] if group.field else ""
    more = (
        text.paragraph(
            text.link(
                f"See all {_rows(group.rows)}" if group.rows > 1 else "See the whole row",
                addresses.check_rows(secret, group=group.number),
                about=f"with: {group.message}",
            )
        )
        if group.rows
        else None
    )
    return html.Article(
        [
            html.H3([title, sentence(group.message)], className="h3"),
            html.P(
                [
                    status.tag(rung.tag, rung.tone),
                    f" {_extent(group, summary)} ",
                    html.Span(_origin(group), className="quiet"),
                ],
                className="text",
            ),
            text.paragraph(sentence(group.advice)) if group.advice else None,
            _sample(secret, summary, group, rows) if rows else None,
            more,
        ],
        className="check-group",
    )


def _sample(secret: str, summary: Summary, group: Group, rows: Sequence[Row]) -> Component:
    at = cells.places(summary)
    columns = [tables.Column("Row"), tables.Column("Reference"), tables.Column("In your file")]
    is_change = group.ladder != "must"
    if is_change:
        columns.append(tables.Column("What is kept of it"))
    lines = []
    for row in rows:
        name = cells.reference(row, summary)
        finding = next((one for one in row.findings if one.group == group.number), None)
        value = cells.before(row, group.field, at) or (finding.value if finding else "")
        line: list[Children] = [
            cells.row_link(str(row.line), addresses.check_row(secret, row.entry), name),
            cells.short(name),
            _value(value, finding.message if finding else ""),
        ]
        if is_change:
            line.append(cells.short(cells.after(row, group.field, summary)))
        lines.append(line)
    caption = f"The first rows with: {group.message}"
    grid = tables.table(caption, columns, lines, caption_hidden=True)
    order = [one.number for ladder in LADDER for one in of(summary, ladder) if one.rows]
    if group.number in order[:_IN_SIGHT]:
        return grid
    # What matters most is in sight, and the rest at hand: on a phone each row is a list.
    return text.details("Show the first of these rows", grid)


def _value(value: str, message: str) -> Children:
    if not message:
        return cells.short(value)
    return html.Div([html.Div(cells.short(value)), html.Div(sentence(message), className="quiet")])


def _extent(group: Group, summary: Summary) -> str:
    if not group.rows:
        return "The whole file."
    if summary.rows and group.rows >= summary.rows:
        return f"All {_rows(group.rows)}."
    return f"{_rows(group.rows)[0].upper()}{_rows(group.rows)[1:]}."


def _origin(group: Group) -> str:
    if group.origin == "ours":
        return "We look for this; the platform does not."
    return f"The platform calls this “{group.issue_type}”." if group.issue_type else ""


def _rows_of(summary: Summary, ladder: Ladder) -> int:
    counts = {
        "must": summary.must_rows,
        "should": summary.should_rows,
        "changed": summary.changed_rows,
    }
    return counts[ladder]


def _rows(count: int) -> str:
    return formatting.plural(count, "row") if count else ""


def _looked(rows: int) -> str:
    return f"{formatting.plural(rows, 'row')} looked at."

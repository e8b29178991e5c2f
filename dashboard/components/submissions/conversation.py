"""Who sent a submission, and what they and the data team said: for people of its organisation and
programme managers only."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.writing import lines_of, text_area
from dashboard.components.words import progress_words
from providers.submissions.rows import Comment, Contact

LONGEST = 2000
GONE = (
    "Names and what was said are removed 24 months after a submission ends. These have been "
    "removed."
)


def sender(contact: Contact | None) -> Component:
    """Who sent it, and their note to the data team."""
    if contact is None:
        return text.paragraph(GONE)
    facts: list[tuple[str, Children]] = [
        ("Sent by", html.Span([contact.name, ", ", contact.address], className="break")),
        ("Note to the data team", lines_of(contact.note) if contact.note else "None"),
    ]
    return blocks.summary_list(facts)


def comments(rows: Sequence[Comment]) -> Component:
    """What was said, the oldest first."""
    if not rows:
        return text.paragraph("Nothing has been said yet.")
    columns = [tables.Column("When"), tables.Column("Who"), tables.Column("What")]
    cells: list[list[Children]] = [
        [
            progress_words.moment(row.at),
            "The data team" if row.by_agent else "The authority",
            [*lines_of(row.text), None if row.is_sent else _on_its_way()],
        ]
        for row in sorted(rows, key=lambda row: (row.at, row.id))
    ]
    return tables.table("What was said", columns, cells, caption_hidden=True)


def fields(value: str, mistake: str | None, button: str) -> list[Component]:
    """The controls for an answer. In: what was typed, what was wrong with it, and what sends it."""
    return [
        text_area(
            "words",
            "Your message to the data team",
            value,
            hint="The data team and your colleagues read it. "
            f"Up to {LONGEST:,} characters. Do not write anything about a person.",
            mistake=mistake,
            max_length=LONGEST,
        ),
        html.Div(text.button(button), className="form-actions"),
    ]


def _on_its_way() -> Component:
    return html.Span(" (on its way to the data team)", className="quiet")

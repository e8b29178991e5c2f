"""Room for several lines of text, in a form that changes something."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.element import Children, aria


def text_area(
    name: str,
    label: str,
    value: str = "",
    *,
    hint: str | None = None,
    mistake: str | None = None,
    max_length: int = 2000,
    lines: int = 5,
) -> Component:
    """Several lines to fill in. In: a hint, what was wrong with what was sent, the most
    characters that can be typed, and how many lines are in sight."""
    field = f"field-{name}"
    about = [
        *([html.P(hint, id=f"{field}-hint", className="hint")] if hint else []),
        *([html.P(mistake, id=f"{field}-mistake", className="mistake")] if mistake else []),
    ]
    described = " ".join(str(part.id) for part in about)  # type: ignore[attr-defined]
    return html.Div(
        [
            html.Label(label, htmlFor=field, className="label"),
            *about,
            html.Textarea(
                value,
                id=field,
                name=name,
                rows=lines,
                maxLength=max_length,
                className="input",
                **aria(describedby=described or None, invalid="true" if mistake else None),
            ),
        ],
        className="field field-wrong" if mistake else "field",
    )


def lines_of(words: str) -> list[Children]:
    """What somebody typed, with its lines as they were typed."""
    pieces: list[Children] = []
    for number, line in enumerate(words.splitlines()):
        pieces += [html.Br() if number else None, line]
    return pieces

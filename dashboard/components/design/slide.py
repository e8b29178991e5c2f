"""A figure or a table as a picture for a slide: 16:9 or square, PNG or SVG.

It is made in the reader's browser by `assets/slides.js`, which `assets/share.js` fetches when it is
asked for; without a script there is no choice of it. What the slide says is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Attributes, Children, aria
from dashboard.components.words import formatting

LICENCE = "Open Government Licence v3.0"
_KINDS = {
    "wide png": "16:9 PNG",
    "wide svg": "16:9 SVG",
    "square png": "square PNG",
    "square svg": "square SVG",
}


@dataclass(frozen=True, slots=True)
class Slide:
    """What a slide says beside its figure, and what its file is called.

    `of` is whose figures they are; `first` and `last` of when, the first None where they are of
    one date; `source` is where they come from and `page` the address of their page. `total` is how
    many rows there are in all, where the page shows some of them, from `row` on; `part`, the id of
    what is drawn, where that is neither the figure around the menu nor the table above it.
    """

    name: str
    of: str
    last: date
    source: str
    page: str
    first: date | None = None
    total: int | None = None
    row: int = 1
    part: str | None = None

    def dates(self) -> str:
        """Of when the figures are."""
        day = formatting.day(self.last)
        return f"{formatting.day(self.first)} to {day}" if self.first else f"As at {day}"

    def line(self) -> str:
        """The source with its licence. The browser puts in where we are, for `{site}`."""
        path = self.page.partition("#")[0].partition("?")[0]
        return f"Source: {self.source}, by Planning Data Performance ({{site}}{path}). {LICENCE}."


def choices(slide: Slide, measure: str, about: str) -> Component:
    """The shapes and kinds of file to choose from. In: also what is measured, which stands in the
    title, and what the figure is of, for those who hear buttons out of context."""
    data = {
        "slide": slide.name,
        # The dates have a line of their own.
        "title": f"{slide.of} – {measure.removesuffix(f', {slide.dates()}')}",
        "dates": slide.dates(),
        "until": slide.last.isoformat(),
        "source": slide.line(),
        "total": None if slide.total is None else str(slide.total),
        "first": str(slide.row) if slide.row > 1 else None,
        "of": slide.part,
    }
    marks: Attributes = {f"data-{name}": value for name, value in data.items() if value}
    buttons = [_button(words, kind, about) for kind, words in _KINDS.items()]
    return html.Div(
        [html.Span("Picture for a slide:"), *buttons],
        className="menu-items slide-kinds",
        role="group",
        **aria(label=f"Picture for a slide: {about}"),
        **marks,
    )


def _button(words: str, kind: str, about: str) -> Component:
    as_kind: Attributes = {"data-as": kind}
    inside: Children = [words, text.hidden(f" of {about}")]
    return html.Button(inside, type="button", className="link-button", **as_kind)

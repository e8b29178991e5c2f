"""What stands around every figure of the national pages: the view that is open, one quiet menu of
its files, its pictures for slides, its address to pass on and the HTML that shows it alone on other
sites, how it is worked out, and a line that says of when and of whom it is.

A figure is marked (`data-figure`), so that `dashboard.web.embedding` finds it in a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components.design import html, slide, text
from dashboard.components.design.element import Attributes, Children, aria

TOOLS = "tools"
STAMP = "figure-stamp"


@dataclass(frozen=True, slots=True)
class Files:
    """Addresses of the same rows as files: CSV, spreadsheet, and JSON of the read API."""

    csv: str
    xlsx: str
    json: str | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a figure has around it.

    `about` names its rows for those who hear links out of context. `stamp` says of when and of
    whom it is. `page` is the address of its page, with the whole scope in it. `embed` is the HTML
    for other sites (None: it is not shown alone) and `embed_note` says which sites may use it.
    `working` is how it is worked out, folded up. `picture` is what a slide of it says.
    `from_zero`: its scale starts there, and `other_scale` is the address at which it does not, or
    the other way round. `views` are the addresses of its views, of which `view` is the present
    one; none: it has only one.
    """

    id: str
    about: str
    stamp: str
    page: str
    source: str
    files: Files | None = None
    picture: slide.Slide | None = None
    embed: str | None = None
    embed_note: str = ""
    working: Component | None = None
    from_zero: bool = False
    other_scale: str | None = None
    view: str = "chart"
    views: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def as_table(self) -> bool:
        """Whether the reader wants the rows and not the drawing."""
        return bool(self.views) and self.view == "table"


def figure(
    around: Around,
    title: str,
    headline: str,
    *body: Children,
    box: bool = False,
    caption: bool = True,
) -> Component:
    """A figure with its title, its headline and what stands around it. `box`: on a
    sheet of its own, as drawings are; tables are sheets already. Without `caption` the page says
    the same beside it, so that the caption is only heard, and seen where the figure stands alone.
    """
    caption_words = [
        html.P(title, className="chart-title"),
        html.P(headline, className="chart-finding"),
    ]
    marks: Attributes = {"data-figure": around.id}
    return html.Figure(
        [
            html.Figcaption(caption_words, className="" if caption else "hidden"),
            *body,
            stamp(around),
            tools(around, title),
        ],
        className="chart" if box else "figure",
        **marks,
    )


def stamp(around: Around) -> Component:
    """Of when and of whom the figure is, and where it comes from: shown where it stands alone."""
    return html.P(
        [
            html.Span(around.stamp),
            " ",
            html.A(
                f"{around.source}, Planning Data Performance", href=around.page, className="link"
            ),
        ],
        className=STAMP,
    )


def tools(
    around: Around, title: str | None = None, total: int | None = None, row: int = 1
) -> Component:
    """One row of what can be done with a figure or a list. In: the title of its picture, None
    where there is none of it; how many rows a list has in all, where it shows some of them; and
    the number of the first of those."""
    items = [
        *_files(around),
        *_link(around),
        None if title is None else _picture(around, title, total=total, row=row),
        _embed(around),
        announcement(),
    ]
    return controls(_views(around), menu(items, about=around.about), around.working)


def controls(*items: Children) -> Component:
    """Views, a menu and how it is worked out, side by side: of no use on paper or alone."""
    return html.Div(list(items), className=TOOLS)


def menu(items: Sequence[Children], *, about: str) -> Component:
    """Files and addresses to take away, folded up in one line; nobody prints them. In: links and
    buttons, and what they are of."""
    summary: Children = ["Download or share", text.hidden(f" {about}")]
    return html.Details(
        [
            html.Summary(summary, className="details-summary"),
            html.Div(list(items), className="menu-items"),
        ],
        className="details details-small menu",
    )


def _views(around: Around) -> Component | None:
    if not around.views:
        return None
    label = f"Chart or table: {around.about}"
    return switch(around.views, around.view, label, of=around.about)


def switch(
    choices: Mapping[str, tuple[str, str]], current: str, label: str, *, of: str | None = None
) -> Component:
    """Links side by side of which one is the present state. In: words and address of each, by
    name; and `of` what they are, for those who hear links out of context."""
    items: list[Component] = []
    for name, (words, href) in choices.items():
        now = aria(current="true" if name == current else None)
        inside: Children = [words, text.hidden(f" of {of}") if of else None]
        items.append(html.A(inside, href=href, className="link", **now))
    return html.Div(items, className="views", role="group", **aria(label=label))


def _files(around: Around) -> list[Children]:
    if around.files is None:
        return []
    about = f" of {around.about}"
    links: list[Children] = [
        html.A(_label(words, about), href=href, className="link download", download="")
        for words, href in (("CSV", around.files.csv), ("XLSX", around.files.xlsx))
    ]
    if around.files.json:
        links.append(html.A(_label("JSON", about), href=around.files.json, className="link"))
    return links


def _label(words: str, about: str) -> Children:
    return [words, text.hidden(about)]


def _picture(around: Around, title: str, **rows: Any) -> Component | None:
    if around.picture is None:
        return None
    return slide.choices(replace(around.picture, **rows), title, around.about)


def _link(around: Around) -> list[Children]:
    """Without a script: the address itself, to be copied by hand."""
    about = text.hidden(f" to {around.about}")
    return [
        html.A(["Link", about], href=around.page, className="link tools-plain"),
        _button(["Copy link", about], copy=around.page, done="Link copied"),
    ]


def _embed(around: Around) -> Component | None:
    if around.embed is None:
        return None
    return html.Details(
        [
            html.Summary(["Embed", text.hidden(f" {around.about}")], className="details-summary"),
            html.Div(
                [
                    text.paragraph(
                        "Use this HTML to show the figure on another site, as it is now. Without "
                        f"as_at and compare it always shows the latest figures. {around.embed_note}"
                    ),
                    html.Pre(html.Code(around.embed), className="snippet"),
                    _button(["Copy this HTML"], copy=around.embed, done="HTML copied"),
                ]
            ),
        ],
        className="details details-screen",
    )


def announcement() -> Component:
    """Where a menu says that something was done."""
    place: Attributes = {"data-said": ""}
    return html.Span("", className="quiet", **place)


def _button(words: list[Children], **data: str) -> Component:
    """A button of the row: what it does is in its data, for `assets/share.js`."""
    attributes: Attributes = {f"data-{name}": value for name, value in data.items()}
    return html.Button(words, type="button", className="link-button", **attributes)

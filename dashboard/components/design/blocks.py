"""Things that hold facts: cards, numbers with their labels, lists of facts, empty states."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import Tone
from dashboard.components.words import formatting


def summary_list(
    facts: Sequence[tuple[str, Children] | tuple[str, Children, Children]],
) -> Component:
    """Facts as (name, value) or (name, value, link). Those whose value is None are named in one
    last row, as not known."""
    rows = []
    for fact in facts:
        if fact[1] is None and len(fact) == 2:
            continue
        value = html.Span(formatting.UNKNOWN, className="quiet") if fact[1] is None else fact[1]
        cells = [html.Dt(fact[0]), html.Dd(value)]
        if len(fact) == 3:
            cells.append(html.Dd(fact[2], className="summary-action"))
        rows.append(html.Div(cells, className="summary-row"))
    unknown = [fact[0] for fact in facts if fact[1] is None and len(fact) == 2]
    if unknown:
        names = formatting.list_of([unknown[0], *(_lower(name) for name in unknown[1:])])
        cells = [html.Dt("Not known"), html.Dd(names, className="quiet")]
        rows.append(html.Div(cells, className="summary-row"))
    return html.Dl(rows, className="summary")


def _lower(name: str) -> str:
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def card(
    title: str,
    *children: Children,
    href: str | None = None,
    tag: Component | None = None,
    tone: Tone | None = None,
    footer: Children = None,
    level: int = 3,
) -> Component:
    """A bordered box for one thing among several. In: its name (a link if `href`), a tag, words,
    and a quiet last line. `tone` colours its edge, beside the tag that says the same."""
    name: Children = text.link(title, href) if href else title
    tag_row = [html.Div(tag, className="card-tag")] if tag is not None else []
    foot = [html.Div(footer, className="card-foot")] if footer is not None else []
    return html.Article(
        [
            html.Div(
                [_card_title(name, level), *tag_row],
                className="card-head",
            ),
            html.Div(list(children), className="card-body"),
            *foot,
        ],
        className=f"card card-{tone}" if tone else "card",
    )


def _card_title(name: Children, level: int) -> Component:
    tag = {2: html.H2, 3: html.H3, 4: html.H4}[level]
    return tag(name, className="card-title")


def cards(*items: Component) -> Component:
    """Cards side by side, as many as fit."""
    return html.Div(list(items), className="cards")


def lines(items: Sequence[Children]) -> Component:
    """Things of which each has one line, side by side where there is room."""
    return html.Ul([html.Li(item) for item in items], className="lines")


def stat(
    value: Children,
    label: Children,
    *children: Children,
    note: str | None = None,
    href: str | None = None,
) -> Component:
    """A number with its label: "6 of 8", "expected datasets are live". Further children (a
    sparkline, a bar) stand below; `note` is a quiet line, such as the change."""
    words: Children = text.link(label, href) if href else label
    quiet = [html.Span(note, className="stat-note")] if note else []
    below = [html.Dd([*children, *quiet], className="stat-more")] if children or note else []
    return html.Div(
        [
            html.Dt(words, className="stat-label"),
            html.Dd(value, className="stat-value"),
            *below,
        ],
        className="stat",
    )


def stats(*items: Component, line: bool = False) -> Component:
    """Stats side by side, as many as fit; all in one `line` where there is room."""
    return html.Dl(list(items), className="stats stats-line" if line else "stats")


def columns(main: Children, aside: Children) -> Component:
    """Two columns: two thirds and one third; one below the other where there is no room."""
    return html.Div(
        [html.Div(main, className="column-main"), html.Div(aside, className="column-aside")],
        className="columns",
    )


def pairs(*items: Children) -> Component:
    """Parts side by side in twos; one below the other where there is no room."""
    return html.Div(list(items), className="pairs")


def empty_state(
    title: str, *children: Children, clear: tuple[str, str] | None = None, level: int = 2
) -> Component:
    """What stands where there is nothing to show: why, and a link (words, address) that helps."""
    more = [html.P(text.link(*clear))] if clear else []
    return html.Div(
        [
            text.heading(title, level),
            *(html.P(child) if isinstance(child, str) else child for child in children),
            *more,
        ],
        className="empty",
    )

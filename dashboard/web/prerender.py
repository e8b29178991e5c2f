"""A page's component tree as plain HTML, sent inside the first response.

The reader sees the page before any script has run, a reader without scripts gets all of it
(links and filter forms work as they are), and the response carries the right status code.
The browser's half, `assets/shell.js`, swaps it for the same tree drawn by Dash.

Dash gets most of that tree as HTML too (`for_dash`): it draws each element as a component of its
own, which was most of what a changed filter took on a page of tables.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Any, TypeVar

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.element import Element, Markup
from dashboard.components.design.near import Near

C = TypeVar("C", bound=Component)

# What Dash calls each element of HTML.
_TAGS: dict[type[Component], str] = {vars(html)[name]: name.lower() for name in html.__all__}
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
)
_SPECIAL = re.compile("[&<>\"']")
_OF_DASH = frozenset({"children", "n_clicks", "n_clicks_timestamp", "disable_n_clicks"})
_HTML_NAMES = {
    "className": "class",
    "htmlFor": "for",
    "acceptCharset": "accept-charset",
    "httpEquiv": "http-equiv",
    "defaultValue": "value",
    "defaultChecked": "checked",
    "strokeWidth": "stroke-width",
    "strokeLinecap": "stroke-linecap",
    "strokeLinejoin": "stroke-linejoin",
    "strokeDasharray": "stroke-dasharray",
    "textAnchor": "text-anchor",
    "fillRule": "fill-rule",
    "fillOpacity": "fill-opacity",
    # These keep their capitals in HTML, as SVG asks.
    "viewBox": "viewBox",
    "preserveAspectRatio": "preserveAspectRatio",
    "patternUnits": "patternUnits",
}


def to_html(node: Any) -> str:
    """HTML of a component, a string, a number or a sequence of them; text is escaped.

    Components that only scripts can draw leave nothing behind but, of a chart, what stands there
    until it is drawn: whoever uses one puts the same facts beside it as words or a table.
    """
    pieces: list[str] = []
    _write(node, pieces)
    return "".join(pieces)


def for_dash(node: Any) -> Any:
    """The same tree for Dash to draw: what no script need draw is HTML in one element, and only
    charts and what is around them are still components."""
    if isinstance(node, Component):
        if not _is_plain(node):
            return node
        tag, attributes, children = _plain(node)
        if tag in VOID:
            return node
        if all(map(_is_plain, walk(children))):
            return Markup(tag, attributes, to_html(children))
        around = copy.copy(node)
        around.children = for_dash(children)
        return around
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [for_dash(child) for child in node]
    return node


def text_of(node: Any) -> str:
    """The words inside a tree, without tags, in reading order."""
    return " ".join("".join(_words(node)).split())


def find_first(node: Any, kind: type[C]) -> C | None:
    """The first component of a type (such as `html.H1`) in reading order, or None."""
    return next((item for item in walk(node) if isinstance(item, kind)), None)


def walk(node: Any) -> Iterator[Component]:
    """Every component in a tree, in reading order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        # Most by far are these. To ask whether something is a component or a sequence takes longer.
        if kind is str or node is None:
            continue
        if kind is list or kind is tuple:
            waiting.extend(reversed(node))
        elif kind in _TAGS or isinstance(node, Component):
            yield node
            waiting.append(getattr(node, "children", None))
        elif isinstance(node, Sequence) and not isinstance(node, str):
            waiting.extend(reversed(node))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str | int | float):
        yield str(node)
    elif isinstance(node, Component):
        yield from _words(getattr(node, "children", None))
    elif isinstance(node, Sequence):
        for child in node:
            yield from _words(child)
            yield " "


def _write(node: Any, pieces: list[str]) -> None:
    """Add the HTML of a tree to the pieces: a page of a thousand elements is written in one go."""
    kind = type(node)
    # In the order of how many there are, as in `walk`.
    if kind is str:
        pieces.append(_escaped(node))
    elif kind in _TAGS:
        _element(_TAGS[kind], _in_order(node), vars(node).get("children"), pieces)
    elif kind is list or kind is tuple:
        for child in node:
            _write(child, pieces)
    elif node is None or isinstance(node, bool):
        return
    elif isinstance(node, str | int | float):
        pieces.append(_escaped(str(node)))
    elif isinstance(node, Element):
        _element(node.tag, node.attributes, node.children, pieces)
    elif isinstance(node, Component):
        if isinstance(node, Near):
            _write(node.children, pieces)
    elif isinstance(node, Sequence):
        for child in node:
            _write(child, pieces)
    else:
        raise TypeError(f"cannot draw a {type(node).__name__}")


def _is_plain(node: Component) -> bool:
    """Whether it is an element of HTML, and not what only scripts can draw."""
    return isinstance(node, Element) or type(node) in _TAGS


def _plain(node: Component) -> tuple[str, dict[str, Any], Any]:
    """Tag, attributes by their React names and children of an element."""
    if isinstance(node, Element):
        return node.tag, node.attributes, node.children
    attributes = {name: it for name, it in _in_order(node).items() if name not in _OF_DASH}
    return _TAGS[type(node)], attributes, vars(node).get("children")


def _in_order(node: Component) -> dict[str, Any]:
    """What an element has by Dash's order of names, however it was written."""
    values = vars(node)
    # The children and one more.
    if len(values) < 3:
        return values
    place = _places(type(node)).get
    return {name: values[name] for name in sorted(values, key=lambda name: (place(name, 99), name))}


@cache
def _places(kind: type[Component]) -> dict[str, int]:
    return {name: place for place, name in enumerate(kind._prop_names)}


def _element(tag: str, attributes: dict[str, Any], children: Any, pieces: list[str]) -> None:
    start = f"<{tag}"
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        word = _word(name)
        if not word:
            continue
        if value is True:
            # `aria-*` and `data-*` hold the word; the others are there or not.
            start += f' {word}="true"' if "-" in word else f" {word}"
            continue
        if isinstance(value, dict):
            value = ";".join(f"{_css_name(key)}:{item}" for key, item in value.items())
        start += f' {word}="{_escaped(value if type(value) is str else str(value))}"'
    pieces.append(start + ">")
    if tag not in VOID:
        _write(children, pieces)
        pieces.append(f"</{tag}>")


def _escaped(words: str) -> str:
    # Most need nothing, and to look takes a third of the time.
    return escape(words) if _SPECIAL.search(words) else words


@cache
def _word(name: str) -> str:
    """What an attribute is called in HTML; empty for what only Dash knows."""
    return "" if name in _OF_DASH or name == "key" else _HTML_NAMES.get(name, name.lower())


def _css_name(name: str) -> str:
    return (
        name
        if name.startswith("--")
        else "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    )

"""A page's component tree as plain HTML, sent inside the first response.

The reader sees the page before any script has run, a reader without scripts gets all of it
(links and filter forms work as they are), and the response carries the right status code.
The browser's half, `assets/shell.js`, swaps it for the same tree drawn by Dash.

Dash gets most of that tree as HTML too (`for_dash`): it draws each element as a component of its
own, which was most of what a changed filter took on a page of tables.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components.design.element import Element, Markup
from dashboard.components.design.near import Near

C = TypeVar("C", bound=Component)

# What Dash calls each element of HTML.
_TAGS: dict[type[Component], str] = {
    kind: kind.__name__.lower()
    for kind in vars(html).values()
    if isinstance(kind, type) and issubclass(kind, Component)
}
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
)
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
    if isinstance(node, Component):
        yield node
        yield from walk(getattr(node, "children", None))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for child in node:
            yield from walk(child)


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
    """Add the HTML of a tree to the pieces: a page of a thousand cells is written in one go."""
    if node is None or isinstance(node, bool):
        return
    if isinstance(node, str | int | float):
        pieces.append(escape(str(node)))
    elif isinstance(node, Component):
        if _is_plain(node):
            _element(*_plain(node), pieces)
        elif isinstance(node, Near):
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
    props = node.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    attributes = {name: value for name, value in props.items() if name not in _OF_DASH}
    return _TAGS[type(node)], attributes, props.get("children")


def _element(tag: str, attributes: dict[str, Any], children: Any, pieces: list[str]) -> None:
    pieces.append(f"<{tag}")
    for name, value in attributes.items():
        if name != "key" and value is not None and value is not False:
            pieces.append(_attribute(name, value))
    pieces.append(">")
    if tag not in VOID:
        _write(children, pieces)
        pieces.append(f"</{tag}>")


def _attribute(name: str, value: Any) -> str:
    word = _HTML_NAMES.get(name, name.lower())
    if value is True:
        # `aria-*` and `data-*` hold the word; the others are there or not.
        return f' {word}="true"' if "-" in word else f" {word}"
    if isinstance(value, dict):
        value = ";".join(f"{_css_name(key)}:{item}" for key, item in value.items())
    return f' {word}="{escape(str(value))}"'


def _css_name(name: str) -> str:
    return (
        name
        if name.startswith("--")
        else "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    )

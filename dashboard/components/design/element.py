"""Elements that `dash.html` does not have: `<input>`, a lazy `<img>`, the parts of an SVG drawing.

Dash's own inputs, lists and sliders fail accessibility checks, and a component library that
wraps the native ones would cost each first visit about 60 KB. A Dash component is only a
React function found by name in the browser, so ours is one function (`assets/elements.js`)
that draws the tag it is given.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from dash.development.base_component import Component

# A component, text, a number, None, or a sequence of these to any depth. Dash's own type for it
# knows no nesting, and types attributes by name in a way that rules out `aria-*`.
Children: TypeAlias = Any
Attributes: TypeAlias = dict[str, Any]

TAGS = frozenset(
    {"div", "img", "input", "svg", "g", "path", "rect", "circle", "line", "polyline", "polygon"}
    | {"title", "desc", "text", "use", "defs", "pattern"}
)
_SAFE_SCHEMES = ("/", "#", "?", "https://", "http://", "mailto:")


class Element(Component):
    """One HTML or SVG element.

    In: the tag, its children and its attributes by their React names (`className`,
    `defaultValue`, `strokeWidth`); names with a dash go in a dictionary, `**{"aria-label": …}`.
    Event handlers and tags outside `TAGS` are refused, here and again in the browser.
    """

    _namespace = "dashboard"
    _type = "Element"
    _children_props: list[str] = []  # noqa: RUF012  the base class declares it so
    _base_nodes = ["children"]  # noqa: RUF012
    _prop_names = ["children", "tag", "attributes"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, tag: str, children: Children = None, **attributes: Any) -> None:
        if tag not in TAGS:
            raise ValueError(f"Element does not draw <{tag}>")
        for name in attributes:
            if name.lower().startswith("on") or name == "dangerouslySetInnerHTML":
                raise ValueError(f"Element takes no {name}: no inline handlers or raw HTML")
        present = {name: value for name, value in attributes.items() if value is not None}
        self.tag: str
        self.attributes: Attributes
        self.children: Children
        # What the base class would look at has been looked at.
        self.__dict__ = {"tag": tag, "children": children, "attributes": present}


class Markup(Component):
    """One element whose inside is HTML already: what `dashboard.web.prerender.for_dash` sends.

    In: the tag, its attributes by their React names and the HTML inside it, which must be made
    by `to_html`, as that escapes whatever comes from data. Pages are made of `Element`.
    """

    _namespace = "dashboard"
    _type = "Markup"
    _children_props: list[str] = []  # noqa: RUF012  as above
    _base_nodes: list[str] = []  # noqa: RUF012
    _prop_names = ["tag", "attributes", "inside"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, tag: str, attributes: Attributes, inside: str) -> None:
        self.tag: str
        self.attributes: Attributes
        self.inside: str
        self.__dict__ = {"tag": tag, "attributes": attributes, "inside": inside}


def aria(**values: Any) -> Attributes:
    """`aria-*` attributes: `aria(label="Main", current="page")`; those of None are left out."""
    return {f"aria-{name}": value for name, value in values.items() if value is not None}


def is_safe_link(href: str) -> bool:
    """Whether an address may be put in a link: our own pages, http(s) or e-mail, nothing else."""
    return href.startswith(_SAFE_SCHEMES) and not href.startswith("//")

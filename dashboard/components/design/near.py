"""What only a script can draw, fetched when the reader comes near it, drawn when it is about to be
seen.

Plotly is most of what a page with a chart weighs, and of what it makes a telephone work. So a chart
is no `dcc.Graph` of the page's but this, in whose place the browser's half (`assets/chart.js`) puts
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from dash.development.base_component import Component

from dashboard.components.design.element import Children


class Near(Component):
    """A chart that is drawn when it is about to be seen.

    In: `children`, which stand there until then, and all that is there without a script. Then
    the plot, or the address that answers with it as JSON. `label` is what those who cannot see
    it hear; `line`, the id of the element that says what is pointed at; `axis`, which other charts
    of the page show the same dates; and `config`, what Plotly is told.
    """

    _namespace = "dashboard"
    _type = "Near"
    _children_props: list[str] = []  # noqa: RUF012  the base class declares it so
    _base_nodes = ["children"]  # noqa: RUF012
    _prop_names = ["id", "children", "figure", "href", "label", "line", "axis", "config"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(
        self,
        plot: go.Figure | str,
        children: Children,
        *,
        id: str,
        label: str,
        line: str,
        axis: str | None,
        config: Mapping[str, Any],
    ) -> None:
        self.children: Children
        self.config: Mapping[str, Any]
        self.figure: go.Figure
        source = {"href": plot} if isinstance(plot, str) else {"figure": plot}
        beside = {"axis": axis} if axis else {}
        super().__init__(  # type: ignore[no-untyped-call]
            id=id, children=children, label=label, line=line, config=config, **source, **beside
        )

"""One figure of a page alone, for other sites: `?embed=1`, `chart=` for which, the HTML that shows
it there, and which sites may."""

from __future__ import annotations

from html import escape
from typing import Any

from dash.development.base_component import Component
from flask import current_app, has_app_context, has_request_context, request

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.figure import TOOLS
from dashboard.web.contact import contact
from dashboard.web.prerender import text_of, walk

EMBED_SITES = "EMBED_SITES"
FRAMED = "data-framed"
"""The attribute of what stands in a frame, by which it wants the script that tells its height."""
_MARK = "data-figure"
_IGNORED = "data-ignored"


# It listens to us alone, sets the height of the frame that spoke and does nothing else; several on
# one page do the same.
_LISTENER = """
addEventListener("message", function (event) {
  var height = Number((event.data || {}).figureHeight);
  if (event.origin !== "SITE" || !(height > 0 && height < 20000)) { return; }
  document.querySelectorAll("iframe").forEach(function (frame) {
    if (frame.contentWindow === event.source) { frame.style.height = height + "px"; }
  });
});
"""


def site() -> str:
    """Where we are, as the reader's browser calls us: we have no name of our own."""
    return request.url_root.rstrip("/") if has_request_context() else ""


def iframe(address: str, title: str, height: int) -> str:
    """The HTML that shows one of our addresses inside a page of somebody else's, with the script
    that makes the frame as high as the figure in it. Where that cannot run, or until it does, the
    frame has `height` pixels."""
    return (
        f'<iframe src="{escape(site() + address)}" title="{escape(title)}" width="100%" '
        f'height="{height}" loading="lazy" style="border:0"></iframe>\n'
        f"<script>{_LISTENER.replace('SITE', site())}</script>"
    )


def permission() -> str:
    """Which sites may show us inside their pages, in a sentence."""
    sites = current_app.config.get(EMBED_SITES, ()) if has_app_context() else ()
    if not sites:
        whom = contact()
        return f"No site is allowed to show it yet{f': ask {whom}' if whom else ''}."
    return f"Allowed to show it: {', '.join(sites)}."


def alone(content: Any, chart: str | None, page: str) -> Component:
    """What stands in the frame. In: the whole page, which figure is asked for (by its own name or
    that of its section; the first by default), and the address of the whole page."""
    figures = [part for part in walk(content) if getattr(part, _MARK, None)]
    notices: list[Any] = [
        part for part in walk(content) if getattr(part, _IGNORED, None) is not None
    ]
    if not figures:
        return html.Div(
            [
                *notices,
                ui.heading("There is no chart to show"),
                ui.paragraph("No chart of this page can be shown alone. ", ui.link("See it", page)),
            ],
            className="embedded",
            **_framed(),
        )
    figure = _figure_of(content, chart) if chart else figures[0]
    if figure is None:
        figure = figures[0]
        notices.append(
            ui.notices([f"There is no chart “{str(chart)[:40]}” here. This is the first."])
        )
    return html.Div([*notices, *_without_tools(figure)], className="embedded", **_framed())


def _framed() -> Any:
    return {FRAMED: ""}


def _figure_of(content: Any, chart: str) -> Component | None:
    for part in walk(content):
        if getattr(part, _MARK, None) == chart:
            return part
        if isinstance(part, html.Section) and getattr(part, "id", None) == chart:
            inside = [item for item in walk(part) if getattr(item, _MARK, None)]
            if inside:
                return inside[0]
    return None


def _without_tools(figure: Component) -> list[Any]:
    """The figure under a heading, without its tools."""
    children: list[Any] = figure.children
    title, *finding = children[0].children
    rest = [child for child in children[1:] if getattr(child, "className", None) != TOOLS]
    heading = html.H1(text_of(title), className="chart-title", tabIndex="-1")
    return [heading, *finding, *rest]

"""How a page is passed on: its address, its badge, and the HTML that shows a figure elsewhere."""

from __future__ import annotations

from html import escape

from dash import html
from dash.development.base_component import Component
from flask import current_app, has_app_context, has_request_context, request

from dashboard import addresses
from dashboard import components as ui
from dashboard.components import wording
from performance_store.rows import Organisation

EMBED_SITES = "EMBED_SITES"


def site() -> str:
    """Where we are, as the reader's browser calls us: we have no name of our own."""
    return request.url_root.rstrip("/") if has_request_context() else ""


def iframe(address: str, title: str, height: int) -> str:
    """The HTML that shows one of our addresses inside a page of somebody else's."""
    return (
        f'<iframe src="{escape(site() + address)}" title="{escape(title)}" width="100%" '
        f'height="{height}" loading="lazy" style="border:0"></iframe>'
    )


def allowed() -> str:
    """Which sites may show us inside their pages, in a sentence."""
    sites = current_app.config.get(EMBED_SITES, ()) if has_app_context() else ()
    if not sites:
        return "No site is allowed to show it yet: ask whoever runs this service."
    return f"Allowed to show it: {', '.join(sites)}."


def share(site: str, body: Organisation, example: str | None = None) -> Component:
    """The section about an organisation's address and badge. In: where we are, the body, and
    the reference of one of its datasets, which has a badge of its own."""
    path = addresses.organisation(body.organisation)
    name = wording.name_of(body.name, body.organisation)
    what = f"Planning data of {name}"
    snippet = (
        f'<a href="{escape(site + path)}"><img src="{escape(f"{site}{path}/badge.svg")}" '
        f'alt="{escape(what)}" height="22"></a>'
    )
    more = None
    if example:
        mark = f"{site}{addresses.dataset(body.organisation, example)}/badge.svg"
        more = ui.paragraph("Each dataset has a badge of its own, such as ", ui.code(mark), ".")
    return ui.section(
        "Share",
        ui.paragraph("This address stays the same: ", ui.code(site + path)),
        ui.paragraph(
            "This badge always shows the present state: ",
            html.Img(src=f"{path}/badge.svg", alt=f"{what}: badge", height="22", className="badge"),
        ),
        ui.details(
            "Put the badge on your own page",
            ui.paragraph("Copy this HTML:"),
            html.Pre(html.Code(snippet), className="snippet"),
            more,
            printed=False,
        ),
        id="share",
    )

"""How to share an organisation's page: its address and its badge."""

from __future__ import annotations

from html import escape

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.words import wording
from dashboard.urls import addresses
from performance_store.rows import Organisation


def share(site: str, organisation: Organisation, example: str | None = None) -> Component:
    """The section about an organisation's address and badge. In: this site's address,
    the organisation, and the reference of one of its datasets, for an example of its badge."""
    path = addresses.organisation(organisation.organisation)
    name = wording.name_of(organisation.name, organisation.organisation)
    what = f"Planning data of {name}"
    snippet = (
        f'<a href="{escape(site + path)}"><img src="{escape(f"{site}{path}/badge.svg")}" '
        f'alt="{escape(what)}" height="22"></a>'
    )
    tasks = f"{site}{path}/tasks/badge.svg"
    more = None
    if example:
        mark = f"{site}{addresses.dataset(organisation.organisation, example)}/badge.svg"
        more = ui.paragraph("Each dataset has its own badge, such as ", ui.code(mark), ".")
    return ui.fold(
        "Share",
        ui.paragraph("This address stays the same: ", ui.code(site + path)),
        ui.paragraph(
            "This badge always shows the current status: ",
            html.Img(src=f"{path}/badge.svg", alt=f"{what}: badge", height="22", className="badge"),
        ),
        ui.details(
            "Put the badge on your own page",
            ui.paragraph("Copy this HTML:"),
            html.Pre(html.Code(snippet), className="snippet"),
            more,
            ui.paragraph("This one says how many tasks are open: ", ui.code(tasks), "."),
            on_paper=False,
        ),
        id="share",
        on_paper=False,
    )

"""Every component on one page, to be looked at and checked. Never served to readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.chart import chart
from dashboard.components.words import formatting
from dashboard.urls import links

PATH = "/style"
TITLE = "Every component"
NAV = "Style"

REGIONS = (("north", "North East"), ("south", "South West"))
COUNTS = {2019: 12, 2020: 31, 2021: 58, 2022: 97, 2023: 160, 2024: 214}


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the style page."""

    q: str = links.words()
    region: str | None = links.one_of([code for code, _ in REGIONS])
    status: tuple[str, ...] = links.any_of(ui.STATUSES)
    since: date | None = links.day()
    sort: str = links.one_of(("name", "count"), default="name")
    page: int = links.number(1, 20, default=1)


def layout(**params: Any) -> Any:
    """The page."""
    reading = links.parse(Filters, params)
    filters = reading.filters
    return html.Div(
        [
            ui.breadcrumbs([("Home", "/"), ("Organisations", "/organisations")]),
            ui.heading("Borough of Elmbridge Vale", caption="Local planning authority"),
            ui.paragraph(
                "6 of 8 statutory and expected datasets are live. 1 endpoint has been broken since "
                "3 May 2025. 2 datasets need fixes.",
                lead=True,
            ),
            ui.notices(reading.notices),
            _figures(),
            _filters(filters),
            _cards(),
            _table(filters),
            _facts(),
            _words(),
            _charts(),
            _states(),
        ]
    )


def _figures() -> Any:
    history: list[float | None] = [3, 4, 4, None, 5, 5, 6, 6]
    return ui.stats(
        ui.stat(
            "6 of 8",
            "expected datasets are live",
            ui.small_bar(6, 8, "6 of 8"),
            note="+1 since 1 February 2026",
        ),
        ui.stat("1", "endpoint is broken", note="since 3 May 2025", href="/style?status=error"),
        ui.stat("1,204", "open issues", ui.sparkline(history, "From 3 to 6 in eight weeks")),
        ui.stat("3 months", "since the oldest change"),
    )


def _filters(filters: Filters) -> Any:
    return html.Div(
        [
            ui.search_box(
                PATH,
                "Find an organisation",
                filters.q,
                hint="Name, part of it, or code",
                suggestions=("Elmbridge Vale", "Oakshire"),
            ),
            ui.filter_form(
                PATH,
                ui.select("region", "Region", REGIONS, filters.region),
                ui.date_input("since", "Changed since", filters.since),
                ui.checkboxes(
                    "status",
                    "Status",
                    [(key, word.label) for key, word in ui.STATUSES.items()],
                    filters.status,
                ),
                ui.select(
                    "sort",
                    "Sort by",
                    (("name", "Name"), ("count", "Issues")),
                    filters.sort,
                    any_label=None,
                ),
                filter_count=links.filter_count(filters, ignore=("page", "sort", "q")),
                clear_href=PATH,
                keep=links.form_values(filters, "q"),
            ),
        ]
    )


def _cards() -> Any:
    states = list(ui.STATUSES)
    cards = []
    for number, state in enumerate(states):
        word = ui.STATUSES[state]
        strip = ["live"] * 20 + [state] * 8 + ["not_submitted"] * 2 + [state] * (6 + number)
        tones = [ui.STATUSES[status].tone for status in strip]
        cards.append(
            ui.card(
                (
                    "Conservation area",
                    "Article 4 direction area",
                    "Tree preservation zone",
                    "Brownfield land",
                    "Listed building outline",
                    "Tree",
                )[number],
                ui.paragraph(word.meaning),
                ui.tone_strip(tones, f"{word.label} for {6 + number} weeks"),
                href="/style",
                tag=ui.status_tag(state),
                tone=word.tone,
                footer=("Changed 3 months ago. ", ui.freshness_tag("fresh")),
            )
        )
    return ui.section(
        "Datasets",
        ui.tabs("View", [("Cards", "/style"), ("Table", "/style?v=t")], "/style"),
        ui.cards(*cards),
        id="datasets",
    )


def _table(filters: Filters) -> Any:
    rows = [
        (
            ui.link("Conservation area", "/style"),
            ui.status_tag("live"),
            formatting.number(1204),
            ui.day(date(2025, 3, 4)),
            ui.sparkline([1, 2, 2, 5], "rising"),
        ),
        (
            ui.link("Brownfield land with a long name", "/style"),
            ui.status_tag("error"),
            None,
            ui.day(None),
            ui.sparkline([], ""),
        ),
        (
            ui.link("Tree", "/style"),
            ui.status_tag("needs_improving"),
            formatting.number(98765),
            ui.day(date(2024, 12, 31)),
            ui.sparkline([5, 3, 3, 1], "falling"),
        ),
    ]
    columns = [
        ui.Column("Dataset", sort_href="/style?sort=name", order="ascending"),
        ui.Column("Status"),
        ui.Column("Records", numeric=True, sort_href="/style?sort=count"),
        ui.Column("Changed"),
        ui.Column("History"),
    ]
    wide = [ui.Column("Authority")] + [ui.Column(f"Dataset {n}", numeric=True) for n in range(14)]
    return ui.section(
        "Tables",
        ui.result_line(1, 50, 311, "authority", "authorities"),
        ui.table(
            "Datasets of this authority",
            columns,
            rows,
            foot=("All datasets", None, "99,969", "", ""),
        ),
        ui.pagination(filters.page, 20, lambda page: links.address(PATH, filters, page=page)),
        ui.table("Many columns", wide, [["Elmbridge Vale", *(["1,234"] * 14)]], stack=False),
        ui.working(ui.paragraph("Each row counts once."), about="Datasets"),
        id="tables",
    )


def _facts() -> Any:
    return ui.section(
        "Facts",
        ui.columns(
            ui.summary_list(
                [
                    (
                        "Endpoint",
                        ui.external_link(
                            "https://data.example.org/a/very/long/address/of/the/conservation"
                            "-area.csv?format=csv&where=1%3D1",
                            "https://data.example.org/x.csv",
                        ),
                    ),
                    ("Licence", "Open Government Licence v3.0", ui.link("Change", "/style")),
                    ("Last success", ui.day(date(2025, 3, 4))),
                    ("Documentation", None),
                    ("Reference", ui.code("local-authority:ELV")),
                ]
            ),
            ui.inset(ui.paragraph("A word beside the facts, in a third of the width.")),
        ),
        ui.stacked_bar(
            [("Live", 6, "good"), ("Error", 1, "bad"), ("Not submitted", 1, "none")],
            "6 live, 1 error, 1 not submitted",
        ),
        id="facts",
    )


def _words() -> Any:
    tags = [ui.access_tag(band) for band in ui.ACCESS_BANDS]
    tags += [ui.severity_tag(severity) for severity in ui.SEVERITIES]
    return ui.section(
        "Words",
        ui.paragraph(
            "A paragraph with a ",
            ui.link("link", "/about"),
            " in it, ",
            ui.code("geometry"),
            " and ",
            html.Strong("strong words"),
            ".",
        ),
        ui.bullets(["First thing", "Second thing"]),
        ui.steps(["Do this", "Then that"]),
        html.P([item for one in tags for item in (one, " ")]),
        html.P(
            [
                ui.mark("Live", "good"),
                " ",
                ui.mark("Error", "bad"),
                " ",
                ui.mark("Not submitted", "none"),
            ]
        ),
        ui.details("What does this mean?", ui.paragraph("It means this.")),
        html.P(ui.download_link("Download the table", "/style.csv", note="CSV, 12 kB")),
        id="words",
    )


def _charts() -> Any:
    plot = go.Figure(go.Bar(x=[str(year) for year in COUNTS], y=list(COUNTS.values())))
    headline = "214 of 311 authorities provided the dataset in 2024, up from 12 in 2019."
    return ui.section(
        "Charts",
        chart(
            plot,
            id="style-chart",
            title="Authorities providing",
            headline=headline,
            columns=[ui.Column("Year"), ui.Column("Authorities", numeric=True)],
            rows=[(str(year), formatting.number(count)) for year, count in COUNTS.items()],
            csv_href="/style.csv",
        ),
        id="charts",
    )


def _states() -> Any:
    return ui.section(
        "States",
        *(
            ui.notification(f"A notice of kind {kind}", "With a sentence.", kind=kind)
            for kind in ("info", "warning", "success", "error")
        ),
        ui.empty_state(
            "No authority matches",
            "Nothing is called “zzz” in North East.",
            clear=("Clear filters", PATH),
            level=3,
        ),
        id="states",
    )

"""Check a file: which dataset, whose, and the file or its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import alive, html
from dashboard.components.design.element import Element, aria
from dashboard.data.door import ask
from dashboard.pages.check import access
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from performance_store.queries import choices
from providers.checks.terms import FILE_BYTES, Terms

PATH = addresses.START_CHECK
TITLE = "Check a file before you publish it"
NAV = "Check a file"
PLAIN = True

NO_DATASET = "Select the dataset that the file is for"
NO_ORGANISATION = "Select an authority from the list, or leave it open"
NOTHING = "Choose a file, or give a web address"
BOTH = "Choose a file or give a web address, not both"
EMPTY = "The file is empty"
TOO_LARGE = (
    f"The file must be {FILE_BYTES // 1_000_000} MB or smaller. Send it in parts, or zip a "
    "shapefile"
)
WRONG_ADDRESS = "Give the complete address, starting with https:// or http://"
FORMATS = (
    "CSV, Excel, OpenDocument, GeoJSON, GeoPackage, GML, KML or a zipped shapefile, up to "
    f"{FILE_BYTES // 1_000_000} MB. You can drop it here."
)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: what there is to choose from, what the form has, what was wrong with
    it by the names of the controls, and how long things are kept."""

    datasets: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    dataset: str = ""
    organisation: str = ""
    url: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)


def layout(dataset: Any = "", organisation: Any = "", **_: Any) -> Component:
    """The page. In: what is known already."""
    cookies.keep_private()
    if cookies.accounts().write is None:
        return _off()
    cookies.let_search_engines_list()
    return render(view(dataset=_text(dataset), organisation=_text(organisation)))


def view(**values: Any) -> View:
    """The view. In: what the form has, by the names of the fields."""
    return View(
        datasets=tuple((row.dataset, row.name) for row in ask(choices.datasets)),
        organisations=tuple((row.organisation, row.name) for row in ask(choices.organisations)),
        terms=access.terms(),
        **values,
    )


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _off() -> Component:
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph("Files cannot be checked here: this site only reads.", lead=True),
        ]
    )


def render(view: View) -> Component:
    """The page."""
    return alive.page(
        access.trail(),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(TITLE),
        ui.paragraph(
            "Find out what the platform would say of your data, row by row, and what it would "
            "change without telling. You get a corrected file to take away. Nothing is published.",
            lead=True,
        ),
        _form(view),
        _retention(view.terms),
    )


def _form(view: View) -> Component:
    mistakes = view.mistakes
    # What was typed before stands in the address too: a file that is too large takes the rest of
    # the form down with it.
    return identity.form(
        addresses.start_check(view.dataset, view.organisation),
        ui.select(
            "dataset",
            "Which dataset is it?",
            view.datasets,
            view.dataset,
            any_label="Select a dataset",
            mistake=mistakes.get("dataset"),
        ),
        ui.select(
            "organisation",
            "Whose data is it? (optional)",
            view.organisations,
            view.organisation,
            any_label="I would rather not say",
            mistake=mistakes.get("organisation"),
        ),
        html.P(
            "We compare the file with what the platform holds for them, and with their boundary.",
            className="hint",
        ),
        html.Fieldset(
            [
                html.Legend("The file, or where it is", className="label label-large"),
                _file(mistakes.get("file")),
                html.P("or", className="check-or"),
                ui.entry(
                    "url",
                    "Web address",
                    view.url,
                    kind="text",
                    hint="Of the data itself: a file, an ArcGIS layer or a WFS. Not of a page "
                    "about it.",
                    mistake=mistakes.get("url"),
                    max_length=2048,
                    inputMode="url",
                    autoComplete="url",
                    spellCheck="false",
                ),
            ],
            className="fieldset check-source",
        ),
        ui.button("Check it"),
        has_file=True,
    )


def _file(mistake: str | None) -> Component:
    about = "field-file-hint" + (" field-file-mistake" if mistake else "")
    return html.Div(
        [
            html.Label("Choose a file", htmlFor="field-file", className="label"),
            html.P(FORMATS, id="field-file-hint", className="hint"),
            html.P(mistake, id="field-file-mistake", className="mistake") if mistake else None,
            Element(
                "input",
                type="file",
                id="field-file",
                name="file",
                className="check-file",
                **aria(describedby=about, invalid="true" if mistake else None),
            ),
        ],
        className="field field-wrong" if mistake else "field",
    )


def _retention(terms: Terms) -> Component:
    return ui.section(
        "What we keep",
        ui.bullets(
            [
                f"The file for {terms.original_days} days, so that you can check it again without "
                "sending it once more.",
                f"What we found for {terms.result_days} days, under a link that nobody can guess. "
                "Whoever has the link can see it. You can end it at any time.",
            ]
        ),
        ui.paragraph(
            "Send no personal data: names of applicants, telephone numbers or private addresses "
            "do not belong in data that is published."
        ),
        id="kept",
    )

"""Guidance on one dataset: what it is, who must provide it, what its fields hold, how to publish
it, what goes wrong most often. Each part and each field has a place that tasks lead to."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components.common.fields import LEVELS, demands
from dashboard.components.common.steps import About, with_links
from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children, aria
from dashboard.components.words import formatting, guides
from dashboard.components.words.guides import Guide
from dashboard.components.words.issue_words import issue_words
from dashboard.urls import addresses
from performance_store.definitions.specifications import Requirement
from performance_store.rows import CommonIssue, Dataset

PARTS = {
    "what": "What it is",
    "who": "Who must provide it",
    "fields": "What it must hold",
    "publish": "How to publish it",
    "errors": "What goes wrong most often",
    "again": "How often we look again",
}
"""The parts of each guide, in their order: the place of each and its heading."""
FOLD = 5
"""How many of the most common issues are in sight; the others are behind a line."""
_EXTRA = ("optional", "accepted")
_CHECK = "Check the file"


def contents() -> Component:
    """The list of the parts."""
    links: list[Children] = [text.link(title, f"#{part}") for part, title in PARTS.items()]
    return html.Nav(text.bullets(links, plain=True), **aria(label="On this page"))


def what(dataset: Dataset, guide: Guide | None) -> Component:
    """What the dataset is. In: also its guide, None where nobody has written one."""
    if guide is None:
        words = formatting.sentence((dataset.description or "").strip())
        body = [text.paragraph(words or "The register does not say what it is for.")]
    else:
        body = [text.paragraph(words) for words in (guide.row, guide.use, guide.with_others)]
    page = addresses.national_dataset(dataset.dataset)
    return _section(
        "what",
        *body,
        text.paragraph("Its reference is ", text.code(dataset.dataset), "."),
        text.paragraph(text.link("See who provides it now", page)),
        text.paragraph(
            "This is our summary. What counts is the platform’s own ",
            text.external_link("guidance", addresses.PLATFORM_GUIDANCE),
            ".",
        ),
    )


def who(guide: Guide | None) -> Component:
    """By which duty it is provided, and when it has to be published again."""
    if guide is None:
        words = "We have not written down who must provide it. Its own page says who is asked to."
        return _section("who", text.paragraph(words))
    return _section(
        "who",
        text.paragraph(guide.duty),
        text.paragraph(f"The law behind it: {guide.law}."),
        text.paragraph(guide.changes),
    )


def fields(dataset: str, requirements: Sequence[Requirement]) -> Component:
    """Every field with its requirement, format and an example."""
    if not requirements:
        return _section(
            "fields",
            text.paragraph("We do not know which fields are required of this dataset."),
            text.paragraph(
                text.external_link("See it on Planning Data", addresses.on_planning_data(dataset))
            ),
        )
    taken: set[str] = set()
    rows = [(item.level, _field(dataset, item, taken)) for item in requirements]
    usual = [row for level, row in rows if level not in _EXTRA]
    extra = [row for level, row in rows if level in _EXTRA]
    columns = [tables.Column(name) for name in ("Field", "Requirement", "Format", "Example")]
    return _section(
        "fields",
        text.paragraph(
            "Use these names for the columns. A required field must be in your file, with a value "
            "in each row unless we say otherwise. The platform adds the organisation itself."
        ),
        tables.table("Fields", columns, usual, caption_hidden=True),
        text.details(
            f"Show {formatting.plural(len(extra), 'optional field')}",
            tables.table("Optional fields", columns, extra, caption_hidden=True),
        )
        if extra
        else None,
    )


def publish(dataset: str, guide: Guide | None) -> Component:
    """The steps to publish, and how to get the data out of systems that hold it."""
    advice = guides.systems(guide.kind if guide else "area")
    return _section(
        "publish",
        text.steps([_with_links(step, dataset) for step in guides.STEPS]),
        text.heading("From your own systems", 3, id="systems"),
        *(text.details(item.title, text.steps(item.steps)) for item in advice),
    )


def errors(dataset: str, rows: Sequence[CommonIssue], organisations: int | None) -> Component:
    """What authorities have to fix now, the most common first. In: also of how many authorities
    the issues are known, None where these figures do not tell them."""
    if organisations is None:
        return _section("errors", text.paragraph("These figures do not show what is wrong."))
    many = formatting.plural(organisations, "planning authority", "planning authorities")
    if not rows:
        nothing = f"Nothing: the data of {many} have no issue that they need to fix."
        return _section(
            "errors",
            text.paragraph(nothing if organisations else "No planning authority provides it."),
        )
    columns = [
        tables.Column("What is wrong"),
        tables.Column("How serious"),
        tables.Column("What to do"),
        tables.Column("Authorities with it", numeric=True),
    ]
    cells = [_error(dataset, row, organisations) for row in rows]
    return _section(
        "errors",
        text.paragraph(f"We know the issues of {many} that provide it."),
        tables.table("Most common issues", columns, cells[:FOLD], caption_hidden=True),
        text.details(
            f"Show {formatting.number(len(cells) - FOLD)} more",
            tables.table("Other issues", columns, cells[FOLD:], caption_hidden=True),
        )
        if len(cells) > FOLD
        else None,
    )


def again() -> Component:
    """How often an address is visited, and when a change is seen."""
    return _section("again", *(text.paragraph(words) for words in guides.AGAIN))


def _section(part: str, *children: Children) -> Component:
    return text.section(PARTS[part], *children, id=part)


def _field(dataset: str, item: Requirement, taken: set[str]) -> list[Children]:
    """A row of the table. In: also the places that are taken, to which this one's are added: each
    name that the platform gives the field leads here, too."""
    words = guides.field_guide(dataset, item)
    places = dict.fromkeys(addresses.field_place(name) for name in (item.field, *item.also))
    own = [place for place in places if place not in taken]
    taken.update(own)
    marks = [html.Span(id=place) for place in own[1:]]
    name = html.Span([*marks, text.code(item.field)], id=own[0])
    level: list[Children] = [html.Div(LEVELS[item.level])]
    if more := demands(item):
        level.append(html.Div(" ".join(more), className="quiet small"))
    return [
        html.Div([name, html.Div(words.meaning, className="quiet small")]),
        html.Div(level),
        words.form,
        text.code(words.example),
    ]


def _error(dataset: str, row: CommonIssue, organisations: int) -> list[Children]:
    words = issue_words(row.issue_type, row.name)
    what: list[Children] = [words.title]
    if row.field:
        where = addresses.guidance(dataset, field=row.field).partition("#")[2]
        what += [" in ", text.link(text.code(row.field), f"#{where}")]
    return [
        html.Span(what),
        status.severity_tag(row.severity),
        words.remedy or None,
        formatting.n_of(row.organisations, organisations),
    ]


def _with_links(step: str, dataset: str) -> Children:
    before, check, after = step.partition(_CHECK)
    if not check:
        return with_links(step, About(dataset))
    return [before, text.link(_CHECK, addresses.start_check(dataset)), after]

"""One dataset: what it is for, why it is expected, what it must hold, its most common issues."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.common import fields as field_parts
from dashboard.components.design import blocks, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.national import issue_spread
from dashboard.components.national.coverage import share
from dashboard.components.national.register import kind_words
from dashboard.components.words import formatting
from performance_store.definitions.specifications import Requirement
from performance_store.rows import (
    Coverage,
    Dataset,
    FieldOfDataset,
    IssueBase,
    IssueSpread,
    RegisteredDataset,
)

REASONS = {
    "statutory": "must provide it by law",
    "expected": "are expected to provide it under a funding agreement",
    "encouraged": "are encouraged to provide it",
    "prospective": "may provide it",
    None: "are not expected to provide it",
}
MOST_ISSUES = 5


def about(
    dataset: Dataset,
    row: RegisteredDataset,
    sets: Sequence[tuple[str, Coverage, str]],
    reasons: Mapping[str | None, int],
    *,
    needs: Component | None,
    outside: str,
    guidance: str,
    open: bool,
) -> Component:
    """What the register says of a dataset, and who is expected to provide it. In: the sets that
    count it, as (name, n of N, address), for what reasons, what it has to hold, its page on the
    platform, the guidance on it, and whether it is `open` at once."""
    what = formatting.sentence((dataset.description or "").strip())
    facts: list[tuple[str, Children]] = [
        ("Kind", kind_words(dataset.typology)),
        ("Collection", _words(dataset.collection)),
        ("Reference", text.code(dataset.dataset)),
    ]
    if row.ended_on:
        facts.append(("Ended", text.day(row.ended_on)))
    if reasons:
        facts.append(("Why it is expected", formatting.list_of(_reasons(reasons))))
    if sets:
        facts.append(("Counted in", text.bullets([_set(item) for item in sets], plain=True)))
    if row.endpoints_ever:
        facts += [
            ("Endpoints", f"{formatting.number(row.endpoints)} active, of "
             f"{formatting.number(row.endpoints_ever)} ever registered"),
            ("First endpoint", text.day(row.first_endpoint_on)),
            ("Newest endpoint", text.day(row.newest_endpoint_on)),
        ]  # fmt: skip
    return text.fold(
        "What it is",
        text.paragraph(what or "The register does not say what it is for."),
        blocks.summary_list(facts),
        needs,
        text.paragraph(text.link("How to provide it", guidance)),
        text.paragraph(text.external_link("See it on Planning Data", outside)),
        id="about",
        open=open,
    )


def _words(slug: str | None) -> str | None:
    return slug.replace("-", " ").capitalize() if slug else None


def _reasons(counts: Mapping[str | None, int]) -> list[str]:
    """The reasons with how many authorities have each, the most first."""
    return [
        f"{formatting.number(count)} "
        + (REASONS.get(reason) or f"are expected to provide it for the reason “{reason}”")
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    ]


def _set(item: tuple[str, Coverage, str]) -> Children:
    name, row, href = item
    return [text.link(name, href), f": {share(row.endpoint, row.expected, row.organisations)}"]


def suppliers(row: RegisteredDataset) -> str:
    """Who provides it all the same, in a sentence."""
    if row.suppliers is None:
        return "We do not know whether anyone provides it: the weekly reports do not say."
    if not row.suppliers:
        return "Nobody provides it."
    verb = "provides" if row.suppliers == 1 else "provide"
    return f"{formatting.plural(row.suppliers, 'organisation')} {verb} it anyway."


def fields(requirements: Sequence[Requirement], uses: Sequence[FieldOfDataset]) -> Component | None:
    """What the dataset has to hold: with levels where they are known, else its fields. None where
    nobody lists them."""
    if requirements:
        return field_parts.requirement_list(requirements)
    mine = [row.field for row in uses if row.expected]
    if not mine:
        return None
    return text.details(
        f"Its {formatting.plural(len(mine), 'field')}",
        text.paragraph("We do not know which of them are required."),
        html.P([piece for name in mine for piece in (text.code(name), " ")], className="text"),
    )


def issues(
    rows: Sequence[IssueSpread], base: IssueBase, *, href: Callable[[str], str], every: str
) -> Component:
    """The most serious and widespread kinds of issue in a dataset. In: of which provisions they
    are counted, and the addresses of who has one, and of all of them."""
    title = "Most common issues"
    if not rows:
        sentence = f"No issues were found in {formatting.plural(base.provisions, 'provision')}."
        return text.section(title, text.paragraph(sentence), id="issues")
    whole = issue_spread.in_order(_together(rows), "provisions")
    names = issue_spread.titles({row.issue_type: row.name for row in whole})
    body: list[list[Children]] = [
        [
            text.link(names[row.issue_type], href(row.issue_type)),
            status.severity_tag(row.severity),
            issue_spread.who_fixes(row) or "No action needed.",
            share(row.provisions, base.provisions, base.organisations),
            formatting.number(row.problems),
        ]
        for row in whole[:MOST_ISSUES]
    ]
    columns = [
        tables.Column("Kind of issue"),
        tables.Column("Severity"),
        tables.Column("Who needs to fix it"),
        tables.Column("Authorities with it", numeric=True),
        tables.Column("Problems", numeric=True),
    ]
    return text.section(
        title,
        text.paragraph(
            f"We know the issues of {formatting.n_of(base.provisions, base.provided)} provisions. "
            "The most serious come first."
        ),
        tables.table("Kinds of issue", columns, body, caption_hidden=True),
        text.paragraph(
            text.link(f"See all {formatting.plural(len(whole), 'kind')} of issue", every)
        ),
        id="issues",
    )


def _together(rows: Sequence[IssueSpread]) -> list[IssueSpread]:
    """The rows of a single dataset as those of all together, which is the same there."""
    return [dataclasses.replace(row, dataset="") for row in rows]

"""Several names in one search, with commas between them: which of them an organisation has, which
more than one, and which none; and the comparison of those that were found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html, text
from dashboard.components.words import formatting, wording
from dashboard.pages.provider import search
from dashboard.urls import addresses, links
from performance_store.rows import OrganisationCounts

# All that any authority is asked for: of others one may be in no set.
_SET = "any"


@dataclass(frozen=True, slots=True)
class Name:
    """One of several names as it was typed, with the organisations that it may mean."""

    typed: str
    rows: tuple[OrganisationCounts, ...]


def without_end(query: str) -> str:
    """A search without the commas that somebody leaves who is still typing names."""
    return query.strip(" ,;")


def names_in(
    rows: Sequence[OrganisationCounts], query: str, members: search.Members
) -> tuple[Name, ...]:
    """Each of the names in a search; none where it is one name, which may have commas itself."""
    query = without_end(query)
    names = [name.strip() for name in re.split("[,;]", query) if search.plain(name)]
    if len(names) < 2 or search.find(rows, query, members, alike=False):
        return ()
    return tuple(Name(name, tuple(search.find(rows, name, members, alike=False))) for name in names)


def comparison(names: Sequence[Name]) -> str:
    """The address of the comparison of those names that one organisation alone has."""
    picks = tuple(f"organisation:{row.organisation}" for row in _ones(names))
    return links.with_query(addresses.COMPARE, {"set": _SET, "pick": picks})


def _ones(names: Sequence[Name]) -> list[OrganisationCounts]:
    return [name.rows[0] for name in names if len(name.rows) == 1]


def summary(names: Sequence[Name]) -> str:
    """How many of the names one organisation alone has."""
    return f"{formatting.n_of(len(_ones(names)), len(names))} names found"


def outcome(names: Sequence[Name]) -> Component | None:
    """What became of each name; None where there are not several. One that was not found, or may
    mean several, leads to a search for it alone, which forgives how it is spelt."""
    if not names:
        return None
    nobody = [_alone(name) for name in names if not name.rows]
    many = [
        html.Span([_alone(name), f" ({formatting.number(len(name.rows))} have it)"])
        for name in names
        if len(name.rows) > 1
    ]
    ones = {row.organisation: row for row in _ones(names)}
    pages = [
        ui.link(wording.name_of(row.name, code), addresses.organisation(code))
        for code, row in ones.items()
    ]
    lines = [
        ui.paragraph(f"{lead}: ", *text.in_words(items), ".")
        for lead, items in (
            ("Not found", nobody),
            ("The name of more than one", many),
            ("Found", pages),
        )
        if items
    ]
    if len(pages) > 1:
        words = "Compare those that were found" if nobody or many else "Compare them"
        lines.append(ui.paragraph(ui.link(words, comparison(names))))
    return ui.inset(*lines)


def _alone(name: Name) -> Component:
    there = links.with_query(addresses.ORGANISATIONS, {"q": name.typed})
    return ui.link(f"“{name.typed}”", there)

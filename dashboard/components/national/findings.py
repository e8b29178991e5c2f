"""What the national figures say first, a line each: what grew, which region is behind, who has most
to do, what has failed longest. Each leads to its chart or its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.components.national import answers, coverage
from dashboard.components.words import formatting, wording
from dashboard.urls import addresses, links
from performance_store.rows import Coverage, FailingProvision, Growth, LastingPoint, Standing

Where = Mapping[str, str]
"""The scope in the address of a national page: its set, kind and date."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of a date, in comparison with an earlier one (`first`; None: there is none).
    `lasting` is how much of what failed about three months before fails still."""

    first: date | None
    last: date
    growth: Sequence[Growth] = ()
    regions: Sequence[Coverage] = ()
    standings: Sequence[Standing] = ()
    lasting: Sequence[LastingPoint] = ()
    failing: Sequence[FailingProvision] = ()


def lines(figures: Figures, where: Where) -> Component | None:
    """The lines as a list; None where there is nothing to say."""
    items = [
        item
        for item in (
            _grew(figures, where),
            _behind(figures, where),
            _worst(figures, where),
            _failing(figures, where),
            _each(figures, where),
        )
        if item
    ]
    return text.bullets(items) if items else None


def _at(path: str, where: Where, place: str, since: date | None = None) -> str:
    day = since.isoformat() if since else None
    return f"{links.with_query(path, {**where, 'since': day})}#{place}"


def _grew(figures: Figures, where: Where) -> Children:
    if figures.first is None or not figures.growth:
        return None
    words = answers.growth_words(figures.growth, figures.first, figures.last)
    return [text.link(words, _at(addresses.TRENDS, where, "grew", figures.first)), "."]


def _behind(figures: Figures, where: Where) -> Children:
    if not any(row.expected for row in figures.regions):
        return None
    least = coverage.least("Region", figures.regions)
    if not least:
        return None
    words = f"The region that provides least is {least}"
    return [text.link(words, _at(addresses.NATIONAL, where, "region")), "."]


def _worst(figures: Figures, where: Where) -> Children:
    measure = answers.measure_of(figures.standings)
    if measure is None:
        return None
    words = answers.worst_words(figures.standings, measure, figures.last)
    file = links.with_query(addresses.organisations_file("csv"), {"sort": "rows"})
    return [
        text.link(words, _at(addresses.TRENDS, where, "worst")),
        ". ",
        text.download_link("All authorities, most to do first", file, note="CSV"),
    ]


def _failing(figures: Figures, where: Where) -> Children:
    """How much of what failed three months before fails still, and what has failed longest."""
    if not figures.lasting:
        return None
    first, last = figures.lasting[0].as_at, figures.lasting[-1].as_at
    then, now = figures.lasting[0].failing, figures.lasting[-1].failing
    if not then or now is None:
        return None
    words, _ = answers.still_words("failing", then, now, first, last)
    there = text.link(words, _at(addresses.TRENDS, where, "failing", first))
    longest = next((row for row in figures.failing if row.last_success_on), None)
    if longest is None:
        return [there, "."]
    name = wording.name_of(longest.organisation_name, longest.organisation)
    is_sure = all(row.last_success_on for row in figures.failing)
    page = addresses.dataset(longest.organisation, longest.dataset)
    return [
        there,
        ". Broken longest: " if is_sure else ". Broken longest, as far as is known: ",
        text.link(f"{longest.dataset_name} of {name}", page),
        f", last worked on {formatting.day(longest.last_success_on)}.",
    ]


def _each(figures: Figures, where: Where) -> Children:
    if figures.first is None:
        return None
    return [
        f"How each did since {formatting.day(figures.first)}: ",
        text.link("regions", _at(addresses.NATIONAL, where, "region", figures.first)),
        ", ",
        text.link("cohorts", _at(addresses.NATIONAL, where, "cohort", figures.first)),
        " and ",
        text.link("datasets", _at(addresses.NATIONAL, where, "dataset", figures.first)),
        ". ",
        # Asked for by `assets/share.js`.
        text.link(
            "Picture of all of them over time, for a slide",
            _at(addresses.NATIONAL, where, "picture=national-line"),
        ),
        ".",
    ]

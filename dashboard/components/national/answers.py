"""What the figures say, as headings with a number and a chart each: what grew, who is worst, what
is still broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.bars import Bar, changes
from dashboard.components.design.figures.lines import Line
from dashboard.components.design.tables import Column
from dashboard.components.national import lines, standing
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.rows import Annotation, Growth, LastingPoint, LastingProvision, Standing

What = Literal["failing", "errors"]
Kind = Literal["grew", "worst", "failing", "errors"]
ABOUT: dict[Kind, str] = {
    "grew": "what grew and what fell",
    "worst": "who has most to do",
    "failing": "what is still failing",
    "errors": "what still has errors",
}
"""What each answer is about, in words. Their names are ids on the page."""
_MOST_BARS = 8
_WORST = 3
_MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """One of them: its name; its heading, which is the answer; a sentence on what it rests on; and
    its chart, None where there is nothing to draw."""

    id: Kind
    title: str
    basis: str
    chart: Component | None = None


def draw(answer: Answer) -> Component:
    """The part of a page that gives an answer."""
    # The chart says by itself what it rests on.
    basis = None if answer.chart else text.paragraph(answer.basis)
    return text.section(answer.title, basis, answer.chart, id=answer.id, level=3)


def period(first: date, last: date) -> str:
    """between 7 July and 11 August 2025"""
    short = f"{first.day} {first:%B}" if first.year == last.year else formatting.day(first)
    return f"between {short} and {formatting.day(last)}"


def grew(
    rows: Sequence[Growth], first: date, last: date, href: Callable[[str], str], around: Around
) -> Answer:
    """Which dataset gained most authorities, and which lost most. In: the datasets, what grew most
    first, and where the line of each leads."""
    sentence = growth_words(rows, first, last)
    most, least = rows[0], rows[-1]
    basis = "Only authorities in scope at both dates are counted, those with an endpoint."
    if not most.change and not least.change:
        return Answer("grew", sentence, basis)
    if least.change >= 0:
        basis += " No dataset lost any."
    elif most.change <= 0:
        basis += " No dataset gained any."
    movers = [row for row in rows if row.change]
    bars_of = sorted(movers, key=lambda row: -abs(row.change))[:_MOST_BARS]
    bars_of.sort(key=rows.index)
    if len(bars_of) < len(movers):
        basis += f" The {formatting.in_words(_MOST_BARS)} that changed most are drawn."
    bars = [
        Bar(_high(row.dataset_name), row.change, f"{_high(row.dataset_name)}: {_words(row)}",
            href(row.dataset))
        for row in bars_of
    ]  # fmt: skip
    plot = chart(
        changes(bars, opens="Open its line through time"),
        id=around.id,
        title="How many more or fewer authorities provide each dataset",
        headline=basis,
        columns=[
            Column("Dataset"),
            Column(formatting.short_day(first), numeric=True),
            Column(formatting.short_day(last), numeric=True),
            Column("Change", numeric=True),
            Column("Authorities", numeric=True),
        ],
        rows=[_growth_row(row, href) for row in rows],
        size="small" if len(bars) < 6 else "medium",
        around=around,
        opens=True,
    )
    return Answer("grew", sentence, basis, plot)


def growth_words(rows: Sequence[Growth], first: date, last: date) -> str:
    """Which dataset gained most authorities from one date to another, and which lost most. In: the
    datasets, what grew most first."""
    when = period(first, last)
    most, least = rows[0], rows[-1]
    if not most.change and not least.change:
        return f"No dataset gained or lost authorities {when}"
    parts = [_from_to(rows, most, "grew")] if most.change > 0 else []
    if least.change < 0:
        parts.append(_from_to(rows, least, "fell"))
    return formatting.sentence(f"{', and '.join(parts)}, {when}")[:-1]


def _from_to(rows: Sequence[Growth], row: Growth, verb: str) -> str:
    """What grew or fell most, and from how many to how many; of several by how many each."""
    alike = [_low(one.dataset_name) for one in rows if one.change == row.change]
    most = " most" if len(rows) > len(alike) else ""
    if len(alike) > 1:
        number = formatting.plural(abs(row.change), "authority", "authorities")
        return f"{formatting.some(alike)} {verb}{most}, by {number} each"
    return (
        f"{alike[0]} {verb}{most}, from {formatting.number(row.before)} to "
        f"{formatting.plural(row.after, 'authority', 'authorities')}"
    )


def _words(row: Growth) -> str:
    return (
        f"from {formatting.number(row.before)} to "
        f"{formatting.n_of(row.after, row.authorities)} authorities"
    )


def _growth_row(row: Growth, href: Callable[[str], str]) -> list[Children]:
    return [
        text.link(_high(row.dataset_name), href(row.dataset)),
        formatting.number(row.before),
        formatting.number(row.after),
        formatting.change(row.change),
        formatting.number(row.authorities),
    ]


def measure_of(rows: Sequence[Standing]) -> standing.Measure | None:
    """By what authorities can be ranked: rows with errors, where only problems are known these,
    else the age of content; None where nothing of it is known."""
    for name in ("rows", "problems", "age"):
        measure = standing.MEASURES[name]
        if any(measure.value(row) is not None for row in rows):
            return measure
    return None


def worst(
    rows: Sequence[Standing], last: date, at: Callable[[str], str], around: Around
) -> Answer | None:
    """Which authority is worst on a date, among all; None where nothing is known of any. In: what
    makes an authority's page one of that date."""
    measure = measure_of(rows)
    if measure is None:
        return None
    title = worst_words(rows, measure, last)
    ranking = standing.places(rows, measure)[::-1]
    marks = [one.row.organisation for one in ranking[:_WORST] if measure.value(one.row)]
    basis = standing.headline(rows, measure)
    return Answer(
        "worst", title, basis, standing.draw(rows, measure, marks, around, at=at, worst=_MOST_ROWS)
    )


def worst_words(rows: Sequence[Standing], measure: standing.Measure, last: date) -> str:
    """Which authority is worst by a measure that is known of some, on a date."""
    ranking = standing.places(rows, measure)[::-1]
    top = ranking[0]
    if not measure.value(top.row):
        return f"No authority has errors to fix on {formatting.day(last)}"
    ties = [one.row.name for one in ranking if one.place == top.place]
    verb = "have" if len(ties) > 1 else "has"
    amount = measure.words(top.row) + (" each" if len(ties) > 1 else "")
    most = "the oldest data" if measure.name == "age" else "most to do"
    return f"{formatting.some(sorted(ties))} {verb} {most}: {amount} on {formatting.day(last)}"


@dataclass(frozen=True, slots=True)
class Lasting:
    """What was broken and what still is: the dates, oldest first; the provisions; the address of
    their file; and what makes an authority's page one of the last date."""

    points: Sequence[LastingPoint]
    provisions: Sequence[LastingProvision]
    csv_href: str
    at: Callable[[str], str]


def still(
    what: What, lasting: Lasting, marks: Sequence[Annotation], around: Around
) -> Answer | None:
    """What was broken on the first date and is on the last; None where one of them does not say.
    In: also how counting changed in between."""
    counts = [(point.as_at, getattr(point, what)) for point in lasting.points]
    (first, then), (last, now) = counts[0], counts[-1]
    if then is None or now is None:
        return None
    is_failing = what == "failing"
    title, basis = still_words(what, then, now, first, last)
    there = [row for row in lasting.provisions if row.what == what]
    if there:
        basis += f" {_longest(there, first)}"
    if not then:
        return Answer(what, title, basis)
    values = tuple((at, None if count is None else float(count)) for at, count in counts)
    name = "Still failing" if is_failing else "Still with errors"
    plot = lines.draw(
        lines.Lines(
            id=around.id,
            title=f"Of the same {formatting.plural(then, 'provision')}, those broken on each date",
            headline=basis,
            lines=[Line(name, values)],
            share=False,
            columns=[Column("Date"), Column(name, numeric=True)],
            rows=[
                [formatting.short_day(at), formatting.number(count)]
                for at, count in reversed(counts)
            ],
            # Of all that was broken: a part of it is no change to be shown larger.
            around=dataclasses.replace(around, from_zero=True, other_scale=None),
            marks=marks,
            notes=[_list(there, first, lasting)],
            size="small",
        )
    )
    return Answer(what, title, basis, plot)


def still_words(what: What, then: int, now: int, first: date, last: date) -> tuple[str, str]:
    """The heading, and what it rests on."""
    then_day, now_day = formatting.day(first), formatting.day(last)
    fact = "had no working endpoint" if what == "failing" else "had errors to fix"
    if not then:
        return f"No provision {fact} on {then_day}", "So none of them can be broken still."
    still_words = "still have none" if what == "failing" else "still have some"
    if now == 1:
        still_words = still_words.replace("have", "has")
    title = (
        f"{formatting.n_of(now, then)} provisions that {fact} on {then_day} {still_words} on "
        f"{now_day}"
    )
    return title, "Only provisions in scope, and known, at both dates are counted."


def _longest(rows: Sequence[LastingProvision], first: date) -> str:
    """Which were broken on every date from the first on."""
    through = [row for row in rows if row.since == first]
    if not through:
        return "Each of them was mended in between, and broke again."
    if len(through) > 2:
        return f"{formatting.number(len(through))} were broken on every date in between."
    names = [f"{row.organisation_name or row.organisation} ({_low(row.dataset_name)})"
             for row in through]  # fmt: skip
    verb = "was" if len(names) == 1 else "were"
    return f"{formatting.list_of(names)} {verb} broken on every date in between."


def _list(rows: Sequence[LastingProvision], first: date, lasting: Lasting) -> Component | None:
    """The ten that have been broken longest; the file has all. In: the first date."""
    if not rows:
        return None
    items: list[Children] = [
        [
            text.link(
                f"{row.organisation_name or row.organisation}: {_low(row.dataset_name)}",
                lasting.at(addresses.dataset(row.organisation, row.dataset)),
            ),
            f", since {formatting.day(row.since)}{' or before' if row.since == first else ''}",
            f", {formatting.plural(row.problems, 'problem')}" if row.problems else "",
        ]
        for row in rows[:10]
    ]
    which = "still failing" if rows[0].what == "failing" else "still with errors"
    many = f"The ten {which} longest" if len(rows) > 10 else f"Which are {which}"
    file = text.download_link("All that is still broken, as CSV", lasting.csv_href)
    return text.details(many, text.bullets(items), file)


def _high(name: str) -> str:
    return name[:1].upper() + name[1:]


def _low(name: str) -> str:
    return name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name


def working(what: Kind) -> list[str]:
    """How an answer is worked out, a sentence each."""
    if what == "grew":
        return [
            "An authority provides a dataset if it has an active endpoint for it.",
            "We compare the same authorities. Who joined, left or merged between the two dates, or "
            "is within the filters at only one of them, is not counted.",
        ]
    if what == "worst":
        return [
            "We count rows with an error that the authority needs to fix, in everything that is "
            "counted here, each row once. Where only problems are known, we count these, and where "
            "neither is known, days since the content changed.",
            "Large files can have many errors. The number of rows says who has most to fix, not "
            "who takes least care.",
        ]
    broken = "all its endpoints fail" if what == "failing" else "it has errors to fix"
    return [
        f"A provision is broken if {broken}.",
        "We follow the provisions that were broken on the first date, and that are in scope, and "
        "known, on the last. The line shows how many of them are broken on each date. Others that "
        "broke later are not counted.",
        "One that was mended and broke again is still broken, since it broke again.",
    ]

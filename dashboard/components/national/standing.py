"""Where each authority stands: how a measure is spread over them, and the places of some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.chart import chart
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around
from dashboard.components.design.figures.dots import Dot, spread_over
from dashboard.components.design.tables import Column
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.rows import Standing


@dataclass(frozen=True, slots=True)
class Measure:
    """What authorities are ranked by. `limits`: from which value on each range is, but for the
    first, and `ranges` their words. `more_is_better`: whether the highest comes first."""

    name: str
    title: str
    ranges: tuple[str, ...]
    limits: tuple[float, ...]
    more_is_better: bool

    def value(self, row: Standing) -> float | None:
        """The value of an authority; None where it is not known."""
        if self.name == "provided":
            return 100 * row.provided / row.expected if row.expected else None
        if self.name == "error_free":
            if row.error_free is None or not row.collected:
                return None
            return 100 * row.error_free / row.collected
        if self.name == "problems":
            return row.problems_to_fix
        return row.rows_to_fix if self.name == "rows" else row.median_age

    def words(self, row: Standing) -> str:
        """The value of an authority in words."""
        if self.value(row) is None:
            return "not known"
        if self.name == "provided":
            return f"{formatting.n_of(row.provided, row.expected)} provided"
        if self.name == "error_free":
            return f"{formatting.n_of(row.error_free, row.collected)} collected error-free"
        if self.name == "rows":
            return formatting.plural(row.rows_to_fix, "row to fix", "rows to fix")
        if self.name == "problems":
            return formatting.plural(row.problems_to_fix, "problem to fix", "problems to fix")
        return f"{formatting.plural(row.median_age, 'day')} (median)"


_SHARES = ("0", "1", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100")
_COUNTS = ("0", "1", "10", "100", "1,000", "10,000")
_COUNTS_FROM = (1, 10, 100, 1000, 10_000)
_FROM = (1e-9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
MEASURES = {
    measure.name: measure
    for measure in (
        Measure("provided", "Share of expected datasets provided", _SHARES, _FROM, True),
        Measure("error_free", "Share of collected datasets error-free", _SHARES, _FROM, True),
        Measure("rows", "Rows with errors to fix", _COUNTS, _COUNTS_FROM, False),
        Measure("problems", "Errors to fix", _COUNTS, _COUNTS_FROM, False),
        Measure(
            *("age", "Days since content changed (median)"),
            ("0", "8", "31", "91", "183", "366", "731"), (8, 31, 91, 183, 366, 731), False,
        ),
    )
}  # fmt: skip
# Why an authority has no value, where that is not always for want of knowledge.
_WHY_NOT = {"error_free": "nothing is collected, or what is wrong with it is not known"}


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an authority: 1 is the best; how many others share it; of how many."""

    row: Standing
    place: int
    ties: int
    total: int


def places(rows: Sequence[Standing], measure: Measure) -> list[Place]:
    """The places of all whose value is known, the best first, then by name."""
    values = {row.organisation: measure.value(row) for row in rows}
    there = [(row, value) for row in rows if (value := values[row.organisation]) is not None]
    sign = -1 if measure.more_is_better else 1
    there.sort(key=lambda pair: (sign * pair[1], pair[0].name, pair[0].organisation))
    every = [value for _, value in there]
    return [
        Place(row, every.index(value) + 1, every.count(value) - 1, len(there))
        for row, value in there
    ]


def headline(rows: Sequence[Standing], measure: Measure) -> str:
    """How many authorities are at either end, and where the middle is, in a sentence."""
    values = [value for row in rows if (value := measure.value(row)) is not None]
    number = formatting.number
    count, bodies = len(values), formatting.plural(len(values), "authority", "authorities")
    half, none = sum(50 <= value < 100 for value in values), values.count(0)
    if measure.name == "provided":
        return (
            f"{formatting.n_of(values.count(100), count)} authorities provide everything that is "
            f"expected of them, {number(half)} more at least half of it, and {number(none)} "
            "nothing."
        )
    if measure.name == "error_free":
        return (
            f"At {formatting.n_of(values.count(100), count)} authorities everything that is "
            f"collected is error-free; at {number(half)} more at least half of it is, and at "
            f"{number(none)} nothing is."
        )
    middle = round(median(values))
    if measure.name in ("rows", "problems"):
        return (
            f"{formatting.n_of(values.count(0), count)} authorities have no {measure.name} to fix. "
            f"Half of them have at most {number(middle)}, and the most is {number(max(values))}."
        )
    old = sum(value > 365 for value in values)
    return (
        f"Of {bodies}, half have content that changed {formatting.plural(middle, 'day')} ago or "
        f"later; {number(old)} have content that is older than a year."
    )


def place_words(place: Place, measure: Measure) -> str:
    """27th of 213, and how it came by it."""
    ties = f", with {formatting.plural(place.ties, 'other')}" if place.ties else ""
    return (
        f"is {formatting.ordinal(place.place)} of {formatting.number(place.total)}{ties}: "
        f"{measure.words(place.row)}."
    )


def draw(
    rows: Sequence[Standing],
    measure: Measure,
    marks: Sequence[str],
    around: Around,
    *,
    at: Callable[[str], str],
    worst: int | None = None,
) -> Component | None:
    """The dots, with the places of the authorities that are marked, in words. In: the authorities,
    and the CURIEs of those to mark; what makes an authority's page one of this date; and of how
    many the table is, the worst first, where it is not of all, the best first. None where no value
    is known."""
    ranking = places(rows, measure)
    if not ranking:
        return None
    numbers = {organisation: number for number, organisation in enumerate(marks, start=1)}
    dots = [
        Dot(
            place=sum((measure.value(one.row) or 0) >= limit for limit in measure.limits),
            words=f"{one.row.name}: {measure.words(one.row)}, "
            f"{formatting.ordinal(one.place)} of {formatting.number(one.total)}",
            href=at(addresses.organisation(one.row.organisation)),
            mark=numbers.get(one.row.organisation),
        )
        for one in reversed(ranking)
    ]
    plot = spread_over(measure.ranges, dots, opens="Open the authority’s page")
    plot.update_xaxes(title="per cent, from … on" if measure.more_is_better else "from … on")
    return chart(
        plot,
        id=around.id,
        title=f"{measure.title}: each dot is an authority",
        headline=headline(rows, measure),
        columns=[
            Column("Place", numeric=True),
            Column("Authority"),
            Column("Region"),
            Column(measure.title),
        ],
        rows=[_row(one, measure, at) for one in (ranking[::-1][:worst] if worst else ranking)],
        notes=[
            _places_in_words(rows, ranking, measure, marks, at),
            _unknown(len(rows) - len(ranking), measure),
        ],
        around=around,
        opens=True,
    )


def _row(one: Place, measure: Measure, at: Callable[[str], str]) -> list[Children]:
    return [
        f"{formatting.number(one.place)}{'=' if one.ties else ''}",
        text.link(one.row.name, at(addresses.organisation(one.row.organisation))),
        "No region" if one.row.region == "none" else one.row.region_name,
        measure.words(one.row),
    ]


def _places_in_words(
    rows: Sequence[Standing],
    ranking: Sequence[Place],
    measure: Measure,
    marks: Sequence[str],
    at: Callable[[str], str],
) -> Component | None:
    """The places of those that are marked, in the order of their numbers."""
    by_organisation = {one.row.organisation: one for one in ranking}
    names = {row.organisation: row.name for row in rows}
    items: list[Children] = [
        [
            text.link(names[mark], at(addresses.organisation(mark))),
            " ",
            place_words(by_organisation[mark], measure)
            if mark in by_organisation
            else f"has no place: {_WHY_NOT.get(measure.name, 'this is not known of it')}.",
        ]
        for mark in marks
        if mark in names
    ]
    return text.steps(items) if items else None


def _unknown(count: int, measure: Measure) -> Component | None:
    if not count:
        return None
    bodies = formatting.plural(count, "authority", "authorities")
    why = _WHY_NOT.get(measure.name)
    words = f"No dot for {bodies}: {why}." if why else f"Not known of {bodies}, which have no dot."
    return text.paragraph(words, quiet=True)

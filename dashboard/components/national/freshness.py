"""How fresh content is: ages in bands, availability, cadence, due registers, the oldest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import drawing, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import ACCESS_BANDS, Tone
from dashboard.components.national import coverage
from dashboard.components.words import formatting, wording
from performance_store.rows import AgeOfContent, Ages, Availability, Cadence, RegisterYear

BANDS: tuple[tuple[str, str, Tone], ...] = (
    ("week", "0–7", "good"),
    ("month", "8–30", "good"),
    ("quarter", "31–90", "good"),
    ("half_year", "91–182", "good"),
    ("year", "183–365", "warn"),
    ("two_years", "366–730", "bad"),
    ("older", "731+", "bad"),
    ("unknown", "Age not known", "unknown"),
)
CLASSES = {
    "monthly": "Monthly",
    "quarterly": "Quarterly",
    "half_yearly": "Half-yearly",
    "yearly": "Yearly",
    "less": "Less often",
    "continuous": "Every time",
    "young": "Not enough history",
    "unknown": "Frequency not known",
}
_ACCESS: tuple[tuple[str, Tone], ...] = (
    ("ok", "good"),
    ("failing", "warn"),
    ("broken", "bad"),
    ("long_broken", "bad"),
    ("never", "none"),
    ("unknown", "unknown"),
)
STATES: dict[str, tuple[str, Tone]] = {
    "overdue": ("Overdue", "bad"),
    "due": ("Due this year", "warn"),
    "missing": ("No register", "none"),
    "unknown": ("Date not known", "unknown"),
    "reviewed": ("Changed this year", "good"),
}


def ages(rows: Sequence[Ages], href: Callable[[str], str] | None) -> Component:
    """A row for all datasets and for each: how many provisions are how old, as numbers and a bar.
    Medians of fewer than five authorities are withheld. In: also the address of a dataset, if
    it is to be a link."""
    body: list[list[Children]] = []
    bands = [band for band in BANDS if band[0] != "unknown" or any(row.unknown for row in rows)]
    for row in rows:
        name = row.name or "All datasets"
        counts = [(label, getattr(row, field), tone) for field, label, tone in bands]
        words = formatting.list_of([f"{label}: {count}" for label, count, _ in counts if count])
        bar = drawing.stacked_bar(counts, f"{name}, by days: {words} of {row.provided}")
        cells: list[Children] = [
            _dataset_link(name, row.dataset, href),
            formatting.number(row.provided),
        ]
        cells += [bar, _median(row)]
        cells += [formatting.number(count) for _, count, _ in counts]
        body.append(cells)
    columns = [
        tables.Column("Dataset"),
        tables.Column("Provided", numeric=True),
        tables.Column("Ages"),
        tables.Column("Median", numeric=True),
        *(tables.Column(label, numeric=True) for _, label, _ in bands),
    ]
    return tables.table("Provisions by days since content changed", columns, body, stack=False)


def _dataset_link(name: str, dataset: str, href: Callable[[str], str] | None) -> Children:
    return text.link(name, href(dataset)) if href and dataset else name


def _median(row: Ages) -> str:
    if row.organisations < coverage.MIN_AUTHORITIES:
        return "not shown" if row.median is not None else formatting.UNKNOWN
    return formatting.number(row.median)


def availability(rows: Sequence[Availability]) -> Component:
    """A row for each date, the newest first: how many could be collected."""
    there = [field for field, _ in _ACCESS if any(getattr(row, field) for row in rows)]
    tones = dict(_ACCESS)
    body: list[list[Children]] = []
    for row in reversed(rows):
        counts = [(_access(field), getattr(row, field), tones[field]) for field in there]
        words = formatting.list_of([f"{label}: {count}" for label, count, _ in counts if count])
        day = formatting.short_day(row.as_at).replace(" ", "\u00a0")
        cells: list[Children] = [day, formatting.number(row.provided)]
        cells += [formatting.number(count) for _, count, _ in counts]
        cells.append(drawing.stacked_bar(counts, f"{formatting.day(row.as_at)}: {words}"))
        body.append(cells)
    columns = [
        tables.Column("Date"),
        tables.Column("Provided", numeric=True),
        *(tables.Column(_access(field), numeric=True) for field in there),
        tables.Column("Share of each"),
    ]
    return tables.table("Provisions by whether they can be collected", columns, body, stack=False)


def availability_headline(rows: Sequence[Availability]) -> str:
    """How many could be collected on the first and the last of some dates, in a sentence."""
    shares = [
        f"{formatting.n_of(row.ok, row.provided)} on {formatting.day(row.as_at)}"
        for row in dict.fromkeys((rows[0], rows[-1]))
    ]
    return f"Provisions that could be collected at the last attempt: {formatting.list_of(shares)}."


def cadence_headline(row: Cadence) -> str:
    """The most common classes, in a sentence. In: all datasets together."""
    if row.unknown == row.provided:
        return (
            "How often content changes is not known: these figures do not go back 12 full months."
        )
    ranking = sorted(CLASSES, key=lambda field: -getattr(row, field))
    shares = [
        f"{formatting.n_of(getattr(row, field), row.provided)} {CLASSES[field].lower()}"
        for field in ranking[:3]
        if getattr(row, field)
    ]
    return f"How often the content of provisions changes: {formatting.list_of(shares)}."


def _access(field: str) -> str:
    return "Not known" if field == "unknown" else status.word(ACCESS_BANDS, field).label


def cadence(rows: Sequence[Cadence], href: Callable[[str], str] | None) -> Component:
    """A row for all datasets and for each: how many change how often. In: also the address of a
    dataset, if it is to be a link."""
    body: list[list[Children]] = []
    for row in rows:
        name = _dataset_link(row.name or "All datasets", row.dataset, href)
        cells: list[Children] = [name, formatting.number(row.provided)]
        cells += [formatting.number(getattr(row, field)) for field in CLASSES]
        body.append(cells)
    columns = [
        tables.Column("Dataset"),
        tables.Column("Provided", numeric=True),
        *(tables.Column(label, numeric=True) for label in CLASSES.values()),
    ]
    return tables.table("Provisions by how often content changes", columns, body, stack=False)


def register_counts(rows: Sequence[RegisterYear], as_at: date) -> list[str]:
    """How the registers stand, a sentence for each state that some are in."""
    counts = Counter(row.state for row in rows)
    year, days = as_at.year, (date(as_at.year, 12, 31) - as_at).days
    sentences = {
        "overdue": f"last changed before {year - 1}: overdue",
        "due": f"changed last year but not yet in {year}: due in {formatting.plural(days, 'day')}",
        "reviewed": f"changed in {year}",
        "missing": "are not provided",
        "unknown": "have content without a known date",
    }
    total = len(rows)
    return [
        f"{formatting.n_of(counts[state], total)} {words}"
        for state, words in sentences.items()
        if counts[state]
    ]


def registers(rows: Sequence[RegisterYear], as_at: date, href: Callable[[str], str]) -> Component:
    """Registers one by one. In: also the date of the data and the address of an organisation's."""
    body: list[list[Children]] = []
    for row in rows:
        words, tone = STATES[row.state]
        name = wording.name_of(row.organisation_name, row.organisation)
        date_of_change = row.content_changed_on
        body.append(
            [
                text.link(name, href(row.organisation)),
                status.tag(words, tone),
                formatting.short_day(date_of_change) if date_of_change else formatting.UNKNOWN,
                formatting.age(date_of_change, as_at) if date_of_change else "",
            ]
        )
    columns = [tables.Column(name) for name in ("Authority", "This year", "Content changed", "")]
    return tables.table("Brownfield land registers", columns, body, caption_hidden=True)


def oldest(rows: Sequence[AgeOfContent], as_at: date, href: Callable[[str, str], str]) -> Component:
    """Provisions one by one. In: also the date of the data and the address of one."""
    body: list[list[Children]] = [
        [
            wording.name_of(row.organisation_name, row.organisation),
            text.link(row.dataset_name, href(row.organisation, row.dataset)),
            f"{formatting.short_day(row.content_changed_on)}, {formatting.span(row.days)} before",
            formatting.short_day(row.last_success_on),
            status.access_tag(row.access_band),
        ]
        for row in rows
    ]
    names = ("Authority", "Dataset", "Content changed", "Last collected", "Endpoint")
    return tables.table(
        "Oldest content",
        [tables.Column(name) for name in names],
        body,
        caption_hidden=True,
    )

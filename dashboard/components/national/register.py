"""The register of datasets: what each is, how far it is provided, and how it comes along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.national import coverage, movement
from dashboard.components.national.freshness import CLASSES
from dashboard.components.words import formatting
from performance_store.rows import Cadence, Coverage, CoveragePoint, Movement, RegisteredDataset

# By what the table can be sorted, and whether its usual order has the most, or newest, first.
SORTS = {
    "name": False,
    "provided": True,
    "change": True,
    "endpoints": True,
    "first": False,
    "newest": True,
    "content": True,
}
GROUPS = {"kind": "Kind of dataset", "collection": "Collection", "none": "Nothing"}
_REGULAR = ("monthly", "quarterly", "half_yearly", "yearly", "less", "continuous")


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset that some authority is expected to provide: the register, n of N now, how it came
    from the comparison by measure, its line, and how often its content changes."""

    row: RegisteredDataset
    now: Coverage
    moves: Mapping[str, Movement]
    line: tuple[CoveragePoint, ...]
    cadence: Cadence | None

    @property
    def change(self) -> int | None:
        """How many more of the authorities counted on both dates provide it; None where nobody
        was counted at the comparison."""
        expected, provided = self.moves.get("expected"), self.moves.get("endpoint")
        if expected is None or not expected.before:
            return None
        return provided.by_authorities if provided else 0


@dataclass(frozen=True, slots=True)
class Register:
    """What the table is made of: entries in their order, by what they are grouped and sorted, the
    dates, what the snapshot knows, and the addresses of a dataset and of an order."""

    entries: Sequence[Entry]
    group: str
    sort: str
    backwards: bool
    as_at: date
    since: date | None
    knows: Sequence[str]
    href: Callable[[str], str]
    sort_href: Callable[[str, bool], str]


def matches(row: RegisteredDataset, query: str) -> bool:
    """Whether every word that was searched for is in the names of a dataset."""
    names = f"{row.name} {row.dataset} {row.collection or ''}".casefold().replace("-", " ")
    return all(word in names for word in query.casefold().replace("-", " ").split())


def in_order(entries: Sequence[Entry], *, sort: str, backwards: bool, group: str) -> list[Entry]:
    """Entries in the order a reader chose, within their groups. What is not known comes last,
    whichever way they are sorted."""
    values: dict[str, Callable[[Entry], float | None]] = {
        "provided": lambda item: item.now.endpoint / item.now.expected,
        "change": lambda item: item.change,
        "endpoints": lambda item: item.row.endpoints,
        "first": lambda item: _ordinal(item.row.first_endpoint_on),
        "newest": lambda item: _ordinal(item.row.newest_endpoint_on),
        "content": lambda item: _ordinal(item.row.content_changed_on),
    }
    ranking = sorted(entries, key=lambda item: item.row.name.casefold())
    if sort == "name":
        ranking.sort(key=lambda item: item.row.name.casefold(), reverse=backwards)
    else:
        value, down = values[sort], SORTS[sort] != backwards
        sortable_items = [item for item in ranking if value(item) is not None]
        sortable_items.sort(key=lambda item: (-1 if down else 1) * (value(item) or 0))
        ranking = sortable_items + [item for item in ranking if value(item) is None]
    if group == "none":
        return ranking
    return sorted(ranking, key=lambda item: _group_key(item.row, group))


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _group_key(row: RegisteredDataset, group: str) -> tuple[bool, str]:
    value = row.typology if group == "kind" else row.collection
    return value is None, value or ""


def table(register: Register) -> Component:
    """One row for each dataset that some authority is expected to provide."""
    entries = register.entries
    has_line = any(len(item.line) > 1 for item in entries)
    logs = "logs" in register.knows
    body: list[list[Children]] = []
    for item in entries:
        cells: list[Children] = [_dataset_cell(item, register), coverage.bar(item.now)]
        if register.since is not None:
            cells.append(_change(item))
        if has_line:
            cells.append(coverage.line(item.now, item.line))
        cells += [
            _of_ever(item.row),
            _day(item.row.first_endpoint_on, formatting.short_month),
            _day(item.row.newest_endpoint_on, formatting.short_day),
        ]
        if logs:
            cells += [_content_age(item, register.as_at), _often(item)]
        body.append(_blanks(item, cells))
    return tables.table(
        f"Datasets on {formatting.day(register.as_at)}",
        _columns(register, has_line, logs),
        body,
        caption_hidden=True,
        groups=_groups(register),
    )


def _columns(register: Register, has_line: bool, logs: bool) -> list[tables.Column]:
    def sortable(key: str, label: str, *, numeric: bool = False) -> tables.Column:
        here = key == register.sort
        down = SORTS[key] != register.backwards
        return tables.Column(
            label,
            numeric,
            register.sort_href(key, here and not register.backwards),
            ("descending" if down else "ascending") if here else None,
        )

    columns = [sortable("name", "Dataset"), sortable("provided", "Provided")]
    if register.since is not None:
        columns.append(sortable("change", f"Since {formatting.short_day(register.since)}"))
    if has_line:
        columns.append(tables.Column("Over time"))
    columns += [
        sortable("endpoints", "Endpoints"),
        sortable("first", "Started"),
        sortable("newest", "Newest endpoint"),
    ]
    if logs:
        columns += [sortable("content", "Content changed"), tables.Column("How often")]
    return columns


def _groups(register: Register) -> list[tables.Group]:
    if register.group == "none":
        return []
    groups: list[tables.Group] = []
    keys = [_group_key(item.row, register.group) for item in register.entries]
    for key in dict.fromkeys(keys):
        rows = [item for item, mine in zip(register.entries, keys, strict=True) if mine == key]
        whole = formatting.n_of(
            sum(item.now.endpoint for item in rows), sum(item.now.expected for item in rows)
        )
        words = kind_words(key[1] or None) if register.group == "kind" else _plain(key[1] or None)
        groups.append(tables.Group(f"{words}: {whole} provisions provided", len(rows)))
    return groups


def kind_words(typology: str | None) -> str:
    """A kind of dataset in words."""
    return _plain(typology) if typology else "Kind not known"


def _plain(slug: str | None) -> str:
    return slug.replace("-", " ").capitalize() if slug else "Collection not known"


def _dataset_cell(item: Entry, register: Register) -> Component:
    row = item.row
    beside = kind_words(row.typology) if register.group == "collection" else _plain(row.collection)
    tags: list[Children] = []
    if row.ended_on:
        tags.append(status.tag(f"Ended {formatting.short_day(row.ended_on)}", "none"))
    if not item.now.endpoint:
        tags.append(status.tag("Nobody provides it", "none"))
    elif "logs" in register.knows and not item.now.collected:
        tags.append(status.tag("Nothing is collected", "warn"))
    return html.Div(
        [
            text.link(row.name, register.href(row.dataset)),
            html.Div([beside, *(piece for tag in tags for piece in (" ", tag))],
                     className="quiet small"),
        ]
    )  # fmt: skip


def _day(day: date | None, words: Callable[[date | None], str]) -> Children:
    return None if day is None else html.Span(words(day), className="nowrap")


def _change(item: Entry) -> Children:
    """ "+3" by the same authorities; below it who joined or left, and of how many it was then."""
    if item.change is None:
        return "new"
    expected, provided = item.moves["expected"], item.moves.get("endpoint")
    beside = movement.others(provided) if provided else []
    if expected.change:
        before = provided.before if provided else 0
        beside.append(f"was {formatting.n_of(before, expected.before)}")
    parts: list[Children] = [html.Span(formatting.change(item.change), className="nowrap")]
    if beside:
        parts.append(html.Div(", ".join(beside), className="quiet small"))
    return parts


def _of_ever(row: RegisteredDataset) -> Children:
    if not row.endpoints_ever:
        return html.Span("none", className="quiet nought")
    return [
        html.Span(formatting.number(row.endpoints)),
        html.Div(f"of {formatting.number(row.endpoints_ever)} ever", className="quiet small"),
    ]


def _content_age(item: Entry, as_at: date) -> Children:
    day = item.row.content_changed_on
    if day is None:
        return None
    age = html.Div(formatting.age(day, as_at), className="quiet small")
    return [formatting.short_day(day), age]


def _often(item: Entry) -> Children:
    """What most provisions do, of those with enough history."""
    row = item.cadence
    if row is None:
        return None
    counts = {name: int(getattr(row, name)) for name in _REGULAR}
    most = max(counts.values())
    if not most:
        return html.Span(
            "not enough history" if row.young else formatting.UNKNOWN, className="quiet"
        )
    classes = [CLASSES[name].lower() for name, count in counts.items() if count == most]
    share = formatting.n_of(most, row.provided) + (" each" if len(classes) > 1 else "")
    return [
        formatting.sentence(formatting.list_of(classes))[:-1],
        html.Div(share, className="quiet small"),
    ]


def _blanks(item: Entry, cells: list[Children]) -> list[Children]:
    """Cells of a dataset that nobody provides: without an endpoint nothing is not known."""
    if item.row.endpoints_ever or item.now.endpoint:
        return cells
    dash = html.Span("none", className="quiet nought")
    return [dash if cell is None else cell for cell in cells]


def others(rows: Sequence[RegisteredDataset], href: Callable[[str], str]) -> Component:
    """Datasets that no authority counted here is expected to provide."""
    body: list[list[Children]] = [
        [
            text.link(row.name, href(row.dataset)),
            kind_words(row.typology),
            formatting.plural(row.asked_elsewhere, "authority", "authorities")
            if row.asked_elsewhere
            else html.Span("nobody", className="quiet"),
            _suppliers(row),
        ]
        for row in rows
    ]
    names = ("Dataset", "Kind", "Expected of, in other sets", "Provided anyway by")
    return tables.table(
        "Other datasets",
        [tables.Column(name) for name in names],
        body,
        caption_hidden=True,
    )


def former(rows: Sequence[RegisteredDataset], href: Callable[[str], str]) -> Component:
    """Datasets that have ended, the last ended first."""
    body: list[list[Children]] = [
        [
            text.link(row.name, href(row.dataset)),
            kind_words(row.typology),
            formatting.short_day(row.ended_on),
            _suppliers(row),
        ]
        for row in sorted(rows, key=lambda row: (row.ended_on or date.min, row.name), reverse=True)
    ]
    names = ("Dataset", "Kind", "Ended", "Still provided by")
    return tables.table(
        "Datasets that have ended",
        [tables.Column(name) for name in names],
        body,
        caption_hidden=True,
    )


def _suppliers(row: RegisteredDataset) -> Children:
    if row.suppliers is None:
        return None
    if not row.suppliers:
        return html.Span("nobody", className="quiet")
    return formatting.plural(row.suppliers, "organisation")

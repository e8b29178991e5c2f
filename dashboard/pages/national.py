"""The national picture: are we getting there, what changed, and what to look at first?

Asked by a programme manager before a meeting, and by whoever has to answer a minister.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard import addresses, formatting, frame, links
from dashboard import components as ui
from dashboard.components import coverage, headline, trend
from dashboard.data import ask
from dashboard.frame import KINDS, SETS, Frame
from performance_store.queries import national
from performance_store.rows import Annotation, Coverage, CoveragePoint, EventCount

PATH = addresses.NATIONAL
TITLE = "National picture"
NAV = "National picture"

LINES = {"total": "All datasets together", "dataset": "A line for each dataset"}
SHOWN = {"count": "Counts", "share": "Shares"}
_DATES = 30


@dataclass(frozen=True, slots=True)
class Filters(frame.Wanted):
    """What the reader asked for: the frame, and how coverage over time is drawn."""

    lines: str = links.one_of(LINES, default="total")
    show: str = links.one_of(SHOWN, default="count")
    dataset: tuple[str, ...] = links.any_of()


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `points` are the lines of the snapshot's own kind, up to its date;
    `drawn` those of the chart, of the kind `drawn_kind`; `then` the comparison's coverage by
    dimension, value and dataset; `notes` what has to be told beside the drawn line."""

    filters: Filters
    frame: Frame
    notices: tuple[str, ...]
    picture: tuple[Coverage, ...]
    then: Mapping[tuple[str, str, str], Coverage]
    points: tuple[CoveragePoint, ...]
    drawn: tuple[CoveragePoint, ...]
    drawn_kind: str
    annotations: tuple[Annotation, ...]
    notes: tuple[Annotation, ...]
    events: Mapping[str, EventCount]

    def by(self, dimension: str) -> tuple[Coverage, ...]:
        """The rows of one dimension."""
        return tuple(row for row in self.picture if row.dimension == dimension)

    def before(self, dimension: str) -> dict[tuple[str, str], Coverage]:
        """The comparison's rows of one dimension, by value and dataset."""
        return {(v, d): row for (dim, v, d), row in self.then.items() if dim == dimension}


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    parsed = links.parse(Filters, params)
    return render(view(parsed.filters, parsed.notices))


def view(filters: Filters, notices: tuple[str, ...] = ()) -> View:
    """The figures of one snapshot, of the one it is compared with, and the lines up to it."""
    found = frame.choose(filters)
    now, before = found.snapshot, found.before
    then: dict[tuple[str, str, str], Coverage] = {}
    events: dict[str, EventCount] = {}
    if before is not None:
        rows = ask(national.picture, snapshot_id=before.snapshot_id, denominator=found.set)
        then = {(row.dimension, row.value, row.dataset): row for row in rows}
        counted = ask(
            national.event_counts,
            kind=now.kind,
            denominator=found.set,
            after=before.as_at,
            until=now.as_at,
        )
        events = {row.kind: row for row in counted}
    points = ask(national.lines, kind=now.kind, denominator=found.set, until=now.as_at)
    drawn, drawn_kind = _drawn(found, points)
    unknown = [name for name in filters.dataset if name not in trend.each(drawn)]
    told = [f"There is no line of “{name[:40]}”." for name in unknown[:3]]
    return View(
        filters=filters,
        frame=found,
        notices=(*notices, *found.notices, *told),
        picture=ask(national.picture, snapshot_id=now.snapshot_id, denominator=found.set),
        then=then,
        points=points,
        drawn=drawn,
        drawn_kind=drawn_kind,
        annotations=frame.notes_on(now.kind, found.set),
        notes=frame.notes_on(drawn_kind, found.set),
        events=events,
    )


def _drawn(
    found: Frame, points: tuple[CoveragePoint, ...]
) -> tuple[tuple[CoveragePoint, ...], str]:
    """The lines to draw: of the snapshot's own kind; where that has no past, of the richest kind
    that has one. Never of two kinds: they count differently."""
    own = found.snapshot.kind
    if len(trend.together(points)) > 1:
        return points, own
    for kind in KINDS:
        if kind != own and sum(1 for row in found.every if row.kind == kind) > 1:
            other = ask(national.lines, kind=kind, denominator=found.set, until=date.max)
            if len(trend.together(other)) > 1:
                return other, kind
    return points, own


def register(app: Dash) -> None:
    """The page has no callbacks."""


def render(shown: View) -> Component:
    """The page."""
    found = shown.frame
    where = f"{SETS[found.set]}, {KINDS[found.snapshot.kind].lower()}"
    body: list[Any] = [
        ui.breadcrumbs([("Home", addresses.HOME)]),
        ui.heading(TITLE, caption=f"{where} on {formatting.day(found.snapshot.as_at)}"),
        ui.notices(shown.notices),
    ]
    if found.total is None:
        return html.Div([*body, _form(shown), _nothing(shown)])
    total = found.total
    return html.Div(
        [
            *body,
            ui.paragraph(_sentence(shown, total), lead=True),
            _form(shown),
            _rebuilt() if found.snapshot.kind == "registers" else None,
            _figures(shown, total),
            _movements(shown),
            coverage.funnel(total, found.known),
            _first(shown, total),
            _over_time(shown),
            *(_table(shown, what) for what in ("Dataset", "Region", "Cohort")),
        ]
    )


def _sentence(shown: View, total: Coverage) -> str:
    datasets = formatting.plural(len(shown.by("dataset")), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _rebuilt() -> Component:
    return ui.inset(
        "These figures were rebuilt from the dates in the registers. Nobody looked at the time, so "
        "they tell who had an endpoint, not whether it worked."
    )


def _form(shown: View) -> Component:
    found, filters = shown.frame, shown.filters
    now = found.snapshot
    kinds = {row.kind for row in found.every}
    sets = {row.denominator for row in found.totals} | {found.set}
    dates = [row.as_at for row in found.of_kind()]
    older = _days([day for day in dates if day < now.as_at], filters.compare)
    asked = filters.compare.isoformat() if filters.compare else None
    as_at = now.as_at.isoformat()
    fields = [
        ui.select("set", "Who is counted", _options(SETS, sets), found.set, any_label=None),
        ui.select("kind", "Where from", _options(KINDS, kinds), now.kind, any_label=None),
        ui.select("as_at", "As at", _days(dates, now.as_at), as_at, any_label=None),
    ]
    if older:
        fields.append(
            ui.select("compare", "Compared with", older, asked, any_label="A week before")
        )
    return ui.inline_form(PATH, *fields, keep=links.kept(filters, "lines", "show"))


def _options(words: Mapping[str, str], there: set[str]) -> list[tuple[str, str]]:
    return [(key, said) for key, said in words.items() if key in there]


def _days(dates: Sequence[date], chosen: date | None) -> list[tuple[str, str]]:
    """Dates to choose from, newest first: the newest 30, and one a month before those."""
    offered = list(dates[:_DATES])
    for day in dates[_DATES:]:
        if day == chosen or (day.year, day.month) != (offered[-1].year, offered[-1].month):
            offered.append(day)
    return [(day.isoformat(), formatting.day(day)) for day in offered]


def _nothing(shown: View) -> Component:
    return ui.empty_state(
        "Nobody is counted in these figures",
        f"These figures ({KINDS[shown.frame.snapshot.kind].lower()}) hold nothing that anybody "
        "is expected to provide.",
        clear=("See the present figures", PATH),
    )


def _figures(shown: View, total: Coverage) -> Component:
    found = shown.frame
    now = headline.Now(
        total=total,
        then=shown.then.get(("all", "", "")),
        since=found.before.as_at if found.before else None,
        rules_changed=any(note.kind == "rule" for note in _meanwhile(shown)),
        line=trend.together(shown.points),
        events=shown.events,
        knows=found.known,
    )
    return ui.section("Where we stand", headline.figures(now), id="figures")


def _meanwhile(shown: View) -> list[Annotation]:
    """How the counting changed between the two dates."""
    before, now = shown.frame.before, shown.frame.snapshot
    return [
        note
        for note in shown.annotations
        if before is not None and before.as_at < note.on_date <= now.as_at
    ]


def _movements(shown: View) -> Component | None:
    """What changed since the comparison date: in the counting, and at the authorities."""
    found = shown.frame
    if found.before is None:
        return None
    since = found.before.as_at
    told = _meanwhile(shown)
    moved = headline.movements(shown.events, shown.by("dataset"), shown.before("dataset"))
    caution = None
    if told:
        caution = ui.notification(
            "The counting changed in this time",
            ui.bullets([trend.told(note.on_date, [note]) for note in told]),
            kind="warning",
        )
    return ui.section(
        f"What changed since {formatting.day(since)}",
        caution,
        ui.paragraph(headline.summary(shown.events, since, logs="logs" in found.known)),
        ui.bullets(moved) if moved else None,
        ui.paragraph(
            ui.download_link("Download what changed", _file(shown, "changes"), note="CSV")
        ),
        id="changes",
    )


def _first(shown: View, total: Coverage) -> Component | None:
    said = headline.look_first(total, shown.by("dataset"), shown.frame.known)
    if not said:
        return None
    return ui.section("What to look at first", ui.steps(said), id="first")


def _over_time(shown: View) -> Component:
    filters = shown.filters
    points = trend.together(shown.drawn)
    if len(points) < 2:
        words = "There is only one date so far. A line appears with the second one."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    wanted = trend.Trend(
        points=shown.drawn,
        by_dataset=filters.lines == "dataset",
        datasets=filters.dataset,
        share=filters.show == "share",
        rebuilt=shown.drawn_kind == "registers",
        notes=tuple(
            note for note in shown.notes if points[0].as_at < note.on_date <= points[-1].as_at
        ),
        csv_href=_file(shown, "lines", kind=shown.drawn_kind, as_at=points[-1].as_at),
    )
    return ui.section(
        "Over time",
        _elsewhere(shown, len(points)),
        _line_form(shown),
        trend.draw(wanted),
        id="over-time",
    )


def _elsewhere(shown: View, count: int) -> Component | None:
    """Whose line it is, where it is not that of the figures above."""
    if shown.drawn_kind == shown.frame.snapshot.kind:
        return None
    return ui.inset(
        f"This line is from other figures than those above ({KINDS[shown.drawn_kind].lower()}, "
        f"{formatting.plural(count, 'date')}), which count other authorities. "
        f"Of {KINDS[shown.frame.snapshot.kind].lower()} there is only one date so far."
    )


def _line_form(shown: View) -> Component:
    filters = shown.filters
    keep = links.kept(filters, *frame.NAMES)
    fields = [
        ui.select("lines", "Lines", list(LINES.items()), filters.lines, any_label=None),
        ui.select("show", "Shown as", list(SHOWN.items()), filters.show, any_label=None),
    ]
    if filters.lines == "dataset":
        known = trend.each(shown.drawn)
        options = sorted(((name, known[name][-1].label) for name in known), key=lambda o: o[1])
        if len(options) > trend.MOST_LINES:
            fields.append(ui.checkboxes("dataset", "Datasets (up to 8)", options, filters.dataset))
    return ui.inline_form(f"{PATH}#over-time", *fields, keep=keep, apply_label="Draw")


def _table(shown: View, what: str) -> Component | None:
    found, name = shown.frame, what.lower()
    return coverage.by(
        what,
        shown.by(name),
        then=shown.before(name),
        since=found.before.as_at if found.before else None,
        knows=found.known,
        history=trend.each(shown.points) if name == "dataset" else None,
        csv_href=_file(shown, name),
    )


def _file(shown: View, table: str, **changes: Any) -> str:
    """The address of a file of what is shown: exactly this snapshot, set and comparison."""
    found = shown.frame
    wanted = frame.Wanted(
        set=found.set,
        as_at=found.snapshot.as_at,
        compare=found.before.as_at if found.before else None,
        kind=found.snapshot.kind,
    )
    return links.address(f"/downloads/national/{table}.csv", wanted, **changes)

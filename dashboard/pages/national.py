"""The national picture: are we getting there, and what changed?

Asked by a programme manager before a meeting, and by whoever has to answer a minister.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard import addresses, formatting, links
from dashboard import components as ui
from dashboard.components import coverage, provision
from dashboard.components.chart import chart
from dashboard.components.figures.coverage import over_time
from dashboard.data import ask
from performance_store.queries import national, snapshots
from performance_store.rows import Annotation, Coverage, Snapshot

PATH = addresses.NATIONAL
TITLE = "National picture"
NAV = "National picture"

SETS = {
    "programme": "Open Digital Planning programme",
    "statutory": "Statutory duties",
    "any": "All obligations",
    "all-lpas": "All planning authorities",
}
KINDS = {
    "platform": "Platform data",
    "odp-reports": "Weekly programme reports",
    "registers": "Rebuilt from the registers",
    "sample": "Sample data",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for. `set` is the denominator."""

    set: str = links.one_of(SETS, default="programme")
    as_at: date | None = links.day()
    kind: str | None = links.one_of(KINDS)
    show: str = links.one_of(("count", "share"), default="count")


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: one snapshot, the one it is compared with, and the line of its kind."""

    filters: Filters
    notices: tuple[str, ...]
    every: tuple[Snapshot, ...]
    snapshot: Snapshot
    before: Snapshot | None
    total: Coverage | None
    total_before: Coverage | None
    by_dataset: tuple[Coverage, ...]
    by_region: tuple[Coverage, ...]
    by_cohort: tuple[Coverage, ...]
    line: tuple[Coverage, ...]
    annotations: tuple[Annotation, ...]
    events: dict[str, int]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    parsed = links.parse(Filters, params)
    return render(view(parsed.filters, parsed.notices))


def view(filters: Filters, notices: tuple[str, ...] = ()) -> View:
    """The figures of one snapshot and the line of its kind."""
    every = ask(snapshots.every)
    snapshot, told = _chosen(every, filters)
    earlier = ask(snapshots.earlier, snapshot_id=snapshot.snapshot_id)
    before = earlier[0] if earlier else None
    line = ask(national.coverage_over_time, kind=snapshot.kind, denominator=filters.set)
    notes = ask(snapshots.annotated, kind=snapshot.kind)
    subjects = ("programme", "statutory", "any")
    return View(
        filters=filters,
        notices=(*notices, *told),
        every=every,
        snapshot=snapshot,
        before=before,
        total=_on(line, snapshot),
        total_before=_on(line, before),
        by_dataset=_by(snapshot, filters.set, "dataset"),
        by_region=_by(snapshot, filters.set, "region"),
        by_cohort=_by(snapshot, filters.set, "cohort"),
        line=line,
        annotations=tuple(
            note for note in notes if note.subject not in subjects or note.subject == filters.set
        ),
        events=_counted(snapshot, before, filters.set),
    )


def _chosen(every: Sequence[Snapshot], filters: Filters) -> tuple[Snapshot, tuple[str, ...]]:
    """The snapshot asked for, else the present one with a notice."""
    (present,) = ask(snapshots.current)
    if filters.as_at is None and filters.kind is None:
        return present, ()
    fitting = [row for row in every if filters.kind in (None, row.kind)]
    exact = [row for row in fitting if row.as_at == filters.as_at]
    if exact:
        return exact[0], ()
    if filters.as_at is None and fitting:
        return fitting[0], ()
    if not fitting:
        return present, ("There are no figures of that kind. These are the present ones.",)
    asked = filters.as_at or present.as_at
    near = min(fitting, key=lambda row: abs((row.as_at - asked).days))
    return near, (
        f"There are no figures of {formatting.day(asked)}. "
        f"These are of the nearest date, {formatting.day(near.as_at)}.",
    )


def _on(line: Sequence[Coverage], snapshot: Snapshot | None) -> Coverage | None:
    if snapshot is None:
        return None
    return next((row for row in line if row.as_at == snapshot.as_at), None)


def _by(snapshot: Snapshot, denominator: str, dimension: str) -> tuple[Coverage, ...]:
    return ask(
        national.coverage,
        snapshot_id=snapshot.snapshot_id,
        denominator=denominator,
        dimension=dimension,
    )


def _counted(snapshot: Snapshot, before: Snapshot | None, denominator: str) -> dict[str, int]:
    """Events between the two snapshots, by kind."""
    if before is None or "logs" not in snapshot.knows:
        return {}
    found = ask(
        national.event_counts,
        kind=snapshot.kind,
        denominator=denominator,
        after=before.as_at,
        until=snapshot.as_at,
    )
    return {row.kind: row.events for row in found}


def register(app: Dash) -> None:
    """The page has no callbacks."""


def render(shown: View) -> Component:
    """The page."""
    body: list[Any] = [
        ui.breadcrumbs([("Home", addresses.HOME)]),
        ui.heading(TITLE, caption=f"{_where(shown)} on {formatting.day(shown.snapshot.as_at)}"),
        ui.notices(shown.notices),
    ]
    if shown.total is None:
        body += [_form(shown), _nothing(shown)]
        return html.Div(body)
    total = shown.total
    return html.Div(
        [
            *body,
            ui.paragraph(_sentence(shown, total), lead=True),
            _form(shown),
            _figures(shown, total),
            coverage.funnel(total, shown.snapshot.knows),
            _over_time(shown),
            coverage.table("Dataset", shown.by_dataset, knows_logs="logs" in shown.snapshot.knows),
            coverage.table("Region", shown.by_region, knows_logs="logs" in shown.snapshot.knows),
            coverage.table("Cohort", shown.by_cohort, knows_logs="logs" in shown.snapshot.knows),
        ]
    )


def _where(shown: View) -> str:
    return f"{SETS[shown.filters.set]}, {KINDS[shown.snapshot.kind].lower()}"


def _sentence(shown: View, total: Coverage) -> str:
    datasets = formatting.plural(len(shown.by_dataset), "dataset")
    bodies = formatting.plural(total.organisations, "authority", "authorities")
    return (
        f"{formatting.n_of(total.endpoint, total.expected)} expected provisions have an "
        f"endpoint: {datasets}, {bodies}."
    )


def _form(shown: View) -> Component:
    filters, kinds = shown.filters, {row.kind for row in shown.every}
    dates = [row for row in shown.every if row.kind == shown.snapshot.kind]
    return ui.inline_form(
        PATH,
        ui.select("set", "Who is counted", list(SETS.items()), filters.set, any_label=None),
        ui.select(
            "kind",
            "Where from",
            [(key, words) for key, words in KINDS.items() if key in kinds],
            shown.snapshot.kind,
            any_label=None,
        ),
        ui.select(
            "as_at",
            "On",
            [(row.as_at.isoformat(), formatting.day(row.as_at)) for row in dates],
            shown.snapshot.as_at.isoformat(),
            any_label=None,
        ),
        keep=links.kept(filters, "show"),
    )


def _nothing(shown: View) -> Component:
    return ui.empty_state(
        "Nobody is counted in this set",
        f"These figures ({KINDS[shown.snapshot.kind].lower()}) hold nothing for "
        f"“{SETS[shown.filters.set]}”.",
        clear=("Count all obligations", links.address(PATH, shown.filters, set="any")),
    )


def _figures(shown: View, total: Coverage) -> Component:
    then = shown.total_before
    items = [
        _stat(shown, "endpoint", total.expected, "expected provisions are provided"),
        _plain(total.organisations_some, total.organisations, "authorities provide something",
               then.organisations_some if then else None, shown),
        _plain(total.organisations_all, total.organisations, "authorities provide everything",
               then.organisations_all if then else None, shown),
    ]  # fmt: skip
    explained = ["expected", "coverage", "authorities_some", "authorities_all"]
    if "logs" in shown.snapshot.knows:
        items.append(_stat(shown, "reachable", total.endpoint, "provided are reachable"))
        explained.append("reachable")
    if "issues" in shown.snapshot.knows:
        items.append(_stat(shown, "error_free", total.collected, "collected are error-free"))
        explained.append("error_free")
    parts: list[Any] = [ui.stats(*items), _happened(shown), provision.explain(*explained)]
    return ui.section("Where we stand", *parts, id="figures")


def _stat(shown: View, field: str, of: int, label: str) -> Component:
    value = getattr(shown.total, field)
    then = getattr(shown.total_before, field) if shown.total_before else None
    words = formatting.n_of(value, of)
    said = f"{words} {label}"
    return ui.stat(
        words,
        label,
        ui.sparkline([getattr(row, field) for row in shown.line], f"{said}; the line over time"),
        note=_since(value, then, shown.before),
    )


def _plain(value: int, of: int, label: str, then: int | None, shown: View) -> Component:
    words = formatting.n_of(value, of)
    return ui.stat(
        words,
        label,
        ui.small_bar(value, of, f"{words} {label}"),
        note=_since(value, then, shown.before),
    )


def _since(value: int, then: int | None, before: Snapshot | None) -> str | None:
    if then is None or before is None:
        return None
    return f"{formatting.change(value - then)} since {formatting.short_day(before.as_at)}"


def _happened(shown: View) -> Component | None:
    """What happened since the comparison date, in one sentence."""
    words = {
        "newly_provided": "newly provided",
        "lost": "lost",
        "newly_broken": "newly broken",
        "recovered": "recovered",
    }
    if not shown.events or shown.before is None:
        return None
    told = [f"{shown.events.get(key, 0)} {said}" for key, said in words.items()]
    since = formatting.day(shown.before.as_at)
    return ui.paragraph(f"Provisions since {since}: {formatting.listed(told)}.")


def _over_time(shown: View) -> Component | None:
    line = shown.line
    if len(line) < 2:
        return None
    first, last = line[0], line[-1]
    notes = [n for n in shown.annotations if first.as_at <= n.on_date <= last.as_at]
    finding = (
        f"Provided: {formatting.n_of(first.endpoint, first.expected)} on "
        f"{formatting.day(first.as_at)}, {formatting.n_of(last.endpoint, last.expected)} on "
        f"{formatting.day(last.as_at)}."
    )
    share = shown.filters.show == "share"
    other = "count" if share else "share"
    words = "Show counts" if share else "Show shares"
    drawn = chart(
        over_time(line, notes, share=share),
        id="national-line",
        title="Provisions with an endpoint",
        finding=finding,
        columns=[
            ui.Column("Date"),
            ui.Column("Provided"),
            ui.Column("Authorities providing something"),
        ],
        rows=[
            [
                formatting.short_day(row.as_at),
                coverage.share(row.endpoint, row.expected, row.organisations),
                formatting.n_of(row.organisations_some, row.organisations),
            ]
            for row in reversed(line)
        ],
        csv_href=links.address("/downloads/coverage.csv", shown.filters),
    )
    told: list[Any] = []
    if notes:
        told = [
            ui.paragraph("The numbered lines mark changes of rules or of who is counted:"),
            ui.steps(
                [[html.Strong(f"{formatting.day(n.on_date)}: {n.title}. "), n.text] for n in notes]
            ),
        ]
    rebuilt = None
    if shown.snapshot.kind == "registers":
        rebuilt = ui.inset(
            "This line was rebuilt from the dates in the registers. Nobody looked at the time."
        )
    return ui.section(
        "Over time",
        rebuilt,
        drawn,
        ui.paragraph(ui.link(words, links.address(PATH, shown.filters, show=other))),
        *told,
        id="over-time",
    )

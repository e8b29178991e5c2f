"""The top of every national page: where it is, which figures it shows, and the form to change
them; and what goes around its figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import narrowing
from dashboard.components.common.data_age import data_age
from dashboard.components.design.figure import Around, Files
from dashboard.components.national import lines as line_charts
from dashboard.components.national import trend
from dashboard.components.words import formatting, wording
from dashboard.data.door import ask, now
from dashboard.pages.national import stamp
from dashboard.pages.national.scope import (
    DATES_OF,
    KINDS,
    NARROW_FIELDS,
    NARROW_TITLES,
    SCOPE_FIELDS,
    VIEWS,
    Scope,
    ScopeFilters,
)
from dashboard.pages.national.stamp import Lines as Lines
from dashboard.urls import addresses, links
from dashboard.web import embedding
from performance_store.queries import national
from performance_store.queries.filters import SETS, Narrow
from performance_store.rows import CoveragePoint

TABS = (
    ("Overview", addresses.NATIONAL),
    ("Who provides what", addresses.COVERAGE),
    ("Over time", addresses.TRENDS),
    ("Compare", addresses.COMPARE),
    ("Freshness", addresses.FRESHNESS),
    ("Issues", addresses.ISSUES),
    ("Tasks", addresses.NATIONAL_TASKS),
    ("Submissions", addresses.NATIONAL_SUBMISSIONS),
    ("What changed", addresses.CHANGES),
)
_DATES = 30
# What figures look like, and not what they are of.
_LOOKS = ("view", "scale")


def head(
    scope: Scope,
    filters: ScopeFilters,
    path: str,
    title: str,
    *,
    sentence: str | None = None,
    trail: Sequence[tuple[str, str]] | None = None,
) -> list[Component | None]:
    """The top of a page: trail, heading, tabs, the main sentence, and the form.

    In: the scope, the page's filters, its path and title, and its main sentence, if it has one.
    A page that is not one of the tabs gives its own trail (between Home and itself), without tabs.
    """
    name = ui.link(SETS[scope.set].title, addresses.term("set", scope.set))
    kind = KINDS[scope.snapshot.kind].lower()
    day = formatting.day(scope.snapshot.as_at)
    of_tabs = trail is None
    if trail is None:
        national = ("National picture", links.address(addresses.NATIONAL, _scope_filters(filters)))
        trail = () if path == addresses.NATIONAL else (national,)
    here = links.address(path, _scope_filters(filters))
    return [
        ui.breadcrumbs([("Home", addresses.HOME), *trail]),
        ui.heading(title, caption=[name, f", {kind} on {day}"]),
        counting_notice(scope),
        data_age(scope.snapshot.as_at, scope.snapshot.kind),
        ui.notices(scope.notices),
        ui.tabs("Views of the national picture", tabs(filters), here) if of_tabs else None,
        ui.paragraph(sentence, lead=True) if sentence else None,
        form(scope, filters, path),
        _filter_tags(scope, filters, path),
        _limits(scope),
    ]


def tabs(filters: ScopeFilters) -> list[tuple[str, str]]:
    """The views of the national picture, as (words, address), in the scope of a page."""
    return [(words, links.address(href, _scope_filters(filters))) for words, href in TABS]


def form(scope: Scope, filters: ScopeFilters, path: str) -> Component:
    """Dates, set and filters. The form keeps every other value of the page's address."""
    now = scope.snapshot
    kinds = {row.kind for row in scope.snapshots}
    sets = {row.denominator for row in scope.totals} | {scope.set}
    dates = [row.as_at for row in scope.of_kind()]
    older = days([day for day in dates if day < now.as_at], filters.since)
    compare = filters.since.isoformat() if filters.since else None
    fields = [
        ui.select(
            "set",
            "Who is counted",
            _options({name: item.title for name, item in SETS.items()}, sets),
            scope.set,
            any_label=None,
        ),
        ui.select("kind", "Where from", _options(KINDS, kinds), now.kind, any_label=None),
    ]
    which = [
        ui.select("as_at", "As at", days(dates, now.as_at), now.as_at.isoformat(), any_label=None)
    ]
    if older:
        which.append(ui.select("since", "Compared with", older, compare, any_label=scope.usual))
    others = [field.name for field in dataclasses.fields(filters) if field.name not in SCOPE_FIELDS]
    return narrowing.form(
        path,
        which,
        fields,
        _groups(scope),
        keep={**links.form_values(filters, *others, *_LOOKS), DATES_OF: now.kind},
        clear_href=links.address(path, filters, **_no_filters()),
    )


def days(dates: Sequence[date], current: date | None) -> list[tuple[str, str]]:
    """Dates to choose from, newest first: the newest 30, and one a month before those."""
    offered = list(dates[:_DATES])
    for day in dates[_DATES:]:
        if day == current or (day.year, day.month) != (offered[-1].year, offered[-1].month):
            offered.append(day)
    return [(day.isoformat(), formatting.day(day)) for day in offered]


def counting_notice(scope: Scope) -> Component | None:
    """That the way of counting changed between the two dates, so that nobody takes it for something
    authorities did: a line, with how it changed folded behind it."""
    notes = scope.notes_in_period()
    if scope.before is None or not notes:
        return None
    days = f"{formatting.day(scope.before.as_at)} and {formatting.day(scope.snapshot.as_at)}"
    how = f": {notes[0].title}" if len(notes) == 1 else f", {formatting.in_words(len(notes))} times"
    return ui.details(
        f"The way of counting changed between {days}{how}",
        ui.bullets([line_charts.note_words(note.on_date, [note]) for note in notes]),
    )


def around(
    scope: Scope,
    filters: ScopeFilters,
    path: str,
    id: str,
    about: str,
    *,
    files: Files | None = None,
    at: str | None = None,
    alone: bool = True,
    views: bool = False,
    height: int = 520,
    source: str | None = None,
    lines: Lines | None = None,
    between: bool = False,
    working: Component | None = None,
) -> Around:
    """What goes around a figure: its date, source, files and links, all of them of its rows.

    In: the scope, the page's filters and path, the figure's id and a name for its rows; the files
    of its rows (`files`); the id of its section, if it is another (`at`); whether other sites can
    embed it, at `height` pixels (`alone`); whether it has a view as a table (`views`); the page's
    name (`source`); what its rows are of, if not of the scope's snapshot (`lines`), or whether of
    what changed up to it (`between`); and how it is worked out (`working`).
    """
    where = at or id
    explicit = _explicit(scope, filters, lines)
    page = links.address(path, explicit)
    mark = "&" if "?" in page else "?"
    here = f"{page}{mark}embed=1&chart={(lines and lines.id) or id}"
    names = {href: words for words, href in TABS if href != addresses.NATIONAL}
    name = source or names.get(path, "National picture")
    return Around(
        id=id,
        about=about,
        stamp=stamp.of(scope, lines),
        page=f"{page}#{(lines and lines.at) or where}",
        source=name,
        files=files,
        picture=stamp.slide(
            *(scope, lines, f"{id}-{explicit.kind}-{explicit.as_at}", path, source or ""),
            between=between,
        ),
        embed=embedding.iframe(here, about, height) if alone else None,
        embed_note=embedding.permission(),
        working=working,
        from_zero=filters.scale == "zero",
        other_scale=f"{_other_scale(path, filters)}#{where}",
        view=filters.view,
        views=_views(filters, path, where) if views else {},
    )


def _other_scale(path: str, filters: ScopeFilters) -> str:
    scale = "change" if filters.scale == "zero" else "zero"
    return links.address(path, dataclasses.replace(filters, scale=scale))


def _views(filters: ScopeFilters, path: str, at: str) -> dict[str, tuple[str, str]]:
    return {
        view: (words, links.address(path, dataclasses.replace(filters, view=view)) + f"#{at}")
        for view, words in VIEWS.items()
    }


def _explicit(scope: Scope, filters: ScopeFilters, lines: Lines | None) -> ScopeFilters:
    """The page's filters with the whole scope in words, so that they show the same rows tomorrow.
    There is no comparison with a snapshot of another kind."""
    own = scope.filters()
    if lines is None or lines.kind == own.kind:
        return dataclasses.replace(
            filters, set=own.set, kind=own.kind, as_at=own.as_at, since=own.since
        )
    of = lines.set or own.set
    return dataclasses.replace(filters, set=of, kind=lines.kind, as_at=lines.last, since=None)


def register(filters: ScopeFilters) -> str:
    """The address of the register of datasets, in the scope of a page."""
    return links.address(addresses.DATASETS, _scope_filters(filters))


def dataset_href(filters: ScopeFilters) -> Callable[[str], str]:
    """The address of a dataset across the country, in the scope of a page."""
    # The page is of one dataset anyway.
    base = dataclasses.replace(_scope_filters(filters), dataset=(), typology=())
    return lambda slug: links.address(addresses.national_dataset(slug), base)


def line_of(filters: ScopeFilters, by: str, key: str) -> str:
    """The address of one line through time on its own: of a dataset, region or cohort."""
    return links.address(addresses.TRENDS, _scope_filters(filters), **{by: (key,)}) + "#observed"


def of_date(scope: Scope, filters: ScopeFilters) -> Callable[[str], str]:
    """What makes the path of an authority's page an address of the date of these figures, if the
    reader chose one."""
    day = scope.snapshot.as_at.isoformat() if filters.as_at else None
    query = links.with_query("", {"as_at": day})
    return lambda path: path + query


def elsewhen(scope: Scope, filters: ScopeFilters) -> Component | None:
    """A note for when `of_date` leads to figures of another date than the page's: the reader chose
    none, and the page is not of the latest."""
    if filters.as_at is not None or now().snapshot_id == scope.snapshot.snapshot_id:
        return None
    return ui.inset(
        f"These figures are for {formatting.day(scope.snapshot.as_at)}. The links go to the "
        "authorities’ latest figures."
    )


def lines_to_draw(
    scope: Scope, points: tuple[CoveragePoint, ...], narrow: Narrow
) -> tuple[tuple[CoveragePoint, ...], str]:
    """The lines to draw, and their kind: of the snapshot's own kind; where that has no past, of
    the richest kind that has one. Never of two kinds: they count differently.

    In: the lines of the own kind, and which provisions they are of.
    """
    own = scope.snapshot.kind
    if len(trend.together(points)) > 1:
        return points, own
    for kind in KINDS:
        if kind != own and sum(1 for row in scope.snapshots if row.kind == kind) > 1:
            other = ask(
                national.lines,
                kind=kind,
                denominator=scope.set,
                narrow=narrow,
                until=date.max,
            )
            if len(trend.together(other)) > 1:
                return other, kind
    return points, own


def elsewhere(scope: Scope, kind: str, count: int) -> Component | None:
    """Whose line it is, where it is not that of the figures above. In: its kind, and how many
    dates it has."""
    if kind == scope.snapshot.kind:
        return None
    return ui.inset(
        f"This line uses different figures from those above ({KINDS[kind].lower()}, "
        f"{formatting.plural(count, 'date')}), which cover different authorities.  "
        f"There is only one date of {KINDS[scope.snapshot.kind].lower()} so far."
    )


def nothing(scope: Scope, path: str) -> Component:
    """What a page shows when no authorities match."""
    if scope.narrow:
        return ui.empty_state(
            "No authorities match all of these filters",
            "Remove a filter.",
            clear=("Clear filters", links.address(path, scope.filters(), **_no_filters())),
        )
    return ui.empty_state(
        "These figures have no authorities",
        f"These figures ({KINDS[scope.snapshot.kind].lower()}) have no datasets that an authority "
        "is expected to provide.",
        clear=("See the latest figures", path),
    )


def lacking(scope: Scope, path: str, need: str, title: str, words: str) -> Component:
    """What is shown where these figures do not hold what the page is about. In: what it needs
    (logs, issues); leads to the newest figures that have it, if there are any."""
    match = next((row for row in scope.snapshots if need in row.knows), None)
    clear = None
    if match is not None:
        where, day = KINDS[match.kind].lower(), formatting.day(match.as_at)
        there = ScopeFilters(kind=match.kind, as_at=match.as_at)
        clear = (f"See the figures for {day} ({where})", links.address(path, there))
    return ui.empty_state(title, words, clear=clear)


def _no_filters() -> dict[str, tuple[str, ...]]:
    return {name: () for name in NARROW_FIELDS}


def _scope_filters(filters: ScopeFilters) -> ScopeFilters:
    """The part of a page's filters that all national pages have."""
    return ScopeFilters(**{name: getattr(filters, name) for name in SCOPE_FIELDS})


def _groups(scope: Scope) -> list[narrowing.Group]:
    values = dataclasses.asdict(scope.narrow)
    titles = dict(NARROW_TITLES)
    if "issues" not in scope.knows or scope.set == "all-lpas":
        del titles["severity"], titles["responsibility"]
    if scope.set == "all-lpas":
        titles = {name: titles[name] for name in ("region", "dataset", "typology")}
    return narrowing.groups(titles, scope.choices, values)


def _filter_tags(scope: Scope, filters: ScopeFilters, path: str) -> Component | None:
    def without(name: str, value: str) -> str:
        left = tuple(item for item in getattr(filters, name) if item != value)
        return links.address(path, filters, **{name: left})

    return narrowing.filter_list(_groups(scope), without)


def _options(words: dict[str, str], there: set[str]) -> list[tuple[str, str]]:
    return [(key, sentence) for key, sentence in words.items() if key in there]


def _limits(scope: Scope) -> Component | None:
    """Which figures the page chose by itself, where there are others, and what they cannot know."""
    now = scope.snapshot
    words = []
    if scope.dates is not None and len({row.kind for row in scope.snapshots}) > 1:
        words.append(
            f"This page opens on {wording.source_of(now.kind)}: "
            f"{scope.dates} dates in the last year."
        )
    if now.kind == "registers":
        words.append(
            "These figures were rebuilt from the dates in the registers. They show who had an "
            "endpoint, but not whether it worked."
        )
    elif words and now.kind == "odp-reports":
        words.append(
            "They cover the programme’s authorities and eight datasets, and count problems but "
            "not records."
        )
    elif words:
        first = min(row.as_at for row in scope.of_kind())
        words.append(f"They show nothing before {formatting.day(first)}.")
    return ui.inset(" ".join(words)) if words else None

"""What the figures say from one date to another, on the page of coverage over time: what grew, who
is worst, what is still broken. Each is a heading with its number, and a chart of the rows of its
files."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design.figure import Around
from dashboard.components.national import answers
from dashboard.components.words import formatting
from dashboard.data.reading import soon
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import KINDS, Scope, ScopeFilters
from performance_store.queries import comparison, growth, lasting
from performance_store.rows import Growth, LastingPoint, LastingProvision, Standing

_YEAR = 52 * 7


@dataclass(frozen=True, slots=True)
class Brief:
    """What answers are made of, from the date that the scope is compared with to its own. Without
    an earlier date only `standings`."""

    scope: Scope
    growth: tuple[Growth, ...]
    standings: tuple[Standing, ...]
    points: tuple[LastingPoint, ...]
    provisions: tuple[LastingProvision, ...]


def over_a_year(filters: ScopeFilters, scope: Scope) -> Scope:
    """The scope compared with a year before, or with the oldest figures where they are younger: in
    a week little grows. What the reader chose stays."""
    scope = dataclasses.replace(scope, usual="A year before")
    older = [row for row in scope.of_kind() if row.as_at < scope.snapshot.as_at]
    if filters.since is not None or not older:
        return scope
    far = [row for row in older if (scope.snapshot.as_at - row.as_at).days >= _YEAR]
    return dataclasses.replace(scope, before=far[0] if far else older[-1])


def build(scope: Scope) -> Brief:
    """The rows, in one question to the database."""
    which: dict[str, Any] = {
        "snapshot_id": scope.snapshot.snapshot_id,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }
    standings = soon(comparison.standings, **which)
    if scope.before is None:
        return Brief(scope, (), standings.value, (), ())
    pair = which | {"compare_id": scope.before.snapshot_id}
    rows = soon(growth.by_dataset, **pair)
    points = soon(lasting.points, **pair)
    provisions = soon(lasting.provisions, **pair)
    return Brief(scope, rows.value, standings.value, points.value, provisions.value)


def render(brief: Brief, filters: ScopeFilters, path: str) -> Component:
    """The answers that the figures have, and a sentence for each that they do not have."""
    scope = brief.scope
    last = scope.snapshot.as_at
    unknown: list[str] = []
    items: list[answers.Answer | None] = []
    if scope.before is None:
        unknown.append("There is only one date of these figures, so nothing can have grown.")
    elif brief.growth:
        items.append(
            answers.grew(
                brief.growth,
                scope.before.as_at,
                last,
                lambda key: heading.line_of(scope.filters(), "dataset", key),
                _around(brief, filters, path, "grew", "growth"),
            )
        )
    worst = answers.worst(
        brief.standings,
        last,
        heading.of_date(scope, filters),
        _around(brief, filters, path, "worst", "standings"),
    )
    if worst is None and brief.standings:
        unknown.append(f"These figures ({KINDS[scope.snapshot.kind].lower()}) do not say who has "
                       "errors, or how old content is.")  # fmt: skip
    items.append(worst)
    items += _still(brief, filters, path, unknown)
    parts = [answers.draw(answer) for answer in items if answer]
    return ui.section(
        "In short",
        heading.elsewhen(scope, filters),
        ui.pairs(*parts) if parts else None,
        ui.paragraph(" ".join(unknown), quiet=True) if unknown else None,
        id="in-short",
    )


def _still(
    brief: Brief, filters: ScopeFilters, path: str, unknown: list[str]
) -> list[answers.Answer | None]:
    """What is still broken. What the figures do not say is added to what is not known."""
    scope = brief.scope
    if scope.before is None or not brief.points:
        return []
    notes = scope.notes_between(scope.before.as_at, scope.snapshot.as_at)
    kinds: tuple[tuple[answers.What, str], ...] = (
        ("failing", "whether endpoints work"),
        ("errors", "what is in the data"),
    )
    rows = answers.Lasting(
        brief.points,
        brief.provisions,
        figure_links.files(scope, "lasting-provisions").csv,
        heading.of_date(scope, filters),
    )
    there = []
    for what, words in kinds:
        around = _around(brief, filters, path, what, "lasting")
        answer = answers.still(what, rows, notes, around)
        if answer is None:
            unknown.append(f"These figures do not say {words} on both "
                           f"{formatting.day(scope.before.as_at)} and "
                           f"{formatting.day(scope.snapshot.as_at)}.")  # fmt: skip
        there.append(answer)
    return there


def _around(
    brief: Brief, filters: ScopeFilters, path: str, what: answers.Kind, table: str
) -> Around:
    about = answers.ABOUT[what]
    return heading.around(
        *(brief.scope, filters, path, f"{what}-chart", about),
        files=figure_links.files(brief.scope, table),
        at=what,
        between=what == "grew",
        views=True,
        height=640,
        working=ui.working(ui.bullets(answers.working(what)), about=about),
    )

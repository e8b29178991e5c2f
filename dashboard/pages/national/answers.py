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
class Said:
    """What answers are made of. The scope is compared with the first of the two dates: the one that
    the reader chose, else a year before the last. Without an earlier date only `standings`."""

    scope: Scope
    growth: tuple[Growth, ...]
    standings: tuple[Standing, ...]
    points: tuple[LastingPoint, ...]
    provisions: tuple[LastingProvision, ...]


def build(filters: ScopeFilters, scope: Scope) -> Said:
    """The rows, in one question to the database."""
    which: dict[str, Any] = {
        "snapshot_id": scope.snapshot.snapshot_id,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }
    standings = soon(comparison.standings, **which)
    before = scope.before
    if before is not None and filters.since is None:
        older = [row for row in scope.of_kind() if row.as_at < scope.snapshot.as_at]
        far = [row for row in older if (scope.snapshot.as_at - row.as_at).days >= _YEAR]
        before = far[0] if far else older[-1]
    scope = dataclasses.replace(scope, before=before)
    if before is None:
        return Said(scope, (), standings.value, (), ())
    pair = which | {"compare_id": before.snapshot_id}
    rows = soon(growth.by_dataset, **pair)
    points = soon(lasting.points, **pair)
    provisions = soon(lasting.provisions, **pair)
    return Said(scope, rows.value, standings.value, points.value, provisions.value)


def render(said: Said, filters: ScopeFilters, path: str) -> list[Component | None]:
    """The answers that the figures have, and a sentence for each that they do not have."""
    scope = said.scope
    last = scope.snapshot.as_at
    unknown: list[str] = []
    answered: list[answers.Answer | None] = []
    if scope.before is None:
        unknown.append("There is only one date of these figures, so nothing can have grown.")
    elif said.growth:
        answered.append(
            answers.grew(
                said.growth,
                scope.before.as_at,
                last,
                lambda key: heading.line_of(scope.filters(), "dataset", key),
                _around(said, filters, path, "grew", "growth", "what grew and fell"),
            )
        )
    worst = answers.worst(
        said.standings,
        last,
        _around(said, filters, path, "worst", "standings", "who has most to do"),
    )
    if worst is None and said.standings:
        unknown.append(f"These figures ({KINDS[scope.snapshot.kind].lower()}) do not say who has "
                       "errors, or how old content is.")  # fmt: skip
    answered.append(worst)
    return [
        *(answers.draw(answer) for answer in (*answered, *_still(said, filters, path, unknown))
          if answer),
        ui.paragraph(" ".join(unknown), quiet=True) if unknown else None,
    ]  # fmt: skip


def _still(
    said: Said, filters: ScopeFilters, path: str, unknown: list[str]
) -> list[answers.Answer | None]:
    """What is still broken. What the figures do not say is added to what is not known."""
    scope = said.scope
    if scope.before is None or not said.points:
        return []
    notes = scope.notes_between(scope.before.as_at, scope.snapshot.as_at)
    kinds: tuple[tuple[answers.What, str, str], ...] = (
        ("failing", "what is still failing", "whether endpoints work"),
        ("errors", "what still has errors", "what is in the data"),
    )
    there = []
    for what, about, words in kinds:
        around = _around(said, filters, path, f"still-{what}", "lasting", about)
        answer = answers.still(what, said.points, said.provisions, notes, around)
        if answer is None:
            unknown.append(f"These figures do not say {words} on both "
                           f"{formatting.day(scope.before.as_at)} and "
                           f"{formatting.day(scope.snapshot.as_at)}.")  # fmt: skip
        there.append(answer)
    return there


def _around(
    said: Said, filters: ScopeFilters, path: str, id: str, table: str, about: str
) -> Around:
    return heading.around(
        *(said.scope, filters, path, f"{id}-chart", about),
        files=figure_links.files(said.scope, table),
        at=id,
        views=True,
        height=640,
    )

"""Of when, of whom and from where the rows of a national figure are: below it where it stands
alone, and on its slide."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.components.design.slide import Slide
from dashboard.components.words import formatting, wording
from dashboard.pages.national.scope import KINDS, Scope, fit_narrow, notes_on
from dashboard.urls import links
from performance_store.rows import Annotation


@dataclass(frozen=True, slots=True)
class Lines:
    """What a figure through time is of: the kind of figures, its first and last date, and the set,
    if that is not the page's. `id` and `at`: the figure's and its section's on a page of that kind,
    if they are others there."""

    kind: str
    first: date
    last: date
    set: str | None = None
    id: str | None = None
    at: str | None = None


def of(scope: Scope, lines: Lines | None) -> str:
    """Of when, of what and of whom a figure's rows are, and how the way of counting changed."""
    kind = lines.kind if lines else scope.snapshot.kind
    sentence = f"As at {formatting.day(lines.last if lines else scope.snapshot.as_at)}. "
    sentence += KINDS[kind] + ": every authority and figure is invented" * (kind == "sample")
    scope = _scope_of(scope, lines)
    sentence += f". Counted: {scope.in_words()}."
    notes: Sequence[Annotation] = ()
    if lines:
        since: date | None = lines.first
        sentence += f" The first date is {formatting.day(since)}."
        every = notes_on(kind, scope.set)
        notes = [note for note in every if lines.first < note.on_date <= lines.last]
    else:
        since = scope.before.as_at if scope.before else None
        notes = scope.notes_in_period()
    if since and notes:
        words = [f"{note.title} ({formatting.day(note.on_date)})" for note in notes]
        sentence += f" Since {formatting.day(since)} the way of counting changed: "
        sentence += f"{formatting.list_of(words)}."
    return f"{sentence} Source:"


def slide(
    scope: Scope, lines: Lines | None, name: str, page: str, dataset: str = "", *, between: bool
) -> Slide:
    """What a picture of the figure says. In: what its file is called, the path of its page, the
    dataset that the page is about, and whether it shows what changed between two dates."""
    whom = _scope_of(scope, lines).in_words()
    now = lines.last if lines else scope.snapshot.as_at
    first = lines.first if lines else scope.before.as_at if between and scope.before else None
    return Slide(
        name=f"{links.slug(dataset)}-{name}" if dataset else name,
        of=f"{whom}, {dataset}" if dataset else whom,
        first=first,
        last=now,
        source=wording.source_of(lines.kind if lines else scope.snapshot.kind),
        page=page,
    )


def _scope_of(scope: Scope, lines: Lines | None) -> Scope:
    """The scope of what is counted, where lines are of another set than the page."""
    if lines is None or not lines.set:
        return scope
    narrow, _ = fit_narrow(scope.narrow, lines.set)
    return dataclasses.replace(scope, set=lines.set, narrow=narrow)

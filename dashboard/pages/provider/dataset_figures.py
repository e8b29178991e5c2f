"""What a dataset's page shows at a glance, and where its first steps lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.words import amounts, formatting
from dashboard.data.reading import Soon, soon
from performance_store.queries import freshness
from performance_store.queries.filters import Narrow
from performance_store.rows import Ages, DatasetStatus

# Of fewer no median is told.
_FEWEST = 5


def ages(snapshot_id: int, dataset: str) -> Soon[tuple[Ages, ...]]:
    """How old the content of a dataset is at all who are asked for it."""
    only = Narrow(dataset=(dataset,))
    return soon(freshness.ages, snapshot_id=snapshot_id, denominator="any", narrow=only)


def tiles(row: DatasetStatus, as_at: date, ages: Sequence[Ages] = ()) -> Component | None:
    """How much there is, of how much, how much of it is to fix, and how old it is; None where
    nothing of it is known, and a sentence for what is not. In: the dataset's row, the date of its
    figures, and how old its content is at all who provide it."""
    if not row.endpoint_count:
        return None
    noun = f"{amounts.noun([row])} to fix"
    items = {
        noun: _stat(amounts.to_fix(row), noun, note=_problems_note(row)),
        "records": _stat(row.record_count, "records"),
        "fields": _fields(row),
        "when the content last changed": _age(row, as_at, ages),
    }
    stats = [item for item in items.values() if item is not None]
    if not stats:
        return None
    unknown = formatting.list_of([name for name, item in items.items() if item is None])
    return html.Div(
        [
            ui.stats(*stats),
            ui.paragraph(f"These figures do not show {unknown}.", quiet=True) if unknown else None,
            ui.controls(explain.explain("to_fix", "records", "fields", "fresh")),
        ],
        id="facts",
    )


def _stat(count: int | None, label: str, note: str | None = None) -> Component | None:
    return None if count is None else ui.stat(formatting.number(count), label, note=note)


def _fields(row: DatasetStatus) -> Component | None:
    if row.fields_total is None:
        return None
    note = None
    if row.fields_matched is not None:
        verb = "uses" if row.fields_matched == 1 else "use"
        note = f"{formatting.number(row.fields_matched)} {verb} the standard column name"
    words = formatting.n_of(row.fields_supplied, row.fields_total)
    return ui.stat(_value(words), "fields supplied", note=note)


def _age(row: DatasetStatus, as_at: date, ages: Sequence[Ages]) -> Component | None:
    changed_on = row.content_changed_on
    if changed_on is None:
        return None
    age, note = formatting.age(changed_on, as_at), formatting.day(changed_on)
    others = _others(ages)
    if (as_at - changed_on).days < 2:
        return ui.stat(formatting.short_day(changed_on), "content last changed", note=others)
    note = f"{note}. {others}" if others else note
    old = row.freshness_band in ("ageing", "stale")
    tag = [ui.freshness_tag(row.freshness_band)] if old else []
    return ui.stat(_value(age), "content last changed", *tag, note=note)


def _others(ages: Sequence[Ages]) -> str | None:
    """How old the content is at half of those who provide it; nothing of few."""
    for row in ages:
        if row.dataset and row.median is not None and row.organisations >= _FEWEST:
            count = formatting.number(row.organisations)
            return f"Half of {count} authorities: {formatting.span(row.median)} or less"
    return None


def _problems_note(row: DatasetStatus) -> str | None:
    """What the number to fix does not say."""
    notes = []
    if row.rows_to_fix is not None and row.rows_to_fix != row.problems_to_fix:
        notes.append(f"with {formatting.plural(row.problems_to_fix, 'problem')}")
    if row.issues_of_last_good:
        notes.append("in the last data we collected")
    return ", ".join(notes) or None


def _value(words: str) -> str:
    return words[0].upper() + words[1:]


def jump(row: DatasetStatus, missing: int) -> Component | None:
    """A link to the part of the page that the first steps refer to. In: also how many required
    fields are missing."""
    if row.status == "error" or "some_endpoints_failing" in row.reasons:
        return ui.paragraph(ui.link("See what happened at the endpoint", "#endpoints"))
    if "issues_to_fix" in row.reasons:
        return ui.paragraph(ui.link("See the issues to fix", "#issues"))
    if missing:
        return ui.paragraph(ui.link("See the missing fields", "#fields"))
    if row.warnings:
        return ui.paragraph(ui.link("See the warnings", "#issues"))
    return None

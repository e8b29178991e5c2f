"""What a dataset's page shows at a glance."""

from __future__ import annotations

from datetime import date

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.design import html
from dashboard.components.words import amounts, formatting
from performance_store.rows import DatasetStatus


def tiles(row: DatasetStatus, as_at: date) -> Component | None:
    """How much there is, of how much, how much of it is to fix, and how old it is; None where
    nothing of it is known, and a sentence for what is not. In: the dataset's row and the date of
    its figures."""
    if not row.endpoint_count:
        return None
    noun = f"{amounts.noun([row])} to fix"
    items = {
        noun: _stat(amounts.to_fix(row), noun, note=_problems_note(row)),
        "records": _stat(row.record_count, "records"),
        "fields": _fields(row),
        "when the content last changed": _age(row, as_at),
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


def _age(row: DatasetStatus, as_at: date) -> Component | None:
    changed_on = row.content_changed_on
    if changed_on is None:
        return None
    age, note = formatting.age(changed_on, as_at), formatting.day(changed_on)
    if (as_at - changed_on).days < 2:
        return ui.stat(formatting.short_day(changed_on), "content last changed")
    old = row.freshness_band in ("ageing", "stale")
    tag = [ui.freshness_tag(row.freshness_band)] if old else []
    return ui.stat(_value(age), "content last changed", *tag, note=note)


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

"""What a dataset's page shows at a glance."""

from __future__ import annotations

from datetime import date

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.words import amounts, formatting
from performance_store.rows import DatasetStatus


def section(row: DatasetStatus, as_at: date) -> Component | None:
    """How much there is, of how much, how much of it is to fix, and how old it is; None where
    nothing of it is known. In: the dataset's row and the date of its figures."""
    values = (row.problems_to_fix, row.record_count, row.fields_total, row.content_changed_on)
    if not row.endpoint_count or not any(value is not None for value in values):
        return None
    fields = formatting.n_of(row.fields_supplied, row.fields_total)
    naming_note = None
    if row.fields_matched is not None and row.fields_total is not None:
        verb = "uses" if row.fields_matched == 1 else "use"
        naming_note = f"{formatting.number(row.fields_matched)} {verb} the standard column name"
    age = formatting.age(row.content_changed_on, as_at)
    date_note = formatting.day(row.content_changed_on) if row.content_changed_on else None
    if row.content_changed_on and (as_at - row.content_changed_on).days < 2:
        age, date_note = formatting.short_day(row.content_changed_on), None
    count = _value(formatting.number(amounts.to_fix(row)))
    items = [
        ui.stat(count, f"{amounts.noun([row])} to fix", note=_problems_note(row)),
        ui.stat(_value(formatting.number(row.record_count)), "records"),
        ui.stat(_value(fields), "fields supplied", note=naming_note),
        ui.stat(_value(age), "content last changed", note=date_note),
    ]
    if row.freshness_band in ("ageing", "stale"):
        items[-1] = ui.stat(
            _value(age),
            "content last changed",
            ui.freshness_tag(row.freshness_band),
            note=date_note,
        )
    return ui.section(
        "At a glance",
        ui.stats(*items),
        explain.explain("to_fix", "records", "fields", "fresh"),
        id="facts",
    )


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

"""The file of the list of organisations: those of the page's search and filters, in its order."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from flask import Response, request

from dashboard.components.words import formatting, wording
from dashboard.data.door import ask, now
from dashboard.pages.provider import search, task_list
from dashboard.pages.provider.organisation_list import Filters, choices, in_order, matching
from dashboard.urls import links
from dashboard.web.file_writers import Sheet, as_csv, as_xlsx, blueprint, of_latest, unknown
from performance_store.queries import organisations, snapshots
from performance_store.rows import OrganisationCounts, Snapshot
from performance_store.rows.columns import meaning

TASKS = {
    "tasks": "Open tasks, as the data have them: less those that the authority confirmed, where "
    "its page shows them.",
    "tasks_must": "Open tasks that must be done.",
    "tasks_unknown": "Whether there may be more: problems of some datasets are not known.",
}
"""The columns that the list adds to those of the organisations."""


@blueprint.get("/organisations.<any(csv, xlsx):form>")
@of_latest("this list is")
def of_organisations(form: str) -> Response:
    """The organisations of the page's search and filters, all of them in its order. Columns: those
    of `OrganisationCounts`, the date, and `TASKS` by the facts."""
    if now().empty:
        return unknown("There is no such file.")
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id, everybody=True)
    allowed = {name: dict(values) for name, values in choices(rows).items()}
    filters = links.parse(Filters, request.args.to_dict(), allowed=allowed).filters
    counts = task_list.counts(snapshot)
    matches = matching(rows, filters, snapshot.as_at, search.members_of(rows))
    records = [
        asdict(row)
        | {"as_at": snapshot.as_at}
        | (
            {"tasks": count.total, "tasks_must": count.must, "tasks_unknown": count.unknown}
            if (count := counts.get(row.organisation))
            else dict.fromkeys(TASKS)
        )
        for row in in_order(matches, filters, counts)
    ]
    columns = _columns()
    name = f"organisations-{snapshot.as_at}.{form}"
    if form == "csv":
        return as_csv(list(columns), records, name)
    return as_xlsx([Sheet("Organisations", list(columns), records), _about(snapshot)], name)


def _columns() -> dict[str, str]:
    """Every column, each with what it means."""
    own = {
        field.name: meaning(OrganisationCounts, field.name) for field in fields(OrganisationCounts)
    }
    return own | {"as_at": "Date of these figures."} | TASKS


def _about(snapshot: Snapshot) -> Sheet:
    """What the file is, and what its columns hold."""
    facts: dict[str, Any] = {
        "Figures of": formatting.day(snapshot.as_at),
        "Source": wording.source_of(snapshot.kind),
        "An empty cell": "not known, or does not apply",
    }
    facts |= {f"Column {name}": words for name, words in _columns().items()}
    rows = ({"What": name, "Meaning": words} for name, words in facts.items())
    return Sheet("About this file", ["What", "Meaning"], rows)

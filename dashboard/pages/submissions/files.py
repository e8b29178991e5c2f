"""Files of submissions, from the rows that the pages show: nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from flask import Response, request

from dashboard.components.words import submission_words
from dashboard.data.door import now
from dashboard.pages.submissions import national, of_organisation
from dashboard.urls import links
from dashboard.web import slots
from dashboard.web.file_writers import as_csv, blueprint, of_latest, unknown
from providers.submissions.rows import Submission

COLUMNS = (
    *("reference", "organisation", "organisation_name", "acting_for", "dataset", "dataset_name"),
    *("kind", "url", "documentation_url", "licence", "task", "sent_on"),
    *("step", "step_on", "ended_on", "reason", "endpoint", "late"),
)


@blueprint.get("/organisations/<organisation>/submissions.csv")
@of_latest("submissions are told")
def organisation_submissions(organisation: str) -> Response:
    """What an organisation sent, for the page's own filter (``dataset``)."""
    organisation = unquote(organisation)
    if now().empty or not organisation.isprintable():
        return unknown("There is no such file.")
    view = of_organisation.view(organisation, request.args.to_dict())
    name = f"submissions-{links.slug(view.subject.curie)}-{slots.today()}.csv"
    return _csv(view.rows, view.dataset, lambda _: view.subject.name, name)


@blueprint.get("/national/submissions.csv")
@of_latest("submissions are told")
def national_submissions() -> Response:
    """What all authorities sent, for the page's own filters."""
    view = national.view(request.args.to_dict())
    return _csv(
        view.rows,
        dict(view.datasets).__getitem__,
        dict(view.organisations).__getitem__,
        f"submissions-{slots.today()}.csv",
    )


def _csv(
    rows: Sequence[Submission],
    dataset: Callable[[str], str],
    organisation: Callable[[str], str],
    name: str,
) -> Response:
    answer = as_csv(
        COLUMNS,
        (record(row, dataset(row.dataset), organisation(row.organisation)) for row in rows),
        name,
    )
    # What was sent changes without a load.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def record(row: Submission, dataset: str, organisation: str) -> dict[str, Any]:
    """A submission as a line of a file. In: what its dataset and organisation are called."""
    return {
        "reference": row.reference,
        "organisation": row.organisation,
        "organisation_name": organisation,
        "acting_for": row.acting_for,
        "dataset": row.dataset,
        "dataset_name": dataset,
        "kind": row.kind,
        "url": row.url,
        "documentation_url": row.documentation_url,
        "licence": row.licence,
        "task": row.task,
        "sent_on": submission_words.local(row.sent_at),
        "step": row.step,
        "step_on": submission_words.local(row.step_at),
        "ended_on": submission_words.local(row.ended_at) if row.ended_at else None,
        "reason": row.reason,
        "endpoint": row.linked,
        "late": row.is_late,
    }

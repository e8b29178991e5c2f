"""What the address of the first page says: each value is looked at, and what is not known is said
and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.provider import task_list
from dashboard.pages.provider.subject import subject_of
from dashboard.urls import addresses
from dashboard.web import identity
from performance_store.queries import cell, organisations
from performance_store.rows import Task
from providers.checks import requests
from providers.checks.requests import Check
from providers.submissions import standing
from providers.submissions.rows import KINDS, Kind, Registered

LONGEST = 200
NO_DATASET = "We do not know the dataset that led you here. Select it below."
NO_ORGANISATION = "We do not know the authority that led you here."
NO_KIND = "We do not know what you came here to do. Select it below."
NO_TASK = "The task that led you here is not one of this authority’s, so nothing is filled in."
NO_ENDPOINT = "The address that led you here is not registered for this dataset any more."
NO_CHECK = (
    "The check that led you here is over, or is of something else. The address is checked again."
)


@dataclass(frozen=True, slots=True)
class Query:
    """What is known: codes, blank for what is not, and what was not known as sentences. `draft`:
    the token of one of another kind that the reader comes from; it may be anybody's."""

    dataset: str = ""
    organisation: str = ""
    task: str = ""
    kind: Kind | None = None
    endpoint: str = ""
    check: str = ""
    draft: str = ""
    notices: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The page with what is known."""
        return addresses.start_submission(
            self.dataset,
            self.organisation,
            task=self.task,
            kind=self.kind or "",
            endpoint=self.endpoint,
            check=self.check,
            draft=self.draft,
        )


def read(params: Mapping[str, Any], acting_for: str | None) -> Query:
    """What is known of what an address or a form says. In: its values, and the authority that the
    reader acts for: meant where none is named."""
    text = {name: _text(params.get(name)) for name in Query.__dataclass_fields__}
    notices: list[str] = []

    def value(name: str, is_valid: bool, notice: str) -> str:
        if text[name] and not is_valid:
            notices.append(notice)
        return text[name] if is_valid else ""

    dataset = value("dataset", bool(_dataset(text["dataset"])), NO_DATASET)
    is_organisation = bool(
        text["organisation"] and ask(organisations.names, organisations=(text["organisation"],))
    )
    organisation = value("organisation", is_organisation, NO_ORGANISATION) or acting_for or ""
    kind = value("kind", text["kind"] in KINDS, NO_KIND)
    task = value("task", task_of(organisation, dataset, text["task"]) is not None, NO_TASK)
    row = endpoint_of(organisation, dataset, text["endpoint"])
    endpoint = value("endpoint", row is not None, NO_ENDPOINT)
    check = check_of(organisation, dataset, text["check"])
    secret = value("check", check is not None, NO_CHECK)
    return Query(
        dataset,
        organisation,
        task,
        cast("Kind", kind) if kind else None,
        endpoint,
        secret,
        text["draft"],
        tuple(notices),
    )


def task_of(organisation: str, dataset: str, public_id: str) -> Task | None:
    """An open task of a dataset of an organisation."""
    if not (organisation and dataset and public_id):
        return None
    try:
        task = task_list.one(subject_of(organisation), public_id)
    except NotFound:
        return None
    return task if task and task.dataset == dataset and task.closed_on is None else None


def endpoint_of(organisation: str, dataset: str, endpoint: str) -> Registered | None:
    """A registered address of a dataset of an organisation, by its hash."""
    if not (organisation and dataset and endpoint):
        return None
    with identity.change() as connection:
        rows = standing.registered(connection, organisation=organisation, dataset=dataset)
    return next((row for row in rows if row.endpoint == endpoint), None)


def check_of(organisation: str, dataset: str, secret: str) -> Check | None:
    """A check of a dataset of an organisation, by the secret of its link."""
    if not (organisation and dataset and secret):
        return None
    with identity.change() as connection:
        check = requests.get(connection, secret=secret)
    is_of_it = check is not None and (check.organisation, check.dataset) == (organisation, dataset)
    return check if is_of_it else None


def _dataset(dataset: str) -> bool:
    return bool(dataset and ask(cell.dataset, dataset=dataset))


def _text(value: Any) -> str:
    text = value[:LONGEST] if isinstance(value, str) else ""
    return text if text.isprintable() else ""

"""Who asks for a check, which one a link leads to, and what it may be called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, cast

from dash.development.base_component import Component
from flask import current_app, request

from dashboard.components import design as ui
from dashboard.data.door import Connection, ask
from dashboard.data.errors import DataMoved, NotFound, StoreUnavailable
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from performance_store.queries import cell, organisations
from providers.checks import requests
from providers.checks.format import Summary
from providers.checks.requests import Check
from providers.checks.terms import Terms
from serving.limits import client_of

EXTENSION = "planning-data-checks"
GONE = "This link leads to no check. It may have ended, or whoever made it ended it."


class Client(TypedDict):
    """Who asks, as `providers.checks.requests` counts clients."""

    person_id: int | None
    client: bytes | None
    owner_token: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """What a check is of, in words: the dataset, and the organisation if that is known."""

    dataset: str
    organisation: str | None = None

    @property
    def caption(self) -> str:
        """Both in a line."""
        return ", ".join([self.dataset, *([self.organisation] if self.organisation else [])])


def terms() -> Terms:
    """On what terms this application checks files."""
    return cast("Terms", current_app.extensions[EXTENSION])


def client() -> Client:
    """Who asks."""
    who = identity.current()
    network = client_of(request.remote_addr)
    return Client(
        person_id=who.person_id if who else None,
        client=requests.client_key(cookies.accounts().keys, network),
        owner_token=cookies.owner_of_checks(),
    )


def of_link(connection: Connection, secret: str) -> Check:
    """The check that a link leads to. Raises NotFound."""
    check = requests.get(connection, secret=secret)
    if check is None:
        raise NotFound(GONE)
    return check


def finished(connection: Connection, secret: str) -> Check:
    """The check that a link leads to, if it has a result. Raises NotFound."""
    check = of_link(connection, secret)
    summary_of(check)
    return check


def summary_of(check: Check) -> Summary:
    """What a check found. Raises NotFound where it has no result."""
    if check.summary is None:
        raise NotFound("This check has no result yet.")
    return check.summary


def is_own(connection: Connection, check: Check) -> bool:
    """Whether whoever asks began this check."""
    who = client()
    return requests.is_owner(
        connection, check, owner_token=who["owner_token"], person_id=who["person_id"]
    )


def place(check: Check) -> Place:
    """What a check is of: as it is called in the store, or else by its codes."""
    return place_of(check.dataset, check.organisation)


def place_of(dataset: str, organisation: str | None) -> Place:
    """A dataset and an organisation as they are called in the store, or else by their codes."""
    try:
        datasets = ask(cell.dataset, dataset=dataset)
        names = ask(organisations.names, organisations=(organisation,)) if organisation else ()
    except (DataMoved, StoreUnavailable):
        return Place(dataset, organisation)
    return Place(
        datasets[0].name if datasets else dataset, names[0].name if names else organisation
    )


def trail(check: Check | None = None, *more: tuple[str, str]) -> Component:
    """The way to a page of a check."""
    steps = [("Home", addresses.HOME)]
    if check is not None:
        again = addresses.start_check(check.dataset, check.organisation or "")
        steps += [("Check a file", again), *more]
    return ui.breadcrumbs(steps)


def number(value: Any) -> int | None:
    """A number from the address, within reason; None for anything else."""
    is_number = isinstance(value, str) and value.isascii() and value.isdecimal()
    return int(value) if is_number and len(value) <= 7 else None

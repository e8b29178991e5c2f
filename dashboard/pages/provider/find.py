"""From a name to its page: one authority of that name is opened, several are listed."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug import Response

from dashboard.data.door import ask, now
from dashboard.data.errors import StoreUnavailable
from dashboard.pages.provider import search
from dashboard.pages.provider.organisation_list import Filters
from dashboard.urls import addresses, links
from performance_store.queries import organisations, snapshots, summaries

blueprint = Blueprint("find", __name__)


@blueprint.get(addresses.FIND)
def find() -> Response:
    """Lead to the only organisation that a search (`q`) finds, else to the list, which says what it
    found, or that our database does not answer."""
    filters = links.parse(Filters, {"q": request.args.get("q", "")}).filters
    there = links.address(addresses.ORGANISATIONS, filters)
    try:
        only = _only(filters)
    except StoreUnavailable:
        only = None
    return redirect(addresses.organisation(only) if only else there)


def _only(filters: Filters) -> str | None:
    """The organisation that the search can only mean; None where it may mean others, or a dataset,
    or is spelt otherwise. Raises StoreUnavailable."""
    if not filters.q or now().empty:
        return None
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id, everybody=True)
    matches = search.find(rows, filters.q, search.members_of(rows), alike=False)
    if len(matches) != 1 or search.find_datasets(ask(summaries.datasets), filters.q):
        return None
    return matches[0].organisation

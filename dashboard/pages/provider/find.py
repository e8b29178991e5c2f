"""From a name to its page: the one authority or dataset of that name is opened, several are listed,
and several names are compared."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug import Response

from dashboard.data.door import ask, now
from dashboard.data.errors import StoreUnavailable
from dashboard.pages.provider import search, several
from dashboard.pages.provider.organisation_list import Filters
from dashboard.urls import addresses, links
from performance_store.queries import organisations, snapshots, summaries

blueprint = Blueprint("find", __name__)


@blueprint.get(addresses.FIND)
def find() -> Response:
    """Lead to the only organisation or dataset that a search (`q`) finds, or to the comparison of
    several organisations with commas between them; else to the list, which says what it found,
    which of several names it did not, or that our database does not answer."""
    filters = links.parse(Filters, {"q": request.args.get("q", "")}).filters
    there = links.address(addresses.ORGANISATIONS, filters)
    try:
        meant = _meant(filters.q)
    except StoreUnavailable:
        meant = None
    return redirect(meant or there)


def _meant(query: str) -> str | None:
    """The page that a search can only mean; None where it may mean others, or is spelt otherwise.
    Raises StoreUnavailable."""
    query = several.without_end(query)
    if not query or now().empty:
        return None
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id, everybody=True)
    members = search.members_of(rows)
    datasets = ask(summaries.datasets)
    matches = search.find(rows, query, members, alike=False)
    if len(matches) == 1 and not search.find_datasets(datasets, query):
        return addresses.organisation(matches[0].organisation)
    if matches:
        return None
    if dataset := search.the_dataset(datasets, query):
        return addresses.national_dataset(dataset.dataset)
    names = several.names_in(rows, query, members)
    if not names or any(len(name.rows) != 1 for name in names):
        return None
    return several.comparison(names)

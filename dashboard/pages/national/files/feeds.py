"""Feeds of what changed in the country, and in one dataset whoever provides it."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Response, request

from dashboard.components.common import events as event_words
from dashboard.data.door import ask, now
from dashboard.data.errors import NotFound
from dashboard.pages.national.files import scope_file
from dashboard.urls import addresses
from dashboard.web import atom, feeds
from dashboard.web.file_writers import blueprint, of_latest
from performance_store.queries import cell, changes
from performance_store.queries.filters import SETS


@blueprint.get("/national/changes.atom")
def national_feed() -> Response:
    """The newest events of the page about what changed, for its own parameters."""
    scope = scope_file.read(over_time=True)
    day = scope.snapshot.as_at
    query = request.query_string.decode()

    def write() -> bytes:
        rows = ask(
            changes.events,
            kind=scope.snapshot.kind,
            denominator=scope.set,
            narrow=scope.narrow,
            after=day - feeds.QUARTER,
            until=day,
            **event_words.selection(request.args.get("event")),
            **feeds.window(),
        )
        title = f"What changed in planning data: {SETS[scope.set].title}"
        link = f"{addresses.CHANGES}?{query}" if query else addresses.CHANGES
        return feeds.of_events(rows, title=title, link=link, day=day)

    return feeds.send(write, atom.MIMETYPE)


@blueprint.get("/datasets/<dataset>.atom")
@of_latest("a feed is")
def dataset_feed(dataset: str) -> Response:
    """The newest events of one dataset, of all who provide it. ``event`` as on the page about what
    changed."""
    rows = ask(cell.dataset, dataset=unquote(dataset))
    state = now()
    if not rows or state.as_at is None or state.kind is None:
        raise NotFound("There is no such dataset.")
    row, kind, day = rows[0], state.kind, state.as_at

    def write() -> bytes:
        rows = ask(
            changes.feed,
            kind=kind,
            dataset=row.dataset,
            after=day - feeds.YEAR,
            until=day,
            **event_words.selection(request.args.get("event")),
            **feeds.window(),
        )
        link = addresses.national_dataset(row.dataset)
        return feeds.of_events(rows, title=f"What changed: {row.name}", link=link, day=day)

    return feeds.send(write, atom.MIMETYPE)

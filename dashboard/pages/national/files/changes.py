"""Files of what changed: events and the flow between statuses as CSV, and the feed of events."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

from flask import Response, request

from dashboard.components.national import changes as change_parts
from dashboard.components.words import wording
from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.scope import Scope
from dashboard.urls import addresses
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import changes
from performance_store.queries.filters import SETS
from performance_store.rows import Event, Flow

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 200
_DAYS = timedelta(days=92)
_TAG = "tag:planning.data.gov.uk,2026:planning-data-performance"
ElementTree.register_namespace("", ATOM)


@blueprint.get(f"/national/events.<{scope_file.FORMS}:form>")
def events_file(form: str) -> Response:
    """The events of the changes page, for its own parameters."""
    scope = scope_file.read(over_time=True)
    after = scope.before.as_at if scope.before else date.max
    rows = ask(
        changes.events,
        **_of(scope),
        after=after,
        **change_parts.selection(request.args.get("event")),
    )
    return scope_file.send(form, names(Event), map(asdict, rows), "changes", scope)


@blueprint.get(f"/national/flow.<{scope_file.FORMS}:form>")
def flow_file(form: str) -> Response:
    """Provisions by status then and now, for the scope's parameters."""
    scope = scope_file.read(over_time=True)
    if scope.before is None:
        return unknown("There are no earlier figures to compare these with.")
    rows = ask(
        changes.flow,
        **scope_file.of_snapshot(scope),
        compare_id=scope.before.snapshot_id,
    )
    return scope_file.send(form, names(Flow), map(asdict, rows), "flow", scope)


@blueprint.get("/national/changes.atom")
def feed() -> Response:
    """The newest events of the last three months as an Atom feed (RFC 4287), for the page's own
    parameters."""
    scope = scope_file.read(over_time=True)
    rows = ask(
        changes.events,
        **_of(scope),
        after=scope.snapshot.as_at - _DAYS,
        **change_parts.selection(request.args.get("event")),
        limit=MOST_ENTRIES,
    )
    document = ElementTree.tostring(_feed(rows, scope), encoding="utf-8", xml_declaration=True)
    return Response(document, mimetype="application/atom+xml")


def _of(scope: Scope) -> dict[str, Any]:
    return {
        "kind": scope.snapshot.kind,
        "denominator": scope.set,
        "until": scope.snapshot.as_at,
        "narrow": scope.narrow,
    }


def _feed(rows: Sequence[Event], scope: Scope) -> ElementTree.Element:
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    query = request.query_string.decode()
    _add(root, "id", f"{_TAG}/changes/{_digest(query)}")
    _add(root, "title", f"What changed in planning data: {SETS[scope.set].title}")
    _add(root, "updated", _moment(scope.snapshot.as_at))
    author = ElementTree.SubElement(root, f"{{{ATOM}}}author")
    _add(author, "name", "Planning Data Performance")
    # Relative: where we are is what the address of the feed says, and no header of a request.
    search = f"?{query}" if query else ""
    _link(root, f"{request.path}{search}", rel="self")
    _link(root, f"{addresses.CHANGES}{search}", rel="alternate")
    for row in rows:
        _entry(root, row)
    return root


def _entry(feed: ElementTree.Element, row: Event) -> None:
    entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
    name = wording.name_of(row.organisation_name, row.organisation)
    sentence = change_parts.sentence(row)
    what = f", {row.dataset_name or row.dataset}" if row.dataset else ""
    about = addresses.organisation(row.organisation)
    if row.dataset:
        about = addresses.dataset(row.organisation, row.dataset)
    _add(entry, "id", f"{_TAG}/event/{_digest(repr(row))}")
    _add(entry, "title", f"{name}{what}: {sentence}")
    _add(entry, "updated", _moment(row.as_at))
    _link(entry, about, rel="alternate")
    _add(entry, "summary", f"Between {row.previous_as_at} and {row.as_at}: {sentence}.")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    # XML has no way to write control characters.
    clean = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = clean


def _link(parent: ElementTree.Element, href: str, *, rel: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"href": href, "rel": rel})


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()

"""What the platform holds for an authority, from its own programming interface.

A check compares a file with it. Whatever cannot be had in a minute and 50 MB is not known, which
is never the same as none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import ip_network
from typing import Any, TypedDict, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from providers.fetching.connection import look_up
from providers.fetching.errors import BrokenAnswer, FetchError
from providers.fetching.rules import RULES, Rules
from providers.fetching.visit import PageTooLarge, Visit

logger = logging.getLogger(__name__)

T = TypeVar("T")
SECONDS = 60
BYTES = 50 << 20
LIMIT = 500
"""The most that the interface gives in one answer."""
NATIONAL = frozenset({"listed-building", "listed-building-outline"})
"""Datasets that no authority provides: what one of them refers to there is not known."""
AUTHORITIES = "local-planning-authority"


class Entity(TypedDict):
    """An entity: its reference, its date of entry as YYYY-MM-DD, and its shape or point as WKT;
    '' for what it has not."""

    reference: str
    entry_date: str
    geometry: str


class Holdings(TypedDict):
    """What is held: entities of the dataset (None: not known), references by dataset (one that is
    not there: not known), and the authority's boundary as WKT (None: not known)."""

    entities: list[Entity] | None
    references: dict[str, list[str]]
    boundary: str | None


class _Page(msgspec.Struct):
    entities: list[dict[str, Any]]
    count: int | None = None
    links: dict[str, str] = {}


def holdings(
    api_url: str,
    *,
    organisation_entity: int,
    dataset: str,
    reference_datasets: Iterable[str] = (),
    rules: Rules | None = None,
) -> Holdings:
    """What the platform holds for an organisation (by its entity number): entities of a dataset,
    references of others that its fields name, and the boundary. Never raises for what the other
    side does. `rules`: without them, those of strangers, and the server that the address names.
    """
    result = Holdings(entities=None, references={}, boundary=None)
    try:
        limits = replace(rules or _rules(api_url), whole=SECONDS, wire=BYTES, body=BYTES)
    except FetchError as error:
        logger.warning("Nothing from %s: %s", api_url, error)
        return result
    source = _Source(api_url, organisation_entity, Visit(limits))
    result["entities"] = source.entities(dataset)
    result["boundary"] = source.boundary()
    for name in dict.fromkeys(reference_datasets):
        references = None if name in NATIONAL else source.references(name)
        if references is not None:
            result["references"][name] = references
    return result


class _Source:
    """Asks the interface within one allowance. In: its address, the organisation's number."""

    def __init__(self, url: str, organisation: int, visit: Visit) -> None:
        self._url = url.rstrip("/")
        self._organisation = organisation
        self._visit = visit

    def entities(self, dataset: str) -> list[Entity] | None:
        """All entities of a dataset; None where they cannot be had."""
        try:
            rows = list(self._current(dataset, "reference", "entry_date", "geometry", "point"))
        except FetchError as error:
            _log_unknown(dataset, error)
            return None
        return [
            Entity(
                reference=_text(row, "reference"),
                entry_date=_text(row, "entry-date", "entry_date"),
                geometry=_text(row, "geometry", "point"),
            )
            for row in rows
        ]

    def references(self, dataset: str) -> list[str] | None:
        """The references of a dataset; None where they cannot be had."""
        try:
            return [_text(row, "reference") for row in self._current(dataset, "reference")]
        except FetchError as error:
            _log_unknown(dataset, error)
            return None

    def boundary(self) -> str | None:
        """The boundary of the authority; None where it has none, or it cannot be had."""
        try:
            about = self._ask(f"/entity/{self._organisation}.json", dict[str, Any])
            reference = _text(about, AUTHORITIES)
            if not reference:
                return None
            query = {"dataset": AUTHORITIES, "reference": reference, "field": "geometry"}
            page = self._ask(f"/entity.json?{urlencode(query)}", _Page)
        except FetchError as error:
            _log_unknown(AUTHORITIES, error)
            return None
        return next(filter(None, (_text(row, "geometry") for row in page.entities)), None)

    def _current(self, dataset: str, *fields: str) -> Iterator[dict[str, Any]]:
        """All entities of a dataset that have not ended. Raises FetchError."""
        today = date.today().isoformat()
        for row in self._all(dataset, *fields, "end_date"):
            ended = _text(row, "end-date", "end_date")
            if not ended or ended > today:
                yield row

    def _all(self, dataset: str, *fields: str) -> Iterator[dict[str, Any]]:
        """All entities of a dataset, page by page. Raises FetchError."""
        query: dict[str, Any] = {"dataset": dataset, "organisation_entity": self._organisation}
        offset, limit, before = 0, LIMIT, None
        while True:
            more = {"limit": limit, "offset": offset, "field": fields}
            try:
                page = self._ask(f"/entity.json?{urlencode(query | more, doseq=True)}", _Page)
            except PageTooLarge:
                if limit == 1:
                    raise
                limit = max(1, limit // 4)
                continue
            if page.entities and page.entities == before:
                raise BrokenAnswer("It gives the same page again.")
            yield from page.entities
            offset, before = offset + len(page.entities), page.entities
            if page.count is None:
                has_more = "next" in page.links or len(page.entities) == limit
            else:
                has_more = offset < page.count
            if has_more and not page.entities:
                raise BrokenAnswer(f"It gives {offset} of {page.count} entities.")
            if not has_more:
                return

    def _ask(self, path: str, kind: type[T]) -> T:
        body = self._visit.get(f"{self._url}{path}").body
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BrokenAnswer("It does not answer as the interface does.") from error


def _rules(api_url: str) -> Rules:
    """Rules under which the server is reached that the settings name, wherever it is, and besides
    it only the public internet. Raises FetchError for a name that nobody has."""
    parts = urlsplit(api_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = look_up(parts.hostname or "", port, RULES.connect)
    networks = tuple(ip_network(str(address)) for address in addresses)
    return replace(RULES, ports=RULES.ports | {port}, networks=networks)


def _log_unknown(what: str, error: FetchError) -> None:
    logger.warning("What the platform holds of %s is not known: %s", what, error)


def _text(row: dict[str, Any], *names: str) -> str:
    """The first of some fields that has anything."""
    return next((str(row[name]) for name in names if row.get(name)), "")

"""Is an address collected already? What the register has of a dataset, and who sent what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.submissions.rows import Registered, Standing

_PORTS = {80, 443}
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
_REGISTERED = """
WITH newest AS (
    SELECT id, as_at, kind, 'logs' = ANY (knows) AS knows_logs FROM snapshot
    WHERE kind IN ('platform', 'registers', 'sample')
    ORDER BY as_at DESC, kind = 'platform' DESC, id DESC LIMIT 1
), cell AS (
    SELECT o.id AS organisation_id, d.id AS dataset_id, d.collection
    FROM organisation o, dataset d
    WHERE o.organisation = :organisation AND d.dataset = :dataset
), usage AS (
    SELECT e.*, n.id AS snapshot_id, n.as_at, n.kind, n.knows_logs, c.organisation_id,
        c.dataset_id, c.collection
    FROM newest n
    CROSS JOIN cell c
    JOIN endpoint_use u USING (organisation_id, dataset_id)
    JOIN endpoint e ON e.id = u.endpoint_id
)
SELECT u.endpoint, u.endpoint_url AS url, c.documentation_url, c.licence, u.entry_date,
    CASE WHEN a.is_active THEN NULL
        ELSE least(u.end_date, z.end_date) END AS ended_on,
    a.is_active,
    CASE WHEN s.attempted AND u.knows_logs OR l.day IS NOT NULL THEN true
        WHEN u.knows_logs AND s.endpoint_id IS NOT NULL THEN false END AS attempted,
    CASE WHEN u.knows_logs AND s.success IS NOT NULL THEN s.success ELSE l.success END AS success,
    CASE WHEN l.day IS NULL THEN s.http_status ELSE l.http_status END AS http_status,
    CASE WHEN l.day IS NULL THEN s.exception ELSE l.exception END AS exception,
    (SELECT min(from_day) FROM endpoint_run x WHERE x.endpoint_id = u.id AND x.success)
        AS collected_since
FROM usage u
LEFT JOIN endpoint_state s ON s.snapshot_id = u.snapshot_id
    AND s.organisation_id = u.organisation_id AND s.dataset_id = u.dataset_id
    AND s.endpoint_id = u.id
LEFT JOIN LATERAL (
    -- Of editions of a source the newest counts.
    SELECT * FROM source c
    WHERE c.endpoint_id = u.id AND c.organisation_id = u.organisation_id
    ORDER BY c.id = s.source_id DESC NULLS LAST, c.collection = u.collection DESC NULLS LAST,
        c.id DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT max(x.end_date) AS end_date FROM source x
    WHERE x.endpoint_id = u.id AND x.organisation_id = u.organisation_id AND x.end_date <= u.as_at
) z ON true
LEFT JOIN LATERAL (
    SELECT r.*, r.to_day AS day FROM endpoint_run r
    WHERE r.endpoint_id = u.id ORDER BY r.to_day DESC LIMIT 1
) l ON true
CROSS JOIN LATERAL (
    -- A snapshot of the registers alone has no states: there the days say it.
    SELECT (s.endpoint_id IS NOT NULL OR u.kind = 'registers' AND c.id IS NOT NULL)
        AND coalesce(u.end_date > u.as_at, true) AND coalesce(c.end_date > u.as_at, true)
        AS is_active
) a
ORDER BY a.is_active DESC, u.entry_date DESC NULLS LAST, u.endpoint
"""
_SENT = """
SELECT reference, sent_at FROM providers.submission
WHERE organisation = :organisation AND dataset = :dataset AND url_key = :url_key
    AND kind <> 'help' AND ended_at IS NULL AND archived_at IS NULL
ORDER BY sent_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Earlier:
    reference: str
    sent_at: datetime


def url_key(url: str) -> str:
    """An address made plain, so that two that lead to the same are equal: without scheme, default
    port, fragment and last slash, the host in small letters, percent codes in capitals, and what
    is asked for in the order of the alphabet. Never fails: what is no address stays as it is."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return url
    user, at, _ = parts.netloc.rpartition("@")
    host = parts.hostname.rstrip(".") + ("" if port is None or port in _PORTS else f":{port}")
    query = "&".join(sorted(piece for piece in parts.query.split("&") if piece))
    key = f"{user}{at}{host}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")
    return _ENCODED.sub(lambda match: match[0].upper(), key)


def registered(
    connection: Connection, *, organisation: str, dataset: str
) -> tuple[Registered, ...]:
    """Every address that the register ever had for a dataset of an organisation, as the newest
    snapshot with registers shows it: active ones first, then the newest first."""
    return fetch(connection, Registered, _REGISTERED, organisation=organisation, dataset=dataset)


def standing(connection: Connection, *, organisation: str, dataset: str, url: str) -> Standing:
    """How an address stands: what the register says of it, else who sent it, else that it is new.

    The data come first: of what was sent and is registered since, the register tells. An address
    that ended once and was sent again is `sent`.
    """
    url, key = url.strip(), url_key(url)
    rows = registered(connection, organisation=organisation, dataset=dataset)
    same = [row for row in rows if _is_same(row, url)]
    near = tuple(row for row in rows if row not in same and row.url and url_key(row.url) == key)
    match = same[0] if same else None
    earlier = next(
        iter(
            fetch(
                connection,
                _Earlier,
                _SENT,
                organisation=organisation,
                dataset=dataset,
                url_key=key,
            )
        ),
        None,
    )
    reference, sent_at = (earlier.reference, earlier.sent_at) if earlier else (None, None)
    if match and match.is_active:
        return Standing(_answer(match), match, reference, sent_at, near)
    if earlier:
        return Standing("sent", match, reference, sent_at, near)
    return Standing("ended" if match else "new", match, near=near)


def _is_same(row: Registered, url: str) -> bool:
    """Whether a row is of exactly this address; some were hashed with a blank before them."""
    return row.url == url or row.endpoint in (_hash(url), _hash(f" {url}"))


def _hash(url: str) -> str:
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(row: Registered) -> Literal["collected", "failing", "registered"]:
    if row.success:
        return "collected"
    return "failing" if row.attempted else "registered"

"""How many mails a stranger can have sent: to one address, from one network, and to all."""

from __future__ import annotations

from sqlalchemy import Connection, text

# Mails in so many hours.
LIMITS = {"address-hour": 3, "address-day": 10, "network-hour": 20, "everybody-hour": 500}


def refusal(
    connection: Connection, *, requests: str, lock: int, address_key: str, network: bytes
) -> str | None:
    """Which limit refuses another mail to an address, or None.

    In: SQL of the requests before it, with `address_key`, `network_hash`, `created_at`, and
    `is_mail` (False: nothing was sent, which counts for its address and network, and is in nobody
    else's way); and a lock: the caller's transaction holds it, so that each sees those before it.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
    values = {"key": address_key, "network": network}
    counts = connection.execute(text(_COUNTS.format(requests=requests)), values).mappings().one()
    return next((name for name, most in LIMITS.items() if counts[name] >= most), None)


# What follows a plus sign in an address leads to the same mailbox.
_COUNTS = r"""
SELECT count(*) FILTER (WHERE is_theirs AND is_recent) AS "address-hour",
    count(*) FILTER (WHERE is_theirs) AS "address-day",
    count(*) FILTER (WHERE network_hash = :network AND is_recent) AS "network-hour",
    count(*) FILTER (WHERE is_mail AND is_recent) AS "everybody-hour"
FROM (
    SELECT network_hash, is_mail, created_at > now() - interval '1 hour' AS is_recent,
        regexp_replace(address_key, '[+][^@]*@', '@')
            = regexp_replace(CAST(:key AS text), '[+][^@]*@', '@') AS is_theirs
    FROM ({requests}) requests WHERE created_at > now() - interval '1 day'
) lately
"""

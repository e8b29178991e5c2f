"""Domains of mail addresses that may act for organisations: each approved by a person."""

from __future__ import annotations

from sqlalchemy import Connection, text

from providers.accounts.addresses import Address

COUNTS = "ended_at IS NULL AND archived_at IS NULL AND (ends IS NULL OR ends >= current_date)"


def is_approved(connection: Connection, *, address: Address) -> bool:
    """Whether an address is of an approved domain. This is no secret; who was invited is."""
    row = connection.execute(
        text(
            f"SELECT EXISTS (SELECT FROM providers.organisation_domain WHERE {COUNTS} "
            "AND (domain = :domain OR match = 'subdomains' "
            "AND right(:domain, length(domain) + 1) = '.' || domain))"
        ),
        {"domain": address.domain},
    )
    return bool(row.scalar())


def example(connection: Connection) -> str | None:
    """The first domain of the sample's authorities."""
    return connection.execute(
        text(
            f"SELECT min(domain) FROM providers.organisation_domain WHERE {COUNTS} "
            "AND source = 'sample'"
        )
    ).scalar()

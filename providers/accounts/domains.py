"""Domains of mail addresses that may act for organisations: each approved by a person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from providers import audit
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


def approve(
    connection: Connection,
    *,
    organisation: str,
    domain: str,
    by: str,
    subdomains: bool = False,
    source: str = "command",
    ends: date | None = None,
) -> None:
    """Let addresses of a domain act for an organisation. In: who approves it, whether names under
    it count too, and its last day. Of one that is approved already these become what they are
    here."""
    connection.execute(
        text(
            "INSERT INTO providers.organisation_domain "
            "(organisation, domain, match, source, approved_by, ends) "
            "VALUES (:organisation, :domain, :match, :source, :by, :ends) "
            "ON CONFLICT (domain, organisation) "
            "WHERE ended_at IS NULL AND archived_at IS NULL DO UPDATE "
            "SET match = excluded.match, ends = excluded.ends, approved_by = excluded.approved_by"
        ),
        {
            "organisation": organisation,
            "domain": domain,
            "match": "subdomains" if subdomains else "exact",
            "source": source,
            "by": by,
            "ends": ends,
        },
    )
    details = {"domain": domain, "subdomains": subdomains}
    audit.record(connection, action="domain-approved", organisation=organisation, details=details)


def end(connection: Connection, *, organisation: str, domain: str) -> tuple[int, ...] | None:
    """Let addresses of a domain act for an organisation no more. Out: the people whose sessions
    that changes; None if the domain was not approved."""
    row = connection.execute(
        text(
            "UPDATE providers.organisation_domain SET ended_at = now() "
            "WHERE organisation = :organisation AND domain = :domain "
            "AND ended_at IS NULL AND archived_at IS NULL RETURNING id"
        ),
        {"organisation": organisation, "domain": domain},
    ).first()
    if row is None:
        return None
    audit.record(
        connection, action="domain-ended", organisation=organisation, details={"domain": domain}
    )
    people = connection.execute(
        text(
            "SELECT person_id FROM providers.person_contact "
            "WHERE right(split_part(address_key, '@', 2), length(:domain)) = :domain"
        ),
        {"domain": domain},
    )
    return tuple(people.scalars())

"""People by their addresses, and for whom they may act."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, text

from providers import audit
from providers.accounts.addresses import Address


def organisations_of(connection: Connection, *, address: Address) -> tuple[str, ...]:
    """The codes of the organisations that an address may act for now, by its domain or by
    invitation, in order."""
    rows = connection.execute(
        text(
            "SELECT organisation FROM providers.organisations_of(:key) AS organisation ORDER BY 1"
        ),
        {"key": address.key},
    )
    return tuple(rows.scalars())


def may_sign_in(connection: Connection, *, address: Address) -> bool:
    """Whether an address may act for anybody, or has a role."""
    answer = connection.execute(
        text(
            "SELECT EXISTS (SELECT FROM providers.organisations_of(:key)) OR EXISTS ("
            "SELECT FROM providers.person_role JOIN providers.person_contact USING (person_id) "
            "WHERE address_key = :key AND ended_at IS NULL)"
        ),
        {"key": address.key},
    )
    return bool(answer.scalar())


def person_at(connection: Connection, *, address: Address) -> int:
    """The number of the person at an address, who is made if need be. Their contact is removed 24
    months after this."""
    key = {"key": address.key}
    # Two at once would make two people.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), key)
    person = connection.execute(
        text(
            "UPDATE providers.person_contact SET purge_on = current_date + interval '24 months' "
            "WHERE address_key = :key RETURNING person_id"
        ),
        key,
    ).scalar()
    if person is None:
        person = connection.execute(
            text(
                "WITH new AS (INSERT INTO providers.person DEFAULT VALUES RETURNING id) "
                "INSERT INTO providers.person_contact (person_id, address, address_key, purge_on) "
                "SELECT id, :address, :key, current_date + interval '24 months' FROM new "
                "RETURNING person_id"
            ),
            {"address": address.text, **key},
        ).scalar_one()
    return int(person)


def invite(
    connection: Connection, *, address: Address, organisation: str, by: str, ends: date
) -> None:
    """Let a person act for an organisation whose domain their address is not of, until the end of
    a day; for one who was invited already that becomes the day. Raises ValueError for a day that
    is over, or more than 12 months on."""
    if not date.today() <= ends <= date.today() + timedelta(days=366):
        raise ValueError("an invitation ends within 12 months")
    person_id = person_at(connection, address=address)
    connection.execute(
        text(
            "INSERT INTO providers.organisation_person (person_id, organisation, invited_by, ends) "
            "VALUES (:person_id, :organisation, :by, :ends) ON CONFLICT (person_id, organisation) "
            "WHERE ended_at IS NULL AND archived_at IS NULL DO UPDATE "
            "SET ends = excluded.ends, invited_by = excluded.invited_by"
        ),
        {"person_id": person_id, "organisation": organisation, "by": by, "ends": ends},
    )
    _note(connection, "invited", person_id, organisation)


def end_invitation(connection: Connection, *, address: Address, organisation: str) -> int | None:
    """Take an invitation back. Out: the person; None if there was no invitation."""
    person_id = connection.execute(
        text(
            "UPDATE providers.organisation_person p SET ended_at = now() "
            "FROM providers.person_contact c WHERE c.person_id = p.person_id "
            "AND c.address_key = :key AND p.organisation = :organisation "
            "AND p.ended_at IS NULL AND p.archived_at IS NULL RETURNING p.person_id"
        ),
        {"key": address.key, "organisation": organisation},
    ).scalar()
    if person_id is not None:
        _note(connection, "invitation-ended", person_id, organisation)
    return person_id


def grant(connection: Connection, *, address: Address, role: str, by: str) -> bool:
    """Give a person a role. Out: False if they have it already."""
    person_id = person_at(connection, address=address)
    row = connection.execute(
        text(
            "INSERT INTO providers.person_role (person_id, role, granted_by) "
            "VALUES (:person_id, :role, :by) ON CONFLICT DO NOTHING RETURNING id"
        ),
        {"person_id": person_id, "role": role, "by": by},
    ).first()
    if row is not None:
        _note(connection, "role-granted", person_id, subject=role)
    return row is not None


def revoke(connection: Connection, *, address: Address, role: str) -> int | None:
    """Take a role away. Out: the person; None if they did not have it."""
    person_id = connection.execute(
        text(
            "UPDATE providers.person_role r SET ended_at = now() "
            "FROM providers.person_contact c WHERE c.person_id = r.person_id "
            "AND c.address_key = :key AND r.role = :role AND r.ended_at IS NULL "
            "RETURNING r.person_id"
        ),
        {"key": address.key, "role": role},
    ).scalar()
    if person_id is not None:
        _note(connection, "role-revoked", person_id, subject=role)
    return person_id


def _note(
    connection: Connection,
    action: str,
    person_id: int,
    organisation: str | None = None,
    subject: str = "",
) -> None:
    audit.record(
        connection,
        action=action,
        organisation=organisation,
        subject=subject,
        details={"person": person_id},
    )

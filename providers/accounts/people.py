"""People by their addresses, and for whom they may act."""

from __future__ import annotations

from sqlalchemy import Connection, text

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

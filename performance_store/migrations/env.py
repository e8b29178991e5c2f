"""How Alembic runs our migrations: on the connection that ``database.migrate`` hands over.

There is no offline mode and no URL here: who may connect, and with which limits, is decided in
one place.
"""

from __future__ import annotations

from alembic import context

from performance_store.schema import metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The queue brings its own tables."""
    return kind != "table" or not str(name).startswith("procrastinate_")


def run() -> None:
    """Migrate over the connection that the command opened. Raises SystemExit without one."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("run migrations with: python -m performance_store migrate")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # One revision, one transaction: a failing one leaves the database at the one before.
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
        include_name=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

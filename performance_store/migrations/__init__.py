"""Alembic migrations of the store. Run by ``performance_store.database.migrate``.

A package, so that they are found wherever the code is installed (no alembic.ini)."""

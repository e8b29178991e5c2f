"""What every table is made with: the collection of them all, and how names are made."""

from __future__ import annotations

from sqlalchemy import Column, Identity, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition that a column has one of these words."""
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


def id_column() -> Column[int]:
    """A surrogate key that the server counts up."""
    return Column("id", Integer, Identity(always=True), primary_key=True)

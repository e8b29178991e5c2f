"""What people choose from: names of organisations and of datasets."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Dataset, NamedOrganisation


def organisations(connection: Connection) -> tuple[NamedOrganisation, ...]:
    """Organisations that have not closed and that something is expected of, or that plan, by
    name."""
    return fetch(
        connection,
        NamedOrganisation,
        "SELECT o.organisation, coalesce(o.name, o.organisation) AS name FROM organisation o "
        "WHERE o.end_date IS NULL AND (o.listed_as_lpa OR EXISTS ("
        "SELECT FROM provision_interval p WHERE p.organisation_id = o.id)) ORDER BY 2, 1",
    )


def datasets(connection: Connection) -> tuple[Dataset, ...]:
    """Datasets that anybody is expected to provide, by name."""
    return fetch(
        connection,
        Dataset,
        "SELECT dataset, upper(left(name, 1)) || substr(name, 2) AS name, plural, description, "
        "collection, typology FROM dataset d "
        "WHERE EXISTS (SELECT FROM provision_interval p WHERE p.dataset_id = d.id) ORDER BY 2, 1",
    )

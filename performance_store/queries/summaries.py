"""The tables that others read: `organisation_dataset_summary` and `provision_summary`."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Dataset, OrganisationDatasetSummary, ProvisionSummary


def organisation_dataset_summary(
    connection: Connection,
    *,
    snapshot_id: int,
    organisation: str | None = None,
    dataset: str | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[OrganisationDatasetSummary, ...]:
    """Rows of a snapshot, by organisation and dataset; of one of each, or a page, if asked for."""
    return fetch(
        connection,
        OrganisationDatasetSummary,
        "SELECT * FROM organisation_dataset_summary_of(:snapshot_id) "
        "WHERE (CAST(:organisation AS text) IS NULL OR organisation_id = :organisation) "
        "AND (CAST(:dataset AS text) IS NULL OR dataset_name = :dataset) "
        "ORDER BY organisation_id, dataset_name OFFSET :offset LIMIT :limit",
        snapshot_id=snapshot_id,
        organisation=organisation,
        dataset=dataset,
        offset=offset,
        limit=limit,
    )


def provision_summary(
    connection: Connection,
    *,
    snapshot_id: int,
    organisation: str | None = None,
    dataset: str | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[ProvisionSummary, ...]:
    """Every provision of a snapshot's list, ended and future ones too; of one of each, or a
    page, if asked for."""
    return fetch(
        connection,
        ProvisionSummary,
        "SELECT * FROM provision_summary_of(:snapshot_id) "
        "WHERE (CAST(:organisation AS text) IS NULL OR organisation = :organisation) "
        "AND (CAST(:dataset AS text) IS NULL OR dataset = :dataset) "
        "ORDER BY organisation, dataset, provision_reason, provision_end_date "
        "OFFSET :offset LIMIT :limit",
        snapshot_id=snapshot_id,
        organisation=organisation,
        dataset=dataset,
        offset=offset,
        limit=limit,
    )


def datasets(connection: Connection) -> tuple[Dataset, ...]:
    """Every dataset of the register, by reference."""
    return fetch(
        connection,
        Dataset,
        "SELECT dataset, upper(left(name, 1)) || substr(name, 2) AS name, plural, description, "
        "collection, typology FROM dataset ORDER BY dataset",
    )

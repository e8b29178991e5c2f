"""Who provides what? The list of organisations, and one organisation with its datasets."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.changes import STATUS_BY_RULE, TO_FIX_BY_RULE
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import OPTIONAL, OWED, PROBLEMS, PROBLEMS_TO_FIX
from performance_store.rows import (
    DatasetStatus,
    Hexagon,
    InheritedDataset,
    NamedOrganisation,
    Organisation,
    OrganisationCounts,
    Place,
)

# What each organisation owes and supplies in a snapshot.
_COUNTS = f"""
SELECT s.organisation_id, bool_or(s.is_lpa) AS is_lpa, max(s.cohort) AS cohort,
    max(s.project) AS project, count(*) FILTER (WHERE {OWED}) AS expected,
    count(*) FILTER (WHERE {OWED} AND s.endpoint_count > 0) AS provided,
    count(*) FILTER (WHERE {OPTIONAL}) AS optional,
    count(*) FILTER (WHERE {OPTIONAL} AND s.endpoint_count > 0) AS optional_provided,
    count(*) FILTER (WHERE s.endpoint_count > 0
        AND NOT coalesce({OWED} OR {OPTIONAL}, false)) AS also_supplied,
    count(*) FILTER (WHERE {OWED} AND s.status = 'live') AS live,
    count(*) FILTER (WHERE {OWED} AND s.status = 'needs_improving') AS needs_improving,
    count(*) FILTER (WHERE {OWED} AND s.status = 'error') AS error,
    count(*) FILTER (WHERE {OWED} AND s.status = 'processing') AS processing,
    count(*) FILTER (WHERE {OWED} AND s.status = 'unknown') AS unknown,
    count(*) FILTER (WHERE {OWED} AND s.status = 'not_submitted') AS not_submitted,
    sum({PROBLEMS_TO_FIX}) AS problems_to_fix, sum(s.rows_to_fix) AS rows_to_fix,
    max(s.content_changed_on) AS last_changed_on,
    count(*) FILTER (WHERE {OWED} AND s.endpoint_count = 0 AND EXISTS (
        SELECT FROM summary_interval b WHERE b.snapshot_kind = n.kind
            AND b.organisation_id = s.organisation_id AND b.dataset_id = s.dataset_id
            AND b.endpoint_count > 0 AND b.to_on < n.as_at)) AS provided_before
FROM summary_of(:snapshot_id) s
JOIN snapshot n ON n.id = s.snapshot_id
WHERE s.snapshot_id = :snapshot_id
GROUP BY s.organisation_id
"""


def with_counts(
    connection: Connection, *, snapshot_id: int, everybody: bool = False
) -> tuple[OrganisationCounts, ...]:
    """Every organisation that owes or supplies something, or ever was an LPA, by name;
    ``everybody``: also counties, joint units and others that the registers have by now.

    Counts are those of the snapshot. Closed organisations are in the list, with their successor.
    """
    return fetch(
        connection,
        OrganisationCounts,
        f"""
SELECT o.organisation, o.name, o.type, o.region, r.name AS region_name, c.cohort,
    coalesce(c.is_lpa, false) AS is_lpa, o.statistical_geography, o.end_date, o.successor,
    x.name AS successor_name, o.former_names, coalesce(c.expected, 0) AS expected,
    coalesce(c.provided, 0) AS provided, coalesce(c.optional, 0) AS optional,
    coalesce(c.optional_provided, 0) AS optional_provided,
    coalesce(c.also_supplied, 0) AS also_supplied,
    coalesce(c.live, 0) AS live, coalesce(c.needs_improving, 0) AS needs_improving,
    coalesce(c.error, 0) AS error, coalesce(c.processing, 0) AS processing,
    coalesce(c.unknown, 0) AS unknown, coalesce(c.not_submitted, 0) AS not_submitted,
    c.problems_to_fix, c.rows_to_fix, c.last_changed_on, h.name AS cohort_name, c.project,
    p.name AS project_name, o.local_authority_type,
    coalesce(c.provided_before, 0) AS provided_before
FROM organisation o
JOIN region r USING (region)
LEFT JOIN organisation x ON x.organisation = o.successor
LEFT JOIN ({_COUNTS}) c ON c.organisation_id = o.id
LEFT JOIN cohort h ON h.cohort = c.cohort
LEFT JOIN project p ON p.project = c.project
WHERE :everybody OR c.organisation_id IS NOT NULL OR o.listed_as_lpa
ORDER BY coalesce(o.name, o.organisation), o.organisation
""",
        snapshot_id=snapshot_id,
        everybody=everybody,
    )


def one(connection: Connection, *, organisation: str, snapshot_id: int) -> tuple[Organisation, ...]:
    """One organisation by its CURIE, with what the snapshot says of it. None or one row."""
    return fetch(
        connection,
        Organisation,
        """
SELECT o.organisation, o.name, o.type, o.region, r.name AS region_name, o.local_authority_type,
    o.statistical_geography, o.start_date, o.end_date, o.successor, x.name AS successor_name,
    o.former_names, coalesce(s.is_lpa, false) AS is_lpa, s.cohort, s.project,
    (SELECT coalesce(json_agg(json_build_array(g.organisation, coalesce(g.name, g.organisation))
        ORDER BY g.name), '[]') FROM organisation g WHERE g.members @> ARRAY[o.organisation])
        AS groups,
    (SELECT coalesce(json_agg(json_build_array(m.organisation, coalesce(m.name, m.organisation))
        ORDER BY m.name), '[]') FROM organisation m WHERE m.organisation = ANY(o.members))
        AS members,
    h.name AS cohort_name, p.name AS project_name
FROM organisation o
JOIN region r USING (region)
LEFT JOIN organisation x ON x.organisation = o.successor
LEFT JOIN LATERAL (
    SELECT bool_or(is_lpa) AS is_lpa, max(cohort) AS cohort, max(project) AS project
    FROM summary_of(:snapshot_id) WHERE organisation_id = o.id
) s ON true
LEFT JOIN cohort h ON h.cohort = s.cohort
LEFT JOIN project p ON p.project = s.project
WHERE o.organisation = :organisation
""",
        snapshot_id=snapshot_id,
        organisation=organisation,
    )


def names(
    connection: Connection, *, organisations: tuple[str, ...]
) -> tuple[NamedOrganisation, ...]:
    """What organisations are called, by name. In: their CURIEs; one that is not there is left
    out."""
    return fetch(
        connection,
        NamedOrganisation,
        "SELECT organisation, coalesce(name, organisation) AS name FROM organisation "
        "WHERE organisation = ANY (:organisations) ORDER BY 2",
        organisations=list(organisations),
    )


def places(connection: Connection) -> tuple[Place, ...]:
    """Where authorities are, as far as it is known, by CURIE; ended ones are left out."""
    return fetch(
        connection,
        Place,
        "SELECT organisation, longitude, latitude FROM organisation WHERE longitude IS NOT NULL "
        "AND latitude IS NOT NULL AND end_date IS NULL AND listed_as_lpa ORDER BY organisation",
    )


def hexagons(connection: Connection) -> tuple[Hexagon, ...]:
    """The map of equal hexagons, by name; empty where too few authorities have coordinates."""
    return fetch(
        connection,
        Hexagon,
        "SELECT o.organisation, coalesce(o.name, o.organisation) AS name, h.across, h.down "
        "FROM hexagon h JOIN organisation o ON o.id = h.organisation_id "
        "ORDER BY name, o.organisation",
    )


DATASET_STATUS = f"""
SELECT d.dataset, upper(left(d.name, 1)) || substr(d.name, 2) AS dataset_name, d.collection,
    d.typology, s.provision_reason, s.in_denominator, s.status, s.reasons, s.access_band,
    s.freshness_band, s.stage, s.endpoint_count,
    s.endpoint_failing_count, e.endpoint_url, c.documentation_url, c.licence, s.http_status,
    s.exception, e.entry_date AS endpoint_added_on, s.last_attempt_on, s.last_success_on,
    s.content_changed_on, s.issues_of_last_good, {PROBLEMS_TO_FIX} AS problems_to_fix,
    s.rows_to_fix, s.warning_external AS warnings, s.rows_warning_external AS warning_rows,
    {PROBLEMS} AS problems, s.critical_internal + s.error_internal AS platform_problems,
    s.issue_type_count AS error_type_count, s.fields_total, s.fields_supplied, s.fields_matched,
    s.record_count, b.status AS status_before,
    b.critical_external + b.error_external AS problems_to_fix_before,
    b.rows_to_fix AS rows_to_fix_before,
    CASE WHEN s.endpoint_failing_count > 0 THEN (
        SELECT min(t.failing_since) FROM endpoint_state_of(:snapshot_id) t
        WHERE t.organisation_id = s.organisation_id
            AND t.dataset_id = s.dataset_id AND NOT t.success) END AS failing_since,
    s.best_success_on, {STATUS_BY_RULE} AS status_by_rule,
    {TO_FIX_BY_RULE} AS problems_to_fix_by_rule
FROM summary_of(:snapshot_id) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
LEFT JOIN endpoint e ON e.id = s.endpoint_id
LEFT JOIN source c ON c.id = s.source_id
LEFT JOIN summary_of(:compare_id) b ON b.organisation_id = s.organisation_id
    AND b.dataset_id = s.dataset_id
WHERE s.snapshot_id = :snapshot_id AND o.organisation = :organisation
"""


def datasets(
    connection: Connection, *, organisation: str, snapshot_id: int, compare_id: int | None = None
) -> tuple[DatasetStatus, ...]:
    """One organisation's datasets in a snapshot, by name, with status then and at comparison."""
    return fetch(
        connection,
        DatasetStatus,
        f"{DATASET_STATUS} ORDER BY d.name",
        organisation=organisation,
        snapshot_id=snapshot_id,
        compare_id=compare_id,
    )


def inherited(
    connection: Connection, *, organisation: str, snapshot_id: int, dataset: str | None = None
) -> tuple[InheritedDataset, ...]:
    """Datasets that are still collected from those whose successor an organisation is, by them; or
    one of them only."""
    return fetch(
        connection,
        InheritedDataset,
        """
SELECT o.organisation, o.name AS organisation_name, o.end_date AS ended_on, d.dataset,
    upper(left(d.name, 1)) || substr(d.name, 2) AS dataset_name
FROM organisation o
JOIN snapshot n ON n.id = :snapshot_id AND o.end_date <= n.as_at
JOIN summary_of(:snapshot_id) s ON s.organisation_id = o.id AND s.endpoint_count > 0
JOIN dataset d ON d.id = s.dataset_id
WHERE o.successor = :organisation AND d.dataset = coalesce(:dataset, d.dataset)
ORDER BY o.name, o.organisation, d.name
""",
        snapshot_id=snapshot_id,
        organisation=organisation,
        dataset=dataset,
    )

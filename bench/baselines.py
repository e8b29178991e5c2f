"""The same aggregation done two other ways on the platform's own file: plain SQL, naive pandas.

Both answer the platform's ``provision_summary`` alone: no history, no status, no reasons, no
fields, no issues kept, nothing checked. What ours costs beyond that is everything else it makes.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

# The endpoint's newest answer; issues only of a resource that this answer brought and that stands.
PROVISION_SUMMARY = """
WITH newest AS (
    SELECT endpoint, max(entry_date) AS entry_date, status, resource FROM log GROUP BY endpoint
), spine AS (
    SELECT DISTINCT replace(s.organisation, '-eng:', ':') AS organisation, p.pipeline, s.collection,
        s.endpoint, n.status, CASE WHEN r.end_date = '' THEN n.resource END AS resource
    FROM source s
    JOIN source_pipeline p ON p.source = s.source
    JOIN endpoint e ON e.endpoint = s.endpoint AND coalesce(e.end_date, '') = ''
    JOIN newest n ON n.endpoint = s.endpoint
    LEFT JOIN resource r ON r.resource = n.resource
), wanted AS (
    SELECT DISTINCT resource, pipeline FROM spine WHERE resource <> ''
), counted AS (
    SELECT i.resource, i.dataset, t.severity, t.responsibility, count(*) AS rows
    FROM wanted w
    JOIN issue i ON i.resource = w.resource AND i.dataset = w.pipeline
    JOIN issue_type t ON t.issue_type = i.issue_type
    GROUP BY i.resource, i.dataset, t.severity, t.responsibility
), issues AS (
    SELECT resource, dataset,
        sum(rows) FILTER (WHERE severity = 'error' AND responsibility = 'internal') AS ei,
        sum(rows) FILTER (WHERE severity = 'error' AND responsibility = 'external') AS ee,
        sum(rows) FILTER (WHERE severity = 'warning' AND responsibility = 'internal') AS wi,
        sum(rows) FILTER (WHERE severity = 'warning' AND responsibility = 'external') AS we,
        sum(rows) FILTER (WHERE severity = 'notice' AND responsibility = 'internal') AS ni,
        sum(rows) FILTER (WHERE severity = 'notice' AND responsibility = 'external') AS ne
    FROM counted GROUP BY resource, dataset
), owed AS (
    SELECT DISTINCT p.organisation, o.name, p.dataset, p.provision_reason, p.end_date
    FROM provision p JOIN organisation o ON o.organisation = p.organisation
)
SELECT p.organisation, p.name, p.dataset, p.provision_reason, p.end_date,
    count(DISTINCT s.endpoint),
    count(DISTINCT CASE WHEN s.status <> '200' THEN s.endpoint END),
    coalesce(sum(i.ei), 0), coalesce(sum(i.ee), 0), coalesce(sum(i.wi), 0),
    coalesce(sum(i.we), 0), coalesce(sum(i.ni), 0), coalesce(sum(i.ne), 0)
FROM owed p
LEFT JOIN spine s ON s.organisation = p.organisation AND s.pipeline = p.dataset
LEFT JOIN issues i ON i.resource = s.resource AND i.dataset = p.dataset
GROUP BY 1, 2, 3, 4, 5
"""


def open_read_only(path: str | Path) -> sqlite3.Connection:
    """A connection to an SQLite file that cannot change it."""
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def provision_summary_sql(path: str) -> int:
    """Rows of ``provision_summary``, worked out by SQLite alone."""
    with closing(open_read_only(path)) as connection:
        return len(connection.execute(PROVISION_SUMMARY).fetchall())


def provision_summary_pandas(path: str) -> int:
    """The same with pandas as people write it: whole tables, merges, one ``groupby``."""
    import pandas as pd

    with closing(open_read_only(path)) as connection:

        def table(name: str, *columns: str) -> pd.DataFrame:
            return pd.read_sql_query(f"SELECT {', '.join(columns)} FROM {name}", connection)

        log = table("log", "endpoint", "entry_date", "status", "resource")
        issue = table("issue", "resource", "dataset", "issue_type", "field")
        types = table("issue_type", "issue_type", "severity", "responsibility")
        source = table("source", "source", "organisation", "endpoint", "collection")
        pipeline = table("source_pipeline", "source", "pipeline")
        endpoint = table("endpoint", "endpoint", "end_date")
        resource = table("resource", "resource", "end_date")
        owed = table(
            "provision", "organisation", "dataset", "provision_reason", "end_date"
        ).drop_duplicates()
        bodies = table("organisation", "organisation", "name")
    newest = log.sort_values("entry_date").drop_duplicates("endpoint", keep="last")
    active = endpoint[endpoint["end_date"].fillna("") == ""][["endpoint"]]
    standing = resource[resource["end_date"].fillna("") == ""][["resource"]]
    issues_by_kind = issue.merge(types, on="issue_type")
    issues_by_kind["kind"] = issues_by_kind["severity"] + "_" + issues_by_kind["responsibility"]
    counts = (
        issues_by_kind.groupby(["resource", "dataset", "kind"])
        .size()
        .unstack(fill_value=0)
        .reset_index()
    ).merge(standing, on="resource")
    kinds = [name for name in counts.columns if name not in ("resource", "dataset")]
    source["organisation"] = source["organisation"].str.replace("-eng:", ":", regex=False)
    spine = (
        source.merge(pipeline, on="source")
        .rename(columns={"pipeline": "dataset"})
        .merge(active, on="endpoint")
        .merge(newest, on="endpoint")
        .merge(counts, on=["resource", "dataset"], how="left")
    )
    spine["failing"] = spine["endpoint"].where(spine["status"] != "200")
    provisions = owed.merge(bodies, on="organisation").merge(
        spine, on=["organisation", "dataset"], how="left"
    )
    keys = ["organisation", "name", "dataset", "provision_reason", "end_date"]
    summary = provisions.groupby(keys, dropna=False).agg(
        {"endpoint": "nunique", "failing": "nunique"} | dict.fromkeys(kinds, "sum")
    )
    return len(summary)

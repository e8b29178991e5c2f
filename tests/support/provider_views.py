"""One authority, dataset and endpoint that provider pages are tried with."""

from __future__ import annotations

from datetime import date

from dashboard.pages.provider.subject import DateFilter, Subject
from performance_store.rows import (
    Dataset,
    EndpointState,
    Organisation,
    Snapshot,
)

TODAY = date(2026, 8, 21)
HOSTILE = "<img src=x onerror=alert(1)>"
SNAPSHOT = Snapshot(
    snapshot_id=1,
    as_at=TODAY,
    kind="platform",
    scope="national",
    knows=("logs", "issues", "fields"),
    lpa_count=311,
    published_at=None,  # type: ignore[arg-type]
    data_version=1,
)
BODY = Organisation(
    organisation="local-authority:XAB",
    name=None,
    type="local-authority",
    region="none",
    region_name="Not assigned",
    local_authority_type=None,
    statistical_geography=None,
    start_date=None,
    end_date=None,
    successor=None,
    successor_name=None,
    former_names=(),
    is_lpa=True,
    cohort=None,
    project=None,
    groups=(),
    members=(),
    cohort_name=None,
    project_name=None,
)
SUBJECT = Subject(
    BODY, SNAPSHOT, None, DateFilter(), older=False, notices=(), latest_on=SNAPSHOT.as_at
)
TREE = Dataset("tree", "Tree", None, None, None, None)
ENDPOINT = EndpointState(
    endpoint="e1",
    endpoint_url="https://maps.example/tree.csv",
    documentation_url=None,
    licence=None,
    collection=None,
    is_primary=True,
    added_on=None,
    attempted=True,
    success=True,
    http_status="200",
    exception=None,
    last_attempt_on=None,
    last_attempt_at=None,
    last_success_on=None,
    failing_since=None,
    access_band="ok",
    resource=None,
    content_changed_on=None,
    resource_current=True,
    shared_with=0,
    source_ended_on=None,
)

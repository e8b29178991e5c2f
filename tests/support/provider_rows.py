"""Rows of one organisation's datasets, to be varied by tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from performance_store.rows import DatasetStatus, OrganisationCounts

LIVE = DatasetStatus(
    dataset="tree",
    dataset_name="Tree",
    collection=None,
    typology="geography",
    provision_reason="expected",
    in_denominator=True,
    status="live",
    reasons=(),
    access_band="ok",
    freshness_band="fresh",
    stage="error_free",
    endpoint_count=1,
    endpoint_failing_count=0,
    endpoint_url="https://maps.example/tree.csv",
    documentation_url=None,
    licence="ogl3",
    http_status="200",
    exception=None,
    endpoint_added_on=date(2025, 1, 1),
    last_attempt_on=date(2026, 3, 1),
    last_success_on=date(2026, 3, 1),
    content_changed_on=date(2026, 1, 1),
    issues_of_last_good=False,
    problems_to_fix=0,
    rows_to_fix=0,
    warnings=0,
    warning_rows=0,
    problems=0,
    platform_problems=0,
    error_type_count=0,
    fields_total=9,
    fields_supplied=8,
    fields_matched=7,
    record_count=100,
    status_before="live",
    problems_to_fix_before=0,
    rows_to_fix_before=0,
    failing_since=None,
    best_success_on=date(2026, 3, 1),
    status_by_rule=False,
    problems_to_fix_by_rule=0,
)
BROKEN = replace(
    LIVE,
    status="error",
    reasons=("all_endpoints_failing",),
    access_band="broken",
    endpoint_failing_count=1,
    http_status="404",
    last_success_on=date(2026, 2, 2),
    failing_since=date(2026, 2, 3),
    best_success_on=date(2026, 2, 2),
)
FLAWED = replace(
    LIVE,
    status="needs_improving",
    reasons=("issues_to_fix",),
    problems_to_fix=1250,
    rows_to_fix=1204,
    problems=1300,
    error_type_count=2,
)
MISSING = replace(
    LIVE,
    status="not_submitted",
    reasons=("no_endpoint",),
    access_band="unknown",
    endpoint_count=0,
    endpoint_url=None,
    http_status=None,
    content_changed_on=None,
    problems_to_fix=None,
    rows_to_fix=None,
    problems=None,
    platform_problems=None,
    record_count=None,
)

_COUNTS = OrganisationCounts(
    organisation="local-authority:XAB",
    name="Abbeyford Borough Council",
    type="local-authority",
    region="E12000009",
    region_name="South West",
    cohort=None,
    is_lpa=True,
    statistical_geography="E07990001",
    end_date=None,
    successor=None,
    successor_name=None,
    former_names=(),
    expected=8,
    provided=6,
    optional=0,
    optional_provided=0,
    also_supplied=0,
    live=4,
    needs_improving=1,
    error=1,
    processing=0,
    unknown=0,
    not_submitted=2,
    problems_to_fix=15,
    rows_to_fix=12,
    last_changed_on=date(2026, 1, 1),
    cohort_name=None,
    project=None,
    project_name=None,
)


def body(code: str, name: str | None, **more: Any) -> OrganisationCounts:
    """An organisation in the list."""
    return replace(_COUNTS, organisation=f"local-authority:{code}", name=name, **more)

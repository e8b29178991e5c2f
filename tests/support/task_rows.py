"""A task, to be varied by tests."""

from __future__ import annotations

from datetime import date

from performance_store.rows import Task
from tests.support.provider_views import TODAY

FIX = Task(
    public_id="0123456789abcdef",
    organisation="local-authority:XAB",
    dataset="tree",
    dataset_name="Tree",
    kind="fix",
    code="invalid date",
    field="start-date",
    subject="",
    endpoint_url=None,
    urgency="must",
    problems=4,
    rows=3,
    detail=None,
    since=None,
    of_last_good=False,
    provision_reason="expected",
    record_count=100,
    gains=True,
    unreliable=False,
    first_seen_on=date(2026, 3, 1),
    last_seen_on=TODAY,
    not_judged_since=None,
    closed_on=None,
    close_reason=None,
    reopened=0,
)

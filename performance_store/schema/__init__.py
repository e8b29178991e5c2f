"""Tables of the performance store (SQLAlchemy Core); Alembic migrations are made from them.

Four kinds of table:

* registers (organisation, dataset, endpoint ...): what exists and who owes what. Any load enriches
  them; nothing is ever deleted from them;
* snapshot facts, derived once, in SQL, when a snapshot is loaded, and kept as intervals over the
  ordered snapshots of a kind: a row stands for as long as nothing of it changes, so that a night in
  which little happened costs little. ``summary_interval`` is read through the view ``summary``,
  which gives the rows of each snapshot; so are ``endpoint_state``, ``issue_summary``,
  ``past_issue``, ``coverage`` and ``provision``. ``event`` says what changed between two of them;
* tasks (``task_observation``, ``task_judgement``): intervals as well; ``task`` is worked out from
  them;
* the newest snapshot's individual issues, and the daily log of every endpoint, in runs of days
  with the same answer (``endpoint_run``).

Words are those of the platform; ``None`` always means "not known".
"""

from __future__ import annotations

from performance_store.schema.base import metadata
from performance_store.schema.loads import (
    annotation,
    load,
    rejection,
    snapshot,
)
from performance_store.schema.national import (
    COVERAGE_COUNTS,
    coverage_interval,
    event,
)
from performance_store.schema.registers import (
    cohort,
    cohort_alias,
    dataset,
    dataset_field,
    endpoint,
    endpoint_run,
    endpoint_use,
    hexagon,
    issue_type,
    organisation,
    organisation_boundary,
    outline,
    project,
    provision_interval,
    provision_reason,
    region,
    resource,
    role,
    role_organisation,
    source,
)
from performance_store.schema.summaries import (
    ROW_COUNTS,
    SEVERITY_COUNTS,
    endpoint_interval,
    field_summary,
    issue,
    issue_interval,
    past_issue_interval,
    resource_use,
    summary_interval,
)
from performance_store.schema.tasks import (
    deadline,
    issue_type_alias,
    task,
    task_judgement,
    task_observation,
)

__all__ = [
    "COVERAGE_COUNTS",
    "ROW_COUNTS",
    "SEVERITY_COUNTS",
    "annotation",
    "cohort",
    "cohort_alias",
    "coverage_interval",
    "dataset",
    "dataset_field",
    "deadline",
    "endpoint",
    "endpoint_interval",
    "endpoint_run",
    "endpoint_use",
    "event",
    "field_summary",
    "hexagon",
    "issue",
    "issue_interval",
    "issue_type",
    "issue_type_alias",
    "load",
    "metadata",
    "organisation",
    "organisation_boundary",
    "outline",
    "past_issue_interval",
    "project",
    "provision_interval",
    "provision_reason",
    "region",
    "rejection",
    "resource",
    "resource_use",
    "role",
    "role_organisation",
    "snapshot",
    "source",
    "summary_interval",
    "task",
    "task_judgement",
    "task_observation",
]

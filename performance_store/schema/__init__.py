"""Tables of the performance store (SQLAlchemy Core); Alembic migrations are made from them.

Four kinds of table:

* registers (organisation, dataset, provision, endpoint ...): what exists and who owes what. Any
  load enriches them; nothing is ever deleted from them;
* tasks (``task_observation``, ``task_judgement``): intervals over the ordered snapshots of a kind;
  ``task`` is worked out from them;
* snapshot facts (``summary``, ``endpoint_state``, ``issue_summary``, ``past_issue``, ``coverage``,
  ``event``): one set of rows a snapshot, derived once, in SQL, when the snapshot is loaded. They
  are read by key;
* the newest snapshot's individual issues, and the daily log of every endpoint.

Surrogate integer keys keep the facts narrow: five years of nightly national snapshots are about
15 million ``summary`` rows. Words are those of the platform; ``None`` always means "not known".
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
    coverage,
    event,
)
from performance_store.schema.registers import (
    cohort,
    cohort_alias,
    dataset,
    dataset_field,
    endpoint,
    endpoint_log,
    endpoint_use,
    hexagon,
    issue_type,
    organisation,
    organisation_boundary,
    outline,
    project,
    provision,
    provision_reason,
    provision_register,
    region,
    resource,
    role,
    role_organisation,
    source,
)
from performance_store.schema.summaries import (
    ROW_COUNTS,
    SEVERITY_COUNTS,
    endpoint_state,
    field_summary,
    issue,
    issue_summary,
    past_issue,
    resource_use,
    summary,
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
    "coverage",
    "dataset",
    "dataset_field",
    "deadline",
    "endpoint",
    "endpoint_log",
    "endpoint_state",
    "endpoint_use",
    "event",
    "field_summary",
    "hexagon",
    "issue",
    "issue_summary",
    "issue_type",
    "issue_type_alias",
    "load",
    "metadata",
    "organisation",
    "organisation_boundary",
    "outline",
    "past_issue",
    "project",
    "provision",
    "provision_reason",
    "provision_register",
    "region",
    "rejection",
    "resource",
    "resource_use",
    "role",
    "role_organisation",
    "snapshot",
    "source",
    "summary",
    "task",
    "task_judgement",
    "task_observation",
]

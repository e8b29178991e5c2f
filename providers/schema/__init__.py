"""Tables of what people did (SQLAlchemy Core), in the PostgreSQL schema `providers`.

Three kinds of column are the same in all of them: `organisation` and `dataset` are codes; a
`person_id` is a number that says nothing of who it is, whose name and address stand in
`person_contact` alone, with the day on which they are removed; rows with an `archived_at` are of
the invented authorities of the sample and count no more since real data were loaded.
"""

from __future__ import annotations

from providers.schema.accounts import (
    organisation_domain,
    organisation_person,
    person_role,
    session,
    sign_in_token,
)
from providers.schema.base import metadata
from providers.schema.checks import (
    check_block,
    check_count,
    check_file_chunk,
    check_finding_count,
    check_group_rows,
    check_holdings,
    check_mapping,
    check_request,
    check_result,
    check_upload,
)
from providers.schema.following import (
    edition,
    subscription,
    subscription_contact,
    subscription_topic,
    suppression,
    webhook,
    webhook_delivery,
)
from providers.schema.jobs import job_failure
from providers.schema.messages import message
from providers.schema.people import audit, person, person_contact
from providers.schema.progress import task_event
from providers.schema.submissions import (
    submission,
    submission_contact,
    submission_draft,
    submission_event,
    submission_link,
    ticket,
    ticket_comment,
    ticket_desk,
    ticket_step,
)

__all__ = [
    "audit",
    "check_block",
    "check_count",
    "check_file_chunk",
    "check_finding_count",
    "check_group_rows",
    "check_holdings",
    "check_mapping",
    "check_request",
    "check_result",
    "check_upload",
    "edition",
    "job_failure",
    "message",
    "metadata",
    "organisation_domain",
    "organisation_person",
    "person",
    "person_contact",
    "person_role",
    "session",
    "sign_in_token",
    "submission",
    "submission_contact",
    "submission_draft",
    "submission_event",
    "submission_link",
    "subscription",
    "subscription_contact",
    "subscription_topic",
    "suppression",
    "task_event",
    "ticket",
    "ticket_comment",
    "ticket_desk",
    "ticket_step",
    "webhook",
    "webhook_delivery",
]

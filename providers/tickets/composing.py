"""What a ticket says: its title, text, the note for the data team, and the row to import."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from performance_store.operations.exports import csv_blocks
from providers.messages.letter import one_line_of
from providers.submissions.rows import CHECKED, Contact, Submission
from providers.tickets.port import Attachment

SUBJECTS = {
    "provide": "New data",
    "replace": "Replace an address",
    "take_back": "Take an address back",
    "retire": "Retire an address",
    "correct": "Correct documentation or licence",
    "help": "Help",
}
LICENCES = {"yes": "Open Government Licence", "no": "another licence", "unsure": "not sure"}
COLUMNS = (
    "organisation",
    "pipelines",
    "documentation-url",
    "endpoint-url",
    "start-date",
    "plugin",
    "licence",
)
"""Of the row, as the platform's tool imports it."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Texts:
    """What a ticket says. ``public_body`` names nobody; ``note`` is for the data team alone."""

    title: str
    body: str
    public_body: str
    note: str


def texts(
    connection: Connection,
    *,
    submission: Submission,
    contact: Contact,
    site: str,
    check_secret: str | None = None,
) -> Texts:
    """What the ticket of a submission says. In: this site, for links; the secret of its check's
    link."""
    organisation, dataset = _names(connection, submission)
    subject = SUBJECTS[submission.kind]
    title = f"[{submission.reference}] {subject}: {organisation}, {dataset}"
    lines = [
        f"{subject} for {organisation} ({submission.organisation}), {dataset}.",
        "",
        *_facts(connection, submission, site),
    ]
    person = f"Sent by {one_line_of(contact.name)} <{one_line_of(contact.address)}>"
    if submission.acting_for != submission.organisation:
        lines.append(f"Sent on behalf of: {submission.acting_for}")
    words = ["", "In their own words:", contact.note] if contact.note.strip() else []
    return Texts(
        title=title,
        body="\n".join([person, *lines, *words]),
        public_body="\n".join(lines),
        note="\n".join(_note(connection, submission, site, check_secret)),
    )


def attachment(submission: Submission) -> Attachment:
    """The row of a submission as a CSV that the platform's tool imports. The licence is claimed
    only by those who said yes."""
    row = (
        submission.organisation,
        submission.dataset,
        submission.documentation_url or "",
        submission.url or "",
        submission.sent_at.date().isoformat(),
        _plugin(submission),
        "ogl3" if submission.licence == "yes" else "",
    )
    body = "".join(csv_blocks(COLUMNS, [row])).encode()
    return Attachment(f"{submission.reference}.csv", "text/csv", body, is_public=True)


def has_row(submission: Submission) -> bool:
    """Whether there is something to import: what only changes or asks has none."""
    return submission.kind in CHECKED


def _facts(connection: Connection, submission: Submission, site: str) -> list[str]:
    registered = connection.execute(
        text("SELECT endpoint_url FROM endpoint WHERE endpoint = :endpoint"),
        {"endpoint": submission.endpoint},
    ).scalar()
    facts = {
        "Address of the data": submission.url,
        "Registered address": registered,
        "Its endpoint": submission.endpoint,
        "Page that documents it": submission.documentation_url,
        "Licence": LICENCES.get(submission.licence or ""),
        "Follow it": f"{site}/submissions/{submission.reference}",
        "Organisation": f"{site}/organisations/{submission.organisation}",
    }
    return [f"{name}: {one_line_of(value)}" for name, value in facts.items() if value]


def _note(
    connection: Connection, submission: Submission, site: str, check_secret: str | None
) -> list[str]:
    lines = []
    if check_secret:
        lines.append(f"Result of the check: {site}/check/{check_secret}")
    mapping = connection.execute(
        text("SELECT mapping FROM providers.submission WHERE id = :id"), {"id": submission.id}
    ).scalar()
    if mapping:
        pairs = (f"{one_line_of(str(column))} = {field}" for column, field in mapping.items())
        lines.append(f"Columns: {', '.join(pairs)}")
    if submission.kind == "replace" and submission.endpoint:
        lines.append(f"Retire once this is collected: {submission.endpoint}")
    if submission.kind in CHECKED and not _is_expected(connection, submission):
        lines.append("No provision: this dataset is not expected of this organisation.")
    plugin = _plugin(submission)
    if plugin:
        lines.append(f"Plugin: {plugin}")
    return lines


def _names(connection: Connection, submission: Submission) -> tuple[str, str]:
    row = connection.execute(
        text(
            "SELECT (SELECT name FROM organisation WHERE organisation = :organisation), "
            "(SELECT name FROM dataset WHERE dataset = :dataset)"
        ),
        {"organisation": submission.organisation, "dataset": submission.dataset},
    ).one()
    organisation = one_line_of(row[0] or submission.organisation)[:LONGEST_NAME]
    return organisation, one_line_of(row[1] or submission.dataset)[:LONGEST_NAME]


def _is_expected(connection: Connection, submission: Submission) -> bool:
    return bool(
        connection.execute(
            text(
                "SELECT EXISTS (SELECT FROM provision_interval p "
                "JOIN organisation o ON o.id = p.organisation_id "
                "JOIN dataset d ON d.id = p.dataset_id "
                "WHERE o.organisation = :organisation AND d.dataset = :dataset)"
            ),
            {"organisation": submission.organisation, "dataset": submission.dataset},
        ).scalar()
    )


def _plugin(submission: Submission) -> str:
    """How the platform has to fetch it, by the form of the address; blank for a plain file."""
    # Pages make this row too, and do without what fetches.
    from providers.fetching import arcgis, wfs

    url = submission.url or ""
    return "arcgis" if arcgis.is_service(url) else "wfs" if wfs.is_service(url) else ""

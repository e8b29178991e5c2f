"""Sending: what was typed becomes a submission, once, if all that it needs is there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers import audit
from providers.accounts.keys import fingerprint
from providers.checks import downloads, requests, results
from providers.checks.requests import Check
from providers.submissions import answers, drafts, reading, refusals, steps
from providers.submissions.references import reference
from providers.submissions.refusals import Refused
from providers.submissions.rows import CHECKED, OF_ENDPOINT, Contact, Draft, Registered, Submission
from providers.submissions.standing import registered, standing, url_key
from providers.tickets import outbox

__all__ = ["CleanCheck", "Refused", "check_of", "send", "withdraw"]

CHECK_DAYS, FINDINGS_BYTES = 7, 2_000_000
"""How old a check may be when what it looked at is sent; how much of its findings goes along."""


@dataclass(frozen=True, slots=True)
class CleanCheck:
    """The newest check of an address that counts and has ended: when, whether something must be
    fixed (None: not known), and field by column as it was told to take them."""

    finished_at: datetime
    has_must: bool | None
    mapping: dict[str, str] | None

    @property
    def is_clean(self) -> bool:
        """Whether it found nothing that must be fixed."""
        return self.has_must is False

    @property
    def is_recent(self) -> bool:
        """Whether it is new enough to be sent by."""
        return datetime.now(UTC) - self.finished_at <= timedelta(days=CHECK_DAYS)


def check_of(
    connection: Connection, *, organisation: str, dataset: str, url: str, secret: str = ""
) -> CleanCheck | None:
    """The newest check of exactly this address, for this dataset and organisation, that ended with
    a result, however old and whatever it found; None: there is none.

    What strangers checked says nothing: only what people of the organisation began signed in
    counts, and the check of the draft, by the secret of its link.
    """
    rows = fetch(
        connection,
        CleanCheck,
        _CHECK,
        organisation=organisation,
        dataset=dataset,
        url=url.strip(),
        hash=fingerprint(secret),
    )
    return rows[0] if rows else None


def send(
    connection: Connection, *, draft: Draft, person_id: int, address: str, site: str
) -> Submission:
    """Send a draft. Out: its submission, or the one that is open already for the same.

    In: the address of whoever sends it, and that of this site, for the links of the ticket. What
    was sent before (a second click) gives the same again. Of those who send the same at once, one
    makes it; the others get that one, and their drafts stay, not sent. Raises Refused for what may
    not be sent, which the trail tells of; then nothing is written.
    """
    try:
        return _send(connection, draft, person_id, address, site)
    except Refused as refusal:
        refusals.record(
            connection, code=refusal.code, person_id=person_id, draft=draft, field=refusal.field
        )
        raise


def withdraw(connection: Connection, *, submission: Submission, person_id: int) -> bool:
    """End a submission because whoever sent it wants that, and tell the desk. Out: False where it
    has ended already."""
    today = datetime.now(UTC).date()
    if not steps.note(
        connection,
        submission_id=submission.id,
        step="ended",
        on_day=today,
        person_id=person_id,
        evidence={"reason": "withdrawn"},
        ends=True,
    ):
        return False
    outbox.close(connection, submission=submission)
    audit.record(
        connection,
        action="submission-withdrawn",
        person_id=person_id,
        organisation=submission.organisation,
        subject=submission.reference,
    )
    return True


def _send(
    connection: Connection, draft: Draft, person_id: int, address: str, site: str
) -> Submission:
    today = datetime.now(UTC).date()
    submission_id = _lock(connection, draft, person_id)
    if submission_id is None:
        draft = drafts.read(connection, draft.token)
        submission_id, is_new = _once(connection, draft, address, site)
        if is_new:
            connection.execute(text(_SENT), {"id": submission_id, "token": draft.token})
    return reading.by_id(connection, submission_id=submission_id, today=today)


def _lock(connection: Connection, draft: Draft, person_id: int) -> int | None:
    """Hold a draft, so that nobody else sends it meanwhile. Out: what it was sent as."""
    row = connection.execute(
        text(
            "SELECT person_id, submission_id FROM providers.submission_draft "
            "WHERE token = :token AND expires_at > now() FOR UPDATE"
        ),
        {"token": draft.token},
    ).one_or_none()
    if row is None:
        raise Refused("gone", "What you typed is not kept any more. Start again.")
    if row.person_id != person_id:
        raise Refused("not-yours", "Only whoever typed this can send it.")
    return None if row.submission_id is None else int(row.submission_id)


def _once(connection: Connection, draft: Draft, address: str, site: str) -> tuple[int, bool]:
    """The submission that is open for the same, or a new one. Out: its id, and whether it is new:
    what was typed is in no other."""
    texts = {name: value.strip() for name, value in draft.answers.items()}
    for field, sentence in answers.troubles(draft.kind, texts).items():
        raise Refused("answer", sentence, field)
    values = _values(draft, texts)
    # One after the other: of two who send the same, the second meets what the first has written.
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:cell, 0))"),
        {"cell": f"submission {draft.organisation} {draft.dataset}"},
    )
    same = connection.execute(text(_SAME), values).scalar()
    if same is not None:
        return int(same), False
    row = _endpoint(connection, draft, texts)
    if draft.kind in CHECKED:
        _refuse_collected(connection, draft, texts["url"])
        check = _clean(connection, draft, texts["url"])
        values |= {"clean_at": check.finished_at, "mapping": json.dumps(check.mapping)}
    values |= {"endpoint": row.endpoint} if row else {}
    submission_id = None
    while submission_id is None:
        submission_id = connection.execute(text(_NEW), values | {"reference": reference()}).scalar()
    _tell(connection, draft, texts, int(submission_id), row, address, site)
    return int(submission_id), True


def _values(draft: Draft, texts: dict[str, str]) -> dict[str, Any]:
    """A row of what was typed; what a kind does not ask for is left out."""
    url = texts.get("url", "") if draft.kind in (*CHECKED, "help") else ""
    endpoint = texts.get("endpoint", "") if draft.kind in OF_ENDPOINT else ""
    field = texts["field"] if draft.kind == "correct" else ""
    is_of_page = draft.kind in CHECKED or field == "documentation"
    is_of_licence = draft.kind in CHECKED or field == "licence"
    # An index holds it, and has no room for long addresses.
    key = url_key(url).encode("utf-8", "surrogatepass")
    subject = f"url {sha256(key).hexdigest()}" if draft.kind in CHECKED else ""
    return {
        "kind": draft.kind,
        "organisation": draft.organisation,
        "acting_for": draft.acting_for,
        "dataset": draft.dataset,
        "subject": subject or f"{draft.kind} {field} {endpoint}".strip(),
        "url": url or None,
        "url_key": url_key(url) if url else None,
        "endpoint": endpoint or None,
        "documentation_url": texts.get("documentation_url") if is_of_page else None,
        "licence": texts.get("licence") if is_of_licence else None,
        "task": draft.task,
        "clean_at": None,
        "mapping": None,
    }


def _endpoint(connection: Connection, draft: Draft, texts: dict[str, str]) -> Registered | None:
    """The registered address that a draft is about; one who asks for help need not say which."""
    endpoint = texts.get("endpoint", "")
    if draft.kind not in (*OF_ENDPOINT, "help") or not endpoint:
        return None
    rows = registered(connection, organisation=draft.organisation, dataset=draft.dataset)
    row = next((row for row in rows if row.endpoint == endpoint), None)
    if draft.kind == "help":
        return row
    if draft.kind == "take_back":
        if row and not row.is_active and url_key(row.url or "") == url_key(texts["url"]):
            return row
        sentence = "This address is not among those that ended for this dataset"
    elif row and row.is_active:
        return row
    else:
        sentence = "This address is not registered for this dataset any more. Choose another"
    raise Refused("endpoint", sentence, "endpoint")


def _refuse_collected(connection: Connection, draft: Draft, url: str) -> None:
    stand = standing(
        connection, organisation=draft.organisation, dataset=draft.dataset, url=url
    ).answer
    if stand == "collected":
        raise Refused(
            "collected",
            "This address is collected already: every change is picked up in the next night",
            "url",
        )
    if stand == "failing":
        raise Refused(
            "failing",
            "This address is registered already, and did not answer at the last attempt. It need "
            "not be sent again: once it answers, the next night collects it",
            "url",
        )
    if stand == "registered":
        raise Refused(
            "registered",
            "This address is registered already, and waits for its first collection",
            "url",
        )


def _clean(connection: Connection, draft: Draft, url: str) -> CleanCheck:
    """The check that lets an address be sent."""
    check = check_of(
        connection,
        organisation=draft.organisation,
        dataset=draft.dataset,
        url=url,
        secret=draft.answers.get("check", ""),
    )
    if check is None:
        raise Refused("no-check", "Check this address before you send it", "url")
    if not check.is_recent:
        raise Refused(
            "check-old",
            f"This address was last checked more than {CHECK_DAYS} days ago. Check it again",
            "url",
        )
    if not check.is_clean:
        raise Refused(
            "check-blocking",
            "The check of this address found things that must be fixed first",
            "url",
        )
    return check


def _tell(
    connection: Connection,
    draft: Draft,
    texts: dict[str, str],
    submission_id: int,
    row: Registered | None,
    address: str,
    site: str,
) -> None:
    """Write whom a new submission is of, its first event, its ticket's way and its line of the
    trail."""
    today = datetime.now(UTC).date()
    contact = Contact(draft.person_id, texts["name"], address, texts.get("note", ""))
    connection.execute(text(_CONTACT), {"id": submission_id, **asdict(contact)})
    before = {"documentation_url": row.documentation_url, "licence": row.licence} if row else None
    steps.note(
        connection,
        submission_id=submission_id,
        step="sending",
        on_day=today,
        person_id=draft.person_id,
        evidence={"before": before} if before else {},
    )
    submission = reading.by_id(connection, submission_id=submission_id, today=today)
    check = _check_at(connection, draft, texts)
    outbox.open_ticket(
        connection,
        submission=submission,
        contact=contact,
        site=site,
        check_secret=check.secret if check else None,
        findings_csv=_findings(connection, check) if check and draft.kind == "help" else None,
    )
    audit.record(
        connection,
        action="submission-sent",
        person_id=draft.person_id,
        organisation=draft.organisation,
        subject=submission.reference,
        details={"kind": draft.kind, "dataset": draft.dataset, "acting_for": draft.acting_for},
    )


def _check_at(connection: Connection, draft: Draft, texts: dict[str, str]) -> Check | None:
    """The check whose link a draft holds, if it is of the same dataset and organisation, and of the
    same address or of a file."""
    secret = texts.get("check", "")
    check = requests.get(connection, secret=secret) if secret else None
    if check is None or (check.dataset, check.organisation) != (draft.dataset, draft.organisation):
        return None
    return check if check.url in (None, texts.get("url")) else None


def _findings(connection: Connection, check: Check) -> bytes | None:
    """What a check found, as CSV, for whoever is asked to help: the first so many bytes of it, in
    whole lines."""
    if check.summary is None:
        return None
    blocks, size = [], 0
    for block in downloads.findings_csv(check, results.blocks(connection, check_id=check.id)):
        size += len(block)
        if size > FINDINGS_BYTES:
            break
        blocks.append(block)
    return b"".join(blocks)


_CHECK = """
SELECT r.finished_at, r.has_must, nullif(r.options -> 'mapping', 'null') AS mapping
FROM providers.check_result r
WHERE r.organisation = :organisation AND r.dataset = :dataset AND r.url = :url
    AND r.state = 'finished' AND EXISTS (
        SELECT FROM providers.check_request q
        LEFT JOIN providers.person_contact c USING (person_id)
        WHERE q.check_id = r.id AND q.revoked_at IS NULL AND (
            q.secret_hash = :hash
            OR :organisation IN (SELECT providers.organisations_of(c.address_key))))
ORDER BY r.finished_at DESC, r.id DESC LIMIT 1
"""
_SAME = """
SELECT id FROM providers.submission
WHERE organisation = :organisation AND dataset = :dataset AND subject = :subject
    AND kind <> 'help' AND ended_at IS NULL AND archived_at IS NULL
"""
_NEW = """
INSERT INTO providers.submission (reference, kind, organisation, acting_for, dataset, subject, url,
    url_key, endpoint, documentation_url, licence, mapping, task, clean_at)
VALUES (:reference, :kind, :organisation, :acting_for, :dataset, :subject, :url, :url_key,
    :endpoint, :documentation_url, :licence, nullif(CAST(:mapping AS jsonb), 'null'), :task,
    :clean_at)
ON CONFLICT (reference) DO NOTHING
RETURNING id
"""
_CONTACT = """
INSERT INTO providers.submission_contact (submission_id, person_id, name, address, note)
VALUES (:id, :person_id, :name, :address, :note)
"""
# What was typed is in the submission and its contact now, and nowhere else.
_SENT = """
UPDATE providers.submission_draft SET submission_id = :id, answers = '{}' WHERE token = :token
"""

"""Checks as people ask for them: begun, looked at by a secret link, called off, done again."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal

import msgspec
from sqlalchemy import Connection, Row, text

from providers import audit, jobs
from providers.accounts.keys import Keys, fingerprint
from providers.checks import uploads
from providers.checks.format import Options, Summary, unpack_summary
from providers.checks.limits import OF_CLIENT, refuse_too_many
from providers.checks.terms import NOT_YOURS, PURGE, RUN, Failure, Refused, Terms, Write
from providers.checks.uploads import Upload

State = Literal["waiting", "running", "finished", "failed", "cancelled"]
COLUMNS = """
SELECT r.id, q.id AS request_id, r.dataset, nullif(r.organisation, '') AS organisation, q.name,
    r.url, r.options, r.state, r.stage, r.rows_done, q.created_at, r.finished_at, q.expires_at,
    u.keep_until AS original_until, r.failure_code, r.failure_sentence, r.summary
FROM providers.check_request q
JOIN providers.check_result r ON r.id = q.check_id
LEFT JOIN providers.check_upload u ON u.id = r.upload_id AND u.keep_until > now()
"""
"""SQL of what a `Check` shows."""
AS_IT_IS = Options()
"""Nothing was said of the file."""
# Before a load: somebody waits for it.
PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Check:
    """A check as its link shows it. `id` is the result's, to which other links may lead;
    `owner_token` is there when it has just been begun, for a cookie of whoever began it;
    `original_until` None: the file is not kept (any more)."""

    id: int
    request_id: int
    secret: str
    dataset: str
    organisation: str | None
    name: str
    url: str | None
    options: Options
    state: State
    stage: str
    rows_done: int
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    original_until: datetime | None
    failure: Failure | None = None
    summary: Summary | None = None
    owner_token: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.state not in ("waiting", "running")


def client_key(keys: Keys, network: str) -> bytes:
    """Who is counted as one client. In: the network that asks, as `serving.limits.client_of`
    says it."""
    return keys.sign("check-client", network)


def start(
    connection: Connection,
    *,
    dataset: str,
    organisation: str | None,
    name: str,
    terms: Terms,
    upload: Upload | None = None,
    url: str | None = None,
    options: Options = AS_IT_IS,
    person_id: int | None = None,
    client: bytes | None = None,
    owner_token: str | None = None,
) -> Check:
    """Begin a check of a file that was sent, or of a web address.

    The same file, dataset, organisation and options on the same day by the same client: the earlier
    result, under a link of its own; what strangers check nobody learns. `owner_token`: what this
    browser holds already. Raises Refused for who asks too much, and where there is no room.
    """
    if (upload is None) == (url is None):
        raise ValueError("a check is of a file or of an address")
    # One after the other, so that nobody passes the limits by asking twice at once.
    connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK})
    who = {"person_id": person_id, "client": client}
    refuse_too_many(connection, who)
    uploads.check_room(connection, terms)
    work: dict[str, Any] = {
        "dataset": dataset,
        "organisation": organisation or "",
        "options": json.dumps(msgspec.to_builtins(options)),
        "upload_id": upload.id if upload else None,
        "sha256": upload.sha256 if upload else None,
        "url": url,
        "day": datetime.now(UTC).date(),
    }
    check_id = connection.execute(text(_SAME), work | who).scalar()
    if check_id is None:
        check_id = int(connection.execute(text(_NEW), work).scalar_one())
        job_id = jobs.defer(connection, RUN, queue=jobs.HEAVY, priority=PRIORITY, check=check_id)
        connection.execute(
            text("UPDATE providers.check_result SET job_id = :job WHERE id = :id"),
            {"id": check_id, "job": job_id},
        )
    elif upload is not None and not connection.execute(text(_USED), {"id": upload.id}).scalar():
        # The same file is there already.
        uploads.remove(connection, upload.id, terms)
    return _link(connection, check_id, name, who, terms, owner_token)


def send(
    write: Write,
    stream: BinaryIO,
    *,
    dataset: str,
    organisation: str | None,
    name: str,
    terms: Terms,
    person_id: int | None = None,
    client: bytes | None = None,
    **more: Any,
) -> Check:
    """Begin a check of a file as it comes. In: how to open a transaction, and the rest as `start`.
    Who may not is refused before the file is read, and of what is refused nothing is kept."""
    with write() as connection:
        refuse_too_many(connection, {"person_id": person_id, "client": client})
    upload = uploads.receive(write, stream, name=name, terms=terms)
    try:
        with write() as connection:
            return start(
                connection,
                dataset=dataset,
                organisation=organisation,
                name=name,
                terms=terms,
                upload=upload,
                person_id=person_id,
                client=client,
                **more,
            )
    except BaseException:
        with write() as connection:
            uploads.remove(connection, upload.id, terms)
        raise


def get(connection: Connection, *, secret: str) -> Check | None:
    """The check that a link leads to; None for a link that leads nowhere, or does no more."""
    row = connection.execute(text(_BY_SECRET), {"hash": fingerprint(secret)}).one_or_none()
    return None if row is None else of_row(row, secret)


def is_owner(
    connection: Connection, check: Check, *, owner_token: str | None, person_id: int | None
) -> bool:
    """Whether somebody began this check: they hold its second secret, or are signed in as who
    did."""
    return bool(
        connection.execute(
            text(
                "SELECT owner_hash = :hash OR coalesce(person_id = :person_id, false) "
                "FROM providers.check_request WHERE id = :id"
            ),
            {
                "id": check.request_id,
                "hash": fingerprint(owner_token or ""),
                "person_id": person_id,
            },
        ).scalar()
    )


def cancel(connection: Connection, *, check: Check) -> None:
    """Call a check off; nothing for one that has ended. A worker that runs it stops in a second."""
    connection.execute(
        text(
            "UPDATE providers.check_result SET state = 'cancelled', finished_at = now() "
            "WHERE id = :id AND state IN ('waiting', 'running')"
        ),
        {"id": check.id},
    )


def revoke(connection: Connection, *, check: Check, person_id: int | None = None) -> None:
    """Make a link lead nowhere, at once and for ever. What nothing leads to any more is removed by
    the next purge, which comes now."""
    connection.execute(
        text(
            "UPDATE providers.check_request SET revoked_at = now() "
            "WHERE id = :id AND revoked_at IS NULL"
        ),
        {"id": check.request_id},
    )
    jobs.defer(connection, PURGE, queueing_lock=PURGE, timestamp=int(datetime.now(UTC).timestamp()))
    audit.record(
        connection,
        action="check.revoke",
        person_id=person_id,
        organisation=check.organisation,
        subject=check.dataset,
    )


def again(
    connection: Connection,
    *,
    secret: str,
    options: Options,
    terms: Terms,
    person_id: int | None = None,
    client: bytes | None = None,
    owner_token: str | None = None,
) -> Check:
    """Check the same file or address once more, with other words about it; a mapping is
    remembered. Raises LookupError for a link that leads nowhere, Refused as `start`, where the file
    is not kept any more, and for a file of somebody else, whose end of its link must end all."""
    check = get(connection, secret=secret)
    if check is None:
        raise LookupError(secret)
    upload = None
    if check.url is None:
        if not is_owner(connection, check, owner_token=owner_token, person_id=person_id):
            raise Refused("not-yours", NOT_YOURS)
        row = connection.execute(text(_UPLOAD), {"id": check.id}).one_or_none()
        if row is None:
            raise Refused("gone", "The file is not kept any more. Send it again.")
        upload = Upload(row.id, row.size, row.sha256, check.name)
    if options.mapping is not None and check.organisation:
        _remember(connection, check, options.mapping, b"" if person_id else client)
    return start(
        connection,
        dataset=check.dataset,
        organisation=check.organisation,
        name=check.name,
        terms=terms,
        upload=upload,
        url=check.url,
        options=options,
        person_id=person_id,
        client=client,
        owner_token=owner_token,
    )


def remembered_mapping(
    connection: Connection, *, organisation: str, dataset: str, client: bytes | None = None
) -> dict[str, str] | None:
    """Field by column as it was last chosen for an authority and dataset: by this client, or else
    by somebody who was signed in. What strangers choose is offered to nobody else."""
    mapping = connection.execute(
        text(
            "SELECT mapping FROM providers.check_mapping WHERE organisation = :organisation "
            "AND dataset = :dataset AND client_hash IN (:client, '') "
            "ORDER BY client_hash = '' LIMIT 1"
        ),
        {"organisation": organisation, "dataset": dataset, "client": client or b""},
    ).scalar()
    return None if mapping is None else dict(mapping)


def clean_check(connection: Connection, *, organisation: str, dataset: str) -> datetime | None:
    """When the newest check of an authority's dataset ended, if it found nothing that must be
    fixed; None where it did, or there was none."""
    row = connection.execute(
        text(
            "SELECT finished_at, has_must FROM providers.check_result "
            "WHERE organisation = :organisation AND dataset = :dataset AND state = 'finished' "
            "ORDER BY finished_at DESC LIMIT 1"
        ),
        {"organisation": organisation, "dataset": dataset},
    ).one_or_none()
    return None if row is None or row.has_must else row.finished_at


def _remember(
    connection: Connection, check: Check, mapping: dict[str, str], client: bytes | None
) -> None:
    if client is None:
        return
    connection.execute(
        text(
            "INSERT INTO providers.check_mapping (organisation, dataset, client_hash, mapping) "
            "VALUES (:organisation, :dataset, :client, :mapping) "
            "ON CONFLICT (organisation, dataset, client_hash) "
            "DO UPDATE SET mapping = EXCLUDED.mapping, at = now()"
        ),
        {
            "organisation": check.organisation,
            "dataset": check.dataset,
            "client": client,
            "mapping": json.dumps(mapping),
        },
    )


def _link(
    connection: Connection,
    check_id: int,
    name: str,
    who: dict[str, Any],
    terms: Terms,
    owner: str | None,
) -> Check:
    """A new link to a result, and what it shows."""
    secret, owner = secrets.token_urlsafe(16), owner or secrets.token_urlsafe(16)
    connection.execute(
        text(
            "INSERT INTO providers.check_request (check_id, secret_hash, owner_hash, person_id, "
            "client_hash, name, expires_at) VALUES (:check_id, :secret, :owner, :person_id, "
            ":client, :name, now() + make_interval(days => :days))"
        ),
        {
            **who,
            "check_id": check_id,
            "secret": fingerprint(secret),
            "owner": fingerprint(owner),
            "name": name,
            "days": terms.result_days,
        },
    )
    row = connection.execute(text(_BY_SECRET), {"hash": fingerprint(secret)}).one()
    return of_row(row, secret, owner)


def of_row(row: Row[Any], secret: str, owner: str | None = None) -> Check:
    """A check of what `COLUMNS` selects."""
    values = dict(row._mapping)
    code, sentence = values.pop("failure_code"), values.pop("failure_sentence")
    summary = values.pop("summary")
    return Check(
        **values
        | {
            "secret": secret,
            "owner_token": owner,
            "options": msgspec.convert(values["options"], Options),
            "failure": Failure(code, sentence) if code else None,
            "summary": unpack_summary(summary) if summary else None,
        }
    )


_LOCK = 0x504450_4348
_SAME = f"""
SELECT r.id FROM providers.check_result r
WHERE r.file_sha256 = :sha256 AND r.dataset = :dataset AND r.organisation = :organisation
    AND r.options = CAST(:options AS jsonb) AND r.day = :day
    AND r.state IN ('waiting', 'running', 'finished')
    AND EXISTS (SELECT FROM providers.check_request q WHERE q.check_id = r.id AND {OF_CLIENT})
ORDER BY r.id DESC LIMIT 1
"""
_USED = "SELECT EXISTS (SELECT FROM providers.check_result WHERE upload_id = :id)"
_NEW = """
INSERT INTO providers.check_result
    (dataset, organisation, options, upload_id, url, file_sha256, day)
VALUES (:dataset, :organisation, CAST(:options AS jsonb), :upload_id, :url, :sha256, :day)
RETURNING id
"""
_BY_SECRET = (
    f"{COLUMNS}WHERE q.secret_hash = :hash AND q.revoked_at IS NULL AND q.expires_at > now()"
)
_UPLOAD = """
SELECT u.id, u.size, u.sha256 FROM providers.check_result r
JOIN providers.check_upload u ON u.id = r.upload_id
WHERE r.id = :id AND u.sha256 IS NOT NULL AND u.keep_until > now()
"""

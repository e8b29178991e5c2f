"""Submissions for tests: a check that ended, what is typed, and sending it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, text

from performance_store.database import transaction
from providers.accounts import people
from providers.accounts.addresses import parse
from providers.accounts.keys import fingerprint
from providers.submissions import drafts, sending
from providers.submissions.rows import Draft, Kind, Submission
from tests.support.build import AAA

URL = "https://maps.example/trees.csv"
ME, YOU = 7, 8
SITE = "https://performance.example"
NAME, ADDRESS, NOTE = "Ada Quill", "ada.quill@aaa.example", "Ring Ada in the morning"
ANSWERS = {
    "url": URL,
    "documentation_url": "https://www.aaa.gov.uk/trees",
    "licence": "yes",
    "name": NAME,
    "note": NOTE,
}


def checked(
    engine: Engine,
    *,
    url: str = URL,
    dataset: str = "tree",
    organisation: str = AAA,
    days: float = 0,
    has_must: bool | None = False,
    state: str = "finished",
    by: str | None = AAA,
    secret: str = "",
    mapping: str = "reference",
) -> None:
    """A check of an address that ended so many days ago. In: whose person began it (None: a
    stranger), the secret of its link, and the field that its one column is taken for."""
    by = organisation or None if by == AAA else by
    with transaction(engine) as connection:
        check_id = connection.execute(
            text(
                "INSERT INTO providers.check_result (dataset, organisation, options, url, day, "
                "state, has_must, finished_at) VALUES (:dataset, :organisation, "
                "jsonb_build_object('mapping', jsonb_build_object('Ref', CAST(:mapping AS text))), "
                ":url, current_date, :state, "
                ":has_must, now() - make_interval(secs => :seconds)) RETURNING id"
            ),
            {
                "dataset": dataset,
                "organisation": organisation,
                "url": url,
                "state": state,
                "has_must": has_must,
                "seconds": days * 86400,
                "mapping": mapping,
            },
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO providers.check_request (check_id, secret_hash, owner_hash, name, "
                "person_id, expires_at) VALUES (:check_id, :secret, '', 'file', :person_id, "
                "now() + interval '30 days')"
            ),
            {
                "check_id": check_id,
                "secret": fingerprint(secret or f"check {check_id}"),
                "person_id": _person_of(connection, by) if by else None,
            },
        )


def _person_of(connection: Connection, organisation: str) -> int:
    """Somebody who may act for an organisation, by invitation."""
    person_id = people.person_at(connection, address=parse(f"{organisation[-3:]}@checks.example"))
    connection.execute(
        text(
            "INSERT INTO providers.organisation_person (person_id, organisation, invited_by, ends) "
            "VALUES (:person_id, :organisation, 'tests', current_date + 1) ON CONFLICT DO NOTHING"
        ),
        {"person_id": person_id, "organisation": organisation},
    )
    return person_id


def start(
    engine: Engine,
    kind: Kind = "provide",
    *,
    person_id: int = ME,
    organisation: str = AAA,
    dataset: str = "tree",
    task: str | None = None,
    answers: dict[str, str] = ANSWERS,
    **more: str,
) -> Draft:
    """A draft of a person, with these answers and more."""
    with transaction(engine) as connection:
        return drafts.start(
            connection,
            person_id=person_id,
            organisation=organisation,
            acting_for=organisation,
            dataset=dataset,
            kind=kind,
            task=task,
            answers=answers | more,
        )


def send(
    engine: Engine, draft: Draft, *, person_id: int | None = None, address: str = ADDRESS
) -> Submission:
    """Send a draft, by whoever typed it unless told."""
    with transaction(engine) as connection:
        return sending.send(
            connection,
            draft=draft,
            person_id=person_id or draft.person_id,
            address=address,
            site=SITE,
        )


def rows(engine: Engine, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    with transaction(engine) as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def put_aside(engine: Engine) -> None:
    """Make a store as if nobody had checked, typed or sent anything; `test` begins the trail."""
    rows(engine, "UPDATE providers.submission SET archived_at = now() WHERE archived_at IS NULL")
    rows(engine, "DELETE FROM providers.submission_draft")
    rows(engine, "DELETE FROM providers.check_result")
    rows(engine, "INSERT INTO providers.audit (action) VALUES ('test')")

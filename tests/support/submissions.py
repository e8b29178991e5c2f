"""Submissions for tests: a check that ended, what is typed, and sending it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from performance_store.database import transaction
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
) -> None:
    """A check of an address that ended so many days ago."""
    with transaction(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO providers.check_result (dataset, organisation, options, url, day, "
                "state, has_must, finished_at) VALUES (:dataset, :organisation, "
                """'{"mapping": {"Ref": "reference"}}', :url, current_date, :state, """
                ":has_must, now() - make_interval(secs => :seconds))"
            ),
            {
                "dataset": dataset,
                "organisation": organisation,
                "url": url,
                "state": state,
                "has_must": has_must,
                "seconds": days * 86400,
            },
        )


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

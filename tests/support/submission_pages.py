"""Who reads the pages of submissions, and submissions for them to read."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from performance_store.database import transaction
from providers.accounts import people, sessions
from providers.accounts.addresses import parse
from providers.submissions import steps
from providers.submissions.rows import Step, Submission
from tests.support.accounts import Person
from tests.support.build import AAA, BBB
from tests.support.submissions import checked, rows, send, start


class Readers:
    """Browsers of one application: of nobody, of an authority's officers, of the programme."""

    def __init__(self, server: Flask, engine: Engine) -> None:
        self.server = server
        self.engine = engine

    @property
    def nobody(self) -> Person:
        return Person(self.server)

    @property
    def officer(self) -> Person:
        return self.signed("ann@aaa.gov.uk", AAA)

    @property
    def stranger(self) -> Person:
        return self.signed("eve@bbb.gov.uk", BBB)

    @property
    def manager(self) -> Person:
        return self.signed("pam@communities.gov.uk", None, role="programme")

    def signed(self, address: str, organisation: str | None, role: str = "") -> Person:
        """Somebody who is signed in, without the mail."""
        with transaction(self.engine) as connection:
            key = parse(address)
            person_id = people.person_at(connection, address=key)
            if role:
                people.grant(connection, address=key, role=role, by="tests")
            session_id = sessions.begin(connection, person_id=person_id, acting_for=organisation)
        person = Person(self.server)
        person.client.set_cookie("__Host-session", session_id, domain="performance.example")
        return person

    def submission(self, name: str, *path: Step, **more: Any) -> Submission:
        """Something that AAA sent, and the steps that it came to since. In: what tells its address
        from those of others."""
        url = more.pop("url", f"https://maps.example/{name}.csv")
        checked(self.engine, url=url, organisation=more.get("organisation", AAA))
        row = send(self.engine, start(self.engine, url=url, **more))
        for step in path:
            self.note(row, step)
        return row

    def note(
        self,
        row: Submission,
        step: Step,
        *,
        on_day: date | None = None,
        subject: str = "",
        **evidence: Any,
    ) -> None:
        with transaction(self.engine) as connection:
            steps.note(
                connection,
                submission_id=row.id,
                step=step,
                on_day=on_day or date.today(),
                subject=subject,
                evidence=evidence,
                ends=step in ("live", "done", "ended"),
            )

    def comment(self, row: Submission, words: str, *, by_agent: bool = True) -> None:
        """What was said of a submission and has come from the desk."""
        rows(
            self.engine,
            "INSERT INTO providers.ticket_comment (submission_id, external_id, by_agent, text) "
            "VALUES (:id, md5(:words), :by_agent, :words)",
            id=row.id,
            words=words,
            by_agent=by_agent,
        )

    def ticket(self, row: Submission, url: str = "https://desk.example/PDT-1") -> None:
        rows(
            self.engine,
            "INSERT INTO providers.ticket (submission_id, adapter, external_id, external_url, "
            "native) VALUES (:id, 'jira', 'PDT-1', :url, 'Waiting for customer')",
            id=row.id,
            url=url,
        )

    def audited(self, row: Submission, action: str) -> int:
        """How many lines of the trail tell of something done to a submission."""
        statement = (
            "SELECT count(*) FROM providers.audit WHERE subject = :subject AND action = :action"
        )
        [(count,)] = rows(self.engine, statement, subject=row.reference, action=action)
        return int(count)

"""Submissions that wait in the outbox of tickets, the outbox as a worker sees to it, and time that
passes in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Engine, text

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.submissions import reading, steps
from providers.submissions.rows import Contact, Kind, Submission
from providers.tickets import outbox, polling
from providers.tickets.port import Desk
from tests.support.fake_desk import AGENT_TOKEN, DESK, PROJECT, REQUEST_TYPE, FakeDesk

SITE = "https://performance.example"
NAME, ADDRESS, NOTE = "Ada Quill", "ada.quill@northmere.example", "Ring me in the morning"
NORTHMERE = "local-authority:NOR"


def settings_of(jira: FakeDesk, **more: object) -> Settings:
    """Settings of a deployment whose desk it is, with more or others."""
    return Settings(
        **{
            "tickets": "jira",
            "tickets_url": jira.url,
            "tickets_token": AGENT_TOKEN,
            "tickets_desk": DESK,
            "tickets_request_type": REQUEST_TYPE,
            "tickets_project": PROJECT,
            **more,
        }
    )


@dataclass
class Tickets:
    """The outbox of a test."""

    engine: Engine
    desk: Desk | None = None

    def submit(
        self,
        reference: str = "PD7K3M9QRT",
        *,
        kind: Kind = "provide",
        url: str | None = "https://maps.northmere.example/trees.csv",
        licence: str = "yes",
        person_id: int = 7,
        endpoint: str | None = None,
        note: str = NOTE,
        check_secret: str | None = "s3cret-of-the-check",
        findings_csv: bytes | None = None,
    ) -> Submission:
        """A submission, as it is the moment that it was sent."""
        with transaction(self.engine) as connection:
            number = connection.execute(
                text(_SUBMISSION),
                {"reference": reference, "kind": kind, "url": url, "licence": licence}
                | {"organisation": NORTHMERE, "endpoint": endpoint},
            ).scalar_one()
            contact = Contact(person_id, NAME, ADDRESS, note)
            values = {"id": number, "person_id": person_id, "note": note}
            connection.execute(text(_CONTACT), values | {"name": NAME, "address": ADDRESS})
            today = date.today()
            steps.note(connection, submission_id=number, step="sending", on_day=today)
            submission = reading.by_id(connection, submission_id=number, today=today)
            outbox.open_ticket(
                connection,
                submission=submission,
                contact=contact,
                site=SITE,
                check_secret=check_secret,
                findings_csv=findings_csv,
            )
        return submission

    def person(self, role: str | None = None) -> int:
        """Somebody with an address, and a role if there is one to have."""
        [row] = self.sql("INSERT INTO providers.person DEFAULT VALUES RETURNING id")
        self.sql(
            "INSERT INTO providers.person_contact (person_id, address, address_key) "
            "VALUES (:id, :id || '@northmere.example', :id || '@northmere.example')",
            id=row.id,
        )
        if role:
            self.sql(
                "INSERT INTO providers.person_role (person_id, role, granted_by) "
                "VALUES (:id, :role, 'tests')",
                id=row.id,
                role=role,
            )
        return int(row.id)

    def send(self, number: int) -> str:
        return outbox.send(partial(transaction, self.engine), self.desk, number)

    def due(self) -> list[int]:
        """The steps that a worker would see to now, by the jobs that are due."""
        rows = self.sql(
            "SELECT DISTINCT (args ->> 'step')::int AS step FROM procrastinate_jobs "
            "WHERE task_name = 'tickets.send' AND status = 'todo' "
            "AND coalesce(scheduled_at, now()) <= now() ORDER BY step"
        )
        return [row.step for row in rows]

    def work(self) -> list[str]:
        """Do all jobs that are due, and what follows from them; what became of the steps."""
        answers = []
        while numbers := self.due():
            self.sql(
                "DELETE FROM procrastinate_jobs WHERE task_name = 'tickets.send' "
                "AND coalesce(scheduled_at, now()) <= now()"
            )
            answers += [self.send(number) for number in numbers]
        return answers

    def wake(self) -> int:
        with transaction(self.engine) as connection:
            return outbox.wake(connection, self.desk)

    def poll(self) -> int:
        return polling.poll(partial(transaction, self.engine), self.desk)

    def pass_time(self, seconds: float = 0, *, minutes: float = 0) -> None:
        """Let time pass for all that waits for it."""
        for table, columns in _TIMES.items():
            moves = ", ".join(f"{name} = {name} - make_interval(secs => :s)" for name in columns)
            self.sql(f"UPDATE {table} SET {moves}", s=seconds + minutes * 60)

    def steps(self) -> dict[str, str]:
        """The state of each step, by its kind and subject."""
        rows = self.sql("SELECT kind, subject, state FROM providers.ticket_step ORDER BY id")
        return {f"{row.kind} {row.subject}".strip(): row.state for row in rows}

    def events(self) -> list[str]:
        rows = self.sql(
            "SELECT e.step FROM providers.submission_event e JOIN providers.submission s "
            "ON s.id = e.submission_id WHERE s.archived_at IS NULL ORDER BY e.id"
        )
        return [row.step for row in rows]

    def sql(self, statement: str, **parameters: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return list(result) if result.returns_rows else []


_TIMES = {
    "providers.ticket_step": ("due_at", "lease_until", "created_at"),
    "providers.ticket_desk": ("quiet_until", "trouble_at"),
    "providers.ticket_comment": ("at",),
    "procrastinate_jobs": ("scheduled_at",),
}
_SUBMISSION = """
INSERT INTO providers.submission (reference, kind, organisation, acting_for, dataset, subject, url,
    endpoint, documentation_url, licence, mapping)
VALUES (:reference, :kind, :organisation, :organisation, 'tree', :reference, :url,
    :endpoint, 'https://www.northmere.example/trees', :licence, '{"Ref": "reference"}') RETURNING id
"""
_CONTACT = """
INSERT INTO providers.submission_contact (submission_id, person_id, name, address, note)
VALUES (:id, :person_id, :name, :address, :note)
"""

"""A store of nights for submissions: what is sent, and what register and log have afterwards."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from performance_store.database import connect, transaction
from performance_store.readers.registers import Registers
from providers.submissions import evidence, reading
from providers.submissions.rows import CHECKED, Event, Kind, Submission
from tests.support.build import AAA, TODAY, Store
from tests.support.submission_nights import PAGE, after, hash_of, hide, reveal, url_of
from tests.support.submissions import checked, send, start


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def registers(folder: Path, day: date, case: str, *, entered: date) -> Registers:
    """The registers as at a day: the address of a case of AAA, and one of somebody else."""
    folder = folder / f"registers {day}"
    folder.mkdir()
    clock = "https://clock.example/"
    entries = {url_of(case): entered.isoformat(), clock: day.isoformat()}
    _write(
        folder / "endpoint.csv",
        [
            {"endpoint": hash_of(url), "endpoint-url": url, "entry-date": entry, "end-date": ""}
            for url, entry in entries.items()
        ],
    )
    _write(
        folder / "source.csv",
        [
            {
                "source": "",
                "collection": case,
                "organisation": "local-authority:ZZZ" if url == clock else AAA,
                "endpoint": hash_of(url),
                "pipelines": case,
                "documentation-url": PAGE,
                "entry-date": entry,
            }
            for url, entry in entries.items()
        ],
    )
    provision = {"organisation": AAA, "dataset": case, "provision-reason": "statutory"}
    _write(folder / "provision.csv", [provision])
    _write(folder / "organisations.csv", [{"organisation": AAA, "name": "Aaa"}])
    return Registers(folder, folder / "organisations.csv", today=day)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


_OF_SUBMISSIONS = (
    *("audit", "check_result", "ticket_comment", "ticket_step", "ticket", "submission_link"),
    *("submission_event", "submission_contact", "submission_draft", "submission"),
)


class Submissions:
    """Submissions of AAA, and the nights after them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = Store(engine)

    def forget(self) -> None:
        """Let nothing have been sent, and no night have come."""
        hide(self.engine)
        with self.engine.begin() as connection:
            for table in _OF_SUBMISSIONS:
                # History is not rewritten: only a test does, and has to take its guard away.
                connection.exec_driver_sql(f"ALTER TABLE providers.{table} DISABLE TRIGGER USER")
                connection.exec_driver_sql(f"DELETE FROM providers.{table}")
                connection.exec_driver_sql(f"ALTER TABLE providers.{table} ENABLE TRIGGER USER")

    def night(self, number: int) -> int:
        """Let the nights come up to one, and look at them. Out: how many steps that gave."""
        reveal(self.engine, number)
        return self.advance(after(number))

    def advance(self, day: date) -> int:
        with transaction(self.engine) as connection:
            return evidence.advance(connection, today=day, now=at(day, 23))

    def send(
        self,
        case: str,
        kind: Kind = "provide",
        *,
        url: str | None = "",
        day: date = TODAY,
        hour: int = 9,
        organisation: str = AAA,
        endpoint: str | None = None,
        documentation_url: str | None = None,
        licence: str | None = None,
        before: dict[str, str | None] | None = None,
    ) -> Submission:
        """A submission of a case, as it stands when its ticket is there."""
        with transaction(self.engine) as connection:
            (number,) = connection.execute(
                text("SELECT count(*) FROM providers.submission")
            ).scalars()
            reference = f"PD{number:08}"
            submission_id = connection.execute(
                text(
                    "INSERT INTO providers.submission (reference, kind, organisation, acting_for, "
                    "dataset, subject, url, endpoint, documentation_url, licence, sent_at, step) "
                    "VALUES (:reference, :kind, :organisation, :organisation, :dataset, "
                    ":reference, :url, :endpoint, :documentation_url, :licence, :at, 'sent') "
                    "RETURNING id"
                ),
                {
                    "reference": reference,
                    "kind": kind,
                    "organisation": organisation,
                    "dataset": case,
                    "url": url_of(case) if url == "" else url,
                    "endpoint": endpoint,
                    "documentation_url": documentation_url,
                    "licence": licence,
                    "at": at(day, hour),
                },
            ).scalar_one()
            for step in ("sending", "sent"):
                connection.execute(
                    text(
                        "INSERT INTO providers.submission_event (submission_id, on_day, step, "
                        "evidence) VALUES (:id, :day, :step, "
                        "jsonb_build_object('before', CAST(:before AS jsonb)))"
                    ),
                    {"id": submission_id, "day": day, "step": step, "before": _json(before)},
                )
        return self.now(reference, day)

    def submit(
        self,
        case: str,
        kind: Kind = "provide",
        *,
        day: date = TODAY,
        hour: int = 9,
        task: str | None = None,
        **answers: str,
    ) -> Submission:
        """What an officer types of a case, checked and sent, as if on a day."""
        answers = {"url": url_of(case), "documentation_url": PAGE} | answers
        if kind in CHECKED:
            checked(self.engine, url=answers["url"], dataset=case)
        draft = start(self.engine, kind, dataset=case, task=task, **answers)
        submission = send(self.engine, draft)
        self.move(submission, day, hour)
        return self.now(submission.reference, day)

    def move(self, submission: Submission, day: date, hour: int) -> None:
        """Let it have been sent, and its ticket have changed last, at an hour of a day."""
        for table, column in (("submission", "sent_at"), ("ticket", "changed_at")):
            key = "id" if table == "submission" else "submission_id"
            with self.engine.begin() as connection:
                connection.execute(
                    text(f"UPDATE providers.{table} SET {column} = :at WHERE {key} = :id"),
                    {"id": submission.id, "at": at(day, hour)},
                )

    def ticket(
        self, submission: Submission, category: str, *, native: str = "", day: date = TODAY
    ) -> None:
        """How its ticket stands since a day."""
        with transaction(self.engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO providers.ticket (submission_id, adapter, external_id, category, "
                    "native, changed_at) VALUES (:id, 'jira', :external_id, :category, :native, "
                    ":at) ON CONFLICT (submission_id) DO UPDATE SET category = :category, "
                    "native = :native, changed_at = :at"
                ),
                {
                    "id": submission.id,
                    "external_id": f"DESK-{submission.id}",
                    "category": category,
                    "native": native,
                    "at": at(day, 17),
                },
            )

    def now(self, reference: str, day: date = TODAY) -> Submission:
        with connect(self.engine) as connection:
            row = reading.by_reference(connection, reference=reference, today=day)
        assert row is not None
        return row

    def events(self, submission: Submission) -> tuple[Event, ...]:
        with connect(self.engine) as connection:
            return reading.events(connection, submission_id=submission.id)

    def steps(self, submission: Submission) -> list[str]:
        """Its steps after it was sent, as they were noted."""
        return [event.step for event in self.events(submission)][2:]

    def said_by(self, submission: Submission, step: str) -> dict[str, Any]:
        """The evidence of a step that came once."""
        (event,) = (event for event in self.events(submission) if event.step == step)
        return event.evidence


def _json(value: dict[str, str | None] | None) -> str | None:
    return None if value is None else json.dumps(value)

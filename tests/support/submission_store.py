"""A store of nights for submissions: what is sent, and what register and log have afterwards."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from performance_store.database import connect, transaction
from providers.submissions import evidence, reading
from providers.submissions.rows import Event, Kind, Submission
from tests.support.build import AAA, TODAY, PlatformFile, Store

URL = "https://maps.example/trees.csv"
PAGE = "https://www.aaa.gov.uk/trees"


def hash_of(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


class Night(PlatformFile):
    """The platform's file of a night, in which AAA owes trees."""

    def __init__(self, folder: Path, day: date) -> None:
        super().__init__(folder / day.isoformat(), as_at=day)
        self.provision()

    def address(
        self,
        url: str = URL,
        *,
        entered: date = TODAY,
        dataset: str = "tree",
        organisation: str = AAA,
        **source: Any,
    ) -> str:
        """Register an address. Out: its hash."""
        key = hash_of(url)
        source.setdefault("documentation_url", PAGE)
        entry = entered.isoformat()
        if not self._has("endpoint", key):
            self.add("endpoint", endpoint=key, endpoint_url=url, entry_date=entry)
        self.endpoint(key, dataset, organisation, **{"licence": "ogl3", **source})
        # Its source was entered with it.
        self.rows["source"][-1].setdefault("entry_date", entry)
        return key


class Submissions:
    """Submissions of AAA and the nights after them."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.store = Store(engine)

    def night(self, day: date) -> Night:
        return Night(self.folder, day)

    def load(self, file: PlatformFile, *, advance: bool = True) -> int:
        """Load a night, and look at it. Out: how many steps that gave."""
        self.store.load(file)
        return self.advance(file.as_at) if advance else 0

    def advance(self, day: date) -> int:
        with transaction(self.engine) as connection:
            return evidence.advance(connection, today=day, now=at(day, 23))

    def send(
        self,
        kind: Kind = "provide",
        *,
        url: str | None = URL,
        day: date = TODAY,
        hour: int = 9,
        organisation: str = AAA,
        dataset: str = "tree",
        endpoint: str | None = None,
        documentation_url: str | None = None,
        licence: str | None = None,
        before: dict[str, str | None] | None = None,
    ) -> Submission:
        """A submission as it stands when its ticket is there."""
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
                    "dataset": dataset,
                    "url": url,
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

"""Killed at any instant between the click and the attachment: one ticket, and nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from performance_store import database
from providers.tickets.adapters.web import Web
from tests.support import tickets as support
from tests.support.fake_desk import FakeDesk, Fault
from tests.support.tickets import Tickets

ALL_SENT = {"create": "sent", "note": "sent", "attach row": "sent"}


class Death(BaseException):
    """What no code catches, as no code is told of SIGKILL."""


class Life:
    """Ends at an instant: before or after a request, before or after a transaction is committed."""

    def __init__(self, instants: int) -> None:
        self.left = instants
        self.last = ""

    def go_on(self, where: str) -> None:
        self.left -= 1
        if self.left == 0:
            self.last = where
            raise Death(where)


@contextmanager
def life_of(instants: int) -> Iterator[Life]:
    life = Life(instants)
    ask, transaction = Web.ask, database.transaction

    def mortal_ask(web: Web, method: str, path: str, **more: Any) -> Any:
        life.go_on(f"before {method} {path}")
        answer = ask(web, method, path, **more)
        life.go_on(f"after {method} {path}")
        return answer

    @contextmanager
    def mortal_transaction(engine: Engine) -> Iterator[Connection]:
        with transaction(engine) as connection:
            yield connection
            life.go_on("before a commit")
        life.go_on("after a commit")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Web, "ask", mortal_ask)
        patch.setattr(support, "transaction", mortal_transaction)
        yield life


def go_on(tickets: Tickets) -> None:
    """What other workers do, once they notice."""
    for _ in range(9):
        tickets.pass_time(minutes=4)
        tickets.wake()
        tickets.work()


def test_killed_at_each_instant(tickets: Tickets, jira: FakeDesk) -> None:
    places = []
    for instants in range(1, 100):
        reference = f"PD{instants:08}"
        with life_of(instants) as life:
            try:
                tickets.submit(reference)
                tickets.work()
            except Death:
                places.append(life.last)
        if not tickets.sql("SELECT FROM providers.submission WHERE reference = :r", r=reference):
            # It was not sent yet, and its sender was told nothing else: they click again.
            assert life.last == "before a commit"
            tickets.submit(reference)
        go_on(tickets)
        [ticket] = jira.with_reference(reference)
        assert (len(ticket.comments), len(ticket.files)) == (1, 1), life.last
        [stored] = tickets.sql(
            "SELECT array_agg(s.state ORDER BY s.id) AS states, min(t.external_id) AS ticket "
            "FROM providers.ticket_step s JOIN providers.submission m ON m.id = s.submission_id "
            "JOIN providers.ticket t ON t.submission_id = m.id "
            "WHERE m.reference = :r AND s.subject <> 'copies'",
            r=reference,
        )
        assert (stored.states, stored.ticket) == (["sent"] * 3, ticket.key)
        if not life.last:
            break
    assert tickets.events().count("sent") == len(places) + 1
    # Click; ticket, note and file, each taken, asked for and noted.
    assert sum(place.endswith("request") for place in places) == 2
    assert sum("comment" in place for place in places) == 2
    assert sum("ttach" in place for place in places) == 4
    assert sum("commit" in place for place in places) == 14


WORKER = """
from functools import partial
from performance_store.database import make_engine, transaction
from performance_store.settings import Settings
from providers.tickets import desk_of, outbox
settings = Settings.model_validate_json({settings!r})
engine = make_engine({url!r}, application_name="worker")
outbox.send(partial(transaction, engine), desk_of(settings), {step})
"""


def test_a_worker_that_is_killed_while_the_desk_makes_the_ticket(
    tickets: Tickets, jira: FakeDesk, module_database_url: str
) -> None:
    tickets.submit()
    [step] = tickets.due()
    tickets.sql("DELETE FROM procrastinate_jobs")
    jira.faults["create"] = [Fault(delay=20)]
    settings = support.settings_of(jira).model_dump_json(
        include={name for name in support.settings_of(jira).model_fields_set}
    )
    code = WORKER.format(settings=settings, url=module_database_url, step=step)
    with subprocess.Popen([sys.executable, "-c", code]) as worker:
        while not jira.tickets:
            assert worker.poll() is None
            signal.sigtimedwait([], 0.05)
        os.kill(worker.pid, signal.SIGKILL)
    assert tickets.steps()["create"] == "sending"
    assert tickets.send(step) == "none"
    go_on(tickets)
    assert (len(jira.tickets), tickets.steps()) == (1, ALL_SENT)

"""The desk drops the connection when the ticket is made, then is away for an hour, then refuses us:
whoever sent it reads that it is safe, and there is one ticket in the end."""

from __future__ import annotations

import threading
from datetime import date

from sqlalchemy import Engine

from performance_store.database import transaction
from performance_store.operations import watch
from providers.submissions import reading
from providers.submissions.rows import Submission, TicketRow
from tests.support import submissions
from tests.support.fake_desk import DROP_AFTER, EXTRA, UNAVAILABLE, FakeDesk
from tests.support.tickets import Tickets, settings_of


def send(engine: Engine) -> Submission:
    """An officer checks, types and sends."""
    submissions.checked(engine)
    return submissions.send(engine, submissions.start(engine))


def page(tickets: Tickets, submission: Submission) -> tuple[str, TicketRow | None]:
    """What the page of a submission is made of."""
    with tickets.engine.connect() as connection:
        row = reading.by_id(connection, submission_id=submission.id, today=date.today())
        return row.step, reading.ticket(connection, submission_id=submission.id)


def readiness(tickets: Tickets) -> str:
    with tickets.engine.connect() as connection:
        return watch.look(connection).tickets


def test_a_desk_that_drops_is_away_and_refuses_us_has_one_ticket_in_the_end(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.faults["create"] = [DROP_AFTER]
    submission = send(tickets.engine)
    # The very second: it is safe with us.
    step, ticket = page(tickets, submission)
    assert (step, ticket and ticket.external_id) == ("sending", None)
    tickets.work()
    jira.down = UNAVAILABLE
    for _ in range(6):
        tickets.pass_time(minutes=10)
        tickets.wake()
        tickets.work()
        tickets.poll()
        step, ticket = page(tickets, submission)
        assert step == "sending"
        assert ticket is not None
        assert {one.kind for one in ticket.waiting_for} == {"create", "note", "attach"}
        assert not any(one.is_failed for one in ticket.waiting_for)
    assert readiness(tickets) == "away"
    jira.down = None
    jira.expired.add(settings_of(jira).tickets_token or "")
    tickets.poll()
    assert readiness(tickets) == "paused"
    jira.expired.clear()
    tickets.sql("UPDATE providers.ticket_desk SET paused_at = NULL")
    tickets.poll()
    for _ in range(3):
        tickets.pass_time(minutes=2)
        tickets.wake()
        tickets.work()
    [there] = jira.with_reference(submission.reference)
    assert (len(jira.tickets), len(there.comments), len(there.files)) == (1, 1, 1)
    step, ticket = page(tickets, submission)
    assert ticket is not None
    assert (step, ticket.external_id, ticket.waiting_for) == ("sent", there.key, ())
    assert readiness(tickets) == "ok"


def test_of_many_workers_one_sends(tickets: Tickets, jira: FakeDesk) -> None:
    tickets.submit()
    [step] = tickets.due()
    answers: list[str] = []
    workers = [
        threading.Thread(target=lambda: answers.append(tickets.send(step))) for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == ["none"] * 7 + ["sent"]
    assert len(jira.tickets) == 1


def test_every_answer_may_bring_more_than_we_know(tickets: Tickets, jira: FakeDesk) -> None:
    jira.down = EXTRA
    submission = tickets.submit()
    assert tickets.work() == ["sent", "sent", "sent"]
    jira.say(jira.tickets[0], "Which layer?")
    assert tickets.poll() == 1
    with transaction(tickets.engine) as connection:
        comments = reading.comments(connection, submission_id=submission.id)
    assert [comment.text for comment in comments] == ["Which layer?"]

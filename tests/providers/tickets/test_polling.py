"""What a desk says of tickets comes back: how they stand, and who said what."""

from __future__ import annotations

import pytest

from performance_store.database import transaction
from providers.submissions.rows import Submission
from providers.tickets import desk_of, outbox
from tests.support.fake_desk import DROP_AFTER, HTML_ANSWER, UNAVAILABLE, FakeDesk, Ticket
from tests.support.tickets import Tickets, settings_of

ANSWER = "The file is at another address now."


@pytest.fixture
def submission(tickets: Tickets) -> Submission:
    answer = tickets.submit()
    tickets.work()
    return answer


@pytest.fixture
def ticket(submission: Submission, jira: FakeDesk) -> Ticket:
    [ticket] = jira.tickets
    return ticket


def say(tickets: Tickets, submission: Submission, words: str) -> None:
    with transaction(tickets.engine) as connection:
        outbox.say(connection, submission=submission, words=words)


def stand(tickets: Tickets) -> str:
    [row] = tickets.sql("SELECT step FROM providers.submission WHERE archived_at IS NULL")
    return str(row.step)


def comments(tickets: Tickets) -> list[tuple[str, bool, bool]]:
    rows = tickets.sql(
        "SELECT text, by_agent, external_id IS NOT NULL FROM providers.ticket_comment ORDER BY id"
    )
    return [tuple(row) for row in rows]


def test_a_ticket_that_moves_on_is_acknowledged_and_asked_for_in_one_call(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    tickets.submit("PD22222222")
    tickets.work()
    jira.requests.clear()
    assert tickets.poll() == 2  # never looked at before
    assert jira.routes().count("GET jql") == 1
    assert tickets.events()[-1] == "sent"
    jira.requests.clear()
    assert tickets.poll() == 0
    assert jira.routes() == ["GET jql"]
    jira.move(ticket, "In progress")
    assert tickets.poll() == 1
    assert tickets.events()[-1] == "acknowledged"
    [row] = tickets.sql(
        "SELECT evidence FROM providers.submission_event WHERE step = 'acknowledged' "
        "ORDER BY id DESC LIMIT 1"
    )
    assert row.evidence == {"ticket": "In progress"}


def test_a_question_waits_for_an_answer_that_reaches_the_desk_once(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, submission: Submission
) -> None:
    jira.say(ticket, "Which of the two layers?")
    jira.say(ticket, "Between us: call them", public=False)
    tickets.poll()
    assert tickets.events()[2:] == ["acknowledged", "waiting"]
    assert comments(tickets) == [("Which of the two layers?", True, True)]
    say(tickets, submission, ANSWER)
    say(tickets, submission, ANSWER)
    assert comments(tickets)[1:] == [(ANSWER, False, False)]
    assert tickets.events()[4:] == ["answered"]
    jira.faults["comment"] = [DROP_AFTER]
    assert tickets.work() == ["pending"]
    tickets.pass_time(6)
    assert tickets.work() == ["sent"]
    assert [c.body for c in ticket.comments if c.public] == ["Which of the two layers?", ANSWER]
    tickets.poll()
    assert comments(tickets)[1:] == [(ANSWER, False, True)]
    assert tickets.events()[4:] == ["answered"]


def test_an_answer_on_its_way_is_not_taken_for_another(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, submission: Submission
) -> None:
    """The desk has it, and was looked at before we knew that it does."""
    say(tickets, submission, ANSWER)
    jira.faults["comment"] = [DROP_AFTER]
    assert tickets.work() == ["pending"]
    tickets.poll()
    assert comments(tickets) == [(ANSWER, False, False)]
    tickets.pass_time(6)
    assert tickets.work() == ["sent"]
    assert comments(tickets) == [(ANSWER, False, True)]
    assert not {"waiting", "answered"} & set(tickets.events())


def test_an_answer_by_mail_counts_as_one(tickets: Tickets, jira: FakeDesk, ticket: Ticket) -> None:
    jira.move(ticket, "Waiting for customer")
    tickets.poll()
    assert tickets.events()[2:] == ["acknowledged", "waiting"]
    jira.say(ticket, "The first.", account=ticket.reporter)
    tickets.poll()
    assert tickets.events()[4:] == ["answered"]
    assert comments(tickets) == [("The first.", False, True)]


def test_the_last_word_of_a_ticket_that_is_done_is_no_question(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    jira.say(ticket, "It is live.")
    jira.move(ticket, "Resolved")
    tickets.poll()
    assert tickets.events()[2:] == ["acknowledged"]
    [row] = tickets.sql("SELECT category, native FROM providers.ticket")
    assert tuple(row) == ("done", "Resolved")


@pytest.mark.parametrize("status", ["In progress", "Resolved"])
def test_a_desk_that_moves_on_waits_no_more(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, status: str
) -> None:
    jira.move(ticket, "Waiting for customer")
    tickets.poll()
    assert stand(tickets) == "waiting"
    jira.move(ticket, status)
    tickets.poll()
    assert stand(tickets) == "acknowledged"


def test_a_question_by_comment_ends_with_its_ticket(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    jira.say(ticket, "Which of the two layers?")
    tickets.poll()
    jira.move(ticket, "Resolved")
    tickets.poll()
    assert stand(tickets) == "acknowledged"


def test_what_nobody_asked_for_is_a_word_and_no_answer(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, submission: Submission
) -> None:
    say(tickets, submission, ANSWER)
    jira.say(ticket, "And one thing more.", account=ticket.reporter)
    tickets.work()
    tickets.poll()
    assert stand(tickets) == "sent"
    assert "answered" not in tickets.events()
    assert [c.body for c in ticket.comments if c.public] == ["And one thing more.", ANSWER]
    assert len(comments(tickets)) == 2


def test_statuses_are_called_what_a_project_likes(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    jira.categories |= {"Beim Amt": "INDETERMINATE", "Limbo": "UNDEFINED", "Parked": "UNDEFINED"}
    tickets.desk = desk_of(settings_of(jira, tickets_statuses="Beim Amt=waiting; Parked=done"))
    answers = []
    for status in ("Limbo", "Beim Amt", "Parked"):
        jira.move(ticket, status)
        tickets.poll()
        answers += tickets.sql("SELECT category FROM providers.ticket")
    assert [row.category for row in answers] == ["unknown", "waiting", "done"]
    assert tickets.events()[2:] == ["acknowledged", "waiting", "acknowledged"]


def test_a_ticket_that_goes_to_another_project_is_followed(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, submission: Submission
) -> None:
    old = ticket.key
    jira.rename(ticket, "ODP")
    jira.move(ticket, "In progress")
    assert tickets.poll() == 1
    [row] = tickets.sql("SELECT external_id, category FROM providers.ticket")
    assert (row.external_id, row.category) == (ticket.key, "in_progress")
    assert old != ticket.key
    say(tickets, submission, ANSWER)
    assert tickets.work() == ["sent"]
    assert f"/rest/servicedeskapi/request/{ticket.key}/comment" in jira.requests[-1][1]


def test_one_that_is_gone_does_not_hide_the_others(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    tickets.submit("PD22222222")
    tickets.work()
    jira.tickets.remove(ticket)
    jira.move(jira.tickets[0], "In progress")
    assert tickets.poll() == 1
    assert tickets.events()[-1] == "acknowledged"


def test_without_the_search_tickets_are_read_one_by_one(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket
) -> None:
    jira.may_search = False
    jira.move(ticket, "In progress")
    assert tickets.poll() == 1
    assert tickets.events()[-1] == "acknowledged"


@pytest.mark.parametrize("fault", [UNAVAILABLE, HTML_ANSWER])
def test_a_desk_that_does_not_answer_changes_nothing(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, fault: object
) -> None:
    jira.move(ticket, "Resolved")
    jira.down = fault  # type: ignore[assignment]
    assert tickets.poll() == 0
    [row] = tickets.sql("SELECT category FROM providers.ticket")
    assert row.category == "new"
    [desk] = tickets.sql("SELECT trouble FROM providers.ticket_desk")
    assert desk.trouble


def test_more_comments_than_one_page_has(tickets: Tickets, jira: FakeDesk, ticket: Ticket) -> None:
    for number in range(60):
        jira.say(ticket, f"Word {number}")
    tickets.poll()
    assert len(comments(tickets)) == 60


def test_what_was_withdrawn_is_closed_or_not_made_at_all(
    tickets: Tickets, jira: FakeDesk, ticket: Ticket, submission: Submission
) -> None:
    young = tickets.submit("PD22222222")
    with transaction(tickets.engine) as connection:
        outbox.close(connection, submission=submission)
        outbox.close(connection, submission=young)
    assert set(tickets.work()) == {"sent", "none"}
    assert jira.tickets == [ticket]
    assert (ticket.status, ticket.comments[-1].body) == (
        "Canceled",
        "The provider has withdrawn this.",
    )

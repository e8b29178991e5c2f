"""Sending to Jira, whatever it does in between: one ticket, and nothing lost."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import httpx
import pytest

from performance_store.database import transaction
from providers.tickets import desk_of, outbox
from providers.tickets.adapters import web
from providers.tickets.adapters.jira import as_it_is
from providers.tickets.sending import LOOKS
from tests.support.fake_desk import (
    CUSTOMER_TOKEN,
    DROP_AFTER,
    DROP_BEFORE,
    ERROR_AFTER,
    EXPIRED_TOKEN,
    EXTRA,
    HTML_ANSWER,
    HTML_ERROR,
    PROJECT,
    SCOPED_BASE,
    SCOPED_TOKEN,
    TRUNCATED,
    UNAVAILABLE,
    FakeDesk,
    Fault,
    Ticket,
    too_many,
    without,
)
from tests.support.tickets import ADDRESS, NAME, NOTE, SITE, Tickets, settings_of

REFERENCE = "PD7K3M9QRT"
ALL_SENT = {"create": "sent", "note": "sent", "attach row": "sent"}


def only(jira: FakeDesk) -> Ticket:
    [ticket] = jira.tickets
    return ticket


def work_on(tickets: Tickets, seconds: float = 100, times: int = 12) -> None:
    """Let a worker see to what is due, and time pass, again and again."""
    for _ in range(times):
        tickets.work()
        tickets.pass_time(seconds)
        tickets.wake()


def test_a_submission_becomes_a_ticket_with_its_note_and_row(
    tickets: Tickets, jira: FakeDesk
) -> None:
    tickets.submit()
    assert tickets.work() == ["sent", "sent", "sent"]
    ticket = only(jira)
    assert ticket.summary.startswith(f"[{REFERENCE}] New data: ")
    assert jira.customers == {ADDRESS: ticket.reporter}
    assert all(word in ticket.description for word in (NAME, ADDRESS, NOTE, SITE))
    [note] = ticket.comments
    assert (note.public, f"{SITE}/check/s3cret-of-the-check" in note.body) == (False, True)
    [row] = csv.DictReader(io.StringIO(ticket.files[f"{REFERENCE}.csv"].decode()))
    assert row == {
        "organisation": "local-authority:NOR",
        "pipelines": "tree",
        "documentation-url": "https://www.northmere.example/trees",
        "endpoint-url": "https://maps.northmere.example/trees.csv",
        "start-date": row["start-date"],
        "plugin": "",
        "licence": "ogl3",
    }
    # The desk mails them once, so we do not.
    assert jira.mails == [(ticket.reporter, "created")]
    assert tickets.sql("SELECT * FROM providers.message") == []
    assert (tickets.steps(), tickets.events()) == (ALL_SENT, ["sending", "sent"])
    [stored] = tickets.sql("SELECT * FROM providers.ticket")
    assert (stored.external_id, stored.external_url) == (
        ticket.key,
        f"{jira.url}/browse/{ticket.key}",
    )
    assert not any(NAME in str(row) for row in tickets.sql("SELECT * FROM providers.ticket_step"))


@pytest.mark.parametrize(
    "fault",
    [DROP_AFTER, ERROR_AFTER, TRUNCATED, HTML_ANSWER, without("issueKey")],
    ids=["dropped", "500", "truncated", "html", "no key"],
)
def test_a_ticket_whose_answer_was_lost_is_looked_for_and_not_made_again(
    tickets: Tickets, jira: FakeDesk, fault: Fault
) -> None:
    jira.faults["create"] = [fault]
    tickets.submit()
    assert tickets.work() == ["pending"]
    assert tickets.work() == []
    tickets.pass_time(LOOKS[0] + 1)
    assert tickets.work() == ["sent", "sent", "sent"]
    assert (only(jira).files.keys(), tickets.steps()) == ({f"{REFERENCE}.csv"}, ALL_SENT)


@pytest.mark.parametrize("fault", [DROP_BEFORE, HTML_ERROR, UNAVAILABLE])
def test_what_was_not_made_is_made_once_three_looks_were_in_vain(
    tickets: Tickets, jira: FakeDesk, fault: Fault
) -> None:
    jira.faults["create"] = [fault]
    tickets.submit()
    assert tickets.work() == ["pending"]
    for seconds in LOOKS[:-1]:
        tickets.pass_time(seconds + 1)
        assert tickets.work() == ["pending"]
    assert jira.tickets == []
    tickets.pass_time(LOOKS[-1] + 1)
    assert tickets.work() == ["sent", "sent", "sent"]
    only(jira)
    # Some minutes later it is looked for copies, of which there are none.
    tickets.pass_time(minutes=12)
    tickets.wake()
    assert tickets.work() == ["sent"]
    assert len(only(jira).comments) == 1


def test_a_copy_that_an_index_hid_for_long_is_told_of(tickets: Tickets, jira: FakeDesk) -> None:
    jira.faults["create"] = [DROP_AFTER]
    jira.index_lag = timedelta(minutes=5)
    tickets.submit()
    tickets.work()
    for seconds in LOOKS:
        tickets.pass_time(seconds + 1)
        tickets.work()
    first, second = jira.tickets
    jira.pass_time(12 * 60)
    tickets.pass_time(minutes=12)
    tickets.wake()
    assert tickets.work() == ["sent"]
    assert [comment.body for comment in first.comments] == [
        f"Duplicate of {second.key}: it was sent twice."
    ]


def test_one_ticket_that_is_closed_to_us_does_not_stop_the_others(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.faults["comment"] = [Fault(status=403)]
    tickets.submit()
    assert tickets.work() == ["sent", "failed", "sent"]
    tickets.submit("PD22222222")
    assert tickets.work() == ["sent", "sent", "sent"]
    jira.faults["comment?"] = [Fault(status=403)]
    jira.move(jira.tickets[1], "In progress")
    assert tickets.poll() == 2
    assert tickets.events()[-1] == "acknowledged"


def test_an_answer_that_does_not_come_in_time(
    tickets: Tickets, jira: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIMEOUTS", httpx.Timeout(0.1))
    jira.faults["create"] = [Fault(delay=0.5)]
    tickets.submit()
    assert tickets.work() == ["pending"]
    [step] = tickets.sql("SELECT answer FROM providers.ticket_step WHERE kind = 'create'")
    assert step.answer == "may be there: no answer (ReadTimeout)"
    monkeypatch.undo()
    tickets.pass_time(LOOKS[0] + 1)
    assert tickets.work() == ["sent", "sent", "sent"]
    only(jira)


def test_an_index_that_lags_is_waited_for(tickets: Tickets, jira: FakeDesk) -> None:
    jira.faults["create"] = [DROP_AFTER]
    jira.index_lag = timedelta(seconds=30)
    tickets.submit()
    tickets.work()
    for seconds in LOOKS[:-1]:
        tickets.pass_time(seconds + 1)
        jira.pass_time(seconds)
        assert tickets.work() == ["pending"]
    tickets.pass_time(LOOKS[-1] + 1)
    jira.pass_time(LOOKS[-1])
    assert tickets.work() == ["sent", "sent", "sent"]
    only(jira)


def test_two_that_are_there_all_the_same_are_told_apart(tickets: Tickets, jira: FakeDesk) -> None:
    jira.faults["create"] = [DROP_AFTER]
    tickets.submit()
    tickets.work()
    older = only(jira)
    younger = Ticket(999, f"{PROJECT}-999", older.summary, "", older.reporter, jira.now, jira.now)
    jira.tickets.insert(0, younger)
    tickets.pass_time(6)
    tickets.work()
    [row] = tickets.sql("SELECT external_id FROM providers.ticket")
    assert row.external_id == older.key
    assert [comment.body for comment in younger.comments] == [
        f"Duplicate of {older.key}: it was sent twice."
    ]


def test_a_desk_that_is_away_for_an_hour_gets_it_when_it_is_back(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.faults["create"] = [DROP_AFTER]
    jira.down = None
    tickets.submit()
    tickets.work()
    jira.down = UNAVAILABLE
    for _ in range(4):
        tickets.pass_time(minutes=15)
        tickets.work()
        tickets.poll()
    [desk] = tickets.sql("SELECT * FROM providers.ticket_desk")
    assert (desk.paused_at, desk.trouble) == (None, "503 It does not work.")
    assert tickets.events() == ["sending"]
    jira.down = None
    # The poll notices that it is back, and nothing waits for its hour.
    tickets.poll()
    tickets.work()
    tickets.pass_time(minutes=1)
    tickets.work()
    assert (len(jira.tickets), tickets.steps()) == (1, ALL_SENT)
    [desk] = tickets.sql("SELECT * FROM providers.ticket_desk")
    assert (desk.trouble, desk.trouble_at) == ("", None)


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("comment", DROP_AFTER),
        ("comment", DROP_BEFORE),
        ("attachTemporaryFile", DROP_AFTER),
        ("attachTemporaryFile", TRUNCATED),
        ("attachment", DROP_AFTER),
        ("attachment", ERROR_AFTER),
        ("attachment", UNAVAILABLE),
    ],
)
def test_note_and_file_fail_and_are_repeated_alone(
    tickets: Tickets, jira: FakeDesk, route: str, fault: Fault
) -> None:
    jira.faults[route] = [fault]
    tickets.submit()
    work_on(tickets)
    ticket = only(jira)
    assert (len(ticket.comments), len(ticket.files)) == (1, 1)
    assert tickets.steps() == ALL_SENT
    assert jira.mails == [(ticket.reporter, "created")]


def test_a_file_that_was_thrown_away_in_between_is_put_down_again(
    tickets: Tickets, jira: FakeDesk
) -> None:
    life, jira.temporary_life = jira.temporary_life, timedelta()
    tickets.submit()
    assert tickets.work() == ["sent", "sent", "pending"]
    jira.temporary_life = life
    tickets.pass_time(minutes=2)
    assert tickets.work() == ["sent"]
    assert len(only(jira).files) == 1


def test_a_desk_that_has_had_enough_is_left_alone_as_long_as_it_says(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.faults["create"] = [too_many(600)]
    tickets.submit()
    tickets.submit("PD22222222")
    assert tickets.work() == ["pending", "none"]
    count = len(jira.requests)
    tickets.pass_time(minutes=9)
    tickets.wake()
    tickets.work()
    tickets.poll()
    assert len(jira.requests) == count
    tickets.pass_time(minutes=2)
    tickets.wake()
    tickets.work()
    assert len(jira.tickets) == 2


def test_credentials_that_end_stop_everything_until_there_are_new_ones(
    tickets: Tickets, jira: FakeDesk
) -> None:
    old = desk_of(settings_of(jira, tickets_token=EXPIRED_TOKEN))
    new, tickets.desk = tickets.desk, old
    manager = tickets.person("programme")
    tickets.submit()
    tickets.submit("PD22222222")
    assert tickets.work() == ["pending", "none"]
    count = len(jira.requests)
    for _ in range(5):
        tickets.pass_time(minutes=30)
        assert tickets.wake() == tickets.poll() == 0
        assert set(tickets.work()) <= {"none"}
    assert len(jira.requests) == count
    [mail] = tickets.sql("SELECT person_id, text FROM providers.message")
    assert (mail.person_id, "tickets resume" in mail.text) == (manager, True)
    tickets.desk = new
    tickets.wake()
    tickets.work()
    assert len(jira.tickets) == 2
    assert not any(
        EXPIRED_TOKEN in str(row) for row in tickets.sql("SELECT * FROM providers.ticket_step")
    )


def test_what_it_refuses_for_good_waits_for_a_person(tickets: Tickets, jira: FakeDesk) -> None:
    tickets.desk = desk_of(settings_of(jira, tickets_request_type="29"))
    tickets.submit()
    assert tickets.work() == ["failed"]
    [row] = tickets.sql("SELECT answer, body FROM providers.ticket_step WHERE kind = 'create'")
    assert row.answer == "400 No such service desk or request type."
    assert row.body["name"] == NAME


def test_an_address_without_a_desk_loses_nothing(tickets: Tickets, jira: FakeDesk) -> None:
    tickets.desk = desk_of(settings_of(jira, tickets_url=f"{jira.url}/elsewhere"))
    tickets.submit()
    assert tickets.work() == ["pending"]
    tickets.desk = desk_of(settings_of(jira))
    tickets.pass_time(minutes=2)
    assert tickets.work() == ["sent", "sent", "sent"]


@pytest.mark.parametrize("takes_customers", [True, False])
def test_a_reporter_whose_address_is_not_taken(
    tickets: Tickets, jira: FakeDesk, takes_customers: bool
) -> None:
    jira.takes_addresses, jira.takes_customers = False, takes_customers
    tickets.submit()
    tickets.work()
    ticket = only(jira)
    assert ticket.reporter == ("customer-0" if takes_customers else "account-of-token")
    assert ADDRESS in ticket.description


def test_a_token_of_a_mere_customer_makes_tickets_in_our_name(
    tickets: Tickets, jira: FakeDesk
) -> None:
    tickets.desk = desk_of(settings_of(jira, tickets_token=CUSTOMER_TOKEN))
    jira.takes_customers = False
    tickets.submit()
    tickets.work()
    assert only(jira).reporter == "account-of-token"


def test_a_scoped_token_works_at_its_own_address_alone(tickets: Tickets, jira: FakeDesk) -> None:
    tickets.submit()
    tickets.desk = desk_of(settings_of(jira, tickets_token=SCOPED_TOKEN))
    assert tickets.work() == ["pending"]
    url = jira.url + SCOPED_BASE
    tickets.desk = desk_of(settings_of(jira, tickets_token=SCOPED_TOKEN, tickets_url=url))
    tickets.pass_time(minutes=2)
    tickets.wake()
    assert tickets.work() == ["sent", "sent", "sent"]


def test_answers_may_bring_more_and_lack_what_we_do_not_need(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.faults["create"] = [EXTRA]
    tickets.submit()
    assert tickets.work()[0] == "sent"
    jira.faults["create"] = [without("currentStatus")]
    tickets.submit("PD22222222")
    assert tickets.work()[0] == "sent"


def test_a_token_of_a_person_is_sent_with_their_address(tickets: Tickets, jira: FakeDesk) -> None:
    tickets.desk = desk_of(settings_of(jira, tickets_user="bot@example.gov.uk"))
    tickets.submit()
    tickets.work()
    [method, path, headers, body] = jira.requests[0]
    assert (method, path) == ("POST", "/rest/servicedeskapi/request")
    assert headers["authorization"].startswith("Basic ")
    assert json.loads(body).keys() == {
        *("serviceDeskId", "requestTypeId", "requestFieldValues", "raiseOnBehalfOf")
    }
    # A secret is in no body, and nothing is kept of one that the desk repeats.
    page = b'{"errorMessage": "Basic %s is odd"}' % headers["authorization"].split()[1].encode()
    jira.faults["create"] = [Fault(status=400, body=page)] * 3
    tickets.submit("PD22222222")
    assert tickets.work() == ["failed"]
    [step] = tickets.sql("SELECT answer FROM providers.ticket_step WHERE state = 'failed'")
    assert step.answer == "400 Basic (token) is odd"
    assert not any(b"agent-token" in body for _, _, _, body in jira.requests)


@pytest.mark.parametrize(
    ("words", "mark_up"),
    [
        ("{code}", r"\{code\}"),
        ("[~admin] look", r"\[\~admin\] look"),
        ("!http://evil.example/a.png!", r"\!http://evil.example/a.png\!"),
        ("One\nh1. Two\nbq. Three", "One\nh1\\. Two\nbq\\. Three"),
        ("- a\n # b", "\\- a\n \\# b"),
        ("a\\\\b", "a&#92;&#92;b"),
        (
            "https://maps.example/my_trees~1.csv is_it",
            r"https://maps.example/my_trees~1.csv is\_it",
        ),
        ("https://a.example/x|!y", r"https://a.example/x\|\!y"),
        ("Ada-Jane O'Neil (trees), 5 - 6.", "Ada-Jane O'Neil (trees), 5 - 6."),
    ],
)
def test_mark_up_is_shown_as_it_was_typed(words: str, mark_up: str) -> None:
    assert as_it_is(words) == mark_up


def test_nobody_outside_writes_mark_up_for_the_desk(tickets: Tickets, jira: FakeDesk) -> None:
    words = "Look [~admin]: {code} !http://evil.example/a.png!"
    submission = tickets.submit(note=words)
    tickets.work()
    ticket = only(jira)
    assert as_it_is(words) in ticket.description
    with transaction(tickets.engine) as connection:
        outbox.say(connection, submission=submission, words=words)
    jira.faults["comment"] = [DROP_AFTER]
    work_on(tickets, times=3)
    assert [c.body for c in ticket.comments if c.public] == [as_it_is(words)]

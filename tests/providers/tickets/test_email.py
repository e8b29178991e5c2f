"""Submissions as mails to a mailbox, by a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import cast

import pytest
from sqlalchemy import Engine

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.submissions import telling
from providers.tickets import desk_of, outbox
from tests.support.smtp import MailServer, mail_server
from tests.support.tickets import ADDRESS, NAME, NOTE, SITE, Tickets

MAILBOX = "tickets@data.example"
REFERENCE = "PD7K3M9QRT"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def tickets(store: Engine, server: MailServer) -> Tickets:
    settings = Settings(
        tickets="email",
        tickets_to=MAILBOX,
        mail_url=server.url,
        mail_from="performance@service.example",
        contact="help@service.example",
    )
    return Tickets(store, desk_of(settings))


def test_a_mail_has_all_of_it_and_is_answered_to_its_sender(
    tickets: Tickets, server: MailServer
) -> None:
    tickets.submit(findings_csv=b"value\n2\n", licence="unsure")
    assert tickets.work() == ["sent"]
    [mail] = server.inbox
    assert server.receivers == [MAILBOX]
    assert mail["Subject"].startswith(f"[{REFERENCE}] New data: ")
    assert mail["Message-ID"] == f"<{REFERENCE}.ticket@service.example>"
    assert (mail["Reply-To"], mail["Auto-Submitted"]) == (ADDRESS, "auto-generated")
    assert mail["From"] == "Planning Data Performance <performance@service.example>"
    body = mail.get_body()
    assert body is not None
    words = cast(EmailMessage, body).get_content()
    assert all(word in words for word in (NAME, NOTE, SITE, "not sure", "s3cret-of-the-check"))
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert files.keys() == {f"{REFERENCE}.csv", f"{REFERENCE}-findings.csv"}
    # Not sure is no licence.
    assert files[f"{REFERENCE}.csv"].splitlines()[1].endswith(",,")
    assert set(tickets.steps().values()) == {"sent"}
    assert tickets.sql("SELECT * FROM providers.ticket") == []
    assert tickets.events() == ["sending", "sent"]


def test_later_words_belong_to_the_same_conversation(tickets: Tickets, server: MailServer) -> None:
    submission = tickets.submit()
    tickets.work()
    with transaction(tickets.engine) as connection:
        outbox.say(connection, submission=submission, words="It moved.")
        outbox.close(connection, submission=submission)
    tickets.work()
    first, *rest = server.inbox
    assert [mail["In-Reply-To"] for mail in rest] == [first["Message-ID"]] * 2
    assert all(f"[{REFERENCE}]" in mail["Subject"] for mail in rest)


def test_a_mail_that_may_have_left_is_sent_again_under_the_same_name(
    tickets: Tickets, server: MailServer
) -> None:
    server.drop = True
    tickets.submit()
    assert tickets.work() == ["pending"]
    for _ in range(3):
        tickets.pass_time(61)
        tickets.work()
    [mail] = server.inbox
    assert mail["Message-ID"] == f"<{REFERENCE}.ticket@service.example>"


def test_a_server_that_is_away_or_refuses(tickets: Tickets, server: MailServer) -> None:
    server.refusals[MAILBOX] = "451 4.3.0 later"
    tickets.submit()
    assert tickets.work() == ["pending"]
    [desk] = tickets.sql("SELECT trouble FROM providers.ticket_desk")
    assert desk.trouble == "451 4.3.0 later"
    # It lets us in, which is all that it can be asked.
    tickets.poll()
    [desk] = tickets.sql("SELECT trouble FROM providers.ticket_desk")
    assert desk.trouble == ""
    server.refusals[MAILBOX] = "550 5.1.1 nobody of that name"
    tickets.pass_time(minutes=2)
    assert tickets.work() == ["failed"]
    assert server.inbox == []


def test_a_server_that_is_not_there(tickets: Tickets) -> None:
    settings = Settings(
        tickets="email",
        tickets_to=MAILBOX,
        mail_url="smtp://127.0.0.1:9",
        mail_from="performance@service.example",
    )
    tickets.desk = desk_of(settings)
    assert tickets.poll() == 0
    [desk] = tickets.sql("SELECT trouble, paused_at FROM providers.ticket_desk")
    assert (desk.trouble.partition(":")[0], desk.paused_at) == ("ConnectionRefusedError", None)


@pytest.mark.parametrize("bad", ["\r\nBcc: x@evil.example", "\n\nHello", "\u2028X"])
def test_nothing_that_was_typed_begins_a_header(
    tickets: Tickets, server: MailServer, bad: str
) -> None:
    tickets.submit(url=f"https://maps.example/{bad}", note=f"A{bad}")
    tickets.sql(
        "UPDATE providers.ticket_step SET body = body || jsonb_build_object('title', "
        "'[PD7K3M9QRT] x' || chr(13) || chr(10) || 'Bcc: x@evil.example') "
        "WHERE kind = 'create'"
    )
    tickets.work()
    [mail] = server.inbox
    assert mail["Bcc"] is None
    assert server.receivers == [MAILBOX]


def test_a_row_runs_nothing_in_a_spreadsheet(tickets: Tickets, server: MailServer) -> None:
    tickets.submit(url="=HYPERLINK(1)")
    tickets.work()
    [mail] = server.inbox
    [file] = mail.iter_attachments()
    assert ",'=HYPERLINK(1)," in file.get_content()


def test_whoever_sent_it_is_told_that_we_have_it_and_how_it_ended(
    tickets: Tickets, server: MailServer
) -> None:
    sender = tickets.person()
    submission = tickets.submit(person_id=sender)
    tickets.work()
    with transaction(tickets.engine) as connection:
        telling.ended(connection, submission_id=submission.id, step="live")
        telling.ended(connection, submission_id=submission.id, step="ended", reason="withdrawn")
    mails = tickets.sql("SELECT person_id, subject, text FROM providers.message ORDER BY id")
    assert [(mail.person_id, mail.subject) for mail in mails] == [
        (sender, f"We have your submission {REFERENCE}"),
        (sender, f"Your data are live: {REFERENCE}"),
    ]
    assert all(f"{SITE}/submissions/{REFERENCE}" in mail.text for mail in mails)

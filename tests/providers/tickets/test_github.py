"""Submissions as issues of GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.tickets import desk_of, outbox
from tests.support.fake_desk import DROP_AFTER, Fault
from tests.support.fake_github import REPOSITORY, TOKEN, FakeGithub, fake_github
from tests.support.tickets import ADDRESS, NAME, NOTE, SITE, Tickets

ALL_SENT = {"create": "sent", "note": "sent", "attach row": "sent"}


@pytest.fixture
def github() -> Iterator[FakeGithub]:
    with fake_github() as github:
        yield github


def settings_at(github: FakeGithub, **more: object) -> Settings:
    return Settings(
        **{
            "tickets": "github",
            "tickets_url": github.url,
            "tickets_token": TOKEN,
            "tickets_repository": REPOSITORY,
            "tickets_statuses": "needs provider=waiting",
            **more,
        }
    )


@pytest.fixture
def tickets(store: Engine, github: FakeGithub) -> Tickets:
    return Tickets(store, desk_of(settings_at(github)))


@pytest.mark.parametrize("is_private", [False, True])
def test_an_issue_names_people_only_where_few_read_it(
    tickets: Tickets, github: FakeGithub, is_private: bool
) -> None:
    github.is_private = is_private
    submission = tickets.submit(findings_csv=b"line-number,value\n2,Ada\n")
    tickets.work()
    [issue] = github.issues
    for word in (NAME, ADDRESS, NOTE, "line-number", "s3cret"):
        assert (word in issue["body"]) is is_private, word
    assert f"{SITE}/submissions/{submission.reference}" in issue["body"]
    assert "```csv\norganisation,pipelines," in issue["body"]
    assert set(tickets.steps().values()) == {"sent"}
    [row] = tickets.sql("SELECT external_id, external_url FROM providers.ticket")
    assert (row.external_id, row.external_url) == (f"{REPOSITORY}#1", issue["html_url"])
    with transaction(tickets.engine) as connection:
        outbox.say(connection, submission=submission, words="It is mine, says Ada.")
    tickets.work()
    [comment] = github.comments[1]
    assert ("Ada" in comment["body"]) is is_private


def test_what_was_found_in_a_file_is_in_no_public_issue(
    tickets: Tickets, github: FakeGithub
) -> None:
    tickets.submit(kind="help", findings_csv=b"line-number,value\n2,Ada\n")
    tickets.work()
    assert "line-number" not in github.issues[0]["body"]
    github.is_private = True
    tickets.desk = desk_of(settings_at(github))
    tickets.submit("PD22222222", findings_csv=b"line-number\n" * 9000)
    tickets.work()
    # Nor is one that no issue could hold.
    assert "line-number" not in github.issues[1]["body"]
    assert "organisation,pipelines," in github.issues[1]["body"]


def test_a_repository_that_our_token_may_not_see(tickets: Tickets, github: FakeGithub) -> None:
    tickets.desk = desk_of(settings_at(github, tickets_repository="example/other.thing"))
    github.hidden.add("example/other.thing")
    tickets.submit()
    assert tickets.work() == ["pending"]
    [desk] = tickets.sql("SELECT trouble FROM providers.ticket_desk")
    assert desk.trouble == "404 Not Found"


def test_an_issue_whose_answer_was_lost_is_looked_for(tickets: Tickets, github: FakeGithub) -> None:
    github.faults["issues"] = [DROP_AFTER]
    tickets.submit()
    assert tickets.work() == ["pending"]
    tickets.pass_time(6)
    assert tickets.work() == ["sent"]
    assert (len(github.issues), tickets.steps()) == (1, ALL_SENT)


def test_a_limit_of_its_is_no_refusal_of_us(tickets: Tickets, github: FakeGithub) -> None:
    github.faults["issues"] = [Fault(status=403, headers=(("Retry-After", "60"),))]
    tickets.submit()
    assert tickets.work() == ["pending"]
    [desk] = tickets.sql("SELECT paused_at, quiet_until FROM providers.ticket_desk")
    assert desk.paused_at is None
    assert desk.quiet_until is not None
    tickets.pass_time(minutes=3)
    tickets.wake()
    assert tickets.work() == ["sent"]


def test_how_an_issue_stands_and_what_is_said_of_it(tickets: Tickets, github: FakeGithub) -> None:
    tickets.submit(person_id=tickets.person())
    tickets.work()
    assert tickets.poll() == 1
    github.say(1, "our own", "our-app")
    github.change(1, labels=[{"name": "Needs provider"}])
    assert tickets.poll() == 1
    assert tickets.events()[2:] == ["acknowledged", "waiting"]
    github.say(1, "Which layer?")
    github.say(1, "The second?")
    tickets.poll()
    tickets.poll()
    words = [row.text for row in tickets.sql("SELECT text FROM providers.ticket_comment")]
    assert words == ["Which layer?", "The second?"]
    # GitHub knows nobody of theirs, so we tell them.
    mails = tickets.sql("SELECT subject FROM providers.message ORDER BY id")
    assert [mail.subject.partition(":")[0] for mail in mails] == [
        "We have your submission PD7K3M9QRT",
        "The data team waits for you",
        "The data team waits for you",
    ]
    github.change(1, state="closed", state_reason="not_planned")
    tickets.poll()
    [row] = tickets.sql("SELECT category, native FROM providers.ticket")
    assert tuple(row) == ("cancelled", "not_planned")


def test_an_issue_that_goes_elsewhere_is_followed(tickets: Tickets, github: FakeGithub) -> None:
    tickets.submit()
    tickets.work()
    github.elsewhere[1] = "example/config"
    github.change(1, html_url="https://github.example/example/config/issues/1", state="closed")
    tickets.poll()
    [row] = tickets.sql("SELECT external_id, category FROM providers.ticket")
    assert tuple(row) == ("example/config#1", "done")


def test_one_that_is_withdrawn_is_closed(tickets: Tickets, github: FakeGithub) -> None:
    submission = tickets.submit()
    tickets.work()
    with transaction(tickets.engine) as connection:
        outbox.close(connection, submission=submission)
    assert tickets.work() == ["sent"]
    assert (github.issues[0]["state"], github.issues[0]["state_reason"]) == (
        "closed",
        "not_planned",
    )

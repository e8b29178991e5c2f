"""From a task to its end, as an officer, an agent at the desk and the nights make it.

What pages show of it is tested with the pages; here are the facts that they show.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from performance_store.database import connect, transaction
from providers.submissions import evidence, reading, standing
from providers.submissions.refusals import Refused
from providers.submissions.rows import Standing, Submission
from providers.tickets import composing
from tests.support.build import AAA
from tests.support.fake_desk import FakeDesk
from tests.support.submission_nights import NIGHTS, after, hash_of, url_of
from tests.support.submission_store import Submissions
from tests.support.submissions import ADDRESS
from tests.support.tickets import Tickets

ADMIN = 3
ALL = NIGHTS[-1]
FRIDAY = after(2)
"""The Monday after it is a bank holiday."""


def tasks_of(submissions: Submissions, case: str, kind: str) -> list[tuple[Any, ...]]:
    """Public id, address, first day, last day and reason of a dataset's tasks of a kind."""
    return submissions.store.sql(
        "SELECT t.public_id, t.subject, t.first_seen_on, t.closed_on, t.close_reason FROM task t "
        "JOIN dataset d ON d.id = t.dataset_id JOIN organisation o ON o.id = t.organisation_id "
        "WHERE d.dataset = :case AND t.kind = :kind AND o.organisation = :organisation",
        case=case,
        kind=kind,
        organisation=AAA,
    )


def stand(submissions: Submissions, case: str, url: str = "") -> Standing:
    with connect(submissions.engine) as connection:
        return standing.standing(
            connection, organisation=AAA, dataset=case, url=url or url_of(case)
        )


def late(submissions: Submissions, submission: Submission, day: date) -> bool:
    return submissions.now(submission.reference, day).is_late


def test_1_straight_through(submissions: Submissions, tickets: Tickets, jira: FakeDesk) -> None:
    submissions.night(0)
    [(task, _, seen_on, closed_on, reason)] = tasks_of(submissions, "straight", "provide")
    submission = submissions.submit("straight", task=task)
    assert submission.reference
    tickets.work()
    [ticket] = jira.tickets
    assert ticket.summary.startswith(f"[{submission.reference}]")
    assert jira.customers == {ADDRESS: ticket.reporter}
    [row] = ticket.files.values()
    assert url_of("straight").encode() in row
    with connect(submissions.engine) as connection:
        assert reading.of_tasks(connection, tasks=[task])[task].step == "sent"
    jira.move(ticket, "In progress")
    tickets.poll()
    assert submissions.now(submission.reference).step == "acknowledged"
    submissions.night(2)
    assert submissions.now(submission.reference).step == "registered"
    submissions.night(3)
    assert submissions.steps(submission) == ["acknowledged", "registered", "collected", "live"]
    # The task closes by the data alone, with the snapshot that had the address.
    assert (seen_on, closed_on, reason) == (after(0), after(2), "fixed")
    assert submissions.said_by(submission, "live")["snapshot"] == after(3).isoformat()


def test_3_already_collected(submissions: Submissions) -> None:
    submissions.night(0)
    there = stand(submissions, "corrected")
    assert there.answer == "collected"
    assert there.registered is not None
    assert there.registered.collected_since == after(-1)
    with pytest.raises(Refused) as refusal:
        submissions.submit("corrected")
    assert refusal.value.code == "collected"
    nearly = stand(submissions, "corrected", f"{url_of('corrected')}/")
    assert [row.url for row in nearly.near] == [url_of("corrected")]


def test_3_an_ended_address_is_taken_back(submissions: Submissions, tickets: Tickets) -> None:
    submissions.night(0)
    [row] = submissions.store.sql(
        "SELECT endpoint FROM endpoint WHERE endpoint_url = :url", url=url_of("back")
    )
    submission = submissions.submit("back", "take_back", endpoint=row[0])
    tickets.work()
    assert submissions.night(1) == 0
    submissions.night(2)
    assert submissions.steps(submission) == ["registered"]
    submissions.night(3)
    assert submissions.now(submission.reference).step == "live"


def test_6_without_a_ticket_system_the_register_alone_carries_it(submissions: Submissions) -> None:
    submissions.night(0)
    submission = submissions.submit("straight")
    Tickets(submissions.engine).work()
    row = submissions.now(submission.reference)
    assert row.step == "sent"
    assert submissions.said_by(submission, "sent") == {"ticket": None, "desk": "none"}
    with connect(submissions.engine) as connection:
        assert reading.all(connection, today=after(0), open=True) == (row,)
    assert url_of("straight").encode() in composing.attachment(row).body
    submissions.night(3)
    assert submissions.steps(submission) == ["registered", "collected", "live"]


def test_7_resolved_but_absent(submissions: Submissions, tickets: Tickets, jira: FakeDesk) -> None:
    submissions.night(1)
    submission = submissions.submit("absent", day=FRIDAY, hour=18)
    tickets.work()
    [ticket] = jira.tickets
    jira.say(ticket, "We cannot take this: it is of another dataset.")
    jira.move(ticket, "Resolved")
    tickets.poll()
    submissions.move(submission, FRIDAY, 18)
    # Its fifth working day is the Monday after next.
    submissions.night(12)
    assert submissions.now(submission.reference).is_open
    assert not late(submissions, submission, after(12))
    assert late(submissions, submission, after(13))
    submissions.night(13)
    row = submissions.now(submission.reference)
    assert (row.step, row.reason, row.is_late) == ("ended", "absent", False)
    with connect(submissions.engine) as connection:
        [comment] = reading.comments(connection, submission_id=submission.id)
    assert comment.by_agent
    assert comment.text.startswith("We cannot take this")
    # It may be sent again: nothing of it is open any more.
    assert submissions.submit("absent", day=after(13)).reference != submission.reference


def test_9_the_data_team_changed_the_address(submissions: Submissions) -> None:
    submissions.night(0)
    submission = submissions.submit("changed")
    submissions.night(1)
    proof = submissions.said_by(submission, "registered")
    assert (proof["rule"], proof["address"]) == ("L4", f"{url_of('changed')}?outputFormat=csv")
    assert submissions.now(submission.reference).url == url_of("changed")
    with transaction(submissions.engine) as connection:
        evidence.unlink(connection, submission=submission, person_id=ADMIN)
    submissions.night(3)
    assert submissions.now(submission.reference).linked is None
    submissions.night(4)
    assert submissions.now(submission.reference).linked == hash_of(url_of("changed"))


def test_9_never_on_a_guess_of_another_organisation_s_row(submissions: Submissions) -> None:
    submissions.night(0)
    submission = submissions.submit("theirs")
    submissions.night(ALL)
    row = submissions.now(submission.reference)
    assert (row.linked, submissions.steps(submission)) == (None, [])


def test_10_collected_but_failing(submissions: Submissions) -> None:
    submissions.night(0)
    submission = submissions.submit("refused")
    submissions.night(1)
    row = submissions.now(submission.reference)
    assert (row.step, row.is_open) == ("collection_failed", True)
    assert submissions.said_by(submission, "collection_failed")["http_status"] == "403"
    submissions.night(2)
    assert submissions.now(submission.reference).step == "live"
    [(_, subject, opened_on, closed_on, reason)] = tasks_of(submissions, "refused", "access")
    assert subject == hash_of(url_of("refused"))
    assert (opened_on, closed_on, reason) == (after(1), after(2), "fixed")


def test_13_an_address_is_replaced(
    submissions: Submissions, tickets: Tickets, jira: FakeDesk
) -> None:
    submissions.night(0)
    old = f"{url_of('replaced')}?old"
    with connect(submissions.engine) as connection:
        rows = standing.registered(connection, organisation=AAA, dataset="replaced")
    assert {row.url for row in rows} >= {old, f"{url_of('replaced')}?other"}
    submission = submissions.submit("replaced", "replace", endpoint=hash_of(old))
    tickets.work()
    assert hash_of(old) in jira.tickets[0].description
    submissions.night(2)
    assert submissions.now(submission.reference).linked == hash_of(url_of("replaced"))
    submissions.night(ALL)
    assert submissions.now(submission.reference).step == "live"
    [(_, subject, _, closed_on, reason)] = tasks_of(submissions, "replaced", "access")
    assert (subject, closed_on, reason) == (hash_of(old), after(4), "endpoint_ended")
    [(_, _, seen_on, closed_on, _)] = tasks_of(submissions, "replaced", "fix")
    assert (seen_on, closed_on) == (after(0), None)

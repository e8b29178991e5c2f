"""How the desk is: for monitoring, and on the command line for whoever looks after it."""

from __future__ import annotations

import pytest

from performance_store.operations import watch
from providers.__main__ import main
from providers.tickets import desk_of
from serving.health import judge
from tests.support.fake_desk import UNAVAILABLE, FakeDesk
from tests.support.tickets import Tickets, settings_of


def readiness(tickets: Tickets) -> tuple[str, list[str]]:
    with tickets.engine.connect() as connection:
        condition = watch.look(connection)
    return judge(
        {"database": "ok", "redis": "not used", "data": "current", "tickets": condition.tickets}
    )


def test_a_desk_that_is_away_degrades_us_until_it_is_back(tickets: Tickets, jira: FakeDesk) -> None:
    jira.down = UNAVAILABLE
    tickets.submit()
    tickets.work()
    # Not for one answer that failed.
    assert readiness(tickets)[0] == "ok"
    tickets.pass_time(minutes=6)
    assert readiness(tickets) == (
        "degraded",
        ["The ticket system does not answer: what was submitted waits, and is kept."],
    )
    jira.down = None
    tickets.poll()
    assert readiness(tickets)[0] == "ok"


def test_what_waits_is_shown_and_sent_again(
    tickets: Tickets,
    jira: FakeDesk,
    module_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", module_database_url)
    jira.expired.add(settings_of(jira).tickets_token or "")
    tickets.submit()
    tickets.work()
    assert readiness(tickets) == (
        "degraded",
        ["The ticket system refuses our credentials: what was submitted waits, and is kept."],
    )
    assert main(["tickets"]) == 0
    desk, create, *_ = capsys.readouterr().out.splitlines()
    assert desk.startswith("jira\tpaused\t")
    assert create.startswith("PD7K3M9QRT\tcreate\twaits\t")
    # The same credentials are good again: only a person knows.
    jira.expired.clear()
    tickets.pass_time(minutes=2)
    assert tickets.wake() == 0
    assert main(["tickets", "resume"]) == 0
    tickets.wake()
    assert tickets.work() == ["sent", "sent", "sent"]
    assert readiness(tickets)[0] == "ok"


def test_what_was_refused_for_good_is_tried_again_by_a_person(
    tickets: Tickets,
    jira: FakeDesk,
    module_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", module_database_url)
    good, tickets.desk = tickets.desk, desk_of(settings_of(jira, tickets_request_type="29"))
    tickets.submit()
    assert tickets.work() == ["failed"]
    assert readiness(tickets)[0] == "degraded"
    assert main(["tickets", "status"]) == 0
    assert "\trefused\t" in capsys.readouterr().out
    tickets.desk = good
    assert main(["tickets", "resume"]) == 0
    assert tickets.work() == ["sent", "sent", "sent"]


def test_a_desk_that_nothing_is_sent_to_any_more_is_forgotten(
    tickets: Tickets, jira: FakeDesk
) -> None:
    jira.expired.add(settings_of(jira).tickets_token or "")
    tickets.poll()
    assert readiness(tickets)[0] == "degraded"
    tickets.desk = None
    tickets.poll()
    assert readiness(tickets)[0] == "ok"

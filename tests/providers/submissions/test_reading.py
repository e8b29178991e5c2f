"""Submissions as pages read them: whose, how far, which are late, and in numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from performance_store.database import connect, transaction
from providers.submissions import reading, steps
from providers.submissions.rows import Step, Submission
from providers.tickets import outbox
from tests.support.build import AAA, BBB
from tests.support.submissions import ME, URL, checked, put_aside, rows, send, start

FRIDAY = date(2026, 5, 22)
"""Monday the 25th is a bank holiday."""
TASK = "0123456789abcdef"


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    put_aside(module_engine)
    return module_engine


def submit(
    engine: Engine,
    at: str,
    *path: Step,
    reason: str = "",
    on_day: date = FRIDAY,
    existed: bool = False,
    **more: str,
) -> Submission:
    """A submission that was sent at a moment (UTC) and came through steps; the last of them ends
    it where it can."""
    url = more.setdefault("url", f"{URL}?{at.replace(' ', 'T')}")
    of = {name: more[name] for name in ("organisation", "dataset") if name in more}
    checked(engine, url=url, **of)  # type: ignore[arg-type]
    submission = send(engine, start(engine, **more))  # type: ignore[arg-type]
    with transaction(engine) as connection:
        for step in path:
            steps.note(
                connection,
                submission_id=submission.id,
                step=step,
                on_day=on_day,
                evidence={"reason": reason} if reason else {"existed": existed},
                ends=step in ("live", "done", "ended"),
            )
    rows(
        engine,
        "UPDATE providers.submission SET sent_at = CAST(:at AS timestamp) AT TIME ZONE 'UTC' "
        "WHERE id = :id",
        at=at,
        id=submission.id,
    )
    return submission


@pytest.mark.parametrize(
    ("today", "is_late"),
    [
        ("2026-05-22", False),
        ("2026-05-29", False),
        # The fifth working day after that Friday is Monday the 1st.
        ("2026-06-01", False),
        ("2026-06-02", True),
    ],
)
def test_five_working_days_leave_out_bank_holidays(
    engine: Engine, today: str, is_late: bool
) -> None:
    friday = submit(engine, "2026-05-22 23:30")
    day = date.fromisoformat(today)
    with connect(engine) as connection:
        row = reading.by_reference(connection, reference=friday.reference, today=day)
        assert row is not None
        assert row.is_late is is_late
        assert len(reading.all(connection, today=day, late=True)) == is_late
        assert reading.figures(connection, today=day).late == is_late


def test_what_the_register_has_is_not_late(engine: Engine) -> None:
    submit(engine, "2026-05-01 10:00", "registered")
    submit(engine, "2026-05-02 10:00", "registered", "waiting")
    submit(engine, "2026-05-03 10:00", "ended", reason="refused")
    late = submit(engine, "2026-05-04 10:00", "acknowledged")
    with connect(engine) as connection:
        rows_now = reading.all(connection, today=FRIDAY)
        assert [row.reference for row in rows_now if row.is_late] == [late.reference]
        assert [row.reason for row in rows_now] == [None, "refused", None, None]


def test_lists_are_by_organisation_dataset_task_and_step(engine: Engine) -> None:
    one = submit(engine, "2026-05-01 10:00", "acknowledged", task=TASK)
    two = submit(engine, "2026-05-02 10:00", "live", task=TASK)
    three = submit(engine, "2026-05-03 10:00", dataset="zone")
    four = submit(engine, "2026-05-04 10:00", organisation=BBB)
    rows(
        engine,
        "INSERT INTO providers.submission_link (submission_id, endpoint, rule) "
        "VALUES (:id, 'e1', 'L1')",
        id=two.id,
    )

    def names(submissions: tuple[Submission, ...]) -> list[str]:
        return [row.reference for row in submissions]

    with connect(engine) as connection:
        of = {"connection": connection, "organisation": AAA, "today": FRIDAY}
        assert names(reading.of_organisation(**of)) == names((three, two, one))  # type: ignore[arg-type]
        assert names(reading.of_organisation(**of, dataset="zone")) == [three.reference]  # type: ignore[arg-type]
        assert names(reading.of_task(connection, task=TASK, today=FRIDAY)) == names((two, one))
        of_tasks = reading.of_tasks(connection, tasks=[TASK, "other"])
        assert {task: row.linked for task, row in of_tasks.items()} == {TASK: "e1"}
        for conditions, answer in (
            ({}, (four, three, two, one)),
            ({"open": True}, (four, three, one)),
            ({"open": False}, (two,)),
            ({"late": True}, (four, three, one)),
            ({"late": False}, (two,)),
            ({"step": "acknowledged"}, (one,)),
            ({"organisation": BBB}, (four,)),
            ({"dataset": "tree", "open": True}, (four, one)),
        ):
            assert names(reading.all(connection, today=FRIDAY, **conditions)) == names(answer)  # type: ignore[arg-type]
        text = f" {one.reference.lower()} "
        assert reading.by_reference(connection, reference=text, today=FRIDAY)
        for text in ("PDNOTHING", "\0", ""):
            assert reading.by_reference(connection, reference=text, today=FRIDAY) is None


def test_numbers(engine: Engine) -> None:
    for at, days in (("2026-03-30 12:00", 2), ("2026-04-01 12:00", 4), ("2026-04-02 12:00", 9)):
        day = datetime.fromisoformat(at).date() + timedelta(days=days)
        submit(engine, at, "registered", "live", on_day=day)
    # The register had it: that it is live is no work of who sent it.
    submit(engine, "2026-04-03 11:00", "live", on_day=date(2026, 4, 3), existed=True)
    submit(engine, "2026-04-03 12:00", "ended", reason="absent")
    submit(engine, "2026-04-04 12:00", "ended", reason="refused")
    submit(engine, "2026-04-05 12:00", "ended", reason="absent")
    submit(engine, "2026-05-21 12:00", "acknowledged")
    submit(engine, "2026-05-20 13:00")
    with connect(engine) as connection:
        figures = reading.figures(connection, today=FRIDAY)
    assert (figures.open, figures.late, figures.live, figures.done) == (2, 0, 4, 0)
    assert figures.by_step == (("sending", 1), ("acknowledged", 1))
    assert figures.by_reason == (("absent", 2), ("refused", 1))
    assert figures.median_days == 4
    assert [(row.month.month, row.sent, row.live, row.median_days) for row in figures.months] == [
        (5, 2, 0, None),
        (4, 6, 3, 6.5),
        (3, 1, 1, 2),
    ]


def test_an_empty_store_has_no_numbers(engine: Engine) -> None:
    with connect(engine) as connection:
        figures = reading.figures(connection, today=FRIDAY)
        assert (figures.open, figures.median_days, figures.months) == (0, None, ())
        assert reading.of_tasks(connection, tasks=[]) == {}


def test_the_ticket_and_what_waits_for_it(engine: Engine) -> None:
    submission = submit(engine, "2026-05-01 10:00")
    with transaction(engine) as connection:
        outbox.say(connection, submission=submission, words="It is at /trees now", person_id=ME)
        row = reading.ticket(connection, submission_id=submission.id)
        (comment,) = reading.comments(connection, submission_id=submission.id)
    assert row is not None
    assert (row.external_id, row.native) == (None, "")
    assert row.waiting_for[0].kind == "create"
    assert row.waiting_for[-1].kind == "comment"
    assert not any(step.is_failed for step in row.waiting_for)
    assert (comment.by_agent, comment.is_sent) == (False, False)
    rows(
        engine,
        "INSERT INTO providers.ticket (submission_id, adapter, external_id, native) "
        "VALUES (:id, 'jira', 'PD-1', 'In triage')",
        id=submission.id,
    )
    rows(engine, "UPDATE providers.ticket_step SET ended_at = now(), state = 'sent'")
    with connect(engine) as connection:
        row = reading.ticket(connection, submission_id=submission.id)
        assert reading.ticket(connection, submission_id=0) is None
    assert row is not None
    assert (row.external_id, row.native, row.waiting_for) == ("PD-1", "In triage", ())

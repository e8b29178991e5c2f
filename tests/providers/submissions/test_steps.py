"""Steps: each once, in any order, and never backwards."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from performance_store.database import connect, transaction
from providers.submissions import reading, steps
from providers.submissions.rows import Step, Submission
from tests.support.build import TODAY
from tests.support.submissions import checked, put_aside, rows, send, start


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    put_aside(module_engine)
    return module_engine


@pytest.fixture
def submission(engine: Engine) -> Submission:
    checked(engine)
    return send(engine, start(engine))


def note(engine: Engine, submission: Submission, step: Step, **more: object) -> bool:
    with transaction(engine) as connection:
        return steps.note(
            connection,
            submission_id=submission.id,
            step=step,
            **{"on_day": TODAY} | more,  # type: ignore[arg-type]
        )


def now(engine: Engine, submission: Submission) -> Submission:
    with connect(engine) as connection:
        return reading.by_id(connection, submission_id=submission.id, today=TODAY)


@pytest.mark.parametrize(
    ("notes", "stand"),
    [
        ("sent acknowledged", "acknowledged"),
        ("registered sent", "registered"),
        ("collected registered acknowledged", "collected"),
        ("collection_failed collected", "collected"),
        ("acknowledged waiting", "waiting"),
        ("acknowledged waiting answered", "answered"),
        ("waiting sent", "waiting"),
        ("registered waiting", "waiting"),
        ("registered waiting answered", "registered"),
        ("registered waiting acknowledged", "waiting"),
        ("collected waiting registered", "waiting"),
        ("registered waiting collected", "collected"),
        ("registered waiting answered answered", "registered"),
    ],
)
def test_what_comes_late_is_noted_and_changes_nothing(
    engine: Engine, submission: Submission, notes: str, stand: str
) -> None:
    for step in notes.split():
        note(engine, submission, step)  # type: ignore[arg-type]
    assert now(engine, submission).step == stand
    with connect(engine) as connection:
        events = reading.events(connection, submission_id=submission.id)
    assert [event.step for event in events] == ["sending", *dict.fromkeys(notes.split())]


def test_what_nobody_waited_for_is_no_answer(engine: Engine, submission: Submission) -> None:
    note(engine, submission, "sent")
    assert not note(engine, submission, "answered")
    assert now(engine, submission).step == "sent"
    note(engine, submission, "waiting")
    assert note(engine, submission, "answered")


@pytest.mark.parametrize(
    ("notes", "stand"),
    [
        ("sent acknowledged waiting", "acknowledged"),
        ("acknowledged waiting answered", "acknowledged"),
        ("registered waiting", "registered"),
    ],
)
def test_when_nobody_waits_any_more_it_stands_where_it_stood(
    engine: Engine, submission: Submission, notes: str, stand: str
) -> None:
    def go_on() -> bool:
        with transaction(engine) as connection:
            more = {"subject": "today", "evidence": {"ticket": "In progress"}}
            return steps.go_on(
                connection,
                submission_id=submission.id,
                on_day=TODAY,
                **more,  # type: ignore[arg-type]
            )

    assert not go_on()
    for step in notes.split():
        note(engine, submission, step)  # type: ignore[arg-type]
    assert go_on()
    assert now(engine, submission).step == stand
    assert not go_on()
    assert note(engine, submission, "waiting", subject="again")
    assert now(engine, submission).step == "waiting"


def test_a_step_is_noted_once_and_some_come_again_by_their_subject(
    engine: Engine, submission: Submission
) -> None:
    assert note(engine, submission, "sent", evidence={"ticket": "PD-1"})
    at = now(engine, submission).step_at
    assert not note(engine, submission, "sent", evidence={"ticket": "PD-2"})
    assert now(engine, submission).step_at == at
    for subject in ("1", "2"):
        assert note(engine, submission, "waiting", subject=subject)
        assert note(engine, submission, "answered", subject=subject, person_id=7)
    assert now(engine, submission).step_at > at
    with connect(engine) as connection:
        events = reading.events(connection, submission_id=submission.id)
    assert [(event.step, event.by_person) for event in events[1:]] == [
        ("sent", False),
        *[("waiting", False), ("answered", True)] * 2,
    ]
    assert events[1].evidence == {"ticket": "PD-1"}


def test_after_the_end_comes_nothing(engine: Engine, submission: Submission) -> None:
    assert note(engine, submission, "registered", on_day=date(2025, 5, 20))
    assert note(engine, submission, "live", ends=True)
    for step in ("waiting", "done", "acknowledged"):
        assert not note(engine, submission, step)  # type: ignore[arg-type]
    end = now(engine, submission)
    assert (end.step, end.is_open, end.reason) == ("live", False, None)
    assert rows(
        engine,
        "SELECT purge_on = (now() AT TIME ZONE 'UTC')::date + interval '24 months' "
        "FROM providers.submission_contact WHERE submission_id = :id",
        id=submission.id,
    ) == [(True,)]
    with pytest.raises(ProgrammingError, match="is history"):
        rows(engine, "UPDATE providers.submission_event SET step = 'sent'")


def test_an_end_on_a_lower_step_is_an_end(engine: Engine, submission: Submission) -> None:
    note(engine, submission, "no_records")
    assert note(engine, submission, "answered", ends=True)
    assert now(engine, submission).step == "answered"


def test_of_two_that_note_the_same_one_does(engine: Engine, submission: Submission) -> None:
    answers: list[bool] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        answers.append(note(engine, submission, "live", ends=True))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]


def test_what_is_of_the_sample_stays_as_it_was(engine: Engine, submission: Submission) -> None:
    put_aside(engine)
    assert not note(engine, submission, "sent")

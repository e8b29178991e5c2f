"""What people say of tasks: two who say it at once, what the data and the calendar make of it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from performance_store.database import connect, transaction
from performance_store.queries import tasks as facts
from performance_store.rows import Task
from providers import tasks
from tests.support.build import AAA, TODAY, PlatformFile, Store


class Desk:
    """An officer's store: nights that are loaded, and what is said between them."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.store = Store(engine)

    def night(
        self, day: date, *, problems: int = 3, resource: str = "r1", dataset: str = "tree"
    ) -> Task:
        """Load a night on which the endpoint answers. Out: the task to fix what is wrong."""
        file = PlatformFile(self.folder / day.isoformat(), as_at=day)
        file.provision(dataset=dataset).endpoint(dataset=dataset)
        if resource != "r1":
            file.resource(resource, start_date=day.isoformat())
        file.answer(resource=resource).issues(problems, resource=resource, dataset=dataset)
        self.store.load(file)
        return self.of_kind("fix")

    def of_kind(self, kind: str) -> Task:
        with connect(self.engine) as connection:
            rows = facts.of_organisation(
                connection, organisation=AAA, snapshot_id=self.store.now().snapshot_id
            )
        (task,) = (row for row in rows if row.kind == kind)
        return task

    def say(self, task: Task, state: tasks.State, day: date, **more: Any) -> int | None:
        """Say something at ten in the morning of a day."""
        more.setdefault("previous_event_id", self._newest(task))
        with transaction(self.engine) as connection:
            event_id = tasks.record(
                connection,
                task=task.public_id,
                organisation=task.organisation,
                dataset=task.dataset,
                person_id=None,
                state=state,
                problems=task.problems,
                **more,
            )
        if event_id is not None:
            self._move(event_id, datetime.combine(day, time(10), UTC))
        return event_id

    def _newest(self, task: Task) -> int | None:
        with connect(self.engine) as connection:
            rows = tasks.history(connection, task=task.public_id)
        return rows[0].event_id if rows else None

    def _move(self, event_id: int, at: datetime) -> None:
        # History is not rewritten: only a test does, and has to take its guard away.
        with self.engine.begin() as connection:
            for action in ("DISABLE", "ENABLE"):
                connection.execute(
                    text(f"ALTER TABLE providers.task_event {action} TRIGGER only_archived")
                )
                if action == "DISABLE":
                    connection.execute(
                        text("UPDATE providers.task_event SET at = :at WHERE id = :id"),
                        {"at": at, "id": event_id},
                    )

    def progress(self, task: Task, today: date) -> tasks.Progress:
        with connect(self.engine) as connection:
            return tasks.progress(connection, tasks=[task.public_id], today=today)[task.public_id]

    def settle(self, today: date) -> int:
        with transaction(self.engine) as connection:
            return tasks.settle(connection, today=today)

    def history(self, task: Task) -> list[tuple[str, str | None, bool]]:
        with connect(self.engine) as connection:
            rows = tasks.history(connection, task=task.public_id)
        return [(row.state, row.reason, row.by_person) for row in rows]

    def met(self, task: Task, today: date) -> bool:
        with connect(self.engine) as connection:
            return bool(tasks.confirmations(connection, tasks=[task.public_id], today=today))


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk(engine, tmp_path)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_done_is_believed_until_the_file_was_looked_at_twice(desk: Desk) -> None:
    task = desk.night(TODAY)
    desk.say(task, "done", TODAY)
    waits = desk.progress(task, TODAY)
    assert (waits.now, waits.outcome) == ("done", None)
    desk.night(after(1))
    once = desk.progress(task, after(1))
    assert (once.now, once.outcome, once.looked_on) == ("done", "unchanged_once", after(1))
    assert desk.settle(after(1)) == 0
    desk.night(after(2))
    twice = desk.progress(task, after(2))
    assert (twice.now, twice.outcome) == ("to_do", "unchanged")
    assert desk.settle(after(2)) == 1
    assert desk.settle(after(2)) == 0
    assert desk.history(task) == [("to_do", "unchanged", False), ("done", None, False)]


def test_a_file_that_changed_with_some_left_is_to_do_at_once(desk: Desk) -> None:
    task = desk.night(TODAY, problems=5)
    desk.say(task, "done", TODAY)
    desk.night(after(1), problems=2, resource="r2")
    left = desk.progress(task, after(1))
    assert (left.now, left.outcome, left.problems, left.problems_now) == ("to_do", "changed", 5, 2)


def test_fix_and_see_from_seven_to_none_is_one_task(desk: Desk) -> None:
    """Unchanged bytes, then new ones with two left, then none: one task, never reopened."""
    task = desk.night(TODAY, problems=7)
    desk.say(task, "done", TODAY)
    same = desk.night(after(1), problems=7)
    assert (same.public_id, same.problems) == (task.public_id, 7)
    assert desk.progress(task, after(1)).outcome == "unchanged_once"
    fewer = desk.night(after(2), problems=2, resource="r2")
    assert (fewer.public_id, fewer.problems) == (task.public_id, 2)
    left = desk.progress(task, after(2))
    assert (left.now, left.problems, left.problems_now) == ("to_do", 7, 2)
    file = PlatformFile(desk.folder / "well", as_at=after(3)).provision().endpoint()
    file.resource("r3", start_date=after(3).isoformat())
    desk.store.load(file.answer(resource="r3"))
    with connect(desk.engine) as connection:
        now = desk.store.now().snapshot_id
        (over,) = facts.one(connection, public_id=task.public_id, snapshot_id=now)
    assert (over.closed_on, over.close_reason, over.reopened) == (after(3), "fixed", 0)


def test_what_the_register_tells_has_two_weeks_to_come_there(desk: Desk) -> None:
    def night(day: date) -> Task:
        file = PlatformFile(desk.folder / day.isoformat(), as_at=day).provision(dataset="tree")
        desk.store.load(file)
        return desk.of_kind("provide")

    task = night(TODAY)
    desk.say(task, "done", TODAY)
    assert desk.progress(task, TODAY).outcome is None
    night(after(1))
    early = desk.progress(task, after(1))
    assert (early.now, early.outcome, early.looked_on) == ("done", "absent_yet", after(1))
    # Without newer figures nobody can tell.
    assert desk.progress(task, after(30)).outcome == "absent_yet"
    night(after(15))
    late = desk.progress(task, after(15))
    assert (late.now, late.outcome, late.looked_on) == ("to_do", "absent", after(15))
    assert desk.settle(after(15)) == 1
    assert desk.history(task) == [("to_do", "absent", False), ("done", None, False)]


def test_a_file_without_the_problem_leaves_nothing_to_say(desk: Desk) -> None:
    task = desk.night(TODAY)
    desk.say(task, "done", TODAY)
    file = PlatformFile(desk.folder / "well", as_at=after(1)).provision().endpoint()
    desk.store.load(file.answer(resource="r2"))
    assert desk.progress(task, after(1)).outcome is None


def test_what_does_not_apply_is_asked_again_when_it_grows_or_after_a_year(desk: Desk) -> None:
    task = desk.night(TODAY, problems=4)
    desk.say(task, "not_applicable", TODAY, reason="right")
    desk.night(after(1), problems=4)
    assert desk.progress(task, after(1)).now == "not_applicable"
    year = desk.progress(task, TODAY.replace(year=TODAY.year + 1))
    assert (year.now, year.outcome) == ("to_do", "expired")
    desk.night(after(2), problems=9, resource="r2")
    more = desk.progress(task, after(2))
    assert (more.now, more.outcome, more.reason) == ("to_do", "grew", "right")
    assert (more.problems, more.problems_now) == (4, 9)


def test_a_pause_ends_on_its_day(desk: Desk) -> None:
    task = desk.night(TODAY)
    desk.say(task, "paused", TODAY, until=after(30))
    assert desk.progress(task, after(29)).now == "paused"
    assert desk.progress(task, after(30)).now == "to_do"
    assert desk.settle(after(30)) == 1
    assert desk.history(task)[0] == ("to_do", "over", False)


def test_a_review_is_met_for_its_year_and_the_next_is_a_new_task(desk: Desk) -> None:
    def night(day: date) -> None:
        file = PlatformFile(desk.folder / day.isoformat(), as_at=day)
        file.provision(dataset="brownfield-land").endpoint(dataset="brownfield-land")
        file.resource("r1", start_date="2022-02-01")
        desk.store.load(file.answer(resource="r1"))

    night(date(2024, 3, 2))
    overdue = desk.of_kind("review")
    assert (overdue.subject, overdue.urgency) == ("2023", "must")
    desk.say(overdue, "confirmed", date(2024, 3, 3))
    assert desk.met(overdue, date(2024, 9, 1))
    night(date(2024, 10, 5))
    this_year = desk.of_kind("review")
    assert this_year.subject == "2024"
    assert desk.met(this_year, date(2024, 10, 5))
    night(date(2025, 10, 5))
    next_year = desk.of_kind("review")
    assert next_year.subject == "2025"
    assert not desk.met(next_year, date(2025, 10, 5))


def test_of_two_who_saw_the_same_one_is_too_late(desk: Desk) -> None:
    task = desk.night(TODAY)
    outcomes: list[int | None] = []
    start = threading.Barrier(2)

    def say(state: tasks.State) -> None:
        start.wait()
        outcomes.append(desk.say(task, state, TODAY, previous_event_id=None))

    threads = [threading.Thread(target=say, args=(state,)) for state in ("done", "in_progress")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in outcomes if one is None]) == 1
    assert len(desk.history(task)) == 1


def test_what_was_seen_long_ago_or_of_another_task_is_too_late(desk: Desk) -> None:
    task = desk.night(TODAY)
    first = desk.say(task, "in_progress", TODAY)
    assert desk.say(task, "done", TODAY, previous_event_id=first)
    assert desk.say(task, "to_do", TODAY, previous_event_id=first) is None
    other = task.__class__(
        **{name: getattr(task, name) for name in task.__slots__} | {"public_id": "f" * 16}
    )
    assert desk.say(other, "done", TODAY, previous_event_id=first) is None


def test_what_was_said_is_only_added_to(desk: Desk) -> None:
    task = desk.night(TODAY)
    desk.say(task, "in_progress", TODAY)
    changes = ("UPDATE {} SET state = 'done'", "DELETE FROM {}", "TRUNCATE {}")
    for change in changes:
        with pytest.raises(DBAPIError, match="is history"), desk.engine.begin() as connection:
            connection.exec_driver_sql(change.format("providers.task_event"))
    assert desk.history(task) == [("in_progress", None, False)]


def test_real_data_put_aside_what_was_said_of_the_sample(desk: Desk) -> None:
    task = desk.night(TODAY)
    desk.say(task, "in_progress", TODAY)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("SELECT providers.archive()")
    assert desk.history(task) == []
    assert desk.say(task, "done", TODAY, previous_event_id=None)

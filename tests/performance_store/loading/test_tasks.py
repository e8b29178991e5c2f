"""Tasks as facts: what opens one, what closes it, and that the order of loads does not matter."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from performance_store.database import connect, make_engine
from performance_store.queries import tasks
from performance_store.readers.odp_reports import OdpReports
from performance_store.rows import Task
from tests.support.build import AAA, TODAY, PlatformFile, Store, days_ago


class Nights:
    """Platform files of one authority and dataset, night by night."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder

    def file(self, day: date = TODAY) -> PlatformFile:
        return PlatformFile(self.folder / day.isoformat(), as_at=day).provision().endpoint()

    def working(
        self, day: date = TODAY, *, problems: int = 0, resource: str = "r1", **issue: Any
    ) -> PlatformFile:
        """A night on which the endpoint answers, with a file that has problems."""
        return self.file(day).answer(resource=resource).issues(problems, resource=resource, **issue)

    def load(self, file: PlatformFile) -> None:
        self.store.load(file)

    def open(self) -> list[Task]:
        with connect(self.store.engine) as connection:
            return list(
                tasks.of_organisation(
                    connection, organisation=AAA, snapshot_id=self.store.now().snapshot_id
                )
            )

    def of_kind(self, kind: str) -> Task:
        (task,) = self.all(kind)
        return task

    def all(self, kind: str) -> list[Task]:
        """Of this kind, ended ones too."""
        with connect(self.store.engine) as connection:
            now = self.store.now().snapshot_id
            rows = tasks.of_organisation(connection, organisation=AAA, snapshot_id=now)
            over = tasks.endings(connection, organisation=AAA, snapshot_id=now, since=date.min)
        return [task for task in (*rows, *over) if task.kind == kind]


@pytest.fixture
def nights(engine: Engine, tmp_path: Path) -> Nights:
    return Nights(Store(engine), tmp_path)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_a_task_lives_through_loads(nights: Nights) -> None:
    nights.load(nights.working(problems=5))
    first = nights.of_kind("fix")
    assert (first.problems, first.urgency, first.gains) == (5, "must", True)
    nights.load(nights.working(after(1), problems=3, resource="r2"))
    second = nights.of_kind("fix")
    assert (second.public_id, second.problems) == (first.public_id, 3)
    assert (second.first_seen_on, second.last_seen_on) == (TODAY, after(1))
    with connect(nights.store.engine) as connection:
        history = tasks.states(connection, public_id=first.public_id)
    assert [(row.from_on, row.to_on, row.problems) for row in history] == [
        (TODAY, TODAY, 5),
        (after(1), after(1), 3),
    ]


def test_a_date_that_is_loaded_again_says_what_it_says_now(nights: Nights) -> None:
    nights.load(nights.working(problems=5))
    nights.load(nights.working(problems=2))
    assert (nights.of_kind("fix").problems, nights.of_kind("fix").first_seen_on) == (2, TODAY)
    nights.load(nights.working(after(2), problems=2))
    nights.load(nights.working())
    nights.load(nights.working(problems=2, resource="r3"))
    assert nights.of_kind("fix").reopened == 0


def test_silence_of_what_could_not_be_collected_closes_nothing(nights: Nights) -> None:
    nights.load(nights.working(problems=5))
    nights.load(nights.file(after(1)).answer(when=TODAY.isoformat()).failure())
    fix, access = nights.of_kind("fix"), nights.of_kind("access")
    assert (fix.closed_on, fix.not_judged_since) == (None, TODAY)
    assert (access.closed_on, access.urgency, access.detail) == (None, "should", "404")
    assert (fix.or_earlier, access.or_earlier) == (True, False)
    nights.load(nights.working(after(2)))
    assert [task.close_reason for task in (nights.of_kind("fix"), nights.of_kind("access"))] == [
        "fixed",
        "fixed",
    ]
    assert nights.of_kind("fix").closed_on == after(2)


def test_five_days_are_a_must_and_one_night_is_not(nights: Nights) -> None:
    for day, urgency in ((1, "should"), (4, "should"), (5, "must")):
        nights.load(nights.file(after(day)).answer(when=TODAY.isoformat()).failure())
        assert nights.of_kind("access").urgency == urgency, day


def test_without_anything_to_fall_back_on_the_first_failure_is_a_must(nights: Nights) -> None:
    nights.load(nights.file().failure())
    assert nights.of_kind("access").urgency == "must"


def test_a_flapping_endpoint_is_one_task(nights: Nights) -> None:
    for day in range(5):
        file = nights.file(after(day)).answer(when=days_ago(1))
        nights.load(file.failure() if day % 2 == 0 else file.answer())
    task = nights.of_kind("access")
    assert (task.unreliable, task.reopened, task.first_seen_on) == (True, 2, TODAY)


def test_a_replaced_endpoint_ends_its_own_tasks_only(nights: Nights) -> None:
    nights.load(nights.file().answer(when=days_ago(9)).failure().issues(2, resource="r1"))
    before = nights.of_kind("fix").public_id
    moved = PlatformFile(nights.folder / "moved", as_at=after(1)).provision()
    moved.endpoint("e1", end_date=after(1).isoformat()).endpoint("e2")
    moved.answer("e2", resource="r2").issues(2, resource="r2")
    nights.load(moved)
    assert nights.of_kind("fix").public_id == before
    assert nights.of_kind("fix").closed_on is None
    access = nights.of_kind("access")
    assert (access.close_reason, access.closed_on) == ("endpoint_ended", after(1))


def test_a_renamed_issue_type_closes_and_opens_nothing_where_it_is_known(
    nights: Nights, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO issue_type_alias VALUES ('missing value', 'value is absent')"
        )
    nights.load(nights.working(problems=2))
    renamed = nights.working(after(1)).issues(2, "value is absent")
    renamed.add(
        "issue_type", issue_type="value is absent", severity="error", responsibility="external"
    )
    nights.load(renamed)
    task = nights.of_kind("fix")
    assert (task.code, task.closed_on, task.first_seen_on) == ("value is absent", None, TODAY)


def test_a_renamed_issue_type_says_that_the_rule_changed(nights: Nights) -> None:
    nights.load(nights.working(problems=2))
    renamed = nights.working(after(1)).issues(2, "value is absent")
    renamed.add(
        "issue_type", issue_type="value is absent", severity="error", responsibility="external"
    )
    nights.load(renamed)
    new, old = nights.all("fix")
    assert (new.code, new.closed_on) == ("value is absent", None)
    assert (old.code, old.close_reason) == ("missing value", "rule_changed")


def test_a_less_severe_rule_moves_the_task(nights: Nights) -> None:
    nights.load(nights.working(problems=2))
    before = nights.of_kind("fix")
    file = nights.working(after(1), problems=2)
    for row in file.rows["issue_type"]:
        if row["issue_type"] == "missing value":
            row["severity"] = "warning"
    nights.load(file)
    task = nights.of_kind("fix")
    assert (before.urgency, task.urgency) == ("must", "improve")
    assert (task.public_id, task.closed_on) == (before.public_id, None)


def test_a_rule_that_becomes_the_platforms_own_ends_the_task(nights: Nights) -> None:
    nights.load(nights.working(problems=2))
    file = nights.working(after(1), problems=2)
    for row in file.rows["issue_type"]:
        if row["issue_type"] == "missing value":
            row["responsibility"] = "internal"
    nights.load(file)
    assert nights.of_kind("fix").close_reason == "rule_changed"


def test_what_is_provided_no_longer_has_to_be(nights: Nights) -> None:
    nights.load(PlatformFile(nights.folder / "owed").provision())
    task = nights.of_kind("provide")
    assert (task.urgency, task.closed_on) == ("must", None)
    nights.load(nights.working(after(1)))
    assert nights.of_kind("provide").close_reason == "fixed"


def test_what_is_owed_no_longer_ends(nights: Nights) -> None:
    nights.load(PlatformFile(nights.folder / "owed").provision().provision("other"))
    nights.load(PlatformFile(nights.folder / "less", as_at=after(1)).provision("other"))
    reasons = {task.dataset: task.close_reason for task in nights.all("provide")}
    assert reasons == {"tree": "provision_ended", "other": None}


def test_what_others_provide_is_taken_over(nights: Nights) -> None:
    nights.load(PlatformFile(nights.folder / "other").provision(reason="alternative"))
    assert nights.of_kind("take_over").urgency == "should"
    assert nights.all("provide") == []
    nights.load(nights.working(after(1)))
    assert nights.of_kind("take_over").close_reason == "fixed"


def test_a_closed_organisation_has_nothing_to_do(nights: Nights) -> None:
    nights.load(nights.working(problems=2))
    file = nights.working(after(1), problems=2)
    file.rows["organisation"][0]["end_date"] = after(1).isoformat()
    nights.load(file)
    assert nights.open() == []
    assert nights.of_kind("fix").close_reason == "organisation_ended"


def test_where_issues_are_not_known_the_count_says_so(nights: Nights) -> None:
    nights.load(nights.working(problems=2))
    # A problem of no type: what else is wrong there is not known.
    nights.load(nights.working(after(1)).issues(1, ""))
    with connect(nights.store.engine) as connection:
        (count,) = tasks.counts(
            connection, snapshot_id=nights.store.now().snapshot_id, organisation=AAA
        )
    assert (count.unknown, count.must) == (True, 1)
    assert nights.of_kind("fix").not_judged_since == TODAY


BROWNFIELD = "brownfield-land"


@pytest.mark.parametrize(
    ("day", "content", "state"),
    [
        (date(2025, 9, 29), "2024-06-01", None),
        (date(2025, 9, 30), "2024-06-01", ("2025", "should")),
        (date(2025, 12, 31), "2024-06-01", ("2025", "should")),
        (date(2026, 1, 1), "2024-06-01", ("2025", "must")),
        (date(2025, 9, 30), "2025-01-01", None),
        (date(2026, 3, 1), "2025-12-31", None),
    ],
)
def test_a_register_is_reviewed_each_year(
    nights: Nights, day: date, content: str, state: tuple[str, str] | None
) -> None:
    file = PlatformFile(nights.folder / "land", as_at=day).provision(BROWNFIELD)
    file.endpoint("land", BROWNFIELD, collection=BROWNFIELD)
    nights.load(file.resource("r9", start_date=content).answer("land", resource="r9"))
    rows = nights.all("review")
    assert [(row.subject, row.urgency) for row in rows] == ([state] if state else [])


def everything(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    """All three tables, by codes in place of numbers."""
    names = {
        "task": "t.public_id, t.snapshot_kind, t.urgency, t.problems, t.rows, t.detail, t.since, "
        "t.of_last_good, t.first_seen_on, t.last_seen_on, t.closed_on, t.close_reason, t.reopened, "
        "t.unreliable",
        "task_observation": "t.snapshot_kind, t.kind, t.code, t.field, t.subject, t.from_on, "
        "t.to_on::text, t.urgency, t.problems, t.rows, t.detail, t.since, t.of_last_good",
        "task_judgement": "t.snapshot_kind, t.from_on, t.to_on::text, t.has, t.aspects::text",
    }
    return {
        table: set(
            store.sql(
                f"SELECT o.organisation, d.dataset, {columns} FROM {table} t "
                "JOIN organisation o ON o.id = t.organisation_id "
                "JOIN dataset d ON d.id = t.dataset_id"
            )
        )
        for table, columns in names.items()
    }


def test_any_order_of_loads_gives_the_same(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    """Open, less of it, cannot tell, gone, back: loaded in every order."""
    outcomes = []
    for number, order in enumerate(itertools.permutations(range(5))):
        if number % 23:
            continue
        with fresh_database() as url:
            engine = make_engine(url, application_name="test", pool=None)
            nights = Nights(Store(engine), tmp_path / str(number))
            files = [
                nights.working(after(0), problems=5),
                nights.working(after(2), problems=3),
                nights.file(after(4)).answer(when=after(2).isoformat()).failure(),
                nights.working(after(6)),
                nights.working(after(8), problems=1),
            ]
            for place in order:
                nights.load(files[place])
            nights.load(files[order[0]])
            outcomes.append(everything(nights.store))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(outcomes) == 6


@pytest.mark.data
def test_the_weekly_reports_in_any_order_give_the_same(
    fresh_database: Callable[[], AbstractContextManager[str]], shared_data: Path, tmp_path: Path
) -> None:
    """All at once, one by one as they came, and one by one in orders drawn with a seed."""
    days = sorted({path.stem[-10:] for path in (shared_data / "snapshots").glob("odp-status_*")})
    folders = []
    for day in days:
        (tmp_path / day).mkdir()
        for path in (shared_data / "snapshots").glob(f"odp-*_{day}.csv"):
            (tmp_path / day / path.name).symlink_to(path)
        folders.append(tmp_path / day)
    draw = random.Random(20261128)
    orders = [[shared_data / "snapshots"], folders, draw.sample(folders, len(folders))]
    outcomes = []
    for order in orders:
        with fresh_database() as url:
            store = Store(make_engine(url, application_name="test", pool=None))
            for folder in order:
                store.load(OdpReports(folder))
            outcomes.append(everything(store))
    assert len(days) == 6
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]
    assert len(outcomes[0]["task"]) > 500


def test_an_endpoint_that_does_not_work_comes_before_what_is_wrong_with_its_last_file(
    store: Store, file: PlatformFile
) -> None:
    file.provision().endpoint().answer(when="2025-05-15").issues(40).failure()
    file.provision("conservation-area").endpoint("e2", "conservation-area")
    file.answer("e2", resource="r2").issues(3, dataset="conservation-area", resource="r2")
    store.load(file)
    with store.engine.connect() as connection:
        open_tasks = tasks.of_organisation(
            connection, organisation=AAA, snapshot_id=store.now().snapshot_id
        )
    must = [(task.kind, task.dataset) for task in open_tasks if task.urgency == "must"]
    assert must[0] == ("access", "tree")
    assert ("fix", "tree") in must[1:]

"""The national page of tasks: its numbers add up, and are those of the authorities."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.database import connect, transaction
from performance_store.queries import snapshots, tasks
from performance_store.rows import Task
from performance_store.sample.reader import Sample
from providers.accounts import people
from providers.accounts.addresses import parse
from providers.tasks import record
from tests.support.accounts import Letters, Person, account_app, letters
from tests.support.national import words
from tests.support.servers import Filled

__all__ = ["letters"]
pytestmark = pytest.mark.postgres
PATH = "/national/tasks"
TODAY = date(2026, 8, 21)
THEN = "&as_at=2026-08-14"


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=80, weeks=70))


@pytest.fixture(scope="module")
def of_authorities(module_engine: Engine) -> list[Task]:
    """The open tasks of each authority in turn, of datasets that a law asks of it."""
    with connect(module_engine) as connection:
        (now,) = snapshots.current(connection)
        which = {"snapshot_id": now.snapshot_id}
        counts = tasks.counts(connection, **which)
        rows = [
            row
            for count in counts
            for row in tasks.of_organisation(connection, organisation=count.organisation, **which)
        ]
    assert len(rows) == sum(count.total for count in counts)
    assert {row.urgency for row in rows} == {"must", "should", "improve"}
    return [row for row in rows if row.provision_reason == "statutory"]


def file_of(client: FlaskClient, table: str, more: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/downloads/national/{table}.csv?set=statutory{more}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_page_counts_what_the_authorities_see(
    client: FlaskClient, of_authorities: list[Task]
) -> None:
    urgencies = Counter(row.urgency for row in of_authorities)
    authorities = {row.organisation for row in of_authorities}
    assert (
        f"{len(of_authorities)} tasks are open at {len(authorities)} authorities: "
        f"{urgencies['must']} must be done, {urgencies['should']} should be, and "
        f"{urgencies['improve']} would improve the data."
    ) in words(client, f"{PATH}?set=statutory")


def test_kinds_and_datasets_each_add_up(client: FlaskClient, of_authorities: list[Task]) -> None:
    whole, *rows = file_of(client, "open-tasks")
    assert int(whole["tasks"]) == len(of_authorities)
    for column in ("kind", "dataset"):
        parts = {row[column]: int(row["tasks"]) for row in rows if row[column]}
        assert parts == Counter(getattr(row, column) for row in of_authorities)
        for count in ("must", "should", "improve", "month", "year", "older"):
            total = sum(int(row[count]) for row in rows if row[column])
            assert total == int(whole[count]), (column, count)


def test_who_needs_a_reminder(client: FlaskClient, of_authorities: list[Task]) -> None:
    due = {row.public_id for row in of_authorities if row.kind == "review"}
    assert {row["public_id"] for row in file_of(client, "reminders")} == due


def test_what_ended_is_told_by_why(client: FlaskClient, module_engine: Engine) -> None:
    rows = file_of(client, "closed-tasks")
    reasons = ("fixed", "without_endpoint", "without_provision", "by_rule", "others")
    with module_engine.connect() as connection:
        total = connection.exec_driver_sql(
            "SELECT count(*) FROM task t JOIN summary s USING (organisation_id, dataset_id) "
            "JOIN snapshot n ON n.id = s.snapshot_id AND n.as_at = '2026-08-21' "
            "WHERE s.in_statutory AND closed_on > date '2026-08-21' - 365"
        ).scalar_one()
    assert sum(int(row[reason]) for row in rows for reason in reasons) == total > 0


def test_an_earlier_date_counts_what_was_open_then(client: FlaskClient) -> None:
    then = words(client, f"{PATH}?set=statutory&as_at=2026-02-20")
    assert "tasks are open at" in then
    assert "Who needs a reminder" not in then


def test_programme_managers_see_counts_of_what_people_said(
    module_engine: Engine, tmp_path: Path, letters: Letters
) -> None:
    """And nobody else does, at the same address, before or after them."""
    with connect(module_engine) as connection:
        (now,) = snapshots.current(connection)
        counts = tasks.counts(connection, snapshot_id=now.snapshot_id)
        owner = next(count.organisation for count in counts if count.must)
        (task, *_) = tasks.of_organisation(
            connection, organisation=owner, snapshot_id=now.snapshot_id
        )
    with transaction(module_engine) as connection:
        people.grant(
            connection, address=parse("pat@programme.example"), role="programme", by="tests"
        )
        record(
            connection,
            task=task.public_id,
            organisation=owner,
            dataset=task.dataset,
            person_id=None,
            state="in_progress",
            problems=task.problems,
            previous_event_id=None,
        )
    server = account_app(tmp_path, module_engine).server
    stranger, manager = Person(server), Person(server)
    before = stranger.get(PATH).text
    assert "who has not been reached" not in before
    assert manager.sign_in(letters, "pat@programme.example").status_code == 303
    page = manager.get(PATH)
    assert "What authorities say, and who has not been reached" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    row = page.text.partition('id="people"')[2].partition("</tr>")[2].partition("</tr>")[0]
    assert [cell.strip() for cell in re.findall(r">(\d+)<", row)] == ["0", "1", "0", "0", "0", "0"]
    assert "pat@programme.example" not in stranger.get(PATH).text
    assert "who has not been reached" not in stranger.get(PATH).text


def test_a_review_that_is_met_counts_no_more(
    client: FlaskClient, module_engine: Engine, of_authorities: list[Task]
) -> None:
    """On the page, in its files, and for the authority: one count."""
    task = next(row for row in of_authorities if row.kind == "confirm")
    whole, *_ = file_of(client, "open-tasks")
    then = file_of(client, "open-tasks", THEN)
    with transaction(module_engine) as connection:
        record(
            connection,
            task=task.public_id,
            organisation=task.organisation,
            dataset=task.dataset,
            person_id=None,
            state="confirmed",
            problems=None,
            previous_event_id=None,
        )
    fewer, *_ = file_of(client, "open-tasks")
    assert int(fewer["tasks"]) == int(whole["tasks"]) - 1
    assert f"{fewer['tasks']} tasks are open at" in words(client, f"{PATH}?set=statutory")
    assert file_of(client, "open-tasks", THEN) == then, "what is said now was not said then"


def test_reminders_are_of_now(client: FlaskClient) -> None:
    answer = client.get(f"/downloads/national/reminders.csv?set=statutory{THEN}")
    assert (answer.status_code, "newest figures only" in answer.text) == (404, True)


def test_checks_of_files_are_counted_with_nothing_about_whose(
    client: FlaskClient, module_engine: Engine
) -> None:
    assert "Checks before publishing" not in words(client, f"{PATH}?set=statutory")
    with transaction(module_engine) as connection:
        for day, count in (("2026-08-19", 3), ("2026-08-20", 4)):
            connection.execute(
                text(
                    "INSERT INTO providers.check_count VALUES (:day, 'brownfield-land', :count, 1)"
                ),
                {"day": day, "count": count},
            )
        connection.execute(
            text(
                "INSERT INTO providers.check_finding_count "
                "VALUES ('2026-08-20', 'brownfield-land', 'invalid date', 'start-date', 2, 1234)"
            )
        )
    page = words(client, f"{PATH}?set=statutory")
    assert "7 files were checked. Nothing is told of whose they were." in page
    assert "Brownfield land 7 2" in page
    assert re.search(r"date.* start-date Brownfield land 2 1,234", page)
    assert "Checks before publishing" not in words(client, f"{PATH}?set=statutory{THEN}")

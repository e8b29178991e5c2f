"""One odd value never stops a load and never hides anything: it is read as what it is, or told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.build import AAA, PlatformFile, Store, days_ago
from tests.support.spellings import old_prefix, other_case, padded, unseen

SPELLINGS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    *(("issue", column, padded) for column in ("dataset", "resource", "issue_type")),
    *(("issue", column, unseen) for column in ("dataset", "resource", "issue_type")),
    *(("log", column, padded) for column in ("endpoint", "resource", "status", "entry_date")),
    *(("log", column, unseen) for column in ("endpoint", "resource", "status")),
    *(("log", "status", write) for write in (int, float, lambda value: f"{value}.0")),
    *(("source", column, padded) for column in ("source", "organisation", "endpoint")),
    *(("source", "organisation", write) for write in (unseen, other_case, old_prefix)),
    *(("source_pipeline", column, unseen) for column in ("source", "pipeline")),
    *(("endpoint", column, unseen) for column in ("endpoint", "entry_date", "end_date")),
    *(("resource", column, padded) for column in ("resource", "start_date")),
    *(("provision", column, unseen) for column in ("organisation", "dataset")),
    *(("provision", "organisation", write) for write in (other_case, old_prefix)),
    *(("organisation", "organisation", write) for write in (padded, other_case)),
    ("log", "resource", lambda value: value.encode()),
)


def test_a_key_however_it_is_written_is_that_key(engine: Engine, tmp_path: Path) -> None:
    """Each of many authorities has the same, and one column of one table written oddly."""
    file, one = PlatformFile(tmp_path), PlatformFile(tmp_path / "one")
    for number, (table, column, write) in enumerate(SPELLINGS):
        own = PlatformFile(tmp_path / "one")
        organisation, key = f"local-authority:O{number}", f"{number}"
        own.organisation(organisation).provision(organisation=organisation)
        own.endpoint(f"e{key}", organisation=organisation).answer(f"e{key}", resource=f"r{key}")
        own.issues(3, resource=f"r{key}")
        for name, rows in own.rows.items():
            for row in rows[len(one.rows.get(name, [])) :]:
                odd = write(row[column]) if name == table and row.get(column) else None
                file.add(name, **row | ({column: odd} if odd is not None else {}))
    store = Store(engine)
    assert store.load(file).rejected == 0
    cells = {
        f"{table}.{column} {number}": store.cell(organisation=f"local-authority:O{number}")
        for number, (table, column, _) in enumerate(SPELLINGS)
    }
    assert {
        name: (cell.status, cell.problems_to_fix) for name, cell in cells.items()
    } == dict.fromkeys(cells, ("needs_improving", 3))
    assert store.sql("SELECT DISTINCT http_status FROM endpoint_run WHERE success") == [("200",)]


def rejections(store: Store) -> set[tuple[str, str]]:
    return set(store.sql("SELECT table_name, reason FROM rejection"))


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"dataset": ""}, "no dataset"),
        ({"dataset": "trea"}, "its dataset is not in the table of datasets"),
        ({"dataset": "tr\0ee"}, "dataset holds a NUL or a byte that is not UTF-8"),
        ({"dataset": "x" * 6000}, "dataset is longer than 300 letters"),
        ({"issue_type": " "}, "no issue type"),
        ({"resource": "r1\0"}, "resource holds a NUL or a byte that is not UTF-8"),
        ({"resource": "r1 é"}, "its resource is not in the table of resources"),
    ],
)
def test_issues_are_not_known_where_one_cannot_be_used(
    engine: Engine, tmp_path: Path, odd: dict[str, str], reason: str
) -> None:
    file = PlatformFile(tmp_path).organisation("local-authority:BBB")
    file.provision().endpoint().answer().issues(**odd)
    file.provision(organisation="local-authority:BBB")
    file.endpoint("e2", organisation="local-authority:BBB").answer("e2", resource="r2")
    file.issues(2, resource="r2")
    store = Store(engine)
    assert store.load(file).rejected == 1
    assert rejections(store) == {("issue", reason)}
    cell = store.cell()
    assert (cell.status, cell.problems_to_fix) == ("unknown", None)
    assert "issues_not_known" in cell.reasons
    other = store.cell(organisation="local-authority:BBB")
    assert (other.status, other.problems_to_fix) == ("needs_improving", 2)


def test_what_is_no_text_in_a_value_is_told_and_its_row_counts(
    engine: Engine, tmp_path: Path
) -> None:
    path = PlatformFile(tmp_path).provision().endpoint().answer().issues(4).write()
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, value in enumerate((b"Caf\xe9", b"a\0b", b"x" * 1_000_001)):
            connection.execute(
                "UPDATE issue SET value = CAST(? AS TEXT) WHERE entry_number = ?", (value, number)
            )
        connection.execute("UPDATE log SET exception = CAST(X'E9' AS TEXT)")
    store = Store(engine)
    assert store.load(path).rejected == 4
    words = "holds a NUL or a byte that is not UTF-8: read with a mark in its place"
    assert set(store.sql("SELECT table_name, row_number, reason FROM rejection")) == {
        ("issue", 1, f"value {words}"),
        ("issue", 2, f"value {words}"),
        ("issue", 3, "value is longer than 1,000,000 letters: read without the rest"),
        ("log", 1, f"exception {words}"),
    }
    assert [row[0][:5] for row in store.sql("SELECT value FROM issue ORDER BY entry_number")] == [
        *("Caf�", "a�b", "xxxxx", "")
    ]
    assert (store.cell().status, store.cell().problems_to_fix) == ("needs_improving", 4)


def test_an_odd_row_is_rejected_and_the_rest_loads(engine: Engine, tmp_path: Path) -> None:
    long = "k" * 6000
    file = PlatformFile(tmp_path).provision().endpoint().answer().issues(3)
    file.endpoint(long).resource(long).provision("x\0y").organisation(f"local-authority:{long}")
    file.add("log", endpoint=long, entry_date=days_ago(0), status="200", resource="r1")
    file.add("log", endpoint="e1", entry_date="2025-05-20 25:00", status="200", resource="r1")
    file.add("role_organisation", organisation=AAA, role=long)
    file.rows["provision_reason"] = [{"provision_reason": "statutory", "priority": "99999"}]
    file.rows["issue"][0]["line_number"] = "99999999999999999999"
    path = file.write()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "a""b" (c)')
        connection.execute("CREATE TABLE provision_reason (provision_reason, priority)")
        connection.execute("INSERT INTO provision_reason VALUES ('statutory', '99999')")
        connection.execute(
            "INSERT INTO resource (resource, start_date) VALUES (?, ?)", ("r9", long)
        )
    store = Store(engine)
    assert store.load(path).state == "published"
    wrong = "is not a whole number of a size that can be: read as blank"
    longer = "is longer than 300 letters"
    assert rejections(store) == {
        ("endpoint", f"endpoint {longer}"),
        ("resource", f"resource {longer}"),
        ("resource", f"start_date {longer}"),
        ("source", f"source {longer}; endpoint {longer}"),
        ("source_pipeline", f"source {longer}"),
        ("organisation", f"organisation {longer}"),
        ("role_organisation", f"organisation {longer}"),
        ("role_organisation", f"role {longer}"),
        ("provision", "dataset holds a NUL or a byte that is not UTF-8"),
        ("log", f"endpoint {longer}"),
        ("log", "entry_date is not a date and time"),
        ("provision_reason", f"priority {wrong}"),
        ("issue", f"line_number {wrong}"),
    }
    assert (store.cell().status, store.cell().problems_to_fix) == ("needs_improving", 3)


def test_an_endpoint_without_a_day_that_it_was_added_on_is_one(
    engine: Engine, tmp_path: Path
) -> None:
    """Without its endpoint the page said that nothing had ever been added."""
    file = PlatformFile(tmp_path).provision().endpoint(entry_date="0000-00-00").answer().issues(3)
    store = Store(engine)
    assert store.load(file).rejected == 1
    assert rejections(store) == {("endpoint", "entry_date is not a date: read as blank")}
    assert (store.cell().status, store.cell().problems_to_fix) == ("needs_improving", 3)


def test_any_number_of_attempts_in_a_day_are_a_day_of_the_log(
    engine: Engine, tmp_path: Path
) -> None:
    file = PlatformFile(tmp_path).provision().endpoint().answer().issues(3)
    file.rows["log"] *= 40_000
    store = Store(engine)
    assert store.load(file).rejected == 0
    assert store.cell().status == "needs_improving"


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2025-05-20T23:30:00-02:00", "2025-05-21"),
        ("2025-05-22T00:30:00+01:00", "2025-05-21"),
        ("2025-05-21T00:30:00+0100", "2025-05-20"),
        ("2025-05-21 23:59:59.5+00:00", "2025-05-21"),
        ("2025-05-21T12:00:00-02", "2025-05-21"),
    ],
)
def test_a_time_of_another_zone_is_of_one_day_in_every_column(
    engine: Engine, tmp_path: Path, time: str, day: str
) -> None:
    file = PlatformFile(tmp_path, as_at=date(2025, 1, 1)).provision(start_date=time)
    file.endpoint(entry_date=time).answer(when=time, resource=None)
    file.resource("r1", start_date=time)
    file.rows["log"][-1]["resource"] = "r1"
    store = Store(engine)
    assert store.load(file).rejected == 0
    expected = date.fromisoformat(day)
    assert store.now().as_at == expected
    cell = store.cell()
    assert (cell.last_attempt_on, cell.last_success_on) == (expected, expected)
    assert cell.content_changed_on == expected
    assert set(
        store.sql(
            "SELECT from_day FROM endpoint_run UNION SELECT to_day FROM endpoint_run "
            "UNION SELECT entry_date FROM endpoint "
            "UNION SELECT start_date FROM provision UNION SELECT start_date FROM resource "
            "UNION SELECT (first_attempt_at AT TIME ZONE 'UTC')::date FROM endpoint_run "
            "UNION SELECT (last_attempt_at AT TIME ZONE 'UTC')::date FROM endpoint_run"
        )
    ) == {(expected,)}

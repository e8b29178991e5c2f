"""A provider's page that was never drawn asks the database few statements, and they say the same as
each question by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text

from dashboard.data.door import DataDoor, Question, StoreState
from performance_store.queries.fetch import fetch, together
from performance_store.rows import DataVersion, SnapshotDays
from tests.support.heard import heard
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tools.api_examples import sample

pytestmark = pytest.mark.postgres
MOST = 8


@pytest.fixture
def store(filled: Filled) -> Engine:
    return filled(sample())


def addresses(engine: Engine) -> list[str]:
    """Of authorities with endpoints and one without, and of a dataset of each status."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT DISTINCT ON (s.status, s.endpoint_count > 0) o.organisation, d.dataset "
                "FROM summary_of((SELECT id FROM current_snapshot)) s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "ORDER BY s.status, s.endpoint_count > 0, o.organisation, d.dataset"
            )
        ).all()
    paths = [f"/organisations/{row.organisation}/{row.dataset}" for row in rows]
    return [*paths, *sorted({f"/organisations/{row.organisation}" for row in rows})]


def test_a_page_never_drawn_asks_few_statements(store: Engine, tmp_path: Path) -> None:
    paths = addresses(store)
    assert len(paths) > 8
    for number, path in enumerate(paths):
        app = real_app(tmp_path / str(number), store)
        client: FlaskClient = app.server.test_client()
        with heard(store) as ears:
            assert client.get(path).status_code == 200, path
        assert 0 < len(ears.statements) <= MOST, (path, ears.statements)


def test_together_they_say_what_each_says_alone(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = DataDoor._of_all
    names: set[str] = set()

    def compared(door: DataDoor, state: StoreState, questions: Sequence[Question]) -> list[Any]:
        answers = answered(door, state, questions)
        for (question, arguments), answer in zip(questions, answers, strict=True):
            assert answer == door.of(state, question, arguments), question.__name__
            names.add(question.__name__)
        return answers

    monkeypatch.setattr(DataDoor, "_of_all", compared)
    client = real_app(tmp_path, store).server.test_client()
    for path in addresses(store):
        assert client.get(path).status_code == 200, path
    assert len(names) > 20, "most questions of these pages were asked together"


def of_two(connection: Connection) -> tuple[DataVersion, ...]:
    """A question that hangs on another."""
    (row,) = fetch(connection, SnapshotDays, "SELECT ARRAY[date '2025-05-21'] AS days")
    sql = "SELECT 1 AS data_version, cast(:day AS timestamptz) AS published_at"
    return fetch(connection, DataVersion, sql, day=row.days[0])


def test_a_question_of_several_statements_is_left(store: Engine) -> None:
    """It is not answered by halves, and takes nothing from the others."""

    def raw(connection: Connection) -> Any:
        return connection.execute(text("SELECT 1")).scalar_one()

    def days(connection: Connection, day: str) -> tuple[SnapshotDays, ...]:
        return fetch(connection, SnapshotDays, "SELECT ARRAY[cast(:day AS date)] AS days", day=day)

    with store.connect() as connection:
        answers = together(
            connection,
            [
                lambda c: days(c, "2025-05-20"),
                of_two,
                raw,
                lambda c: ("without the database",),
                lambda c: days(c, "2025-05-21"),
            ],
        )
        assert [answers[1], answers[2]] == [None, None]
        assert answers[3] == ("without the database",)
        assert [str(answers[place][0].days[0]) for place in (0, 4)] == ["2025-05-20", "2025-05-21"]
        assert together(connection, []) == []
